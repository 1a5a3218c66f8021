//! One service over projects of two workspaces: each is kept right with its own fields and its own webhook, and nothing of one gets
//! into the other.

use crate::app::{Setting, TestApp};
use crate::asana::PERSON;
use crate::backlog;
use crate::database::Kind;
use crate::serve::{QUICK, fit, idle, urgent};
use crate::served::{Served, until};
use crate::unheard::key;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

struct Two {
    app: TestApp,
    /// The project in the further workspace, which is that one.
    other: String,
    workspace: String,
}

impl Two {
    fn new(database: Kind) -> Two {
        let app = TestApp::with(Setting {
            backlogs: vec![backlog::mixed(20)],
            database,
            sandbox: &["--limits", "off", "--demo"],
            config: QUICK,
            ..Setting::default()
        });
        let workspace = app.asana.make(json!({ "what": "workspace", "name": "Elsewhere" }));
        let new = json!({ "name": "Another team's backlog", "workspace": workspace });
        let other = app.asana.post(PERSON, "/projects", new)["gid"].as_str().unwrap().to_owned();
        for n in 0..12 {
            let task = json!({ "name": format!("Elsewhere {n}"), "projects": [other], "notes": "Somebody needs this." });
            app.asana.post(PERSON, "/tasks", task);
        }
        for project in [&app.project, &other] {
            app.upnext(&["setup", "--project", project]).ok();
            app.upnext(&["connect", "--project", project]).ok();
        }
        Two { app, other, workspace }
    }

    fn connections(&self) -> BTreeMap<String, Value> {
        let all = self.app.upnext(&["connections", "--json"]).ok().json();
        let row = |row: &Value| (row["project"].as_str().unwrap().to_owned(), row.clone());
        all.as_array().unwrap().iter().map(row).collect()
    }

    /// The webhooks in a workspace, by what they watch.
    fn hooks(&self, workspace: &str) -> Vec<Value> {
        let hooks = self.app.asana.list(&format!("/webhooks?workspace={workspace}&opt_fields=resource.gid"));
        hooks.into_iter().map(|hook| hook["resource"]["gid"].clone()).collect()
    }

    /// When each task of a project was last touched.
    fn touched(&self, project: &str) -> BTreeMap<String, Value> {
        let tasks = self.app.asana.list(&format!("/tasks?project={project}&opt_fields=modified_at"));
        tasks.into_iter().map(|t| (t["gid"].as_str().unwrap().to_owned(), t["modified_at"].clone())).collect()
    }

    fn undated(&self, project: &str) -> String {
        let tasks = self.app.asana.tasks(project);
        tasks.iter().find(|task| fit(task)).unwrap()["gid"].as_str().unwrap().to_owned()
    }

    fn rests(&self, served: &Served) {
        let done = || served.metrics().contains("upnext_changes_unseen 0") && idle(&self.app);
        until("nothing is left to do", done);
    }

    /// The text of the report in a project.
    fn report(&self, project: &str) -> String {
        let tasks = self.app.asana.tasks(project);
        let host = tasks.iter().find(|task| task["name"] == "Prioritize Backlog").unwrap();
        let comments = self.app.asana.comments(host["gid"].as_str().unwrap());
        comments[0]["text"].as_str().unwrap().to_owned()
    }
}

fn ranking(served: &Served, key: &str, project: &str) -> (u16, Value) {
    let url = format!("{}/api/v1/projects/{project}/ranking?per_page=100", served.url);
    let answer = reqwest::blocking::Client::new().get(url).bearer_auth(key).send().unwrap();
    (answer.status().as_u16(), answer.json().unwrap())
}

fn both_are_kept_right_and_apart(database: Kind) {
    let two = Two::new(database);
    let (app, first, other) = (&two.app, two.app.project.clone(), two.other.clone());
    let served = Served::start(app);
    until("both are judged and heard of", || {
        let all = two.connections();
        all.len() == 2
            && all.values().all(|c| c["channel"] == "webhook" && c["read_to"].is_string())
            && idle(app)
    });
    let connections = two.connections();
    assert_eq!(connections[&first]["workspace"], app.asana.workspace.as_str());
    assert_eq!(connections[&other]["workspace"], two.workspace.as_str());
    assert_eq!(two.hooks(&app.asana.workspace), [json!(first)]);
    assert_eq!(two.hooks(&two.workspace), [json!(other)]);
    // Fields of the same names, and none of them in both.
    let fields = |project: &str| -> BTreeSet<String> { app.asana.fields(project).into_values().collect() };
    assert!(fields(&first).is_disjoint(&fields(&other)));
    assert!(app.asana.fields(&other).contains_key("AI Priority Score"));
    // A change in one is written there, and nothing in the other is touched.
    for (project, apart) in [(&first, &other), (&other, &first)] {
        two.rests(&served);
        let before = two.touched(apart);
        urgent(app, &two.undated(project));
        two.rests(&served);
        assert_eq!(two.touched(apart), before);
    }
    // Each has a report of its own tasks alone.
    for (project, apart) in [(&first, &other), (&other, &first)] {
        let report = two.report(project);
        assert!(report.contains(project.as_str()) && !report.contains(apart.as_str()), "{report}");
    }
    // Who may see one sees nothing of the other.
    let key = key(app);
    let (status, ranked) = ranking(&served, &key, &first);
    assert!(status == 200 && !ranked.to_string().contains("Elsewhere"), "{status} {ranked:#}");
    assert_eq!(ranking(&served, &key, &other).0, 404);
    // And one goes without the other.
    app.upnext(&["disconnect", "--project", &other]).ok();
    assert_eq!((two.hooks(&two.workspace), two.hooks(&app.asana.workspace)), (vec![], vec![json!(first)]));
    urgent(app, &two.undated(&first));
}

#[test]
fn two_workspaces_in_one_service_are_kept_right_and_apart_on_sqlite() {
    both_are_kept_right_and_apart(Kind::Sqlite);
}

#[test]
fn two_workspaces_in_one_service_are_kept_right_and_apart_on_postgresql() {
    both_are_kept_right_and_apart(Kind::Postgres);
}
