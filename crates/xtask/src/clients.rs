//! Foreign clients against `upnext sandbox`: Asana's own SDKs for Python and Node, and unmodified third-party programs.
//!
//! What they need (a virtual environment, packages of npm) is put below `target/clients` once and kept. Python and Node
//! themselves are installed from Debian's packages where they are missing.

use crate::{Verdict, apt, workspace};
use anyhow::{Context as _, bail, ensure};
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PYTHON: &str = "install Python 3.9 or newer with its module venv (Debian: `apt-get install python3-venv`) and run \
     this again";
const NODE: &str =
    "install Node 20 or newer with npm (Debian: `apt-get install nodejs npm`) and run this again";

/// Builds the sandbox and runs every suite of clients against one that runs.
pub fn run(root: &Path) -> anyhow::Result<Verdict> {
    let suites = root.join("crates/sandbox/tests/clients");
    let home = workspace::target(root).join("clients");
    println!("\n== clients: what they need");
    let python = python(&suites.join("python/requirements.txt"), &home.join("python"), &[])?;
    let node = node(&suites.join("node"), &home.join("node"))?;
    let sandbox = Sandbox::start(root)?;
    println!("\n== clients: Asana's Python SDK");
    let mut run = Command::new(&python);
    run.args(["-B", "run.py"]).current_dir(suites.join("python"));
    let openapi = root.join("../shared/asana/asana_oas.yaml");
    if openapi.exists() {
        run.env("ASANA_OPENAPI", openapi);
    }
    let python_is_good = sandbox.passes(&mut run)?;
    println!("\n== clients: Asana's Node SDK");
    let mut run = Command::new("node");
    run.args(["--test", "--test-reporter", "spec", "suite.test.js"]).current_dir(&node);
    let node_is_good = sandbox.passes(&mut run)?;
    println!("\n== clients: summary");
    for (name, good) in [("Python SDK", python_is_good), ("Node SDK", node_is_good)] {
        println!("{name}: {}", if good { "good" } else { "FAILED, see above" });
    }
    Ok(Verdict::of(python_is_good && node_is_good))
}

/// Runs unmodified third-party programs that know no address but app.asana.com. They keep to Asana's request limits, so
/// this takes minutes; it is no part of a test run.
pub fn third_party(root: &Path) -> anyhow::Result<Verdict> {
    let suite = root.join("crates/sandbox/tests/clients/third_party");
    let home = workspace::target(root).join("clients");
    println!("\n== clients: what the third-party programs need");
    let tap = home.join("tap-asana");
    let airbyte = home.join("airbyte");
    python(&suite.join("requirements.txt"), &tap, &[])?;
    python(&suite.join("requirements-airbyte.txt"), &airbyte, &[])?;
    let mcp = node(&suite, &home.join("mcp"))?;
    let binary = build(root)?;
    println!("\n== clients: tap-asana, airbyte-source-asana, mcp-server-asana");
    let mut run = Command::new("python3");
    run.args(["-B", "run.py"]).current_dir(&suite);
    run.env("UPNEXT", binary).env("TAP", tap).env("AIRBYTE", airbyte).env("MCP", mcp);
    Ok(Verdict::of(workspace::succeeds(&mut run)?))
}

/// A virtual environment with what a file of requirements asks for; answers its Python. `options` are pip's.
pub(crate) fn python(requirements: &Path, home: &Path, options: &[&str]) -> anyhow::Result<PathBuf> {
    let python = home.join("bin/python");
    if is_made_for(home, requirements)? {
        return Ok(python);
    }
    let make = || workspace::succeeds(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home));
    if !make()? {
        apt::install(&["python3", "python3-venv"], PYTHON)?;
        ensure!(make()?, "`python3 -m venv` failed: {PYTHON}");
    }
    println!("installing {} into {}", requirements.display(), home.display());
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(options);
    pip.arg("-r").arg(requirements);
    ensure!(workspace::succeeds(&mut pip)?, "pip could not install the Python packages: see above");
    mark_made_for(home, requirements)?;
    Ok(python)
}

/// A folder with the suite and its packages.
pub(crate) fn node(suite: &Path, home: &Path) -> anyhow::Result<PathBuf> {
    let package = suite.join("package.json");
    if !apt::answers("node") || !apt::answers("npm") {
        apt::install(&["nodejs", "npm"], NODE)?;
    }
    std::fs::create_dir_all(home).context("making target/clients/node")?;
    // Node looks for packages beside the file it runs.
    for name in ["package.json", "suite.test.js"].into_iter().filter(|name| suite.join(name).exists()) {
        std::fs::copy(suite.join(name), home.join(name)).with_context(|| format!("copying {name}"))?;
    }
    if !is_made_for(home, &package)? {
        println!("installing {} into {}", package.display(), home.display());
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"])
            .current_dir(home);
        ensure!(workspace::succeeds(&mut npm)?, "npm could not install the packages: see above");
        mark_made_for(home, &package)?;
    }
    Ok(home.to_path_buf())
}

/// Whether a folder was made for exactly these requirements.
pub(crate) fn is_made_for(home: &Path, requirements: &Path) -> anyhow::Result<bool> {
    let wanted =
        std::fs::read(requirements).with_context(|| format!("reading {}", requirements.display()))?;
    Ok(std::fs::read(home.join("made-for")).is_ok_and(|made| made == wanted))
}

pub(crate) fn mark_made_for(home: &Path, requirements: &Path) -> anyhow::Result<()> {
    std::fs::copy(requirements, home.join("made-for")).context("noting what was installed")?;
    Ok(())
}

/// The binary as it is now: the one the stories run. `cargo build` leaves out what only tests need, and with it features of
/// libraries, so that it would build half of everything once more.
pub(crate) fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let mut build = workspace::cargo(root);
    build.args(["test", "--quiet", "--no-run", "--test", "it"]).args(workspace::EVERYTHING);
    ensure!(workspace::succeeds(&mut build)?, "building `upnext` failed");
    Ok(workspace::target(root).join("debug/upnext"))
}

/// A running `upnext sandbox`; dropping it ends the process.
struct Sandbox {
    process: Child,
    base_url: String,
    token: String,
}

impl Sandbox {
    /// The binary as a user would start it: enterprise plan, so that every operation answers, and no request limits.
    fn start(root: &Path) -> anyhow::Result<Self> {
        let binary = build(root)?;
        let mut process = Command::new(&binary)
            .args(["sandbox", "--json", "--port", "0", "--plan", "enterprise", "--limits", "off"])
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", binary.display()))?;
        let mut line = String::new();
        let output = process.stdout.take().context("the sandbox has no output")?;
        BufReader::new(output).read_line(&mut line).context("reading where the sandbox is")?;
        let told: serde_json::Value = serde_json::from_str(&line).context("the sandbox did not start")?;
        let word = |key: &str| told[key].as_str().map(str::to_owned);
        match (word("base_url"), word("token")) {
            (Some(base_url), Some(token)) => Ok(Self { process, base_url, token }),
            _ => bail!("the sandbox did not say where it is: {line}"),
        }
    }

    /// Runs a suite that finds the sandbox in its environment.
    fn passes(&self, suite: &mut Command) -> anyhow::Result<bool> {
        let named: [(&str, &OsStr); 2] =
            [("SANDBOX_BASE_URL", self.base_url.as_ref()), ("SANDBOX_TOKEN", self.token.as_ref())];
        workspace::succeeds(suite.envs(named))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("the sandbox at {} could not be stopped: {error}", self.base_url);
        }
    }
}
