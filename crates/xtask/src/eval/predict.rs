//! Has the binary answer a suite.

use super::Place;
use super::suites::Run;
use crate::workspace;
use anyhow::{Context as _, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The predictions of a run, those of all its folders in one file.
pub(super) fn predict(place: &Place, run: &Run) -> anyhow::Result<PathBuf> {
    let parts: Vec<PathBuf> = run
        .folders
        .iter()
        .map(|folder| {
            let out = place.scratch.join(format!("{} {folder}.csv", run.name));
            let data = place.tables(folder);
            answer(place, run.suite.name(), &["--mode", run.mode], (&data, &out)).map(|()| out)
        })
        .collect::<anyhow::Result<_>>()?;
    let all = place.scratch.join(format!("{}.csv", run.name));
    join(&parts, &all)?;
    Ok(all)
}

/// Runs `upnext eval` on a folder of tables.
pub(super) fn answer(
    place: &Place,
    suite: &str,
    options: &[&str],
    (data, out): (&Path, &Path),
) -> anyhow::Result<()> {
    let mut command = Command::new(&place.upnext);
    command.args(["eval", suite, "--data"]).arg(data).arg("--out").arg(out).args(options);
    ensure!(
        workspace::succeeds(&mut command)?,
        "`upnext eval {suite}` failed on {}: see above",
        data.display()
    );
    Ok(())
}

/// Puts files of the same columns into one.
pub(super) fn join(parts: &[PathBuf], all: &Path) -> anyhow::Result<()> {
    let mut text = String::new();
    for part in parts {
        let read = std::fs::read_to_string(part).with_context(|| format!("reading {}", part.display()))?;
        let (columns, rows) = read.split_once('\n').unwrap_or((&read, ""));
        if text.is_empty() {
            text = format!("{columns}\n");
        }
        text.push_str(rows);
    }
    std::fs::write(all, text).with_context(|| format!("writing {}", all.display()))
}
