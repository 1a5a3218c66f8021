//! What was asked of Asana for a page, kept for every look within a few minutes.
//!
//! Reading people, portfolios or a sprint's past takes many requests, so pages share what was read; what went wrong is remembered for a
//! moment, so that looking again does not ask again. Both count from the end of the reading, however long that took. What is older is
//! dropped at the next look at anything of its kind, unless it is to be shown where Asana does not answer: then it stays for a day or
//! until something newer is there. Deliberately not here: what is reckoned of it (`engine`), whose turn it is (`turns`). Known limits: a
//! few are kept, some megabytes each; with more of them looked at, the one not looked at for longest is read anew. `upnext forget` is
//! another process and does not reach this memory.

use engine::{Clock, EngineError};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long what was read counts.
pub(crate) const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// How long something is left alone that could not be read, and how long what was read in part counts.
pub(crate) const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// Things kept.
const MOST: usize = 4;

/// Failures remembered.
const MOST_FAILED: usize = 64;

/// How long what is to be shown where Asana does not answer stays.
const SHOWN: SignedDuration = SignedDuration::from_hours(24);

/// What was read, the last looked at at the end, and what could not be.
pub(crate) struct Lately<K, T> {
    known: Mutex<Known<K, T>>,
    /// How long it stays after it was read, when that is longer than it counts.
    stays: SignedDuration,
}

struct Known<K, T> {
    read: Vec<Kept<K, T>>,
    failed: Vec<(K, Timestamp, String)>,
}

struct Kept<K, T> {
    key: K,
    fresh_until: Timestamp,
    stays_until: Timestamp,
    read: Arc<T>,
}

impl<K, T> Default for Lately<K, T> {
    fn default() -> Self {
        Lately { known: Mutex::new(Known { read: vec![], failed: vec![] }), stays: SignedDuration::ZERO }
    }
}

impl<K, T> Lately<K, T> {
    /// One whose things stay for a day, to be shown where Asana does not answer.
    pub(crate) fn to_be_shown() -> Self {
        Lately { stays: SHOWN, ..Lately::default() }
    }

    /// What is known, without what is too old.
    fn known(&self, now: Timestamp) -> MutexGuard<'_, Known<K, T>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.failed.retain(|(_, at, _)| now.duration_since(*at) < AGAIN);
        known.read.retain(|kept| now < kept.stays_until);
        known
    }
}

impl<K: PartialEq, T> Lately<K, T> {
    /// What was read lately; none when it is to be read.
    ///
    /// # Errors
    /// What kept it from being read a moment ago.
    pub(crate) fn of(&self, key: &K, now: Timestamp) -> Result<Option<Arc<T>>, EngineError> {
        let mut known = self.known(now);
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

    /// What was read last, where it is to be shown however old it is.
    pub(crate) fn last(&self, key: &K, now: Timestamp) -> Option<Arc<T>> {
        let known = self.known(now);
        known.read.iter().find(|kept| kept.key == *key).map(|kept| kept.read.clone())
    }

    /// What was read lately, else what is read now, which is kept, or why it was not. `fresh` says for how long it counts.
    ///
    /// # Errors
    /// Why it was not, now or a moment ago.
    pub(crate) async fn or_read(
        &self,
        key: K,
        clock: &Clock,
        read: impl Future<Output = Result<T, EngineError>>,
        fresh: impl FnOnce(&T) -> SignedDuration,
    ) -> Result<Arc<T>, EngineError> {
        match self.of(&key, clock())? {
            Some(read) => Ok(read),
            None => {
                let read = read.await;
                self.keep(key, clock(), read, fresh)
            }
        }
    }

    /// Keeps what has been read until now, or why it was not.
    fn keep(
        &self,
        key: K,
        now: Timestamp,
        read: Result<T, EngineError>,
        fresh: impl FnOnce(&T) -> SignedDuration,
    ) -> Result<Arc<T>, EngineError> {
        let mut known = self.known(now);
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
        let after = |span| now.saturating_add(span).unwrap_or(now);
        let fresh = fresh(&read);
        let (fresh_until, stays_until) = (after(fresh), after(fresh.max(self.stays)));
        let read = Arc::new(read);
        known.read.retain(|kept| kept.key != key);
        if known.read.len() >= MOST {
            known.read.remove(0);
        }
        known.read.push(Kept { key, fresh_until, stays_until, read: read.clone() });
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

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

    #[tokio::test]
    async fn time_counts_from_the_end_of_the_reading() {
        let lately: Lately<&str, u8> = Lately::default();
        let second = Arc::new(AtomicI64::new(0));
        let clock: Clock = {
            let second = second.clone();
            Arc::new(move || at(second.load(Ordering::Relaxed)))
        };
        let slow = async {
            second.store(300, Ordering::Relaxed);
            Ok(1)
        };
        lately.or_read("7", &clock, slow, |_| AGAIN).await.expect("read");
        let never = async { Err(EngineError::Stopped("it was there".into())) };
        let kept = lately.or_read("7", &clock, never, |_| AGAIN).await.expect("kept");
        assert_eq!(*kept, 1);
        assert_eq!(lately.of(&"7", at(359)).ok().flatten().as_deref(), Some(&1));
        assert!(lately.of(&"7", at(360)).is_ok_and(|read| read.is_none()));
        let slow = async {
            second.store(700, Ordering::Relaxed);
            Err(EngineError::Stopped("no answer".into()))
        };
        assert!(lately.or_read("7", &clock, slow, |_| AGAIN).await.is_err());
        assert!(lately.of(&"7", at(759)).is_err(), "the failure counts from its end too");
    }

    #[test]
    fn what_is_not_to_be_shown_is_dropped_when_its_time_is_over() {
        let lately: Lately<&str, u8> = Lately::default();
        let kept = lately.keep("7", at(0), Ok(1), |_| AGAIN).expect("kept");
        assert!(lately.of(&"8", at(60)).is_ok_and(|read| read.is_none()));
        assert_eq!(Arc::strong_count(&kept), 1, "nobody else has it");
        let lately: Lately<&str, u8> = Lately::to_be_shown();
        lately.keep("7", at(0), Ok(1), |_| AGAIN).expect("kept");
        assert!(lately.last(&"7", at(86_399)).is_some());
        assert!(lately.last(&"7", at(86_400)).is_none(), "a day is the most");
    }

    #[test]
    fn what_was_read_counts_for_its_time_and_stays_to_be_shown() {
        let lately: Lately<&str, u8> = Lately::to_be_shown();
        lately.keep("7", at(0), Ok(1), |_| AGAIN).expect("kept");
        assert_eq!(lately.of(&"7", at(59)).ok().flatten().as_deref(), Some(&1));
        assert!(lately.of(&"7", at(60)).is_ok_and(|read| read.is_none()));
        assert_eq!(lately.last(&"7", at(60)).as_deref(), Some(&1));
        for (nth, key) in ["a", "b", "c", "d"].into_iter().enumerate() {
            lately.keep(key, at(61), Ok(nth as u8), |_| FRESH).expect("kept");
        }
        assert!(lately.last(&"7", at(61)).is_none(), "the one not looked at for longest goes");
    }
}
