//! The weights of sentences that speak to the machine are what the command makes of the public texts, to the last digit.

use crate::app::{Setting, TestApp};
use crate::backlog;
use std::path::Path;

const WEIGHTS: &str = include_str!("../../../judge/src/learn/injection/weights.csv");

/// Copies files, or the files of folders, into an empty folder.
fn gathered(folder: &Path, paths: &[&str]) -> Option<()> {
    std::fs::create_dir_all(folder).unwrap();
    for path in paths {
        let from = backlog::data(path)?;
        let files = if from.is_dir() {
            from.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect()
        } else {
            vec![from]
        };
        for file in files {
            std::fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
        }
    }
    Some(())
}

#[test]
fn weights_are_what_the_command_makes() {
    let app = TestApp::with(Setting { backlogs: vec![], ..Setting::default() });
    let [attacks, tasks] = ["attacks", "tasks"].map(|name| app.home.path().join(name));
    let texts = ["public/injection/snippets.jsonl", "injection/attacks.jsonl"];
    if gathered(&attacks, &texts).is_none() {
        return;
    }
    if gathered(&tasks, &["public/effort_sp_choet16", "public/priority_hib"]).is_none() {
        return;
    }
    app.upnext(&["eval", "detector", "--data", "attacks", "--out", "weights.csv"])
        .exits(2)
        .says(&["--train"]);
    app.upnext(&["eval", "detector", "--data", "attacks", "--train", "tasks", "--out", "weights.csv"]).ok();
    let made = std::fs::read_to_string(app.home.path().join("weights.csv")).unwrap();
    assert!(made == WEIGHTS, "run `cargo xtask eval --only detector`");
}
