//! `cargo xtask check`: format, clippy and the tidy rules. All run even when the first fails, so that one run
//! shows everything there is to mend.
//!
//! It changes nothing: `cargo fmt --all` mends the format.

use crate::{Verdict, tidy as rules, workspace};
use anyhow::Context as _;
use std::path::Path;

/// Runs the checks over the workspace at `root` and prints what each found.
pub fn run(root: &Path) -> anyhow::Result<Verdict> {
    let format = cargo(root, "fmt --all --check")?;
    let everything = workspace::EVERYTHING.join(" ");
    let clippy = cargo(root, &format!("clippy {everything} --all-targets -- -D warnings"))?;
    // As users build it, without the parts that are off by default.
    let plain = cargo(root, "clippy --workspace -- -D warnings")?;
    let tidy = tidy(root)?;
    let verdicts =
        [("format", format), ("clippy", clippy), ("clippy of the default build", plain), ("tidy", tidy)];
    println!("\n== summary");
    for (name, verdict) in verdicts {
        println!("{name}: {}", if verdict == Verdict::Good { "good" } else { "FAILED, see above" });
    }
    Ok(Verdict::of(verdicts.iter().all(|(_, verdict)| *verdict == Verdict::Good)))
}

/// Prints what the tidy rules find at `root`, one finding a line.
pub fn tidy(root: &Path) -> anyhow::Result<Verdict> {
    println!("\n== tidy");
    let findings = rules::findings(root)?;
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("nothing to mend"),
        count => println!("{count} to mend"),
    }
    Ok(Verdict::of(findings.is_empty()))
}

fn cargo(root: &Path, args: &str) -> anyhow::Result<Verdict> {
    println!("\n== cargo {args}");
    let status = workspace::cargo(root)
        .args(args.split(' '))
        .status()
        .with_context(|| format!("starting `cargo {args}`"))?;
    Ok(Verdict::of(status.success()))
}
