//! `upnext golden freeze | show | check`.
//!
//! Deliberately not here: judging and comparing (`engine`).

use super::{Call, gid};
use crate::cli::Golden;
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use domain::{ProjectGid, TaskGid};
use engine::{Deciding, EngineError, GoldenCheck};
use std::path::Path;
use store::GoldenSet;

pub(super) async fn run(call: &Call<'_>, args: Golden) -> anyhow::Result<Exit> {
    match args {
        Golden::Freeze { project, order, note, by } => {
            let order = order.as_deref().map(read).transpose()?;
            let how = Deciding { by, ..Deciding::default() };
            freeze(call, &project, (order, &note), &how).await
        }
        Golden::Show { project } => show_set(call, &project).await,
        Golden::Check { project, rubric } => check(call, &project, rubric.as_deref()).await,
    }
}

/// A person's order, first things first.
fn read(file: &Path) -> anyhow::Result<Vec<TaskGid>> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| UsageError(format!("--order: {} cannot be read: {e}", file.display())))?;
    let words = text.lines().filter_map(|line| line.split_whitespace().next());
    words.filter(|word| !word.starts_with('#')).map(|word| Ok(TaskGid::new(gid(word)?))).collect()
}

async fn freeze(
    call: &Call<'_>,
    project: &str,
    what: (Option<Vec<TaskGid>>, &str),
    how: &Deciding,
) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let (project, now) = (ProjectGid::new(gid(project)?), compose::moment(&call.config)?);
    let frozen = engine::freeze_golden(&engine, &project, now, what, how).await?;
    progress::clear();
    if call.json {
        show::json(&frozen)?;
        return Ok(Exit::Ok);
    }
    head(&frozen.set);
    for (nth, name) in frozen.first.iter().enumerate() {
        say!("{:>3}. {}", nth + 1, domain::fit(name, 100));
    }
    say!("Later rubrics are held against it: upnext golden check --project {project}");
    Ok(Exit::Ok)
}

fn head(set: &GoldenSet) {
    let whose =
        set.rubric.as_ref().map_or("a person's order".to_owned(), |rubric| format!("order of {rubric}"));
    say!(
        "Golden set of project {}: {} tasks, {whose}, frozen by {} at {}",
        set.project,
        set.order.len(),
        set.frozen_by,
        set.frozen_at
    );
    if !set.note.is_empty() {
        say!("{}", set.note);
    }
}

async fn show_set(call: &Call<'_>, project: &str) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(project)?);
    let set = store.golden(&project).await?.ok_or_else(|| EngineError::NoGolden(project.clone()))?;
    if call.json {
        show::json(&set)?;
        return Ok(Exit::Ok);
    }
    head(&set);
    let snapshot = store.snapshot(&set.snapshot).await?;
    for (nth, gid) in set.order.iter().enumerate() {
        let name = snapshot.as_ref().and_then(|s| s.task(gid)).map_or("", |task| &task.name);
        say!("{:>4}. {} ({gid})", nth + 1, domain::fit(name, 100));
    }
    Ok(Exit::Ok)
}

async fn check(call: &Call<'_>, project: &str, rubric: Option<&str>) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(project)?);
    let rubric = match rubric {
        Some(name) => Some(named(&engine, &project, name).await?),
        None => None,
    };
    let found = engine::check_golden(&engine, &project, rubric).await?;
    progress::clear();
    if call.json {
        show::json(&found)?;
    } else {
        print(&found);
    }
    Ok(if found.holds { Exit::Ok } else { Exit::Amiss })
}

/// A version of the project, or a file; a version that has the name of a file is the version.
async fn named(engine: &engine::Engine, project: &ProjectGid, name: &str) -> anyhow::Result<judge::Rubric> {
    let unknown = match engine::rubric(&engine.store, project, name).await {
        Ok(version) => return Ok(judge::Rubric::from_canonical(&version.body)?),
        Err(unknown) => unknown,
    };
    match std::fs::read_to_string(name) {
        Ok(text) => {
            Ok(judge::Rubric::parse(&text).map_err(|e| UsageError(format!("--rubric: {name}: {e}")))?)
        }
        Err(error) => {
            Err(UsageError(format!("--rubric: {unknown}; as a file it cannot be read: {error}")).into())
        }
    }
}

/// How a rubric agrees with the set.
pub fn print(check: &GoldenCheck) {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    say!(
        "Golden set of {} tasks, frozen by {} at {} ({})",
        check.agreement.tasks,
        check.frozen_by,
        check.frozen_at,
        check.frozen_rubric.as_deref().unwrap_or("a person's order")
    );
    let mut table = show::table(&["Rubric", "Kendall's tau", "First ten shared"]);
    let row = |name: &str, of: &judge::weights::Agreement| {
        [name.to_owned(), format!("{:.3}", of.tau), percent(of.top_ten)]
    };
    table.add_row(row(&check.rubric, &check.agreement));
    table.add_row(row("in force", &check.in_force));
    say!("{table}");
    let verdict = match (check.agreement.tau >= check.gate, check.holds) {
        (true, _) => "passes the gate",
        (false, true) => "is below the gate, but agrees no less than the rubric in force, and so passes",
        (false, false) => "FALLS OUT with the golden set: it is below the gate and below the rubric in force",
    };
    say!("{} {verdict}. The gate is {:.2} (policy.golden_gate).", check.rubric, check.gate);
}
