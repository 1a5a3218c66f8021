//! The dashboard in a real browser: Playwright and axe over the binary, with Debian's Chromium.
//!
//! What they need is put below `target/browser` once and kept; pictures of every page are left in `target/browser/pictures`. Node,
//! npm and Chromium are installed from Debian's packages where they are missing: Playwright's own browsers are not downloaded.

use crate::clients::{build, is_made_for, mark_made_for};
use crate::{Verdict, apt, workspace};
use anyhow::{Context as _, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

const NODE: &str =
    "install Node 20 or newer with npm (Debian: `apt-get install nodejs npm`) and run this again";
const CHROMIUM: &str = "install Chromium (Debian: `apt-get install chromium`) and run this again";

/// The files of the browser tests, beside those that name its packages.
const SUITE: [&str; 7] = [
    "playwright.config.js",
    "world.js",
    "steps.js",
    "journeys.spec.js",
    "every_page.spec.js",
    "budgets.spec.js",
    "posted.spec.js",
];

/// Builds the binary and runs every journey; `args` go to Playwright, such as a file or `-g NAME`.
pub fn run(root: &Path, args: &[String]) -> anyhow::Result<Verdict> {
    println!("\n== browser: what it needs");
    let home = workspace::target(root).join("browser");
    packages(&root.join("crates/web/tests/browser"), &home, &SUITE)?;
    let chromium = chromium()?;
    let program = build(root)?;
    println!("\n== browser: the dashboard in {}", chromium.display());
    let mut playwright = Command::new("node");
    playwright.args(["node_modules/@playwright/test/cli.js", "test"]).args(args).current_dir(&home);
    playwright.env("UPNEXT", program).env("UPNEXT_CHROMIUM", chromium);
    playwright.env("UPNEXT_OUT", home.join("pictures"));
    Ok(Verdict::of(workspace::succeeds(&mut playwright)?))
}

/// Measures the main pages with Lighthouse and prints its scores; bad where one is below 90.
pub fn lighthouse(root: &Path) -> anyhow::Result<Verdict> {
    println!("\n== lighthouse: what it needs");
    let home = workspace::target(root).join("lighthouse");
    let suite = root.join("crates/web/tests/lighthouse");
    packages(&suite, &home, &["scores.js"])?;
    let world = "world.js";
    std::fs::copy(root.join("crates/web/tests/browser").join(world), home.join(world))
        .with_context(|| format!("copying {world}"))?;
    let chromium = chromium()?;
    let program = build(root)?;
    println!("\n== lighthouse: the dashboard in {}", chromium.display());
    let mut scores = Command::new("node");
    scores.arg("scores.js").current_dir(&home).env("UPNEXT", program).env("UPNEXT_CHROMIUM", chromium);
    Ok(Verdict::of(workspace::succeeds(&mut scores)?))
}

/// A folder with files of a suite and exactly the packages of its lock file.
fn packages(suite: &Path, home: &Path, files: &[&str]) -> anyhow::Result<()> {
    if !apt::answers("node") || !apt::answers("npm") {
        apt::install(&["nodejs", "npm"], NODE)?;
    }
    std::fs::create_dir_all(home).with_context(|| format!("making {}", home.display()))?;
    for name in files.iter().chain(&["package.json", "package-lock.json"]) {
        std::fs::copy(suite.join(name), home.join(name)).with_context(|| format!("copying {name}"))?;
    }
    let lock = suite.join("package-lock.json");
    if is_made_for(home, &lock)? {
        return Ok(());
    }
    println!("installing {} into {}", lock.display(), home.display());
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"]).current_dir(home);
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    ensure!(workspace::succeeds(&mut npm)?, "npm could not install the packages: see above");
    mark_made_for(home, &lock)
}

/// A Chromium of this machine.
fn chromium() -> anyhow::Result<PathBuf> {
    let found =
        || ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| apt::answers(name));
    if found().is_none() {
        apt::install(&["chromium"], CHROMIUM)?;
    }
    let name = found().context(CHROMIUM)?;
    // Playwright wants a path, which the shell knows.
    let told =
        Command::new("sh").args(["-c", "command -v \"$0\"", name]).output().context("asking the shell")?;
    let path = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    ensure!(!path.is_empty(), "{CHROMIUM}");
    Ok(PathBuf::from(path))
}
