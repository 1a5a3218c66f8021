//! A task in two projects: one of them writes it, and which of them is told.

use crate::app::{Setting, TestApp};
use crate::asana::{PERSON, TOKEN};
use crate::backlog;
use crate::dashboard::{cookies, key};
use crate::served::Served;
use reqwest::blocking::Client;
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
        // The demo's workspace brings a second person who has a token.
        let sandbox = &["--limits", "off", "--demo"];
        let app = TestApp::with(Setting { backlogs, config, sandbox, ..Setting::default() });
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

#[test]
fn a_value_is_given_back_in_the_project_whose_page_it_was_asked_on() {
    let world = Shared::new("");
    world.groom(&world.older);
    world.app.edit_with(PERSON, &world.task, "AI Priority Score", json!(1));
    world.groom(&world.older);
    // The newer project judges the task last.
    world.groom(&world.newer);
    let overrides = |project: &str| {
        let all = world.app.upnext(&["overrides", "list", "--json", project]).ok().json();
        let of_task = |one: &&Value| one["task"] == world.task.as_str();
        all.as_array().unwrap().iter().find(of_task).cloned()
    };
    let id = overrides(&world.older).unwrap()["id"].as_str().unwrap().to_owned();
    let served = Served::run(&world.app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let at = |path: &str| format!("{}{path}", served.url);
    let form = http.get(at("/sign-in")).send().unwrap();
    let (cookie, token) =
        (cookies(form.headers()).pop().unwrap(), served.told["admin_token"].as_str().unwrap());
    let fields = [("key", key(&form.text().unwrap())), ("token", token.to_owned())];
    let entered = http.post(at("/sign-in")).header("cookie", cookie).form(&fields).send().unwrap();
    let session = cookies(entered.headers()).pop().unwrap();
    let page = format!("/projects/{}/overrides", world.older);
    let shown = http.get(at(&page)).header("cookie", &session).send().unwrap().text().unwrap();
    let fields = [("key", key(&shown)), ("id", id)];
    let release = at(&format!("{page}/release"));
    let given = http.post(release).header("cookie", &session).form(&fields).send().unwrap();
    assert_eq!(given.status(), 200, "{}", given.text().unwrap());
    assert_eq!(overrides(&world.older).unwrap()["now"], "given_back");
    let released = world.app.audit().into_iter().find(|entry| entry["kind"] == "release").unwrap();
    assert!(released["body"].to_string().contains(&world.older), "{released:#}");
}
