//! The undo plan: restore what a run wrote, where it still holds what the run wrote.
//!
//! What people changed since stays theirs and is named; what already is as it was before needs nothing. Deliberately not here: redo (groom again).
//! Known limit: fields that setup made are not removed, because people may have filled them.

use crate::groom::Rules;
use domain::{
    Action, ActionId, Consent, Digest, FieldChange, FieldValue, Moment, Outcome, OutcomeKind, Plan, PlanId,
    PlanKind, PlannedAction, RunId, SkipReason, Skipped, Snapshot, Task, TaskGid,
};

/// An action of the run with what it came to.
#[derive(Clone, Debug)]
pub struct Doing {
    /// The action.
    pub planned: PlannedAction,
    /// How it ended.
    pub outcome: Outcome,
}

/// Makes the plan that undoes a run. `snapshot` holds the current state of every task the run touched that still
/// exists; a task that is not in it is gone.
pub fn plan_undo(run: &RunId, doings: &[Doing], snapshot: &Snapshot, rules: &Rules, now: Moment) -> Plan {
    let mut undo = Undo { snapshot, actions: vec![], skipped: vec![], notes: vec![] };
    let done = doings.iter().filter(|d| d.outcome.kind == OutcomeKind::Done);
    // Backwards, so that what was made last goes first (the subtask before its host).
    for doing in done.rev() {
        undo.one(doing);
    }
    let id = Digest::of(&("undo", run, snapshot.digest(), &rules.digest, now));
    Plan {
        id: PlanId::new(format!("plan_{}", &id.as_str()[..16])),
        kind: PlanKind::Undo { run: run.clone() },
        project: snapshot.project.clone(),
        now,
        phase: domain::Phase::Suggest,
        rubric: rules.rubric.clone(),
        snapshot: snapshot.digest(),
        actions: undo.actions,
        skipped: undo.skipped,
        kept: vec![],
        notes: undo.notes,
    }
}

struct Undo<'a> {
    snapshot: &'a Snapshot,
    actions: Vec<PlannedAction>,
    skipped: Vec<Skipped>,
    notes: Vec<String>,
}

impl Undo<'_> {
    fn one(&mut self, doing: &Doing) {
        match &doing.planned.action {
            Action::SetFields { task, name, changes } => self.fields(task, name, changes),
            Action::MoveToSection { task, name, expected, to, .. } => {
                self.section(task, name, expected.as_ref(), to);
            }
            Action::PutComment { text, .. } => self.comment(&doing.outcome, text),
            Action::EnsureTask { name, .. }
            | Action::FileRequest { name, .. }
            | Action::EnsureSubtask { name, .. } => self.made(&doing.outcome, name),
            Action::EnsureField { field } => self.notes.push(format!(
                "the field {} stays: people may have filled it; remove it in Asana if you want it gone",
                field.name
            )),
            Action::AttachField { name, .. } => {
                self.notes
                    .push(format!("the field {name} stays on the project: remove it in Asana if you want"));
            }
            Action::RunRule { name, .. } => self.notes.push(format!(
                "the rule that was started on {name} is the team's: what it did stays as it is"
            )),
            Action::DeleteComment { .. } | Action::DeleteTask { .. } | Action::RestoreComment { .. } => {
                self.notes
                    .push("what an undo deleted is not brought back: groom again to make it anew".into());
            }
        }
    }

    fn task(&mut self, gid: &TaskGid, name: &str) -> Option<&Task> {
        let at = self.snapshot.tasks.iter().position(|t| t.gid == *gid);
        if at.is_none() {
            self.skip(gid, name, SkipReason::NotRestorable { why: "the task is gone from Asana".into() });
        }
        at.map(|at| &self.snapshot.tasks[at])
    }

    fn skip(&mut self, task: &TaskGid, name: &str, reason: SkipReason) {
        self.skipped.push(Skipped { task: task.clone(), name: name.to_owned(), reason });
    }

    fn fields(&mut self, gid: &TaskGid, name: &str, changes: &[FieldChange]) {
        let Some(task) = self.task(gid, name) else { return };
        let current: Vec<Option<FieldValue>> =
            changes.iter().map(|c| task.fields.get(&c.field).and_then(|s| s.value.clone())).collect();
        let mut back = vec![];
        for (change, now) in changes.iter().zip(current) {
            if now == change.new {
                back.push(FieldChange {
                    field: change.field.clone(),
                    name: change.name.clone(),
                    expected: change.new.clone(),
                    new: change.expected.clone(),
                });
            } else if now != change.expected {
                let value = now.map(|v| v.to_string()).unwrap_or_default();
                self.skip(gid, name, SkipReason::ChangedSince { field: change.name.clone(), value });
            }
        }
        if !back.is_empty() {
            let action = Action::SetFields { task: gid.clone(), name: name.to_owned(), changes: back };
            self.push(action, "restores what was there before the run");
        }
    }

    fn section(
        &mut self,
        gid: &TaskGid,
        name: &str,
        before: Option<&domain::SectionGid>,
        ours: &domain::SectionGid,
    ) {
        let Some(task) = self.task(gid, name) else { return };
        let now = task.section.clone();
        if now.as_ref() == before {
            return;
        }
        let section_name = |gid: Option<&domain::SectionGid>| {
            let section = self.snapshot.sections.iter().find(|s| Some(&s.gid) == gid);
            section.map(|s| s.name.clone())
        };
        if now.as_ref() != Some(ours) {
            let value = section_name(now.as_ref()).unwrap_or_default();
            self.skip(gid, name, SkipReason::ChangedSince { field: "section".into(), value });
            return;
        }
        let Some((to, to_name)) = before.cloned().zip(section_name(before)) else {
            let why = "its earlier section is gone".to_owned();
            self.skip(gid, name, SkipReason::NotRestorable { why });
            return;
        };
        let action =
            Action::MoveToSection { task: gid.clone(), name: name.to_owned(), expected: now, to, to_name };
        self.push(action, "moves it back to where it was before the run");
    }

    fn comment(&mut self, outcome: &Outcome, text: &str) {
        let Some(story) = outcome.story.clone() else { return };
        match &outcome.replaced {
            Some(before) => {
                let action =
                    Action::RestoreComment { story, expected: text.to_owned(), text: before.clone() };
                self.push(action, "gives the comment the text it had before the run");
            }
            None if outcome.made => {
                let action = Action::DeleteComment { story, expected: text.to_owned() };
                self.push(action, "the run wrote it");
            }
            None => {}
        }
    }

    fn made(&mut self, outcome: &Outcome, name: &str) {
        if let (true, Some(task)) = (outcome.made, outcome.task.clone()) {
            self.push(Action::DeleteTask { task, name: name.to_owned() }, "the run made it");
        }
    }

    fn push(&mut self, action: Action, reason: &str) {
        let id = ActionId::new(format!("act_undo_{}", self.actions.len() + 1));
        self.actions.push(PlannedAction { id, action, reason: reason.to_owned(), consent: Consent::Given });
    }
}
