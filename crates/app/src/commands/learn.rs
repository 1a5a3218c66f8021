//! `upnext learn`.
//!
//! Deliberately not here: learning (`engine`, `judge`).

use super::{Call, projects};
use crate::cli::Scope;
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use engine::{LearnReport, LearnedKind};
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, civil::Date};
use judge::learn::team::{Metric, Report, Verdict};

/// How far back is read without being told: teams, tools and what a point means change within a few years.
const YEARS: i64 = 2;

pub(super) async fn run(call: &Call<'_>, scope: &Scope, since: Option<Date>) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let day = since.unwrap_or_else(|| now.today.saturating_sub(YEARS.years()));
    if day >= now.today {
        return Err(UsageError(format!("--since {day} is not in the past")).into());
    }
    let since = day.to_zoned_datetime(TimeZone::get(&call.config.time.zone)?)?.timestamp();
    let engine = compose::engine(&call.config, call.env).await?;
    let mut reports = vec![];
    for project in projects(&engine, scope).await? {
        let report = engine::learn(&engine, &project, since, now).await?;
        progress::clear();
        if !call.json {
            print(&report, day);
        }
        reports.push(report);
    }
    if call.json {
        match &*reports {
            [one] if scope.portfolio.is_none() => show::json(one)?,
            many => show::json(&serde_json::json!({ "portfolio": scope.portfolio, "runs": many }))?,
        }
    }
    Ok(Exit::Ok)
}

fn print(report: &LearnReport, since: Date) {
    say!("{} · {} tasks, finished ones since {since}", report.project.name, report.tasks);
    report.models.iter().for_each(print_kind);
    let short = |learned: &LearnedKind| matches!(learned.report.verdict, Verdict::NotEnoughHistory { .. });
    if report.models.iter().any(short) {
        say!("Older finished tasks can be read too: --since DAY.");
    }
    show::notes(&report.notes);
    say!("Requests: {} reads", report.requests.reads);
}

fn print_kind(learned: &LearnedKind) {
    let word = learned.kind.word();
    match (&learned.report.verdict, &learned.model) {
        (Verdict::NotEnoughHistory { have, needed, of }, _) => {
            say!("{word}: not enough history: {have} {of}, {needed} are needed");
        }
        (Verdict::Promoted { why }, Some(id)) => say!("{word}: {id} is in force: {why}"),
        (Verdict::Promoted { why }, None) => say!("{word}: {why}"),
        (Verdict::Refused { why }, _) => {
            let stays = learned
                .in_force
                .as_ref()
                .map_or("nothing learned is used".to_owned(), |id| format!("{id} stays in force"));
            say!("{word}: refused, {stays}: {why}");
        }
    }
    figures(&learned.report);
}

/// The figures of a report, a line each.
pub(super) fn figures(report: &Report) {
    if let Some((from, to)) = report.window {
        let day = |at: jiff::Timestamp| at.to_zoned_datetime(TimeZone::UTC).date();
        say!(
            "  learned from {} between {} and {}: {}",
            report.rows,
            day(from),
            day(to),
            report.features.join(", ")
        );
    }
    report.metrics.iter().for_each(|metric| say!("  {}", figure(metric)));
}

fn figure(metric: &Metric) -> String {
    let mut text = format!("{} {:.3}", metric.name, metric.value);
    if let Some((baseline, value)) = &metric.baseline {
        text += &format!("; {baseline} {value:.3}");
    }
    if let Some(value) = metric.in_force {
        text += &format!("; the model in force {value:.3}");
    }
    text + &format!(" (on {} held back)", metric.rows)
}
