//! `upnext risk`.
//!
//! Deliberately not here: the forecast.

use super::{Call, gid};
use crate::cli::Risk;
use crate::exit::Exit;
use crate::{compose, progress, show};
use domain::ProjectGid;
use engine::{RiskReport, Write};
use jiff::civil::Date;
use judge::risk::{CauseKind, Percentiles, TaskForecast};

/// Tasks and findings a terminal gets; `--json` has them all.
const SHOWN: usize = 15;
/// The probability from which a missed date is worth a line.
const WORTH_TELLING: f64 = 0.2;

pub(super) async fn run(call: &Call<'_>, args: &Risk) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let engine = compose::engine(&call.config, call.env).await?;
    let write = if args.apply { Write::Apply } else { Write::PlanOnly };
    let project = ProjectGid::new(gid(&args.project)?);
    let report = engine::risk(&engine, &project, (now, write)).await?;
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        print(&report);
        super::carried(&report.written, args.apply);
    }
    Ok(super::ending(&report.written, args.apply))
}

fn print(report: &RiskReport) {
    let forecast = &report.forecast;
    let count = forecast.tasks.len();
    say!("{} · {count} open tasks · {} draws", report.project.name, forecast.draws);
    say!("All done: {}", dates(&forecast.done));
    let mut late: Vec<&TaskForecast> =
        forecast.tasks.iter().filter(|t| t.missed.is_some_and(|p| p >= WORTH_TELLING)).collect();
    late.sort_by(|a, b| b.missed.unwrap_or(0.0).total_cmp(&a.missed.unwrap_or(0.0)).then(a.due.cmp(&b.due)));
    say!("Due dates in danger: {}", late.len());
    for task in late.iter().take(SHOWN) {
        print_task(task);
    }
    more(late.len());
    say!("Findings: {}", forecast.findings.len());
    forecast.findings.iter().take(SHOWN).for_each(|finding| say!("  {finding}"));
    more(forecast.findings.len());
    if !forecast.critical_path.is_empty() {
        let named = |gid| forecast.tasks.iter().find(|t: &&TaskForecast| t.task == gid);
        let path = forecast.critical_path.iter().rev().take(5).rev();
        let names: Vec<String> =
            path.filter_map(|gid| named(gid.clone())).map(|t| domain::fit(&t.name, 40)).collect();
        let begins = if forecast.critical_path.len() > names.len() { "… → " } else { "" };
        say!("What carries the end: {begins}{}", names.join(" → "));
    }
    show::notes(&forecast.notes);
    show::notes(&report.notes);
    say!("Requests: {} reads, {} writes", report.requests.reads, report.requests.writes);
}

fn print_task(task: &TaskForecast) {
    let percent = 100.0 * task.missed.unwrap_or_default();
    let due = task.due.map(|due| due.to_string()).unwrap_or_default();
    let owner = task.owner.as_deref().unwrap_or("nobody");
    say!("  {percent:3.0} % late · due {due} · {} ({owner})", domain::fit(&task.name, 60));
    say!("         done {}", dates(&task.done));
    if let Some(cause) = &task.cause {
        let name = domain::fit(&cause.name, 60);
        match cause.kind {
            CauseKind::Predecessor => say!("         waits for “{name}”"),
            CauseKind::SameOwner => say!("         comes after “{name}” of the same owner"),
            CauseKind::Itself => say!("         its own work takes longer than there is time"),
        }
    }
}

fn dates(of: &Percentiles) -> String {
    let date = |date: Option<Date>| date.map_or_else(|| "never".to_owned(), |date| date.to_string());
    format!("{} ({} to {} with 80 %)", date(of.middle), date(of.tenth), date(of.ninetieth))
}

fn more(count: usize) {
    if count > SHOWN {
        say!("  … and {} more (--json lists all)", count - SHOWN);
    }
}
