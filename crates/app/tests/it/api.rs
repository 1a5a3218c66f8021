//! The API, as a program meets it, and one that means no good: keys that are not, no longer or elsewhere good, too much, too fast.

use crate::app::{Setting, TestApp};
use crate::asana::TOKEN;
use crate::served::Served;
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};

/// A judged project, the service over it, and a way to ask.
struct World {
    app: TestApp,
    served: Served,
    http: Client,
}

impl World {
    fn new(config: &str) -> World {
        let app = TestApp::with(Setting { config, ..Setting::default() });
        app.setup();
        app.groom_and_apply();
        let served = Served::run(&app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
        World { app, served, http: Client::new() }
    }

    fn at(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.served.url)
    }

    fn key(&self, args: &[&str]) -> String {
        let args: Vec<&str> = ["api-key", "create", "a test", "--json"].iter().chain(args).copied().collect();
        self.app.upnext(&args).ok().json()["api_key"].as_str().unwrap().to_owned()
    }

    /// A key of the project with all of these scopes.
    fn key_of(&self, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|scope| format!("--scope={scope}")).collect();
        let mut args = vec!["--project", self.app.project.as_str()];
        args.extend(scopes.iter().map(String::as_str));
        self.key(&args)
    }

    fn get(&self, path: &str, key: &str) -> Response {
        self.http.get(self.at(path)).bearer_auth(key).send().unwrap()
    }

    fn told(&self, path: &str, key: &str) -> Value {
        let answer = self.get(path, key);
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().unwrap()
    }

    fn post(&self, path: &str, key: &str, body: &Value) -> Response {
        self.http.post(self.at(path)).bearer_auth(key).json(body).send().unwrap()
    }

    /// Every address that reads, with ids that are there.
    fn reads(&self, key: &str) -> Vec<String> {
        let project = &self.app.project;
        let ranking = self.told(&format!("/projects/{project}/ranking"), key);
        let (task, plan) = (&ranking["rows"][0]["gid"], &ranking["plan"]);
        vec![
            format!("/projects/{project}/ranking"),
            format!("/projects/{project}/tasks/{}", task.as_str().unwrap()),
            format!("/projects/{project}/overrides"),
            format!("/plans/{}", plan.as_str().unwrap()),
            format!("/plans?project={project}"),
            format!("/runs?project={project}"),
            format!("/approvals?project={project}"),
            format!("/projects/{project}/risk"),
            format!("/projects/{project}/assignments"),
            "/projects".into(),
            "/plans".into(),
            "/runs".into(),
            "/approvals".into(),
            "/monitoring".into(),
        ]
    }
}

/// A refusal in the documented shape.
fn refused(answer: Response, status: u16) -> String {
    assert_eq!(answer.status(), status, "{}", answer.url());
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let body: Value = answer.json().unwrap();
    assert_eq!((&body["status"], &body["type"]), (&json!(status), &json!("about:blank")), "{body}");
    body["detail"].as_str().unwrap().to_owned()
}

#[test]
fn a_program_reads_what_the_pages_show() {
    let world = World::new("");
    let (key, project) = (world.key_of(&["read"]), world.app.project.clone());
    let groom = world.app.groom();
    let writes = world.app.asana.writes();

    let me = world.told("/me", &key);
    assert_eq!((&me["scopes"], &me["projects"]), (&json!(["read"]), &json!([project])));
    assert_eq!(world.told("/projects", &key)["projects"][0]["gid"], project.as_str());

    // Page by page the whole order, as the command tells it.
    let (mut told, mut page) = (vec![], 1);
    loop {
        let part = world.told(&format!("/projects/{project}/ranking?per_page=7&page={page}"), &key);
        let rows = part["rows"].as_array().unwrap();
        if rows.is_empty() {
            break;
        }
        told.extend(rows.iter().map(|row| (row["gid"].clone(), row["score"].clone())));
        page += 1;
    }
    let wanted: Vec<(Value, Value)> =
        groom["tasks"].as_array().unwrap().iter().map(|t| (t["gid"].clone(), t["score"].clone())).collect();
    assert_eq!(told, wanted);

    let first = told[0].0.as_str().unwrap();
    let why = world.told(&format!("/projects/{project}/tasks/{first}"), &key);
    let points = why["contributions"].as_array().unwrap().iter().map(|c| c["points"].as_f64().unwrap());
    assert!((points.sum::<f64>() - why["score"].as_f64().unwrap()).abs() < 1e-6, "{why}");

    let weights = json!({ "weights": { "urgency": 95 }, "limit": 5.0 });
    let other: Value = world.post(&format!("/projects/{project}/what-if"), &key, &weights).json().unwrap();
    assert_eq!(other["differs"], true, "{other}");
    let p0 = world.told(&format!("/projects/{project}/ranking?bands=P0,P1&sort=name&order=down"), &key);
    assert!(p0["rows"].as_array().unwrap().iter().all(|row| row["band"] == "P0" || row["band"] == "P1"));

    let runs = world.told("/runs?per_page=1", &key);
    assert_eq!((&runs["runs"][0]["kind"], &runs["more"]), (&json!("groom"), &json!(true)));
    assert!(world.told("/approvals", &key)["paging"]["total"].as_u64().unwrap() > 3);
    // Narrowed by how far a priority would move: fewer the farther, and as the command has them.
    let far = |least: &str| {
        let told = world.told(&format!("/approvals?min_change={least}&per_page=500"), &key);
        let listed = world.app.upnext(&["approvals", "list", "--json", "--min-change", least]).ok().json();
        assert_eq!(told["approvals"], listed, "{least}");
        told["approvals"].as_array().unwrap().len()
    };
    let [one, two, three] = ["1", "2", "3"].map(far);
    let all = world.told("/approvals", &key)["paging"]["total"].as_u64().unwrap() as usize;
    assert!(all > three && one >= two && two >= three && one > 0, "{all}: {one}, {two}, {three}");
    assert_eq!(world.app.asana.writes(), writes, "reading wrote");

    // What is said of it is said without a key.
    let described: Value = world.http.get(world.at("/openapi.json")).send().unwrap().json().unwrap();
    assert_eq!(described["openapi"], "3.1.0");
    for (path, methods) in described["paths"].as_object().unwrap() {
        let path = path.replace("{project}", &project).replace("{task}", first);
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase().parse().unwrap();
            let answer = world.http.request(method, world.at(&path)).json(&json!({})).send().unwrap();
            assert!(refused(answer, 401).contains("Bearer"), "{path}");
        }
    }
}

#[test]
fn a_program_reads_dates_in_danger_and_proposed_people_page_by_page() {
    let world = World::new("");
    let (key, project) = (world.key_of(&["read"]), world.app.project.clone());
    let groom = world.app.groom();
    let tasks = groom["tasks"].as_array().unwrap();
    let (dated, nobodys) = (tasks[0]["gid"].as_str().unwrap(), tasks[1]["gid"].as_str().unwrap());
    world.app.asana.put(TOKEN, &format!("/tasks/{dated}"), json!({ "due_on": "2020-01-06" }));
    world.app.asana.put(TOKEN, &format!("/tasks/{nobodys}"), json!({ "assignee": null }));
    world.app.groom();
    let (writes, plans) = (world.app.asana.writes(), world.told("/plans?per_page=500", &key));
    let risk = world.told(&format!("/projects/{project}/risk"), &key);
    let first = &risk["tasks"][0];
    assert_eq!(
        (&first["task"], &first["missed"], &risk["draws"]),
        (&json!(dated), &json!(1.0), &json!(10_000))
    );
    assert_eq!(first["url"], json!(format!("https://app.asana.com/0/{project}/{dated}")));
    assert!(
        first["done"]["tenth"].as_str().unwrap() <= first["done"]["ninetieth"].as_str().unwrap(),
        "{first}"
    );
    assert!(risk["late"].as_u64().unwrap() >= 1, "{risk}");
    assert!(!risk["critical_path"].as_array().unwrap().is_empty(), "{risk}");
    let told = world.app.upnext(&["risk", "--json", &project]).ok().json();
    let all = told["forecast"]["tasks"].as_array().unwrap().len();
    assert_eq!(risk["paging"]["total"].as_u64().unwrap() as usize, all);

    // Page by page every task that nobody has, in the order of the command.
    let told = world.app.upnext(&["assign", "--json", &project]).ok().json();
    let wanted: Vec<&Value> = told["tasks"].as_array().unwrap().iter().map(|task| &task["task"]).collect();
    let mut read = vec![];
    for page in 1.. {
        let part = world.told(&format!("/projects/{project}/assignments?per_page=2&page={page}"), &key);
        let rows = part["tasks"].as_array().unwrap().clone();
        if rows.is_empty() {
            break;
        }
        read.extend(rows);
    }
    assert!(wanted.contains(&&json!(nobodys)), "{told:#}");
    assert_eq!(read.iter().map(|task| &task["task"]).collect::<Vec<_>>(), wanted);
    for task in &read {
        let points = task["chosen"]["because"].as_array().map(|all| {
            all.iter().map(|one| (10.0 * one["points"].as_f64().unwrap()).round()).sum::<f64>() / 10.0
        });
        assert_eq!(points, task["chosen"]["points"].as_f64(), "{task}");
    }
    let people = world.told(&format!("/projects/{project}/assignments"), &key)["people"].clone();
    assert!(!people.as_array().unwrap().is_empty());
    assert_eq!(world.app.asana.writes(), writes, "reading wrote");
    assert_eq!(
        world.told("/plans?per_page=500", &key)["plans"].as_array().unwrap().len(),
        plans["plans"].as_array().unwrap().len() + 2,
        "the commands make plans, a look makes none"
    );
    refused(world.get(&format!("/projects/{project}/risk?per_page=0"), &key), 400);
    refused(world.get("/projects/4242/risk", &world.key(&["--all-projects"])), 404);
}

#[test]
fn a_program_over_a_store_alone_is_told_that_people_are_not_read() {
    let app = TestApp::with(Setting::default());
    app.setup();
    app.groom_and_apply();
    let served = Served::run(&app, &["dashboard", "--json", "--listen", "127.0.0.1:0"]);
    let world = World { app, served, http: Client::new() };
    let key = world.key_of(&["read"]);
    for what in ["risk", "assignments"] {
        let said = refused(world.get(&format!("/projects/{}/{what}", world.app.project), &key), 422);
        assert!(said.contains("upnext serve"), "{said}");
    }
}

#[test]
fn only_a_good_key_lets_in() {
    let world = World::new("");
    let key = world.key_of(&["read"]);
    let project = format!("/projects/{}/ranking", world.app.project);
    assert_eq!(world.get(&project, &key).status(), 200);
    let (front, secret) = key.rsplit_once('_').unwrap();
    let other = world.key_of(&["read"]);
    let other_secret = other.rsplit_once('_').unwrap().1;
    for wrong in [
        String::new(),
        front.to_owned(),
        secret.to_owned(),
        format!("{front}_{}", "0".repeat(64)),
        format!("{front}_{other_secret}"),
        key.to_uppercase(),
        format!("{key}0"),
        world.served.told["admin_token"].as_str().unwrap().to_owned(),
    ] {
        let answer = world.get(&project, &wrong);
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        refused(answer, 401);
    }
    // Neither a cookie nor an address carries a key.
    let cookie = world.http.get(world.at(&project)).header("cookie", format!("upnext={key}; key={key}"));
    refused(cookie.send().unwrap(), 401);
    refused(world.http.get(world.at(&format!("{project}?key={key}"))).send().unwrap(), 401);
    // Two keys are none.
    let two = world.http.get(world.at(&project)).bearer_auth(&key).bearer_auth(&key);
    refused(two.send().unwrap(), 401);

    // The store has no key, only what tells one.
    let keys = world.app.upnext(&["api-key", "list", "--json"]).ok();
    assert!(!keys.out.contains(secret));
    let listed = keys.json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let id = listed.as_array().unwrap().iter().find(|one| one["used_at"].is_string()).unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    assert!(key.contains(id.strip_prefix("key_").unwrap()));

    world.app.upnext(&["api-key", "revoke", id]).ok();
    refused(world.get(&project, &key), 401);
    assert_eq!(world.get(&project, &other).status(), 200, "another key is as it was");
    let again = world.app.upnext(&["api-key", "revoke", id]).ok();
    assert!(again.out.contains("before"), "{}", again.out);
    world.app.upnext(&["api-key", "revoke", "key_0000000000"]).exits(2).says(&["no API key"]);

    // A key whose days are over.
    let short = world.key(&["--project", &world.app.project, "--days", "1"]);
    assert_eq!(world.get(&project, &short).status(), 200);
    let short_id = format!("key_{}", short.split('_').nth(2).unwrap());
    world.app.database.sql(&format!("UPDATE api_keys SET expires_at = 1000 WHERE id = '{short_id}'"));
    refused(world.get(&project, &short), 401);

    let told: Vec<(String, String)> = world
        .app
        .audit()
        .into_iter()
        .filter(|entry| entry["kind"] == "api_key")
        .map(|entry| {
            let body: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
            (body["what"].as_str().unwrap().to_owned(), entry["subject"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(told.iter().filter(|(what, _)| what == "created").count(), 3, "{told:?}");
    assert_eq!(told.iter().filter(|(what, key)| what == "revoked" && key == id).count(), 1, "{told:?}");
    world.app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn a_key_of_another_project_sees_nothing_of_this_one() {
    let world = World::new("");
    let project = world.app.project.clone();
    let own = world.key_of(&["read", "approvals:write", "runs:undo"]);
    let all = ["--scope=read", "--scope=approvals:write", "--scope=runs:undo", "--project", "120000000000"];
    let other = world.key(&all);
    for path in world.reads(&own) {
        assert_eq!(world.get(&path, &own).status(), 200, "{path}");
        let answer = world.get(&path, &other);
        let (status, text) = (answer.status().as_u16(), answer.text().unwrap());
        let named = path.contains(&project) || path.starts_with("/plans/");
        assert_eq!(status, if named { 404 } else { 200 }, "{path}: {text}");
        assert!(!text.contains(&project), "{path} tells of {project}: {text}");
    }
    // What is somebody else's and what is not there are told alike.
    let theirs = refused(world.get(&format!("/projects/{project}/ranking"), &other), 404);
    let nothing = refused(world.get("/projects/4242/ranking", &other), 404);
    assert_eq!(theirs, nothing);
    let waiting = world.told("/approvals", &own);
    let id = &waiting["approvals"][0]["id"];
    let runs = world.told("/runs", &own);
    let undo = format!("/runs/{}/undo", runs["runs"][0]["id"].as_str().unwrap());
    let writes = world.app.asana.writes();
    let yes = json!({ "ids": [id], "answer": "approve" });
    refused(world.post("/approvals/answer", &other, &yes), 404);
    refused(world.post(&undo, &other, &json!({})), 404);
    refused(world.post(&format!("/projects/{project}/what-if"), &other, &json!({ "weights": {} })), 404);
    assert_eq!(world.app.asana.writes(), writes, "what was refused wrote");
}

#[test]
fn what_waits_is_answered_and_a_run_taken_back_with_the_scope_for_it() {
    let world = World::new("[policy.approvals]\nsilence_days = 3");
    let reads = world.key_of(&["read"]);
    let answers = world.key_of(&["read", "approvals:write"]);
    let undoes = world.key_of(&["runs:undo"]);
    let waiting = world.told("/approvals", &answers)["approvals"].as_array().unwrap().clone();
    let (one, two) = (&waiting[0], &waiting[1]);
    let day = |what: &str| one[what].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(day("silent_yes_at").duration_since(day("asked_at")).as_hours(), 72, "{one}");
    let yes = json!({ "ids": [one["id"]], "answer": "approve", "reason": "we agreed" });
    let writes = world.app.asana.writes();
    assert!(refused(world.post("/approvals/answer", &reads, &yes), 403).contains("approvals:write"));
    refused(world.post("/approvals/answer", &undoes, &yes), 403);
    refused(world.get("/approvals", &undoes), 403);
    let mixed = json!({ "ids": [one["id"], "apr_000000000000"], "answer": "approve" });
    refused(world.post("/approvals/answer", &answers, &mixed), 404);
    for wrong in [
        json!({ "ids": [], "answer": "approve" }),
        json!({ "ids": [one["id"]], "answer": "maybe" }),
        json!({ "ids": [one["id"]] }),
        json!({ "ids": [one["id"]], "answer": "approve", "by": "the boss" }),
        json!({ "ids": [one["id"]], "answer": "approve", "reason": "x".repeat(501) }),
        json!([]),
    ] {
        refused(world.post("/approvals/answer", &answers, &wrong), 400);
    }
    assert_eq!(world.app.asana.writes(), writes, "what was refused wrote");

    let report: Value = world.post("/approvals/answer", &answers, &yes).json().unwrap();
    assert_eq!(report["settled"][0]["id"], one["id"], "{report}");
    assert_eq!(world.app.asana.value(one["task"].as_str().unwrap(), "Priority"), one["new"]);
    let by = report["settled"][0]["settled"]["by"].as_str().unwrap();
    assert!(by.starts_with("a test (API key key_"), "{by}");
    let again: Value = world.post("/approvals/answer", &answers, &yes).json().unwrap();
    assert!(again["left"][0]["why"].as_str().unwrap().contains("approved already"), "{again}");
    let no = json!({ "ids": [two["id"]], "answer": "reject" });
    assert_eq!(world.post("/approvals/answer", &answers, &no).status(), 200);
    assert_eq!(world.told("/approvals?state=rejected", &reads)["approvals"][0]["id"], two["id"]);

    // The yes is a run, and is taken back.
    let run = report["runs"][0].as_str().unwrap();
    refused(world.post(&format!("/runs/{run}/undo"), &answers, &json!({})), 403);
    refused(world.post(&format!("/runs/{run}/undo"), &undoes, &json!({ "tasks": ["<b>\n"] })), 400);
    refused(world.post(&format!("/runs/{run}/undo"), &undoes, &json!({ "tasks": ["4242"] })), 422);
    refused(world.post(&format!("/runs/{run}/undo"), &undoes, &json!({ "fields": [""] })), 400);
    refused(world.post(&format!("/runs/{run}/undo"), &undoes, &json!({ "fields": ["x".repeat(201)] })), 400);
    let wrong = world.post(&format!("/runs/{run}/undo"), &undoes, &json!({ "fields": ["AI Rationale"] }));
    assert!(refused(wrong, 422).contains("Priority"), "it says what the run wrote");
    let undone: Value = world.post(&format!("/runs/{run}/undo"), &undoes, &json!({})).json().unwrap();
    assert_eq!(undone["restored"], json!([one["task"]]), "{undone}");

    // Of a groom one field of one task goes back, and the rest stays.
    let runs = world.told("/runs", &reads)["runs"].as_array().unwrap().clone();
    let groom = runs.iter().find(|run| run["kind"] == "groom").unwrap()["id"].clone();
    let task = two["task"].as_str().unwrap();
    let score = world.app.asana.value(task, "AI Priority Score");
    let part = json!({ "tasks": [task], "fields": ["AI Rationale"] });
    let path = format!("/runs/{}/undo", groom.as_str().unwrap());
    let undone: Value = world.post(&path, &undoes, &part).json().unwrap();
    assert_eq!(undone["restored"], json!([task]), "{undone}");
    assert_eq!(world.app.asana.value(task, "AI Rationale"), Value::Null);
    assert_eq!(world.app.asana.value(task, "AI Priority Score"), score);
    let described: Value = world.http.get(world.at("/openapi.json")).send().unwrap().json().unwrap();
    let sent = described.to_string();
    assert!(sent.contains("Only in the fields of these names"), "the description tells of fields");
    world.app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn too_much_and_what_makes_no_sense_is_refused_in_words() {
    let world = World::new("");
    let (key, project) = (world.key_of(&["read", "approvals:write"]), world.app.project.clone());
    let ranking = format!("/projects/{project}/ranking");
    for wrong in [
        "bands=P9",
        "bands=",
        "sort=mood",
        "order=sideways",
        "page=0",
        "page=-1",
        "page=x",
        "page=1&page=2",
        "per_page=501",
        "per_page=99999999999999999999999",
        "speed=1",
        "page=%00",
    ] {
        refused(world.get(&format!("{ranking}?{wrong}"), &key), 400);
    }
    for wrong in ["min_change=0", "min_change=4", "min_change=-1", "min_change=far"] {
        refused(world.get(&format!("/approvals?{wrong}"), &key), 400);
    }
    refused(world.get(&format!("{ranking}?text={}", "x".repeat(201)), &key), 400);
    refused(world.get("/projects/%ff/ranking", &key), 400);
    refused(world.get("/nowhere", &key), 404);
    refused(world.http.delete(world.at("/me")).bearer_auth(&key).send().unwrap(), 405);
    let what_if = format!("/projects/{project}/what-if");
    for wrong in [
        json!({ "weights": { "urgency": -1 } }),
        json!({ "weights": { "urgency": "a" } }),
        json!({ "weights": {}, "limit": 1.5 }),
    ] {
        refused(world.post(&what_if, &key, &wrong), 400);
    }
    let unknown = refused(world.post(&what_if, &key, &json!({ "weights": { "speed": 1 } })), 422);
    assert!(unknown.contains("urgency"), "{unknown}");
    let raw = |kind: &str, body: String| {
        let request = world.http.post(world.at(&what_if)).bearer_auth(&key).header("content-type", kind);
        request.body(body).send().unwrap()
    };
    refused(raw("application/json", "{".into()), 400);
    refused(raw("text/plain", "{}".into()), 415);
    refused(raw("application/json", format!("{{\"weights\":{{\"{}\":1}}}}", "x".repeat(70_000))), 413);
    refused(raw("application/json", "[".repeat(60_000)), 400);
    // A page of another site gets nothing it could read: nothing here allows it.
    let answer = world.get("/me", &key);
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    assert_eq!(answer.headers()["cache-control"], "no-store");
}

#[test]
fn a_key_that_asks_too_often_waits_alone() {
    let world = World::new("[service]\napi_requests_per_minute = 5\n");
    let (busy, other) = (world.key_of(&["read"]), world.key_of(&["read"]));
    let answers: Vec<Response> = (0..8).map(|_| world.get("/me", &busy)).collect();
    let last = answers.into_iter().last().unwrap();
    let wait: u64 = last.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
    refused(last, 429);
    assert_eq!(world.get("/me", &other).status(), 200);
    let none = "[service]\napi_requests_per_minute = 0\n";
    world.app.configure(none);
    world.app.upnext(&["api-key", "list"]).exits(2).says(&["api_requests_per_minute"]);
}

#[test]
fn a_key_says_where_it_may_go() {
    let app = TestApp::new();
    app.upnext(&["api-key", "create", "x"]).exits(2).says(&["--project"]);
    app.upnext(&["api-key", "create", "x", "--all-projects", "--project", "1201"]).exits(2);
    app.upnext(&["api-key", "create", "x", "--all-projects", "--scope", "admin"]).exits(2).says(&["read"]);
    app.upnext(&["api-key", "create", " ", "--all-projects"]).exits(2).says(&["name"]);
    app.upnext(&["api-key", "create", "x", "--all-projects", "--days", "0"]).exits(2);
    assert!(app.upnext(&["api-key", "list"]).ok().out.contains("no API key"));
    let made = app.upnext(&["api-key", "create", "x", "--all-projects", "--days", "7", "--json"]).ok().json();
    assert_eq!((&made["projects"], &made["scopes"]), (&Value::Null, &json!(["read"])));
    assert!(made["expires_at"].is_string() && made["state"] == "active");
}
