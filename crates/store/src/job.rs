//! What a job is, where it stands, and how it may end.
//!
//! Deliberately not here: keeping it (`jobs`).

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// What becomes of the time of a job that already waits under the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The earlier of the two: it is the same work, wanted sooner.
    Sooner,
    /// The later of the two, but never further than this after it was first asked for: wait for a burst to end.
    Later(SignedDuration),
}

/// Work to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// What kind, one word.
    pub kind: String,
    /// What makes it the same job as another.
    pub key: String,
    /// Jobs of one lane run one after the other.
    pub lane: String,
    /// What the kind needs to know, JSON.
    pub payload: String,
    /// Lower goes first.
    pub priority: u8,
    /// Not before.
    pub run_at: Timestamp,
    /// When it is asked for.
    pub asked_at: Timestamp,
    /// What becomes of one that already waits.
    pub again: Again,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waiting for its time or for a worker.
    Ready,
    /// Being worked on.
    Leased,
    /// Given up: for a person to look at.
    Dead,
}

impl JobState {
    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            JobState::Ready => "ready",
            JobState::Leased => "leased",
            JobState::Dead => "dead",
        }
    }
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// What kind.
    pub kind: String,
    /// What makes it the same job as another.
    pub key: String,
    /// Its lane.
    pub lane: String,
    /// What the kind needs to know, JSON.
    pub payload: String,
    /// Lower goes first.
    pub priority: i64,
    /// When it was first asked for.
    pub made_at: Timestamp,
    /// Not before.
    pub run_at: Timestamp,
    /// Attempts so far, one under way included.
    pub tries: u64,
    /// The number of the newest lease.
    pub lease: i64,
    /// Where it stands.
    pub state: JobState,
    /// Who has it, or had it last.
    pub worker: Option<String>,
    /// How the last attempt failed.
    pub error: Option<String>,
}

/// One attempt at a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JobAttempt {
    /// The job's number.
    pub job: i64,
    /// The lease it was made under.
    pub lease: i64,
    /// Who made it.
    pub worker: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How: `done`, `failed`, `put back`, `lost`; none while it runs.
    pub ending: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
}

/// How many jobs of a kind stand where, and since when the oldest of them is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JobCount {
    /// The kind.
    pub kind: String,
    /// Where they stand.
    pub state: JobState,
    /// How many.
    pub jobs: u64,
    /// The earliest moment one of them is due.
    pub oldest: Timestamp,
}

/// What becomes of a job whose attempt did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another attempt, not before this.
    Retry(Timestamp),
    /// None: it goes to the dead ones.
    GiveUp,
    /// Another attempt, and this one does not count: nothing was wrong with the job.
    PutBack(Timestamp),
}
