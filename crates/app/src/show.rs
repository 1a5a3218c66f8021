//! What the terminal shows: tables, reports, failures.
//!
//! Text goes to standard output, everything about how it went to standard error. Deliberately not here: wording of
//! reasons (they come as data).

use crate::config::Scale;
use crate::exit::Exit;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use engine::{
    GroomReport, ModelUse, ScenarioReport, ScoredTask, SetupReport, SkippedTask, Tally, Trouble, UndoReport,
};
use serde::Serialize;

/// Prints a line. A reader that has seen enough (`| head`) is no error: the process ends quietly.
pub fn line(text: std::fmt::Arguments<'_>) {
    use std::io::Write;
    if writeln!(std::io::stdout().lock(), "{}", harmless(&text.to_string())).is_err() {
        std::process::exit(0);
    }
}

/// The text without what steers a terminal: names of tasks are anybody's.
fn harmless(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// Prints one JSON object.
///
/// # Errors
/// None for Upnext's own reports.
pub fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let text = serde_json::to_string_pretty(value)?;
    if writeln!(out, "{text}").is_err() {
        std::process::exit(0);
    }
    Ok(())
}

/// Prints a failure: text for people, an object for scripts.
pub fn failure(error: &anyhow::Error, exit: Exit, json: bool) {
    if json {
        let object =
            serde_json::json!({ "error": { "message": format!("{error:#}"), "exit_code": exit.code() } });
        say!("{object:#}");
    }
    eprintln!("upnext: {}", harmless(&format!("{error:#}")));
}

/// Columns of a table that goes to no terminal.
const PIPED_WIDTH: u16 = 140;

/// A table with a header, as wide as the terminal.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    let plain = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
    table.load_style(plain).set_content_arrangement(ContentArrangement::Dynamic);
    if !table.is_tty() || table.width().unwrap_or_default() == 0 {
        // Piped into a file or pager, or a terminal that does not tell: wide enough to read, narrow enough for a page.
        table.set_width(PIPED_WIDTH);
    }
    table.set_header(header);
    table
}

/// A score on the configured scale.
pub fn score(task: &ScoredTask, scale: Scale) -> String {
    match scale {
        Scale::Hundred => format!("{:.1}", task.score),
        Scale::Ten => format!("{:.1}", 1.0 + task.score * 9.0 / 100.0),
        Scale::Band => task.band.to_owned(),
    }
}

/// The ranked tasks, at most `limit`.
pub fn ranking(tasks: &[ScoredTask], limit: usize, scale: Scale) -> String {
    let mut table = table(&["#", "Score", "Band", "Conf.", "Sprint", "Task", "Why"]);
    for task in tasks.iter().take(limit) {
        table.add_row(vec![
            task.rank.to_string(),
            score(task, scale),
            task.band.to_owned(),
            format!("{} %", task.confidence),
            task.sprint.to_owned(),
            domain::fit(&task.name, 46),
            domain::fit(task.reasons.first().map_or("nothing known speaks for it", String::as_str), 46),
        ]);
    }
    for column in [0, 1, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// How many rows of a ranking a terminal gets; `--json` has them all.
const ROWS: usize = 25;
/// How many left-alone tasks are named one by one.
const NAMED: usize = 10;

/// A groom for people.
pub fn groom(report: &GroomReport, applied: bool, scale: Scale) {
    say!(
        "{} · {} scored · rubric {} · phase {}",
        report.project.name,
        report.tasks.len(),
        report.rubric,
        report.phase
    );
    if let Some(accepted) = &report.rubric_accepted {
        say!("Rubric {} was accepted by {} at {}", report.rubric, accepted.by, accepted.at);
        notes(accepted.note.as_slice());
    }
    if let Some(held) = &report.rubric_held {
        notes(&[held.told(&report.project.gid)]);
    }
    say!("{}", ranking(&report.tasks, ROWS, scale));
    if report.tasks.len() > ROWS {
        say!("… and {} more (--json lists all)", report.tasks.len() - ROWS);
    }
    if let Some(used) = &report.model {
        model(used);
    }
    left_alone("Left alone", &report.skipped);
    left_alone("Fields left to people", &report.kept);
    notes(&report.notes);
    if applied {
        tally(&report.outcome);
    }
    troubles(&report.trouble);
    if report.pending > 0 {
        let project = &report.project.gid;
        say!("Waiting for a person: {} (upnext approvals list --project {project})", report.pending);
    }
    if let Some(why) = &report.stopped {
        say!("Stopped: {why}");
    }
    say!("Requests: {} reads, {} writes", report.requests.reads, report.requests.writes);
    if applied {
        say!("Undo with: upnext undo {}", report.run);
    } else {
        say!(
            "Nothing was written. See it with: upnext plan show {0}\nWrite it with: upnext plan apply {0}",
            report.plan
        );
    }
}

/// Reasons for leaving tasks unrated that are told one by one.
const REASONS: usize = 5;

/// What a language model was asked, for people.
fn model(used: &ModelUse) {
    let larger = match used.by_larger {
        0 => String::new(),
        n => format!(", {n} of them by {}", used.larger_model),
    };
    say!(
        "Model {}: {} tasks rated; {} answers now{larger}, {} remembered; {} tokens in ({} cached), {} out, {}",
        used.model,
        used.rated,
        used.answered,
        used.remembered,
        used.input_tokens,
        used.cached_input_tokens,
        used.output_tokens,
        used.cost()
    );
    for (count, what) in [
        (used.quotes_not_found, "scores dropped: their quotes are not in the task"),
        (used.disagreeing, "tasks with answers far apart: their confidence is lower"),
        (used.in_batches, "questions wait in a batch at the provider: a later run has the answers"),
        (used.redactions, "secrets taken out of what was sent"),
    ] {
        if count > 0 {
            say!("  {count} {what}");
        }
    }
    if let Some(why) = &used.stopped {
        say!("  No more was asked: {why}. Rules score the rest.");
    }
    let reasons = used.unrated_by_reason();
    for (reason, count) in reasons.iter().take(REASONS) {
        say!("  {count} not rated: {reason}");
    }
    if !used.unrated.is_empty() {
        let names: Vec<String> =
            used.unrated.iter().take(3).map(|task| domain::fit(&task.name, 40)).collect();
        let more = used.unrated.len().saturating_sub(names.len());
        let also = if more > 0 { format!(" and {more} more (--json lists all)") } else { String::new() };
        say!("  Not rated: {}{also}; the next run asks about just those", names.join("; "));
    }
}

/// Tasks or fields that were left alone, the first by name.
pub fn left_alone(title: &str, skipped: &[SkippedTask]) {
    if skipped.is_empty() {
        return;
    }
    say!("{title}: {}", skipped.len());
    for task in skipped.iter().take(NAMED) {
        say!("  {} ({}): {}", domain::fit(&task.name, 60), task.gid, task.reason);
    }
    if skipped.len() > NAMED {
        say!("  … and {} more (--json lists all)", skipped.len() - NAMED);
    }
}

/// Writes that went wrong, those that ended alike together.
pub fn troubles(troubles: &[Trouble]) {
    let mut by_ending: Vec<(&str, Vec<&str>)> = vec![];
    for trouble in troubles {
        match by_ending.iter_mut().find(|(ending, _)| *ending == trouble.ending) {
            Some((_, whats)) => whats.push(&trouble.what),
            None => by_ending.push((&trouble.ending, vec![&trouble.what])),
        }
    }
    for (ending, whats) in by_ending {
        let more = whats.len().saturating_sub(2);
        let also = if more > 0 { format!(" and {more} more") } else { String::new() };
        say!("  {ending}: {}{also}", whats.iter().take(2).copied().collect::<Vec<_>>().join("; "));
    }
}

/// What else a reader should know.
pub fn notes(notes: &[String]) {
    for note in notes {
        say!("Note: {note}");
    }
}

/// How the writes came out.
pub fn tally(tally: &Tally) {
    say!(
        "Writes: {} done, {} already so, {} left because somebody was there first, {} refused, {} still open",
        tally.done,
        tally.already_so,
        tally.conflicts,
        tally.refused,
        tally.open
    );
    if tally.waiting > 0 {
        say!("Waiting for a person's word: {} of this plan", tally.waiting);
    }
}

/// A plan carried out, for people.
pub fn applied(report: &GroomReport) {
    say!("{} · plan {}", report.project.name, report.plan);
    tally(&report.outcome);
    troubles(&report.trouble);
    if let Some(why) = &report.stopped {
        say!("Stopped: {why}");
    }
    say!("Undo with: upnext undo {}", report.run);
}

/// A setup for people.
pub fn setup(report: &SetupReport) {
    say!("{}", report.project.name);
    for (what, names) in [
        ("Made", &report.created),
        ("Put on the project", &report.attached),
        ("Already there", &report.reused),
    ] {
        if !names.is_empty() {
            say!("  {what}: {}", names.join(", "));
        }
    }
    for conflict in &report.conflicts {
        say!("  Conflict: {conflict}");
    }
    troubles(&report.trouble);
    if let Some(why) = &report.stopped {
        say!("  Stopped: {why}");
    }
}

/// An undo for people.
pub fn undo(report: &UndoReport) {
    say!("Undid {}: {} tasks restored", report.undone, report.restored.len());
    tally(&report.outcome);
    left_alone("Left as people have it", &report.left);
    troubles(&report.trouble);
    notes(&report.notes);
}

/// The breakdown of a judgement, criterion by criterion.
pub fn breakdown(judgement: &domain::Judgement) -> String {
    let mut table = table(&["Criterion", "Points", "of", "Because"]);
    for contribution in &judgement.contributions {
        let mut why: Vec<String> = contribution.readings.iter().map(|r| r.reason.to_string()).collect();
        why.extend(
            contribution.ai.iter().map(|ai| format!("{:+.1} of it: {}", ai.points.to_f64(), ai.reason)),
        );
        table.add_row(vec![
            contribution.criterion.replace('_', " "),
            contribution.points.to_string(),
            contribution.most.to_string(),
            domain::fit(&why.join("; "), 220),
        ]);
    }
    table.add_row(vec![
        "Score".into(),
        judgement.score.to_string(),
        "100".into(),
        judgement.band.to_string(),
    ]);
    for column in [1, 2] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// Checks of the doctor.
pub fn checks(checks: &[engine::doctor::Check]) -> String {
    let mut table = table(&["", "What", "Found", "What is lost", "How to mend it"]);
    for check in checks {
        let mark = match check.health {
            engine::doctor::Health::Ok => "ok",
            engine::doctor::Health::Reduced => "less",
            engine::doctor::Health::Broken => "BROKEN",
        };
        table.add_row([mark, &check.what, &check.found, &check.lost, &check.mend]);
    }
    table.to_string()
}

/// Saved plans.
pub fn plans(rows: &[store::PlanRow]) -> String {
    let mut table = table(&["Plan", "Run", "Kind", "Project", "Made for", "Actions", "Done", "Open"]);
    for row in rows {
        table.add_row(vec![
            row.id.to_string(),
            row.run.to_string(),
            row.kind.clone(),
            row.project.to_string(),
            row.created_at.to_string(),
            row.actions.to_string(),
            row.done.to_string(),
            row.open.to_string(),
        ]);
    }
    table.to_string()
}

/// Scenarios of a sprint, side by side.
pub fn scenarios(rows: &[ScenarioReport]) -> String {
    let mut table = table(&["Scenario", "Tasks", "Hours", "Value", "No plan over"]);
    for row in rows {
        table.add_row(vec![
            row.name.clone(),
            row.tasks.to_string(),
            format!("{:.0}", row.hours),
            format!("{:.1}", row.value),
            format!("{:.1}", row.bound),
        ]);
    }
    table.to_string()
}
