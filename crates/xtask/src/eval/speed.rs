//! Seconds and megabytes for 5,000 tasks, from the benchmark `learn` of `judge`.
//!
//! Times are criterion's means of what one thread spends on a core; memory is what the benchmark leaves beside them. Both are of the machine it ran on.

use super::Place;
use super::figures::{Figures, Row, Scored};
use super::tables;
use crate::workspace;
use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

/// Adds the figures.
pub(super) fn measure(place: &Place, figures: &mut Figures) -> anyhow::Result<()> {
    println!("\n== speed");
    let mut bench = workspace::cargo(&place.root);
    bench.args(["bench", "-p", "judge", "--bench", "learn"]);
    ensure!(workspace::succeeds(&mut bench)?, "`cargo bench -p judge --bench learn` failed");
    let target = workspace::target(&place.root);
    let read = |file: &str| -> anyhow::Result<Value> {
        let file = target.join(file);
        serde_json::from_str(&tables::text(&file)?).with_context(|| format!("reading {}", file.display()))
    };
    let seconds = |what: &str, part: &str| -> anyhow::Result<f64> {
        let estimates = read(&format!("criterion/{what}/{part}/new/estimates.json"))?;
        let mean = estimates["mean"]["point_estimate"].as_f64().context("criterion left no mean")?;
        Ok(mean / 1e9)
    };
    let memory = read("tmp/learn-memory.json")?;
    let row = |what: &str| -> anyhow::Result<Row> {
        let mut row = Row::new();
        row.insert("what".to_owned(), json!(what));
        row.insert("fit".to_owned(), json!(seconds(what, "fit")?));
        row.insert("ask".to_owned(), json!(seconds(what, "ask")? * 1e3));
        row.insert("memory".to_owned(), memory[what].clone());
        Ok(row)
    };
    let table = ["effort", "triage", "similar"].map(row).into_iter().collect::<anyhow::Result<_>>()?;
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZeroUsize::get);
    figures.set("speed", Scored { table, summary: json!({ "cores": cores }) });
    Ok(())
}
