//! Two queues before one limit: interactive calls go first.
//!
//! Callers of a lane queue in order; only the first of each queue looks at the limit, so nothing polls and a thousand
//! waiting calls cost nothing. The first of the background queue stands back while any interactive caller is there: without
//! that, an interactive batch that needs ten places would never find ten free ones. Known limit: interactive calls that want
//! everything all the time leave the background nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::futures::Notified;
use tokio::sync::{Mutex, MutexGuard, Notify};

use crate::lane::Lane;

/// The queues before one limit.
#[derive(Debug, Default)]
pub(super) struct Line {
    interactive: Mutex<()>,
    background: Mutex<()>,
    /// Interactive callers in the line.
    urgent: AtomicUsize,
    changed: Notify,
}

/// Being the first of a lane; ends when dropped.
#[derive(Debug)]
pub(super) struct First<'a> {
    line: &'a Line,
    lane: Lane,
    _queue: MutexGuard<'a, ()>,
    _urgent: Option<Urgent<'a>>,
}

/// An interactive caller in the line, be it the first or not.
#[derive(Debug)]
struct Urgent<'a>(&'a Line);

impl Line {
    /// Waits until the caller is the first of its lane.
    pub(super) async fn join(&self, lane: Lane) -> First<'_> {
        let (queue, urgent) = match lane {
            Lane::Interactive => (&self.interactive, Some(Urgent::new(self))),
            Lane::Background => (&self.background, None),
        };
        First { line: self, lane, _queue: queue.lock().await, _urgent: urgent }
    }

    /// Lets the first of both lanes look again.
    pub(super) fn wake(&self) {
        self.changed.notify_waiters();
    }
}

impl First<'_> {
    /// A wait for the next `wake`. It counts from the moment it is enabled, which is before the caller looks at the limit.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.line.changed.notified()
    }

    /// Whether others go first.
    pub(super) fn stands_back(&self) -> bool {
        self.lane == Lane::Background && self.line.urgent.load(Ordering::SeqCst) > 0
    }
}

impl<'a> Urgent<'a> {
    fn new(line: &'a Line) -> Self {
        line.urgent.fetch_add(1, Ordering::SeqCst);
        Self(line)
    }
}

impl Drop for Urgent<'_> {
    fn drop(&mut self) {
        if self.0.urgent.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.wake();
        }
    }
}
