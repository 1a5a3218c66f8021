//! OpenAI's batches: a file of lines is uploaded, a batch is made of it, and two more files hold what came.
//!
//! A file whose batch was never made costs nothing and is gone after [`KEPT`], like all the others. Shapes: `POST /v1/files`,
//! `POST /v1/batches`, `GET /v1/batches/{id}`, `GET /v1/files/{id}/content` of the published description.

use super::parcel::Limits;
use super::{BatchState, Outcome};
use crate::clean::safe_words;
use crate::ending::{BatchFault, Ending};
use crate::failure::of_status;
use crate::wire::Wire;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// One file: 50,000 requests, 200 MB.
pub(super) const LIMITS: Limits = Limits { lines: 50_000, bytes: 200_000_000 };

/// Seconds that texts and answers lie at the provider: a run a few days late still finds them, and no one after a week.
const KEPT: u32 = 7 * 24 * 3_600;

/// The form's fields beside the file.
pub(super) fn fields() -> [(&'static str, String); 3] {
    let (anchor, seconds) = ("expires_after[anchor]", "expires_after[seconds]");
    [("purpose", "batch".to_owned()), (anchor, "created_at".to_owned()), (seconds, KEPT.to_string())]
}

fn endpoint(wire: Wire) -> String {
    format!("/v1/{}", wire.path().join("/"))
}

pub(super) fn line(wire: Wire, custom_id: &str, body: &Value) -> String {
    json!({ "custom_id": custom_id, "method": "POST", "url": endpoint(wire), "body": body }).to_string()
}

pub(super) fn creation(wire: Wire, file: &str) -> Value {
    json!({
        "input_file_id": file,
        "endpoint": endpoint(wire),
        "completion_window": "24h",
        "output_expires_after": { "anchor": "created_at", "seconds": KEPT },
    })
}

/// How far it is; none for a status nobody knows.
pub(super) fn state(body: &Value) -> Option<BatchState> {
    let count = |key: &str| body["request_counts"][key].as_u64().unwrap_or(0);
    Some(match body["status"].as_str()? {
        "validating" | "in_progress" | "finalizing" | "cancelling" => BatchState::Running {
            done: count("completed").saturating_add(count("failed")),
            total: count("total"),
        },
        "completed" => BatchState::Ended,
        "expired" => BatchState::Expired,
        "cancelled" => BatchState::Cancelled,
        "failed" => {
            let errors = body["errors"]["data"].as_array().map(Vec::as_slice).unwrap_or_default();
            let words: Vec<&str> = errors.iter().filter_map(|error| error["message"].as_str()).collect();
            BatchState::Failed(safe_words(&words.join("; ")))
        }
        _ => return None,
    })
}

/// The files with what came; either may be missing.
pub(super) fn files(body: &Value) -> impl Iterator<Item = &str> {
    ["output_file_id", "error_file_id"].into_iter().filter_map(|key| body[key].as_str())
}

/// What a line of either file says of its question.
pub(super) fn outcome(line: &Value) -> Option<Outcome<'_>> {
    let response = &line["response"];
    if let Some(status) = response["status_code"].as_u64().and_then(|status| u16::try_from(status).ok()) {
        let body = &response["body"];
        return Some(match status {
            200..=299 => Outcome::Body(body),
            _ => Outcome::Ending(of_status(status, &HeaderMap::new(), body.to_string().as_bytes()).ending),
        });
    }
    let words = || safe_words(line["error"]["message"].as_str().unwrap_or_default());
    Some(Outcome::Ending(match line["error"]["code"].as_str()? {
        "batch_expired" => Ending::Batch(BatchFault::Expired),
        "batch_cancelled" => Ending::Batch(BatchFault::Cancelled),
        _ => Ending::Failed { status: 200, words: words() },
    }))
}
