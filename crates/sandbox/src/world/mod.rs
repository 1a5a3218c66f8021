//! The state of the sandbox: an organization, and workspaces beside it, with people, projects, tasks, fields and histories.
//!
//! All in memory and typed. Resource files read and write it; it knows nothing of HTTP, of projection or of wording.
//! Known limit: everybody sees everything in the workspace (privacy settings are stored, not enforced).

mod audit;
mod build;
mod custom_id;
mod due;
mod entry;
mod event;
mod fields;
mod goal;
mod job;
mod membership;
mod oauth;
mod people;
mod period;
mod place;
mod portfolio;
mod save;
mod status;
mod story;
mod task;
mod token;
mod webhook;
mod workspace;

pub(crate) use audit::{AuditEvent, Audited};
pub use build::{DEFAULT_TOKEN, NewProject, NewTask};
pub use entry::Entry;
pub(crate) use event::{Action, Event, EventLog, FieldChange};
pub(crate) use fields::Carried;
pub use fields::{CustomField, EnumOption, FieldSetting, FieldType, FieldValue, NewCustomField, round_to};
pub use goal::{Goal, GoalMetric, GoalRelationship, NewGoal};
pub use job::Job;
pub(crate) use job::MOST_JOBS;
pub use oauth::{APP_SECRET, App, FULL_APP, GRANULAR_APP};
pub(crate) use oauth::{Code, Grant, TOKEN_SECONDS};
pub use people::{Team, User, UserTaskList, Workspace};
pub use period::TimePeriod;
pub use place::{Attachment, Project, Section, Tag};
pub use portfolio::Portfolio;
pub use status::StatusUpdate;
pub(crate) use story::Actor;
pub use story::Story;
pub use task::{Membership, Subtype, Task};
pub use token::{Principal, Token};
pub(crate) use webhook::Delivery;
pub use webhook::{Webhook, WebhookFilter};

use crate::clock::Clock;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// An Asana id: a string of digits.
pub type Gid = String;

/// The plan of the workspace; it decides which calls answer 402.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, serde::Deserialize, serde::Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Personal: no custom fields, dependencies or search; 150 requests a minute.
    Free,
    /// Starter or Advanced: everything the sandbox has; 1,500 requests a minute.
    #[default]
    Paid,
    /// Enterprise and above.
    Enterprise,
}

/// Which kind of object a gid names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
pub enum Kind {
    /// A workspace or organization.
    Workspace,
    /// A team.
    Team,
    /// A person or bot.
    User,
    /// A person's My Tasks list.
    UserTaskList,
    /// A project.
    Project,
    /// A section of a project or of a My Tasks list.
    Section,
    /// A task, subtask, milestone or approval.
    Task,
    /// An entry of a task's history.
    Story,
    /// A custom field definition.
    CustomField,
    /// One choice of an enum field.
    EnumOption,
    /// A field's place on a project, portfolio or goal.
    CustomFieldSetting,
    /// A tag.
    Tag,
    /// A file or link on a task.
    Attachment,
    /// A goal.
    Goal,
    /// How a goal is measured.
    GoalMetric,
    /// A goal's support by another goal, a project, a task or a portfolio.
    GoalRelationship,
    /// A collection of projects and portfolios.
    Portfolio,
    /// A report on the state of a project, portfolio or goal.
    StatusUpdate,
    /// A fiscal year, half or quarter.
    TimePeriod,
    /// Work that is answered before it is done.
    Job,
    /// A subscription to events.
    Webhook,
    /// An entry of time worked on a task.
    TimeTrackingEntry,
    /// A kind of work that tracked time is told apart by.
    TimeTrackingCategory,
    /// How far a user's week of tracked time is.
    TimesheetApprovalStatus,
    /// A share of a person's time for a project.
    Allocation,
    /// Days a person is away.
    OooEntry,
    /// What a project may take.
    Budget,
    /// What an hour of a person costs in a project.
    Rate,
    /// A kind of member.
    Role,
    /// A project's own kind of task.
    CustomType,
    /// A step of a custom type.
    CustomTypeStatusOption,
    /// An AI teammate.
    Agent,
    /// An emoji somebody left.
    Reaction,
    /// A wish to be let in.
    AccessRequest,
    /// What starts a rule from outside.
    RuleTrigger,
    /// Belonging to a goal, project, portfolio, custom type or custom field.
    Membership,
    /// The older view of belonging to a project.
    ProjectMembership,
    /// The older view of belonging to a portfolio.
    PortfolioMembership,
    /// Belonging to a team.
    TeamMembership,
    /// Belonging to the workspace.
    WorkspaceMembership,
    /// The older view of a project's status update.
    ProjectStatus,
    /// How a project lies in a portfolio.
    ProjectPortfolioSetting,
    /// A pattern for projects.
    ProjectTemplate,
    /// A pattern for tasks.
    TaskTemplate,
    /// A project's key resource page.
    ProjectBrief,
    /// An export of a project, team, portfolio or goal.
    GraphExport,
    /// An export of a workspace's resources.
    ResourceExport,
    /// An export of the organization.
    OrganizationExport,
}

/// The whole sandbox. Maps are ordered by gid, which is the order of creation.
#[derive(Debug, serde::Deserialize, serde::Serialize)]
pub struct World {
    pub(crate) seed: u64,
    pub(crate) plan: Plan,
    /// How long a new task stays unknown to search.
    #[serde(skip)]
    pub(crate) search_lag_seconds: u32,
    /// How long an event stays unknown to streams and webhooks.
    #[serde(skip)]
    pub(crate) event_delay_seconds: u32,
    /// Within how many seconds repeated edits are one story.
    #[serde(skip)]
    pub(crate) merge_stories_seconds: u32,
    /// The last day whose due tasks were told of.
    #[serde(default)]
    pub(crate) told_until: Option<jiff::civil::Date>,
    /// Whether webhooks may have targets on this machine.
    #[serde(skip)]
    pub(crate) loopback_webhooks: bool,
    /// Where it is served: `http://127.0.0.1:8377`.
    #[serde(skip)]
    pub(crate) root: Option<String>,
    pub(crate) clock: Clock,
    #[serde(with = "save::dice")]
    random: fastrand::Rng,
    last_gid: u64,
    /// What each issued gid is; a gid stays here when its object is deleted.
    #[serde(serialize_with = "save::sorted")]
    pub(crate) kinds: HashMap<Gid, Kind>,
    #[serde(serialize_with = "save::sorted")]
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) apps: BTreeMap<String, App>,
    #[serde(serialize_with = "save::sorted")]
    pub(crate) codes: HashMap<String, Code>,
    #[serde(serialize_with = "save::sorted")]
    pub(crate) refresh_tokens: HashMap<String, Grant>,
    /// The first workspace and the user its first token belongs to.
    pub(crate) home: Gid,
    pub(crate) bot: Gid,
    pub(crate) workspaces: BTreeMap<Gid, Workspace>,
    /// What lies in another workspace than the first, by gid.
    #[serde(default)]
    pub(crate) apart: BTreeMap<Gid, Gid>,
    pub(crate) teams: BTreeMap<Gid, Team>,
    pub(crate) users: BTreeMap<Gid, User>,
    pub(crate) user_task_lists: BTreeMap<Gid, UserTaskList>,
    pub(crate) projects: BTreeMap<Gid, Project>,
    pub(crate) sections: BTreeMap<Gid, Section>,
    pub(crate) tasks: BTreeMap<Gid, Task>,
    /// Boxed, because the nodes of a map that grows at its end stay half empty.
    pub(crate) stories: BTreeMap<Gid, Box<Story>>,
    /// Stories of a task (or other object), oldest first.
    #[serde(serialize_with = "save::sorted")]
    pub(crate) stories_of: HashMap<Gid, Vec<Gid>>,
    pub(crate) custom_fields: BTreeMap<Gid, CustomField>,
    /// Which field an option belongs to.
    #[serde(serialize_with = "save::sorted")]
    pub(crate) option_fields: HashMap<Gid, Gid>,
    pub(crate) settings: BTreeMap<Gid, FieldSetting>,
    /// Settings of a project (or other holder), in their shown order.
    #[serde(serialize_with = "save::sorted")]
    pub(crate) settings_of: HashMap<Gid, Vec<Gid>>,
    /// Values by holder (task, project, goal …) and field.
    #[serde(serialize_with = "save::sorted")]
    pub(crate) values: HashMap<Gid, BTreeMap<Gid, FieldValue>>,
    pub(crate) tags: BTreeMap<Gid, Tag>,
    pub(crate) attachments: BTreeMap<Gid, Attachment>,
    pub(crate) goals: BTreeMap<Gid, Goal>,
    pub(crate) goal_metrics: BTreeMap<Gid, GoalMetric>,
    pub(crate) goal_relationships: BTreeMap<Gid, GoalRelationship>,
    pub(crate) portfolios: BTreeMap<Gid, Portfolio>,
    pub(crate) status_updates: BTreeMap<Gid, StatusUpdate>,
    pub(crate) time_periods: BTreeMap<Gid, TimePeriod>,
    pub(crate) jobs: BTreeMap<Gid, Job>,
    pub(crate) webhooks: BTreeMap<Gid, Webhook>,
    /// The small records by kind.
    pub(crate) entries: BTreeMap<Kind, BTreeMap<Gid, Entry>>,
    pub(crate) audit_log: VecDeque<AuditEvent>,
    pub(crate) events: EventLog,
    /// While the past is made up: stories are kept and told to nobody.
    #[serde(skip)]
    pub(crate) unheard: bool,
    /// What happened and was not published yet.
    #[serde(skip)]
    pub(crate) outbox: Vec<Event>,
}

impl World {
    /// The world's moment, cut to the millisecond Asana shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// A fresh 16-digit gid; the same seed gives the same sequence.
    pub(crate) fn issue(&mut self, kind: Kind) -> Gid {
        self.last_gid += self.random.u64(1..=997);
        let gid = self.last_gid.to_string();
        self.kinds.insert(gid.clone(), kind);
        gid
    }

    /// 64 hexadecimal digits nobody can guess from outside; the same seed gives the same ones.
    pub(crate) fn secret(&mut self) -> String {
        (0..4).map(|_| format!("{:016x}", self.random.u64(..))).collect()
    }

    /// The kind of a gid that names something that still exists.
    pub(crate) fn kind_of(&self, gid: &str) -> Option<Kind> {
        let kind = *self.kinds.get(gid)?;
        self.exists(kind, gid).then_some(kind)
    }

    pub(crate) fn exists(&self, kind: Kind, gid: &str) -> bool {
        match kind {
            Kind::Workspace => self.workspaces.contains_key(gid),
            Kind::Team => self.teams.contains_key(gid),
            Kind::User => self.users.contains_key(gid),
            Kind::UserTaskList => self.user_task_lists.contains_key(gid),
            Kind::Project => self.projects.contains_key(gid),
            Kind::Section => self.sections.contains_key(gid),
            Kind::Task => self.tasks.get(gid).is_some_and(|task| !task.trashed),
            Kind::Story => self.stories.contains_key(gid),
            Kind::CustomField => self.custom_fields.contains_key(gid),
            Kind::EnumOption => self.option_fields.contains_key(gid),
            Kind::CustomFieldSetting => self.settings.contains_key(gid),
            Kind::Tag => self.tags.contains_key(gid),
            Kind::Attachment => self.attachments.contains_key(gid),
            Kind::Goal => self.goals.contains_key(gid),
            Kind::GoalMetric => self.goal_metrics.contains_key(gid),
            Kind::GoalRelationship => self.goal_relationships.contains_key(gid),
            Kind::Portfolio => self.portfolios.contains_key(gid),
            Kind::Job => self.jobs.contains_key(gid),
            // It goes with what it watches.
            Kind::Webhook => {
                self.webhooks.get(gid).is_some_and(|hook| self.kind_of(&hook.resource).is_some())
            }
            Kind::TimeTrackingEntry => self
                .entry(kind, gid)
                .and_then(|entry| entry.gid("task"))
                .is_some_and(|task| self.exists(Kind::Task, task)),
            Kind::ProjectPortfolioSetting => self.entry(kind, gid).is_some_and(|entry| {
                let project = entry.gid("project");
                let portfolio = entry.gid("portfolio").map(|portfolio| self.items_of(portfolio));
                portfolio.zip(project).is_some_and(|(items, project)| items.contains(project))
            }),
            Kind::TimePeriod => self.time_periods.contains_key(gid),
            // It goes with its parent.
            Kind::StatusUpdate => {
                self.status_updates.get(gid).is_some_and(|update| self.kind_of(&update.parent).is_some())
            }
            Kind::ProjectStatus => self.exists(Kind::StatusUpdate, gid),
            Kind::ProjectMembership | Kind::PortfolioMembership => {
                self.entry(Kind::Membership, gid).is_some()
            }
            // The small records.
            _ => self.entry(kind, gid).is_some(),
        }
    }

    /// The name of a task, project, goal or portfolio: what goals, portfolios and reference fields point at.
    pub(crate) fn name_of(&self, gid: &str) -> Option<&str> {
        Some(match self.kind_of(gid)? {
            Kind::Task => &self.tasks.get(gid)?.name,
            Kind::Project => &self.projects.get(gid)?.name,
            Kind::Goal => &self.goals.get(gid)?.name,
            Kind::Portfolio => &self.portfolios.get(gid)?.name,
            _ => return None,
        })
    }

    /// The first workspace, in which everything lies that was not put elsewhere.
    #[must_use]
    pub fn workspace(&self) -> &Gid {
        &self.home
    }
}
