//! The licence and what every manifest inherits.

use crate::repository::Repository;

#[test]
fn another_licence_is_found() {
    let found = Repository::tidy().with("LICENSE", "MIT License\n").finding();
    assert_eq!(found, "LICENSE: the text of the Apache License, Version 2.0, belongs here");
}

#[test]
fn a_manifest_with_a_licence_and_lints_of_its_own_is_found() {
    let manifest = "[package]\nname = \"llm\"\nedition.workspace = true\nlicense = \"MIT\"\n\
                    publish.workspace = true\nrust-version.workspace = true\nversion.workspace = true\n";
    let found = Repository::tidy().with("crates/llm/Cargo.toml", manifest).findings();
    assert_eq!(
        found,
        [
            "crates/llm/Cargo.toml: [lints] does not come from the workspace: write `workspace = true`",
            "crates/llm/Cargo.toml: license does not come from the workspace: write `workspace = true`",
        ]
    );
}
