//! Installs PostgreSQL where Debian's tools can, and says so before it does.

use super::{Programs, REMEDY, cluster};
use anyhow::{Context as _, bail, ensure};
use std::process::Command;

/// Installs the package `postgresql`. Errors say what to install by hand.
pub(super) fn install() -> anyhow::Result<Programs> {
    let apt: &[&str] = match (cluster::answers("apt-get"), cluster::is_root()?, cluster::answers("sudo")) {
        (false, ..) => {
            bail!("the tests need PostgreSQL, and this machine has no apt-get to install it: {REMEDY}")
        }
        (true, true, _) => &["apt-get"],
        (true, false, true) => &["sudo", "apt-get"],
        (true, false, false) => {
            bail!("the tests need PostgreSQL, and installing it takes root or sudo: {REMEDY}")
        }
    };
    println!(
        "no PostgreSQL on this machine: installing Debian's package `postgresql` with `{}`\n\
         (set UPNEXT_TEST_POSTGRES to use a server of your own instead)",
        apt.join(" ")
    );
    run(apt, &["update"])?;
    run(apt, &["install", "--yes", "--no-install-recommends", "postgresql"])?;
    Programs::find()
        .with_context(|| format!("`postgresql` is installed, but its initdb is nowhere: {REMEDY}"))
}

fn run(apt: &[&str], args: &[&str]) -> anyhow::Result<()> {
    // Packages ask questions on a terminal; `env` because sudo drops the variable.
    let quiet = ["env", "DEBIAN_FRONTEND=noninteractive"];
    let (apt_get, before) = apt.split_last().context("no apt-get")?;
    let words: Vec<&str> = [before, &quiet, &[*apt_get], args].concat();
    let status = Command::new(words[0])
        .args(&words[1..])
        .status()
        .with_context(|| format!("starting `{}`", words.join(" ")))?;
    ensure!(status.success(), "`{}` failed ({status}): {REMEDY}", words.join(" "));
    Ok(())
}
