//! The groom plan: from judgements to writes.
//!
//! Order: what is left alone, what is written per task, then the host task with its comment and subtask.
//! Deliberately not here: undo and setup plans, and any checking of the result (`check`).

use crate::extras::extras;
use crate::policy::Policy;
use crate::skip::skip_reason;
use crate::wish::wish;
use domain::{
    Action, ActionId, Consent, Digest, FieldChange, FieldDef, FieldState, Judgement, Moment, Owner, Phase,
    Plan, PlanId, PlanKind, PlannedAction, Role, SkipReason, Skipped, Snapshot, Task, TaskGid,
};
use std::collections::{BTreeSet, HashMap};

/// What a plan was made by: the rubric's version and the digest of everything configured.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The rubric's version.
    pub rubric: String,
    /// Digest of rubric and policy.
    pub digest: Digest,
}

/// Makes the plan of a groom. `judgements` are in rank order and cover every open task.
pub fn plan_groom(
    snapshot: &Snapshot,
    judgements: &[Judgement],
    policy: &Policy,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let mut draft = Draft::new(snapshot, policy);
    let scored = draft.judged(judgements, |_| true);
    draft.cap();
    if policy.project_phase(&snapshot.project.gid) != Phase::Shadow {
        let actions = extras(snapshot, policy, &scored, draft.writes() > 0);
        draft.actions.extend(actions);
    }
    draft.note_missing_fields();
    draft.note_cycles(judgements);
    draft.note_unused(judgements);
    draft.plan(PlanKind::Groom, rules, now)
}

fn left(task: &Task, reason: SkipReason) -> Skipped {
    Skipped { task: task.gid.clone(), name: task.name.clone(), reason }
}

/// A plan on its way.
pub(crate) struct Draft<'a> {
    pub snapshot: &'a Snapshot,
    pub policy: &'a Policy,
    pub actions: Vec<PlannedAction>,
    skipped: Vec<Skipped>,
    pub kept: Vec<Skipped>,
    pub notes: BTreeSet<String>,
}

impl<'a> Draft<'a> {
    pub fn new(snapshot: &'a Snapshot, policy: &'a Policy) -> Draft<'a> {
        Draft { snapshot, policy, actions: vec![], skipped: vec![], kept: vec![], notes: BTreeSet::new() }
    }

    /// Plans the writes of those tasks that may be written, and tells which they are.
    pub fn judged<'j>(
        &mut self,
        judgements: &'j [Judgement],
        may: impl Fn(&TaskGid) -> bool,
    ) -> Vec<&'j Judgement> {
        let tasks: HashMap<&TaskGid, &Task> = self.snapshot.tasks.iter().map(|t| (&t.gid, t)).collect();
        let blind = judgements.iter().all(|j| j.contributions.iter().all(|c| c.readings.is_empty()));
        let mut scored = vec![];
        for judgement in judgements.iter().filter(|j| may(&j.task)) {
            let Some(task) = tasks.get(&judgement.task) else { continue };
            match skip_reason(task, self.snapshot, self.policy) {
                Some(reason) => self.skipped.push(left(task, reason)),
                // A score that rests on nothing would be a made-up 0 on every task.
                None if blind => self.note_blind(judgement),
                None => {
                    scored.push(judgement);
                    self.task(task, judgement);
                }
            }
        }
        scored
    }

    /// Leaves a task alone as a whole.
    pub fn leave(&mut self, task: &Task, reason: SkipReason) {
        self.skipped.push(left(task, reason));
    }

    /// Says something a reader should know.
    pub fn note(&mut self, note: String) {
        self.notes.insert(note);
    }

    /// The plan.
    pub fn plan(self, kind: PlanKind, rules: &Rules, now: Moment) -> Plan {
        let digest = self.snapshot.digest();
        // What a groom is called by has no kind in it: names of saved plans stay.
        let id = match &kind {
            PlanKind::Groom => Digest::of(&(&digest, &rules.digest, now)),
            kind => Digest::of(&(kind, &digest, &rules.digest, now)),
        };
        Plan {
            id: PlanId::new(format!("plan_{}", &id.as_str()[..16])),
            kind,
            project: self.snapshot.project.clone(),
            now,
            phase: self.policy.project_phase(&self.snapshot.project.gid),
            rubric: rules.rubric.clone(),
            snapshot: digest,
            actions: self.actions,
            skipped: self.skipped,
            kept: self.kept,
            notes: self.notes.into_iter().chain(self.snapshot.notes.iter().cloned()).collect(),
        }
    }

    fn task(&mut self, task: &Task, judgement: &Judgement) {
        let phase = self.policy.task_phase(self.snapshot, task);
        if phase == Phase::Shadow {
            return;
        }
        self.ai_fields(task, judgement);
        self.official(task, judgement, phase);
    }

    fn ai_fields(&mut self, task: &Task, judgement: &Judgement) {
        let wishes = self.wishes(task, judgement);
        let refresh = needs_refresh(&wishes, judgement, self.policy);
        let mut changes = vec![];
        for w in wishes {
            let change = match w.state.owner() {
                Owner::Person => {
                    let value = w.state.value.as_ref().map(ToString::to_string).unwrap_or_default();
                    let reason = SkipReason::SetByPerson { field: w.field.name.clone(), value };
                    self.kept.push(left(task, reason));
                    continue;
                }
                Owner::Nobody => true,
                Owner::Upnext => refresh && w.state.value.as_ref() != Some(&w.value),
            };
            if change {
                changes.push(FieldChange {
                    field: w.field.gid.clone(),
                    name: w.field.name.clone(),
                    expected: w.state.value,
                    new: Some(w.value),
                });
            }
        }
        if !changes.is_empty() {
            let action = Action::SetFields { task: task.gid.clone(), name: task.name.clone(), changes };
            self.actions.push(PlannedAction {
                id: ActionId::new(format!("act_fields_{}", task.gid)),
                action,
                reason: placed(judgement),
                consent: Consent::Given,
            });
        }
    }

    /// The AI values this project can hold; what it cannot hold is noted once.
    fn wishes(&mut self, task: &Task, judgement: &Judgement) -> Vec<Wish<'a>> {
        let mut wishes = vec![];
        let snapshot: &'a Snapshot = self.snapshot;
        let wording = snapshot.evidence.wordings.get(&task.gid).map(String::as_str);
        for role in Role::AI {
            let Some(field) = snapshot.roles.field(role).and_then(|gid| snapshot.field(gid)) else {
                continue;
            };
            match wish(role, field, judgement, wording) {
                Ok(value) => {
                    wishes.push(Wish { role, field, state: snapshot.roles.state(role, task), value });
                }
                Err(problem) => {
                    self.notes.insert(problem);
                }
            }
        }
        wishes
    }

    /// Keeps the first `max_writes` writes: they are in rank order. What waits for a person is no write.
    pub fn cap(&mut self) {
        let over = self.writes().saturating_sub(self.policy.max_writes);
        if over > 0 {
            let mut left = self.policy.max_writes;
            self.actions.retain(|planned| {
                let stays = planned.consent == Consent::Waiting || left > 0;
                left -= usize::from(stays && planned.consent == Consent::Given);
                stays
            });
            self.notes.insert(format!(
                "{over} writes are over the cap of {} a run (policy.max_writes) and wait for the next run",
                self.policy.max_writes
            ));
        }
    }

    /// How many actions need nobody's word.
    pub fn writes(&self) -> usize {
        self.actions.iter().filter(|planned| planned.consent == Consent::Given).count()
    }

    pub fn note_missing_fields(&mut self) {
        if !self.snapshot.fields_available {
            let note = "custom fields are not part of this workspace's Asana plan: scores can be explained, not written";
            self.notes.insert(note.into());
            return;
        }
        let absent: Vec<&str> =
            Role::AI.iter().filter(|r| self.snapshot.roles.field(**r).is_none()).map(|r| r.key()).collect();
        if !absent.is_empty() {
            self.notes.insert(format!(
                "the project has no field for {}: run `upnext setup --project {}` to add what is missing",
                absent.join(", "),
                self.snapshot.project.gid
            ));
        }
    }

    fn note_blind(&mut self, judgement: &Judgement) {
        let asked: BTreeSet<&str> = judgement.missing.iter().map(|m| m.input.as_str()).collect();
        let asked: Vec<&str> = asked.into_iter().collect();
        self.notes.insert(format!(
            "no open task has anything the rubric asks for ({}), so nothing is written: fill these fields, or choose \
             another rubric",
            asked.join(", ")
        ));
    }

    /// Criteria that nothing in the project feeds have a weight of 0 on every task.
    fn note_unused(&mut self, judgements: &[Judgement]) {
        let Some(first) = judgements.first() else { return };
        for unused in first.contributions.iter().filter(|c| c.most == domain::Points::ZERO) {
            self.notes.insert(format!(
                "no open task has anything for {}: its weight counts for the other criteria",
                unused.criterion.replace('_', " ")
            ));
        }
    }

    fn note_cycles(&mut self, judgements: &[Judgement]) {
        let cycles: BTreeSet<&Vec<TaskGid>> =
            judgements.iter().map(|j| &j.cycle).filter(|c| !c.is_empty()).collect();
        for cycle in cycles {
            let gids: Vec<&str> = cycle.iter().take(10).map(TaskGid::as_str).collect();
            self.notes.insert(format!(
                "dependency cycle of {} tasks ({}): none inherits from another until it is broken",
                cycle.len(),
                gids.join(", ")
            ));
        }
    }
}

/// Where a judgement puts its task, for people.
pub(crate) fn placed(judgement: &Judgement) -> String {
    format!("rank {}, {} {}", judgement.rank, judgement.band, judgement.score)
}

struct Wish<'a> {
    role: Role,
    field: &'a FieldDef,
    state: FieldState,
    value: domain::FieldValue,
}

/// Whether anything a person would act on has moved: the score by the policy's minimum, the band, sprint or action.
/// Words alone (days counting down, confidence by a few percent) are not worth a write.
fn needs_refresh(wishes: &[Wish], judgement: &Judgement, policy: &Policy) -> bool {
    let differs =
        |role: Role| wishes.iter().any(|w| w.role == role && w.state.value.as_ref() != Some(&w.value));
    let score = wishes.iter().find(|w| w.role == Role::AiPriorityScore).and_then(|w| w.state.value.as_ref());
    let moved = match score {
        Some(domain::FieldValue::Number(n)) => {
            domain::Points::from_f64(*n).distance(judgement.score) >= policy.min_change
        }
        _ => true,
    };
    moved
        || (judgement.confidence.calibrated && surer(wishes))
        || differs(Role::SuggestedPriority)
        || differs(Role::AiSuggestedSprint)
        || differs(Role::AiRecommendedAction)
}

/// How far a measured confidence must move to be written by itself: measuring moves it by tens, a new comment by one or two.
const SURER: f64 = 0.1;

fn surer(wishes: &[Wish]) -> bool {
    wishes.iter().filter(|w| w.role == Role::AiConfidence).any(|w| match (&w.state.value, &w.value) {
        (Some(domain::FieldValue::Number(was)), domain::FieldValue::Number(is)) => {
            let whole = if w.field.format == domain::NumberFormat::Percentage { 1.0 } else { 100.0 };
            (was - is).abs() >= SURER * whole - 1e-9
        }
        _ => false,
    })
}
