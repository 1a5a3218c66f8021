//! The spine: gather → enrich → judge → decide → apply → record, and the workflows on it.
//!
//! Order, retries and who calls whom live here. It deliberately decides nothing (`decide`), judges nothing (`judge`) and
//! reads no clock or environment (the caller passes both).
//! Known limits: subtasks are judged only when they are in the project themselves; dependencies on tasks of other
//! projects block, but nothing is inherited through them.

mod apply;
mod approvals;
mod backtest;
mod calibrate;
mod context;
pub mod doctor;
mod enrich;
mod error;
mod explain;
mod forget;
mod gather;
mod groom;
mod intake;
mod learn;
mod members;
mod mirror;
mod overrides;
mod phases;
mod policy;
mod portfolio;
mod posting;
mod rate;
mod recalculate;
mod recover;
mod replay;
mod report;
mod retro;
mod review;
mod rubrics;
mod seal;
pub mod service;
mod setup;
mod similar;
mod triage;
mod undo;
pub mod views;
mod workload;

pub use apply::Tally;
pub use approvals::{
    ApprovalFilter, ApprovalReport, ApprovalView, Left, SILENCE, approvals, approvals_told, approve, expire,
    pending, reject,
};
pub use backtest::{BacktestReport, Period, backtest};
pub use calibrate::{
    AnswerEvidence, BandChange, Calibration, Evidence, Given, Proposal, Question, Side,
    calibrate_from_history,
};
pub use context::{Clock, Engine, Event, Progress};
pub use decide::document;
pub use decide::sprint::{Proof, SprintPlan};
pub use decide::{Answers, MirrorPeriod, ReviewFacts, ReviewTask};
pub use error::EngineError;
pub use explain::{Explanation, explain};
pub use forget::forget;
pub use gather::Unread;
pub use groom::{Write, apply_plan, groom};
pub use intake::{Filed, Taken, file_request, filed, take_request};
pub use judge::portfolio::{Contribution, Criterion, Ranked, TopTask};
pub use judge::weights::LearnedWeight;
pub use learn::{LearnReport, LearnedKind, learn};
pub use members::members;
pub use mirror::{MirrorReport, mirror, post_mirror};
pub use overrides::{OverrideRow, Released, Since, judged_in, note_override, overrides, release};
pub use phases::{
    BandAnswers, NewPhase, NextPhase, PhaseEvidence, PhaseOf, PhaseReport, PortfolioPhases,
    back_for_portfolio, phase_back, phase_of, phases_of_portfolio, set_for_portfolio, set_phase,
};
pub use policy::{
    PolicyChange, PolicyDraft, PolicyEpoch, PolicySetting, SettingKind, in_words, policy_diff, policy_history,
};
pub use portfolio::{
    PortfolioLook, PortfolioReport, PortfolioSeen, SeenPortfolio, look_at_portfolios, portfolio, projects_of,
};
pub use posting::Posting;
pub use rate::{
    Model, ModelUse, ModelVerdict, Tried, accept_model, gate_model, remember_capability, try_task,
};
pub use recalculate::{Recalculated, recalculate};
pub use replay::{Replay, replay};
pub use report::{GroomReport, Requests, ScoredTask, SkippedTask, Trouble, UndoReport};
pub use retro::{
    RetroReport, RetroWish, SprintList, SprintThere, retro, retro_at_sprint_end, retro_page, sprints_of,
};
pub use review::{ReviewPeriod, ReviewReport, post_review, review};
pub use rubrics::{
    Accepted, Decided, Deciding, Frozen, GoldenCheck, Held, RubricList, RubricWish, Weight, accept_rubric,
    check_golden, freeze_golden, propose_rubric, reject_rubric, revert_rubric, rubric, rubrics,
};
pub use seal::{SHORTEST_KEY, SealError, Sealer, unguessable};
pub use setup::{SetupReport, setup};
pub use similar::{Asked, AttachmentsReport, Meaning, SimilarReport, SimilarTask, VectorOf, similar};
pub use triage::{TaskAlike, TriageReport, TriagedTask, triage};
pub use undo::{UndoOnly, undo, undo_some};
pub use workload::{
    AssignChosen, AssignPerson, AssignReason, AssignRejected, AssignTask, AssignView, EndsBetween, HeldUpBy,
    RiskCause, RiskFinding, RiskTask, RiskView, TaskLink,
};
pub use workload::{
    AssignReport, Carried, PersonHours, RiskReport, Scenario, ScenarioChange, ScenarioReport, SprintPosted,
    SprintReport, SprintWish, assignments, post_sprint, risk, sprint,
};
pub use workload::{SupposeReport, Supposed, TaskThen, TeamTime, Workload, workload};
