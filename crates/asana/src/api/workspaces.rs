//! `/workspaces`, and what hangs directly below: teams and projects.

use crate::request::Method;
use crate::wire::{Project, Team, Workspace};
use crate::{Client, Error, List};

/// Calls about workspaces. See [`Client::workspaces`].
#[derive(Clone, Copy, Debug)]
pub struct Workspaces<'c>(&'c Client);

impl Client {
    /// Calls about workspaces.
    pub fn workspaces(&self) -> Workspaces<'_> {
        Workspaces(self)
    }
}

impl Workspaces<'_> {
    /// The workspaces the token's user belongs to.
    pub fn list(self) -> List<Workspace> {
        List::new(self.0.call(Method::Get, &["workspaces"]))
    }

    /// One workspace.
    ///
    /// # Errors
    /// As any read.
    pub async fn get(self, workspace: &str, fields: &[&str]) -> Result<Workspace, Error> {
        self.0.call(Method::Get, &["workspaces", workspace]).fields(fields).send().await
    }

    /// The teams of an organisation.
    pub fn teams(self, workspace: &str) -> List<Team> {
        List::new(self.0.call(Method::Get, &["workspaces", workspace, "teams"]))
    }

    /// The projects of a workspace that the token's user sees, archived ones included unless
    /// `query("archived", false)` is added.
    pub fn projects(self, workspace: &str) -> List<Project> {
        List::new(self.0.call(Method::Get, &["workspaces", workspace, "projects"]))
    }
}
