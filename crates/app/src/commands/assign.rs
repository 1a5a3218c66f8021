//! `upnext assign`.
//!
//! Deliberately not here: choosing.

use super::{Call, gid};
use crate::cli::Assign;
use crate::exit::Exit;
use crate::{compose, progress, show};
use domain::ProjectGid;
use engine::{AssignReport, Write};

/// Tasks a terminal gets; `--json` has them all.
const SHOWN: usize = 15;

pub(super) async fn run(call: &Call<'_>, args: &Assign) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let engine = compose::engine(&call.config, call.env).await?;
    let write = if args.apply { Write::Apply } else { Write::PlanOnly };
    let project = ProjectGid::new(gid(&args.project)?);
    let report = engine::assignments(&engine, &project, (now, write)).await?;
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        print(&report);
        super::carried(&report.written, args.apply);
    }
    Ok(super::ending(&report.written, args.apply))
}

fn print(report: &AssignReport) {
    let count = report.tasks.len();
    say!(
        "{} · {count} open tasks that nobody has · learned from {} finished ones",
        report.project.name,
        report.learned_from
    );
    for task in report.tasks.iter().take(SHOWN) {
        let dull = report.dull.get(&task.task).map(|why| format!(" · dull work: {why}"));
        say!("{} ({}){}", domain::fit(&task.name, 70), task.task, dull.unwrap_or_default());
        say!("  {}", task.sentence());
    }
    if count > SHOWN {
        say!("… and {} more (--json lists all)", count - SHOWN);
    }
    show::notes(&report.notes);
    say!("Requests: {} reads, {} writes", report.requests.reads, report.requests.writes);
}
