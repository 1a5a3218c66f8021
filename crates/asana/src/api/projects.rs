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
