//! How often something may be asked: so many times a minute for each who asks, saved up to a minute's worth.
//!
//! Deliberately not here: who asks. Known limit: each process counts for itself, and from the beginning.

use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Those remembered before the rested are forgotten.
const REMEMBERED: usize = 10_000;

/// Counts requests by who asks.
#[derive(Debug)]
pub(crate) struct Limit {
    per_minute: f64,
    asked: Mutex<HashMap<String, Asked>>,
}

/// What somebody has left, and when that was reckoned.
#[derive(Clone, Copy, Debug)]
struct Asked {
    left: f64,
    at: Timestamp,
}

impl Limit {
    /// So many a minute.
    pub(crate) fn new(per_minute: u32) -> Limit {
        Limit { per_minute: f64::from(per_minute.max(1)), asked: Mutex::default() }
    }

    /// Counts one request; the seconds to wait when there are none left.
    pub(crate) fn take(&self, who: &str, now: Timestamp) -> Option<i64> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= REMEMBERED {
            asked.retain(|_, one| self.left(one, now) < self.per_minute);
        }
        let one = asked.entry(who.to_owned()).or_insert(Asked { left: self.per_minute, at: now });
        let left = self.left(one, now);
        if left < 1.0 {
            return Some(((1.0 - left) * 60.0 / self.per_minute).ceil().max(1.0) as i64);
        }
        *one = Asked { left: left - 1.0, at: now };
        None
    }

    fn left(&self, one: &Asked, now: Timestamp) -> f64 {
        let passed = now.duration_since(one.at).as_secs_f64().max(0.0);
        (one.left + passed * self.per_minute / 60.0).min(self.per_minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a moment")
    }

    #[test]
    fn each_has_a_minutes_worth_and_gets_it_back_in_a_minute() {
        let limit = Limit::new(6);
        for _ in 0..6 {
            assert_eq!(limit.take("a", at(0)), None);
        }
        assert_eq!(limit.take("a", at(0)), Some(10));
        assert_eq!(limit.take("b", at(0)), None, "another has their own");
        assert_eq!(limit.take("a", at(9)), Some(1));
        assert_eq!(limit.take("a", at(10)), None);
        assert_eq!(limit.take("a", at(10)), Some(10));
        for _ in 0..6 {
            assert_eq!(limit.take("a", at(600)), None, "no more is saved up than a minute's worth");
        }
        assert!(limit.take("a", at(600)).is_some());
        // A clock that goes back gives nothing away and takes nothing.
        assert!(limit.take("a", at(0)).is_some());
    }

    #[test]
    fn those_who_rest_are_forgotten() {
        let limit = Limit::new(1);
        for n in 0..REMEMBERED {
            limit.take(&n.to_string(), at(0));
        }
        limit.take("new", at(120));
        assert_eq!(limit.asked.lock().expect("the counts").len(), 1);
    }
}
