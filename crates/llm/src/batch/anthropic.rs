//! Anthropic's batches: one request holds all questions, and one address names the results.
//!
//! Shapes: `POST /v1/messages/batches`, `GET /v1/messages/batches/{id}` and its `results_url`. Results are kept 29 days.

use super::parcel::Limits;
use super::{BatchState, Outcome};
use crate::ending::{BatchFault, Ending};
use crate::failure::of_status;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// 100,000 requests, 256 MB with a frame of a few bytes.
pub(super) const LIMITS: Limits = Limits { lines: 100_000, bytes: 255_999_900 };

pub(super) fn line(custom_id: &str, body: &Value) -> String {
    json!({ "custom_id": custom_id, "params": body }).to_string()
}

/// The request, of lines with commas between them.
pub(super) fn creation(lines: &str) -> String {
    format!("{{\"requests\":[{lines}]}}")
}

/// How far it is; none for a status nobody knows. What became of each question, its own line tells.
pub(super) fn state(body: &Value) -> Option<BatchState> {
    let counts = |keys: &[&str]| {
        keys.iter().map(|key| body["request_counts"][key].as_u64().unwrap_or(0)).fold(0, u64::saturating_add)
    };
    Some(match body["processing_status"].as_str()? {
        "in_progress" | "canceling" => {
            let done = counts(&["succeeded", "errored", "canceled", "expired"]);
            BatchState::Running { done, total: done.saturating_add(counts(&["processing"])) }
        }
        "ended" => BatchState::Ended,
        _ => return None,
    })
}

/// What a line of the results says of its question.
pub(super) fn outcome(line: &Value) -> Option<Outcome<'_>> {
    let result = &line["result"];
    Some(match result["type"].as_str()? {
        "succeeded" => Outcome::Body(&result["message"]),
        "errored" => {
            let status = status(result["error"]["error"]["type"].as_str().unwrap_or_default());
            let body = result["error"].to_string();
            Outcome::Ending(of_status(status, &HeaderMap::new(), body.as_bytes()).ending)
        }
        "canceled" => Outcome::Ending(Ending::Batch(BatchFault::Cancelled)),
        "expired" => Outcome::Ending(Ending::Batch(BatchFault::Expired)),
        _ => return None,
    })
}

/// The status that an error of this type has when a question is asked by itself.
fn status(error: &str) -> u16 {
    match error {
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "invalid_request_error" => 400,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => 500,
    }
}
