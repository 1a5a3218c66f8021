//! The plan that carries a planned sprint into Asana: its tasks suggested for it, brought together, given out and dated.
//!
//! The suggestion is an AI field. All else is people's: written in `auto`, asked about in `conditional`, and never in place of what
//! a person set. A date that is there stays; a task somebody has is given to another only by a yes. Tasks are never taken out of a
//! sprint, and none leaves its project. Deliberately not here: choosing tasks, where they are brought together (`place`), and looking
//! at the result again (`check`).
//! Known limits: what the sprint leaves out only loses a suggestion for it; two sprints of one name share a place.

use crate::groom::{Draft, Rules};
use crate::official::answer_in_asana;
use crate::policy::{Policy, SprintWrite};
use crate::skip::{left_alone, skip_reason, written_elsewhere};
use crate::sprint::place::Target;
use crate::wish::option;
use domain::{
    Action, ActionId, Consent, Dates, FieldChange, Moment, Owner, Person, Phase, Plan, PlanKind,
    PlannedAction, Role, SkipReason, Skipped, Snapshot, Sprint, Task, TaskGid, Written,
};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A planned sprint, as far as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filled {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Its tasks, by person and begin.
    pub tasks: Vec<FilledTask>,
}

/// A task of a planned sprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilledTask {
    /// The task.
    pub task: TaskGid,
    /// Who does it.
    pub person: Person,
    /// The day it begins.
    pub begins: Date,
    /// The day it ends.
    pub ends: Date,
}

/// What a task is put into.
#[derive(Clone, Copy)]
struct Filling<'a> {
    filled: &'a Filled,
    target: Option<&'a Target>,
    today: Date,
}

impl Filled {
    /// What of a plan is written. Days are counted from the sprint's first.
    #[must_use]
    pub fn of(plan: &super::SprintPlan, (from, to): (Date, Date)) -> Filled {
        let day = |at: f64| from.saturating_add((at.max(0.0) as i64).days()).min(to);
        let task = |taken: &super::Taken| FilledTask {
            task: taken.task.clone(),
            person: taken.person.clone(),
            begins: day(taken.begins),
            // The end of a day is the beginning of the next: it is done on the day before.
            ends: day((taken.ends - 1e-6).max(taken.begins)),
        };
        Filled { from, to, tasks: plan.taken.iter().map(task).collect() }
    }
}

/// Makes the plan that fills a sprint.
#[must_use]
pub fn plan_filled_sprint(
    snapshot: &Snapshot,
    filled: &Filled,
    policy: &Policy,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let mut draft = Draft::new(snapshot, policy);
    if snapshot.roles.field(Role::AiSuggestedSprint).is_none() {
        draft.note(format!(
            "the project has no field for the suggested sprint, so no suggestion is written: run `upnext setup --project {}`",
            snapshot.project.gid
        ));
    }
    let target = Target::of(snapshot, policy, (filled.from, filled.to));
    if let Err(why) = &target {
        draft.note(why.clone());
    }
    draft.note_scope(target.as_ref().ok().and_then(Option::as_ref));
    for wanted in &filled.tasks {
        let Some(task) = snapshot.task(&wanted.task) else { continue };
        if let Some(reason) = left_alone(task, snapshot, policy) {
            draft.leave(task, reason);
            continue;
        }
        let phase = policy.task_phase(snapshot, task);
        if phase == Phase::Shadow {
            continue;
        }
        let home = written_elsewhere(task, snapshot, policy);
        if home.is_none() {
            draft.suggest(task, Sprint::Next);
        }
        let answer = answer_in_asana(policy, snapshot, task);
        let consent = match (phase, answer.map(|answer| answer.yes)) {
            (_, Some(false)) | (Phase::Shadow | Phase::Suggest, None) => continue,
            (_, Some(true)) | (Phase::Auto, None) => Consent::Given,
            (Phase::Conditional, None) => Consent::Waiting,
        };
        // Where no task can be put there, the sprint is suggested and not filled.
        let Ok(target) = &target else { continue };
        let filling = Filling { filled, target: target.as_ref(), today: now.today };
        draft.fill(task, wanted, (filling, home), consent);
    }
    let target = target.ok().flatten();
    draft.unsuggest(filled, target.as_ref());
    draft.cap();
    draft.make_place(target);
    draft.plan(PlanKind::Sprint { from: filled.from, to: filled.to }, rules, now)
}

impl Draft<'_> {
    fn note_scope(&mut self, target: Option<&Target>) {
        let scope = &self.policy.scope.sections;
        if let Some(Target::Section(_, name)) = target
            && !scope.is_empty()
            && !scope.iter().any(|known| known.eq_ignore_ascii_case(name))
        {
            self.note(format!(
                "“{name}” is outside policy.scope.sections: a groom does not look at the sprint's tasks once they are there"
            ));
        }
    }

    /// Plans the suggestion of a sprint on a task, where the field is Upnext's.
    fn suggest(&mut self, task: &Task, sprint: Sprint) {
        let roles = &self.snapshot.roles;
        let Some(field) = roles.field(Role::AiSuggestedSprint).and_then(|gid| self.snapshot.field(gid))
        else {
            return;
        };
        let state = roles.state(Role::AiSuggestedSprint, task);
        let new = match option(field, sprint.label()) {
            Ok(new) => new,
            Err(problem) => return self.note(problem),
        };
        if state.owner() == Owner::Person {
            let value = state.value.map(|value| value.to_string()).unwrap_or_default();
            return self.keep(task, &field.name, value);
        }
        if state.value.as_ref() == Some(&new) {
            return;
        }
        let change = FieldChange {
            field: field.gid.clone(),
            name: field.name.clone(),
            expected: state.value,
            new: Some(new),
        };
        let action =
            Action::SetFields { task: task.gid.clone(), name: task.name.clone(), changes: vec![change] };
        let reason = match sprint {
            Sprint::Next => "the planned sprint takes it",
            _ => "the planned sprint does not take it",
        };
        self.propose("suggest", task, action, (reason.into(), Consent::Given));
    }

    /// Takes the suggestion of the coming sprint from tasks that it leaves out and that are not in its place.
    fn unsuggest(&mut self, filled: &Filled, target: Option<&Target>) {
        let taken: BTreeSet<&TaskGid> = filled.tasks.iter().map(|wanted| &wanted.task).collect();
        let snapshot = self.snapshot;
        for task in snapshot
            .tasks
            .iter()
            .filter(|task| !task.completed && !taken.contains(&task.gid))
            .filter(|task| !target.is_some_and(|target| target.holds(task)))
        {
            let state = snapshot.roles.state(Role::AiSuggestedSprint, task);
            let next = state.value.as_ref().is_some_and(|value| value.to_string() == Sprint::Next.label());
            let ours =
                next && state.owner() == Owner::Upnext && skip_reason(task, snapshot, self.policy).is_none();
            if ours && self.policy.task_phase(snapshot, task) != Phase::Shadow {
                self.suggest(task, Sprint::Future);
            }
        }
    }

    /// Plans the place, the assignee and the days of a task.
    fn fill(
        &mut self,
        task: &Task,
        wanted: &FilledTask,
        (filling, home): (Filling<'_>, Option<SkipReason>),
        consent: Consent,
    ) {
        let Filling { filled, target, today } = filling;
        if self.is_away(task, target) {
            return;
        }
        if let Some(target) = target {
            self.gather_in(task, target, consent);
        }
        // Its place on this board is this project's; who does it and when is its home's.
        if let Some(home) = home {
            return self.leave(task, home);
        }
        let given = self.give(task, &wanted.person, consent);
        if self.policy.sprint.writes(SprintWrite::Dates) && !self.days_stay(task, wanted, (filled, today)) {
            // Days reckoned for somebody else than who has it are as open as that.
            self.date(task, wanted, if given { consent } else { Consent::Waiting });
        }
    }

    /// Whether a person took a task away from where Upnext had put it; that is told.
    fn is_away(&mut self, task: &Task, target: Option<&Target>) -> bool {
        if let Some(project) = target.and_then(|target| target.lost(task)) {
            let reason = SkipReason::TakenOut { project: project.to_owned() };
            self.kept.push(Skipped { task: task.gid.clone(), name: task.name.clone(), reason });
            return true;
        }
        let there = target.is_some_and(|target| target.holds(task));
        if self.policy.sprint.in_projects() || there || !task.moved_by_person() {
            return false;
        }
        let here = self.snapshot.sections.iter().find(|s| Some(&s.gid) == task.section.as_ref());
        let value = here.map(|section| section.name.clone()).unwrap_or_default();
        self.keep(task, "section", value);
        true
    }

    /// Whether the days we gave a task still hold: within the sprint, not over, for the same person, and after what it waits for. That
    /// people's tasks come out in another order this time is no reason to write.
    fn days_stay(&self, task: &Task, wanted: &FilledTask, (filled, today): (&Filled, Date)) -> bool {
        let Some(due) = task.due_on.filter(|_| task.dates_state().owner() == Owner::Upnext) else {
            return false;
        };
        let start = task.start_on.unwrap_or(due);
        let theirs = task.assignee.as_ref().is_some_and(|person| person.gid == wanted.person.gid);
        let ends = |gid: &TaskGid| {
            let other = filled.tasks.iter().find(|other| other.task == *gid)?;
            self.snapshot.task(gid).and_then(|task| task.due_on).or(Some(other.ends))
        };
        let mut blockers = task.dependencies.iter().filter(|blocker| blocker.completed != Some(true));
        theirs
            && filled.from <= start
            && today.max(start) <= due
            && due <= filled.to
            && blockers.all(|blocker| ends(&blocker.gid).is_none_or(|end| end <= start))
    }

    /// Plans the assignee of a task; tells whether it has or will have that one without another word.
    pub(crate) fn give(&mut self, task: &Task, person: &Person, consent: Consent) -> bool {
        if task.assignee.as_ref().is_some_and(|owner| owner.gid == person.gid) {
            return true;
        }
        if !self.policy.sprint.writes(SprintWrite::Assignee) {
            // Where plans give nothing out, what nobody has is dated all the same.
            return task.assignee.is_none();
        }
        self.assign(
            task,
            person,
            (format!("{} has the hours and the skills for it in this sprint", person.name), consent),
        )
    }

    /// Plans an assignee, where the task is nobody's or Upnext gave it out; asks about one that a person gave it to.
    pub(crate) fn assign(
        &mut self,
        task: &Task,
        person: &Person,
        (reason, consent): (String, Consent),
    ) -> bool {
        let owner = task.assignee_state().owner();
        if owner == Owner::Person && task.assignee_ours.is_some() {
            let value = task.assignee.as_ref().map(|owner| owner.name.clone()).unwrap_or_default();
            self.keep(task, "Assignee", value);
            return false;
        }
        let theirs = owner == Owner::Person
            || taken_back(task.assignee_ours.as_ref())
            || self.turned_down(task, "assignee", &person.name);
        let consent = if theirs { Consent::Waiting } else { consent };
        let action = Action::Assign {
            task: task.gid.clone(),
            name: task.name.clone(),
            expected: task.assignee.clone(),
            new: Some(person.clone()),
        };
        self.propose("assignee", task, action, (reason, consent));
        consent == Consent::Given
    }

    /// Plans the days of a task: both where it has none or only ours of another time, the start alone before a due day that is there.
    fn date(&mut self, task: &Task, wanted: &FilledTask, consent: Consent) {
        let state = task.dates_state();
        let milestone = task.subtype == "milestone";
        let start = Some(wanted.begins).filter(|_| !milestone);
        let new = match (task.due_on, state.owner()) {
            // A moment would be lost by writing its day.
            _ if task.due_at.is_some() => return,
            (None, Owner::Person) => {
                if task.start_on.is_none() && task.dates_ours.is_some() {
                    self.keep(task, "due date", String::new());
                }
                return;
            }
            (None, _) => Dates { start_on: start, due_on: Some(wanted.ends) },
            (Some(due), Owner::Upnext) if due >= wanted.begins => return,
            (Some(_), Owner::Upnext) => Dates { start_on: start, due_on: Some(wanted.ends) },
            (Some(due), _)
                if task.start_on.is_none() && task.dates_ours.is_none() && due >= wanted.begins =>
            {
                Dates { start_on: start, due_on: Some(due) }
            }
            (Some(_), _) => return,
        };
        if new == task.dates() {
            return;
        }
        let asked = taken_back(task.dates_ours.as_ref()) || self.turned_down(task, "dates", &new.to_string());
        let consent = if asked { Consent::Waiting } else { consent };
        let action =
            Action::SetDates { task: task.gid.clone(), name: task.name.clone(), expected: task.dates(), new };
        self.propose("dates", task, action, ("when the plan has it worked on".into(), consent));
    }

    /// Whether a person turned that down or took it back. An empty word is a section's or project's.
    pub(super) fn turned_down(&self, task: &Task, what: &str, value: &str) -> bool {
        let is = |one: &domain::Refused| {
            one.task == task.gid
                && one.field.is_none()
                && one.what == what
                && one.value.eq_ignore_ascii_case(value)
        };
        self.snapshot.refused.iter().any(is)
    }

    fn keep(&mut self, task: &Task, field: &str, value: String) {
        let reason = SkipReason::SetByPerson { field: field.to_owned(), value };
        self.kept.push(Skipped { task: task.gid.clone(), name: task.name.clone(), reason });
    }

    pub(super) fn propose(
        &mut self,
        what: &str,
        task: &Task,
        action: Action,
        (reason, consent): (String, Consent),
    ) {
        let id = ActionId::new(format!("act_{what}_{}", task.gid));
        self.actions.push(PlannedAction { id, action, reason, consent });
    }
}

/// Whether an undo took away what Upnext had written: then it is only asked about.
fn taken_back(ours: Option<&Written>) -> bool {
    ours.is_some_and(|written| written.value.is_none())
}
