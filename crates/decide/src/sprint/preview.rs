//! The plan of a sprint as a comment on the host task, for a team to talk about before anything is written.
//!
//! One comment a first day, edited in place. Deliberately not here: planning, and anything that is written on tasks (`write`).

use super::{Proof, SprintPlan};
use crate::groom::Rules;
use crate::policy::Policy;
use crate::posted::{Post, plan_post};
use domain::{Moment, Plan, PlanKind, Snapshot, fit};
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How such a comment begins; the first day follows, and there is one comment a first day.
pub const PREVIEW_MARKER: &str = "Upnext · plan of the sprint from";
/// Tasks of a person, and tasks left out, that are named.
const SHOWN: usize = 12;

/// What the comment says.
#[must_use]
pub fn preview_text(plan: &SprintPlan, (from, to): (Date, Date), notes: &[String]) -> String {
    let mut lines = vec![format!("{PREVIEW_MARKER} {from} to {to} (a preview: nothing of it is written)")];
    let proof = match plan.proof {
        Proof::Optimal => "no plan is worth more".to_owned(),
        Proof::Bounded => format!("at most {:.1} % from the best", 100.0 * plan.gap),
    };
    lines.push(format!("{} tasks, value {:.1}; {proof}.", plan.taken.len(), plan.value));
    let mut people: BTreeMap<usize, Vec<&super::Taken>> = BTreeMap::new();
    plan.taken.iter().for_each(|taken| people.entry(taken.seat).or_default().push(taken));
    for mine in people.values() {
        let hours: f64 = mine.iter().map(|taken| taken.hours).sum();
        lines.push(format!("{} · {hours:.0} h", mine[0].person.name));
        for taken in mine.iter().take(SHOWN) {
            let ends = from.saturating_add(((taken.ends - 1e-6).max(0.0) as i64).days()).min(to);
            lines.push(format!("- {} ({:.0} h, by {ends})", fit(&taken.name, 80), taken.hours));
        }
        more(&mut lines, mine.len());
    }
    lines.push(format!("Left out: {}", plan.left.len()));
    for left in plan.left.iter().take(SHOWN) {
        lines.push(format!("- {}: {}", fit(&left.name, 80), left.why));
    }
    more(&mut lines, plan.left.len());
    lines.extend(notes.iter().map(|note| format!("Note: {note}")));
    lines.join("\n")
}

fn more(lines: &mut Vec<String>, count: usize) {
    if count > SHOWN {
        lines.push(format!("- … and {} more", count - SHOWN));
    }
}

/// Makes the plan that posts it.
#[must_use]
pub fn plan_sprint_preview(
    snapshot: &Snapshot,
    (text, from, to): (&str, Date, Date),
    policy: &Policy,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let post = Post {
        kind: PlanKind::SprintPreview { from, to },
        id: format!("act_preview_{from}"),
        on: None,
        marker: format!("{PREVIEW_MARKER} {from} "),
        text: text.to_owned(),
        reason: "the sprint as it is planned, for the team to talk about",
    };
    plan_post(snapshot, post, policy, rules, now)
}
