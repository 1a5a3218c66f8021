//! A task in two projects: one of them writes it, and which of them is told.

use crate::app::{Setting, TestApp};
use crate::asana::TOKEN;
use crate::backlog;
use serde_json::{Value, json};

/// Two projects that are set up, the first of them the older; the first task of the newer is in both.
struct Shared {
    app: TestApp,
    older: String,
    newer: String,
    task: String,
}

impl Shared {
    fn new(config: &str) -> Shared {
        let backlogs = vec![backlog::mixed(12), backlog::mixed(15)];
        let app = TestApp::with(Setting { backlogs, config, ..Setting::default() });
        let project = |at: usize| app.asana.imports[at]["project"].as_str().unwrap().to_owned();
        let mut projects = [project(0), project(1)];
        projects.sort_by_key(|gid| gid.parse::<u64>().unwrap());
        let [older, newer] = projects;
        for project in [&older, &newer] {
            app.upnext(&["setup", "--json", "--project", project]).ok();
        }
        let task = app.asana.tasks(&newer)[0]["gid"].as_str().unwrap().to_owned();
        app.asana.post(TOKEN, &format!("/tasks/{task}/addProject"), json!({ "project": older }));
        Shared { app, older, newer, task }
    }

    fn groom(&self, project: &str) -> Value {
        self.app.upnext(&["groom", "--json", "--apply", "--project", project]).ok().json()
    }

    fn score(&self) -> Option<f64> {
        self.app.asana.value(&self.task, "AI Priority Score").as_str()?.parse().ok()
    }

    /// The score of the task in that report, if the run wrote it, or why it did not.
    fn told(&self, report: &Value) -> Result<f64, String> {
        let skipped = report["skipped"].as_array().unwrap();
        match skipped.iter().find(|s| s["gid"] == self.task.as_str()) {
            Some(skipped) => Err(skipped["reason"].to_string()),
            None => {
                let tasks = report["tasks"].as_array().unwrap();
                let task = tasks.iter().find(|t| t["gid"] == self.task.as_str()).unwrap();
                Ok(task["score"].as_f64().unwrap())
            }
        }
    }
}

#[test]
fn two_projects_do_not_take_turns_in_one_field() {
    let world = Shared::new("");
    // Nobody else writes yet.
    let first = world.told(&world.groom(&world.newer)).unwrap();
    assert_eq!(world.score(), Some(first));
    let home = world.told(&world.groom(&world.older)).unwrap();
    assert_eq!(world.score(), Some(home));
    let again = world.groom(&world.newer);
    assert!(world.told(&again).unwrap_err().contains("which writes it"), "{again:#}");
    // What that run wrote is its own summary, which does not name the task any more.
    for project in [&world.older, &world.newer] {
        let settled = world.groom(project);
        assert_eq!(settled["requests"]["writes"], 0, "{:#}", settled["outcome"]);
    }
    assert_eq!(world.score(), Some(home));
}

#[test]
fn the_team_may_say_which_project_is_the_home() {
    let world = Shared::new("");
    world.groom(&world.older);
    world.groom(&world.newer);
    world.app.configure(&format!("[policy]\nhome_projects = ['{}']\n", world.newer));
    let home = world.told(&world.groom(&world.newer)).unwrap();
    assert_eq!(world.score(), Some(home));
    assert!(world.told(&world.groom(&world.older)).is_err());
    assert_eq!(world.score(), Some(home));
}

#[test]
fn a_project_that_only_looks_on_leaves_the_task_to_the_one_that_writes() {
    let world = Shared::new("");
    world.app.configure(&format!("[[policy.phase_for]]\nproject = '{}'\nphase = 'shadow'\n", world.older));
    world.groom(&world.older);
    let home = world.told(&world.groom(&world.newer)).unwrap();
    assert_eq!(world.score(), Some(home));
}
