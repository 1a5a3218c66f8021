//! The plan of a look at risks: a note to a task's owner says that its date is in danger, and later that it is no more; where the
//! policy wants it a field flags the task, and is cleared again, and the owner gets a subtask, which is completed again.
//!
//! The note is its own, beside the one a recalculation writes, so that neither edits the other's words. Chances are told in tenths, and
//! the tenth that was told stands until it is clearly another, so that a day that counts down rewrites nothing. Deliberately not here:
//! forecasts. Known limit: a task that nobody has has nobody to tell; its flag is set all the same. Known limit: a subtask stays with
//! whoever had the task when it was made.

use crate::fields::AT_RISK;
use crate::groom::{Draft, Rules};
use crate::notice::DANGER_PASSED;
use crate::official::is_refused;
use crate::policy::Policy;
use crate::recalculate::note_to_owner;
use crate::wish::option;
use crate::words::RISK_MARKER;
use domain::{
    Action, ActionId, Card, Consent, FieldChange, FieldDef, Moment, Owner, Phase, Plan, PlanKind,
    PlannedAction, Role, SkipReason, Skipped, Snapshot, Task, TaskRef,
};
use judge::risk::{CauseKind, Forecast, TaskForecast};

/// The probability of a missed date from which its owner is told: it is more likely missed than kept.
const TOLD: f64 = 0.5;
/// The probability below which they are told that it has passed; lower, so that a note does not come and go.
const PASSED: f64 = 0.3;
/// How far beyond the tenth that was told a chance must lie before another is told: half a tenth.
const CLEARLY: f64 = 0.05;
/// How the line about a risk begins, by which it is known again.
const IN_DANGER: &str = "Due ";
/// The subtask's name.
const SUBTASK: &str = "Look at the date in danger";

/// Whether a note to an owner is one about a date in danger.
#[must_use]
pub fn is_risk_note(text: &str) -> bool {
    text.starts_with(RISK_MARKER)
}

/// Makes the plan that tells of dates in danger.
#[must_use]
pub fn plan_risk(
    snapshot: &Snapshot,
    forecast: &Forecast,
    policy: &Policy,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let mut draft = Draft::new(snapshot, policy);
    if !policy.notices.date_at_risk {
        draft.note(
            "the policy does not let owners be told of dates in danger (policy.notices.date_at_risk)".into(),
        );
    }
    let flag = flag_field(&mut draft);
    let mut told: Vec<&TaskForecast> = forecast.tasks.iter().collect();
    told.sort_by(|a, b| b.missed.unwrap_or(0.0).total_cmp(&a.missed.unwrap_or(0.0)));
    for foretold in told {
        let Some(task) = snapshot.task(&foretold.task) else { continue };
        if policy.task_phase(snapshot, task) == Phase::Shadow {
            continue;
        }
        if let Some(reason) = crate::skip::skip_reason(task, snapshot, policy) {
            draft.leave(task, reason);
            continue;
        }
        if let Some(field) = flag {
            draft.flag(field, task, foretold);
        }
        if policy.risk.subtask {
            draft.actions.extend(watch(snapshot, task, foretold));
        }
        if policy.notices.date_at_risk {
            draft.actions.extend(tell(snapshot, policy, task, foretold));
        }
    }
    draft.cap();
    draft.plan(PlanKind::Risk, rules, now)
}

/// The field that flags dates in danger, where the policy wants one and the project has it.
fn flag_field<'a>(draft: &mut Draft<'a>) -> Option<&'a FieldDef> {
    let (snapshot, policy) = (draft.snapshot, draft.policy);
    if !policy.risk.flag {
        return None;
    }
    let field = snapshot.roles.field(Role::AiRisk).and_then(|gid| snapshot.field(gid));
    let problem = match field.map(|field| option(field, AT_RISK)) {
        Some(Ok(_)) => return field,
        Some(Err(problem)) => problem,
        None => format!(
            "the project has no field for ai_risk, so no task is flagged: run `upnext setup --project {}`",
            snapshot.project.gid
        ),
    };
    draft.note(problem);
    None
}

impl Draft<'_> {
    /// Plans the flag of a task: set from the chance told on, cleared when it has passed, and left where a person set it.
    fn flag(&mut self, field: &FieldDef, task: &Task, foretold: &TaskForecast) {
        let state = self.snapshot.roles.state(Role::AiRisk, task);
        let missed = foretold.missed.unwrap_or(0.0);
        let new = match state.value {
            None if missed >= TOLD => option(field, AT_RISK).ok(),
            Some(_) if missed < PASSED => None,
            _ => return,
        };
        let flags = new.as_ref().map(ToString::to_string);
        let taken_back = flags.is_some_and(|at| is_refused(self.snapshot, task, Some(&field.gid), &at));
        if state.owner() == Owner::Person || taken_back {
            // A person who cleared the flag or undid it has seen it; one who set another value has their own use for it.
            let value = state.value.map(|value| value.to_string()).unwrap_or_default();
            let reason = SkipReason::SetByPerson { field: field.name.clone(), value };
            self.kept.push(Skipped { task: task.gid.clone(), name: task.name.clone(), reason });
            return;
        }
        let reason = if new.is_some() { "its date is in danger" } else { "its date is no longer in danger" };
        let change =
            FieldChange { field: field.gid.clone(), name: field.name.clone(), expected: state.value, new };
        self.actions.push(PlannedAction {
            id: ActionId::new(format!("act_flag_{}", task.gid)),
            action: Action::SetFields {
                task: task.gid.clone(),
                name: task.name.clone(),
                changes: vec![change],
            },
            reason: reason.to_owned(),
            consent: Consent::Given,
        });
    }
}

fn tell(snapshot: &Snapshot, policy: &Policy, task: &Task, foretold: &TaskForecast) -> Option<PlannedAction> {
    let owner = task.assignee.as_ref()?;
    let before = snapshot.anchors.risks.get(&task.gid).map(|notice| notice.text.clone());
    let was = before.as_ref().is_some_and(|text| text.contains(IN_DANGER));
    let missed = foretold.missed.unwrap_or(0.0);
    let (text, reason) = if missed >= TOLD {
        (danger(foretold, before.as_deref()), "its date is in danger")
    } else if was && missed < PASSED {
        (passed(), "its date is no longer in danger")
    } else {
        return None;
    };
    if before.as_ref() == Some(&text) {
        return None;
    }
    let id = ActionId::new(format!("act_risk_{}", task.gid));
    let action = note_to_owner(policy, (task, &owner.gid), (RISK_MARKER, before, text));
    Some(PlannedAction { id, action, reason: reason.to_owned(), consent: Consent::Given })
}

/// The subtask of a task whose date is in danger: made for its owner, edited when what it says has changed, completed when the danger has
/// passed, reopened when it is back. One that a person completed or deleted stays so until the danger has passed.
fn watch(snapshot: &Snapshot, task: &Task, foretold: &TaskForecast) -> Option<PlannedAction> {
    let missed = foretold.missed.unwrap_or(0.0);
    let known = snapshot.anchors.dangers.get(&task.gid);
    let (action, reason) = match known {
        None if missed >= TOLD => {
            let assignee = Some(task.assignee.as_ref()?.gid.clone());
            let (parent, name) = (TaskRef::Existing(task.gid.clone()), SUBTASK.to_owned());
            let notes = danger(foretold, None);
            (Action::EnsureSubtask { parent, name, notes, assignee }, "its date is in danger")
        }
        Some(known) => {
            let open = known.open?;
            let told = known.card.text.contains(IN_DANGER);
            let new = if missed >= TOLD && (open || !told) {
                Card { text: danger(foretold, Some(&known.card.text)), completed: false }
            } else if missed < PASSED && told {
                Card { text: passed(), completed: true }
            } else {
                return None;
            };
            let expected = Card { text: known.card.text.clone(), completed: !open };
            if expected == new {
                return None;
            }
            let reason =
                if new.completed { "its date is no longer in danger" } else { "its date is in danger" };
            let action = Action::TurnSubtask {
                parent: task.gid.clone(),
                subtask: known.subtask.clone(),
                name: SUBTASK.to_owned(),
                expected,
                new,
            };
            (action, reason)
        }
        None => return None,
    };
    let id = ActionId::new(format!("act_danger_{}", task.gid));
    Some(PlannedAction { id, action, reason: reason.to_owned(), consent: Consent::Given })
}

fn passed() -> String {
    format!("{RISK_MARKER} (automatic; people decide)\n{DANGER_PASSED}")
}

/// Whether an action tells an owner of a date in danger.
#[must_use]
pub fn warns_of_date(action: &domain::Action) -> bool {
    match action {
        domain::Action::PutComment { mention: Some(_), text, .. } | domain::Action::RunRule { text, .. } => {
            is_risk_note(text) && text.contains(IN_DANGER)
        }
        _ => false,
    }
}

/// What an owner is told: the date, the chance in tenths, and what is to blame; `told` is what they were told last.
fn danger(foretold: &TaskForecast, told: Option<&str>) -> String {
    let missed = foretold.missed.unwrap_or(0.0);
    let due = foretold.due.map(|due| due.to_string()).unwrap_or_default();
    let chance = chance(tenths(missed, told));
    let why = foretold.cause.as_ref().map(|cause| {
        let name = domain::fit(&cause.name, 80);
        match cause.kind {
            CauseKind::Predecessor => format!(", mostly because it waits for “{name}”"),
            CauseKind::SameOwner => format!(", mostly because “{name}” of the same owner comes first"),
            CauseKind::Itself => ", because its own work takes longer than there is time".to_owned(),
        }
    });
    let why = why.unwrap_or_default();
    format!("{RISK_MARKER} (automatic; people decide)\n{IN_DANGER}{due}, and {chance} it is done later{why}.")
}

/// A chance in words.
fn chance(tenths: u32) -> String {
    if tenths >= 10 { "in every forecast".to_owned() } else { format!("in {tenths} of 10 forecasts") }
}

/// The tenth to tell: that of the last note while the chance is not clearly another, else its own.
fn tenths(missed: f64, told: Option<&str>) -> u32 {
    let stands = |tenth: &u32| {
        let (least, most) = (f64::from(*tenth) / 10.0 - CLEARLY, f64::from(*tenth + 1) / 10.0 + CLEARLY);
        (least..most).contains(&missed)
    };
    told.and_then(tenth_told).filter(stands).unwrap_or((10.0 * missed).floor() as u32)
}

/// The tenth that a note tells, if it tells of a danger.
fn tenth_told(text: &str) -> Option<u32> {
    (0..=10).find(|tenths| text.contains(&chance(*tenths)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_that_was_told_stands_until_it_is_clearly_another() {
        let told = |missed: f64, before: u32| tenths(missed, Some(&format!("… {} …", chance(before))));
        assert_eq!([tenths(0.69, None), tenths(0.7, None), tenths(1.0, None)], [6, 7, 10]);
        // A chance that wavers around a step of the scale is told as it was.
        assert_eq!([told(0.71, 6), told(0.749, 6), told(0.69, 7), told(0.66, 7)], [6, 6, 7, 7]);
        assert_eq!([told(0.76, 6), told(0.64, 7), told(0.3, 9)], [7, 6, 3]);
        assert_eq!([told(0.999, 10), told(0.96, 10), told(0.94, 10), told(1.0, 9)], [10, 10, 9, 9]);
        assert_eq!(tenths(0.62, Some("The date is no longer in danger.")), 6);
    }
}
