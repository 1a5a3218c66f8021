//! What a task write says: only the keys that were named, `null` to clear.
//!
//! It enforces Asana's date rules no further than by its methods: each sets one of the two forms and clears nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// The changed keys of a task, or the keys of a new one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskWrite(Map<String, Value>);

impl TaskWrite {
    /// No key yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether no key was named; sending such a change is a waste.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Name.
    pub fn name(self, name: &str) -> Self {
        self.set("name", json!(name))
    }

    /// Plain-text description.
    pub fn notes(self, notes: &str) -> Self {
        self.set("notes", json!(notes))
    }

    /// Description as Asana's XML, rooted at `<body>`.
    pub fn html_notes(self, html: &str) -> Self {
        self.set("html_notes", json!(html))
    }

    /// Who it is for, by gid or e-mail address; `None` for nobody.
    pub fn assignee(self, user: Option<&str>) -> Self {
        self.set("assignee", json!(user))
    }

    /// Completed or not.
    pub fn completed(self, yes: bool) -> Self {
        self.set("completed", json!(yes))
    }

    /// Due day; not together with `due_at`.
    pub fn due_on(self, day: Option<Date>) -> Self {
        self.set("due_on", json!(day))
    }

    /// Due moment; not together with `due_on`.
    pub fn due_at(self, at: Option<Timestamp>) -> Self {
        self.set("due_at", json!(at))
    }

    /// First day. Asana wants the due day in the same request, also to clear this one.
    pub fn start_on(self, day: Option<Date>) -> Self {
        self.set("start_on", json!(day))
    }

    /// Workspace, of a new task without project or parent.
    pub fn workspace(self, workspace: &str) -> Self {
        self.set("workspace", json!(workspace))
    }

    /// Projects of a new task; later see [`Tasks::add_project`](crate::Tasks::add_project).
    pub fn projects(self, projects: &[&str]) -> Self {
        self.set("projects", json!(projects))
    }

    /// Project and section of a new task, instead of `projects`.
    pub fn membership(self, project: &str, section: &str) -> Self {
        self.set("memberships", json!([{ "project": project, "section": section }]))
    }

    /// Parent of a new subtask. Asana then ignores `projects`.
    pub fn parent(self, task: &str) -> Self {
        self.set("parent", json!(task))
    }

    /// Tags of a new task.
    pub fn tags(self, tags: &[&str]) -> Self {
        self.set("tags", json!(tags))
    }

    /// Followers of a new task.
    pub fn followers(self, users: &[&str]) -> Self {
        self.set("followers", json!(users))
    }

    /// Value of the custom field with this gid.
    pub fn custom_field(mut self, field: &str, value: CustomFieldWrite) -> Self {
        let fields = self.0.entry("custom_fields").or_insert_with(|| Value::Object(Map::new()));
        fields[field] = value.into();
        self
    }

    /// Any other key.
    pub fn set(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }
}

impl From<TaskWrite> for Value {
    fn from(write: TaskWrite) -> Self {
        Self::Object(write.0)
    }
}

/// A value to write into a custom field.
#[derive(Clone, Debug, PartialEq)]
pub enum CustomFieldWrite {
    /// Text, at most 1,024 characters.
    Text(String),
    /// Number; round it to the field's precision first, as Asana will. A number that is not finite clears.
    Number(f64),
    /// Gid of an enabled option; names are not taken.
    Enum(String),
    /// Gids of options; replaces all.
    MultiEnum(Vec<String>),
    /// A day.
    Date(Date),
    /// A moment.
    DateTime(Timestamp),
    /// Gids or addresses of people; replaces all.
    People(Vec<String>),
    /// Gids of objects; replaces all.
    Reference(Vec<String>),
    /// No value.
    Clear,
}

impl From<CustomFieldWrite> for Value {
    fn from(write: CustomFieldWrite) -> Self {
        match write {
            CustomFieldWrite::Text(text) | CustomFieldWrite::Enum(text) => json!(text),
            CustomFieldWrite::Number(number) => json!(number),
            CustomFieldWrite::MultiEnum(gids)
            | CustomFieldWrite::People(gids)
            | CustomFieldWrite::Reference(gids) => json!(gids),
            CustomFieldWrite::Date(day) => json!({ "date": day }),
            CustomFieldWrite::DateTime(at) => json!({ "date_time": at }),
            CustomFieldWrite::Clear => Self::Null,
        }
    }
}
