//! Installs what a run needs where Debian's tools can, and says so before it does.

use anyhow::{Context as _, bail, ensure};
use std::path::Path;
use std::process::{Command, Stdio};

/// Installs Debian packages. `remedy` says what to do by hand, and ends every error.
pub(crate) fn install(packages: &[&str], remedy: &str) -> anyhow::Result<()> {
    let names = packages.join(" ");
    let apt: &[&str] = match (answers("apt-get"), is_root()?, answers("sudo")) {
        (false, ..) => {
            bail!("the tests need {names}, and this machine has no apt-get to install it: {remedy}")
        }
        (true, true, _) => &["apt-get"],
        (true, false, true) => &["sudo", "apt-get"],
        (true, false, false) => {
            bail!("the tests need {names}, and installing it takes root or sudo: {remedy}")
        }
    };
    println!("not on this machine: installing Debian's {names} with `{}`", apt.join(" "));
    run(apt, &["update"], remedy)?;
    run(apt, &[&["install", "--yes", "--no-install-recommends"], packages].concat(), remedy)
}

fn run(apt: &[&str], args: &[&str], remedy: &str) -> anyhow::Result<()> {
    // Packages ask questions on a terminal; `env` because sudo drops the variable.
    let quiet = ["env", "DEBIAN_FRONTEND=noninteractive"];
    let (apt_get, before) = apt.split_last().context("no apt-get")?;
    let words: Vec<&str> = [before, &quiet, &[*apt_get], args].concat();
    let status = Command::new(words[0])
        .args(&words[1..])
        .status()
        .with_context(|| format!("starting `{}`", words.join(" ")))?;
    ensure!(status.success(), "`{}` failed ({status}): {remedy}", words.join(" "));
    Ok(())
}

/// Whether a program is there and tells its version.
pub(crate) fn answers(program: impl AsRef<Path>) -> bool {
    let mut command = Command::new(program.as_ref());
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether this process runs as root.
pub(crate) fn is_root() -> anyhow::Result<bool> {
    let output = Command::new("id").arg("-u").output().context("starting `id -u`")?;
    ensure!(output.status.success(), "`id -u` failed");
    Ok(output.stdout.trim_ascii() == b"0")
}
