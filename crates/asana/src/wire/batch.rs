//! The answer to one action of a batch.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Status and body of one action; the outer answer is 200 even when all of them failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchResult {
    /// HTTP status.
    pub status_code: u16,
    /// `{"data": …}` or `{"errors": […]}`.
    #[serde(default)]
    pub body: Value,
}
