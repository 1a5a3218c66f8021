//! What a failed request means: how the question ends, whether it may be sent again, and after how long.
//!
//! The question is never "did it fail" but "may sending it again help": limits, overload and lost connections pass; a
//! wrong key, an empty account and a wrong request do not, and a time-out would take as long again and may be paid for
//! twice. Pure but for the jitter. Statuses and headers: what OpenAI's and Anthropic's own libraries go by.

use crate::clean::safe_words;
use crate::ending::{Ending, Rejection};
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;
use std::time::Duration;

/// The longest wait a provider may ask for; one that asks for more is busy.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
const BASE_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// A request that brought no answer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub ending: Ending,
    /// Sending it again may help.
    pub passing: bool,
    /// The wait the provider asked for.
    pub after: Option<Duration>,
    /// It may have been carried out, and so be paid for.
    pub may_cost: bool,
}

/// The failure that a status other than 2xx tells.
pub(crate) fn of_status(status: u16, headers: &HeaderMap, body: &[u8]) -> Failure {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &body["error"];
    // Ollama's own interface answers with a plain text in its place.
    let words = safe_words(error["message"].as_str().or(error.as_str()).unwrap_or_default());
    let says = |word: &str| error["code"] == word || error["type"] == word;
    let after = retry_after(headers);
    let rejected = |what| Ending::Rejected { what, words: words.clone() };
    let too_long = ["context_length_exceeded", "exceed_context_size_error", "request_too_large"];
    let ending = match status {
        429 if says("insufficient_quota") || says("billing_error") => rejected(Rejection::Quota),
        429 | 503 | 529 => Ending::Busy { status, retry_after: after },
        408 | 409 | 500..=599 => Ending::Failed { status, words: words.clone() },
        413 => Ending::QuestionTooLong,
        400 if too_long.iter().any(|word| says(word)) => Ending::QuestionTooLong,
        // Anthropic has one type for every wrong request; only its words tell this one.
        400 if words.starts_with("prompt is too long") => Ending::QuestionTooLong,
        401 | 403 => rejected(Rejection::Key),
        402 => rejected(Rejection::Quota),
        404 => rejected(Rejection::Model),
        _ => rejected(Rejection::Request),
    };
    let quota = matches!(ending, Ending::Rejected { what: Rejection::Quota, .. });
    let by_class = matches!(ending, Ending::Busy { .. } | Ending::Failed { .. }) && status != 501;
    let told = headers.get("x-should-retry").and_then(|value| value.to_str().ok());
    let passing = match told {
        Some("true") => !quota,
        Some("false") => false,
        _ => by_class,
    };
    let passing = passing && after.is_none_or(|after| after <= LONGEST_WAIT);
    Failure { ending, passing, after, may_cost: false }
}

/// The failure of a connection.
pub(crate) fn of_connection(error: &reqwest::Error, timeout: Duration) -> Failure {
    if error.is_connect() || error.is_builder() {
        let passing = error.is_connect();
        return Failure { ending: Ending::Unreachable, passing, after: None, may_cost: false };
    }
    if error.is_timeout() {
        return Failure { ending: Ending::TimedOut(timeout), passing: false, after: None, may_cost: true };
    }
    Failure { ending: Ending::Unreachable, passing: true, after: None, may_cost: true }
}

/// How long to wait after attempt number `attempt` (from 1): what was asked, else doubling with up to a quarter off.
pub(crate) fn pause(attempt: u32, asked: Option<Duration>) -> Duration {
    asked.unwrap_or_else(|| {
        let doubled = BASE_PAUSE.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        doubled.min(LONGEST_PAUSE).mul_f64(1.0 - fastrand::f64() / 4.0)
    })
}

/// `retry-after-ms`, then `retry-after` in seconds or as a date, which counts from the answer's own `Date`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| text(name)?.parse::<f64>().ok();
    if let Some(after) = number("retry-after-ms").and_then(|ms| Duration::try_from_secs_f64(ms / 1e3).ok()) {
        return Some(after);
    }
    if let Some(after) = number(RETRY_AFTER.as_str()).and_then(|s| Duration::try_from_secs_f64(s).ok()) {
        return Some(after);
    }
    let dates = DateTimeParser::new();
    let until = dates.parse_timestamp(text(RETRY_AFTER.as_str())?).ok()?;
    let sent = dates.parse_timestamp(text(DATE.as_str())?).ok()?;
    Some(Duration::try_from(until.duration_since(sent)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn waits_are_read_in_every_form() {
        let read = |pairs: &[(&'static str, &str)]| retry_after(&headers(pairs));
        assert_eq!(
            read(&[("retry-after-ms", "250"), ("retry-after", "9")]),
            Some(Duration::from_millis(250))
        );
        assert_eq!(read(&[("retry-after", "1.5")]), Some(Duration::from_millis(1500)));
        let dated =
            [("date", "Tue, 15 Nov 1994 08:12:31 GMT"), ("retry-after", "Tue, 15 Nov 1994 08:13:01 GMT")];
        assert_eq!(read(&dated), Some(Duration::from_secs(30)));
        for odd in ["soon", "-1", "NaN", "inf", ""] {
            assert_eq!(read(&[("retry-after", odd)]), None, "{odd}");
        }
    }

    #[test]
    fn pauses_double_to_a_cap() {
        for attempt in 1..40 {
            let most = BASE_PAUSE.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(LONGEST_PAUSE);
            let pause = pause(attempt, None);
            assert!(pause <= most && pause >= most.mul_f64(0.75));
        }
        assert_eq!(pause(1, Some(Duration::from_secs(7))), Duration::from_secs(7));
    }
}
