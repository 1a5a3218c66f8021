//! The licence is there, and every crate takes licence, lints and edition from the workspace.

use super::Finding;
use super::tree::{File, Tree};
use std::path::PathBuf;
use toml::{Table, Value};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let manifests = tree.manifests().flat_map(|(_, manifest)| check_crate(manifest));
    manifests.chain(check_text(tree)).collect()
}

fn check_text(tree: &Tree) -> Option<Finding> {
    let is_apache = |file: &File| file.text.contains("Apache License") && file.text.contains("Version 2.0");
    if tree.file("LICENSE").is_some_and(is_apache) {
        return None;
    }
    let what = "the text of the Apache License, Version 2.0, belongs here".to_owned();
    Some(Finding { file: PathBuf::from("LICENSE"), line: 0, what })
}

fn check_crate(manifest: &File) -> Vec<Finding> {
    // A manifest that does not parse is a finding of `edges`.
    let Ok(table) = manifest.text.parse::<Table>() else { return Vec::new() };
    let package = table.get("package");
    let inherits = |value: Option<&Value>| {
        value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
    };
    let mut missing: Vec<&str> = ["edition", "license", "publish", "rust-version", "version"]
        .into_iter()
        .filter(|key| !inherits(package.and_then(|package| package.get(key))))
        .collect();
    if !inherits(table.get("lints")) {
        missing.push("[lints]");
    }
    missing
        .into_iter()
        .map(|key| {
            manifest.finding(0, format!("{key} does not come from the workspace: write `workspace = true`"))
        })
        .collect()
}
