//! `upnext backtest`.
//!
//! Deliberately not here: looking back (`engine`, `judge`).

mod page;
mod words;

use super::{Call, gid};
use crate::cli::Backtest;
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use anyhow::Context as _;
use domain::ProjectGid;
use engine::Period;
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, civil::Date};

pub(super) async fn run(call: &Call<'_>, args: &Backtest) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let period = period(args, now.today, TimeZone::get(&call.config.time.zone)?)?;
    let engine = compose::engine(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(&args.project)?);
    let report = engine::backtest(&engine, &project, &period, now).await?;
    progress::clear();
    let words = words::markdown(&report);
    if let Some(file) = &args.out {
        let is_page = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("html"));
        let text = if is_page { page::html(&report) } else { words.clone() };
        std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))?;
    }
    if call.json {
        show::json(&report)?;
    } else {
        say!("{}", words.trim_end());
        if let Some(file) = &args.out {
            say!("\nAlso in {}.", file.display());
        }
    }
    Ok(Exit::Ok)
}

fn period(args: &Backtest, today: Date, zone: TimeZone) -> anyhow::Result<Period> {
    let to = args.to.unwrap_or(today);
    let from = args.from.unwrap_or_else(|| to.saturating_sub(26.weeks()));
    if from >= to {
        return Err(UsageError(format!("--from {from} is not before --to {to}")).into());
    }
    Ok(Period { from, to, zone, horizon_days: args.horizon })
}
