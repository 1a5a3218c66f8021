//! How often a duplicate's original is among the first k found.

use super::super::figures::{Figures, number, word};
use super::{Anchor, Axis, Drawing, Plot, Sign};

const FIRST: [(&str, &str); 4] = [("R@1", "1"), ("R@5", "5"), ("R@10", "10"), ("R@20", "20")];
const CLASSES: [(&str, Sign); 3] = [("ours", Sign::Dot), ("other", Sign::Diamond), ("third", Sign::Cross)];

pub(super) fn plot(figures: &Figures) -> Option<Plot> {
    let rows = figures.table("similar, rolling");
    let told: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let (first, tenth) = (number(row, "R@1")?, number(row, "R@10")?);
            Some(format!("{} {:.1} and {:.1} %", word(row, "set"), first * 100.0, tenth * 100.0))
        })
        .collect();
    if told.is_empty() {
        return None;
    }
    let says = format!(
        "Duplicates whose original is in first place and among the first ten: {}; text alone, without what was confirmed, \
         dashed below",
        told.join(", ")
    );
    let x = Axis { values: (0.0, 3.0), pixels: (60.0, 480.0) };
    let y = Axis { values: (0.3, 1.0), pixels: (300.0, 30.0) };
    let mut drawing = Drawing::new((680.0, 360.0), &says);
    for mark in [0.4, 0.6, 0.8, 1.0] {
        drawing.line("grid", (x.at(0.0), y.at(mark)), (x.at(3.0), y.at(mark)));
        drawing.text((50.0, y.at(mark) + 4.0), Anchor::End, &format!("{:.0} %", mark * 100.0));
    }
    for (nth, (_, name)) in FIRST.iter().enumerate() {
        drawing.text((x.at(nth as f64), 320.0), Anchor::Middle, name);
    }
    drawing.text((270.0, 344.0), Anchor::Middle, "among the first … found");
    for (run, dash) in [("similar, split", " dashed"), ("similar, rolling", "")] {
        for (nth, (row, (class, sign))) in figures.table(run).iter().zip(CLASSES).enumerate() {
            let points: Vec<(f64, f64)> = FIRST
                .iter()
                .enumerate()
                .filter_map(|(nth, (column, _))| Some((x.at(nth as f64), y.at(number(row, column)?))))
                .collect();
            drawing.path(&format!("{class}{dash}"), &points);
            if dash.is_empty() {
                points.iter().for_each(|at| drawing.sign(sign, class, *at, 4.5));
                let y = 44.0 + 20.0 * nth as f64;
                drawing.sign(sign, class, (520.0, y), 4.5);
                drawing.text((532.0, y + 4.0), Anchor::Start, &word(row, "set"));
            }
        }
    }
    drawing.text((60.0, 18.0), Anchor::Start, "solid: rolling; dashed: text alone");
    Some(Plot { file: "similar.svg", says, svg: drawing.finished() })
}
