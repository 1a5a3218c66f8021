//! Who works in a project and how much, as last read from Asana: read once for every look within a few minutes.
//!
//! Reading asks Asana a few things about everybody, so pages share it. Deliberately not here: what is reckoned of it
//! (`engine::Workload`). Known limit: those of `MOST` projects are kept, some megabytes each.

use domain::ProjectGid;
use engine::Workload;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// How long what was read counts.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// Projects kept.
const MOST: usize = 4;

/// What was read, the last at the end.
#[derive(Default)]
pub(crate) struct Crews {
    read: Mutex<Vec<(ProjectGid, Timestamp, Arc<Workload>)>>,
    /// Held while people are read and something is reckoned: one at a time, as either takes long in a large project.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

impl Crews {
    /// What was read of a project lately.
    pub(crate) fn of(&self, project: &ProjectGid, now: Timestamp) -> Option<Arc<Workload>> {
        let mut all = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(_, at, _)| now.duration_since(*at) < FRESH);
        all.iter().find(|(known, ..)| known == project).map(|(.., read)| read.clone())
    }

    /// Keeps what was read.
    pub(crate) fn keep(&self, project: ProjectGid, now: Timestamp, read: Arc<Workload>) {
        let mut all = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(known, ..)| *known != project);
        if all.len() >= MOST {
            all.remove(0);
        }
        all.push((project, now, read));
    }
}
