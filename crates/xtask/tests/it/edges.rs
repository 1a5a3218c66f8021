//! Crate edges.

use crate::repository::{NOTHING, Repository};

#[test]
fn a_crate_may_import_what_its_row_names_and_any_library() {
    let repository = Repository::tidy()
        .with_crate("domain", "[dependencies]\nserde.workspace = true\n")
        .with_crate("decide", "[dependencies]\ndomain.workspace = true\njudge = { path = \"../judge\" }\n")
        .with_crate("sandbox", "[dependencies]\nasana.workspace = true\ntokio = \"1\"\n");
    assert_eq!(repository.findings(), NOTHING);
}

#[test]
fn an_arrow_that_points_up_is_found() {
    let found = Repository::tidy().with_crate("store", "[dependencies]\nengine.workspace = true\n").finding();
    assert_eq!(found, "crates/store/Cargo.toml: `store` may not import `engine`: it may import domain");
}

#[test]
fn an_arrow_is_found_for_one_target_and_under_another_name() {
    let manifest =
        "[target.'cfg(unix)'.dependencies]\nmemory = { path = \"../store\", package = \"store\" }\n";
    let found = Repository::tidy().with_crate("sandbox", manifest).finding();
    assert!(found.contains("`sandbox` may not import `store`"), "{found}");
}

#[test]
fn tests_may_import_what_the_code_may_not() {
    let repository = Repository::tidy().with_crate("web", "[dev-dependencies]\nsandbox.workspace = true\n");
    assert_eq!(repository.findings(), NOTHING);
}

#[test]
fn a_pure_crate_does_no_io_even_in_tests() {
    let manifest = "[dependencies]\nreqwest = \"0.13\"\n[dev-dependencies]\ntokio.workspace = true\n";
    let found = Repository::tidy().with_crate("judge", manifest).findings();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].contains("`judge` does no I/O, not even in tests: it may not import `reqwest`"),
        "{found:#?}"
    );
    assert!(found[1].contains("`tokio`"), "{found:#?}");
}

#[test]
fn a_crate_without_a_row_is_found() {
    let found = Repository::tidy().with_crate("helpers", "").finding();
    assert!(found.contains("the crate `helpers` is in no row of MAY_IMPORT"), "{found}");
}

#[test]
fn a_package_is_named_like_its_folder() {
    let manifest = "[package]\nname = \"upnext-llm\"\nedition.workspace = true\nlicense.workspace = true\n\
                    publish.workspace = true\nrust-version.workspace = true\nversion.workspace = true\n\
                    [lints]\nworkspace = true\n";
    let found = Repository::tidy().with("crates/llm/Cargo.toml", manifest).finding();
    assert!(found.contains("the package is not named `llm` like its folder"), "{found}");
}

#[test]
fn a_manifest_that_does_not_parse_is_found() {
    let found = Repository::tidy().with("crates/llm/Cargo.toml", "[package\n").finding();
    assert!(found.starts_with("crates/llm/Cargo.toml: does not parse:"), "{found}");
}
