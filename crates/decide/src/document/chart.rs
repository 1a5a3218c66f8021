//! Bars as SVG within a page: no scripts, nothing loaded from elsewhere.

use super::Chart;
use super::html::escaped;
use std::fmt::Write as _;

/// Pixels of a row, of the names at the left and of the longest bar.
const ROW: usize = 28;
const NAMES: f64 = 190.0;
const LONGEST: f64 = 320.0;
/// Letters of a name that fit beside its bar.
const LETTERS: usize = 28;
/// Classes there are for parts; the style has as many.
const CLASSES: usize = 4;

pub(super) fn svg(chart: &Chart) -> String {
    let length = |bar: &super::Bar| bar.parts.iter().map(|(part, _)| part.max(0.0)).sum::<f64>();
    let most = chart.bars.iter().map(length).fold(0.0, f64::max);
    let scale = if most > 0.0 { LONGEST / most } else { 0.0 };
    let legend = if chart.parts.is_empty() { 0 } else { ROW };
    let mut out = format!(
        "<svg viewBox=\"0 0 640 {}\" role=\"img\" aria-label=\"{}\">",
        chart.bars.len() * ROW + legend,
        escaped(&chart.label)
    );
    let mut x = NAMES;
    // Writing to a String cannot fail.
    for (nth, part) in chart.parts.iter().enumerate() {
        let _ = write!(
            out,
            "<rect class=\"p{}\" x=\"{x:.0}\" y=\"6\" width=\"12\" height=\"12\"/><text x=\"{:.0}\" y=\"17\">{}</text>",
            nth % CLASSES,
            x + 18.0,
            escaped(part)
        );
        x += 40.0 + 7.0 * part.chars().count() as f64;
    }
    for (nth, bar) in chart.bars.iter().enumerate() {
        let y = legend + nth * ROW;
        let _ = write!(
            out,
            "<text x=\"0\" y=\"{}\">{}</text>",
            y + 18,
            escaped(&domain::fit(&bar.name, LETTERS))
        );
        let mut x = NAMES;
        for (part, class) in &bar.parts {
            let width = part.max(0.0) * scale;
            let _ = write!(
                out,
                "<rect class=\"p{}\" x=\"{x:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"18\"/>",
                class % CLASSES,
                y + 4
            );
            x += width;
        }
        let _ = write!(out, "<text x=\"{:.1}\" y=\"{}\">{}</text>", x + 8.0, y + 18, escaped(&bar.shown));
    }
    out + "</svg>"
}
