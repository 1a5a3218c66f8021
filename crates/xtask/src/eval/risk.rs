//! Whether dates that were foretold came true on made-up projects, from the benchmark `risk` of `judge`.

use super::Place;
use super::figures::{Figures, Row, Scored};
use super::tables;
use crate::workspace;
use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

/// Adds the figures.
pub(super) fn measure(place: &Place, figures: &mut Figures) -> anyhow::Result<()> {
    println!("\n== risk");
    let mut bench = workspace::cargo(&place.root);
    // The name of no timing: none is run, and what is foretold is always compared.
    bench.args(["bench", "-p", "judge", "--bench", "risk", "--", "none"]);
    ensure!(workspace::succeeds(&mut bench)?, "`cargo bench -p judge --bench risk` failed");
    let file = workspace::target(&place.root).join("tmp/risk-calibration.json");
    let found: Value =
        serde_json::from_str(&tables::text(&file)?).with_context(|| format!("reading {}", file.display()))?;
    let table: Vec<Row> = serde_json::from_value(found["bins"].clone())
        .with_context(|| format!("reading {}", file.display()))?;
    let n: f64 = table.iter().filter_map(|row| row["n"].as_f64()).sum();
    let summary = json!({ "n": n, "ece": found["ece"], "inside": found["inside"] });
    figures.set("risk", Scored { table, summary });
    Ok(())
}
