//! What no Rust file here may hold, and the `//!` each opens with.
//!
//! Words are looked for in the text, comments and strings included: a note to do something later is one wherever it
//! stands. A list of them is kept in pieces below, or this file would be a finding.

use super::Finding;
use super::tree::{File, Tree};

/// Forbidden text and what to do instead.
const FORBIDDEN: [(&str, &str); 8] = [
    (concat!("TO", "DO"), "do it, or open an issue"),
    (concat!("FIX", "ME"), "mend it, or open an issue"),
    (concat!("todo", "!"), "write the code"),
    (concat!("unimplemented", "!"), "write the code"),
    (concat!("dbg", "!"), "use `tracing`"),
    (concat!("#[", "ignore"), "a test runs, or goes"),
    (concat!("#[", "allow("), "use `#[expect(…, reason = \"…\")]`"),
    (concat!("#![", "allow("), "use `#![expect(…, reason = \"…\")]`"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let sources = tree.files.iter().filter(|file| file.is_rust_in(Some("src"))).flat_map(check_words);
    let headers = tree.files.iter().filter(|file| file.is_rust_in(None)).filter_map(check_header);
    sources.chain(headers).collect()
}

fn check_words(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.lines() {
        for (word, instead) in FORBIDDEN.iter().filter(|(word, _)| line.contains(word)) {
            findings.push(file.finding(number, format!("`{word}` has no place here: {instead}")));
        }
    }
    findings
}

fn check_header(file: &File) -> Option<Finding> {
    if file.text.trim_start().starts_with("//!") {
        return None;
    }
    let what = "does not open with `//!`: say what it is for, what it deliberately does not do, known limits";
    Some(file.finding(1, what))
}
