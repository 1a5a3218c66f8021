//! `cargo xtask bench`: the benchmarks behind the published figures, in release.
//!
//! Only bench targets run: `cargo bench` alone would also start every unit test in bench mode, where each is ignored.

use crate::{Verdict, workspace};
use anyhow::{Context as _, ensure};
use std::path::Path;

/// Runs every file of `crates/*/benches` with `args` for `cargo bench`.
pub fn run(root: &Path, args: &[String]) -> anyhow::Result<Verdict> {
    ensure!(
        any_bench(root)?,
        "there is no benchmark yet: add one as crates/<crate>/benches/<name>.rs with a [[bench]] entry, harness = false"
    );
    let status = workspace::cargo(root)
        .args(["bench", "--workspace", "--bench", "*"])
        .args(args)
        .status()
        .context("starting `cargo bench`")?;
    Ok(Verdict::of(status.success()))
}

fn any_bench(root: &Path) -> anyhow::Result<bool> {
    let folder = root.join("crates");
    let crates = std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
    Ok(crates.flatten().any(|entry| entry.path().join("benches").is_dir()))
}
