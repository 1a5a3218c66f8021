//! `upnext calibrate`.
//!
//! Deliberately not here: choosing questions, fitting, proposing (`engine`, `judge`).

mod ask;
pub(super) mod words;

use super::{Call, gid};
use crate::cli::Calibrate;
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use domain::{ProjectGid, TaskGid};
use engine::{Calibration, Deciding, Given, Period, Proposal};
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::io::IsTerminal as _;
use std::path::Path;

/// Days after a judged day in which being taken up counts: as `upnext backtest` has it when it is not told otherwise.
const HORIZON_DAYS: u16 = 14;

pub(super) async fn run(call: &Call<'_>, args: &Calibrate) -> anyhow::Result<Exit> {
    let proposal =
        if args.from_history { from_history(call, args).await? } else { asked(call, args).await? };
    progress::clear();
    if call.json {
        show::json(&proposal)?;
    } else {
        words::proposal(&proposal);
    }
    Ok(Exit::Ok)
}

fn who(args: &Calibrate) -> Deciding {
    Deciding { by: args.by.clone(), ..Deciding::default() }
}

async fn asked(call: &Call<'_>, args: &Calibrate) -> anyhow::Result<Proposal> {
    let given = args.answers.as_deref().map(read).transpose()?;
    if given.is_none() && !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        let problem = "there is no terminal to ask in: run it in one, or give --answers FILE with one \
                       {\"first\": GID, \"second\": GID} a line, or --from-history";
        return Err(UsageError(problem.into()).into());
    }
    let (engine, project) =
        (compose::engine(&call.config, call.env).await?, ProjectGid::new(gid(&args.project)?));
    let now = compose::moment(&call.config)?;
    let mut calibration = Calibration::begin(&engine, &project, now, &who(args)).await?;
    progress::clear();
    match given {
        Some(given) => calibration.give(&given).await?,
        None => ask::ask(&mut calibration, usize::from(args.questions)).await?,
    }
    Ok(calibration.propose().await?)
}

async fn from_history(call: &Call<'_>, args: &Calibrate) -> anyhow::Result<Proposal> {
    let now = compose::moment(&call.config)?;
    let to = args.to.unwrap_or(now.today);
    let from = args.from.unwrap_or_else(|| to.saturating_sub(26.weeks()));
    if from >= to {
        return Err(UsageError(format!("--from {from} is not before --to {to}")).into());
    }
    let zone = TimeZone::get(&call.config.time.zone)?;
    let period = Period { from, to, zone, horizon_days: HORIZON_DAYS };
    let (engine, project) =
        (compose::engine(&call.config, call.env).await?, ProjectGid::new(gid(&args.project)?));
    Ok(engine::calibrate_from_history(&engine, &project, &period, now, &who(args)).await?)
}

/// One line of a file of answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    first: String,
    second: String,
    #[serde(default)]
    same: bool,
}

fn read(file: &Path) -> anyhow::Result<Vec<Given>> {
    let bad = |what: String| UsageError(format!("--answers: {} {what}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| bad(format!("cannot be read: {e}")))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let given: Vec<Given> = lines
        .map(|(nth, line)| {
            let line: Line = serde_json::from_str(line).map_err(|e| bad(format!("line {}: {e}", nth + 1)))?;
            let (first, second) = (TaskGid::new(gid(&line.first)?), TaskGid::new(gid(&line.second)?));
            Ok(Given { first, second, is_tie: line.same })
        })
        .collect::<anyhow::Result<_>>()?;
    if given.is_empty() {
        return Err(bad("holds no answers".into()).into());
    }
    Ok(given)
}
