//! Asana's announcements of coming changes to its API (the `Asana-Change` header).
//!
//! Each is logged once per client, louder when Asana says that our calls are affected. Opting in or out of a change
//! is not done here.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use reqwest::header::HeaderMap;

/// The announcements seen so far.
#[derive(Debug, Default)]
pub(crate) struct Changes(Mutex<HashSet<String>>);

impl Changes {
    /// Logs the announcements in an answer's headers that are new.
    pub(crate) fn note(&self, headers: &HeaderMap) {
        for value in headers.get_all("asana-change") {
            let Ok(change) = value.to_str() else { continue };
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !seen.insert(change.to_owned()) {
                continue;
            }
            if change.contains("affected=true") {
                tracing::warn!(change, "Asana will change its API, and our calls are affected");
            } else {
                tracing::info!(change, "Asana will change its API");
            }
        }
    }
}
