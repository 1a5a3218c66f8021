//! Paths of somebody's machine.

use crate::repository::{NOTHING, Repository};

#[test]
fn a_machine_path_in_a_document_is_found_with_its_line() {
    let found =
        Repository::tidy().with("docs/start.md", "# Start\n\nRun `/home/ann/upnext/run`.\n").finding();
    assert!(found.starts_with("docs/start.md:3: a path under /home exists on one machine only"), "{found}");
}

#[test]
fn a_machine_path_in_a_setting_is_found() {
    let found = Repository::tidy().with(".cargo/config.toml", "target-dir = \"/tmp/target\"\n").finding();
    assert!(found.contains("/tmp"), "{found}");
    let found = Repository::tidy().with("config.toml", "url = \"sqlite:///root/upnext.db\"\n").finding();
    assert!(found.contains("/root"), "{found}");
}

#[test]
fn a_folder_of_that_name_inside_the_repository_is_not_one() {
    let text = "See docs/work/plan.md, ./work/x, ${DATA}/tmp/x and https://example.com/home/index.html.\n";
    assert_eq!(Repository::tidy().with("README.md", text).findings(), NOTHING);
}

#[test]
fn build_output_is_not_looked_at() {
    let repository = Repository::tidy().with("target/doc/x.md", "/work/x").with(".git/x.md", "/work/x");
    assert_eq!(repository.findings(), NOTHING);
}
