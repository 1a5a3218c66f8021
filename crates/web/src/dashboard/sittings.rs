//! Calibrations that people are in the middle of: what a question is chosen from is read once and kept while they answer.
//!
//! Every answer is in the store before the next question comes, so a sitting that is lost (a restart, an hour of nothing) loses
//! nothing but the reading. Known limit: a sitting of 10,000 tasks takes some tens of megabytes; `MOST` are kept.

use domain::ProjectGid;
use engine::{Calibration, Question};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// Sittings at a time.
const MOST: usize = 8;

/// How long one lasts that nobody answers in.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// A person, and the project they are asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whose {
    pub(crate) who: String,
    pub(crate) project: ProjectGid,
}

/// A calibration with the question that is open.
pub(crate) struct Sitting {
    pub(crate) calibration: Calibration,
    pub(crate) question: Option<Question>,
}

/// One sitting; whoever holds it answers alone.
pub(crate) type Shared = Arc<tokio::sync::Mutex<Sitting>>;

/// Those under way.
#[derive(Default)]
pub(crate) struct Sittings(Mutex<Vec<(Whose, Timestamp, Shared)>>);

impl Sittings {
    /// The sitting of somebody in a project.
    pub(crate) fn of(&self, whose: &Whose, now: Timestamp) -> Option<Shared> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(_, last, _)| now.duration_since(*last) < LONGEST);
        let (_, last, sitting) = all.iter_mut().find(|(known, ..)| known == whose)?;
        *last = now;
        Some(sitting.clone())
    }

    /// Begins one, in place of an earlier one of theirs; of too many the one answered longest ago goes.
    pub(crate) fn begin(&self, whose: Whose, sitting: Sitting, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(known, last, _)| *known != whose && now.duration_since(*last) < LONGEST);
        all.sort_by_key(|(_, last, _)| *last);
        while all.len() >= MOST {
            all.remove(0);
        }
        all.push((whose, now, Arc::new(tokio::sync::Mutex::new(sitting))));
    }

    /// Ends one.
    pub(crate) fn end(&self, whose: &Whose) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, ..)| known != whose);
    }
}
