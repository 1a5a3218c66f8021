//! One file per resource: its routes, how it looks, and its rules.
//!
//! # How to add a resource
//!
//! 1. State: add a typed struct and a `BTreeMap<Gid, _>` to `world/`, a [`Kind`], and its line in `World::exists`.
//! 2. File: `resources/<plural>.rs` with `pub(super) const ROUTES: &[Route]` and, if it is an object, a
//!    `pub(super) const SHAPE: Shape` (field lists: compact, full, written; and `field`, which reads one property).
//!    Handlers are `fn(&mut World, &Call) -> Result<Answer, Failure>`: check, change, answer.
//!    A `{name}` in a pattern is the word of error messages (`task: Not a Long: x`); it is checked to be a number
//!    before the handler runs, except `{user}` and `{custom_id}`.
//! 3. Register both below, in [`ROUTES`] and [`shape_of`]. A small record needs no struct: see `world/entry.rs`.
//! 4. Fields on a new kind of holder: add it to `World::field_sources`, and use `field_values.rs` to write values.
//! 5. Test it in `tests/it/` over HTTP: `cargo test -p sandbox`.

mod access_requests;
mod agents;
mod ai_studio;
mod allocations;
mod anchors;
mod attachments;
mod audit_log_events;
mod batch;
mod budgets;
mod custom_field_settings;
mod custom_fields;
mod custom_types;
mod entries;
mod enum_options;
mod events;
mod exports;
mod field_values;
mod goal_metrics;
mod goal_relationships;
mod goals;
mod jobs;
mod memberships;
mod ooo_entries;
mod portfolio_duplicate;
mod portfolios;
mod project_briefs;
mod project_duplicate;
mod project_people;
mod project_portfolio_settings;
mod project_search;
mod project_statuses;
mod project_templates;
mod project_write;
mod projects;
mod rates;
mod reactions;
mod roles;
mod rollups;
mod rule_triggers;
mod search_fields;
mod sections;
mod status_updates;
mod stories;
mod tags;
mod task_dates;
mod task_duplicate;
mod task_history;
mod task_links;
mod task_lists;
mod task_places;
mod task_search;
mod task_templates;
mod task_write;
mod tasks;
mod team_memberships;
mod teams;
mod time_periods;
mod time_tracking_categories;
mod time_tracking_entries;
mod timesheet_approval_statuses;
mod typeahead;
mod user_task_lists;
mod users;
mod webhooks;
mod words;
mod workspace_memberships;
mod workspaces;

pub(crate) use attachments::tell as record_attachment;
pub(crate) use batch::shown as batch_row;
pub(crate) use custom_fields::{PAID_ONLY as CUSTOM_FIELDS_PAID_ONLY, is_built_in_name};
pub(crate) use field_values::{display, number_json, set as set_field};
pub(crate) use task_history::record as record_changes;
pub(crate) use task_links::{MOST_LINKS, add_follower, record_link, record_tag};
pub(crate) use task_places::record_place;
pub(crate) use task_write::{MOST_LEVELS, follow};
pub(crate) use webhooks::{ESTABLISHED, establish};

use crate::call::Route;
use crate::error::Failure;
use crate::node::Shape;
use crate::world::{Kind, Plan, World};
use axum::http::Method;

/// Every route, by resource; the first that fits answers.
const ROUTES: &[&[Route]] = &[
    access_requests::ROUTES,
    agents::ROUTES,
    ai_studio::ROUTES,
    allocations::ROUTES,
    attachments::ROUTES,
    audit_log_events::ROUTES,
    batch::ROUTES,
    budgets::ROUTES,
    custom_field_settings::ROUTES,
    custom_fields::ROUTES,
    custom_types::ROUTES,
    enum_options::ROUTES,
    events::ROUTES,
    exports::ROUTES,
    goal_metrics::ROUTES,
    goal_relationships::ROUTES,
    goals::ROUTES,
    jobs::ROUTES,
    memberships::ROUTES,
    ooo_entries::ROUTES,
    portfolio_duplicate::ROUTES,
    portfolios::ROUTES,
    project_briefs::ROUTES,
    project_duplicate::ROUTES,
    project_people::ROUTES,
    project_portfolio_settings::ROUTES,
    project_search::ROUTES,
    project_statuses::ROUTES,
    project_templates::ROUTES,
    projects::ROUTES,
    rates::ROUTES,
    reactions::ROUTES,
    roles::ROUTES,
    rollups::ROUTES,
    rule_triggers::ROUTES,
    sections::ROUTES,
    status_updates::ROUTES,
    stories::ROUTES,
    tags::ROUTES,
    task_duplicate::ROUTES,
    task_links::ROUTES,
    task_lists::ROUTES,
    task_places::ROUTES,
    task_search::ROUTES,
    task_templates::ROUTES,
    tasks::ROUTES,
    team_memberships::ROUTES,
    teams::ROUTES,
    time_periods::ROUTES,
    time_tracking_categories::ROUTES,
    time_tracking_entries::ROUTES,
    timesheet_approval_statuses::ROUTES,
    typeahead::ROUTES,
    user_task_lists::ROUTES,
    users::ROUTES,
    webhooks::ROUTES,
    workspace_memberships::ROUTES,
    workspaces::ROUTES,
];

/// The route for a method and path, with the path's parameters.
pub(crate) fn find(method: &Method, path: &str) -> Option<(&'static Route, Vec<(&'static str, String)>)> {
    ROUTES.iter().flat_map(|routes| routes.iter()).find_map(|route| Some((route, route.fit(method, path)?)))
}

/// How objects of a kind look.
pub(crate) fn shape_of(kind: Kind) -> Shape {
    match kind {
        Kind::Workspace => workspaces::SHAPE,
        Kind::Team => teams::SHAPE,
        Kind::User => users::SHAPE,
        Kind::UserTaskList => user_task_lists::SHAPE,
        Kind::Project => projects::SHAPE,
        Kind::Section => sections::SHAPE,
        Kind::Task => tasks::SHAPE,
        Kind::Story => stories::SHAPE,
        Kind::CustomField => custom_fields::SHAPE,
        Kind::EnumOption => enum_options::SHAPE,
        Kind::CustomFieldSetting => custom_field_settings::SHAPE,
        Kind::Tag => tags::SHAPE,
        Kind::Attachment => attachments::SHAPE,
        Kind::Goal => goals::SHAPE,
        Kind::GoalMetric => goal_metrics::SHAPE,
        Kind::GoalRelationship => goal_relationships::SHAPE,
        Kind::Portfolio => portfolios::SHAPE,
        Kind::StatusUpdate => status_updates::SHAPE,
        Kind::TimePeriod => time_periods::SHAPE,
        Kind::Job => jobs::SHAPE,
        Kind::Webhook => webhooks::SHAPE,
        Kind::Membership => memberships::SHAPE,
        Kind::ProjectMembership => memberships::PROJECT_SHAPE,
        Kind::PortfolioMembership => memberships::PORTFOLIO_SHAPE,
        Kind::TeamMembership => team_memberships::SHAPE,
        Kind::WorkspaceMembership => workspace_memberships::SHAPE,
        Kind::ProjectStatus => project_statuses::SHAPE,
        Kind::ProjectPortfolioSetting => project_portfolio_settings::SHAPE,
        Kind::ProjectTemplate => project_templates::SHAPE,
        Kind::TaskTemplate => task_templates::SHAPE,
        Kind::ProjectBrief => project_briefs::SHAPE,
        Kind::TimeTrackingEntry => time_tracking_entries::SHAPE,
        Kind::TimeTrackingCategory => time_tracking_categories::SHAPE,
        Kind::TimesheetApprovalStatus => timesheet_approval_statuses::SHAPE,
        Kind::Allocation => allocations::SHAPE,
        Kind::OooEntry => ooo_entries::SHAPE,
        Kind::Budget => budgets::SHAPE,
        Kind::Rate => rates::SHAPE,
        Kind::Role => roles::SHAPE,
        Kind::CustomType => custom_types::SHAPE,
        Kind::CustomTypeStatusOption => custom_types::OPTION_SHAPE,
        Kind::Agent => agents::SHAPE,
        Kind::Reaction => reactions::SHAPE,
        Kind::AccessRequest => access_requests::SHAPE,
        Kind::RuleTrigger => rule_triggers::SHAPE,
        Kind::GraphExport => exports::GRAPH_SHAPE,
        Kind::ResourceExport => exports::RESOURCE_SHAPE,
        Kind::OrganizationExport => exports::ORGANIZATION_SHAPE,
    }
}

/// The paid-feature answer when the plan is free.
fn require_paid(world: &World, message: &str) -> Result<(), Failure> {
    if world.plan == Plan::Free { Err(Failure::payment(message)) } else { Ok(()) }
}
