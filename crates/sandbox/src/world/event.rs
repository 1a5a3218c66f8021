//! Events: what happened, in the words of `GET /events` and of webhooks.
//!
//! Changes of a task come from its stories (`World::add_story`), all others from comparing a record before and after a
//! call (`crate::watch`). An event is first put into the outbox; the server takes it from there, lets the faults have
//! their say, and puts it into the log that event streams read and into the queues of webhooks.

use super::{Gid, Kind, Story, World};
use crate::node::Node;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Newest events kept. Asana drops sync tokens sooner under load; so does a full log.
const MOST_KEPT: usize = 50_000;

/// What happened to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Changed,
    Added,
    Removed,
    Deleted,
}

impl Action {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Deleted => "deleted",
        }
    }
}

/// Which field changed, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FieldChange {
    pub(crate) field: String,
    /// `changed`, `added` or `removed`.
    pub(crate) action: Action,
    /// The new, added or removed value; only when it is an Asana resource.
    pub(crate) value: Option<Node>,
}

impl FieldChange {
    /// The property the value stands under.
    pub(crate) fn value_key(&self) -> &'static str {
        match self.action {
            Action::Added => "added_value",
            Action::Removed => "removed_value",
            Action::Changed | Action::Deleted => "new_value",
        }
    }

    pub(crate) fn with(field: &str, action: Action, value: Option<Node>) -> Self {
        Self { field: field.to_owned(), action, value }
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) created_at: Timestamp,
    /// Absent for the system.
    pub(crate) user: Option<Gid>,
    pub(crate) action: Action,
    pub(crate) kind: Kind,
    pub(crate) gid: Gid,
    /// `resource_subtype`, where the kind has one.
    pub(crate) subtype: Option<String>,
    /// On `added` and `removed` only.
    pub(crate) parent: Option<(Kind, Gid)>,
    /// On `changed` only.
    pub(crate) change: Option<FieldChange>,
    /// The resources whose subscribers see it: bubbling, worked out when it happened.
    pub(crate) seen_by: Vec<Gid>,
}

/// The events of the last time, numbered from the start of the world.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct EventLog {
    /// Number of the oldest event kept.
    pub(crate) first: u64,
    pub(crate) kept: VecDeque<Event>,
}

impl EventLog {
    /// The number the next event will have.
    pub(crate) fn next(&self) -> u64 {
        self.first + self.kept.len() as u64
    }

    pub(crate) fn push(&mut self, event: Event) {
        if self.kept.len() == MOST_KEPT {
            self.kept.pop_front();
            self.first += 1;
        }
        self.kept.push_back(event);
    }
}

impl World {
    /// Puts an event into the outbox. `parent` and `change` belong to some actions only, see [`Event`].
    pub(crate) fn emit(
        &mut self,
        user: Option<&str>,
        action: Action,
        (kind, gid): (Kind, &str),
        parent: Option<(Kind, Gid)>,
        change: Option<FieldChange>,
    ) {
        let mut seen_by = self.seers(kind, gid);
        if let Some((_, parent)) = &parent
            && !seen_by.contains(parent)
        {
            seen_by.push(parent.clone());
        }
        self.outbox.push(Event {
            created_at: self.now(),
            user: user.map(str::to_owned),
            action,
            kind,
            gid: gid.to_owned(),
            subtype: self.subtype_of(kind, gid),
            parent,
            change,
            seen_by,
        });
    }

    fn subtype_of(&self, kind: Kind, gid: &str) -> Option<String> {
        match kind {
            Kind::Task => self.tasks.get(gid).map(|task| task.subtype.word().to_owned()),
            Kind::Story => self.stories.get(gid).map(|story| story.resource_subtype.to_string()),
            Kind::Attachment => self.attachments.get(gid).map(|file| file.resource_subtype.clone()),
            _ => None,
        }
    }

    /// A resource and all it lies in, as far as subscribers are told: comment, task, parent task, project.
    fn seers(&self, kind: Kind, gid: &str) -> Vec<Gid> {
        let mut seers = vec![gid.to_owned()];
        let mut open = vec![(kind, gid.to_owned())];
        while let Some((kind, gid)) = open.pop() {
            for (kind, gid) in self.above(kind, &gid) {
                if !seers.contains(&gid) {
                    seers.push(gid.clone());
                    open.extend(kind.map(|kind| (kind, gid)));
                }
            }
        }
        seers
    }

    /// Where a resource lies, one step up; no kind where the way ends. What stands above a project is told of the
    /// project, never of its tasks.
    fn above(&self, kind: Kind, gid: &str) -> Vec<(Option<Kind>, Gid)> {
        let of =
            |target: Option<&Gid>| target.map(|target| (self.kinds.get(target).copied(), target.clone()));
        let last = |gid: &Gid| (None, gid.clone());
        match kind {
            Kind::Story => of(self.stories.get(gid).map(|story| &story.target)).into_iter().collect(),
            Kind::Attachment => {
                let file = of(self.attachments.get(gid).map(|file| &file.parent));
                file.filter(|(kind, _)| *kind != Some(Kind::Project)).into_iter().collect()
            }
            Kind::Task => self.tasks.get(gid).map_or_else(Vec::new, |task| {
                let places =
                    task.memberships.iter().flat_map(|place| [last(&place.section), last(&place.project)]);
                let owner = task.assignee.as_ref().and_then(|user| self.users.get(user));
                places
                    .chain(task.tags.iter().map(last))
                    .chain(owner.map(|user| last(&user.task_list)))
                    .chain(task.parent.iter().map(|parent| (Some(Kind::Task), parent.clone())))
                    .collect()
            }),
            Kind::StatusUpdate | Kind::ProjectStatus => {
                of(self.status_updates.get(gid).map(|update| &update.parent)).into_iter().collect()
            }
            Kind::Section => {
                self.sections.get(gid).map(|section| last(&section.project)).into_iter().collect()
            }
            Kind::Project => {
                let team = self.projects.get(gid).and_then(|project| project.team.clone());
                let portfolios =
                    self.portfolios_with(gid).into_iter().map(|found| (Some(Kind::Portfolio), found));
                portfolios.chain(team.map(|team| (None, team))).chain([last(&self.home)]).collect()
            }
            Kind::Portfolio => {
                self.portfolios_with(gid).into_iter().map(|found| (Some(Kind::Portfolio), found)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Tells of somebody joining or leaving a team or the workspace.
    pub(crate) fn tell_membership(
        &mut self,
        user: &str,
        (kind, gid): (Kind, &str),
        (parent_kind, parent): (Kind, &Gid),
        is_added: bool,
    ) {
        let action = if is_added { Action::Added } else { Action::Removed };
        self.emit(Some(user), action, (kind, gid), Some((parent_kind, parent.clone())), None);
    }

    /// The events a new story stands for: the change it tells of, and its own arrival.
    pub(crate) fn emit_story(&mut self, gid: &str, story: &Story) {
        let Some(kind) = self.kind_of(&story.target) else {
            return;
        };
        let user = story.created_by.as_deref();
        let target = story.target.clone();
        if kind == Kind::Task {
            self.emit_change_of(user, &target, story);
        }
        // Recorded: the system writes its stories, so nobody is named as the user of their arrival.
        let writer = user.filter(|_| story.is_comment);
        self.emit(writer, Action::Added, (Kind::Story, gid), Some((kind, target)), None);
    }

    pub(super) fn emit_change_of(&mut self, user: Option<&str>, task: &str, story: &Story) {
        let told =
            |name: &str| story.change.iter().find(|(known, _)| known == name).map(|(_, node)| node.clone());
        let mut changed = |field: &str, action, value: Option<Node>| {
            let change = FieldChange::with(
                field,
                action,
                value.filter(|node| matches!(node, Node::Resource(_) | Node::Plain(Value::Object(_)))),
            );
            self.emit(user, Action::Changed, (Kind::Task, task), None, Some(change));
        };
        match story.resource_subtype.as_ref() {
            "name_changed" => changed("name", Action::Changed, None),
            "notes_changed" => {
                changed("notes", Action::Changed, None);
                changed("html_notes", Action::Changed, None);
            }
            "resource_subtype_changed" => changed("resource_subtype", Action::Changed, None),
            "due_date_changed" | "start_date_changed" => {
                let word = if story.resource_subtype == "due_date_changed" { "due" } else { "start" };
                changed(&format!("{word}_on"), Action::Changed, None);
                if [told("old_dates"), told("new_dates")].iter().flatten().any(has_moment) {
                    changed(&format!("{word}_at"), Action::Changed, None);
                }
            }
            "assigned" => changed("assignee", Action::Changed, told("assignee")),
            "unassigned" => changed("assignee", Action::Changed, None),
            "approval_status_changed" => changed("approval_status", Action::Changed, None),
            "marked_complete" | "marked_incomplete" => changed("completed", Action::Changed, None),
            "dependency_added" => changed("dependencies", Action::Added, told("dependency")),
            "dependency_removed" => changed("dependencies", Action::Removed, told("dependency")),
            "dependent_added" => changed("dependents", Action::Added, told("dependency")),
            "dependent_removed" => changed("dependents", Action::Removed, told("dependency")),
            "added_to_tag" => changed("tags", Action::Added, told("tag")),
            "removed_from_tag" => changed("tags", Action::Removed, told("tag")),
            subtype if subtype.ends_with("_custom_field_changed") => {
                let value = field_value(&story.change, self);
                let change = FieldChange::with("custom_fields", Action::Changed, value);
                self.emit(user, Action::Changed, (Kind::Task, task), None, Some(change));
            }
            "added_to_project" | "removed_from_project" | "section_changed" => {
                self.emit_place(user, task, story)
            }
            _ => {}
        }
    }

    /// A task that came into, left or moved within a project. A moved one leaves its old section and joins the new.
    fn emit_place(&mut self, user: Option<&str>, task: &str, story: &Story) {
        let told = |name: &str| {
            story.change.iter().find_map(|(known, node)| match node {
                Node::Resource(at) if known == name => Some((at.kind, at.gid.clone())),
                _ => None,
            })
        };
        let at = (Kind::Task, task);
        match story.resource_subtype.as_ref() {
            "added_to_project" => {
                let project = told("project");
                let places = self.tasks.get(task).map(|task| task.memberships.clone()).unwrap_or_default();
                let section = places
                    .into_iter()
                    .find(|place| project.as_ref().is_some_and(|(_, gid)| *gid == place.project));
                self.emit(user, Action::Added, at, project, None);
                if let Some(place) = section {
                    self.emit(user, Action::Added, at, Some((Kind::Section, place.section)), None);
                }
            }
            "removed_from_project" => self.emit(user, Action::Removed, at, told("project"), None),
            _ => {
                self.emit(user, Action::Removed, at, told("old_section"), None);
                self.emit(user, Action::Added, at, told("new_section"), None);
            }
        }
    }
}

fn has_moment(dates: &Node) -> bool {
    matches!(dates, Node::Plain(dates) if ["due_at", "start_at"].iter().any(|key| dates.get(key).is_some_and(|at| !at.is_null())))
}

/// The field whose value changed, with the option that was chosen: as a third party's type definition has it.
fn field_value(change: &[(std::borrow::Cow<'static, str>, Node)], world: &World) -> Option<Node> {
    let found = |name: &str| match change.iter().find(|(known, _)| known == name) {
        Some((_, Node::Resource(at))) => Some(at.gid.clone()),
        _ => None,
    };
    let field = found("custom_field")?;
    let subtype = world.custom_fields.get(&field)?.field_type.word();
    let mut value = json!({ "gid": field, "resource_type": "custom_field", "resource_subtype": subtype });
    if let Some(option) = found("new_enum_value") {
        value["enum_value"] = json!({ "gid": option, "resource_type": "enum_option" });
    }
    Some(Node::Plain(value))
}
