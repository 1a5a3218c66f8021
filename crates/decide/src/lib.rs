//! Deciding: what of a judgement may be written, as a plan.
//!
//! Pure, like `judge`: snapshot, judgements, policy and moment in, plan out. The plan checker is separate on purpose:
//! it trusts nothing the planner did. It deliberately never reads or writes anything.
//! Known limit: the sprint a groom recommends is a count of tasks; `sprint` plans by hours, skills and links.

pub mod assign;
mod check;
mod draft;
mod extras;
mod fields;
mod groom;
mod policy;
mod recalculate;
mod render;
mod risk;
mod setup;
mod skip;
pub mod sprint;
mod triage;
mod undo;
mod wish;
mod words;

pub use check::{Finding, Severity, check};
pub use draft::{LONGEST_DRAFT, worded};
pub use extras::{is_summary, summary_facts};
pub use fields::{FieldNames, wanted_field};
pub use groom::{Rules, plan_groom};
pub use policy::{
    AiPolicy, Allowance, NoticePolicy, Official, PhaseRule, Policy, Scope, TargetSections, TriagePolicy,
};
pub use recalculate::{Recalculation, plan_recalculate};
pub use render::render;
pub use risk::plan_risk;
pub use setup::{ProjectFields, plan_setup};
pub use triage::{Label, plan_triage};
pub use undo::{Doing, plan_undo};
pub use words::{rationale, recommendation};
