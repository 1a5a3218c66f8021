//! What people look at: projects, rankings, reasons, plans, runs, jobs, how well it all works, and what another rubric would do.
//!
//! Plain values without layout: a page, a table and a program's answer are all made of them. Everything is read from the store
//! and judged from the last snapshot; nothing here asks Asana or writes anything. Deliberately not here: who may see what (the
//! caller asks `domain::Access` before it calls).

mod action;
mod audit;
mod cache;
mod calibration;
mod course;
mod jobs;
mod monitoring;
mod pace;
mod paging;
mod plans;
mod policy;
mod projects;
mod ranked;
mod ranking;
mod request;
mod rules;
mod runs;
mod task;
mod what_if;
mod working;
mod writer;

pub use action::{ActionState, ChangeView, PlannedView};
pub use audit::{AuditPage, AuditView, Hand};
pub(crate) use audit::{hand, told};
pub use cache::{Found, Views};
pub use calibration::{BarView, CalibrationView};
pub use course::WeekOfPeople;
pub use jobs::{JobView, JobsView};
pub use monitoring::{
    CostView, Coverage, DayCost, DayRequests, FieldFate, Monitoring, OverrideView, ProjectMonitoring,
    ReasonCount, share,
};
pub use pace::{Churn, RunTimes};
pub use paging::Paging;
pub use plans::{PlanLine, PlanQuery, PlanView, StateCounts};
pub use policy::{Part, PlanSum, PolicyPage, PolicyPreview};
pub use projects::{ProjectCard, ProjectsView};
pub use ranked::{BandCounts, CriterionView, LeftAlone, RankedTask, Was};
pub use ranking::{Order, Ranking, RankingQuery, SortKey};
pub use request::{LabelView, RequestView};
pub use rules::{CriterionRule, RulesView, rules_of};
pub use runs::RunView;
pub use task::{ContributionView, EffortView, Happened, HistoryEntry, NamedTask, ReadingView, TaskView};
pub use what_if::{Floors, Move, WhatIf};
pub use working::{Working, WorkingRun};
pub use writer::Writer;
