//! How far texts that speak to the machine move scores: points of their own task, and other tasks moved at all.
//!
//! Needs `injection/attacks.jsonl` and `backlogs/tistud-history.jsonl` beside `public`. Rows are counted here: no script of
//! the data scores them.

use super::Place;
use super::figures::{Figures, Scored};
use super::predict::answer;
use super::tables;
use anyhow::{Context as _, ensure};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What is read, from the data's folder.
pub(super) const FILES: [&str; 2] = ["injection/attacks.jsonl", "backlogs/tistud-history.jsonl"];

/// Adds the figures.
pub(super) fn measure(place: &Place, figures: &mut Figures) -> anyhow::Result<()> {
    println!("\n== steering");
    let [attacks, history]: [PathBuf; 2] = FILES.map(|file| place.data.join(file));
    let out = place.scratch.join("steering.csv");
    let train = history.to_str().context("the data folder's name is no text")?;
    answer(place, "steering", &["--train", train], (&attacks, &out))?;
    figures.set("steering", scored(&out)?);
    Ok(())
}

fn scored(file: &Path) -> anyhow::Result<Scored> {
    let rows = tables::rows(file)?;
    ensure!(!rows.is_empty(), "{} holds no rows", file.display());
    let column = |name: &str| -> Vec<f64> {
        let mut values: Vec<f64> = rows.iter().filter_map(|row| row.get(name)?.parse().ok()).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let shifts = column("shift");
    let at = |share: f64| shifts[((shifts.len() - 1) as f64 * share).round() as usize];
    let moved = column("others_moved").iter().filter(|others| **others > 0.0).count();
    let summary = json!({
        "texts": rows.len(), "median": at(0.5), "p99": at(0.99), "most": at(1.0), "moved others": moved,
    });
    println!("{summary:#}");
    Ok(Scored { table: vec![], summary })
}
