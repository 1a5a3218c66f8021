//! `/projects`, with their sections and field settings.

use serde_json::{Map, Value, json};

use crate::request::Method;
use crate::wire::{CustomFieldSetting, Project, ProjectMembership, Section};
use crate::{Client, Error, List};

/// Calls about projects. See [`Client::projects`].
#[derive(Clone, Copy, Debug)]
pub struct Projects<'c>(&'c Client);

impl Client {
    /// Calls about projects. Their tasks are at [`Tasks::in_project`](crate::Tasks::in_project).
    pub fn projects(&self) -> Projects<'_> {
        Projects(self)
    }
}

impl Projects<'_> {
    /// One project.
    ///
    /// # Errors
    /// As any read.
    pub async fn get(self, project: &str, fields: &[&str]) -> Result<Project, Error> {
        self.0.call(Method::Get, &["projects", project]).fields(fields).send().await
    }

    /// The projects of a team, archived ones too.
    pub fn in_team(self, team: &str) -> List<Project> {
        List::new(self.0.call(Method::Get, &["teams", team, "projects"]))
    }

    /// The projects of a workspace that the token sees, archived ones too.
    pub fn in_workspace(self, workspace: &str) -> List<Project> {
        List::new(self.0.call(Method::Get, &["workspaces", workspace, "projects"]))
    }

    /// Makes a project that a team has. Not repeatable: two projects may have one name. `new` is the object of its keys.
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn create_in_team(self, team: &str, new: Map<String, Value>) -> Result<Project, Error> {
        self.0.call(Method::Post, &["teams", team, "projects"]).data(new).send().await
    }

    /// Makes a project that no team has. As [`Projects::create_in_team`].
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn create_in_workspace(
        self,
        workspace: &str,
        new: Map<String, Value>,
    ) -> Result<Project, Error> {
        self.0.call(Method::Post, &["workspaces", workspace, "projects"]).data(new).send().await
    }

    /// Deletes a project. Its tasks stay, in their other projects or in none.
    ///
    /// # Errors
    /// As any write.
    pub async fn delete(self, project: &str) -> Result<(), Error> {
        self.0.call(Method::Delete, &["projects", project]).run().await
    }

    /// Whether it holds no task, completed ones included.
    ///
    /// # Errors
    /// As any read.
    pub async fn is_empty(self, project: &str) -> Result<bool, Error> {
        let call = self.0.call(Method::Get, &["projects", project, "tasks"]).query("limit", 1);
        Ok(call.send::<Vec<serde::de::IgnoredAny>>().await?.is_empty())
    }

    /// Shares a project with a person or a team, as `admin`, `editor`, `commenter` or `viewer`.
    ///
    /// # Errors
    /// As any write.
    pub async fn share(self, project: &str, member: &str, access_level: &str) -> Result<(), Error> {
        let data = json!({ "parent": project, "member": member, "access_level": access_level });
        self.0.call(Method::Post, &["memberships"]).data(data).run().await
    }

    /// Changes a project: `changes` is the object of changed keys, `custom_fields` included.
    ///
    /// # Errors
    /// As any write.
    pub async fn update(
        self,
        project: &str,
        changes: Map<String, Value>,
        fields: &[&str],
    ) -> Result<Project, Error> {
        self.0.call(Method::Put, &["projects", project]).fields(fields).data(changes).send().await
    }

    /// Who the project is shared with: people, and teams.
    pub fn memberships(self, project: &str) -> List<ProjectMembership> {
        List::new(self.0.call(Method::Get, &["projects", project, "project_memberships"]))
    }

    /// The project's sections in their order.
    pub fn sections(self, project: &str) -> List<Section> {
        List::new(self.0.call(Method::Get, &["projects", project, "sections"]))
    }

    /// The fields on the project. Compact unless `custom_field.…` fields are asked for.
    pub fn custom_field_settings(self, project: &str) -> List<CustomFieldSetting> {
        List::new(self.0.call(Method::Get, &["projects", project, "custom_field_settings"]))
    }

    /// Puts a field on the project. Repeating it for a field that is already there adds none.
    ///
    /// # Errors
    /// As any write; `PaymentRequired` on plans without custom fields.
    pub async fn add_custom_field_setting(
        self,
        project: &str,
        new: NewSetting,
    ) -> Result<CustomFieldSetting, Error> {
        let path = ["projects", project, "addCustomFieldSetting"];
        self.0.call(Method::Post, &path).data(new.0).repeatable().send().await
    }

    /// Takes a field off the project; tasks keep their values, disabled.
    ///
    /// # Errors
    /// As any write.
    pub async fn remove_custom_field_setting(self, project: &str, field: &str) -> Result<(), Error> {
        let path = ["projects", project, "removeCustomFieldSetting"];
        self.0.call(Method::Post, &path).data(json!({ "custom_field": field })).repeatable().run().await
    }
}

/// A field to put on a project.
#[derive(Clone, Debug)]
pub struct NewSetting(Map<String, Value>);

impl NewSetting {
    /// An existing field of the workspace's library.
    pub fn field(custom_field: &str) -> Self {
        Self(Map::from_iter([("custom_field".to_owned(), json!(custom_field))]))
    }

    /// Whether it shows in the list view.
    pub fn important(mut self, yes: bool) -> Self {
        self.0.insert("is_important".to_owned(), json!(yes));
        self
    }
}
