//! Geometry of the charts, drawn as SVG in the templates: every chart says in words what it shows.
//!
//! Coordinates are rounded to a tenth: a page may hold hundreds. Deliberately not here: colours (`assets/page.css`).

/// A rectangle.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) width: String,
    pub(crate) height: String,
    /// Which of the series it belongs to, from 0.
    pub(crate) series: usize,
    /// What it stands for, in words.
    pub(crate) label: String,
}

fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Parts of a hundred side by side, in a box 100 wide and 1 high; parts of nothing are left out.
pub(crate) fn stacked(parts: &[f64]) -> Vec<Rect> {
    let mut x = 0.0;
    let mut rects = vec![];
    for (series, part) in parts.iter().enumerate() {
        if *part > 0.0 {
            rects.push(Rect {
                x: number(x),
                y: "0".into(),
                width: number(*part),
                height: "1".into(),
                series,
                label: String::new(),
            });
            x += part;
        }
    }
    rects
}

/// Columns of stacked values, oldest first, in a box of the given size.
pub(crate) fn columns(values: &[(Vec<f64>, String)], (width, height): (f64, f64)) -> Vec<Rect> {
    let most = values.iter().map(|(parts, _)| parts.iter().sum::<f64>()).fold(0.0, f64::max);
    if most <= 0.0 || values.is_empty() {
        return vec![];
    }
    let step = width / values.len() as f64;
    let gap = (step * 0.2).min(4.0);
    let mut rects = vec![];
    for (at, (parts, label)) in values.iter().enumerate() {
        let mut top = height;
        for (series, part) in parts.iter().enumerate().filter(|(_, part)| **part > 0.0) {
            let tall = (part / most * height).max(1.0);
            top -= tall;
            rects.push(Rect {
                x: number(at as f64 * step + gap / 2.0),
                y: number(top.max(0.0)),
                width: number(step - gap),
                height: number(tall),
                series,
                label: label.clone(),
            });
        }
    }
    rects
}

/// A point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: String,
    pub(crate) y: String,
    /// Half its width.
    pub(crate) radius: String,
    /// What it stands for, in words.
    pub(crate) label: String,
}

/// Points at shares of a hundred, in a box of the given size, larger the more they stand for.
pub(crate) fn scatter(values: &[(f64, f64, usize, String)], (width, height): (f64, f64)) -> Vec<Point> {
    let most = values.iter().map(|(.., weight, _)| *weight).max().unwrap_or(1).max(1) as f64;
    values
        .iter()
        .map(|(x, y, weight, label)| Point {
            x: number(x / 100.0 * width),
            y: number(height - y / 100.0 * height),
            radius: number(2.5 + 5.0 * (*weight as f64 / most).sqrt()),
            label: label.clone(),
        })
        .collect()
}

/// A line through values from 0 to 100, the first at the left, as the points of a polyline.
pub(crate) fn line(values: &[f64], (width, height): (f64, f64)) -> String {
    let step = width / (values.len().max(2) - 1) as f64;
    let at = |(n, value): (usize, &f64)| {
        format!("{},{}", number(n as f64 * step), number(height - value / 100.0 * height))
    };
    values.iter().enumerate().map(at).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_side_by_side_and_keep_their_series() {
        let rects = stacked(&[10.0, 0.0, 22.5]);
        let shown: Vec<(&str, &str, usize)> =
            rects.iter().map(|r| (r.x.as_str(), r.width.as_str(), r.series)).collect();
        assert_eq!(shown, [("0", "10", 0), ("10", "22.5", 2)]);
    }

    #[test]
    fn the_highest_column_fills_the_box_and_nothing_is_no_chart() {
        let values = vec![(vec![1.0, 1.0], "a".to_owned()), (vec![4.0, 0.0], "b".to_owned())];
        let rects = columns(&values, (100.0, 40.0));
        assert_eq!(rects.iter().map(|r| r.height.as_str()).collect::<Vec<_>>(), ["10", "10", "40"]);
        assert_eq!(rects[2].y, "0");
        assert!(
            columns(&[(vec![0.0], String::new())], (100.0, 40.0)).is_empty()
                && columns(&[], (1.0, 1.0)).is_empty()
        );
        assert_eq!(line(&[0.0, 50.0, 100.0], (100.0, 20.0)), "0,20 50,10 100,0");
    }
}
