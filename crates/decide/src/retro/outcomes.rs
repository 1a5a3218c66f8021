//! What came of warnings, advice and overrides, in words, with how it was judged.

use super::pages::Names;
use crate::document::{Block, Cell, Line, Table};
use domain::TaskGid;
use judge::retro::{Judged, Retro};

pub(super) fn warnings(retro: &Retro, names: &Names<'_>) -> Block {
    let found = &retro.warnings;
    let of = |judged: Judged| -> Vec<TaskGid> {
        found.warned.iter().filter(|one| one.judged == judged).map(|one| one.task.clone()).collect()
    };
    let mut lines = vec![];
    if found.warned.is_empty() {
        lines.push(Line::of(
            "Upnext told nobody of a date in danger within the sprint (`upnext risk --apply`)",
        ));
    } else {
        let (right, wrong, unknown) = (of(Judged::Right), of(Judged::Wrong), of(Judged::Unknown));
        lines.push(names.line(format!("Told to be in danger, and missed: {}", right.len()), &right));
        lines.push(names.line(format!("Told to be in danger, and kept: {}", wrong.len()), &wrong));
        lines
            .push(names.line(format!("Told, and cannot be said yet or at all: {}", unknown.len()), &unknown));
        lines.push(Line::of(
            "A warning is judged by the date the task had when it was told; telling an owner may be why a date was kept",
        ));
    }
    lines.push(names.line(
        format!("Dates missed within the sprint of which nobody was told: {}", found.unwarned.len()),
        &found.unwarned,
    ));
    Block { heading: "Risks that came true".into(), lines, ..Block::default() }
}

pub(super) fn advice(retro: &Retro, names: &Names<'_>) -> Block {
    let found = &retro.advice;
    let line = |text: &str, tasks: &[TaskGid]| names.line(format!("{text}: {}", tasks.len()), tasks);
    Block {
        heading: "What the plan got wrong".into(),
        lines: vec![
            Line::of(format!(
                "Of {} open tasks on the first day {} were planned; judged by the rubric in force now, with what was known then",
                found.open, found.planned
            )),
            line("Upnext would have put next", &found.recommended),
            line("Of these, taken up or done", &found.followed),
            line("Of these, left", &found.left),
            line("Done without being put next", &found.instead),
        ],
        ..Block::default()
    }
}

pub(super) fn overruled(retro: &Retro, names: &Names<'_>) -> Block {
    let found = &retro.overruled;
    let count = |judged: Judged| found.iter().filter(|one| one.judged == judged).count();
    let mut lines = vec![];
    if found.is_empty() {
        lines.push(Line::of("Nobody set another value than Upnext's within the sprint"));
    } else {
        lines.push(Line::of(format!(
            "{} values that people set in place of Upnext's: {} borne out, {} not, of {} it cannot be said",
            found.len(),
            count(Judged::Right),
            count(Judged::Wrong),
            count(Judged::Unknown)
        )));
        lines.push(Line::of(
            "Judged by whether the task was taken up by the end. People act on their own word, so this is no independent proof",
        ));
    }
    let row = |one: &judge::retro::OverruledOutcome| {
        let word = |value: &str| if value.is_empty() { "empty".to_owned() } else { domain::fit(value, 60) };
        let judged = match one.judged {
            Judged::Right => "borne out",
            Judged::Wrong => "not borne out",
            Judged::Unknown => "cannot be said",
        };
        vec![
            Cell::Link(names.link(&one.task)),
            Cell::Text(format!("{}: {} → {}", one.field, word(&one.ours), word(&one.theirs))),
            Cell::Text(format!("{judged} ({})", one.how)),
        ]
    };
    let head = ["task", "override", "judged"].map(str::to_owned).to_vec();
    let table = (!found.is_empty()).then(|| Table { head, rows: found.iter().map(row).collect() });
    Block { heading: "Were people's overrides right?".into(), lines, chart: None, table }
}
