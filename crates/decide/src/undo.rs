//! The undo plan: restore what a run wrote, where it still holds what the run wrote.
//!
//! What people changed since stays theirs and is named; what already is as it was before needs nothing. Deliberately not here: redo (groom again).
//! Known limit: fields that setup made are not removed, because people may have filled them.

use crate::groom::Rules;
use domain::{
    Action, ActionId, Consent, Dates, Digest, FieldChange, FieldValue, Moment, Outcome, OutcomeKind, Person,
    Plan, PlanId, PlanKind, PlannedAction, ProjectGid, RunId, SectionRef, SkipReason, Skipped, Snapshot,
    Spot, Task, TaskGid,
};
use std::collections::HashMap;

/// An action of the run with what it came to.
#[derive(Clone, Debug)]
pub struct Doing {
    /// The action.
    pub planned: PlannedAction,
    /// How it ended.
    pub outcome: Outcome,
}

/// Makes the plan that undoes a run. `snapshot` holds the current state of every task the run touched that still
/// exists; a task that is not in it is gone. `before` is what the run began with, if it is kept: tasks are put back to their place in it.
pub fn plan_undo(
    run: &RunId,
    doings: &[Doing],
    (snapshot, before): (&Snapshot, Option<&Snapshot>),
    rules: &Rules,
    now: Moment,
) -> Plan {
    let mut undo = Undo { snapshot, actions: vec![], skipped: vec![], notes: vec![] };
    // A project that could not be shared was made all the same.
    let is_done =
        |d: &&Doing| d.outcome.kind == OutcomeKind::Done || (d.outcome.made && d.outcome.project.is_some());
    let done = doings.iter().filter(is_done);
    // Backwards, so that what was made last goes first (the subtask before its host).
    for doing in done.rev() {
        undo.one(doing);
    }
    if let Some(before) = before {
        undo.put_in_place(before);
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
                if let Some(to) = to.gid() {
                    self.section(task, name, expected.as_ref(), to);
                }
            }
            Action::Assign { task, name, expected, new } => {
                self.assignee(task, name, (expected.as_ref(), new.as_ref()));
            }
            Action::SetDates { task, name, expected, new } => self.dates(task, name, (*expected, *new)),
            Action::EnsureSection { name } => {
                if let (true, Some(section)) = (doing.outcome.made, doing.outcome.section.clone()) {
                    let action = Action::DeleteSection { section, name: name.clone() };
                    self.push(action, "the run made it");
                }
            }
            Action::AddToProject { .. } | Action::RemoveFromProject { .. } | Action::EnsureProject { .. } => {
                self.beside(doing);
            }
            Action::PutComment { text, .. } => self.comment(&doing.outcome, text),
            Action::EnsureTask { name, .. }
            | Action::FileRequest { name, .. }
            | Action::EnsureSubtask { name, .. } => self.made(&doing.outcome, name),
            turned @ Action::TurnSubtask { .. } => self.turn_back(turned),
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
            Action::AttachFile { name, replaces, .. } => self.file(&doing.outcome, (name, replaces)),
            changed @ Action::SetProjectFields { .. } => self.turn_back(changed),
            Action::PostStatus { text, .. } => self.status(&doing.outcome, text),
            Action::DeleteComment { .. }
            | Action::DeleteTask { .. }
            | Action::DeleteFile { .. }
            | Action::DeleteStatus { .. }
            | Action::DeleteSection { .. }
            | Action::DeleteProject { .. }
            | Action::RestoreComment { .. } => {
                self.notes
                    .push("what an undo deleted is not brought back: groom again to make it anew".into());
            }
        }
    }

    /// The same action the other way round: it finds out itself whether what it expects is still there.
    fn turn_back(&mut self, action: &Action) {
        let mut back = action.clone();
        match &mut back {
            Action::TurnSubtask { expected, new, .. } => std::mem::swap(expected, new),
            Action::SetProjectFields { changes, .. } => {
                changes.iter_mut().for_each(|change| std::mem::swap(&mut change.expected, &mut change.new));
            }
            _ => return,
        }
        self.push(back, "restores what was there before the run");
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
        let action = Action::MoveToSection {
            task: gid.clone(),
            name: name.to_owned(),
            expected: now,
            to: SectionRef::Existing(to),
            to_name,
            spot: None,
        };
        self.push(action, "moves it back to where it was before the run");
    }

    /// What was done with a project beside the plan's.
    fn beside(&mut self, doing: &Doing) {
        match &doing.planned.action {
            Action::AddToProject { task, name, to, to_name } => {
                if let Some(to) = to.gid() {
                    self.taken_out(task, name, (to, to_name));
                }
            }
            Action::EnsureProject { project: made } => {
                if let (true, Some(project)) = (doing.outcome.made, doing.outcome.project.clone()) {
                    self.push(Action::DeleteProject { project, made: made.clone() }, "the run made it");
                }
            }
            _ => self.notes.push(
                "what an undo took out of a project is not put back: plan the sprint again to have it there"
                    .into(),
            ),
        }
    }

    /// Out of a project that the run put it into. What a person took out is as it was before.
    fn taken_out(&mut self, gid: &TaskGid, name: &str, (from, from_name): (&ProjectGid, &str)) {
        if self.task(gid, name).is_none_or(|task| !task.is_in(from)) {
            return;
        }
        let action = Action::RemoveFromProject {
            task: gid.clone(),
            name: name.to_owned(),
            from: from.clone(),
            from_name: from_name.to_owned(),
        };
        self.push(action, "takes it out of where the run put it");
    }

    /// Puts what is moved back behind the task it stood behind before, in the order of before, so that each finds its neighbour.
    fn put_in_place(&mut self, before: &Snapshot) {
        let place: HashMap<&TaskGid, usize> =
            before.tasks.iter().enumerate().map(|(at, task)| (&task.gid, at)).collect();
        let back_at = |planned: &PlannedAction| match &planned.action {
            Action::MoveToSection { task, .. } => place.get(task).copied(),
            _ => None,
        };
        let (mut moves, mut others): (Vec<PlannedAction>, Vec<PlannedAction>) =
            std::mem::take(&mut self.actions).into_iter().partition(|planned| back_at(planned).is_some());
        moves.sort_by_key(back_at);
        for planned in &mut moves {
            let Some(at) = back_at(planned) else { continue };
            let section = before.tasks[at].section.as_ref();
            // What stays where people have it now is nobody's neighbour here.
            let left = |task: &Task| self.skipped.iter().any(|skipped| skipped.task == task.gid);
            let mut behind = before.tasks[..at].iter().rev();
            let neighbour = behind.find(|task| task.section.as_ref() == section && !left(task));
            if let Action::MoveToSection { spot, .. } = &mut planned.action {
                *spot = Some(neighbour.map_or(Spot::First, |task| Spot::After(task.gid.clone())));
            }
        }
        // A section or project the run made is empty only once everything has left it.
        let last = |planned: &PlannedAction| {
            matches!(planned.action, Action::DeleteSection { .. } | Action::DeleteProject { .. })
        };
        let places: Vec<PlannedAction> = others.extract_if(.., |planned| last(planned)).collect();
        self.actions = moves.into_iter().chain(others).chain(places).collect();
    }

    fn assignee(&mut self, gid: &TaskGid, name: &str, (before, ours): (Option<&Person>, Option<&Person>)) {
        let Some(now) = self.task(gid, name).map(|task| task.assignee.clone()) else { return };
        let is = |person: Option<&Person>| person.map(|p| &p.gid) == now.as_ref().map(|p| &p.gid);
        if is(before) {
            return;
        }
        if !is(ours) {
            let value = now.map(|person| person.name).unwrap_or_default();
            self.skip(gid, name, SkipReason::ChangedSince { field: "the assignee".into(), value });
            return;
        }
        let (task, name) = (gid.clone(), name.to_owned());
        let action = Action::Assign { task, name, expected: now, new: before.cloned() };
        self.push(action, "gives it back to who had it before the run");
    }

    fn dates(&mut self, gid: &TaskGid, name: &str, (before, ours): (Dates, Dates)) {
        let Some((now, timed)) = self.task(gid, name).map(|task| (task.dates(), task.due_at.is_some()))
        else {
            return;
        };
        if now == before {
            return;
        }
        // A due time that somebody gave it since would be lost.
        if now != ours || timed {
            let value = now.to_string();
            self.skip(gid, name, SkipReason::ChangedSince { field: "the days".into(), value });
            return;
        }
        let (task, name) = (gid.clone(), name.to_owned());
        self.push(
            Action::SetDates { task, name, expected: now, new: before },
            "restores the days from before the run",
        );
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

    fn file(&mut self, outcome: &Outcome, (name, replaces): (&str, &[domain::AttachmentGid])) {
        if let (true, Some(attachment)) = (outcome.made, outcome.attachment.clone()) {
            self.push(Action::DeleteFile { attachment, name: name.to_owned() }, "the run attached it");
            if !replaces.is_empty() {
                self.notes.push(format!(
                    "the earlier “{name}” that the run replaced is not brought back: make it again with `upnext retro`"
                ));
            }
        }
    }

    fn status(&mut self, outcome: &Outcome, text: &str) {
        if let (true, Some(status_update)) = (outcome.made, outcome.status_update.clone()) {
            let action = Action::DeleteStatus { status_update, expected: text.to_owned() };
            self.push(action, "the run posted it");
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
