//! The portfolio as a document: projects in their order with what each priority is the sum of, the first tasks of all, and hours.

use super::{status, status_text};
use crate::document::{Bar, Block, Cell, Chart, Document, Line, Link, Table};
use crate::words::task_link;
use domain::{Points, Project, ProjectGid, TaskGid};
use judge::portfolio::{Contribution, Criterion, DueTask, Ranked, RankedGoal, Shortage, TopTask, Without};
use std::collections::HashMap;

/// What a document shows.
#[derive(Clone, Copy, Debug)]
pub struct PortfolioFindings<'a> {
    /// The portfolios' names.
    pub name: &'a str,
    /// The projects.
    pub ranked: &'a [Ranked],
    /// Those of them that the status update may name.
    pub told: &'a [Ranked],
    /// The goals that the projects support.
    pub goals: &'a [RankedGoal],
    /// The first tasks of all.
    pub top: &'a [TopTask],
    /// Projects that lack hours.
    pub shortages: &'a [Shortage],
    /// Days that hours are reckoned for.
    pub days: u16,
    /// Names of tasks.
    pub names: &'a HashMap<TaskGid, String>,
    /// What could not be read.
    pub notes: &'a [String],
}

/// The document.
#[must_use]
pub fn portfolio_document(found: &PortfolioFindings<'_>) -> Document {
    let mut blocks = vec![projects(found.ranked)];
    blocks.extend(found.ranked.iter().map(|ranked| one(ranked, found.names)));
    blocks.extend(goals(found.goals));
    blocks.extend(found.goals.iter().map(|goal| of_goal(goal, found.names)));
    blocks.extend([tasks(found.top), hours(found), update(found.told)]);
    let notes = found.notes.iter().map(|note| Line::of(note.clone())).collect();
    blocks.push(Block { heading: "What this rests on".into(), lines: notes, ..Block::default() });
    let lead = vec![
        format!(
            "{} {}, {}",
            found.ranked.len(),
            crate::words::projects(found.ranked.len()),
            status(found.ranked).replace('_', " ")
        ),
        "A priority is the sum of its parts: half for the worth of a project's first tasks, half for what endangers it.".into(),
        "Below: every project and goal with the reasons of its priority, the first tasks of all projects, and where hours lack."
            .into(),
    ];
    Document { title: format!("Portfolio {}", found.name), lead, blocks }
}

fn project_link(project: &Project) -> Link {
    let url = format!("https://app.asana.com/0/{}/list", project.gid);
    Link { name: project.name.clone(), url }
}

fn projects(ranked: &[Ranked]) -> Block {
    let row = |one: &Ranked| {
        let mut cells = vec![
            Cell::Number(one.place.to_string()),
            Cell::Link(project_link(&one.project)),
            Cell::Number(one.priority.to_string()),
        ];
        cells.extend(Criterion::ALL.map(|criterion| {
            let found = one.contributions.iter().find(|c| c.criterion == criterion);
            Cell::Number(found.map_or_else(|| "?".into(), |c| c.points.to_string()))
        }));
        cells
    };
    let mut head = vec!["place".to_owned(), "project".into(), "priority".into()];
    head.extend(Criterion::ALL.map(|criterion| criterion.word().to_owned()));
    Block {
        heading: "Projects by the attention they need".into(),
        lines: vec![Line::of("? is not known; its weight is shared out among the others")],
        chart: Some(Chart {
            label: "Priority of each project: worth, and what endangers it".into(),
            parts: vec!["worth".into(), "endangered".into()],
            bars: ranked.iter().map(|one| bar(&one.project.name, one.priority, &one.contributions)).collect(),
        }),
        table: Some(Table { head, rows: ranked.iter().map(row).collect() }),
    }
}

fn bar(name: &str, priority: Points, contributions: &[Contribution]) -> Bar {
    let part = |c: &Contribution| (c.points.to_f64(), usize::from(c.criterion != Criterion::Worth));
    Bar {
        name: name.to_owned(),
        parts: contributions.iter().map(part).collect(),
        shown: priority.to_string(),
    }
}

fn one(ranked: &Ranked, names: &HashMap<TaskGid, String>) -> Block {
    let mut lines = parts(&ranked.contributions, (Some(&ranked.project.gid), names));
    if let Some((_, lacks)) = &ranked.behind {
        lines.push(Line::of(format!("{lacks} points behind the project before it")));
    }
    lines.extend(without(&ranked.without));
    let heading = format!("{}. {}: {}", ranked.place, ranked.project.name, ranked.priority);
    Block { heading, lines, ..Block::default() }
}

/// What a priority is the sum of, each with its tasks.
fn parts(
    contributions: &[Contribution],
    (project, names): (Option<&ProjectGid>, &HashMap<TaskGid, String>),
) -> Vec<Line> {
    let link = |task: &TaskGid| {
        let name = names.get(task).cloned().unwrap_or_else(|| format!("task {task}"));
        Some(Link { name, url: task_link(project?, task) })
    };
    let line = |c: &Contribution| Line {
        text: format!("{} +{} of {}: {}", c.criterion.word(), c.points, c.most, c.because),
        links: c.tasks.iter().filter_map(link).collect(),
    };
    contributions.iter().map(line).collect()
}

fn without(risks: &[Without]) -> impl Iterator<Item = Line> {
    risks.iter().map(|without| {
        Line::of(format!(
            "Without {} it would have {} and stand at place {}",
            without.criterion.word(),
            without.priority,
            without.place
        ))
    })
}

/// The goals in their order; nothing where none is supported.
fn goals(goals: &[RankedGoal]) -> Option<Block> {
    let row = |one: &RankedGoal| {
        vec![
            Cell::Number(one.place.to_string()),
            Cell::Text(one.name.clone()),
            Cell::Number(one.priority.to_string()),
            Cell::Text(one.status.words().to_owned()),
            Cell::Text(one.due_on.map_or_else(|| "–".to_owned(), |due| due.to_string())),
            Cell::Number(one.open.to_string()),
        ]
    };
    let head = ["place", "goal", "priority", "status", "due", "open tasks"].map(str::to_owned).to_vec();
    (!goals.is_empty()).then(|| Block {
        heading: "Goals by the attention they need".into(),
        lines: vec![Line::of(
            "worth, slippage and dependencies of the work that supports them, and how they stand",
        )],
        chart: Some(Chart {
            label: "Priority of each goal: worth, and what endangers it".into(),
            parts: vec!["worth".into(), "endangered".into()],
            bars: goals.iter().map(|one| bar(&one.name, one.priority, &one.contributions)).collect(),
        }),
        table: Some(Table { head, rows: goals.iter().map(row).collect() }),
    })
}

fn of_goal(goal: &RankedGoal, names: &HashMap<TaskGid, String>) -> Block {
    // A task's address names a project, and any of those it is in opens it.
    let project = goal.projects.first().map(|project| &project.gid);
    let mut lines = parts(&goal.contributions, (project, names));
    if !goal.unknown.is_empty() {
        let words: Vec<&str> = goal.unknown.iter().map(|criterion| criterion.word()).collect();
        lines.push(Line::of(format!("Not known, its weight shared out: {}", words.join(", "))));
    }
    lines.push(Line {
        text: format!("Open tasks that support it: {}", goal.open),
        links: goal.tasks.iter().map(top_link).collect(),
    });
    lines.push(Line { text: "Supported by".into(), links: goal.projects.iter().map(project_link).collect() });
    lines.extend(without(&goal.without));
    let heading = format!("Goal {}. {}: {}", goal.place, goal.name, goal.priority);
    Block { heading, lines, ..Block::default() }
}

fn top_link(one: &TopTask) -> Link {
    Link { name: one.scored.name.clone(), url: task_link(&one.project.gid, &one.scored.task) }
}

fn tasks(top: &[TopTask]) -> Block {
    let row = |one: &TopTask| {
        vec![
            Cell::Number(one.scored.score.to_string()),
            Cell::Link(top_link(one)),
            Cell::Text(one.project.name.clone()),
        ]
    };
    let head = ["score", "task", "project"].map(str::to_owned).to_vec();
    let table = (!top.is_empty()).then(|| Table { head, rows: top.iter().map(row).collect() });
    Block { heading: "First tasks of all projects".into(), table, ..Block::default() }
}

/// The status update as it would be posted.
fn update(ranked: &[Ranked]) -> Block {
    let heading = format!("Status update: {}", status(ranked).replace('_', " "));
    let lines = status_text(ranked).lines().map(Line::of).collect();
    Block { heading, lines, ..Block::default() }
}

fn counted(tasks: usize) -> String {
    format!("{tasks} {}", crate::words::tasks(tasks))
}

fn hours(found: &PortfolioFindings<'_>) -> Block {
    let mut lines = vec![];
    for one in found.shortages {
        lines.push(Line {
            text: format!(
                "{}: {:.0} h of work due within {} days, {:.0} h of its people",
                one.project.name, one.due, found.days, one.hours
            ),
            links: vec![project_link(&one.project)],
        });
        let link = |due: &DueTask| Link {
            name: format!("{} ({:.1} h)", due.name, due.hours),
            url: task_link(&one.project.gid, &due.task),
        };
        lines.push(Line {
            text: format!("  the work: {}, {:.0} h", counted(one.tasks.len()), one.due),
            links: one.tasks.iter().map(link).collect(),
        });
        let people: Vec<String> =
            one.people.iter().map(|of| format!("{} {:.0} h", of.person.name, of.hours)).collect();
        if !people.is_empty() {
            lines.push(Line::of(format!("  its people, by their calendars: {}", people.join(", "))));
        }
        lines.extend(one.offers.iter().map(|offer| {
            Line::of(format!(
                "  {} of another project has {:.0} free hours to offer",
                offer.person.name, offer.hours
            ))
        }));
        if one.offers.is_empty() {
            lines.push(Line::of("  nobody of another project has free hours"));
        }
    }
    if lines.is_empty() {
        lines.push(Line::of(format!("No project lacks hours for what is due within {} days", found.days)));
    }
    Block { heading: "Where hours lack".into(), lines, ..Block::default() }
}
