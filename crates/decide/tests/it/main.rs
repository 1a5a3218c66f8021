//! Deciding through its front door: a snapshot, judgements and a policy in, plans out; the checker on plans gone wrong.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod approvals;
mod assign;
#[path = "../../../judge/tests/it/backlog.rs"]
mod backlog;
mod backlogs;
mod check;
mod filled;
mod groom;
mod home;
mod intake;
mod people;
mod plan;
mod portfolio;
mod recalculate;
mod retro;
mod review;
mod setup;
mod sprint;
mod sprint_project;
mod stale;
mod suggesting;
mod triage;
mod undo;
mod words;
