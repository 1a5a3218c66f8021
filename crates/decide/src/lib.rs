//! Deciding: what of a judgement may be written, as a plan.
//!
//! Pure, like `judge`: snapshot, judgements, policy and moment in, plan out. The plan checker is separate on purpose:
//! it trusts nothing the planner did. It deliberately never reads or writes anything.
//! Known limit: the sprint a groom recommends is a count of tasks; `sprint` plans by hours, skills and links.

mod approvals;
mod asked;
pub mod assign;
mod check;
pub mod document;
mod draft;
mod extras;
mod fields;
mod groom;
mod home;
mod intake;
mod mirror;
mod notice;
mod official;
mod policy;
mod policy_check;
mod policy_phase;
mod portfolio;
mod posted;
mod recalculate;
mod render;
mod retro;
mod review;
mod risk;
mod setup;
mod skip;
pub mod sprint;
mod time;
mod triage;
mod undo;
mod wish;
mod words;

pub use approvals::{
    Approved, Asked, IN_ASANA, Step, UPNEXT, Void, action_of, asks, plan_approval, reconcile, silent_yes_at,
};
pub use check::{Finding, Severity, check};
pub use draft::{LONGEST_DRAFT, worded};
pub use extras::{is_summary, is_summary_marker, summary_facts};
pub use fields::{FieldNames, wanted_field};
pub use groom::{Rules, plan_groom};
pub use intake::{Request, intake_plan_id, is_marked, plan_intake, request_name, request_notes};
pub use mirror::{
    MIRROR_ACTION, MIRROR_MARKER, MirrorFacts, MirrorLine, MirrorPeriod, mirror_text, plan_mirror,
};
pub use notice::takes_back;
pub use official::{Answer, answer_in_asana};
pub use policy::{
    AiPolicy, Allowance, ApprovalPolicy, AssignPolicy, AuditMirrorPolicy, MirrorEvery, NoticePolicy,
    Official, Policy, RiskPolicy, Scope, SprintPolicy, SprintWrite, TargetSections, TriagePolicy,
};
pub use portfolio::{
    PRIORITY_FIELD, PortfolioFindings, RATIONALE_FIELD, plan_portfolio, portfolio_document,
    project_rationale, status, status_text, status_title, told_of,
};
pub use recalculate::{Recalculation, plan_recalculate};
pub use render::render;
pub use retro::{
    Attached, Posted, RETRO_MARKER, RETRO_TASK, RetroForm, ToPost, plan_retro, retro_comment, retro_document,
    retro_facts, retro_file, retro_marker,
};
pub use review::{Answers, Disagreement, REVIEW_MARKER, ReviewFacts, ReviewTask, plan_review, review_text};
pub use risk::{is_risk_note, plan_risk, warns_of_date};
pub use setup::{ProjectFields, plan_setup};
pub use triage::{Label, plan_triage};
pub use undo::{Doing, plan_undo};
pub use words::{rationale, recommendation, task_link};
