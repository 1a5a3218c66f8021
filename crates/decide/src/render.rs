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
    let waiting = plan.actions.iter().filter(|planned| planned.consent == Consent::Waiting).count();
    let asked = if waiting > 0 { format!(", {waiting} wait for a person (?)") } else { String::new() };
    let given = plan.actions.len() - waiting;
    let _ = writeln!(text, "{given} to do{asked}, {} left alone", plan.skipped.len());
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
