//! The weights of sentences that speak to the machine: fitted anew into the source, and what they find of kinds left out.
//!
//! Attacks are learned from `public/injection` and `injection/attacks.jsonl`, harmless sentences from the tasks of
//! `public/effort_sp_choet16` and `public/priority_hib`; the false flags that `injection` counts are of other projects. Known
//! limit: a binary holds the weights it was built with, so other weights count from the next build on, and this says so.

use super::figures::{Figures, Scored};
use super::predict::answer;
use super::{Place, tables};
use anyhow::Context as _;
use serde_json::json;
use std::path::{Path, PathBuf};

/// What is read, from the data's folder.
pub(super) const NEEDED: [&str; 4] = [
    "public/injection/snippets.jsonl",
    "injection/attacks.jsonl",
    "public/effort_sp_choet16",
    "public/priority_hib",
];
/// The weights, from the root.
const WEIGHTS: &str = "crates/judge/src/learn/injection/weights.csv";

/// Writes the weights and adds the figures.
pub(super) fn measure(place: &Place, figures: &mut Figures) -> anyhow::Result<()> {
    println!("\n== detector");
    let [attacks, tasks] = ["attacks", "tasks"].map(|name| place.scratch.join("detector").join(name));
    let [snippets, own, points, issues] = NEEDED.map(|path| place.data.join(path));
    stage(&attacks, &[snippets, own])?;
    let found: Vec<PathBuf> = [points, issues]
        .iter()
        .map(|folder| tables::of(folder))
        .collect::<anyhow::Result<Vec<_>>>()?
        .concat()
        .into_iter()
        .map(|(_, file)| file)
        .collect();
    stage(&tasks, &found)?;
    let train = ["--train", tasks.to_str().context("the target folder's name is no text")?];
    let weights = place.root.join(WEIGHTS);
    let before = std::fs::read(&weights).ok();
    answer(place, "detector", &train, (&attacks, &weights))?;
    if before != std::fs::read(&weights).ok() {
        println!("{WEIGHTS} is another now: run this again with `--only injection,steering`");
    }
    let out = place.scratch.join("unseen.csv");
    answer(place, "unseen", &train, (&attacks, &out))?;
    figures.set("detector", scored(&out)?);
    Ok(())
}

/// An emptied folder with copies of the files.
fn stage(folder: &Path, files: &[PathBuf]) -> anyhow::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    for file in files {
        let name = file.file_name().unwrap_or_default();
        std::fs::copy(file, folder.join(name)).with_context(|| format!("copying {}", file.display()))?;
    }
    Ok(())
}

fn scored(file: &Path) -> anyhow::Result<Scored> {
    let rows = tables::rows(file)?;
    let sum = |column: &str| -> usize {
        rows.iter().filter_map(|row| row.get(column)?.parse::<usize>().ok()).sum()
    };
    let (flagged, texts) = (sum("flagged"), sum("texts"));
    let summary = json!({
        "kinds": rows.len(), "texts": texts, "found unseen": flagged as f64 / texts.max(1) as f64,
    });
    println!("{summary:#}");
    let table =
        rows.into_iter().map(|row| row.into_iter().map(|(name, value)| (name, value.into())).collect());
    Ok(Scored { table: table.collect(), summary })
}
