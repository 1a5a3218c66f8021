//! Forbidden words and module headers.

use crate::repository::{NOTHING, Repository};

const FILE: &str = "crates/llm/src/lib.rs";

#[test]
fn every_forbidden_word_is_found_with_its_line() {
    for line in [
        "// TODO: later",
        "// FIXME",
        "fn f() { todo!() }",
        "fn f() { unimplemented!() }",
        "fn f() { dbg!(1); }",
        "#[ignore = \"slow\"] fn f() {}",
        "#[allow(dead_code)] fn f() {}",
    ] {
        let found = Repository::tidy().with(FILE, &format!("//! Asks.\n\n{line}\n")).findings();
        assert!(found.iter().any(|f| f.starts_with("crates/llm/src/lib.rs:3: `")), "{line}: {found:#?}");
    }
}

#[test]
fn tests_may_hold_them_as_data() {
    let repository =
        Repository::tidy().with("crates/llm/tests/it/main.rs", "//! Tests.\nconst X: &str = \"TODO\";\n");
    assert_eq!(repository.findings(), NOTHING);
}

#[test]
fn a_module_without_a_header_is_found_in_sources_tests_and_benches() {
    for part in ["src", "tests/it", "benches"] {
        let found = Repository::tidy().with(&format!("crates/llm/{part}/a.rs"), "use std::fmt;\n").finding();
        assert!(found.contains("a.rs:1: does not open with `//!`"), "{found}");
    }
}
