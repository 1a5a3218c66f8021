//! Where the workspace is and how cargo is called in it.

use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set by the `cargo run` behind `cargo xtask`. Some build scripts (ring's) run again when they change, so a cargo
/// started with them and one started without would rebuild each other's work.
const SET_BY_CARGO_RUN: [&str; 8] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// What a check or test of everything covers: all crates, and the parts of `upnext` that are off by default. Without those
/// parts it is looked at by `check`. Every build of a run of everything names exactly these, because with other features half of
/// it would be built anew.
pub const EVERYTHING: [&str; 3] = ["--workspace", "--features", "app/embeddings,app/traces"];

/// The folder of the root manifest.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// `cargo` in `root`, as if typed in a shell.
pub fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root);
    for name in SET_BY_CARGO_RUN {
        cargo.env_remove(name);
    }
    cargo
}

/// Where cargo puts what it builds: this very program is in there.
pub fn target(root: &Path) -> PathBuf {
    let here = std::env::current_exe().ok();
    let found = here.as_deref().and_then(Path::parent).and_then(Path::parent).map(Path::to_path_buf);
    found.unwrap_or_else(|| root.join("target"))
}

/// Runs a command to its end; whether it said it did well.
pub fn succeeds(command: &mut Command) -> anyhow::Result<bool> {
    let status = command.status().with_context(|| format!("starting {:?}", command.get_program()))?;
    Ok(status.success())
}
