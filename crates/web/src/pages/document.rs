//! A document of the engine as a page shows it: the same sentences, tables and charts as in its other forms.
//!
//! Bars are drawn in rows, so that their words keep their size on a phone. Deliberately not here: what a document says (`decide`).

use super::charts::{Rect, stacked};
use engine::document::{Block, Cell, Chart, Document, Line};

/// Letters above which a cell takes a wide column.
const LONG: usize = 40;

/// A part of a document.
pub(super) struct Part {
    pub(super) heading: String,
    pub(super) lines: Vec<Line>,
    pub(super) chart: Option<Bars>,
    pub(super) table: Option<Rows>,
}

/// A chart of bars.
pub(super) struct Bars {
    pub(super) label: String,
    /// What each series is; empty for bars of one.
    pub(super) parts: Vec<String>,
    pub(super) bars: Vec<Bar>,
}

/// One bar: what it stands for, its parts in a hundredth of the longest, and its figure.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) rects: Vec<Rect>,
    pub(super) shown: String,
}

/// A table.
pub(super) struct Rows {
    /// Each column's name, and whether it holds numbers.
    pub(super) head: Vec<(String, bool)>,
    pub(super) rows: Vec<Vec<Shown>>,
}

/// A cell.
pub(super) struct Shown {
    pub(super) text: String,
    /// Where it leads.
    pub(super) url: Option<String>,
    pub(super) is_number: bool,
    /// Whether it takes a wide column.
    pub(super) is_long: bool,
}

/// The parts of a document, in its order.
pub(super) fn parts(document: &Document) -> Vec<Part> {
    document.blocks.iter().map(part).collect()
}

fn part(block: &Block) -> Part {
    Part {
        heading: block.heading.clone(),
        lines: block.lines.clone(),
        chart: block.chart.as_ref().map(bars),
        table: block.table.as_ref().map(|table| {
            let rows: Vec<Vec<Shown>> =
                table.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
            let is_number = |column: usize| {
                rows.first().and_then(|row| row.get(column)).is_some_and(|cell| cell.is_number)
            };
            let head =
                table.head.iter().enumerate().map(|(at, name)| (name.clone(), is_number(at))).collect();
            Rows { head, rows }
        }),
    }
}

fn bars(chart: &Chart) -> Bars {
    let length = |bar: &engine::document::Bar| bar.parts.iter().map(|(part, _)| part.max(0.0)).sum::<f64>();
    let most = chart.bars.iter().map(length).fold(0.0, f64::max);
    let scale = if most > 0.0 { 100.0 / most } else { 0.0 };
    let bar = |bar: &engine::document::Bar| {
        let series = bar.parts.iter().map(|(_, series)| series + 1).max().unwrap_or(0);
        let mut lengths = vec![0.0; series];
        for (part, series) in &bar.parts {
            lengths[*series] += part.max(0.0) * scale;
        }
        Bar { name: bar.name.clone(), rects: stacked(&lengths), shown: bar.shown.clone() }
    };
    Bars {
        label: chart.label.clone(),
        parts: chart.parts.clone(),
        bars: chart.bars.iter().map(bar).collect(),
    }
}

fn shown(cell: &Cell) -> Shown {
    let (text, url) = match cell {
        Cell::Text(text) | Cell::Number(text) => (text, None),
        Cell::Link(link) => (&link.name, Some(link.url.clone())),
    };
    Shown {
        text: text.clone(),
        url,
        is_number: matches!(cell, Cell::Number(_)),
        is_long: text.chars().count() > LONG,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::document::Bar as Drawn;

    #[test]
    fn the_longest_bar_is_a_hundred_and_numbers_stand_right() {
        let bar = |parts: Vec<(f64, usize)>| Drawn { name: "In".into(), parts, shown: "1".into() };
        let chart = Chart {
            label: "Days".into(),
            parts: vec![],
            bars: vec![bar(vec![(4.0, 0), (4.0, 1)]), bar(vec![(2.0, 1)])],
        };
        let drawn = bars(&chart);
        let widths = |at: usize| -> Vec<&str> {
            drawn.bars[at].rects.iter().map(|rect| rect.width.as_str()).collect()
        };
        assert_eq!((widths(0), widths(1)), (vec!["50", "50"], vec!["25"]));
        assert_eq!(drawn.bars[1].rects[0].series, 1);
        assert!(bars(&Chart { bars: vec![bar(vec![])], ..chart }).bars[0].rects.is_empty());
    }
}
