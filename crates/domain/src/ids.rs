//! Typed identifiers: Asana's gids, one type per resource, and Upnext's own prefixed ids.
//!
//! A gid type cannot be passed where another is meant; an own id explains itself in a log line.
//! Deliberately not here: any check that a gid exists, or how ids are made unique.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as this kind of id, unchecked.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// An Asana workspace or organization.
    WorkspaceGid,
    /// An Asana team.
    TeamGid,
    /// An Asana user.
    UserGid,
    /// An Asana project.
    ProjectGid,
    /// An Asana portfolio.
    PortfolioGid,
    /// A section of a project.
    SectionGid,
    /// An Asana task.
    TaskGid,
    /// A comment or system story.
    StoryGid,
    /// A file or link on a task.
    AttachmentGid,
    /// A custom field definition.
    FieldGid,
    /// One option of an enum field.
    OptionGid,
    /// An Asana goal.
    GoalGid,
    /// One execution of a workflow: `run_…`.
    RunId,
    /// One plan: `plan_…`, derived from what it was made of.
    PlanId,
    /// One action of a plan: `act_…`, unique within its plan.
    ActionId,
    /// One question to people: `apr_…`.
    ApprovalId,
}

macro_rules! counted {
    ($($name:ident),+) => {$(
        impl $name {
            /// Sorts as Asana numbers do (shorter first, then digit by digit), so that ties end the same way everywhere.
            pub fn numeric_key(&self) -> (usize, &str) {
                (self.0.len(), &self.0)
            }
        }
    )+};
}

counted!(ProjectGid, TaskGid);
