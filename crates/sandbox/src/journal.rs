//! What was asked of the sandbox: a bounded request log and counters, for tests and the control endpoints.

use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// Newest requests kept; a long run must not eat the memory.
const MOST_ENTRIES: usize = 10_000;

/// Bytes of a body that are kept: more than any write of fields, less than a file.
const MOST_BODY: usize = 4096;

/// One request and its answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    pub(crate) method: String,
    /// Path below `/api/1.0`, with the query.
    pub(crate) path: String,
    /// The route's pattern; absent when no route fits.
    pub(crate) route: Option<&'static str>,
    pub(crate) status: u16,
    /// Gid of the token's user.
    pub(crate) user: Option<String>,
    /// `web` for an edit on the page; otherwise `api`, or what the call says.
    pub(crate) source: String,
    pub(crate) at: String,
    /// What a write sent, as it came; none of reads, of what is no text, and of what is long.
    pub(crate) body: Option<String>,
}

/// The body of a request as the log keeps it.
pub(crate) fn kept_body(bytes: &[u8]) -> Option<String> {
    let text = Some(bytes).filter(|bytes| !bytes.is_empty() && bytes.len() <= MOST_BODY);
    text.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
}

/// The log and its sums.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) entries: VecDeque<Entry>,
    pub(crate) counters: Counters,
}

/// Sums since the start or the last reset.
#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct Counters {
    pub(crate) reads: u64,
    pub(crate) writes: u64,
    pub(crate) too_many_requests: u64,
    /// By `METHOD pattern`.
    pub(crate) routes: BTreeMap<String, u64>,
    /// By status.
    pub(crate) statuses: BTreeMap<u16, u64>,
}

impl Journal {
    pub(crate) fn note(&mut self, entry: Entry) {
        let sums = &mut self.counters;
        match entry.method.as_str() {
            "GET" => sums.reads += 1,
            _ => sums.writes += 1,
        }
        if entry.status == 429 {
            sums.too_many_requests += 1;
        }
        *sums.statuses.entry(entry.status).or_default() += 1;
        if let Some(route) = entry.route {
            let name = format!("{} {route}", entry.method);
            *sums.routes.entry(name).or_default() += 1;
        }
        if self.entries.len() == MOST_ENTRIES {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }
}
