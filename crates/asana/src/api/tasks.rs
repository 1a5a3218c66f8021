//! `/tasks`.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::request::{Method, Request};
use crate::wire::Task;
use crate::{Client, Error, List, TaskWrite};

/// Calls about tasks. See [`Client::tasks`].
#[derive(Clone, Copy, Debug)]
pub struct Tasks<'c>(&'c Client);

impl Client {
    /// Calls about tasks.
    pub fn tasks(&self) -> Tasks<'_> {
        Tasks(self)
    }
}

impl Tasks<'_> {
    /// One task.
    ///
    /// # Errors
    /// As any read.
    pub async fn get(self, task: &str, fields: &[&str]) -> Result<Task, Error> {
        self.0.call(Method::Get, &["tasks", task]).fields(fields).send().await
    }

    /// The tasks of a project, in its order. Subtasks are left out unless they are in the project themselves.
    pub fn in_project(self, project: &str) -> List<Task> {
        List::new(self.0.call(Method::Get, &["tasks"]).query("project", project))
    }

    /// The tasks of a section, in its order.
    pub fn in_section(self, section: &str) -> List<Task> {
        List::new(self.0.call(Method::Get, &["tasks"]).query("section", section))
    }

    /// The tasks a person has in a workspace.
    pub fn assigned_to(self, user: &str, workspace: &str) -> List<Task> {
        List::new(self.0.call(Method::Get, &["tasks"]).query("assignee", user).query("workspace", workspace))
    }

    /// The direct subtasks of a task.
    pub fn subtasks(self, task: &str) -> List<Task> {
        List::new(self.0.call(Method::Get, &["tasks", task, "subtasks"]))
    }

    /// Makes a task; `new` names a project, a workspace or a parent. Not repeatable.
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn create(self, new: TaskWrite, fields: &[&str]) -> Result<Task, Error> {
        self.0.call(Method::Post, &["tasks"]).fields(fields).data(new).send().await
    }

    /// Makes a subtask. It inherits neither projects nor fields. Not repeatable.
    ///
    /// # Errors
    /// As any write; `MayHaveLanded` when the answer was lost.
    pub async fn create_subtask(self, parent: &str, new: TaskWrite, fields: &[&str]) -> Result<Task, Error> {
        self.0.call(Method::Post, &["tasks", parent, "subtasks"]).fields(fields).data(new).send().await
    }

    /// Changes what `changes` names and nothing else. One field that is not on the task refuses the whole change.
    ///
    /// # Errors
    /// As any write.
    pub async fn update(self, task: &str, changes: TaskWrite, fields: &[&str]) -> Result<Task, Error> {
        self.0.call(Method::Put, &["tasks", task]).fields(fields).data(changes).send().await
    }

    /// Moves the task to the trash, where it stays for 30 days.
    ///
    /// # Errors
    /// As any write.
    pub async fn delete(self, task: &str) -> Result<(), Error> {
        self.0.call(Method::Delete, &["tasks", task]).run().await
    }

    /// Puts the task into a project, at the end of `section` when one is given.
    ///
    /// # Errors
    /// As any write.
    pub async fn add_project(self, task: &str, project: &str, section: Option<&str>) -> Result<(), Error> {
        let mut data = json!({ "project": project });
        if let Some(section) = section {
            data["section"] = json!(section);
        }
        self.relate(task, "addProject", data).run().await
    }

    /// Takes the task out of a project.
    ///
    /// # Errors
    /// As any write.
    pub async fn remove_project(self, task: &str, project: &str) -> Result<(), Error> {
        self.relate(task, "removeProject", json!({ "project": project })).run().await
    }

    /// Makes the task wait for others; at most 30 dependencies and dependents together.
    ///
    /// # Errors
    /// As any write; `PaymentRequired` on plans without dependencies.
    pub async fn add_dependencies(self, task: &str, dependencies: &[&str]) -> Result<(), Error> {
        self.relate(task, "addDependencies", json!({ "dependencies": dependencies })).run().await
    }

    /// Ends that the task waits for others.
    ///
    /// # Errors
    /// As any write; `PaymentRequired` on plans without dependencies.
    pub async fn remove_dependencies(self, task: &str, dependencies: &[&str]) -> Result<(), Error> {
        self.relate(task, "removeDependencies", json!({ "dependencies": dependencies })).run().await
    }

    /// Puts a tag on the task.
    ///
    /// # Errors
    /// As any write.
    pub async fn add_tag(self, task: &str, tag: &str) -> Result<(), Error> {
        self.relate(task, "addTag", json!({ "tag": tag })).run().await
    }

    /// Takes a tag off the task.
    ///
    /// # Errors
    /// As any write.
    pub async fn remove_tag(self, task: &str, tag: &str) -> Result<(), Error> {
        self.relate(task, "removeTag", json!({ "tag": tag })).run().await
    }

    /// Adds followers, by gid or e-mail address.
    ///
    /// # Errors
    /// As any write.
    pub async fn add_followers(self, task: &str, followers: &[&str]) -> Result<(), Error> {
        self.relate(task, "addFollowers", json!({ "followers": followers })).run().await
    }

    /// The POSTs that set a relation; setting it twice is setting it once.
    fn relate(self, task: &str, action: &str, data: Value) -> Request {
        self.0.call(Method::Post, &["tasks", task, action]).data(data).repeatable()
    }
}

impl List<Task> {
    /// Only tasks that are incomplete.
    pub fn only_incomplete(self) -> Self {
        self.query("completed_since", "now")
    }

    /// Only tasks that are incomplete or were completed since.
    pub fn completed_since(self, since: Timestamp) -> Self {
        self.query("completed_since", since)
    }

    /// Only tasks that changed since; joining a project and changes of subtasks do not count.
    pub fn modified_since(self, since: Timestamp) -> Self {
        self.query("modified_since", since)
    }
}
