//! A document as Markdown.
//!
//! Whatever Markdown would read in people's texts is escaped. Deliberately left out: charts, whose numbers stand in the lines and
//! tables.

use super::{Cell, Document, Link, Table, is_number, one_line};

/// The document as Markdown.
#[must_use]
pub fn markdown(document: &Document) -> String {
    let mut lines = vec![format!("# {}", plain(&document.title)), String::new()];
    for text in &document.lead {
        lines.extend([plain(text), String::new()]);
    }
    for block in &document.blocks {
        lines.extend([format!("## {}", plain(&block.heading)), String::new()]);
        for line in &block.lines {
            lines.push(format!("- {}", plain(&line.text)));
            lines.extend(line.links.iter().map(|one| format!("  - {}", link(one))));
        }
        if !block.lines.is_empty() {
            lines.push(String::new());
        }
        if let Some(table) = &block.table {
            lines.extend(rows(table));
            lines.push(String::new());
        }
    }
    lines.join("\n")
}

fn rows(table: &Table) -> Vec<String> {
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let rule = |column: usize| if is_number(table, column) { "---:" } else { "---" }.to_owned();
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) | Cell::Number(text) => plain(text),
        Cell::Link(to) => link(to),
    };
    let mut lines = vec![
        row(table.head.iter().map(|name| plain(name)).collect()),
        row((0..table.head.len()).map(rule).collect()),
    ];
    lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(cell).collect())));
    lines
}

fn link(link: &Link) -> String {
    format!("[{}]({})", plain(&link.name), link.url)
}

/// Text in one line in which nothing is markup: not at its beginning, and not within.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if r"\`*_{}[]<>#|~!&".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
