//! The retrospective as a document: every figure with the tasks it counts.
//!
//! Deliberately left out: anything by person.

use super::outcomes;
use crate::document::{Bar, Block, Cell, Chart, Document, Line, Link, Table};
use crate::words::{task_link, tasks};
use domain::{Project, TaskGid};
use judge::retro::{Count, Ending, Membership, Retro, RetroTask};
use std::collections::HashMap;

/// What names and addresses are found by.
pub(super) struct Names<'a> {
    project: &'a Project,
    names: HashMap<&'a TaskGid, &'a str>,
}

impl<'a> Names<'a> {
    fn of(project: &'a Project, retro: &'a Retro, others: &'a HashMap<TaskGid, String>) -> Names<'a> {
        let mut names: HashMap<&TaskGid, &str> =
            others.iter().map(|(gid, name)| (gid, name.as_str())).collect();
        names.extend(retro.tasks.iter().map(|task| (&task.task, task.name.as_str())));
        Names { project, names }
    }

    pub fn link(&self, task: &TaskGid) -> Link {
        let name = self.names.get(task).map_or_else(|| format!("task {task}"), |name| (*name).to_owned());
        Link { name, url: task_link(&self.project.gid, task) }
    }

    pub fn line(&self, text: String, tasks: &[TaskGid]) -> Line {
        Line { text, links: tasks.iter().map(|task| self.link(task)).collect() }
    }
}

/// The document. `others` names tasks outside the sprint; `notes` say what could not be read.
#[must_use]
pub fn retro_document(
    retro: &Retro,
    project: &Project,
    others: &HashMap<TaskGid, String>,
    notes: &[String],
) -> Document {
    let names = Names::of(project, retro, others);
    let mut lead = vec![verdict(retro), about(retro)];
    if !retro.ended {
        lead.push("The sprint has not ended: this is how it stands.".into());
    }
    Document {
        title: format!("Retrospective of {}, {} to {}", project.name, retro.from, retro.to),
        lead,
        blocks: vec![
            planned(retro, &names),
            missed(retro, &names),
            scope(retro, &names),
            estimates(retro, &names),
            flow(retro, &names),
            blocked(retro, &names),
            themes(retro, &names),
            outcomes::warnings(retro, &names),
            outcomes::advice(retro, &names),
            outcomes::overruled(retro, &names),
            rests_on(retro, notes),
        ],
    }
}

fn verdict(retro: &Retro) -> String {
    let (kept, planned) = (retro.kept.tasks.len(), retro.planned.tasks.len());
    match planned {
        0 if retro.tasks.is_empty() => {
            "No task was of the sprint: say which it is with --sprint, or other days with --from and --to."
                .into()
        }
        0 => format!(
            "Nothing was planned by the end of the first day; {} tasks were done.",
            retro.added_done.tasks.len()
        ),
        _ => format!(
            "{kept} of {planned} planned tasks were done ({:.0} %), and {} that were added.",
            100.0 * kept as f64 / planned as f64,
            retro.added_done.tasks.len()
        ),
    }
}

fn about(retro: &Retro) -> String {
    let what = match &retro.membership {
        Membership::Section { name, .. } => format!("tasks in the section “{name}”"),
        Membership::Option { name, option, .. } => format!("tasks with “{option}” in {name}"),
        Membership::Project { name, .. } => format!("tasks of this project that are in the project “{name}”"),
        Membership::Whole => "tasks of this project, which is a sprint's own".to_owned(),
        Membership::DueDate => format!("tasks due by {}", retro.to),
    };
    format!(
        "Of the sprint are {what}; planned is what was there at the end of the first day, {}. What is done stays counted wherever it is moved.",
        retro.from
    )
}

fn in_words(what: &str, count: &Count) -> String {
    let without = match count.without_estimate {
        0 => String::new(),
        n => format!(", {n} without an estimate"),
    };
    format!("{what}: {} ({:.1} h{without})", count.tasks.len(), count.hours)
}

fn planned(retro: &Retro, names: &Names<'_>) -> Block {
    let all = [
        ("Planned", &retro.planned),
        ("Planned and done", &retro.kept),
        ("Planned and not done", &retro.missed),
        ("Added after the first day", &retro.added),
        ("Added and done", &retro.added_done),
        ("Moved out undone", &retro.removed),
    ];
    let bar = |name: &str, all: &Count, done: &Count| {
        let (all, done) = (all.tasks.len(), done.tasks.len());
        let parts = vec![(done as f64, 0), ((all - done.min(all)) as f64, 1)];
        Bar { name: name.into(), parts, shown: format!("{done} of {all}") }
    };
    Block {
        heading: "Planned and done".into(),
        lines: all.iter().map(|(what, count)| names.line(in_words(what, count), &count.tasks)).collect(),
        chart: Some(Chart {
            label: "Tasks planned and added, done and not done".into(),
            parts: vec!["done".into(), "not done".into()],
            bars: vec![
                bar("planned", &retro.planned, &retro.kept),
                bar("added", &retro.added, &retro.added_done),
            ],
        }),
        table: None,
    }
}

fn missed(retro: &Retro, names: &Names<'_>) -> Block {
    let undone: Vec<&RetroTask> = retro.tasks.iter().filter(|task| !task.ending.is_done()).collect();
    let row = |task: &&RetroTask| {
        let causes: Vec<String> = task.causes.iter().map(ToString::to_string).collect();
        let how = match &task.ending {
            Ending::MovedOut { .. } => "moved out",
            _ => "open",
        };
        vec![
            Cell::Link(names.link(&task.task)),
            Cell::Text(if task.planned { "planned" } else { "added" }.into()),
            Cell::Text(how.into()),
            Cell::Text(causes.join("; ")),
            Cell::Number(task.hours.map_or_else(|| "–".into(), |hours| format!("{hours:.1}"))),
        ]
    };
    let lines = match undone.is_empty() {
        true if retro.tasks.is_empty() => vec![Line::of("No task was of the sprint.")],
        true => vec![Line::of("Everything was done.")],
        false => vec![Line::of(
            "Causes are what each task's history shows; whether they were the reason is for the team to say.",
        )],
    };
    let head = ["task", "how it came", "at the end", "causes", "hours"].map(str::to_owned).to_vec();
    let table = (!undone.is_empty()).then(|| Table { head, rows: undone.iter().map(row).collect() });
    Block { heading: "Not done, and why".into(), lines, chart: None, table }
}

fn scope(retro: &Retro, names: &Names<'_>) -> Block {
    let mut lines = vec![
        names.line(
            in_words("Estimates raised within the sprint", &retro.scope.raised),
            &retro.scope.raised.tasks,
        ),
        names.line(in_words("Estimates lowered within it", &retro.scope.lowered), &retro.scope.lowered.tasks),
    ];
    lines.push(Line::of(match retro.scope.percent {
        Some(percent) => format!(
            "Scope change: {percent:.0} % of the hours planned were added ({:.1} h), moved out ({:.1} h) or estimated anew ({:.1} h)",
            retro.added.hours,
            retro.removed.hours,
            retro.scope.raised.hours + retro.scope.lowered.hours
        ),
        None => "Scope change in hours cannot be told: nothing planned has an estimate".into(),
    }));
    Block { heading: "Scope change".into(), lines, ..Block::default() }
}

fn estimates(retro: &Retro, names: &Names<'_>) -> Block {
    let found = &retro.estimates;
    let mut lines = vec![];
    if let (Some(bias), Some(mae), Some(ratio)) = (found.bias, found.mae, found.ratio) {
        let direction = if bias > 0.0 { "too low" } else { "too high" };
        let text = format!(
            "{} done tasks have an estimate and tracked time: in the middle they took {ratio:.2} times the estimate; estimates were {:.1} h {direction} on average, and {mae:.1} h off either way",
            found.tasks.len(),
            bias.abs()
        );
        lines.push(names.line(text, &found.tasks));
    } else {
        lines.push(Line::of("Accuracy cannot be told: no done task has both an estimate and tracked time"));
    }
    if !found.unmeasured.is_empty() {
        let text = format!("Done without an estimate or without tracked time: {}", found.unmeasured.len());
        lines.push(names.line(text, &found.unmeasured));
    }
    let row = |size: &judge::retro::Size| {
        let name = match size.up_to {
            Some(most) => format!("over {:.0} to {most:.0} h", size.above),
            None => format!("over {:.0} h", size.above),
        };
        let number = |text: String| Cell::Number(text);
        vec![
            Cell::Text(name),
            number(size.tasks.len().to_string()),
            number(format!("{:.2}", size.ratio)),
            number(format!("{:.1}", size.mae)),
        ]
    };
    let head = ["estimate", "tasks", "tracked ÷ estimate", "mean error, h"].map(str::to_owned).to_vec();
    let table =
        (!found.sizes.is_empty()).then(|| Table { head, rows: found.sizes.iter().map(row).collect() });
    lines.extend(found.sizes.iter().map(|size| {
        let most = size.up_to.map_or_else(|| "and more".to_owned(), |most| format!("to {most:.0}"));
        names.line(format!("Estimated at over {:.0} {most} h", size.above), &size.tasks)
    }));
    Block { heading: "Estimation accuracy".into(), lines, chart: None, table }
}

fn flow(retro: &Retro, names: &Names<'_>) -> Block {
    let found = &retro.flow;
    let mut lines = vec![match (found.cycle_days, found.cycle_days_80) {
        (Some(middle), Some(most)) => {
            let text = format!(
                "Cycle time: {middle:.1} days from the first move to a later section to done in the middle of {} {}; four of five took at most {most:.1}",
                found.measured.len(),
                tasks(found.measured.len())
            );
            names.line(text, &found.measured)
        }
        _ => Line::of("Cycle time cannot be told: no done task was ever moved to a later section"),
    }];
    lines.push(Line::of(match &found.bottleneck {
        Some(most) => format!(
            "Bottleneck: “{most}” held tasks longest; the first section is left out, for work waits there by intention"
        ),
        None if found.sections.len() == 1 => "Bottleneck cannot be told: all tasks were in one section".into(),
        None => "No bottleneck: no section but the first held three tasks".into(),
    }));
    lines.extend(found.sections.iter().map(|section| {
        let text = format!(
            "In “{}”: {} {}, {:.1} days together, {:.1} in the middle",
            section.name,
            section.tasks.len(),
            tasks(section.tasks.len()),
            section.days,
            section.median_days
        );
        names.line(text, &section.tasks)
    }));
    let bar = |section: &judge::retro::SectionFlow| Bar {
        name: section.name.clone(),
        parts: vec![(section.days, 0)],
        shown: format!("{:.1} days", section.days),
    };
    let chart = (!found.sections.is_empty()).then(|| Chart {
        label: "Days that open tasks of the sprint spent in each section".into(),
        parts: vec![],
        bars: found.sections.iter().map(bar).collect(),
    });
    Block { heading: "Cycle time and bottleneck".into(), lines, chart, table: None }
}

fn blocked(retro: &Retro, names: &Names<'_>) -> Block {
    let found = &retro.blocked;
    let all: Vec<TaskGid> = found.tasks.iter().map(|waited| waited.task.clone()).collect();
    let text =
        format!("{} {} waited for open ones, {:.1} days together", all.len(), tasks(all.len()), found.days);
    let mut lines = vec![names.line(text, &all)];
    if !found.unknown.is_empty() {
        lines.push(Line::of(format!(
            "{} blockers outside the project are left out: nobody tells when they were done",
            found.unknown.len()
        )));
    }
    let rows = found.tasks.iter().flat_map(|waited| {
        waited.by.iter().map(|(blocker, days)| {
            vec![
                Cell::Link(names.link(&waited.task)),
                Cell::Link(names.link(blocker)),
                Cell::Number(format!("{days:.1}")),
            ]
        })
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    let head = ["task", "waited for", "days"].map(str::to_owned).to_vec();
    let table = (!rows.is_empty()).then_some(Table { head, rows });
    Block { heading: "Blocked time".into(), lines, chart: None, table }
}

fn themes(retro: &Retro, names: &Names<'_>) -> Block {
    let found = &retro.themes;
    let mut lines = vec![Line::of(format!(
        "{} comments by people within the sprint, {} read, {} of them like no other",
        found.comments, found.read, found.alone
    ))];
    for theme in &found.themes {
        let text = format!(
            "{}: {} comments, {} of them pressing",
            theme.words.join(", "),
            theme.comments,
            theme.pressing
        );
        lines.push(names.line(text, &theme.tasks));
        lines.extend(theme.quotes.iter().map(|quote| {
            names.line(format!("“{}” ({})", quote.text, quote.on), std::slice::from_ref(&quote.task))
        }));
    }
    Block { heading: "What comments were about".into(), lines, ..Block::default() }
}

fn rests_on(retro: &Retro, notes: &[String]) -> Block {
    let coverage = retro.coverage;
    let mut lines = vec![Line::of(format!(
        "The backlog of the first day was put back from {} changes since; of {} nobody tells the old value ({:.0} % put back)",
        coverage.undone,
        coverage.untold,
        100.0 * coverage.share()
    ))];
    lines.push(Line::of("Tasks that were deleted or left the project since are not seen"));
    lines.extend(notes.iter().map(|note| Line::of(note.clone())));
    Block { heading: "What this rests on".into(), lines, ..Block::default() }
}
