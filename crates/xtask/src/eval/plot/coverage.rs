//! How often the 80 % interval held, by project.

use super::super::figures::{Figure, Figures, number, word};
use super::{Anchor, Axis, Drawing, Plot, Sign};

const ROW: f64 = 19.0;
const RUNS: [(&str, &str); 2] = [("effort, rolling", "story points"), ("time, rolling", "minutes")];

pub(super) fn plot(figures: &Figures) -> Option<Plot> {
    let pooled = figures.get(RUNS[0].0, Figure::Pooled("cover80"))?;
    let says = format!(
        "Share of truths inside the 80 % interval, by project: {:.1} % of all tasks of the story point projects pooled, \
         against a band of 76 to 84 %",
        pooled * 100.0
    );
    let count: usize = RUNS.iter().map(|(run, _)| figures.table(run).len() + 2).sum();
    let height = 60.0 + ROW * count as f64;
    let axis = Axis { values: (0.5, 1.0), pixels: (170.0, 560.0) };
    let mut drawing = Drawing::new((720.0, height), &says);
    drawing.area("band", (axis.at(0.76), 8.0), (axis.at(0.84) - axis.at(0.76), height - 38.0));
    for mark in [0.5, 0.6, 0.7, 0.8, 0.9, 1.0] {
        let class = if mark == 0.8 { "mark" } else { "grid" };
        drawing.line(class, (axis.at(mark), 8.0), (axis.at(mark), height - 30.0));
        drawing.text((axis.at(mark), height - 14.0), Anchor::Middle, &format!("{:.0} %", mark * 100.0));
    }
    let mut y = 22.0;
    for (run, unit) in RUNS {
        for row in figures.table(run) {
            let (Some(share), Some(tasks)) = (number(row, "cover80"), number(row, "n")) else { continue };
            drawing.text((160.0, y + 4.0), Anchor::End, &word(row, "project"));
            drawing.sign(Sign::Dot, "ours", (axis.at(share), y), 4.0);
            drawing.text((575.0, y + 4.0), Anchor::Start, &format!("{:.1} % of {tasks:.0}", share * 100.0));
            y += ROW;
        }
        if let Some(share) = figures.get(run, Figure::Pooled("cover80")) {
            drawing.text((160.0, y + 4.0), Anchor::End, &format!("{unit}, pooled"));
            drawing.sign(Sign::Diamond, "ours", (axis.at(share), y), 7.0);
            drawing.text((575.0, y + 4.0), Anchor::Start, &format!("{:.1} %", share * 100.0));
            y += 2.0 * ROW;
        }
    }
    Some(Plot { file: "coverage.svg", says, svg: drawing.finished() })
}
