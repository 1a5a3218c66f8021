//! The plan checker: a second, independent look at every plan before it is applied.
//!
//! It reads only the plan, the snapshot and the policy, and shares no code with the planner beyond the vocabulary. An
//! error stops the plan. Deliberately not here: mending a plan.

mod mirror;
mod phases;
mod place;
mod portfolio;
mod time;

use crate::home::home_elsewhere;
use crate::policy::Policy;
use domain::{
    ASANA_TEXT_LIMIT, Action, ActionId, Consent, FieldChange, FieldDef, FieldKind, FieldRef, FieldState,
    FieldValue, Owner, Phase, Plan, PlanKind, PlannedAction, Role, SectionRef, Snapshot, Task, TaskGid,
    TaskRef,
};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Warning,
    /// The plan must not be applied.
    Error,
}

/// One thing the checker found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// The action it is about, if one.
    pub action: Option<ActionId>,
    /// What is wrong.
    pub problem: String,
}

/// Checks a plan against the snapshot it was made from. Setup plans have no snapshot and pass an empty one.
pub fn check(plan: &Plan, snapshot: &Snapshot, policy: &Policy) -> Vec<Finding> {
    let mut checker = Checker {
        plan,
        snapshot,
        policy,
        tasks: snapshot.tasks.iter().map(|t| (&t.gid, t)).collect(),
        fields: snapshot.fields.iter().map(|f| (f.gid.as_str(), f)).collect(),
        findings: vec![],
    };
    checker.whole();
    let mut made = BTreeSet::new();
    for planned in &plan.actions {
        checker.mirrored(planned);
        checker.action(planned, &made);
        made.insert(&planned.id);
    }
    checker.findings
}

struct Checker<'a> {
    plan: &'a Plan,
    snapshot: &'a Snapshot,
    policy: &'a Policy,
    tasks: HashMap<&'a TaskGid, &'a Task>,
    fields: HashMap<&'a str, &'a FieldDef>,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn error(&mut self, action: Option<&PlannedAction>, problem: String) {
        let action = action.map(|a| a.id.clone());
        self.findings.push(Finding { severity: Severity::Error, action, problem });
    }

    /// What only the whole plan shows: caps, and things done twice.
    fn whole(&mut self) {
        let mut ids = BTreeSet::new();
        let mut targets = BTreeSet::new();
        let mut writes = 0;
        for planned in &self.plan.actions {
            if !ids.insert(&planned.id) {
                self.error(Some(planned), "the action id is used twice".into());
            }
            for target in targets_of(&planned.action) {
                if !targets.insert(target.clone()) {
                    self.error(Some(planned), format!("{target} is written twice"));
                }
            }
            writes += usize::from(planned.action.task().is_some() && planned.consent == Consent::Given);
        }
        // The host task's comment and subtask are two writes beside the tasks'.
        if self.plan.kind.judges() && writes > self.policy.max_writes + 2 {
            self.error(None, format!("{writes} writes are over the cap of {}", self.policy.max_writes));
        }
        let filed = matches!(self.plan.kind, PlanKind::Intake { .. });
        if filed && self.plan.actions.len() != 1 {
            self.error(None, "a request is one task".into());
        }
        // A request is a person's own act, whatever Upnext itself may write.
        if self.plan.phase == Phase::Shadow
            && !filed
            && !self.plan.actions.is_empty()
            && self.policy.phase_for.is_empty()
        {
            self.error(None, "a shadow plan must not write".into());
        }
    }

    fn action(&mut self, planned: &PlannedAction, made: &BTreeSet<&ActionId>) {
        if matches!(self.plan.kind, PlanKind::Intake { .. })
            || matches!(planned.action, Action::FileRequest { .. })
        {
            return self.request(planned);
        }
        self.at_home(planned);
        self.shadowed(planned);
        match &planned.action {
            Action::SetFields { task, changes, .. } => self.set_fields(planned, task, changes),
            Action::MoveToSection { task, expected, to, .. } => {
                let Some(known) = self.task(planned, task).cloned() else { return };
                if known.section != *expected {
                    self.error(Some(planned), "the expected section is not the one that was read".into());
                }
                let there = match to {
                    SectionRef::Existing(gid) => self.snapshot.sections.iter().any(|s| s.gid == *gid),
                    SectionRef::MadeBy { made_by } => made.contains(made_by),
                };
                if !there {
                    self.error(Some(planned), "the target section is not in the project".into());
                }
                self.moved(planned, &known, to);
            }
            Action::PutComment { task: TaskRef::MadeBy(id), .. }
            | Action::AttachFile { task: TaskRef::MadeBy(id), .. }
            | Action::EnsureSubtask { parent: TaskRef::MadeBy(id), .. }
            | Action::AttachField { field: FieldRef::MadeBy(id), .. }
                if !made.contains(id) =>
            {
                self.error(Some(planned), format!("it needs {id}, which does not come before it"));
            }
            Action::PutComment { task: TaskRef::Existing(task), mention: Some(owner), .. } => {
                let Some(known) = self.task(planned, task) else { return };
                if known.assignee.as_ref().map(|person| &person.gid) != Some(owner) {
                    self.error(Some(planned), "the one it tells does not own the task".into());
                }
            }
            Action::RunRule { task, trigger, .. } => {
                let _ = self.task(planned, task);
                if *trigger != self.policy.notices.rule_trigger {
                    self.error(Some(planned), "the policy names another rule".into());
                }
            }
            Action::AttachFile { .. } if !matches!(self.plan.kind, PlanKind::Retro { .. }) => {
                self.error(Some(planned), "only a retrospective may attach a file".into());
            }
            Action::SetProjectFields { .. } | Action::PostStatus { .. } => self.of_portfolio(planned),
            Action::DeleteTask { .. }
            | Action::DeleteComment { .. }
            | Action::DeleteFile { .. }
            | Action::DeleteStatus { .. }
            | Action::RestoreComment { .. }
                if !matches!(self.plan.kind, PlanKind::Undo { .. }) =>
            {
                self.error(Some(planned), "only an undo may delete".into());
            }
            _ => self.beside(planned, made),
        }
    }

    /// Whether a task that is in several projects is this one's to write. Its place on this project's board is.
    fn at_home(&mut self, planned: &PlannedAction) {
        let is_place = matches!(planned.action, Action::MoveToSection { .. } | Action::AddToProject { .. })
            && matches!(self.plan.kind, PlanKind::Sprint { .. });
        if !self.plan.kind.judges() || is_place {
            return;
        }
        let known = planned.action.task().and_then(|gid| self.tasks.get(gid)).copied();
        if let Some(home) = known.and_then(|task| home_elsewhere(task, self.snapshot, self.policy)) {
            self.error(Some(planned), format!("the project “{}” writes this task", home.project.name));
        }
    }

    /// The task that somebody asked for: by the plan of their request, which does nothing else.
    fn request(&mut self, planned: &PlannedAction) {
        let Action::FileRequest { request, name, notes } = &planned.action else {
            self.error(Some(planned), "the plan of a request makes its task and nothing else".into());
            return;
        };
        if self.plan.kind != (PlanKind::Intake { request: request.clone() }) {
            self.error(Some(planned), "only the plan of a request makes its task".into());
        }
        if name.trim().is_empty() || !notes.contains(request.as_str()) {
            self.error(Some(planned), "it has no name, or could not be found again".into());
        }
    }

    fn task(&mut self, planned: &PlannedAction, gid: &TaskGid) -> Option<&Task> {
        let task = self.tasks.get(gid).copied();
        if task.is_none() {
            self.error(Some(planned), format!("task {gid} is not in the snapshot"));
        }
        task
    }

    fn set_fields(&mut self, planned: &PlannedAction, gid: &TaskGid, changes: &[FieldChange]) {
        let Some(&task) = self.tasks.get(gid) else {
            self.error(Some(planned), format!("task {gid} is not in the snapshot"));
            return;
        };
        if changes.is_empty() {
            self.error(Some(planned), "it changes nothing".into());
        }
        if self.plan.kind.judges() {
            self.overridden(planned, task);
        }
        for change in changes {
            if let Some(problem) = self.change_problem(planned, task, change) {
                self.error(Some(planned), format!("{}: {problem}", change.name));
            }
        }
    }

    fn overridden(&mut self, planned: &PlannedAction, task: &Task) {
        let state = self.snapshot.roles.state(Role::ManualOverride, task);
        if state.value.is_some_and(|v| self.policy.is_override(&v)) {
            self.error(Some(planned), "the task has a manual override".into());
        }
    }

    fn change_problem(&self, planned: &PlannedAction, task: &Task, change: &FieldChange) -> Option<String> {
        let Some(field) = self.fields.get(change.field.as_str()) else {
            return Some("the field is not on the project".into());
        };
        if field.read_only {
            return Some("the field is read-only".into());
        }
        let state = task.fields.get(&change.field).cloned().unwrap_or_default();
        if state.value != change.expected {
            return Some("the expected value is not the one that was read".into());
        }
        if change.expected == change.new {
            return Some("the new value is the old one".into());
        }
        // An undo writes only where the value still is what the run wrote, whoever the journal thinks owns it.
        if self.plan.kind.judges()
            && state.owner() == Owner::Person
            && !self.may_replace(planned, task, &state)
        {
            return Some("the value belongs to a person".into());
        }
        let unasked = planned.consent == Consent::Given && !self.has_consent(task);
        if self.plan.kind.judges() && unasked && !self.may_write(field) {
            return Some(format!("phase {} does not let it be written without approval", self.plan.phase));
        }
        change.new.as_ref().and_then(|value| value_problem(field, value))
    }

    /// A person's value may be asked to give way, and gives way when a person says so; never where it replaced ours.
    fn may_replace(&self, planned: &PlannedAction, task: &Task, state: &FieldState) -> bool {
        state.ours.is_none() && (planned.consent == Consent::Waiting || self.has_consent(task))
    }

    /// Whether a person has said yes: to the very plan, or on the task in Asana.
    fn has_consent(&self, task: &Task) -> bool {
        let policy = &self.policy.approvals;
        let said = self.snapshot.fields.iter().find(|f| f.name.eq_ignore_ascii_case(&policy.field));
        let said = said.and_then(|field| task.fields.get(&field.gid));
        let yes = said.filter(|state| state.owner() == Owner::Person).and_then(|state| state.value.as_ref());
        matches!(self.plan.kind, PlanKind::Approval { .. })
            || yes.is_some_and(|value| value.to_string().eq_ignore_ascii_case(&policy.approve))
    }

    /// AI fields in `suggest`, in a triage the labels the policy names, in an assignment the suggestion; official ones only in phases
    /// that allow them
    /// somewhere.
    fn may_write(&self, field: &FieldDef) -> bool {
        let ai = Role::AI.iter().any(|role| self.snapshot.roles.field(*role) == Some(&field.gid));
        let beyond = |phase: Phase| phase >= Phase::Conditional;
        let filled = self.plan.kind == PlanKind::Triage
            && self
                .policy
                .triage
                .fill
                .iter()
                .any(|role| self.snapshot.roles.field(*role) == Some(&field.gid));
        let suggested = self.plan.kind == PlanKind::Assign
            && self.snapshot.roles.field(Role::RecommendedAssignee) == Some(&field.gid);
        let flagged = self.plan.kind == PlanKind::Risk
            && self.policy.risk.flag
            && self.snapshot.roles.field(Role::AiRisk) == Some(&field.gid);
        ai || filled
            || suggested
            || flagged
            || beyond(self.plan.phase)
            || self.policy.phase_for.iter().any(|rule| beyond(rule.phase))
    }
}

/// What an action writes to, as a key that must be unique in the plan.
fn targets_of(action: &Action) -> Vec<String> {
    match action {
        Action::SetFields { task, changes, .. } => {
            changes.iter().map(|c| format!("field {} of task {task}", c.field)).collect()
        }
        Action::MoveToSection { task, .. } => vec![format!("section of task {task}")],
        Action::Assign { task, .. } => vec![format!("the assignee of task {task}")],
        Action::SetDates { task, .. } => vec![format!("the days of task {task}")],
        Action::EnsureSection { name } => vec![format!("section “{name}”")],
        Action::DeleteSection { section, .. } => vec![format!("section {section}")],
        Action::EnsureProject { project } => vec![format!("project “{}”", project.name)],
        Action::AddToProject { task, to_name, .. } => vec![format!("project “{to_name}” of task {task}")],
        Action::RemoveFromProject { task, from, .. } => vec![format!("project {from} of task {task}")],
        Action::DeleteProject { project, .. } => vec![format!("project {project}")],
        Action::EnsureTask { name, .. } => vec![format!("task “{name}”")],
        Action::FileRequest { request, .. } => vec![format!("the task of request {request}")],
        Action::EnsureSubtask { parent: TaskRef::Existing(task), name, .. } => {
            vec![format!("subtask “{name}” of task {task}")]
        }
        Action::EnsureSubtask { name, .. } => vec![format!("subtask “{name}”")],
        Action::TurnSubtask { subtask, .. } => vec![format!("task {subtask}")],
        Action::PutComment { marker, task: TaskRef::Existing(task), .. } => {
            vec![format!("comment “{marker}” on task {task}")]
        }
        Action::PutComment { marker, .. } => vec![format!("comment “{marker}”")],
        Action::EnsureField { field } => vec![format!("field “{}”", field.name)],
        Action::AttachField { name, .. } => vec![format!("field “{name}” on the project")],
        Action::DeleteComment { story, .. } | Action::RestoreComment { story, .. } => {
            vec![format!("comment {story}")]
        }
        Action::AttachFile { name, .. } => vec![format!("file “{name}”")],
        Action::SetProjectFields { project, changes, .. } => {
            changes.iter().map(|c| format!("field {} of project {project}", c.field)).collect()
        }
        Action::PostStatus { parent, title, .. } => vec![format!("status “{title}” of {parent}")],
        Action::DeleteFile { attachment, .. } => vec![format!("file {attachment}")],
        Action::DeleteStatus { status_update, .. } => vec![format!("status update {status_update}")],
        Action::RunRule { task, .. } => vec![format!("the rule for task {task}")],
        Action::DeleteTask { task, .. } => vec![format!("task {task}")],
    }
}

fn value_problem(field: &FieldDef, value: &FieldValue) -> Option<String> {
    let fits = matches!(
        (value, field.kind),
        (FieldValue::Text(_), FieldKind::Text)
            | (FieldValue::Number(_), FieldKind::Number)
            | (FieldValue::Enum { .. }, FieldKind::Enum)
            | (FieldValue::MultiEnum(_), FieldKind::MultiEnum)
            | (FieldValue::Date(_), FieldKind::Date)
            | (FieldValue::People(_), FieldKind::People)
    );
    match value {
        _ if !fits => Some(format!("the value does not fit a {} field", field.kind.asana_name())),
        FieldValue::Text(text) if text.encode_utf16().count() > ASANA_TEXT_LIMIT => {
            Some(format!("the text is longer than {ASANA_TEXT_LIMIT} characters"))
        }
        FieldValue::Number(n) if (field.round(*n) - n).abs() > 1e-9 => {
            Some("the number is not rounded to the field's precision".into())
        }
        FieldValue::Enum { gid, .. } if !field.options.iter().any(|o| o.gid == *gid && o.enabled) => {
            Some("the option is not an enabled option of the field".into())
        }
        _ => None,
    }
}
