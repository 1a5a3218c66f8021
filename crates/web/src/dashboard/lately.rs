//! What was asked of Asana for a page, kept for every look within a few minutes.
//!
//! Reading people, portfolios or a sprint's past takes many requests, so pages share what was read; what went wrong is remembered for a
//! moment, so that looking again does not ask again. What is older stays until something newer is there, to be shown where Asana does
//! not answer. Deliberately not here: what is reckoned of it (`engine`), whose turn it is (`turns`). Known limit: a few are kept, some
//! megabytes each; with more of them looked at, the one not looked at for longest is read anew.

use engine::EngineError;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// How long what was read counts.
pub(crate) const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// How long something is left alone that could not be read, and how long what was read in part counts.
pub(crate) const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// Things kept.
const MOST: usize = 4;

/// Failures remembered.
const MOST_FAILED: usize = 64;

/// What was read, the last looked at at the end, and what could not be.
pub(crate) struct Lately<K, T>(Mutex<Known<K, T>>);

struct Known<K, T> {
    read: Vec<Kept<K, T>>,
    failed: Vec<(K, Timestamp, String)>,
}

struct Kept<K, T> {
    key: K,
    at: Timestamp,
    fresh_until: Timestamp,
    read: Arc<T>,
}

impl<K, T> Default for Lately<K, T> {
    fn default() -> Self {
        Lately(Mutex::new(Known { read: vec![], failed: vec![] }))
    }
}

impl<K: PartialEq, T> Lately<K, T> {
    /// What was read lately; none when it is to be read.
    ///
    /// # Errors
    /// What kept it from being read a moment ago.
    pub(crate) fn of(&self, key: &K, now: Timestamp) -> Result<Option<Arc<T>>, EngineError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.failed.retain(|(_, at, _)| now.duration_since(*at) < AGAIN);
        if let Some((.., why)) = known.failed.iter().find(|(one, ..)| one == key) {
            return Err(EngineError::Stopped(why.clone()));
        }
        let place = known.read.iter().position(|kept| kept.key == *key && now < kept.fresh_until);
        let Some(place) = place else { return Ok(None) };
        let kept = known.read.remove(place);
        let read = kept.read.clone();
        known.read.push(kept);
        Ok(Some(read))
    }

    /// What was read last, however long ago, and when.
    pub(crate) fn last(&self, key: &K) -> Option<(Timestamp, Arc<T>)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.read.iter().find(|kept| kept.key == *key).map(|kept| (kept.at, kept.read.clone()))
    }

    /// Keeps what was read, or why it was not. `fresh` says for how long it counts.
    ///
    /// # Errors
    /// Why it was not.
    pub(crate) fn keep(
        &self,
        key: K,
        now: Timestamp,
        read: Result<T, EngineError>,
        fresh: impl FnOnce(&T) -> SignedDuration,
    ) -> Result<Arc<T>, EngineError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let read = match read {
            Ok(read) => read,
            // That takes little from Asana, and is told in its own words each time.
            Err(error @ EngineError::Unusable(_)) => return Err(error),
            Err(error) => {
                if known.failed.len() >= MOST_FAILED {
                    known.failed.remove(0);
                }
                known.failed.push((key, now, error.to_string()));
                return Err(error);
            }
        };
        let fresh_until = now.saturating_add(fresh(&read)).unwrap_or(now);
        let read = Arc::new(read);
        known.read.retain(|kept| kept.key != key);
        if known.read.len() >= MOST {
            known.read.remove(0);
        }
        known.read.push(Kept { key, at: now, fresh_until, read: read.clone() });
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
        let lately: Lately<&str, u8> = Lately::default();
        let stopped = || Err(EngineError::Stopped("no answer".into()));
        assert!(lately.keep("7", at(0), stopped(), |_| FRESH).is_err());
        assert!(lately.of(&"7", at(59)).is_err_and(|error| error.to_string().contains("no answer")));
        assert!(lately.of(&"8", at(59)).is_ok_and(|read| read.is_none()));
        assert!(lately.of(&"7", at(60)).is_ok_and(|read| read.is_none()), "it is read again");
        let unusable = Err(EngineError::Unusable("groom it first".into()));
        assert!(lately.keep("7", at(61), unusable, |_| FRESH).is_err());
        assert!(lately.of(&"7", at(61)).is_ok_and(|read| read.is_none()));
    }

    #[test]
    fn what_was_read_counts_for_its_time_and_stays_to_be_shown() {
        let lately: Lately<&str, u8> = Lately::default();
        lately.keep("7", at(0), Ok(1), |_| AGAIN).expect("kept");
        assert_eq!(lately.of(&"7", at(59)).ok().flatten().as_deref(), Some(&1));
        assert!(lately.of(&"7", at(60)).is_ok_and(|read| read.is_none()));
        assert_eq!(lately.last(&"7").map(|(at, read)| (at, *read)), Some((at(0), 1)));
        for (nth, key) in ["a", "b", "c", "d"].into_iter().enumerate() {
            lately.keep(key, at(61), Ok(nth as u8), |_| FRESH).expect("kept");
        }
        assert!(lately.last(&"7").is_none(), "the one not looked at for longest goes");
    }
}
