//! Whether, and when, a failed attempt is repeated.
//!
//! The question is never "did it fail" but "may it be repeated": reads, PUT and DELETE may, a POST only when it surely
//! was not carried out. Pure but for the jitter; the clock of an HTTP-date is the answer's own `Date`.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::settings::RetryPolicy;

/// What repeating a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The same as sending it once.
    Safe,
    /// The same, and a 404 after an attempt of unknown outcome means that it is done.
    Delete,
    /// Possibly a second object: repeat only with proof that Asana did not carry it out.
    OnlyIfNotSent,
}

/// What became of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It never left us, or Asana refused to look at it (429).
    NotCarriedOut,
    /// It was sent, and Asana failed or its answer was lost.
    Unknown,
}

impl Repeat {
    pub(crate) fn allows(self, fate: Fate) -> bool {
        self != Self::OnlyIfNotSent || fate == Fate::NotCarriedOut
    }
}

/// The statuses Asana's own libraries repeat.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}

/// How long to wait after attempt number `attempt` (from 1). What Asana asks for is kept in full, with jitter on top,
/// so that callers do not come back all at once.
pub(crate) fn pause(policy: &RetryPolicy, attempt: u32, asked: Option<Duration>) -> Duration {
    match asked {
        Some(asked) => asked + policy.base_delay.mul_f64(fastrand::f64()),
        None => {
            let doubled = policy.base_delay.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
            doubled.min(policy.max_delay).mul_f64(fastrand::f64())
        }
    }
}

/// When the answer was sent by Asana's own clock: its `Date` header, to the second.
pub(crate) fn sent_at(headers: &HeaderMap) -> Option<jiff::Timestamp> {
    DateTimeParser::new().parse_timestamp(text(headers, DATE)?).ok()
}

/// `Retry-After` in either form: seconds, or an HTTP date, which counts from the answer's `Date` header so that a
/// wrong clock on our side does no harm. A date without that header is ignored.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER)?;
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let dates = DateTimeParser::new();
    let until = dates.parse_timestamp(value).ok()?;
    let sent = sent_at(headers)?;
    Some(Duration::try_from(until.duration_since(sent)).unwrap_or(Duration::ZERO))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        assert_eq!(retry_after(&headers(&[(RETRY_AFTER, "30")])), Some(Duration::from_secs(30)));
        let dated = [(DATE, "Tue, 15 Nov 1994 08:12:31 GMT"), (RETRY_AFTER, "Tue, 15 Nov 1994 08:13:01 GMT")];
        assert_eq!(retry_after(&headers(&dated)), Some(Duration::from_secs(30)));
        let past = [(DATE, "Tue, 15 Nov 1994 08:12:31 GMT"), (RETRY_AFTER, "Tue, 15 Nov 1994 08:12:01 GMT")];
        assert_eq!(retry_after(&headers(&past)), Some(Duration::ZERO));
        assert_eq!(retry_after(&headers(&[(RETRY_AFTER, "soon")])), None);
        assert_eq!(retry_after(&headers(&[])), None);
    }

    #[test]
    fn pauses_grow_to_the_cap_and_never_undercut_what_was_asked() {
        let policy = RetryPolicy::default();
        for attempt in 1..40 {
            let bound =
                policy.base_delay.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(policy.max_delay);
            assert!(pause(&policy, attempt, None) <= bound);
            let asked = Duration::from_secs(7);
            let pause = pause(&policy, attempt, Some(asked));
            assert!(pause >= asked && pause <= asked + policy.base_delay);
        }
    }

    #[test]
    fn a_post_is_repeated_only_with_proof() {
        assert!(Repeat::OnlyIfNotSent.allows(Fate::NotCarriedOut));
        assert!(!Repeat::OnlyIfNotSent.allows(Fate::Unknown));
        assert!(Repeat::Safe.allows(Fate::Unknown) && Repeat::Delete.allows(Fate::Unknown));
    }
}
