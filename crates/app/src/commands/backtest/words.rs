//! The report of a backtest in words: Markdown that reads well in a terminal too.

use engine::BacktestReport;
use judge::backtest::{Figures, Verdict};
use std::fmt::Write as _;

/// The whole report.
pub(super) fn markdown(report: &BacktestReport) -> String {
    let found = &report.findings;
    let mut out = String::new();
    let mut line = |text: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{text}");
    };
    line(format!("# Backtest of {}\n", report.project.name));
    line(format!("**{}**\n", verdict(&found.verdict)));
    line(format!(
        "Rubric {}, every week from {} to {}; “next” is what was moved on or finished within {} days. {} tasks, {} weeks \
         with a backlog, {} requests.\n",
        report.rubric,
        report.from,
        report.to,
        report.horizon_days,
        report.tasks,
        found.weeks.len(),
        report.requests.reads,
    ));
    line("| order | NDCG@10 | Kendall tau | weeks |".into());
    line("|---|---:|---:|---:|".into());
    for figures in &found.figures {
        line(format!(
            "| {} | {} | {} | {} |",
            figures.name,
            number(mean(&figures.ndcg)),
            number(mean(&figures.tau)),
            figures.ndcg.len()
        ));
    }
    line(String::new());
    line(format!("- Recommended for the next sprint and taken up: {}", percent(found.precision_of_next())));
    line(format!(
        "- Priorities that people raised: {}, of which {} stood in the upper half before",
        found.raised, found.raised_foreseen
    ));
    line(match found.override_rate() {
        Some(rate) => {
            format!("- Values Upnext wrote: {}, replaced by people: {}", found.written, percent(Some(rate)))
        }
        None => "- Upnext has written nothing here yet, so nothing could be overridden".to_owned(),
    });
    line(format!(
        "- Put back of what changed since: {} ({} changes undone, {} whose old value nobody tells)",
        percent(Some(found.coverage.share())),
        found.coverage.undone,
        found.coverage.untold
    ));
    line("- Goals count as they are now; tasks that were deleted or left the project are not seen".into());
    for note in &report.notes {
        line(format!("- Note: {note}"));
    }
    out
}

/// The verdict as a sentence.
pub(super) fn verdict(verdict: &Verdict) -> String {
    let bounds = |(low, high): &(f64, f64)| format!("{low:+.3} to {high:+.3}");
    match verdict {
        Verdict::Go { rival, lead } => format!(
            "Go: no other order would have done better. Against {rival}, the best of them, NDCG@10 differs by {} (four times in five).",
            bounds(lead)
        ),
        Verdict::NoGo { rival, lead } => format!(
            "No-go: {rival} would have put first what was taken up better. NDCG@10 differs by {} (four times in five). Calibrate the rubric first.",
            bounds(lead)
        ),
        Verdict::Undecided { rival, lead } => format!(
            "Undecided: against {rival} NDCG@10 differs by {} (four times in five). A longer period tells more.",
            bounds(lead)
        ),
        Verdict::TooLittle { weeks } => {
            format!(
                "Too little to tell: something was taken up in {weeks} weeks, and 8 are needed. Choose a longer period."
            )
        }
        Verdict::TooUnclear { coverage } => format!(
            "Too unclear to tell: only {} of what changed since could be put back. A shorter period is clearer.",
            percent(Some(*coverage))
        ),
    }
}

pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

pub(super) fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "nothing was".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

/// The best order but Upnext's, which is the first.
pub(super) fn best_rival(figures: &[Figures]) -> Option<&Figures> {
    let others = figures.get(1..)?;
    others.iter().max_by(|a, b| mean(&a.ndcg).unwrap_or(0.0).total_cmp(&mean(&b.ndcg).unwrap_or(0.0)))
}
