//! The table and the plots in `docs/quality.md`, between two comments; what people wrote around them stays.

use super::figures::Figures;
use super::plot;
use super::targets::{Beside, Must, TARGETS, Target, Unit};
use anyhow::Context as _;
use std::fmt::Write as _;

const BEGIN: &str = "<!-- written by `cargo xtask eval`: what is typed here is lost -->";
const END: &str = "<!-- end of what `cargo xtask eval` writes -->";

/// A page with the block in place of the one it has.
pub fn with_block(page: &str, block: &str) -> anyhow::Result<String> {
    let (before, rest) =
        page.split_once(BEGIN).with_context(|| format!("the page lacks the line {BEGIN}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("the page lacks the line {END}"))?;
    Ok(format!("{before}{BEGIN}\n{block}{END}{after}"))
}

/// The table and the plots.
pub fn block(figures: &Figures) -> String {
    let mut out = String::from(
        "\n| Part | Measure | Figure | Asked for | Met | Simple baselines | Published |\n|---|---|---|---|---|---|---|\n",
    );
    for target in TARGETS.iter().copied().flatten() {
        let Some(figure) = figures.get(target.run, target.figure) else { continue };
        let beside = |all: &[(&str, Beside)]| beside(figures, target.unit, all);
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | **{}** | {} | {} | {} | {} |",
            target.part,
            target.measure,
            written(figure, target.unit),
            asked(target),
            if target.must.holds(figure) { "yes" } else { "**no**" },
            beside(target.simple),
            beside(target.published)
        );
    }
    for plot in plot::all(figures) {
        let _ = writeln!(out, "\n![{}](quality/{})", plot.says, plot.file);
    }
    out + "\n"
}

/// How many targets are met, and which are not.
pub(super) fn summary(figures: &Figures) -> String {
    let measured = TARGETS.iter().copied().flatten().filter_map(|target| {
        let figure = figures.get(target.run, target.figure)?;
        Some((target, figure))
    });
    let (met, missed): (Vec<_>, Vec<_>) = measured.partition(|(target, figure)| target.must.holds(*figure));
    let mut out = format!("{} targets met, {} missed", met.len(), missed.len());
    for (target, figure) in missed {
        let _ = write!(
            out,
            "\nmissed: {} – {}: {}, asked for {}",
            target.part,
            target.measure,
            written(figure, target.unit),
            asked(target)
        );
    }
    out
}

fn asked(target: &Target) -> String {
    let written = |value| written(value, target.unit);
    match target.must {
        Must::AtMost(most) => format!("≤ {}", written(most)),
        Must::AtLeast(least) => match target.unit {
            Unit::Of(_) => format!("≥ {least:.0}"),
            _ => format!("≥ {}", written(least)),
        },
        Must::Between(least, most) => format!("{} to {}", written(least), written(most)),
    }
}

fn beside(figures: &Figures, unit: Unit, all: &[(&str, Beside)]) -> String {
    let value = |beside: Beside| match beside {
        Beside::Of(run, figure) => figures.get(run, figure),
        Beside::Fixed(value) => Some(value),
    };
    let known = all.iter().filter_map(|(name, of)| Some(format!("{name} {}", written(value(*of)?, unit))));
    let known: Vec<String> = known.collect();
    if known.is_empty() { "–".to_owned() } else { known.join(", ") }
}

fn written(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Number(digits) => format!("{value:.digits$}"),
        Unit::Of(all) => format!("{value:.0} of {all}"),
        Unit::Share => format!("{:.1} %", value * 100.0),
        Unit::SmallShare => format!("{:.2} %", value * 100.0),
    }
}
