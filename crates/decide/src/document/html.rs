//! A document as one HTML file: no scripts, nothing loaded from elsewhere, light or dark as the reader's system is.

use super::chart::svg;
use super::{Block, Cell, Document, Line, Link, Table, is_number, one_line};
use std::fmt::Write as _;

/// The style of every document, the backtest's too.
pub const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}\
h2{margin-top:2.2rem}ul{padding-left:1.2rem}a{color:#0b57d0}\
table{border-collapse:collapse;width:100%}th,td{padding:.3rem .8rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.verdict{font-weight:600;font-size:1.1rem}\
svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:currentColor}details{margin:.2rem 0}summary{cursor:pointer}\
.ours{stroke:#0b57d0;fill:#0b57d0}.other{stroke:#8a4b00;fill:#8a4b00}.grid{stroke:#bbb}\
.p0{fill:#0b57d0}.p1{fill:#8a4b00}.p2{fill:#6b7280}.p3{fill:#7b3fa0}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}a{color:#8ab4f8}th,td{border-color:#444}.grid{stroke:#555}\
.ours{stroke:#8ab4f8;fill:#8ab4f8}.other{stroke:#f0b070;fill:#f0b070}\
.p0{fill:#8ab4f8}.p1{fill:#f0b070}.p2{fill:#9aa0a6}.p3{fill:#c9a0e8}}";

/// The whole page.
#[must_use]
pub fn html(document: &Document) -> String {
    let title = escaped(&one_line(&document.title));
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><h1>{title}</h1>"
    );
    for (nth, text) in document.lead.iter().enumerate() {
        let class = if nth == 0 { " class=\"verdict\"" } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(out, "<p{class}>{}</p>", escaped(text));
    }
    document.blocks.iter().for_each(|block| out.push_str(&part(block)));
    out + "</html>"
}

fn part(block: &Block) -> String {
    let mut out = format!("<h2>{}</h2>", escaped(&block.heading));
    if !block.lines.is_empty() {
        let items: String = block.lines.iter().map(|one| format!("<li>{}</li>", line(one))).collect();
        let _ = write!(out, "<ul>{items}</ul>");
    }
    out.extend(block.chart.iter().map(svg));
    out.extend(block.table.iter().map(rows));
    out
}

/// A sentence that opens to the tasks it counts.
fn line(line: &Line) -> String {
    if line.links.is_empty() {
        return escaped(&line.text);
    }
    let items: String = line.links.iter().map(|one| format!("<li>{}</li>", link(one))).collect();
    format!("<details><summary>{}</summary><ul>{items}</ul></details>", escaped(&line.text))
}

fn rows(table: &Table) -> String {
    let class = |column: usize| if is_number(table, column) { " class=\"n\"" } else { "" };
    let head: String = table
        .head
        .iter()
        .enumerate()
        .map(|(at, name)| format!("<th{}>{}</th>", class(at), escaped(name)))
        .collect();
    let cell = |(at, cell): (usize, &Cell)| {
        let inner = match cell {
            Cell::Text(text) | Cell::Number(text) => escaped(text),
            Cell::Link(to) => link(to),
        };
        format!("<td{}>{inner}</td>", class(at))
    };
    let row =
        |cells: &Vec<Cell>| format!("<tr>{}</tr>", cells.iter().enumerate().map(cell).collect::<String>());
    let body: String = table.rows.iter().map(row).collect();
    format!("<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
}

fn link(link: &Link) -> String {
    format!("<a href=\"{}\" rel=\"noreferrer\">{}</a>", escaped(&link.url), escaped(&one_line(&link.name)))
}

/// Text that HTML reads as text, in an element or an attribute in double quotes.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
