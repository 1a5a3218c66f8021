//! `/sections`: making them and moving tasks between them.

use serde_json::{Value, json};

use crate::request::Method;
use crate::wire::Section;
use crate::{Client, Error};

/// Calls about sections. See [`Client::sections`].
#[derive(Clone, Copy, Debug)]
pub struct Sections<'c>(&'c Client);

/// Where a task lands in a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// First.
    Top,
    /// Last.
    Bottom,
    /// Just before this task.
    Before(String),
    /// Just after this task.
    After(String),
}

impl Client {
    /// Calls about sections.
    pub fn sections(&self) -> Sections<'_> {
        Sections(self)
    }
}

impl Sections<'_> {
    /// Makes a section at the end of a project. Not repeatable: two sections may have one name.
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn create(self, project: &str, name: &str) -> Result<Section, Error> {
        let path = ["projects", project, "sections"];
        self.0.call(Method::Post, &path).data(json!({ "name": name })).send().await
    }

    /// One section.
    ///
    /// # Errors
    /// As any read.
    pub async fn get(self, section: &str, fields: &[&str]) -> Result<Section, Error> {
        self.0.call(Method::Get, &["sections", section]).fields(fields).send().await
    }

    /// Whether it holds no task, completed ones included.
    ///
    /// # Errors
    /// As any read.
    pub async fn is_empty(self, section: &str) -> Result<bool, Error> {
        let call = self.0.call(Method::Get, &["sections", section, "tasks"]).query("limit", 1);
        Ok(call.send::<Vec<serde::de::IgnoredAny>>().await?.is_empty())
    }

    /// Deletes a section, which must be empty and not the project's last.
    ///
    /// # Errors
    /// As any write.
    pub async fn delete(self, section: &str) -> Result<(), Error> {
        self.0.call(Method::Delete, &["sections", section]).run().await
    }

    /// Moves a task into the section, out of the other sections of that project.
    ///
    /// # Errors
    /// As any write.
    pub async fn add_task(self, section: &str, task: &str, place: Place) -> Result<(), Error> {
        let mut data = json!({ "task": task });
        // To Asana a null anchor is an end of the list: "after nothing" is first, "before nothing" is last.
        let (key, anchor) = match place {
            Place::Top => ("insert_after", Value::Null),
            Place::Bottom => ("insert_before", Value::Null),
            Place::Before(other) => ("insert_before", json!(other)),
            Place::After(other) => ("insert_after", json!(other)),
        };
        data[key] = anchor;
        self.0.call(Method::Post, &["sections", section, "addTask"]).data(data).repeatable().run().await
    }
}
