//! `upnext triage`.
//!
//! Deliberately not here: judging, deciding, writing.

use super::{Call, gid};
use crate::cli::Triage;
use crate::exit::Exit;
use crate::{compose, progress, show};
use domain::{EffortFinding, ProjectGid, TaskGid};
use engine::{TaskAlike, TriageReport, TriagedTask, Write};
use judge::learn::triage::{Basis, Finding};

/// Requests a terminal gets; `--json` has them all.
const SHOWN: usize = 20;
/// The chance from which a similar task is shown at all.
const WORTH_TELLING: f64 = 0.1;
/// Labels shown of one that is not sure.
const CHANCES: usize = 3;

pub(super) async fn run(call: &Call<'_>, args: &Triage) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(&args.project)?);
    let tasks: Vec<TaskGid> =
        args.tasks.iter().map(|task| gid(task).map(TaskGid::new)).collect::<anyhow::Result<_>>()?;
    let write = if args.apply { Write::Apply } else { Write::PlanOnly };
    let report = engine::triage(&engine, &project, &tasks, (compose::moment(&call.config)?, write)).await?;
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        print(&report, args.apply);
    }
    let open = report.stopped.is_some() || report.outcome.open > 0 || report.outcome.refused > 0;
    Ok(if args.apply && open { Exit::Partly } else { Exit::Ok })
}

fn print(report: &TriageReport, applied: bool) {
    let by = report
        .model
        .as_deref()
        .unwrap_or("rules alone (run `upnext learn` once people have labelled requests)");
    say!("{} · {} requests · phase {} · by {by}", report.project.name, report.tasks.len(), report.phase);
    report.tasks.iter().take(SHOWN).for_each(print_task);
    if report.tasks.len() > SHOWN {
        say!("… and {} more (--json lists all)", report.tasks.len() - SHOWN);
    }
    show::left_alone("Left alone", &report.skipped);
    show::left_alone("Fields left to people", &report.kept);
    show::notes(&report.notes);
    if applied {
        show::tally(&report.outcome);
    }
    show::troubles(&report.trouble);
    if let Some(why) = &report.stopped {
        say!("Stopped: {why}");
    }
    say!("Requests: {} reads, {} writes", report.requests.reads, report.requests.writes);
    if applied {
        say!("Undo with: upnext undo {}", report.run);
    } else {
        say!("Nothing was written. See the plan with: upnext plan show {}", report.plan);
    }
}

fn print_task(task: &TriagedTask) {
    say!("{} ({})", task.name, task.gid);
    task.triaged.findings.iter().for_each(finding);
    if let Some(effort) = &task.effort {
        say!(
            "  estimated at {} ({:.0} % from {} to {}, by {} finished tasks)",
            EffortFinding::amount(&effort.unit, effort.effort),
            100.0 * effort.coverage,
            EffortFinding::number(effort.low),
            EffortFinding::number(effort.high),
            effort.history
        );
    }
    task.similar.iter().filter(|like| like.duplicate).for_each(|like| similar("likely duplicate of", like));
    if let Some(like) = task.similar.iter().find(|like| !like.duplicate && like.probability >= WORTH_TELLING)
    {
        similar("like", like);
    }
    for missing in &task.triaged.missing {
        say!("  ask for {}: {}", missing.fact, missing.question);
    }
}

fn finding(finding: &Finding) {
    let aspect = finding.aspect.words();
    let chance = |(label, probability): &(String, f64)| format!("{label} {:.0} %", 100.0 * probability);
    let basis = match finding.basis {
        Basis::Form => "by the form".to_owned(),
        Basis::History { tasks } => format!("by {tasks} labelled tasks"),
        Basis::Rules => "by rules".to_owned(),
    };
    match (&finding.quiet, finding.ranking.first()) {
        (_, None) => {}
        (None, Some(best)) => say!("  {aspect}: {} ({basis})", chance(best)),
        (Some(quiet), Some(_)) => {
            let chances: Vec<String> = finding.ranking.iter().take(CHANCES).map(chance).collect();
            say!("  {aspect}: not sure: {} ({quiet})", chances.join(", "));
        }
    }
}

fn similar(what: &str, like: &TaskAlike) {
    let done = if like.completed { ", done" } else { "" };
    say!(
        "  {what} “{}” ({:.0} %{done}; {}) https://app.asana.com/0/0/{}/f",
        domain::fit(&like.name, 60),
        100.0 * like.probability,
        like.shared.join(", "),
        like.gid
    );
}
