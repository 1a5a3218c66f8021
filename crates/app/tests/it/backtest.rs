//! Looking back at a project, and measuring on data whose answers are known.

use crate::app::{Setting, TestApp};

/// A year of a small made-up team, in one project.
fn made_up() -> (TestApp, String) {
    let knobs =
        ["--limits", "off", "--generate", "people=12,projects=1,tasks=150,months=10,goals=2,portfolios=1"];
    let app = TestApp::with(Setting { backlogs: vec![], sandbox: &knobs, ..Setting::default() });
    let workspace = app.asana.get("/workspaces?limit=1")[0]["gid"].as_str().unwrap().to_owned();
    let projects = app.asana.get(&format!("/workspaces/{workspace}/projects?limit=10"));
    let project = projects[0]["gid"].as_str().unwrap().to_owned();
    (app, project)
}

#[test]
fn a_year_is_looked_back_at_and_nothing_is_written() {
    let (app, project) = made_up();
    let look = ["backtest", "--json", "--project", &project, "--out", "report.html"];
    let report = app.upnext(&look).ok().json();
    let findings = &report["findings"];
    assert_eq!(findings["figures"][0]["name"], "Upnext", "{report:#}");
    assert!(findings["weeks"].as_array().unwrap().len() > 15, "{report:#}");
    assert!(findings["coverage"]["undone"].as_u64().unwrap() > 0, "{report:#}");
    assert!(findings["verdict"]["verdict"].is_string(), "{report:#}");
    assert_eq!(app.asana.writes(), 0);
    let page = std::fs::read_to_string(app.home.path().join("report.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("Kendall tau") && !page.contains("<script"));
    // The past does not change by looking at it.
    assert_eq!(app.upnext(&look).ok().json()["findings"], *findings);
    let words = app.upnext(&["backtest", "--project", &project]).ok().out;
    assert!(words.contains("| first in, first out |"), "{words}");
}

#[test]
fn a_period_that_ends_before_it_begins_is_refused() {
    let (app, project) = made_up();
    let look = ["backtest", "--project", &project, "--from", "2026-05-01", "--to", "2026-04-01"];
    app.upnext(&look).exits(2).says(&["--from 2026-05-01", "--to 2026-04-01"]);
    app.upnext(&["backtest", "--project", "999999"]).exits(3).says(&["no project 999999"]);
}

#[test]
fn predictions_are_written_for_every_row_that_is_to_be_predicted() {
    let app = TestApp::with(Setting { backlogs: vec![], ..Setting::default() });
    let mut table = "issuekey,title,description,storypoint,split\n".to_owned();
    for nth in 0..120 {
        let (word, points) = if nth % 2 == 0 { ("button colour", 1) } else { ("database migration", 8) };
        let split = if nth < 90 { "train" } else { "test" };
        table += &format!("K-{nth},Change the {word} {nth},About the {word}.,{points},{split}\n");
    }
    let folder = app.home.path().join("points");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("team.csv"), table).unwrap();
    app.upnext(&["eval", "effort", "--data", "points", "--out", "out.csv"]).ok();
    let out = std::fs::read_to_string(app.home.path().join("out.csv")).unwrap();
    let rows: Vec<&str> = out.lines().collect();
    assert_eq!(rows[0], "suite,project,issuekey,pred,lo,hi");
    assert_eq!(rows.len(), 31);
    let told = |row: &str| row.split(',').nth(3).unwrap().parse::<f64>().unwrap();
    assert!(rows[1..].iter().all(|row| row.starts_with("points,team,K-")));
    assert!(told(rows[30]) > told(rows[29]) + 2.0, "{} and {}", rows[29], rows[30]);
    std::fs::create_dir(app.home.path().join("other")).unwrap();
    std::fs::write(app.home.path().join("other/t.csv"), "colour,taste\nred,sweet\n").unwrap();
    app.upnext(&["eval", "effort", "--data", "other", "--out", "x.csv"])
        .exits(2)
        .says(&["nothing to predict", "t"]);
    app.upnext(&["eval", "effort", "--data", "nowhere", "--out", "x.csv"]).exits(2).says(&["nowhere"]);
}
