//! No path of somebody's machine in a document or a setting: it works nowhere else.
//!
//! Rust is not looked at: there such paths are test data.

use super::Finding;
use super::tree::{File, Tree};

/// Where people keep clones and scratch files.
const FOLDERS: [&str; 4] = ["home", "root", "tmp", "work"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().filter(|file| !file.has_extension("rs")).flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.lines() {
        for folder in FOLDERS.iter().filter(|folder| holds_absolute(line, folder)) {
            let what = format!(
                "a path under /{folder} exists on one machine only: write it from the repository's root"
            );
            findings.push(file.finding(number, what));
        }
    }
    findings
}

/// Whether `line` has `/folder/` as the start of a path, not as the middle of `docs/folder/` or of an address.
fn holds_absolute(line: &str, folder: &str) -> bool {
    let middle = |before: char| before.is_alphanumeric() || "._-~}>*".contains(before);
    line.match_indices(&format!("/{folder}/")).any(|(at, _)| !line[..at].ends_with(middle))
}
