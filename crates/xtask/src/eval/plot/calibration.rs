//! Reliability diagrams: of request types, and of dates foretold to be missed.

use super::super::figures::{Figure, Figures, number};
use super::{Anchor, Axis, Drawing, Plot, Sign};

pub(super) fn types(figures: &Figures) -> Option<Plot> {
    let run = "type, calibration";
    let [error, all] = sums(figures, run)?;
    let says = format!(
        "Reliability diagram of request types: share of labels that were right by stated probability, {all:.0} requests \
         pooled; expected calibration error {error:.3}"
    );
    let svg = diagram(figures, run, (&says, "share that was right; beside each point its requests"))?;
    Some(Plot { file: "calibration.svg", says, svg })
}

pub(super) fn risk(figures: &Figures) -> Option<Plot> {
    let [error, all] = sums(figures, "risk")?;
    let says = format!(
        "Reliability diagram of dates in danger: share of dates that were missed by the chance told, {all:.0} dates of made-up \
         projects; expected calibration error {error:.3}"
    );
    let svg = diagram(figures, "risk", (&says, "share that was missed; beside each point its dates"))?;
    Some(Plot { file: "risk.svg", says, svg })
}

/// The calibration error and the count of a run.
fn sums(figures: &Figures, run: &str) -> Option<[f64; 2]> {
    Some([figures.get(run, Figure::Summary(&["ece"]))?, figures.get(run, Figure::Summary(&["n"]))?])
}

/// A point for each bin of a run, whose columns are n, stated and right.
fn diagram(figures: &Figures, run: &str, (says, upward): (&str, &str)) -> Option<String> {
    let [error, all] = sums(figures, run)?;
    let x = Axis { values: (0.0, 1.0), pixels: (60.0, 400.0) };
    let y = Axis { values: (0.0, 1.0), pixels: (370.0, 30.0) };
    let mut drawing = Drawing::new((560.0, 430.0), says);
    for mark in [0.0, 0.25, 0.5, 0.75, 1.0] {
        drawing.line("grid", (x.at(mark), y.at(0.0)), (x.at(mark), y.at(1.0)));
        drawing.line("grid", (x.at(0.0), y.at(mark)), (x.at(1.0), y.at(mark)));
        drawing.text((x.at(mark), y.at(0.0) + 18.0), Anchor::Middle, &format!("{mark}"));
        drawing.text((x.at(0.0) - 8.0, y.at(mark) + 4.0), Anchor::End, &format!("{mark}"));
    }
    drawing.line("mark", (x.at(0.0), y.at(0.0)), (x.at(1.0), y.at(1.0)));
    for row in figures.table(run) {
        let cell = |column| number(row, column).unwrap_or_default();
        // Areas go with rows.
        let radius = 3.0 + 14.0 * (cell("n") / all).sqrt();
        drawing.sign(Sign::Dot, "band", (x.at(cell("stated")), y.at(cell("right"))), radius);
        drawing.sign(Sign::Dot, "ours", (x.at(cell("stated")), y.at(cell("right"))), 3.5);
        let beside = (x.at(cell("stated")) + radius + 4.0, y.at(cell("right")) + 14.0);
        drawing.text(beside, Anchor::Start, &format!("{:.0}", cell("n")));
    }
    drawing.text((x.at(0.5), 414.0), Anchor::Middle, "stated probability");
    drawing.text((60.0, 18.0), Anchor::Start, upward);
    drawing.text((415.0, 44.0), Anchor::Start, &format!("calibration error {error:.3}"));
    Some(drawing.finished())
}
