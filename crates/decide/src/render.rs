//! A plan as text for people.
//!
//! Deliberately not here: colours, tables (the CLI's).

use domain::{Consent, Plan};
use std::fmt::Write;

/// The plan, one line per action, then what is left alone and the notes.
pub fn render(plan: &Plan) -> String {
    let mut text = format!(
        "{} {} of “{}” · phase {} · rubric {} · {}\n",
        plan.kind.word(),
        plan.id,
        plan.project.name,
        plan.phase,
        plan.rubric,
        plan.now.at
    );
    let _ = writeln!(text, "{} to do, {} left alone", plan.actions.len(), plan.skipped.len());
    for planned in &plan.actions {
        let mark = if planned.consent == Consent::Waiting { "?" } else { "+" };
        let _ = writeln!(text, "  {mark} {}  [{}]", planned.action.summary(), planned.reason);
    }
    for skipped in plan.skipped.iter().chain(&plan.kept) {
        let _ = writeln!(text, "  - {} ({}): {}", skipped.name, skipped.task, skipped.reason);
    }
    for note in &plan.notes {
        let _ = writeln!(text, "  ! {note}");
    }
    text
}
