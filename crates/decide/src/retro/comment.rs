//! The retrospective in a comment: what a team reads before its meeting, in a screen.
//!
//! Deliberately left out: tables and all but the first of each list; the attached document has them.

use super::retro_marker;
use crate::draft::worded_paragraph;
use crate::words::{task_link, tasks};
use domain::{ProjectGid, fit};
use judge::retro::{Judged, Retro};

/// Missed commitments and themes that a comment names.
const NAMED: (usize, usize) = (5, 3);

/// The comment; a wording that does not hold against the figures is left out.
#[must_use]
pub fn retro_comment(retro: &Retro, project: &ProjectGid, wording: Option<&str>) -> String {
    let mut lines = vec![format!("{} (automatic; people decide)", retro_marker(retro.from, retro.to))];
    lines.extend(wording.and_then(|draft| worded_paragraph(draft, &retro_facts(retro))));
    lines.push(String::new());
    lines.extend(figures(retro));
    lines.extend(bottleneck(retro));
    let missed: Vec<_> = retro.tasks.iter().filter(|task| task.planned && !task.ending.is_done()).collect();
    if !missed.is_empty() {
        lines.extend([String::new(), "Missed commitments:".into()]);
        for task in missed.iter().take(NAMED.0) {
            let causes: Vec<String> = task.causes.iter().map(ToString::to_string).collect();
            lines.push(format!("  {}: {}", fit(&task.name, 80), fit(&causes.join("; "), 200)));
            lines.push(format!("    {}", task_link(project, &task.task)));
        }
        if missed.len() > NAMED.0 {
            lines.push(format!("  … and {} more in the document", missed.len() - NAMED.0));
        }
    }
    if !retro.themes.themes.is_empty() {
        lines.extend([String::new(), "What comments were about:".into()]);
        for theme in retro.themes.themes.iter().take(NAMED.1) {
            lines.push(format!(
                "  {}: {} comments, {} pressing",
                theme.words.join(", "),
                theme.comments,
                theme.pressing
            ));
            if let Some(quote) = theme.quotes.first() {
                lines.push(format!("    “{}” {}", quote.text, task_link(project, &quote.task)));
            }
        }
    }
    lines.push(String::new());
    lines.push("Every figure with its tasks: in the document attached to this task.".into());
    lines.join("\n")
}

/// The figures as lines without names, which is also all that a language model is given to word.
fn figures(retro: &Retro) -> Vec<String> {
    let planned = &retro.planned;
    let mut lines = vec![format!(
        "Planned {} tasks ({:.0} h), done {} of them ({:.0} h), missed {}.",
        planned.tasks.len(),
        planned.hours,
        retro.kept.tasks.len(),
        retro.kept.hours,
        retro.missed.tasks.len()
    )];
    lines.push(format!(
        "Added after the first day: {} ({:.0} h), {} of them done. Moved out undone: {}.",
        retro.added.tasks.len(),
        retro.added.hours,
        retro.added_done.tasks.len(),
        retro.removed.tasks.len()
    ));
    if let Some(percent) = retro.scope.percent {
        lines.push(format!("Scope change: {percent:.0} % of the hours planned."));
    }
    match (retro.estimates.ratio, retro.estimates.mae) {
        (Some(ratio), Some(mae)) => lines.push(format!(
            "Estimates: tracked time is {ratio:.1} times the estimate in the middle of {} tasks, {mae:.1} h off on average.",
            retro.estimates.tasks.len()
        )),
        _ => lines.push("Estimates: cannot be measured, no done task has both an estimate and tracked time.".into()),
    }
    if let Some(cycle) = retro.flow.cycle_days {
        lines.push(format!(
            "Cycle time: {cycle:.1} days from taken up to done in the middle of {} tasks.",
            retro.flow.measured.len()
        ));
    }
    lines.push(format!(
        "Blocked: {} {} waited for open ones, {:.1} days together.",
        retro.blocked.tasks.len(),
        tasks(retro.blocked.tasks.len()),
        retro.blocked.days
    ));
    let right = retro.warnings.warned.iter().filter(|one| one.judged == Judged::Right).count();
    if !retro.warnings.warned.is_empty() {
        lines.push(format!("Dates told to be in danger: {}, missed: {right}.", retro.warnings.warned.len()));
    }
    lines
}

/// The section that held tasks longest: a name, and so no fact for a language model.
fn bottleneck(retro: &Retro) -> Option<String> {
    let most = retro.flow.bottleneck.as_ref()?;
    let section = retro.flow.sections.iter().find(|section| section.name == *most)?;
    Some(format!(
        "Bottleneck: “{}” held {} tasks for {:.0} days together.",
        fit(most, 60),
        section.tasks.len(),
        section.days
    ))
}

/// What a language model may word a retrospective from: the figures, without names, texts or links.
#[must_use]
pub fn retro_facts(retro: &Retro) -> String {
    figures(retro).join("\n")
}
