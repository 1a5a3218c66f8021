//! The dashboard, as somebody meets it who means no good: forged cookies and forms, guessed ids, hostile texts, too much and too slow.

use crate::app::{Setting, TestApp};
use crate::asana::TOKEN;
use crate::served::{Served, until};
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER, SET_COOKIE};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A running dashboard over a groomed project.
pub struct World {
    pub app: TestApp,
    pub served: Served,
    pub token: String,
    pub http: Client,
}

/// Texts that would do something where they are not taken as text.
const HOSTILE: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>",
    "{{ 7 * 7 }} {% include \"x\" %} ${7*7}",
    "'; DROP TABLE runs; --",
    "=HYPERLINK(\"https://example.com\")",
];

impl World {
    pub fn new() -> World {
        World::over(TestApp::with(Setting::default()))
    }

    /// The same beside the service, which may write.
    pub fn serving() -> World {
        World::serving_over(TestApp::with(Setting::default()))
    }

    pub fn serving_over(app: TestApp) -> World {
        let mut world = World::over(app);
        world.served.stop();
        world.served = Served::run(&world.app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
        world
    }

    pub fn over(app: TestApp) -> World {
        app.setup();
        let open = |task: &Value| task["completed"] == false;
        let tasks: Vec<Value> = app.asana.tasks(&app.project).into_iter().filter(open).collect();
        for (task, text) in tasks.iter().zip(HOSTILE) {
            let task = task["gid"].as_str().unwrap();
            let data = json!({ "name": text, "notes": text });
            app.asana.put(TOKEN, &format!("/tasks/{task}"), data);
            app.asana.post(
                TOKEN,
                &format!("/tasks/{task}/stories"),
                json!({ "text": format!("urgent! {text}") }),
            );
        }
        app.groom_and_apply();
        let served = Served::run(&app, &["dashboard", "--json", "--listen", "127.0.0.1:0"]);
        let token = served.told["admin_token"].as_str().unwrap().to_owned();
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        World { app, served, token, http }
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.served.url)
    }

    pub fn get(&self, path: &str, cookie: &str) -> Response {
        self.http.get(self.at(path)).header("cookie", cookie).send().unwrap()
    }

    pub fn post(&self, path: &str, cookie: &str, form: &[(&str, &str)]) -> RequestBuilder {
        self.http.post(self.at(path)).header("cookie", cookie).form(form)
    }

    /// The sign-in form as a browser gets it: its cookie and its key.
    fn form(&self) -> (String, String) {
        let response = self.http.get(self.at("/sign-in")).send().unwrap();
        let cookie = cookies(response.headers()).pop().unwrap();
        (cookie, key(&response.text().unwrap()))
    }

    /// What signing in with a token answers.
    fn enter(&self, token: &str, next: &str) -> Response {
        let (cookie, key) = self.form();
        self.post("/sign-in", &cookie, &[("key", &key), ("token", token), ("next", next)]).send().unwrap()
    }

    /// The cookie of a new session.
    pub fn session(&self) -> String {
        let response = self.enter(&self.token, "/");
        assert_eq!(response.status(), 303);
        cookies(response.headers()).pop().unwrap()
    }
}

/// The cookies an answer sets, as `name=value`.
pub fn cookies(headers: &HeaderMap) -> Vec<String> {
    let first = |value: &str| value.split(';').next().unwrap().to_owned();
    headers.get_all(SET_COOKIE).iter().map(|value| first(value.to_str().unwrap())).collect()
}

/// The key of the first form of a page.
pub fn key(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"key\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

pub fn to(response: &Response) -> &str {
    response.headers()[LOCATION].to_str().unwrap()
}

/// The tasks whose names are hostile.
pub fn hostile(world: &World) -> Vec<String> {
    let tasks = world.app.asana.tasks(&world.app.project);
    let is = |task: &&Value| HOSTILE.contains(&task["name"].as_str().unwrap());
    tasks.iter().filter(is).map(|task| task["gid"].as_str().unwrap().to_owned()).collect()
}

/// Every page of a world, with the ids that are in it.
fn pages(world: &World, cookie: &str) -> Vec<String> {
    let project = &world.app.project;
    let task = hostile(world).swap_remove(0);
    let plans = world.app.upnext(&["plan", "list", "--json"]).ok().json();
    let plan = plans[0]["id"].as_str().unwrap();
    assert_eq!(world.get("/", cookie).status(), 200);
    vec![
        "/".into(),
        format!("/projects/{project}"),
        format!("/projects/{project}/tasks/{task}"),
        format!("/projects/{project}/what-if"),
        format!("/projects/{project}/ranking.csv"),
        "/plans".into(),
        format!("/plans/{plan}"),
        "/runs".into(),
        "/jobs".into(),
        "/monitoring".into(),
        "/approvals".into(),
        format!("/projects/{project}/phases"),
        format!("/projects/{project}/review"),
        format!("/projects/{project}/retro"),
        "/portfolio".into(),
        format!("/projects/{project}/overrides"),
        format!("/projects/{project}/rubric"),
        format!("/projects/{project}/calibrate"),
        format!("/projects/{project}/workload"),
        format!("/projects/{project}/risk"),
        format!("/projects/{project}/assign"),
        format!("/projects/{project}/tasks/{task}/model"),
        "/audit".into(),
    ]
}

#[test]
fn a_stranger_sees_nothing_but_the_way_in() {
    let world = World::new();
    let session = world.session();
    for path in pages(&world, &session) {
        assert_eq!(world.get(&path, &session).status(), 200, "{path}");
        for forged in ["", "upnext=", "upnext=0", "upnext=%00", &format!("{session}0"), "upnext-form=1"] {
            let answer = world.get(&path, forged);
            assert_eq!(answer.status(), 303, "{path} with {forged}");
            assert!(to(&answer).starts_with("/sign-in"), "{path}");
        }
    }
    assert_eq!(world.get("/live", "").status(), 303);
    assert_eq!(world.get("/nothing-here", "").status(), 303);
    assert_eq!(world.get("/nothing-here", &session).status(), 404);
}

#[test]
fn every_answer_carries_its_headers() {
    let world = World::new();
    let session = world.session();
    let mut all: Vec<Response> =
        pages(&world, &session).iter().map(|path| world.get(path, &session)).collect();
    all.extend([world.get("/sign-in", ""), world.get("/", ""), world.get("/no", &session)]);
    for answer in all {
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{part}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert_eq!(headers["cache-control"], "no-store");
    }
}

#[test]
fn a_session_is_new_at_sign_in_and_over_at_sign_out() {
    let world = World::new();
    let first = world.session();
    // A browser that brings a session somebody else made is given another.
    let (form, form_key) = world.form();
    let brought = format!("{form}; {first}");
    let answer =
        world.post("/sign-in", &brought, &[("key", &form_key), ("token", &world.token)]).send().unwrap();
    let second = cookies(answer.headers()).pop().unwrap();
    assert_ne!(first, second);
    assert_eq!(world.get("/", &first).status(), 303, "the session that was brought is over");
    let flags = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(
        flags.contains("HttpOnly") && flags.contains("SameSite=Lax") && flags.contains("Path=/"),
        "{flags}"
    );
    // So does the form before it: somebody may come to it by a link in a mail.
    let answer = world.http.get(world.at("/sign-in")).send().unwrap();
    let flags = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(flags.starts_with("upnext-form=") && flags.contains("SameSite=Lax"), "{flags}");
    let page = world.get("/", &second).text().unwrap();
    assert_eq!(world.post("/sign-out", &second, &[("key", &key(&page))]).send().unwrap().status(), 303);
    assert_eq!(world.get("/", &second).status(), 303);
    // A new token ends everybody's session, and the old one lets nobody in.
    let third = world.session();
    let token = world.app.upnext(&["admin-token"]).ok().out;
    assert_eq!(world.get("/", &third).status(), 303);
    assert_eq!(world.enter(&world.token, "/").status(), 401);
    assert_eq!(world.enter(token.trim(), "/").status(), 303);
    let audit = world.app.audit();
    let kinds: Vec<&str> = audit.iter().filter_map(|entry| entry["kind"].as_str()).collect();
    assert!(["admin_token", "sign_in", "sign_out"].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
}

#[test]
fn over_https_the_cookie_is_bound_to_the_host() {
    let app = TestApp::with(Setting {
        config: "[service]\npublic_url = \"https://upnext.example.com\"\n",
        ..Setting::default()
    });
    let world = World::over(app);
    let (form, form_key) = world.form();
    assert!(form.starts_with("__Host-upnext-form="), "{form}");
    let fields = [("key", form_key.as_str()), ("token", world.token.as_str())];
    let answer =
        world.post("/sign-in", &form, &fields).header("origin", "https://upnext.example.com").send().unwrap();
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-upnext=") && cookie.ends_with("; Secure"), "{cookie}");
}

#[test]
fn a_form_of_another_page_changes_nothing() {
    let world = World::new();
    let (session, other) = (world.session(), world.session());
    let views = format!("/projects/{}/views", world.app.project);
    let ranking = format!("/projects/{}", world.app.project);
    let own = key(&world.get(&ranking, &session).text().unwrap());
    let strange = key(&world.get(&ranking, &other).text().unwrap());
    let kept = |cookie: &str| world.get(&ranking, cookie).text().unwrap().contains("class=\"chip\"");
    for wrong in ["", "x.y", &own[1..], strange.as_str()] {
        let fields = [("key", wrong), ("name", "mine"), ("query", "")];
        assert_eq!(world.post(&views, &session, &fields).send().unwrap().status(), 403, "{wrong}");
    }
    let fields = [("key", own.as_str()), ("name", "mine"), ("query", "band=P0&x=<script>")];
    for (name, value) in [
        ("origin", "https://example.com"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let answer = world.post(&views, &session, &fields).header(name, value).send().unwrap();
        assert_eq!(answer.status(), 403, "{name}: {value}");
    }
    assert!(!kept(&session), "nothing was kept so far");
    let answer = world.http.post(world.at(&views)).header("cookie", &session).json(&json!({"name": "x"}));
    assert_eq!(answer.send().unwrap().status(), 400);
    let answer = world.post(&views, &session, &fields).header("origin", &world.served.url).send().unwrap();
    assert_eq!((answer.status().as_u16(), to(&answer)), (303, format!("{ranking}?band=P0").as_str()));
    assert!(kept(&other), "what is kept is everybody's");
    // The sign-in form too: with a key of another browser nobody is let in.
    let ((cookie, _), (_, key)) = (world.form(), world.form());
    let forged = world.post("/sign-in", &cookie, &[("key", &key), ("token", &world.token)]).send().unwrap();
    assert_eq!(forged.status(), 403);
    assert!(world.post("/sign-in", "", &[("token", &world.token)]).send().unwrap().status() == 403);
}

#[test]
fn guessing_is_slowed_down() {
    let world = World::new();
    let wrong = |n: usize| world.enter(&format!("upnext_{n:064}"), "/");
    let mut tried = 0;
    let refused = loop {
        let answer = wrong(tried);
        tried += 1;
        if answer.status() == 429 {
            break answer;
        }
        assert_eq!(answer.status(), 401);
        assert!(tried < 20, "nothing slows it down");
    };
    let seconds: i64 = refused.headers()[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=300).contains(&seconds), "{seconds}");
    assert_eq!(world.enter(&world.token, "/").status(), 429, "the right one has to wait too");
}

#[test]
fn the_way_back_leads_to_no_other_host() {
    let world = World::new();
    for next in [
        "https://example.com/",
        "//example.com",
        "/\\example.com",
        "/%09/example.com\t",
        "javascript:alert(1)",
    ] {
        let answer = world.enter(&world.token, next);
        let place = to(&answer);
        assert!(
            place.starts_with('/') && !place.starts_with("//") && !place.contains('\\'),
            "{next}: {place}"
        );
    }
    let answer = world.enter(&world.token, "/runs?project=1%0d%0aset-cookie:%20a=b");
    assert_eq!(cookies(answer.headers()).len(), 1, "one cookie, and ours");
}

#[test]
fn what_people_write_stays_text() {
    let world = World::new();
    let session = world.session();
    let mut seen = String::new();
    let tasks = hostile(&world);
    assert_eq!(tasks.len(), HOSTILE.len());
    for gid in tasks {
        seen += &world.get(&format!("/projects/{}/tasks/{gid}", world.app.project), &session).text().unwrap();
    }
    for path in pages(&world, &session) {
        if path.ends_with(".csv") {
            continue;
        }
        seen += &world.get(&path, &session).text().unwrap();
    }
    let query = "?q=%3Cscript%3Ealert(3)%3C/script%3E&section=%22%3E%3Cimg%20src=x%3E";
    seen += &world.get(&format!("/projects/{}{query}", world.app.project), &session).text().unwrap();
    for made in ["<script>alert", "<img src=x", "onerror=alert(2)>", "49 {%"] {
        assert!(!seen.contains(made), "{made}");
    }
    assert!(seen.contains("{{ 7 * 7 }}"), "braces are text");
    // Nothing inline: the policy would refuse it, and no page counts on it.
    assert!(!seen.contains(" style=\"") && !seen.contains("<style") && !seen.contains(" onclick="));
    let scripts = seen.matches("<script").count();
    assert_eq!(scripts, seen.matches("<script src=\"/assets/").count());
    let csv = world.get(&format!("/projects/{}/ranking.csv", world.app.project), &session).text().unwrap();
    assert!(csv.contains("'=HYPERLINK"), "a spreadsheet runs nothing");
    assert_eq!(csv.lines().count() - 1, csv_rows(&csv));
}

fn csv_rows(text: &str) -> usize {
    csv::Reader::from_reader(text.as_bytes()).records().filter(Result::is_ok).count()
}

#[test]
fn ids_that_are_guessed_are_not_there() {
    let world = World::new();
    let session = world.session();
    let project = &world.app.project;
    for path in [
        "/projects/1".to_owned(),
        "/projects/..%2f..%2fetc".into(),
        "/projects/1'%20OR%20'1'='1".into(),
        format!("/projects/{project}/tasks/1"),
        format!("/projects/1/tasks/{}", hostile(&world)[0]),
        "/projects/1/what-if".into(),
        "/projects/1/ranking.csv".into(),
        "/plans/plan_000000000000".into(),
        "/assets/x/page.css".into(),
        "/assets/..%2f/page.css".into(),
    ] {
        assert_eq!(world.get(&path, &session).status(), 404, "{path}");
    }
}

#[test]
fn an_address_asked_the_other_way_says_so() {
    let world = World::new();
    let session = world.session();
    for path in ["/disconnect", "/sign-out"] {
        let answer = world.get(path, &session);
        assert_eq!(answer.status(), 405, "{path}");
        let page = answer.text().unwrap();
        assert!(page.contains("Nothing was changed: go back to the page with the form"), "{path}: {page}");
    }
    assert_eq!(world.post("/jobs", &session, &[]).send().unwrap().status(), 405);
}

#[test]
fn too_much_is_refused() {
    let world = World::new();
    let (session, large) = (world.session(), "x".repeat(100_000));
    let page = world.get(&format!("/projects/{}", world.app.project), &session).text().unwrap();
    let (key, views) = (key(&page), format!("/projects/{}/views", world.app.project));
    let fields = [("key", key.as_str()), ("name", &large), ("query", "")];
    assert_eq!(world.post(&views, &session, &fields).send().unwrap().status(), 413);
    let (form, form_key) = world.form();
    let fields = [("key", form_key.as_str()), ("token", &large)];
    assert_eq!(world.post("/sign-in", &form, &fields).send().unwrap().status(), 413);
}

#[test]
fn who_speaks_too_slowly_is_hung_up_on_and_nobody_waits_for_them() {
    let world = World::new();
    let address = world.served.url.strip_prefix("http://").unwrap();
    let mut slow = TcpStream::connect(address).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let begun = Instant::now();
    assert_eq!(world.get("/sign-in", "").status(), 200);
    let mut said = vec![];
    // Whatever is said before the end, the connection ends.
    drop(slow.read_to_end(&mut said));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(!said.starts_with(b"HTTP/1.1 200"));
}

#[test]
fn work_is_told_as_it_goes_and_the_stream_ends_with_the_process() {
    let world = World::new();
    let session = world.session();
    let stream = world.get("/live", &session);
    assert!(stream.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let lines = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let heard = lines.clone();
    let reading = std::thread::spawn(move || {
        let mut stream = stream;
        let mut part = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut part) {
            heard.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..read]));
        }
    });
    until("the first event", || lines.lock().unwrap().contains("event: working"));
    let run = world.app.groom()["run"].as_str().unwrap().to_owned();
    until("the new run is told", || lines.lock().unwrap().contains(&run));
    let begun = Instant::now();
    let (code, _) = world.served.stop();
    assert_eq!(code, 0);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    reading.join().unwrap();
}

#[test]
fn deleted_texts_are_not_shown_from_memory() {
    let world = World::new();
    let session = world.session();
    let ranking = format!("/projects/{}", world.app.project);
    assert!(world.get(&ranking, &session).text().unwrap().contains("id=\"rows\""));
    world.app.upnext(&["forget", "--project", &world.app.project]).ok();
    let page = world.get(&ranking, &session).text().unwrap();
    assert!(!page.contains("id=\"rows\"") && page.contains("nothing to show any more"), "{page}");
}

#[test]
fn the_page_and_the_command_tell_the_same_order() {
    let world = World::new();
    let session = world.session();
    let groom = world.app.groom();
    let csv = world.get(&format!("/projects/{}/ranking.csv", world.app.project), &session).text().unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let told: Vec<(String, String)> =
        rows.iter().map(|row| (row[1].to_owned(), row[4].parse::<f64>().unwrap().to_string())).collect();
    let wanted = |task: &Value| {
        (task["gid"].as_str().unwrap().to_owned(), task["score"].as_f64().unwrap().to_string())
    };
    let wanted: Vec<(String, String)> = groom["tasks"].as_array().unwrap().iter().map(wanted).collect();
    assert_eq!(told, wanted);
}

/// Puts a session into the store as a later way of signing in would, and answers its cookie.
pub fn session_of(app: &TestApp, secret: &str, (role, projects): (&str, Option<&str>)) -> String {
    let hash = domain::Digest::of_bytes(secret.as_bytes());
    let projects = projects.map_or("NULL".to_owned(), |list| format!("'{list}'"));
    let far = 4_000_000_000_000_i64;
    app.database.sql(&format!(
        "INSERT INTO web_sessions (hash, who, role, projects, made_at, seen_at) \
         VALUES ('{hash}', 'a guest', '{role}', {projects}, {far}, {far})"
    ));
    format!("upnext={secret}")
}

#[test]
fn a_viewer_reads_their_own_projects_and_an_approver_keeps_views_there() {
    let world = World::new();
    let project = world.app.project.clone();
    let (own, none) = (format!("[\"{project}\"]"), "[\"4242\"]");
    let viewer = session_of(&world.app, &"a".repeat(64), ("viewer", Some(&own)));
    let approver = session_of(&world.app, &"b".repeat(64), ("approver", Some(&own)));
    let stranger = session_of(&world.app, &"c".repeat(64), ("admin", Some(none)));
    let views = format!("/projects/{project}/views");
    let ranking = format!("/projects/{project}");
    let keep = |cookie: &str, page: &str| {
        let key = key(&world.get(page, cookie).text().unwrap());
        let fields = [("key", key.as_str()), ("name", "mine"), ("query", "")];
        world.post(&views, cookie, &fields).send().unwrap().status().as_u16()
    };
    assert_eq!(keep(&viewer, "/"), 403);
    assert_eq!(keep(&stranger, "/"), 404);
    assert_eq!(keep(&approver, &ranking), 303);
    let noted = || {
        let audit = world.app.audit().into_iter().filter(|entry| entry["kind"] == "view");
        audit.map(|entry| (entry["actor"].clone(), entry["body"].to_string())).collect::<Vec<_>>()
    };
    let [(who, kept)] = &noted()[..] else { panic!("{:?}", noted()) };
    assert!(*who == "a guest" && kept.contains("kept the view “mine”") && kept.contains(&project), "{kept}");
    let page = world.get(&ranking, &viewer).text().unwrap();
    assert!(page.contains("class=\"chip\"") && !page.contains("Keep this view"), "a viewer reads it");
    // Whose projects are others sees none of this one, wherever they look, also as an admin of theirs.
    for path in pages(&world, &world.session()) {
        let answer = world.get(&path, &stranger);
        let (status, text) = (answer.status().as_u16(), answer.text().unwrap());
        // The audit is of the whole store, and nobody of a part of it; what a model was asked is an admin's.
        let whole = path == "/audit";
        let admins = whole || path.ends_with("/model");
        assert!(status == 404 || status == if whole { 403 } else { 200 }, "{path}: {status}");
        assert!(!text.contains(&project) && !text.contains("Keep this view"), "{path} tells of {project}");
        assert_eq!(world.get(&path, &viewer).status(), if admins { 403 } else { 200 }, "{path}");
    }
    let filtered = world.get(&format!("/plans?project={project}"), &stranger);
    assert_eq!(filtered.status(), 404);
    // What is not there is not forgotten, and nothing is noted of it.
    let key = key(&world.get("/", &approver).text().unwrap());
    for name in ["mine", "mine"] {
        let fields = [("key", key.as_str()), ("name", name)];
        let forget = format!("{views}/forget");
        assert_eq!(world.post(&forget, &approver, &fields).send().unwrap().status(), 303);
    }
    let noted = noted();
    assert!(noted.len() == 2 && noted[1].1.contains("forgot the view “mine”"), "{noted:?}");
}

/// The ids of the questions on a page.
fn questions(page: &str) -> Vec<String> {
    let ids = page.split("name=\"id\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    ids.map(str::to_owned).collect()
}

#[test]
fn questions_are_answered_by_those_who_may_and_once() {
    let mut world = World::new();
    let project = world.app.project.clone();
    let alone = world.session();
    let waiting = world.get("/approvals", &alone).text().unwrap();
    assert!(
        waiting.contains("only reads") && questions(&waiting).is_empty(),
        "a dashboard alone cannot write"
    );
    // The same beside the service.
    world.served.stop();
    world.served = Served::run(&world.app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
    let own = format!("[\"{project}\"]");
    let viewer = session_of(&world.app, &"a".repeat(64), ("viewer", Some(&own)));
    let approver = session_of(&world.app, &"b".repeat(64), ("approver", Some(&own)));
    let stranger = session_of(&world.app, &"c".repeat(64), ("admin", Some("[\"4242\"]")));

    let page = world.get("/approvals", &approver).text().unwrap();
    let ids = questions(&page);
    assert!(ids.len() > 3, "{page}");
    assert!(questions(&world.get("/approvals", &viewer).text().unwrap()).is_empty());
    assert!(!world.get("/approvals", &stranger).text().unwrap().contains(&ids[0]));
    let listed = |state: &str| {
        let all = world.app.upnext(&["approvals", "list", "--state", state, "--json"]).ok().json();
        all.as_array().unwrap().clone()
    };
    let answer = |cookie: &str, answer: &str, chosen: &[&String]| {
        let key = key(&world.get("/", cookie).text().unwrap());
        let mut fields = vec![("key", key.as_str()), ("answer", answer), ("reason", "we agreed <b>so</b>")];
        fields.extend(chosen.iter().map(|id| ("id", id.as_str())));
        let answer = world.post("/approvals", cookie, &fields).send().unwrap();
        (answer.status().as_u16(), answer.text().unwrap())
    };
    assert_eq!(answer(&viewer, "approve", &[&ids[0]]).0, 403);
    assert_eq!(answer(&stranger, "approve", &[&ids[0]]).0, 404);
    assert_eq!(answer(&approver, "approve", &[&ids[0], &"apr_000000000000".to_owned()]).0, 404);
    assert_eq!(answer(&approver, "approve", &[]).0, 400);
    assert_eq!(answer(&approver, "maybe", &[&ids[0]]).0, 400);
    assert_eq!(listed("approved").len(), 0, "what was refused changed something");

    let (status, text) = answer(&approver, "approve", &[&ids[0], &ids[1]]);
    assert_eq!(status, 200, "{text}");
    let approved = listed("approved");
    assert_eq!(approved.len(), 2, "{text}");
    for one in &approved {
        assert_eq!(world.app.asana.value(one["task"].as_str().unwrap(), "Priority"), one["new"]);
        assert_eq!(one["settled"]["by"], "a guest (dashboard)");
    }
    let writes = world.app.asana.writes();
    let (_, text) = answer(&approver, "approve", &[&ids[0]]);
    assert!(text.contains("approved already, by a guest (dashboard), <time datetime=\""), "{text}");
    assert_eq!(answer(&approver, "reject", &[&ids[2]]).0, 200);
    assert_eq!(world.app.asana.writes(), writes);
    let told = world.get("/approvals?state=rejected", &viewer).text().unwrap();
    assert!(told.contains("we agreed &#60;b&#62;so&#60;/b&#62;"), "{told}");
    // Monitoring tells of it week by week, beside what people set in place of Upnext's values.
    let groom = world.app.groom_and_apply();
    world.app.edit_as_person(groom["tasks"][0]["gid"].as_str().unwrap(), "AI Priority Score", json!(1));
    world.app.groom();
    let weeks = world.get("/monitoring", &viewer).text().unwrap();
    assert!(weeks.contains("over 13 weeks: 2 yes, 1 no, 1 value replaced"), "{weeks}");
    world.app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn a_run_is_taken_back_by_those_who_may() {
    let mut world = World::new();
    let project = world.app.project.clone();
    world.served.stop();
    world.served = Served::run(&world.app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
    let own = format!("[\"{project}\"]");
    let viewer = session_of(&world.app, &"a".repeat(64), ("viewer", Some(&own)));
    let approver = session_of(&world.app, &"b".repeat(64), ("approver", Some(&own)));
    let stranger = session_of(&world.app, &"c".repeat(64), ("admin", Some("[\"4242\"]")));
    let runs = world.get("/runs", &approver).text().unwrap();
    let (_, rest) = runs.split_once("action=\"/runs/").unwrap();
    let run = rest.split('/').next().unwrap().to_owned();
    assert!(!world.get("/runs", &viewer).text().unwrap().contains("/undo\""));
    // One task is a person's by now.
    let scored: Vec<Value> = world.app.asana.tasks(&project);
    let score = |task: &Value| crate::asana::shown(task, "AI Priority Score");
    let task =
        scored.iter().find(|task| score(task).is_string()).unwrap()["gid"].as_str().unwrap().to_owned();
    world.app.edit_as_person(&task, "AI Priority Score", json!(99));
    let undo = |cookie: &str, run: &str| {
        let key = key(&world.get("/", cookie).text().unwrap());
        let answer = world.post(&format!("/runs/{run}/undo"), cookie, &[("key", &key)]).send().unwrap();
        (answer.status().as_u16(), answer.text().unwrap())
    };
    assert_eq!(undo(&viewer, &run).0, 403);
    assert_eq!(undo(&stranger, &run).0, 404);
    assert_eq!(undo(&approver, "run_000000000000").0, 404);
    assert_ne!(
        world.app.asana.value(&task, "AI Rationale"),
        Value::Null,
        "what was refused changed something"
    );
    let (status, text) = undo(&approver, &run);
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("restored") && text.contains("AI Priority Score was changed to 99"), "{text}");
    assert_eq!(world.app.asana.value(&task, "AI Priority Score"), "99.0");
    let others = world.app.asana.tasks(&project);
    assert!(others.iter().all(|other| other["gid"] == task.as_str() || score(other).is_null()));
    let audit = world.app.audit().into_iter().filter(|entry| entry["kind"] == "undo");
    let actors: Vec<Value> = audit.map(|entry| entry["actor"].clone()).collect();
    assert_eq!(actors, ["a guest (dashboard)"], "who asked is noted, and not what was refused");
}
