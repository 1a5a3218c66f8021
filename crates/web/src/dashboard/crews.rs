//! Who works in a project and how much, as last read from Asana: read once for every look within a few minutes.
//!
//! Reading asks Asana a few things about everybody, so pages share it; what went wrong is remembered for a moment, so that looking
//! again does not ask again. Deliberately not here: what is reckoned of it (`engine::Workload`), whose turn it is (`turns`). Known
//! limit: those of `MOST` projects are kept, some megabytes each; with more of them looked at, the one not looked at for longest is
//! read anew.

use domain::ProjectGid;
use engine::{EngineError, Workload};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long what was read counts.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// How long a project is left alone whose people could not be read.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// Projects kept.
const MOST: usize = 4;

/// What was read, the last looked at at the end, and what could not be.
#[derive(Default)]
pub(crate) struct Crews(Mutex<Known>);

#[derive(Default)]
struct Known {
    read: Vec<(ProjectGid, Timestamp, Arc<Workload>)>,
    failed: HashMap<ProjectGid, (Timestamp, String)>,
}

impl Crews {
    /// What was read of a project lately; none when it is to be read.
    ///
    /// # Errors
    /// What kept it from being read a moment ago.
    pub(crate) fn of(
        &self,
        project: &ProjectGid,
        now: Timestamp,
    ) -> Result<Option<Arc<Workload>>, EngineError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.read.retain(|(_, at, _)| now.duration_since(*at) < FRESH);
        known.failed.retain(|_, (at, _)| now.duration_since(*at) < AGAIN);
        if let Some((_, why)) = known.failed.get(project) {
            return Err(EngineError::Stopped(why.clone()));
        }
        let Some(at) = known.read.iter().position(|(one, ..)| one == project) else { return Ok(None) };
        let found = known.read.remove(at);
        let read = found.2.clone();
        known.read.push(found);
        Ok(Some(read))
    }

    /// Keeps what was read, or why it was not.
    ///
    /// # Errors
    /// Why it was not.
    pub(crate) fn keep(
        &self,
        project: ProjectGid,
        now: Timestamp,
        read: Result<Workload, EngineError>,
    ) -> Result<Arc<Workload>, EngineError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let read = match read {
            Ok(read) => Arc::new(read),
            // That takes nothing from Asana, and is told in its own words each time.
            Err(error @ EngineError::Unusable(_)) => return Err(error),
            Err(error) => {
                known.failed.insert(project, (now, error.to_string()));
                return Err(error);
            }
        };
        known.read.retain(|(one, ..)| *one != project);
        if known.read.len() >= MOST {
            known.read.remove(0);
        }
        known.read.push((project, now, read.clone()));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a moment")
    }

    #[test]
    fn what_could_not_be_read_is_left_alone_for_a_minute() {
        let (crews, project) = (Crews::default(), ProjectGid::new("7"));
        let stopped = || Err(EngineError::Stopped("no answer".into()));
        assert!(crews.keep(project.clone(), at(0), stopped()).is_err());
        assert!(crews.of(&project, at(59)).is_err_and(|error| error.to_string().contains("no answer")));
        assert!(crews.of(&ProjectGid::new("8"), at(59)).is_ok_and(|read| read.is_none()));
        assert!(crews.of(&project, at(60)).is_ok_and(|read| read.is_none()), "it is read again");
        let unusable = Err(EngineError::Unusable("groom it first".into()));
        assert!(crews.keep(project.clone(), at(61), unusable).is_err());
        assert!(crews.of(&project, at(61)).is_ok_and(|read| read.is_none()));
    }
}
