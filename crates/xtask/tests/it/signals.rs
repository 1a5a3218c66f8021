//! The header of a signal.

use crate::repository::{NOTHING, Repository};

const FILE: &str = "crates/judge/src/signals/age.rs";
const HEADER: &str = "//! **What it measures** Days, up to\n//! a year.\n//! **Why it matters** It does.\n\
                      //! **Example** 73 days read 0.2.\n//! **When it misleads** Often.\n";

#[test]
fn four_parts_in_order_are_tidy() {
    assert_eq!(Repository::tidy().with(FILE, HEADER).findings(), NOTHING);
}

#[test]
fn a_missing_part_is_named() {
    let found = Repository::tidy().with(FILE, &HEADER.replace("**Example**", "Say")).finding();
    assert!(found.starts_with("crates/judge/src/signals/age.rs:1: the header lacks"), "{found}");
    assert!(found.contains("`//! **Example** …`"), "{found}");
}

#[test]
fn parts_out_of_order_are_found() {
    let lines: Vec<&str> = HEADER.lines().rev().collect();
    let found = Repository::tidy().with(FILE, &lines.join("\n")).finding();
    assert!(found.contains("out of order"), "{found}");
}

#[test]
fn the_list_of_signals_and_other_files_need_no_such_header() {
    let repository = Repository::tidy()
        .with("crates/judge/src/signals/mod.rs", "//! The signals.\n")
        .with("crates/judge/src/score.rs", "//! The score.\n");
    assert_eq!(repository.findings(), NOTHING);
}
