//! Error of effort estimates by project, over the median's, with published results.

use super::super::figures::{Figures, number, word};
use super::{Anchor, Axis, Drawing, Plot, Sign};

const ROW: f64 = 21.0;
/// Published methods: sign, class, name, and the columns that hold them.
const PUBLISHED: [(Sign, &str, &str, [&str; 2]); 2] = [
    (Sign::Diamond, "other", "Deep-SE", ["deepse_untransformed", "deepse"]),
    (Sign::Cross, "third", "GPT2SP corrected, or TF-IDF and SVM", ["gpt2sp_corrected", "tfidf_svm"]),
];

pub(super) fn plot(figures: &Figures) -> Option<Plot> {
    let rows = figures.table("effort, rolling");
    if rows.is_empty() {
        return None;
    }
    let better = rows.iter().filter(|row| number(row, "NMAE").is_some_and(|ratio| ratio < 1.0)).count();
    let says = format!(
        "Mean absolute error of effort estimates over the median's, by project: below 1 on {better} of {} projects; \
         Deep-SE and other published methods beside it",
        rows.len()
    );
    let axis = Axis { values: (0.5, 1.7), pixels: (170.0, 520.0) };
    let height = 90.0 + ROW * rows.len() as f64;
    let mut drawing = Drawing::new((720.0, height), &says);
    legend(&mut drawing);
    for mark in [0.6, 0.8, 1.0, 1.2, 1.4, 1.6] {
        let class = if mark == 1.0 { "mark" } else { "grid" };
        drawing.line(class, (axis.at(mark), 50.0), (axis.at(mark), height - 30.0));
        drawing.text((axis.at(mark), height - 14.0), Anchor::Middle, &format!("{mark:.1}"));
    }
    for (nth, row) in rows.iter().enumerate() {
        let y = 62.0 + ROW * nth as f64;
        drawing.text((160.0, y + 4.0), Anchor::End, &word(row, "project"));
        let (Some(error), Some(median)) = (number(row, "MAE"), number(row, "median_MAE")) else { continue };
        for (sign, class, _, columns) in PUBLISHED {
            let published = columns.iter().find_map(|column| number(row, column));
            if let Some(published) = published {
                drawing.sign(sign, class, (axis.at(published / median), y), 4.5);
            }
        }
        drawing.sign(Sign::Dot, "ours", (axis.at(error / median), y), 4.5);
        drawing.text((535.0, y + 4.0), Anchor::Start, &format!("{error:.2} points, median {median:.2}"));
    }
    Some(Plot { file: "effort.svg", says, svg: drawing.finished() })
}

fn legend(drawing: &mut Drawing) {
    drawing.sign(Sign::Dot, "ours", (14.0, 14.0), 4.5);
    drawing.text((24.0, 18.0), Anchor::Start, "Upnext");
    let mut x = 94.0;
    for (sign, class, name, _) in PUBLISHED {
        drawing.sign(sign, class, (x, 14.0), 4.5);
        drawing.text((x + 10.0, 18.0), Anchor::Start, name);
        x += 80.0;
    }
    drawing.text((170.0, 40.0), Anchor::Start, "error over the median's; beyond 1.7 at the edge");
}
