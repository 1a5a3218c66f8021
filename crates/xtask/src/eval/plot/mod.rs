//! The plots beside the table: SVG files with a title that says in words what they show.
//!
//! They follow the reader's light or dark setting and need nothing from elsewhere. Deliberately not here: which figures are
//! good, which is said by the table.

mod calibration;
mod coverage;
mod effort;
mod similar;

use super::figures::Figures;
use std::fmt::Write as _;

/// A plot.
pub(super) struct Plot {
    /// Its file's name.
    pub(super) file: &'static str,
    /// What it shows, in words.
    pub(super) says: String,
    pub(super) svg: String,
}

/// Every plot whose figures were measured.
pub(super) fn all(figures: &Figures) -> Vec<Plot> {
    let plots = [effort::plot, coverage::plot, calibration::types, similar::plot, calibration::risk];
    plots.iter().filter_map(|plot| plot(figures)).collect()
}

const STYLE: &str = "svg{background:#fff;color:#1c1c1c}text{font:12px system-ui,sans-serif;fill:currentColor}\
.grid{stroke:#ccc}.mark{stroke:#666;stroke-dasharray:4 3}.band{fill:#0b57d0;opacity:.12}\
.ours{fill:#0b57d0;stroke:#0b57d0}.other{fill:none;stroke:#8a4b00;stroke-width:1.6}.third{fill:none;stroke:#5f6368;stroke-width:1.6}\
polyline.line{fill:none;stroke-width:2}.dashed{stroke-dasharray:5 4}\
@media(prefers-color-scheme:dark){svg{background:#161616;color:#eee}.grid{stroke:#444}.mark{stroke:#aaa}\
.ours{fill:#8ab4f8;stroke:#8ab4f8}.other{stroke:#f0b070}.third{stroke:#bbb}.band{fill:#8ab4f8}}";

/// Where a text is held.
#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// The sign of a point.
#[derive(Clone, Copy)]
enum Sign {
    Dot,
    Diamond,
    Cross,
}

/// An SVG being drawn; coordinates are pixels from the upper left.
struct Drawing {
    size: (f64, f64),
    says: String,
    body: String,
}

impl Drawing {
    fn new(size: (f64, f64), says: &str) -> Self {
        Self { size, says: says.to_owned(), body: String::new() }
    }

    fn add(&mut self, part: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.body.write_fmt(part);
        self.body.push('\n');
    }

    fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        self.add(format_args!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"));
    }

    fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        self.add(format_args!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        ));
    }

    fn area(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        self.add(format_args!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
        ));
    }

    fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        self.add(format_args!("<polyline class=\"line {class}\" points=\"{}\"/>", points.join(" ")));
    }

    fn sign(&mut self, sign: Sign, class: &str, (x, y): (f64, f64), radius: f64) {
        match sign {
            Sign::Dot => self.add(format_args!(
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>"
            )),
            Sign::Diamond => self.add(format_args!(
                "<path class=\"{class}\" d=\"M{:.1} {y:.1}L{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}Z\"/>",
                x - radius,
                y - radius,
                x + radius,
                y + radius
            )),
            Sign::Cross => self.add(format_args!(
                "<path class=\"{class}\" d=\"M{:.1} {:.1}l{d:.1} {d:.1}m0 -{d:.1}l-{d:.1} {d:.1}\"/>",
                x - radius,
                y - radius,
                d = 2.0 * radius
            )),
        }
    }

    fn finished(self) -> String {
        let (width, height) = self.size;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n\
             <title>{}</title>\n<style>{STYLE}</style>\n{}</svg>\n",
            escaped(&self.says),
            self.body
        )
    }
}

/// From a value to a pixel, linear, within the ends.
#[derive(Clone, Copy)]
struct Axis {
    values: (f64, f64),
    pixels: (f64, f64),
}

impl Axis {
    fn at(self, value: f64) -> f64 {
        let share = ((value - self.values.0) / (self.values.1 - self.values.0)).clamp(0.0, 1.0);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
