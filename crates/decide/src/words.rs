//! The sentences people read in Asana: rationale, recommendation, summary.
//!
//! Template text over the judgement's own facts; every number in it occurs there. Deliberately not here: models.

use domain::{ASANA_TEXT_LIMIT, Contribution, Judgement, Points, ProjectGid, TaskGid, fit};

/// Reasons named in full; more would hide them.
const REASONS: usize = 4;

/// The rationale: score, reasons with their points, what is not known, what would change it. It fits a text field.
pub fn rationale(judgement: &Judgement) -> String {
    let mut lines = vec![format!(
        "{} · {} of 100 · confidence {}",
        judgement.band,
        judgement.score,
        confidence(judgement)
    )];
    let because = contributions(judgement);
    if !because.is_empty() {
        lines.push(format!("Because: {}.", because.join("; ")));
    }
    if !judgement.waits_for.is_empty() {
        lines.push(format!(
            "Waits for {} open {}.",
            judgement.waits_for.len(),
            tasks(judgement.waits_for.len())
        ));
    }
    if judgement.cycle.len() > 1 {
        lines.push(format!(
            "Part of a dependency cycle of {} tasks: break it to plan them.",
            judgement.cycle.len()
        ));
    }
    let unknown = unknown(judgement);
    if !unknown.is_empty() {
        lines.push(format!("Not known: {}.", unknown.join(", ")));
    }
    if let Some(nearest) = judgement.counterfactuals.first() {
        lines.push(format!("Nearest change: {}.", fit(&nearest.to_string(), 240)));
    }
    fit(&lines.join("\n"), ASANA_TEXT_LIMIT)
}

/// The recommendation as one sentence, at most about 300 characters.
pub fn recommendation(judgement: &Judgement) -> String {
    let why: Vec<String> = judgement.reasons().into_iter().take(2).map(|r| short(&r.to_string())).collect();
    let because = if why.is_empty() { "nothing speaks for it yet".into() } else { why.join("; ") };
    format!("{} ({}, {}): {because}.", judgement.action.label(), judgement.sprint.label(), judgement.band)
}

/// How the summary comment begins, by which it is found again.
pub(crate) const SUMMARY_MARKER: &str = "Upnext · top of the backlog";

/// The summary comment: the five first, each with its reasons and a link.
pub(crate) fn summary(top: &[&Judgement], scored: usize, project: &ProjectGid) -> String {
    let mut lines =
        vec![format!("{SUMMARY_MARKER} ({scored} {} scored, automatically; people decide)", tasks(scored))];
    for (at, judgement) in top.iter().enumerate() {
        lines.push(format!("{}. {}", at + 1, in_summary(judgement)));
        lines.push(format!("   {}", task_link(project, &judgement.task)));
    }
    lines.join("\n")
}

/// How a note to a task's owner begins, by which it is found again.
pub(crate) const NOTICE_MARKER: &str = "Upnext · note to the owner";

/// How a note about a date in danger begins.
pub(crate) const RISK_MARKER: &str = "Upnext · date in danger";

/// What the summary says, without ranks and links: their numbers are no facts about a task, and would let a wording use
/// every number up to five.
pub(crate) fn facts(top: &[&Judgement], scored: usize) -> String {
    let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines = vec![format!("{scored} {} scored; these come first:", tasks(scored))];
    lines.extend(top.iter().map(|judgement| format!("- {}", one_line(in_summary(judgement)))));
    lines.join("\n")
}

/// `P1 60.2 · name · reason; reason`.
fn in_summary(judgement: &Judgement) -> String {
    let why: Vec<String> = judgement.reasons().into_iter().take(3).map(|r| short(&r.to_string())).collect();
    let name = fit(&judgement.name, 120);
    format!("{} {} · {name} · {}", judgement.band, judgement.score, why.join("; "))
}

/// Asana's own link to a task in a project.
#[must_use]
pub fn task_link(project: &ProjectGid, task: &TaskGid) -> String {
    format!("https://app.asana.com/0/{project}/{task}")
}

fn confidence(judgement: &Judgement) -> String {
    let confidence = judgement.confidence;
    if confidence.calibrated {
        format!("{} % (measured on {} decisions)", confidence.percent, confidence.decisions)
    } else {
        format!("{} % (not calibrated yet)", confidence.percent)
    }
}

/// `urgency +18.2 (due in 3 days)`, largest first; criteria that add nothing are left out.
fn contributions(judgement: &Judgement) -> Vec<String> {
    let mut by_points: Vec<&Contribution> =
        judgement.contributions.iter().filter(|c| c.points > Points::ZERO).collect();
    by_points.sort_by_key(|c| std::cmp::Reverse(c.points));
    by_points
        .into_iter()
        .take(REASONS)
        .map(|c| {
            let mut why: Vec<String> =
                c.readings.iter().take(2).map(|r| short(&r.reason.to_string())).collect();
            why.extend(
                c.ai.iter().map(|ai| format!("{:+.1} {}", ai.points.to_f64(), short(&ai.reason.to_string()))),
            );
            format!("{} +{} ({})", c.criterion.replace('_', " "), c.points, why.join("; "))
        })
        .collect()
}

fn unknown(judgement: &Judgement) -> Vec<String> {
    let mut inputs: Vec<String> = judgement.missing.iter().map(|m| m.input.replace('_', " ")).collect();
    inputs.sort();
    inputs.dedup();
    inputs
}

pub(crate) fn short(text: &str) -> String {
    fit(text, 110)
}

pub(crate) fn projects(count: usize) -> &'static str {
    if count == 1 { "project" } else { "projects" }
}

pub(crate) fn tasks(count: usize) -> &'static str {
    if count == 1 { "task" } else { "tasks" }
}
