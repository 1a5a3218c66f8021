//! Which crate may import which, and which must stay free of I/O. The tables are the rule.
//!
//! Arrows between crates hold for what ships: tests may import more, but the pure crates' tests do no I/O either.
//! Only direct dependencies are read: what a library brings along is its own business.

use super::Finding;
use super::tree::{File, Tree};
use toml::{Table, Value};

/// Each crate and the crates of this workspace it may import. Arrows only point down.
const MAY_IMPORT: [(&str, &[&str]); 13] = [
    ("domain", &[]),
    ("asana", &[]),
    ("embed", &[]),
    ("extract", &[]),
    ("llm", &[]),
    ("judge", &["domain"]),
    ("decide", &["domain", "judge"]),
    ("store", &["domain"]),
    ("sandbox", &["asana"]),
    ("engine", &["asana", "decide", "domain", "extract", "judge", "llm", "store"]),
    ("web", &["asana", "domain", "engine", "store"]),
    (
        "app",
        &[
            "asana", "decide", "domain", "embed", "engine", "extract", "judge", "llm", "sandbox", "store",
            "web",
        ],
    ),
    ("xtask", &[]),
];

/// No I/O, no async, no clock: what they decide depends on their arguments alone.
const PURE: [&str; 3] = ["decide", "domain", "judge"];

/// What a crate imports to reach the outside.
const IO: [&str; 4] = ["axum", "reqwest", "sqlx", "tokio"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.manifests().flat_map(|(name, manifest)| check_crate(name, manifest)).collect()
}

fn check_crate(name: &str, manifest: &File) -> Vec<Finding> {
    let table: Table = match manifest.text.parse() {
        Ok(table) => table,
        Err(error) => return vec![manifest.finding(0, format!("does not parse: {error}"))],
    };
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == name) else {
        let what = format!("the crate `{name}` is in no row of MAY_IMPORT (xtask/src/tidy/edges.rs): add it");
        return vec![manifest.finding(0, what)];
    };
    let imported = dependencies(&table, &["dependencies", "build-dependencies"]);
    let mut wrong: Vec<String> = imported
        .iter()
        .filter(|import| is_ours(import) && !allowed.contains(&import.as_str()))
        .map(|import| format!("`{name}` may not import `{import}`: it may import {}", list(allowed)))
        .collect();
    if PURE.contains(&name) {
        let everywhere = dependencies(&table, &["dependencies", "build-dependencies", "dev-dependencies"]);
        wrong.extend(
            everywhere.iter().filter(|import| IO.contains(&import.as_str())).map(|import| {
                format!("`{name}` does no I/O, not even in tests: it may not import `{import}`")
            }),
        );
    }
    if table.get("package").and_then(|package| package.get("name")).and_then(Value::as_str) != Some(name) {
        wrong.push(format!("the package is not named `{name}` like its folder"));
    }
    wrong.into_iter().map(|what| manifest.finding(0, what)).collect()
}

/// The packages named in the given `sections`, for every target.
fn dependencies(manifest: &Table, sections: &[&str]) -> Vec<String> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = targets.filter_map(Value::as_table).chain([manifest]);
    tables
        .flat_map(|table| sections.iter().filter_map(|section| table.get(*section)?.as_table()))
        .flatten()
        .map(|(key, value)| value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned())
        .collect()
}

fn is_ours(name: &str) -> bool {
    MAY_IMPORT.iter().any(|(known, _)| *known == name)
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "no crate of this workspace".into() } else { names.join(", ") }
}
