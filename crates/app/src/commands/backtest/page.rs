//! The report of a backtest as one HTML file with plots: no scripts, nothing loaded from elsewhere.

use super::words::{best_rival, markdown, mean, number, verdict};
use decide::document::{STYLE, escaped};
use engine::BacktestReport;
use judge::backtest::Figures;
use std::fmt::Write as _;

/// The whole page.
pub(super) fn html(report: &BacktestReport) -> String {
    let found = &report.findings;
    let mut out = String::new();
    let name = escaped(&report.project.name);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Backtest of {name}</title><style>{STYLE}</style><h1>Backtest of {name}</h1>\
         <p class=\"verdict\">{}</p>",
        escaped(&verdict(&found.verdict))
    );
    out.push_str(
        "<table><thead><tr><th>order</th><th class=\"n\">NDCG@10</th><th class=\"n\">Kendall tau</th></tr></thead><tbody>",
    );
    for figures in &found.figures {
        let _ = write!(
            out,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escaped(figures.name),
            number(mean(&figures.ndcg)),
            number(mean(&figures.tau))
        );
    }
    out.push_str("</tbody></table>");
    out.push_str(&bars(&found.figures));
    if let (Some(ours), Some(rival)) = (found.figures.first(), best_rival(&found.figures)) {
        out.push_str(&lines(ours, rival));
    }
    let words = markdown(report);
    let lists = words.lines().filter_map(|line| line.strip_prefix("- "));
    let items: String = lists.map(|line| format!("<li>{}</li>", escaped(line))).collect();
    let told = words.lines().find(|line| line.starts_with("Rubric ")).unwrap_or_default();
    let _ = write!(out, "<p>{}</p><ul>{items}</ul></html>", escaped(told));
    out
}

/// Mean NDCG of every order.
fn bars(figures: &[Figures]) -> String {
    const ROW: usize = 26;
    let mut out = format!(
        "<h2>First places, all weeks</h2><svg viewBox=\"0 0 640 {}\" role=\"img\" aria-label=\"Mean NDCG@10 of every order, as in the table above\">",
        figures.len() * ROW + 8
    );
    for (nth, figures) in figures.iter().enumerate() {
        let (y, share) = (nth * ROW, mean(&figures.ndcg).unwrap_or(0.0));
        let class = if nth == 0 { "ours" } else { "other" };
        let _ = write!(
            out,
            "<text x=\"0\" y=\"{}\">{}</text><rect class=\"{class}\" x=\"170\" y=\"{}\" width=\"{:.1}\" height=\"16\"/><text x=\"{:.1}\" y=\"{}\">{share:.3}</text>",
            y + 18,
            escaped(figures.name),
            y + 5,
            share * 400.0,
            178.0 + share * 400.0,
            y + 18,
        );
    }
    out + "</svg>"
}

/// NDCG week by week, of Upnext and the best other order.
fn lines(ours: &Figures, rival: &Figures) -> String {
    let mut out = format!(
        "<h2>Week by week</h2><svg viewBox=\"0 0 640 230\" role=\"img\" aria-label=\"NDCG@10 by week of Upnext (solid) and {} (dashed)\">",
        escaped(rival.name)
    );
    for (at, mark) in [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] {
        let y = 190.0 - at * 170.0;
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"40\" x2=\"630\" y1=\"{y}\" y2=\"{y}\"/><text x=\"8\" y=\"{}\">{mark}</text>",
            y + 4.0
        );
    }
    for (figures, class, dash) in [(ours, "ours", ""), (rival, "other", "6 4")] {
        let step = 590.0 / figures.ndcg.len().saturating_sub(1).max(1) as f64;
        let points: Vec<String> = figures
            .ndcg
            .iter()
            .enumerate()
            .map(|(nth, value)| format!("{:.1},{:.1}", 40.0 + step * nth as f64, 190.0 - value * 170.0))
            .collect();
        let _ = write!(
            out,
            "<polyline class=\"{class}\" style=\"fill:none\" stroke-width=\"2\" stroke-dasharray=\"{dash}\" points=\"{}\"/>",
            points.join(" ")
        );
    }
    let _ = write!(
        out,
        "<text x=\"40\" y=\"222\">solid: Upnext · dashed: {} · weeks in which something was taken up</text></svg>",
        escaped(rival.name)
    );
    out
}
