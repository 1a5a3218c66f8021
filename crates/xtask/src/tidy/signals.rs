//! A signal's documentation has four parts in a fixed order: the manual is made from them.

use super::Finding;
use super::tree::{File, Tree};
use std::path::Path;

const FOLDER: &str = "crates/judge/src/signals";

/// Each opens a line of the `//!` header, in bold.
const PARTS: [&str; 4] = ["What it measures", "Why it matters", "Example", "When it misleads"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().filter(|file| is_signal(file)).filter_map(check_file).collect()
}

fn is_signal(file: &File) -> bool {
    file.has_extension("rs")
        && file.path.parent() == Some(Path::new(FOLDER))
        && !file.path.ends_with("mod.rs")
}

fn check_file(file: &File) -> Option<Finding> {
    let mut header = file.text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim_start);
    let missing = PARTS.iter().find(|part| {
        let opening = format!("**{part}**");
        !header.any(|line| line.starts_with(&opening))
    })?;
    let what = format!(
        "the header lacks a line `//! **{missing}** …`, or has it out of order: {}",
        PARTS.join(" · ")
    );
    Some(file.finding(1, what))
}
