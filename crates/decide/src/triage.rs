//! The triage plan: which labels of new requests are filled in.
//!
//! A label is filled only into a field that is empty and nobody's, only where the finding does not keep quiet, and only
//! where the policy names the field and nobody turned it down; else it waits for a person. Deliberately not here: finding labels (`judge`), and
//! questions to the requester, which people ask.

use crate::groom::Rules;
use crate::official::is_refused;
use crate::policy::Policy;
use crate::skip::skip_reason;
use crate::wish;
use domain::{
    Action, ActionId, Consent, Digest, FieldChange, Moment, Owner, Phase, Plan, PlanId, PlanKind,
    PlannedAction, Role, SkipReason, Skipped, Snapshot, Task, TaskGid,
};
use std::collections::{BTreeSet, HashMap};

/// A label found for a task, sure enough to be filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The task.
    pub task: TaskGid,
    /// The field it is for.
    pub role: Role,
    /// The option's name.
    pub option: String,
    /// Why, for people.
    pub because: String,
}

/// Makes the plan of a triage of these tasks, one action a task and consent.
pub fn plan_triage(
    snapshot: &Snapshot,
    asked: &[TaskGid],
    labels: &[Label],
    (policy, rules): (&Policy, &Rules),
    now: Moment,
) -> Plan {
    let mut by_task: HashMap<&TaskGid, Vec<&Label>> = HashMap::new();
    labels.iter().for_each(|label| by_task.entry(&label.task).or_default().push(label));
    let mut draft =
        Draft { snapshot, policy, actions: vec![], skipped: vec![], kept: vec![], notes: BTreeSet::new() };
    let wanted: BTreeSet<&TaskGid> = asked.iter().collect();
    for task in snapshot.tasks.iter().filter(|task| wanted.contains(&task.gid)) {
        draft.task(task, by_task.get(&task.gid).map_or(&[][..], Vec::as_slice));
    }
    draft.cap();
    let digest = snapshot.digest();
    let id = Digest::of(&("triage", &digest, &rules.digest, asked, now));
    Plan {
        id: PlanId::new(format!("plan_{}", &id.as_str()[..16])),
        kind: PlanKind::Triage,
        project: snapshot.project.clone(),
        now,
        phase: policy.project_phase(&snapshot.project.gid),
        rubric: rules.rubric.clone(),
        snapshot: digest,
        actions: draft.actions,
        skipped: draft.skipped,
        kept: draft.kept,
        notes: draft.notes.into_iter().chain(snapshot.notes.iter().cloned()).collect(),
    }
}

struct Draft<'a> {
    snapshot: &'a Snapshot,
    policy: &'a Policy,
    actions: Vec<PlannedAction>,
    skipped: Vec<Skipped>,
    kept: Vec<Skipped>,
    notes: BTreeSet<String>,
}

impl Draft<'_> {
    fn task(&mut self, task: &Task, labels: &[&Label]) {
        if let Some(reason) = skip_reason(task, self.snapshot, self.policy) {
            self.skipped.push(Skipped { task: task.gid.clone(), name: task.name.clone(), reason });
            return;
        }
        let phase = self.policy.task_phase(self.snapshot, task);
        if phase == Phase::Shadow {
            return;
        }
        for consent in [Consent::Given, Consent::Waiting] {
            let of: Vec<&Label> =
                labels.iter().copied().filter(|label| self.consent(phase, task, label) == consent).collect();
            self.fill(task, &of, consent);
        }
    }

    /// A label that a person turned down, or took back, is only ever asked about.
    fn consent(&self, phase: Phase, task: &Task, label: &Label) -> Consent {
        let fills = phase == Phase::Auto || self.policy.triage.fill.contains(&label.role);
        let refused = is_refused(self.snapshot, task, self.snapshot.roles.field(label.role), &label.option);
        if fills && !refused { Consent::Given } else { Consent::Waiting }
    }

    fn fill(&mut self, task: &Task, labels: &[&Label], consent: Consent) {
        let changes: Vec<FieldChange> = labels.iter().filter_map(|label| self.change(task, label)).collect();
        if changes.is_empty() {
            return;
        }
        let filled = |label: &&&Label| changes.iter().any(|c| self.is_field(label.role, &c.field));
        let because: Vec<&str> = labels.iter().filter(filled).map(|label| label.because.as_str()).collect();
        let what = if consent == Consent::Given { "labels" } else { "suggested_labels" };
        self.actions.push(PlannedAction {
            id: ActionId::new(format!("act_{what}_{}", task.gid)),
            reason: because.join("; "),
            action: Action::SetFields { task: task.gid.clone(), name: task.name.clone(), changes },
            consent,
        });
    }

    fn is_field(&self, role: Role, field: &domain::FieldGid) -> bool {
        self.snapshot.roles.field(role) == Some(field)
    }

    fn change(&mut self, task: &Task, label: &Label) -> Option<FieldChange> {
        let field = self.snapshot.roles.field(label.role).and_then(|gid| self.snapshot.field(gid))?;
        let state = self.snapshot.roles.state(label.role, task);
        // What a person set, cleared or set in another field of the role stays as it is.
        let taken = self.snapshot.roles.value(label.role, task).is_some();
        if state.owner() != Owner::Nobody || taken {
            // A label that is there is no news; one that a person took away is.
            if !taken && state.owner() == Owner::Person {
                let reason = SkipReason::SetByPerson { field: field.name.clone(), value: String::new() };
                self.kept.push(Skipped { task: task.gid.clone(), name: task.name.clone(), reason });
            }
            return None;
        }
        match wish::label(field, &label.option) {
            Ok(value) => Some(FieldChange {
                field: field.gid.clone(),
                name: field.name.clone(),
                expected: None,
                new: Some(value),
            }),
            Err(problem) => {
                self.notes.insert(problem);
                None
            }
        }
    }

    fn cap(&mut self) {
        let most = self.policy.max_writes;
        let over = self.actions.len().saturating_sub(most);
        if over > 0 {
            self.actions.truncate(most);
            self.notes.insert(format!(
                "{over} writes are over the cap of {most} a run (policy.max_writes) and wait for the next run"
            ));
        }
    }
}
