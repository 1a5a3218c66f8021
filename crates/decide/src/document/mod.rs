//! Documents for people: lines with the tasks they count, tables and charts, as plain text, Markdown or one HTML file.
//!
//! One content, three forms, so that no form says what another does not. Texts of tasks and comments are data: escaped in each form,
//! never markup. Deliberately not here: what a document says.

mod chart;
mod html;
mod markdown;

pub use html::{STYLE, escaped, html};
pub use markdown::markdown;

use serde::Serialize;

/// Tasks under a line that plain text names; the other forms name all.
const NAMED: usize = 5;

/// Something with an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub url: String,
}

/// A sentence and the tasks it counts or quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The sentence.
    pub text: String,
    /// The tasks.
    pub links: Vec<Link>,
}

impl Line {
    /// A sentence that counts nothing.
    pub fn of(text: impl Into<String>) -> Line {
        Line { text: text.into(), links: vec![] }
    }
}

/// A place in a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number, already in words; stands to the right.
    Number(String),
    /// A task or project.
    Link(Link),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The columns' names; a column of numbers is told by its cells.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<Cell>>,
}

/// One bar of a chart, in parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// What it stands for.
    pub name: String,
    /// Its parts from the left: how long, none below 0, and which of the chart's parts.
    pub parts: Vec<(f64, usize)>,
    /// What stands behind it.
    pub shown: String,
}

/// Bars below one another; the numbers stand beside them, and in the table or lines of the same block.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// What it shows, also for those who do not see it.
    pub label: String,
    /// The names of the parts; none for bars of one part.
    pub parts: Vec<String>,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// One part of a document.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Block {
    /// Its heading.
    pub heading: String,
    /// Its sentences.
    pub lines: Vec<Line>,
    /// Its chart.
    pub chart: Option<Chart>,
    /// Its table.
    pub table: Option<Table>,
}

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// What comes first.
    pub lead: Vec<String>,
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// The document as plain text for a terminal.
#[must_use]
pub fn text(document: &Document) -> String {
    let mut lines = vec![document.title.clone()];
    lines.extend(document.lead.iter().cloned());
    for block in &document.blocks {
        lines.extend([String::new(), block.heading.clone()]);
        for line in &block.lines {
            lines.push(format!("  {}", one_line(&line.text)));
            let named = line.links.iter().take(NAMED);
            lines.extend(
                named.map(|link| format!("    {}  {}", domain::fit(&one_line(&link.name), 60), link.url)),
            );
            if line.links.len() > NAMED {
                lines.push(format!("    … and {} more", line.links.len() - NAMED));
            }
        }
        lines.extend(block.table.iter().flat_map(rows));
    }
    lines.join("\n")
}

/// A table with columns as wide as what is in them.
fn rows(table: &Table) -> Vec<String> {
    const WIDEST: usize = 48;
    let words = |cell: &Cell| match cell {
        Cell::Text(text) | Cell::Number(text) => domain::fit(&one_line(text), 90),
        Cell::Link(link) => domain::fit(&one_line(&link.name), WIDEST),
    };
    let mut shown: Vec<Vec<String>> = vec![table.head.clone()];
    shown.extend(table.rows.iter().map(|row| row.iter().map(words).collect()));
    let width = |column: usize| {
        shown.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..table.head.len()).map(width).collect();
    let mut lines = vec![];
    for (nth, row) in shown.iter().enumerate() {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let room = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
            if is_number(table, column) { format!("{room}{cell}") } else { format!("{cell}{room}") }
        });
        lines.push(format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned());
        let links = nth.checked_sub(1).and_then(|nth| table.rows.get(nth)).into_iter().flatten();
        lines.extend(links.filter_map(|cell| match cell {
            Cell::Link(link) => Some(format!("    {}", link.url)),
            _ => None,
        }));
    }
    lines
}

/// Whether a column holds numbers.
fn is_number(table: &Table, column: usize) -> bool {
    table.rows.first().and_then(|row| row.get(column)).is_some_and(|cell| matches!(cell, Cell::Number(_)))
}

/// A text without line breaks and control characters.
fn one_line(text: &str) -> String {
    let words =
        text.split_whitespace().map(|word| word.chars().filter(|c| !c.is_control()).collect::<String>());
    words.collect::<Vec<_>>().join(" ")
}
