//! `cargo xtask test`: every test of the workspace, unit, integration and documentation, on a machine that may have
//! nothing but Rust. Ends with what was left out, what failed and `N passed, N failed`.
//!
//! It uses plain `cargo test`, so that nothing else need be installed. Benchmarks are only compiled, by
//! `cargo xtask check`: run here, without optimisation, they would take minutes and measure nothing.

use crate::postgres::{self, Wanted};
use crate::tally::Tally;
use crate::{Verdict, browser, clients, conformance, fuzz, model, workspace};
use anyhow::Context as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ExitStatus, Stdio};

/// Which server the command line asks for; an empty URL is none.
pub fn server(url: Option<String>, private: bool) -> Wanted {
    match url.filter(|url| !url.trim().is_empty()) {
        Some(url) => Wanted::Given(url),
        None if private => Wanted::Private,
        None => Wanted::Any,
    }
}

/// Runs the tests against the server that is `wanted`. `args` go to `cargo test`; when empty, the whole workspace is
/// tested.
pub fn run(root: &Path, wanted: Wanted, args: &[String]) -> anyhow::Result<Verdict> {
    println!("\n== PostgreSQL");
    let server = postgres::provide(wanted)?;
    println!("{server}");
    println!("\n== cargo test");
    let mut tally = Tally::default();
    let status = stream(root, server.url(), args, &mut tally)?;
    println!("\n== summary");
    if !status.success() && tally.failed() == 0 {
        println!("cargo test ended with an error outside any test ({status}): see above");
    }
    println!("{tally}");
    let tested = Verdict::of(status.success());
    if !args.is_empty() {
        println!(
            "left out: the foreign clients, the model server, the conformance of requests to models, the fuzzing of the API and \
             the browser (only a run of everything has them; see `cargo xtask clients`, `model`, `conformance`, `fuzz` and \
             `browser`)"
        );
        return Ok(tested);
    }
    let verdicts = [
        tested,
        clients::run(root)?,
        model::run(root)?,
        conformance::run(root)?,
        fuzz::run(root)?,
        browser::run(root, &[])?,
    ];
    Ok(Verdict::of(verdicts.iter().all(|verdict| *verdict == Verdict::Good)))
}

/// Shows cargo's output as it comes, and counts.
fn stream(root: &Path, url: &str, args: &[String], tally: &mut Tally) -> anyhow::Result<ExitStatus> {
    let mut cargo = workspace::cargo(root);
    cargo.args(["test", "--no-fail-fast"]);
    if args.is_empty() {
        cargo.args(workspace::EVERYTHING);
    }
    cargo.args(args);
    if !args.iter().any(|arg| arg == "--") {
        cargo.arg("--");
    }
    // A test says what it left out by printing it, and libtest hides what passing tests print.
    cargo.arg("--show-output");
    if args.is_empty() {
        // Stories wait for processes, databases and timers as much as they reckon: with one a core, half of the cores' time went unused.
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        cargo.arg(format!("--test-threads={}", 2 * cores));
    }
    let mut child = cargo
        .env("UPNEXT_TEST_POSTGRES", url)
        .stdout(Stdio::piped())
        .spawn()
        .context("starting `cargo test`")?;
    let mut output = BufReader::new(child.stdout.take().context("cargo test has no output")?);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line).context("reading the output of cargo test")? > 0 {
        std::io::stdout().write_all(&line).context("showing the output of cargo test")?;
        tally.read(&String::from_utf8_lossy(&line));
        line.clear();
    }
    child.wait().context("waiting for cargo test")
}
