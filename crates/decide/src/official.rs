//! Official values, the priority and the section: who lets them be written, and what is asked of people.
//!
//! The policy of the phase lets a value be written where nobody had set one. A person's value is only ever asked about, and one
//! that replaced ours not even that. Deliberately not here: what becomes of a question (`approvals`).
//! Known limit: a yes in Asana stands for as long as it stands there; a rule of the team's may take it away when the task changes.

use crate::groom::{Draft, placed};
use crate::policy::{Official, Policy};
use crate::wish::option;
use domain::{
    Action, ActionId, Consent, FieldChange, FieldGid, Judgement, Owner, Phase, PlannedAction, Refused, Role,
    SectionRef, SkipReason, Skipped, Snapshot, Sprint, Task,
};

/// What a person said on a task in Asana about its official values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Yes or no.
    pub yes: bool,
    /// The field and its value, for people.
    pub said: String,
}

/// The answer on a task, if the policy names a field for it and a person set that field to one of its two values.
#[must_use]
pub fn answer_in_asana(policy: &Policy, snapshot: &Snapshot, task: &Task) -> Option<Answer> {
    let approvals = &policy.approvals;
    if approvals.field.is_empty() {
        return None;
    }
    let field = snapshot.fields.iter().find(|f| f.name.eq_ignore_ascii_case(&approvals.field))?;
    let state = task.fields.get(&field.gid).filter(|state| state.owner() == Owner::Person)?;
    let value = state.value.as_ref()?.to_string();
    let yes = value.eq_ignore_ascii_case(&approvals.approve);
    let no = value.eq_ignore_ascii_case(&approvals.reject);
    (yes || no).then(|| Answer { yes, said: format!("{}: {value}", field.name) })
}

/// Whether a person turned that value of a field, or that section, down, or took it back: then it is only ever asked about.
pub(crate) fn is_refused(snapshot: &Snapshot, task: &Task, field: Option<&FieldGid>, value: &str) -> bool {
    let refused = |one: &Refused| {
        one.task == task.gid
            && one.field.as_ref() == field
            && one.what.is_empty()
            && one.value.eq_ignore_ascii_case(value)
    };
    snapshot.refused.iter().any(refused)
}

impl Draft<'_> {
    /// Plans the official values of a task.
    pub(crate) fn official(&mut self, task: &Task, judgement: &Judgement, phase: Phase) {
        let answer = answer_in_asana(self.policy, self.snapshot, task);
        if answer.as_ref().is_some_and(|answer| !answer.yes) {
            return;
        }
        self.priority(task, judgement, (phase, answer.as_ref()));
        self.section(task, judgement, (phase, answer.as_ref()));
    }

    fn priority(&mut self, task: &Task, judgement: &Judgement, (phase, yes): (Phase, Option<&Answer>)) {
        let roles = &self.snapshot.roles;
        let Some(field) = roles.field(Role::Priority).and_then(|gid| self.snapshot.field(gid)) else {
            return;
        };
        let state = roles.state(Role::Priority, task);
        let theirs = state.owner() == Owner::Person;
        let Some(label) = self.policy.priority_options.get(&judgement.band) else { return };
        let refused = is_refused(self.snapshot, task, Some(&field.gid), label);
        let yes = yes.filter(|_| !refused);
        let said = (phase, theirs || refused, yes);
        let Some(consent) = self.consent(Official::Priority, judgement, said) else { return };
        let value = match option(field, label) {
            Ok(value) if state.value.as_ref() != Some(&value) => value,
            Ok(_) => return,
            Err(_) if consent == Consent::Waiting => {
                self.notes.insert(format!(
                    "nothing is asked about {}: it has no enabled option for some of the bands; name its own options under \
                     policy.priority_options",
                    field.name
                ));
                return;
            }
            Err(problem) => {
                self.notes.insert(problem);
                return;
            }
        };
        if theirs && state.ours.is_some() {
            // Told only where it would have been written: a question nobody asked needs no answer.
            if consent == Consent::Given {
                let value = state.value.map(|v| v.to_string()).unwrap_or_default();
                let reason = SkipReason::SetByPerson { field: field.name.clone(), value };
                self.kept.push(Skipped { task: task.gid.clone(), name: task.name.clone(), reason });
            }
            return;
        }
        let change = FieldChange {
            field: field.gid.clone(),
            name: field.name.clone(),
            expected: state.value,
            new: Some(value),
        };
        let action =
            Action::SetFields { task: task.gid.clone(), name: task.name.clone(), changes: vec![change] };
        self.push(Official::Priority, (task, judgement), (action, consent, yes));
    }

    /// A section move, where the policy names a target section and the task is still where we or nobody put it.
    fn section(&mut self, task: &Task, judgement: &Judgement, (phase, yes): (Phase, Option<&Answer>)) {
        let target = match judgement.sprint {
            Sprint::Next => &self.policy.sections.next,
            Sprint::Future => &self.policy.sections.future,
            Sprint::Backlog => &self.policy.sections.backlog,
        };
        if target.is_empty() {
            return;
        }
        let refused = is_refused(self.snapshot, task, None, target);
        let yes = yes.filter(|_| !refused);
        let Some(consent) = self.consent(Official::Section, judgement, (phase, refused, yes)) else { return };
        let Some(section) = self.snapshot.sections.iter().find(|s| s.name.eq_ignore_ascii_case(target))
        else {
            self.notes.insert(format!("the project has no section “{target}” to move tasks to: add it"));
            return;
        };
        if task.moved_by_person() || task.section.as_ref() == Some(&section.gid) {
            return;
        }
        let action = Action::MoveToSection {
            task: task.gid.clone(),
            name: task.name.clone(),
            expected: task.section.clone(),
            to: SectionRef::Existing(section.gid.clone()),
            to_name: section.name.clone(),
            spot: None,
        };
        self.push(Official::Section, (task, judgement), (action, consent, yes));
    }

    /// Whether a value may be written, waits for a person, or is not spoken of. `theirs`: a person's value stands there now, or a
    /// person did not want ours.
    fn consent(
        &self,
        what: Official,
        judgement: &Judgement,
        (phase, theirs, yes): (Phase, bool, Option<&Answer>),
    ) -> Option<Consent> {
        let (band, sure) = (judgement.band, judgement.confidence.percent);
        if yes.is_some() || (!theirs && self.policy.allows(phase, what, band, sure)) {
            Some(Consent::Given)
        } else if self.policy.approvals.ask.contains(&what) {
            Some(Consent::Waiting)
        } else {
            None
        }
    }

    fn push(
        &mut self,
        what: Official,
        (task, judgement): (&Task, &Judgement),
        (action, consent, yes): (Action, Consent, Option<&Answer>),
    ) {
        let approved = yes.map(|answer| format!("approved in Asana ({}), ", answer.said)).unwrap_or_default();
        self.actions.push(PlannedAction {
            id: ActionId::new(format!("act_{}_{}", what.word(), task.gid)),
            action,
            reason: format!("{approved}{}", placed(judgement)),
            consent,
        });
    }
}
