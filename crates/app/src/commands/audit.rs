//! `upnext audit verify | export | mirror | prune`.
//!
//! Deliberately not here: the chain itself (`store`).

use super::{Call, gid};
use crate::cli::{Audit, Form};
use crate::exit::{Exit, UsageError};
use crate::{compose, show};
use anyhow::Context as _;
use domain::ProjectGid;
use engine::MirrorPeriod;
use jiff::civil::Date;
use std::io::BufRead as _;
use std::path::Path;
use store::{AuditReport, AuditRow, Store};

/// Entries written at a time.
const PAGE: u32 = 1000;

pub(super) async fn run(call: &Call<'_>, args: Audit) -> anyhow::Result<Exit> {
    if let Audit::Verify { file: Some(file) } = &args {
        return told(call, &of_file(file)?);
    }
    if let Audit::Mirror { project, day, post } = &args {
        return mirror(call, project, (*day, *post)).await;
    }
    let store = compose::open_store(&call.config, call.env).await?;
    match args {
        Audit::Verify { .. } => told(call, &store.verify_audit().await?),
        Audit::Export { after, format } => export(&store, after, format).await,
        // Asked for above, as it needs more than the store.
        Audit::Mirror { .. } => Ok(Exit::Ok),
        Audit::Prune { before, by, reason } => prune(call, &store, before, (&by, reason.as_deref())).await,
    }
}

fn of_file(path: &Path) -> anyhow::Result<AuditReport> {
    let usage = |problem: String| UsageError(format!("{}: {problem}", path.display()));
    let file = std::fs::File::open(path).map_err(|e| usage(format!("it cannot be read: {e}")))?;
    let mut rows: Vec<AuditRow> = vec![];
    for (at, line) in std::io::BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|e| usage(format!("it cannot be read: {e}")))?;
        if line.trim().is_empty() {
            continue;
        }
        let row = serde_json::from_str(&line)
            .map_err(|e| usage(format!("line {} is no entry of `upnext audit export`: {e}", at + 1)))?;
        rows.push(row);
    }
    Ok(store::verify_export(rows))
}

fn told(call: &Call<'_>, report: &AuditReport) -> anyhow::Result<Exit> {
    if call.json {
        show::json(report)?;
    } else {
        match &report.broken {
            None => say!("{} entries, unbroken, head {}", report.entries, report.head),
            Some(broken) => say!("broken at entry {}: {}", broken.seq, broken.what),
        }
        match (&report.checkpoint, report.begins_at) {
            (Some(point), _) => say!(
                "It begins after entry {}, hash {}: what is before was pruned, signed off by {} at {}",
                point.seq,
                point.hash,
                point.by,
                point.at
            ),
            (None, Some(first)) => {
                say!(
                    "It begins at entry {first}, and no entry tells of a pruning there: the beginning is taken on trust"
                );
            }
            (None, None) => {}
        }
    }
    Ok(if report.broken.is_none() { Exit::Ok } else { Exit::Amiss })
}

/// Each line of JSON carries its hash and the one before, so that a copy can be verified anywhere.
async fn export(store: &Store, mut after: u64, form: Form) -> anyhow::Result<Exit> {
    if form == Form::Csv {
        say!("seq,at,actor,kind,subject,body,prev,hash");
    }
    loop {
        let rows = store.export_audit(after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(Exit::Ok) };
        after = last.seq;
        for row in &rows {
            match form {
                Form::Json => say!("{}", serde_json::to_string(row)?),
                Form::Csv => say!("{}", csv(row)),
            }
        }
    }
}

fn csv(row: &AuditRow) -> String {
    let (seq, at) = (row.seq.to_string(), row.at.to_string());
    let cells =
        [&seq, &at, &row.actor, &row.kind, &row.subject, &row.body, row.prev.as_str(), row.hash.as_str()];
    cells.map(cell).join(",")
}

/// A cell as RFC 4180 has it, and no formula: names are anybody's.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = if formula { format!("'{text}") } else { text.to_owned() };
    if safe.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// What was decided in a period.
async fn mirror(call: &Call<'_>, project: &str, (day, post): (Option<Date>, bool)) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let zone = jiff::tz::TimeZone::get(&call.config.time.zone).context("time.zone")?;
    let every = call.config.policy.audit_mirror.every;
    let period = match day {
        Some(day) => MirrorPeriod::holding(day, every),
        None => MirrorPeriod::before(now.today, every),
    };
    let engine = compose::engine(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(project)?);
    let report = if post {
        engine::post_mirror(&engine, &project, (period, &zone), now).await?
    } else {
        engine::mirror(&engine, &project, period, &zone).await?
    };
    super::posted(call, &report, (&report.text, &report.posting))
}

async fn prune(
    call: &Call<'_>,
    store: &Store,
    before: Date,
    signed: (&str, Option<&str>),
) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    if before > now.today {
        return Err(
            UsageError(format!("--before {before} is still to come; the latest is {}", now.today)).into()
        );
    }
    let zone = jiff::tz::TimeZone::get(&call.config.time.zone).context("time.zone")?;
    let begin = before.to_zoned_datetime(zone).context("--before")?.timestamp();
    let pruned = store.prune_audit(begin, signed, now.at).await?;
    match pruned {
        _ if call.json => {
            let (point, entries) = pruned.map_or((None, 0), |(point, entries)| (Some(point), entries));
            show::json(&serde_json::json!({ "entries": entries, "checkpoint": point }))?;
        }
        None => say!("There is no entry before {before}: nothing was deleted."),
        Some((point, entries)) => {
            say!(
                "{entries} entries deleted. The chain begins after entry {}, hash {}",
                point.seq,
                point.hash
            );
            say!("Keep these two elsewhere too: they show that what stays is the rest of what there was.");
        }
    }
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        assert_eq!(cell("task 1"), "task 1");
        assert_eq!(cell("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }
}
