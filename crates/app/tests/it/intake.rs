//! Requests by form and by API: made once whatever is sent again or cut short, nothing told that a stranger may not see, no spam.

use crate::app::{Setting, TestApp};
use crate::asana::TOKEN;
use crate::served::{Served, until};
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const LINK: &str = "a-link-that-nobody-guesses-0123456789";

/// A judged project that takes requests, and the service over it.
struct World {
    app: TestApp,
    served: Served,
    http: Client,
}

/// The configuration of a project's intake.
fn config(project: &str, more: &str) -> String {
    format!(
        "[service]\nlease_seconds = 5\nintake = [{{ project = \"{project}\", title = \"Ask the team\", link = \"{LINK}\"{more} }}]\n"
    )
}

impl World {
    fn new(more: &str, policy: &str) -> World {
        let app = TestApp::with(Setting::default());
        app.configure(&format!("{policy}\n{}", config(&app.project, more)));
        app.setup();
        app.groom();
        let served = Served::run(&app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        World { app, served, http }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.served.url)
    }

    fn form(&self) -> Form<'_> {
        let page = self.http.get(self.at(&format!("/intake/{LINK}"))).send().unwrap();
        assert_eq!(page.status(), 200);
        let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let text = page.text().unwrap();
        Form {
            world: self,
            shown: Instant::now(),
            cookie,
            key: value(&text, "key"),
            stamp: value(&text, "stamp"),
        }
    }

    fn key(&self, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|scope| format!("--scope={scope}")).collect();
        let mut args = vec!["api-key", "create", "a shop", "--json", "--project", self.app.project.as_str()];
        args.extend(scopes.iter().map(String::as_str));
        self.app.upnext(&args).ok().json()["api_key"].as_str().unwrap().to_owned()
    }

    fn post(&self, path: &str, key: &str, body: &Value) -> Response {
        let path = format!("/api/v1/projects/{}/requests{path}", self.app.project);
        self.http.post(self.at(&path)).bearer_auth(key).json(body).send().unwrap()
    }

    /// Waits until the request has its task.
    fn task(&self, key: &str, request: &str) -> String {
        let path = self.at(&format!("/api/v1/projects/{}/requests/{request}", self.app.project));
        let mut task = Value::Null;
        until("the request is a task", || {
            let filed: Value = self.http.get(&path).bearer_auth(key).send().unwrap().json().unwrap();
            task = filed["task"].clone();
            task.is_string()
        });
        task.as_str().unwrap().to_owned()
    }

    /// Tasks of that name, done or not.
    fn named(&self, name: &str) -> Vec<Value> {
        self.app.asana.tasks(&self.app.project).into_iter().filter(|task| task["name"] == name).collect()
    }

    /// Waits until nothing is left to do.
    fn idle(&self) {
        until("the jobs end", || {
            let jobs = self.app.upnext(&["jobs", "list", "--json"]).ok().json();
            !jobs.to_string().contains("intake")
        });
    }
}

/// The value of a hidden field.
fn value(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// As long as a form is open before anything is taken.
const READ: Duration = Duration::from_millis(3200);

/// The form as a browser has it.
#[derive(Clone)]
struct Form<'a> {
    world: &'a World,
    shown: Instant,
    cookie: String,
    key: String,
    stamp: String,
}

impl Form<'_> {
    fn post(&self, fields: &[(&str, &str)]) -> Response {
        let mut all = vec![("key", self.key.as_str()), ("stamp", self.stamp.as_str())];
        all.extend(fields);
        let path = self.world.at(&format!("/intake/{LINK}"));
        self.world.http.post(path).header("cookie", &self.cookie).form(&all).send().unwrap()
    }

    /// The same once a person could have read it.
    fn read(&self, fields: &[(&str, &str)]) -> Response {
        until("the form was open for long enough", || self.shown.elapsed() > READ);
        self.post(fields)
    }
}

#[test]
fn a_request_by_the_form_is_looked_at_and_becomes_one_task() {
    let world = World::new("", "");
    let form = world.form();
    let title = "Export <b>fails</b> & loses rows";
    let text = "The export crashes on the second page.\nPriority:\n\"><script>alert(1)</script>";
    let fields = [("title", title), ("description", text), ("requester", "Somebody <s@example.com>")];
    let early = form.post(&[("title", title), ("description", text), ("step", "send")]);
    assert_eq!(early.status(), 422);
    let early = early.text().unwrap();
    assert!(early.contains("faster than people read") && early.contains("Export &#60;b&#62;"), "{early}");

    let mut look = fields.to_vec();
    look.push(("step", "look"));
    let page = form.read(&look).text().unwrap();
    assert!(page.contains("Not sent yet") && !page.contains("<script>alert"), "{page}");
    assert!(page.contains("What did you expect to happen?"), "{page}");
    assert!(world.named(title).is_empty(), "a look made a task");

    let mut send = fields.to_vec();
    send.extend([("question", "What did you expect to happen?"), ("answer", "All rows"), ("step", "send")]);
    let sent = form.read(&send);
    assert_eq!(sent.status(), 303);
    let to = sent.headers()["location"].to_str().unwrap().to_owned();
    let again = form.read(&send);
    assert_eq!(again.headers()["location"].to_str().unwrap(), to, "the same form is the same request");
    let other = form.read(&[("title", "Something else"), ("description", text), ("step", "send")]);
    assert_eq!(other.status(), 409);
    let other = other.text().unwrap();
    assert!(other.contains("was sent already") && other.contains("Something else"), "{other}");
    until("the page tells of the task", || {
        world.http.get(world.at(&to)).send().unwrap().text().unwrap().contains("The team has it")
    });
    world.idle();
    form.read(&send);
    world.idle();
    let made = world.named(title);
    assert_eq!(made.len(), 1, "one request, one task");
    let task = made[0]["gid"].as_str().unwrap();
    let notes = world.app.asana.get(&format!("/tasks/{task}?opt_fields=notes"))["notes"].clone();
    let notes = notes.as_str().unwrap();
    for part in [
        text,
        "What did you expect to happen?:\nAll rows",
        "s@example.com",
        "submitted through Ask the team (req_",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    let runs: Vec<Value> =
        world.app.upnext(&["plan", "list", "--json"]).ok().json().as_array().unwrap().clone();
    assert_eq!(runs.iter().filter(|plan| plan["kind"] == "intake").count(), 1);
    assert!(world.app.audit().iter().any(|entry| entry["kind"] == "request"));
    world.app.upnext(&["audit", "verify"]).ok();

    // Made by a run, it is taken back like anything that a run made.
    let intake = runs.iter().find(|plan| plan["kind"] == "intake").unwrap();
    world.app.upnext(&["undo", intake["run"].as_str().unwrap()]).ok();
    assert!(world.named(title).is_empty());
}

#[test]
fn what_no_person_would_send_is_refused() {
    let world = World::new("", "");
    assert_eq!(
        world.http.get(world.at("/intake/another-link-0123456789012345")).send().unwrap().status(),
        404
    );
    assert_eq!(world.http.get(world.at("/intake/")).send().unwrap().status().as_u16() / 100, 3);
    let form = world.form();
    let good = [("title", "A"), ("description", "b"), ("step", "send")];
    let trapped =
        [("title", "A"), ("description", "b"), ("website", "https://example.com"), ("step", "send")];
    let links = "buy http://a.example ".repeat(6);
    let advertising = [("title", "A"), ("description", links.as_str()), ("step", "send")];
    let empty = [("title", " "), ("description", "b"), ("step", "send")];
    assert!(form.read(&trapped).text().unwrap().contains("stay empty"));
    assert!(form.post(&advertising).text().unwrap().contains("five links"));
    assert!(form.post(&empty).text().unwrap().contains("needs a title"));
    // Another's key, another's stamp, no cookie, a foreign page.
    let other = world.form();
    let forged = Form { key: other.key.clone(), ..form.clone() };
    assert_eq!(forged.post(&good).status(), 403);
    // A moment that somebody made up themselves.
    let forged = Form { stamp: format!("1700000000000-{}", "a".repeat(20)), ..form.clone() };
    assert!(forged.post(&good).text().unwrap().contains("made anew"));
    let path = world.at(&format!("/intake/{LINK}"));
    let foreign =
        world.http.post(&path).header("cookie", &form.cookie).header("origin", "https://evil.example");
    assert_eq!(foreign.form(&good).send().unwrap().status(), 403);
    let large = "x".repeat(62_000);
    assert_eq!(form.post(&[("title", "A"), ("description", &large)]).status(), 413);
    // Who sends on and on waits.
    until("a client has sent too much", || form.post(&empty).status() == 429);
    assert!(world.named("A").is_empty());
    let jobs = world.app.upnext(&["jobs", "list", "--json"]).ok().json();
    assert!(!jobs.to_string().contains("intake"), "{jobs}");
}

#[test]
fn names_of_other_tasks_are_for_those_who_may_read() {
    let world = World::new("", "");
    let known = world.app.asana.tasks(&world.app.project);
    let known = known.iter().find(|task| task["completed"] == false).unwrap();
    let (name, gid) = (known["name"].as_str().unwrap(), known["gid"].as_str().unwrap());
    let notes = world.app.asana.get(&format!("/tasks/{gid}?opt_fields=notes"))["notes"].clone();
    let description = format!("{name}. {}", notes.as_str().unwrap_or_default());
    let asked = json!({ "title": name, "description": description.chars().take(3000).collect::<String>() });
    let reads = world.key(&["read", "requests:write"]);
    let blind = world.key(&["requests:write"]);
    let told: Value = world.post("/look", &reads, &asked).json().unwrap();
    assert_eq!(told["similar"][0]["gid"], gid, "{told}");
    let told: Value = world.post("/look", &blind, &asked).json().unwrap();
    assert_eq!(told["similar"], json!([]));
    let form = world.form();
    let page = form.read(&[("title", name), ("description", "again"), ("step", "look")]).text().unwrap();
    assert!(page.contains("Not sent yet") && !page.contains("asked for before"), "{page}");
    // With the switch, whoever has the link is told.
    let open = World::new(", show_similar = true", "");
    let blind = open.key(&["requests:write"]);
    let told: Value = open.post("/look", &blind, &asked).json().unwrap();
    assert_eq!(told["similar"][0]["name"], name, "{told}");
    // A key without the scope asks for nothing, and one of another project finds none.
    assert_eq!(open.post("", &open.key(&["read"]), &asked).status(), 403);
    let args = ["api-key", "create", "x", "--json", "--scope=requests:write", "--project", "120000000000"];
    let other = open.app.upnext(&args).ok().json()["api_key"].as_str().unwrap().to_owned();
    assert_eq!(open.post("", &other, &asked).status(), 404);
}

#[test]
fn a_request_by_the_api_is_made_once_and_labelled_as_far_as_the_phase_allows() {
    let fill = "[policy.triage]\nfill = [\"category\", \"complexity\", \"initial_priority\"]\n";
    let world = World::new("", &format!("[policy]\nphase = \"shadow\"\n{fill}"));
    let key = world.key(&["requests:write"]);
    let asked = json!({ "id": "order-4711", "title": "Sign in with the company account", "description": "So that nobody needs another password." });
    for wrong in [
        json!({ "title": "", "description": "x" }),
        json!({ "title": "x" }),
        json!({ "title": "x", "description": "y", "id": "../../etc" }),
        json!({ "title": "x".repeat(201), "description": "y" }),
        json!({ "title": "x", "description": "y", "priority": "P0" }),
    ] {
        assert_eq!(world.post("", &key, &wrong).status(), 400, "{wrong}");
    }
    let first = world.post("", &key, &asked);
    assert_eq!(first.status(), 202);
    let first: Value = first.json().unwrap();
    let request = first["request"].as_str().unwrap().to_owned();
    let second: Value = world.post("", &key, &asked).json().unwrap();
    assert_eq!(second["request"], request.as_str());
    let task = world.task(&key, &request);
    world.idle();
    let third = world.post("", &key, &asked);
    assert_eq!(third.status(), 200);
    assert_eq!(third.json::<Value>().unwrap()["task"], task.as_str());
    assert_eq!(world.named("Sign in with the company account").len(), 1);
    let words = json!({ "id": "order-4711", "title": "Something else", "description": "And not that." });
    assert_eq!(world.post("", &key, &words).status(), 409, "other words under the same id");
    // Another program that counts alike has another request.
    let other: Value = world.post("", &world.key(&["requests:write"]), &asked).json().unwrap();
    assert_ne!(other["request"], request.as_str());
    // In the shadow the task stands as it was asked for, and nothing of Upnext's is on it.
    for field in ["Category", "Complexity", "Initial Priority", "AI Priority Score"] {
        assert_eq!(world.app.asana.value(&task, field), Value::Null, "{field}");
    }
}

#[test]
fn a_request_that_was_cut_short_is_carried_on_with() {
    let mut world = World::new("", "");
    let key = world.key(&["requests:write"]);
    let asked = json!({ "id": "cut-short-1", "title": "Carry this on", "description": "Whatever happens." });
    // Asana takes the creation and answers late; the service is killed before it hears of it.
    world.app.asana.faults(json!({ "latency_ms": { "min": 400, "max": 400 } }));
    let writes = world.app.asana.writes();
    let request: Value = world.post("", &key, &asked).json().unwrap();
    let request = request["request"].as_str().unwrap().to_owned();
    until("Asana sees the creation", || world.app.asana.writes() > writes);
    world.served.kill();
    // From now on Asana takes what is written and says that it failed.
    world.app.asana.faults(json!({ "write_then_error": { "rate": 1.0 } }));
    world.served = Served::run(&world.app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
    let task = world.task(&key, &request);
    world.app.asana.faults(json!({}));
    world.idle();
    assert_eq!(world.named("Carry this on").len(), 1);
    assert_eq!(world.named("Carry this on")[0]["gid"], task.as_str());

    // Of another, Asana never says that it took it: it is looked for, and not made twice.
    world.app.asana.faults(json!({ "write_then_error": { "rate": 1.0 } }));
    let asked = json!({ "id": "never-said-1", "title": "Look for this", "description": "It is there." });
    let request: Value = world.post("", &key, &asked).json().unwrap();
    world.task(&key, request["request"].as_str().unwrap());
    world.app.asana.faults(json!({}));
    world.idle();
    assert_eq!(world.named("Look for this").len(), 1);
}

#[test]
fn an_intake_that_cannot_work_is_named_by_its_place() {
    let app = TestApp::new();
    let wrong = [
        ("link = \"short\", title = \"x\", project = \"1201\"", "service.intake[0]: link"),
        ("link = \"\", title = \"\", project = \"1201\"", "service.intake[0]: title"),
    ];
    for (entry, says) in wrong {
        app.configure(&format!("[service]\nintake = [{{ {entry} }}]\n"));
        app.upnext(&["config"]).exits(2).says(&[says]);
    }
    let twice = "{ project = \"1201\", title = \"x\" }, { project = \"1201\", title = \"y\" }";
    app.configure(&format!("[service]\nintake = [{twice}]\n"));
    app.upnext(&["config"]).exits(2).says(&["service.intake[1]"]);
}

#[test]
fn a_request_that_was_given_up_is_tried_again_when_it_is_sent_again() {
    let world = World::new("", "[service.retry]\ntries = 1\nfirst_seconds = 1");
    let key = world.key(&["requests:write"]);
    let asked = json!({ "id": "given-up-1", "title": "Try this again", "description": "Later." });
    world.app.asana.faults(json!({
        "refusal": { "rate": 1.0, "statuses": [403], "methods": ["POST"], "path_prefix": "/tasks" }
    }));
    let request: Value = world.post("", &key, &asked).json().unwrap();
    let request = request["request"].as_str().unwrap().to_owned();
    let path = world.at(&format!("/api/v1/projects/{}/requests/{request}", world.app.project));
    let filed = || -> Value { world.http.get(&path).bearer_auth(&key).send().unwrap().json().unwrap() };
    until("it is given up", || filed()["given_up"] == true);
    assert!(filed()["task"].is_null() && filed()["problem"].is_string(), "{}", filed());
    world.app.asana.faults(json!({}));
    // Other words under its number are another request's, and wake nothing.
    let other = json!({ "id": "given-up-1", "title": "Something else", "description": "Later." });
    assert_eq!(world.post("", &key, &other).status(), 409);
    assert_eq!(filed()["given_up"], true);
    let again = world.post("", &key, &asked);
    assert!(again.status().is_success(), "{}", again.status());
    world.task(&key, &request);
    world.idle();
    assert_eq!(world.named("Try this again").len(), 1);
    assert_eq!(filed()["given_up"], false);
}

#[test]
fn a_requests_task_that_somebody_has_is_not_taken_back() {
    let world = World::new("", "");
    let key = world.key(&["requests:write"]);
    let file = |id: &str, title: &str| {
        let asked = json!({ "id": id, "title": title, "description": "Please." });
        let request: Value = world.post("", &key, &asked).json().unwrap();
        let task = world.task(&key, request["request"].as_str().unwrap());
        world.idle();
        task
    };
    let (had, free) = (file("somebody-1", "Somebody has this"), file("nobody-0001", "Nobody has this"));
    // The token's own user takes it in a browser, so that only the value tells.
    world.app.asana.put(TOKEN, &format!("/tasks/{had}"), json!({ "assignee": "me" }));
    let plans = world.app.upnext(&["plan", "list", "--json"]).ok().json();
    let runs: Vec<&str> = plans
        .as_array()
        .unwrap()
        .iter()
        .filter(|plan| plan["kind"] == "intake")
        .map(|plan| plan["run"].as_str().unwrap())
        .collect();
    assert_eq!(runs.len(), 2, "{plans:#}");
    let told: Vec<String> = runs.iter().map(|run| world.app.upnext(&["undo", "--json", run]).out).collect();
    assert!(told.iter().any(|told| told.contains("an assignee")), "{told:?}");
    assert_eq!(world.named("Somebody has this").len(), 1);
    assert_eq!(world.named("Nobody has this"), Vec::<Value>::new(), "{free} is gone");
}
