//! The portfolio as a document: projects in their order with what each priority is the sum of, the first tasks of all, and hours.

use super::{status, status_text};
use crate::document::{Bar, Block, Cell, Chart, Document, Line, Link, Table};
use crate::words::task_link;
use domain::{Project, TaskGid};
use judge::portfolio::{Criterion, Ranked, Shortage, TopTask};
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
    blocks.extend([tasks(found.top), hours(found), update(found.told)]);
    let notes = found.notes.iter().map(|note| Line::of(note.clone())).collect();
    blocks.push(Block { heading: "What this rests on".into(), lines: notes, ..Block::default() });
    let lead = vec![
        format!("{} projects, {}", found.ranked.len(), status(found.ranked).replace('_', " ")),
        "A priority is the sum of its parts: half for the worth of a project's first tasks, half for what endangers it.".into(),
        "Below: every project with the reasons of its priority, the first tasks of all projects, and where hours lack.".into(),
    ];
    Document { title: format!("Portfolio {}", found.name), lead, blocks }
}

fn project_link(project: &Project) -> Link {
    let url = format!("https://app.asana.com/0/{}/list", project.gid);
    Link { name: project.name.clone(), url }
}

fn projects(ranked: &[Ranked]) -> Block {
    let bar = |one: &Ranked| {
        let part = |c: &judge::portfolio::Contribution| {
            (c.points.to_f64(), usize::from(c.criterion != Criterion::Worth))
        };
        Bar {
            name: one.project.name.clone(),
            parts: one.contributions.iter().map(part).collect(),
            shown: one.priority.to_string(),
        }
    };
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
            bars: ranked.iter().map(bar).collect(),
        }),
        table: Some(Table { head, rows: ranked.iter().map(row).collect() }),
    }
}

fn one(ranked: &Ranked, names: &HashMap<TaskGid, String>) -> Block {
    let link = |task: &TaskGid| Link {
        name: names.get(task).cloned().unwrap_or_else(|| format!("task {task}")),
        url: task_link(&ranked.project.gid, task),
    };
    let mut lines: Vec<Line> = ranked
        .contributions
        .iter()
        .map(|c| Line {
            text: format!("{} +{} of {}: {}", c.criterion.word(), c.points, c.most, c.because),
            links: c.tasks.iter().map(link).collect(),
        })
        .collect();
    if let Some((_, lacks)) = &ranked.behind {
        lines.push(Line::of(format!("{lacks} points behind the project before it")));
    }
    lines.extend(ranked.without.iter().map(|without| {
        Line::of(format!(
            "Without {} it would have {} and stand at place {}",
            without.criterion.word(),
            without.priority,
            without.place
        ))
    }));
    Block {
        heading: format!("{}. {}: {}", ranked.place, ranked.project.name, ranked.priority),
        lines,
        ..Block::default()
    }
}

fn tasks(top: &[TopTask]) -> Block {
    let row = |one: &TopTask| {
        let url = task_link(&one.project.gid, &one.scored.task);
        vec![
            Cell::Number(one.scored.score.to_string()),
            Cell::Link(Link { name: one.scored.name.clone(), url }),
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
