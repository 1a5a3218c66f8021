//! The API against its own description: schemathesis makes up requests from it and looks at every answer.
//!
//! It comes from PyPI (about 60 MB with what it needs), put below `target/fuzz` once and kept. Left out, by name, where there is no
//! Python or PyPI does not answer.

use crate::{Verdict, clients, workspace};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Seconds of each of the two runs: with the world around them they stay below a minute and a half.
const SECONDS: &str = "25";

/// Installs what is missing, builds the binary and runs `crates/web/tests/fuzz`.
pub fn run(root: &Path) -> anyhow::Result<Verdict> {
    println!("\n== fuzz: what it needs");
    let suite = root.join("crates/web/tests/fuzz");
    let home = workspace::target(root).join("fuzz");
    let wheels = ["--only-binary", ":all:"];
    let python = match clients::python(&suite.join("requirements.txt"), &home.join("python"), &wheels) {
        Ok(python) => python,
        Err(error) => {
            println!("left out: the fuzzing of the API ({error:#})");
            return Ok(Verdict::Good);
        }
    };
    let program = clients::build(root)?;
    println!("\n== fuzz: the API against its own description");
    let started = Instant::now();
    let mut run = Command::new(python);
    run.args(["-B", "run.py"]).current_dir(suite).env("UPNEXT", program).env("UPNEXT_FUZZ_SECONDS", SECONDS);
    let good = workspace::succeeds(&mut run)?;
    println!("fuzz: {} ({} s)", if good { "good" } else { "FAILED" }, started.elapsed().as_secs());
    Ok(Verdict::of(good))
}
