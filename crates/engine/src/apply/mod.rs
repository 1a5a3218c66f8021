//! Apply: carry out a plan, exactly as it says, and note how each action ended.
//!
//! Never decides. Every action is noted in the journal before it is tried and after it ended; task writes go in chunks,
//! each preceded by one look at what has changed since the snapshot, so that an expected value is compared with the
//! current one without a request per task. Killed at any point and run again, every action happens once.
//! Known limit: Asana has no conditional write, so a person's edit between the look and our write (one chunk, seconds)
//! is overwritten; Asana's story of the write names the value it replaced.

mod anchors;
pub(crate) mod comments;
mod definitions;
mod echoes;
mod ending;
mod fields;
pub(crate) mod files;
mod hosts;
mod people;
pub(crate) mod projects;
mod requests;
mod sections;
mod sprints;
mod tally;
mod view;
pub(crate) mod watch;

pub(crate) use anchors::keep_anchor;
pub use tally::Tally;

use crate::context::Engine;
use crate::error::EngineError;
use domain::{
    Action, ActionId, Anchors, Comment, Consent, FieldGid, Outcome, OutcomeKind, Person, Plan, PlannedAction,
    RunId, Snapshot, TaskGid,
};
use echoes::known_comments;
use futures_util::{StreamExt, stream};
use std::collections::{BTreeMap, HashMap};
use view::View;

/// Actions per chunk: one look (1–2 requests) for 50 writes keeps the overhead at 2–4 % and the window at seconds.
const CHUNK: usize = 50;
/// Writes in flight, below the 15 that Asana allows, so that interactive work finds room.
const AT_ONCE: usize = 12;
/// Failures in a row after which Asana is taken to be down and the rest is left for another time.
const GIVE_UP_AFTER: usize = 8;

/// How a plan came out.
pub(crate) struct Applied {
    /// All outcomes of the run so far, in the plan's order.
    pub outcomes: Vec<Outcome>,
    /// Why the rest was not tried, if it was not.
    pub stopped: Option<String>,
}

/// Carries out what is still open of a plan. `base` is the snapshot it was made from.
pub(crate) async fn apply(
    engine: &Engine,
    run: &RunId,
    plan: &Plan,
    base: &Snapshot,
) -> Result<Applied, EngineError> {
    if plan.kind.judges() {
        // Noted before the first write, so that no other project that shares a task writes beside this one.
        engine.store.write_to(&plan.project, &engine.policy.writing(base), (engine.clock)()).await?;
    }
    let makes_place = |planned: &&PlannedAction| {
        matches!(planned.action, Action::EnsureSection { .. } | Action::EnsureProject { .. })
    };
    let (places, others): (Vec<&PlannedAction>, Vec<&PlannedAction>) =
        plan.actions.iter().partition(makes_place);
    if places.is_empty() {
        return carry_out(engine, run, plan, base).await;
    }
    // First the sections and projects, then what comes into them: the journal notes each task with the place it goes to.
    let first = Plan { actions: places.into_iter().cloned().collect(), ..plan.clone() };
    let first = carry_out(engine, run, &first, base).await?;
    let mut rest = plan.with_places(&first.outcomes);
    rest.actions.retain(|planned| others.iter().any(|other| other.id == planned.id));
    let rest = match &first.stopped {
        Some(_) => Applied { outcomes: vec![], stopped: first.stopped.clone() },
        None => carry_out(engine, run, &rest, base).await?,
    };
    let mut outcomes: HashMap<ActionId, Outcome> =
        first.outcomes.into_iter().chain(rest.outcomes).map(|o| (o.action.clone(), o)).collect();
    let order = plan.actions.iter().filter_map(|planned| outcomes.remove(&planned.id)).collect();
    Ok(Applied { outcomes: order, stopped: rest.stopped })
}

async fn carry_out(
    engine: &Engine,
    run: &RunId,
    plan: &Plan,
    base: &Snapshot,
) -> Result<Applied, EngineError> {
    let before = engine.store.outcomes(run).await?;
    let mut work = Work {
        engine,
        run,
        plan,
        actor: base.actor.clone(),
        actions: plan.actions.iter().map(|a| (&a.id, &a.action)).collect(),
        view: View::new(base),
        comments: known_comments(engine, plan, base).await?,
        anchors: engine.store.anchors(&plan.project.gid).await?,
        made: HashMap::new(),
        outcomes: before.into_iter().map(|o| (o.action.clone(), o)).collect(),
        stopped: None,
        failures: 0,
    };
    for outcome in work.outcomes.values() {
        Work::note_made(&mut work.made, outcome);
    }
    work.carry_out().await?;
    let order = plan.actions.iter().filter_map(|a| work.outcomes.remove(&a.id)).collect();
    Ok(Applied { outcomes: order, stopped: work.stopped })
}

/// What an action made or found, for the actions that need it.
#[derive(Clone, Debug, Default)]
struct Made {
    task: Option<TaskGid>,
    field: Option<FieldGid>,
}

struct Work<'a> {
    engine: &'a Engine,
    run: &'a RunId,
    plan: &'a Plan,
    actor: Person,
    actions: HashMap<&'a ActionId, &'a Action>,
    view: View<'a>,
    /// The comments of tasks as far as the store has them all, where the snapshot was taken without.
    comments: Option<HashMap<TaskGid, Vec<Comment>>>,
    anchors: Anchors,
    made: HashMap<ActionId, Made>,
    outcomes: HashMap<ActionId, Outcome>,
    stopped: Option<String>,
    failures: usize,
}

impl<'a> Work<'a> {
    async fn carry_out(&mut self) -> Result<(), EngineError> {
        let open = self.plan.actions.iter().filter(|a| self.is_open(a));
        let (open, waiting): (Vec<&'a PlannedAction>, Vec<&'a PlannedAction>) =
            open.partition(|a| a.consent == Consent::Given);
        // Nothing is tried of what waits for a person: it is kept with the approvals, not in the journal.
        for action in waiting {
            let outcome = self.outcome(&action.id, OutcomeKind::WaitingForApproval);
            self.outcomes.insert(action.id.clone(), outcome);
        }
        self.engine.stage("writing to Asana", open.len());
        // A task that is put behind another waits for it to be there.
        let is_task_write = |a: &&PlannedAction| {
            matches!(
                a.action,
                Action::SetFields { .. }
                    | Action::MoveToSection { spot: None, .. }
                    | Action::AddToProject { .. }
                    | Action::RemoveFromProject { .. }
                    | Action::Assign { .. }
                    | Action::SetDates { .. }
            )
        };
        for group in open.chunk_by(|a, b| is_task_write(a) == is_task_write(b)) {
            for chunk in group.chunks(CHUNK) {
                if self.stopped.is_some() {
                    return Ok(());
                }
                if is_task_write(&chunk[0]) {
                    self.task_writes(chunk).await?;
                } else {
                    self.singly(chunk).await?;
                }
            }
        }
        Ok(())
    }

    fn is_open(&self, action: &PlannedAction) -> bool {
        self.outcomes.get(&action.id).is_none_or(|o| o.kind.is_open())
    }

    /// A chunk of task writes: look, note, write several tasks at once, note.
    async fn task_writes(&mut self, chunk: &[&'a PlannedAction]) -> Result<(), EngineError> {
        if let Err(error) = self.view.refresh(self.engine).await {
            return self.stop(error);
        }
        self.engine.store.begin(self.run, self.plan, chunk, (self.engine.clock)()).await?;
        let mut by_task: BTreeMap<Option<&TaskGid>, Vec<&PlannedAction>> = BTreeMap::new();
        for action in chunk.iter().copied() {
            by_task.entry(action.action.task()).or_default().push(action);
        }
        let this = &*self;
        let written: Vec<Vec<Outcome>> =
            stream::iter(by_task.into_values().map(|actions| this.one_task(actions)))
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
        let outcomes: Vec<Outcome> = written.into_iter().flatten().collect();
        self.engine.store.end(self.run, self.plan, &outcomes).await?;
        self.remember_echoes(&outcomes).await?;
        self.take(outcomes);
        Ok(())
    }

    /// The actions on one task, in their order.
    async fn one_task(&self, actions: Vec<&PlannedAction>) -> Vec<Outcome> {
        let mut outcomes = vec![];
        for planned in actions {
            let outcome = match &planned.action {
                Action::SetFields { task, changes, .. } => self.set_fields(&planned.id, task, changes).await,
                Action::MoveToSection { task, expected, to, spot, .. } => {
                    self.move_to(&planned.id, task, expected.as_ref(), (to, spot.as_ref())).await
                }
                Action::AddToProject { task, to, .. } => self.add_to_project(&planned.id, task, to).await,
                Action::RemoveFromProject { task, from, .. } => {
                    self.remove_from_project(&planned.id, task, from).await
                }
                Action::Assign { task, expected, new, .. } => {
                    self.assign(&planned.id, task, (expected.as_ref(), new.as_ref())).await
                }
                Action::SetDates { task, expected, new, .. } => {
                    self.set_dates(&planned.id, task, (*expected, *new)).await
                }
                _ => continue,
            };
            self.engine.step(1);
            outcomes.push(outcome);
        }
        outcomes
    }

    /// Actions that build on one another: one at a time.
    async fn singly(&mut self, chunk: &[&'a PlannedAction]) -> Result<(), EngineError> {
        for planned in chunk {
            if self.stopped.is_some() {
                return Ok(());
            }
            self.engine.store.begin(self.run, self.plan, &[planned], (self.engine.clock)()).await?;
            let outcome = self.single(planned).await;
            self.engine.step(1);
            self.engine.store.end(self.run, self.plan, std::slice::from_ref(&outcome)).await?;
            keep_anchor(&mut self.anchors, &planned.action, &outcome);
            self.engine.store.save_anchors(&self.plan.project.gid, &self.anchors).await?;
            self.take(vec![outcome]);
        }
        Ok(())
    }

    async fn single(&mut self, planned: &PlannedAction) -> Outcome {
        let id = &planned.id;
        match &planned.action {
            Action::EnsureTask { name, notes } => self.ensure_task(id, name, notes).await,
            Action::FileRequest { request, name, notes } => {
                self.file_request(id, request, (name, notes)).await
            }
            Action::EnsureSubtask { parent, name, notes, assignee } => match self.task_of(parent) {
                Ok(parent) => self.ensure_subtask(id, (&parent, assignee.as_ref()), name, notes).await,
                Err(kind) => self.outcome(id, kind),
            },
            Action::TurnSubtask { subtask, expected, new, .. } => {
                self.turn_subtask(id, subtask, (expected, new)).await
            }
            Action::PutComment { task, marker, text, mention, .. } => match self.task_of(task) {
                Ok(task) => self.put_comment(id, (&task, marker), (text, mention.as_ref())).await,
                Err(kind) => self.outcome(id, kind),
            },
            Action::RunRule { task, trigger, text, .. } => self.run_rule(id, task, trigger, text).await,
            Action::EnsureField { field } => self.ensure_field(id, field).await,
            Action::AttachField { field, .. } => match self.field_of(field) {
                Ok(field) => self.attach_field(id, &field).await,
                Err(kind) => self.outcome(id, kind),
            },
            Action::AttachFile { task, name, content, replaces } => match self.task_of(task) {
                Ok(task) => self.attach_file(id, &task, (name, content), replaces).await,
                Err(kind) => self.outcome(id, kind),
            },
            Action::SetProjectFields { project, changes, .. } => {
                self.set_project_fields(id, project, changes).await
            }
            Action::PostStatus { parent, title, text, status } => {
                self.post_status(id, parent, (title, text), status).await
            }
            Action::DeleteFile { attachment, name } => self.delete_file(id, attachment, name).await,
            Action::DeleteStatus { status_update, expected } => {
                self.delete_status(id, status_update, expected).await
            }
            Action::DeleteComment { story, expected } => self.delete_comment(id, story, expected).await,
            Action::RestoreComment { story, expected, text } => {
                self.restore_comment(id, story, expected, text).await
            }
            Action::DeleteTask { task, name } => self.delete_task(id, task, name).await,
            Action::EnsureSection { name } => self.ensure_section(id, name).await,
            Action::DeleteSection { section, name } => self.delete_section(id, section, name).await,
            Action::MoveToSection { task, expected, to, spot, .. } => {
                self.move_to(id, task, expected.as_ref(), (to, spot.as_ref())).await
            }
            Action::EnsureProject { project } => self.ensure_project(id, project).await,
            Action::DeleteProject { project, made } => self.delete_project(id, project, made).await,
            Action::SetFields { .. }
            | Action::AddToProject { .. }
            | Action::RemoveFromProject { .. }
            | Action::Assign { .. }
            | Action::SetDates { .. } => {
                self.outcome(id, OutcomeKind::Skipped { why: "a task write outside a chunk".into() })
            }
        }
    }

    fn outcome(&self, action: &ActionId, kind: OutcomeKind) -> Outcome {
        Outcome {
            action: action.clone(),
            kind,
            at: (self.engine.clock)(),
            task: None,
            story: None,
            field: None,
            section: None,
            project: None,
            made: false,
            replaced: None,
            attachment: None,
            status_update: None,
            modified_at: None,
        }
    }

    fn take(&mut self, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            match &outcome.kind {
                OutcomeKind::Unreachable { message } => {
                    self.failures += 1;
                    if self.failures >= GIVE_UP_AFTER || ending::is_final(message) {
                        self.stopped = Some(message.clone());
                    }
                }
                _ => self.failures = 0,
            }
            Work::note_made(&mut self.made, &outcome);
            if let Some(action) = self.actions.get(&outcome.action) {
                self.view.note(action, &outcome);
            }
            self.outcomes.insert(outcome.action.clone(), outcome);
        }
    }

    fn note_made(made: &mut HashMap<ActionId, Made>, outcome: &Outcome) {
        if outcome.kind.is_settled_well() {
            let value = Made { task: outcome.task.clone(), field: outcome.field.clone() };
            made.insert(outcome.action.clone(), value);
        }
    }

    fn stop(&mut self, error: EngineError) -> Result<(), EngineError> {
        match error {
            EngineError::Asana(error) => {
                self.stopped = Some(error.to_string());
                Ok(())
            }
            other => Err(other),
        }
    }
}

fn needs() -> OutcomeKind {
    OutcomeKind::Skipped { why: "what it builds on did not happen".into() }
}
