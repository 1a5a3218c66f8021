//! The plan of a look at risks: the note to a task's owner says that its date is in danger, and later that it is no more.
//!
//! It is the one note a task has, the same that a recalculation writes, edited in place. Chances are told in tenths, so that a day
//! that counts down rewrites nothing. Deliberately not here: forecasts. Known limits: a task that nobody has has nobody to tell; a
//! task with a note about something else is told of the risk in its place.

use crate::groom::{Draft, Rules};
use crate::policy::Policy;
use crate::recalculate::note_to_owner;
use crate::words::NOTICE_MARKER;
use domain::{ActionId, Consent, Moment, Phase, Plan, PlanKind, PlannedAction, Snapshot, Task};
use judge::risk::{CauseKind, Forecast, TaskForecast};

/// The probability of a missed date from which its owner is told: it is more likely missed than kept.
const TOLD: f64 = 0.5;
/// The probability below which they are told that it has passed; lower, so that a note does not come and go.
const PASSED: f64 = 0.3;
/// How the line about a risk begins, by which it is known again.
const AT_RISK: &str = "Date in danger: ";

/// Makes the plan that tells owners of dates in danger.
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
        return draft.plan(PlanKind::Risk, rules, now);
    }
    let mut told: Vec<&TaskForecast> = forecast.tasks.iter().collect();
    told.sort_by(|a, b| b.missed.unwrap_or(0.0).total_cmp(&a.missed.unwrap_or(0.0)));
    for foretold in told {
        let Some(task) = snapshot.task(&foretold.task) else { continue };
        if policy.task_phase(snapshot, task) == Phase::Shadow {
            continue;
        }
        match crate::skip::skip_reason(task, snapshot, policy) {
            Some(reason) => draft.leave(task, reason),
            None => draft.actions.extend(tell(snapshot, policy, task, foretold)),
        }
    }
    draft.cap();
    draft.plan(PlanKind::Risk, rules, now)
}

fn tell(snapshot: &Snapshot, policy: &Policy, task: &Task, foretold: &TaskForecast) -> Option<PlannedAction> {
    let owner = task.assignee.as_ref()?;
    let before = snapshot.anchors.notices.get(&task.gid).map(|notice| notice.text.clone());
    let was = before.as_ref().is_some_and(|text| text.contains(AT_RISK));
    let missed = foretold.missed.unwrap_or(0.0);
    let (text, reason) = if missed >= TOLD {
        (danger(foretold), "its date is in danger")
    } else if was && missed < PASSED {
        let text = format!("{NOTICE_MARKER} (automatic; people decide)\nThe date is no longer in danger.");
        (text, "its date is no longer in danger")
    } else {
        return None;
    };
    if before.as_ref() == Some(&text) {
        return None;
    }
    let id = ActionId::new(format!("act_risk_{}", task.gid));
    let action = note_to_owner(policy, (task, &owner.gid), (before, text));
    Some(PlannedAction { id, action, reason: reason.to_owned(), consent: Consent::Given })
}

/// Whether an action tells an owner of a date in danger.
#[must_use]
pub fn warns_of_date(action: &domain::Action) -> bool {
    match action {
        domain::Action::PutComment { mention: Some(_), text, .. } | domain::Action::RunRule { text, .. } => {
            text.contains(AT_RISK)
        }
        _ => false,
    }
}

/// What an owner is told: the date, the chance in tenths, and what is to blame.
fn danger(foretold: &TaskForecast) -> String {
    let tenths = (10.0 * foretold.missed.unwrap_or(0.0)).floor() as u32;
    let due = foretold.due.map(|due| due.to_string()).unwrap_or_default();
    let chance =
        if tenths >= 10 { "in every forecast".to_owned() } else { format!("in {tenths} of 10 forecasts") };
    let why = foretold.cause.as_ref().map(|cause| {
        let name = domain::fit(&cause.name, 80);
        match cause.kind {
            CauseKind::Predecessor => format!(", mostly because it waits for “{name}”"),
            CauseKind::SameOwner => format!(", mostly because “{name}” of the same owner comes first"),
            CauseKind::Itself => ", because its own work takes longer than there is time".to_owned(),
        }
    });
    format!(
        "{NOTICE_MARKER} (automatic; people decide)\n{AT_RISK}due {due}, and {chance} it is done later{}.",
        why.unwrap_or_default()
    )
}
