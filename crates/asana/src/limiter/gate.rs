//! The callers before one rate.
//!
//! The first of a lane sleeps until its turn, and wakes early when something changes: another share, an interactive caller
//! who came or went. The arithmetic has a lock of its own, so that a 429 can be noted while somebody sleeps.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::{Instant, timeout_at};

use super::line::{First, Line};
use super::pace::{Lanes, Turn};
use super::{Ask, Refused, Watch};
use crate::lane::Lane;
use crate::settings::{Limits, WaitReason};

/// One rate and its callers.
#[derive(Debug)]
pub(super) struct Gate {
    lanes: Mutex<Lanes>,
    line: Line,
    /// What a wait for this rate is called.
    reason: WaitReason,
}

impl Gate {
    pub(super) fn new(lanes: Lanes, reason: WaitReason) -> Self {
        Self { lanes: Mutex::new(lanes), line: Line::default(), reason }
    }

    pub(super) fn lanes(&self) -> MutexGuard<'_, Lanes> {
        // The arithmetic is consistent after every statement, so a panic elsewhere does not spoil it.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the arithmetic and lets sleepers look again.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Lanes) -> T) -> T {
        let result = change(&mut self.lanes());
        self.line.wake();
        result
    }

    /// Waits for the turn of calls worth `cost`.
    ///
    /// # Errors
    /// `Asana` when it asked everybody to stay away for longer than the caller has patience; `NoShare` when this process
    /// had no share for so long.
    pub(super) async fn pass(
        &self,
        cost: u32,
        (ask, limits): (&Ask, &Limits),
        watch: &mut Watch<'_>,
    ) -> Result<(), Refused> {
        let first = self.line.join(ask.lane).await;
        loop {
            let mut changed = pin!(first.changed());
            changed.as_mut().enable();
            let now = Instant::now();
            let (until, reason) = match self.turn(now, &first, (ask.lane, cost, limits)) {
                Turn::Go => {
                    watch.end();
                    return Ok(());
                }
                Turn::Blocked(wait) if now + wait > ask.deadline => return Err(Refused::Asana(wait)),
                Turn::Blocked(wait) => (Some(now + wait), WaitReason::Rejected),
                Turn::Paced(wait) => (Some(now + wait), self.reason),
                Turn::After => (None, self.reason),
                Turn::Shut if now >= ask.deadline => return Err(Refused::NoShare),
                Turn::Shut => (Some(ask.deadline), WaitReason::Share),
            };
            watch.begin(reason, until);
            match until {
                Some(until) => drop(timeout_at(until, changed).await),
                None => changed.await,
            }
        }
    }

    fn turn(&self, now: Instant, first: &First<'_>, (lane, cost, limits): (Lane, u32, &Limits)) -> Turn {
        let mut lanes = self.lanes();
        lanes.recover(now, limits);
        if first.stands_back() {
            lanes.closed(now).unwrap_or(Turn::After)
        } else {
            lanes.take(now, lane, cost)
        }
    }
}
