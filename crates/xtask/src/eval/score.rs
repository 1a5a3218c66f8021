//! Has the data's own scripts score predictions, and reads what they print.
//!
//! A script prints a table with tabs, one row a project, and then a summary as JSON. Some look for answers in a folder
//! `heldout` beside their own; for those, copies of the scripts are staged beside public answers.

use super::figures::{Row, Scored};
use super::suites::Suite;
use super::{Place, tables};
use anyhow::{Context as _, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of scripts that can score a suite.
pub(super) fn scripts(place: &Place, suite: Suite) -> anyhow::Result<PathBuf> {
    if suite != Suite::Injection {
        return Ok(place.data.join("score"));
    }
    let staged = stage(place, "injection stage")?;
    let answers = staged.join("heldout/injection");
    std::fs::create_dir_all(&answers).context("staging the answers")?;
    std::fs::copy(place.tables("injection").join("snippets.jsonl"), answers.join("snippets.jsonl"))
        .context("staging injection/snippets.jsonl")?;
    Ok(staged.join("score"))
}

/// An emptied folder below scratch with copies of the scripts in `score`.
pub(super) fn stage(place: &Place, name: &str) -> anyhow::Result<PathBuf> {
    let staged = place.scratch.join(name);
    if staged.exists() {
        std::fs::remove_dir_all(&staged).with_context(|| format!("emptying {}", staged.display()))?;
    }
    let scripts = staged.join("score");
    std::fs::create_dir_all(&scripts).with_context(|| format!("making {}", scripts.display()))?;
    for entry in std::fs::read_dir(place.data.join("score")).context("listing the scripts")? {
        let from = entry.context("listing the scripts")?.path();
        if from.extension().is_some_and(|extension| extension == "py" || extension == "json") {
            let name = from.file_name().unwrap_or_default();
            std::fs::write(scripts.join(name), std::fs::read(&from)?)
                .with_context(|| format!("copying {}", from.display()))?;
        }
    }
    Ok(staged)
}

/// Scores predictions with a script of a folder.
pub(super) fn score(scripts: &Path, script: &str, predictions: &Path) -> anyhow::Result<Scored> {
    let output = Command::new("python3")
        .arg("-B")
        .arg(scripts.join(script))
        .arg(predictions)
        .args(["--side", "public"])
        .output()
        .with_context(|| format!("starting {script}"))?;
    ensure!(
        output.status.success(),
        "{script} failed on {}: {}",
        predictions.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = String::from_utf8_lossy(&output.stdout);
    print!("{printed}");
    parsed(&printed).with_context(|| format!("reading what {script} printed"))
}

/// What a script printed.
pub fn parsed(printed: &str) -> anyhow::Result<Scored> {
    let at = printed.lines().position(|line| line.starts_with('{')).context("it printed no summary")?;
    let lines: Vec<&str> = printed.lines().collect();
    let (table, summary) = lines.split_at(at);
    let mut table = table.iter().map(|line| line.split('\t'));
    let columns: Vec<&str> = table.next().map(Iterator::collect).unwrap_or_default();
    let row = |cells: std::str::Split<'_, char>| -> Row {
        columns.iter().map(|column| (*column).to_owned()).zip(cells.map(value)).collect()
    };
    // A measure without a value is NaN in Python, which JSON does not know.
    let summary = summary.join("\n").replace(": NaN", ": null");
    Ok(Scored { table: table.map(row).collect(), summary: serde_json::from_str(&summary)? })
}

fn value(cell: &str) -> Value {
    let number = cell.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
    number.map_or_else(|| Value::String(cell.to_owned()), Value::Number)
}

/// Adds the published errors of each project to its row, a column a method.
pub(super) fn add_published(place: &Place, scored: &mut Scored) -> anyhow::Result<()> {
    let file = place.data.join("score/reference.json");
    let published: Value = serde_json::from_str(&tables::text(&file)?).context("reading reference.json")?;
    for row in &mut scored.table {
        let word = |column: &str| row.get(column).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (suite, project) = (word("suite"), word("project"));
        for (method, projects) in published[&suite].as_object().into_iter().flatten() {
            if let Some(error) = projects.get(&project) {
                row.insert(method.clone(), error.clone());
            }
        }
    }
    Ok(())
}
