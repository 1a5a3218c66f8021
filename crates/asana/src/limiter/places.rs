//! How many calls of one kind are in flight at once.
//!
//! Unlike a semaphore it can shrink below what is taken: calls in flight end by themselves, and nobody gets a place until
//! enough have. Known limit: a batch that is wider than all places there are takes them all and goes, though Asana counts
//! each of its actions.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::timeout_at;

use super::line::Line;
use super::{Ask, Refused, Watch};
use crate::lane::{Lane, Share};
use crate::settings::WaitReason;

/// The places of one kind.
#[derive(Debug)]
pub(super) struct Places {
    /// The token's limit.
    full: u32,
    taken: Mutex<Taken>,
    line: Line,
}

#[derive(Debug)]
struct Taken {
    /// This process's share of the limit.
    capacity: u32,
    interactive: u32,
    background: u32,
}

/// Places taken; given back when dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    places: &'a Places,
    lane: Lane,
    count: u32,
}

impl Places {
    pub(super) fn new(full: usize) -> Self {
        let full = u32::try_from(full).unwrap_or(u32::MAX);
        let taken = Taken { capacity: full, interactive: 0, background: 0 };
        Self { full, taken: Mutex::new(taken), line: Line::default() }
    }

    pub(super) fn set_share(&self, share: Share) {
        self.taken().capacity = share.of(self.full);
        self.line.wake();
    }

    /// Takes `wanted` places, but never waits for more than there are. Nothing when none are wanted.
    ///
    /// # Errors
    /// `NoShare` when this process had no place at all for as long as the caller has patience.
    pub(super) async fn take(
        &self,
        wanted: u32,
        ask: &Ask,
        watch: &mut Watch<'_>,
    ) -> Result<Option<Place<'_>>, Refused> {
        if wanted == 0 {
            return Ok(None);
        }
        let first = self.line.join(ask.lane).await;
        loop {
            let mut changed = pin!(first.changed());
            changed.as_mut().enable();
            if self.taken().capacity == 0 {
                watch.begin(WaitReason::Share, Some(ask.deadline));
                timeout_at(ask.deadline, changed).await.map_err(|_| Refused::NoShare)?;
                continue;
            }
            if !first.stands_back()
                && let Some(count) = self.taken().take(ask.lane, wanted)
            {
                watch.end();
                return Ok(Some(Place { places: self, lane: ask.lane, count }));
            }
            watch.begin(WaitReason::InFlight, None);
            changed.await;
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // The numbers are consistent after every statement, so a panic elsewhere does not spoil them.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn take(&mut self, lane: Lane, wanted: u32) -> Option<u32> {
        let part = lane.part(self.capacity);
        let wanted = wanted.min(part);
        let fits = self.interactive + self.background + wanted <= self.capacity
            && (lane == Lane::Interactive || self.background + wanted <= part);
        if fits {
            *self.of(lane) += wanted;
        }
        fits.then_some(wanted)
    }

    fn of(&mut self, lane: Lane) -> &mut u32 {
        match lane {
            Lane::Interactive => &mut self.interactive,
            Lane::Background => &mut self.background,
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.places.taken().of(self.lane) -= self.count;
        self.places.line.wake();
    }
}
