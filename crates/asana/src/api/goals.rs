//! `/goals` and `/goal_relationships`, read-only. Plans without goals answer `PaymentRequired`.

use crate::request::Method;
use crate::wire::{Goal, GoalRelationship};
use crate::{Client, Error, List};

/// Calls about goals. See [`Client::goals`].
#[derive(Clone, Copy, Debug)]
pub struct Goals<'c>(&'c Client);

impl Client {
    /// Calls about goals.
    pub fn goals(&self) -> Goals<'_> {
        Goals(self)
    }
}

impl Goals<'_> {
    /// One goal.
    ///
    /// # Errors
    /// As any read.
    pub async fn get(self, goal: &str, fields: &[&str]) -> Result<Goal, Error> {
        self.0.call(Method::Get, &["goals", goal]).fields(fields).send().await
    }

    /// The goals of a workspace.
    pub fn in_workspace(self, workspace: &str) -> List<Goal> {
        self.where_is("workspace", workspace)
    }

    /// The goals a project supports.
    pub fn of_project(self, project: &str) -> List<Goal> {
        self.where_is("project", project)
    }

    /// The goals a task supports.
    pub fn of_task(self, task: &str) -> List<Goal> {
        self.where_is("task", task)
    }

    /// What supports a goal.
    pub fn relationships(self, supported_goal: &str) -> List<GoalRelationship> {
        List::new(self.0.call(Method::Get, &["goal_relationships"]).query("supported_goal", supported_goal))
    }

    fn where_is(self, filter: &str, gid: &str) -> List<Goal> {
        List::new(self.0.call(Method::Get, &["goals"]).query(filter, gid))
    }
}
