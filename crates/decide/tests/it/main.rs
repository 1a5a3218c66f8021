//! Deciding through its front door: a snapshot, judgements and a policy in, plans out; the checker on plans gone wrong.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod approvals;
mod assign;
#[path = "../../../judge/tests/it/backlog.rs"]
mod backlog;
mod backlogs;
mod check;
mod groom;
mod home;
mod people;
mod plan;
mod recalculate;
mod review;
mod setup;
mod sprint;
mod suggesting;
mod triage;
mod undo;
mod words;
