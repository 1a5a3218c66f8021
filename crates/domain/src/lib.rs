//! The vocabulary of Upnext: what is read, judged, planned and done.
//!
//! Types only, with the few pure functions that belong to a word itself (is this value ours, does this text fit).
//! It deliberately knows nothing of HTTP, databases, clocks, configuration files or how anything is decided.
//! Known limit: gids are kept as the digit strings Asana sends; nothing here checks that they exist.

mod access;
mod action;
mod api_key;
mod approval;
mod band;
mod change;
mod digest;
mod evidence;
mod field;
mod goal;
mod history;
mod ids;
mod judgement;
mod outcome;
mod phase;
mod plan;
mod points;
mod rating;
mod reason;
mod refs;
mod role;
mod snapshot;
mod sprints;
mod task;
mod text;

pub use access::{Access, Clearance, Reach};
pub use action::Action;
pub use api_key::{ApiKey, KeyState, Scope};
pub use approval::{Approval, ApprovalState, Ask, Settled};
pub use band::{Band, Bands, RecommendedAction, Sprint};
pub use change::{Change, Counterfactual};
pub use digest::Digest;
pub use evidence::{
    EffortFinding, Evidence, Findings, Measure, MeasuredConfidence, ModelKind, ModelUsed, Neighbour, Opinion,
};
pub use field::{FieldDef, FieldKind, FieldState, FieldValue, NumberFormat, OptionDef, Owner, Written};
pub use goal::{Goal, GoalStatus, Support};
pub use history::{Happened, Happening, Past};
pub use ids::{
    ActionId, ApprovalId, AttachmentGid, FieldGid, GoalGid, OptionGid, PlanId, PortfolioGid, ProjectGid,
    RequestId, RunId, SectionGid, StatusUpdateGid, StoryGid, TaskGid, TeamGid, UserGid, WorkspaceGid,
};
pub use judgement::{AiShare, Confidence, Contribution, Judgement, Missing, Reading};
pub use outcome::{Outcome, OutcomeKind};
pub use phase::{Phase, PhaseRule};
pub use plan::{Consent, Plan, PlanKind, PlannedAction, SkipReason, Skipped};
pub use points::Points;
pub use rating::{Answered, DISAGREEMENT, Dimension, Rating, Ratings};
pub use reason::{Reason, Urging};
pub use refs::{FieldChange, FieldRef, NewField, NewProject, ProjectRef, SectionRef, Spot, TaskRef};
pub use role::{FieldMap, Role};
pub use snapshot::{
    Anchors, Card, Danger, HeldProject, Moment, Named, Notice, Project, Refused, Section, Snapshot, Writer,
    Writing,
};
pub use sprints::{Privacy, SprintProject, SprintProjects};
pub use task::{Comment, Dates, Dependency, Elsewhere, Person, Task};
pub use text::{ASANA_TEXT_LIMIT, fit};
