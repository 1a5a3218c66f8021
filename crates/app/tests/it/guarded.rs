//! What keeps the dashboard's readers safe beyond the door: when a session ends, what a stream tells whom, and what a model writes.

use crate::app::{Setting, TestApp, clock_ahead};
use crate::asana::TOKEN;
use crate::dashboard::{World, session_of};
use crate::decided::People;
use crate::served::{Served, until};
use crate::witness::{Say, Witness, honest};
use serde_json::{Value, json};
use std::io::Read as _;
use std::sync::{Arc, Mutex};

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;

/// The dashboard of the same store, so many seconds later.
fn later(world: World, seconds: u64) -> World {
    world.served.stop();
    let mut command = world.app.command(&["dashboard", "--json", "--listen", "127.0.0.1:0"]);
    command.env("UPNEXT_TEST_CLOCK", clock_ahead(seconds));
    World { served: Served::spawn(command), ..world }
}

#[test]
fn a_session_ends_when_nobody_uses_it_and_in_any_case_after_a_week() {
    let world = World::new();
    let (used, left, lies_open) = (world.session(), world.session(), world.session());
    let status = |world: &World, cookie: &str| world.get("/runs", cookie).status().as_u16();
    let world = later(world, 8 * HOUR - 10 * MINUTE);
    assert_eq!(status(&world, &used), 200);
    // A page that lies open and listens is nobody who uses it.
    assert_eq!(world.get("/live", &lies_open).status(), 200);
    let world = later(world, 8 * HOUR + 5 * MINUTE);
    assert_eq!((status(&world, &left), status(&world, &lies_open)), (303, 303), "eight hours unused");
    assert_eq!(status(&world, &used), 200);
    let mut world = later(world, 9 * HOUR);
    assert_eq!(status(&world, &left), 303);
    // However much it is used, it is over a week after it began.
    let mut hours = 9;
    while hours < 7 * 24 - 1 {
        hours = (hours + 7).min(7 * 24 - 1);
        world = later(world, hours * HOUR);
        assert_eq!(status(&world, &used), 200, "after {hours} hours");
    }
    let world = later(world, 7 * 24 * HOUR + MINUTE);
    let answer = world.get("/runs", &used);
    assert_eq!(answer.status(), 303, "a week after it began");
    assert!(crate::dashboard::to(&answer).starts_with("/sign-in"));
    // Over is over, also for a process whose clock runs behind.
    let world = later(world, 9 * HOUR);
    assert_eq!((status(&world, &used), status(&world, &left)), (303, 303));
}

/// Listens to what is being worked on, as somebody; what was heard so far.
fn listen(world: &World, cookie: &str) -> Arc<Mutex<String>> {
    let heard: Arc<Mutex<String>> = Arc::default();
    let (mut stream, lines) = (world.get("/live", cookie), heard.clone());
    assert_eq!(stream.status(), 200);
    std::thread::spawn(move || {
        let mut part = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut part) {
            lines.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..read]));
        }
    });
    heard
}

#[test]
fn a_stream_tells_of_the_projects_its_listener_sees_and_of_no_other() {
    let people = People::of(World::new());
    let (world, app) = (&people.world, &people.world.app);
    for nobody in ["", "upnext=0", &format!("{}0", people.viewer)] {
        let answer = world.get("/live", nobody);
        assert_eq!(answer.status(), 303, "{nobody}");
        assert!(answer.text().unwrap().is_empty(), "nothing is told to {nobody}");
    }
    let (viewer, stranger) = (listen(world, &people.viewer), listen(world, &people.stranger));
    until("both hear", || [&viewer, &stranger].iter().all(|one| one.lock().unwrap().contains("working")));
    // A run that has to wait for Asana with its first write is under way for long enough to be heard of.
    let waits = json!({ "rate": 1.0, "retry_after": 3, "methods": ["PUT"], "max_count": 1 });
    let mut runs = vec![];
    // Twice: by the time the second run is heard of, the first was told to everybody it is told to.
    for n in 0..2 {
        app.asana.faults(json!({ "too_many_requests": waits }));
        let task = json!({ "name": format!("Task {n} of those to come"), "projects": [app.project] });
        app.asana.post(TOKEN, "/tasks", task);
        let from = viewer.lock().unwrap().len();
        let groom = app.start(&["groom", "--json", "--apply", "--project", &app.project]);
        until("the viewer hears of the run", || viewer.lock().unwrap()[from..].contains(&app.project));
        let report: Value = serde_json::from_slice(&groom.wait_with_output().unwrap().stdout).unwrap();
        runs.push(report["run"].as_str().unwrap().to_owned());
    }
    let name = app.asana.get(&format!("/projects/{}", app.project))["name"].as_str().unwrap().to_owned();
    assert!(viewer.lock().unwrap().contains(&name));
    let told = stranger.lock().unwrap().clone();
    for secret in [&app.project, &name, &runs[0], &runs[1]] {
        assert!(!told.contains(secret.as_str()), "{secret}: {told}");
    }
}

/// What a model may want a reader's browser to do.
const LINKS: &str = "[see](javascript:alert(2)) ![so](javascript:alert(3)) <img src=x onerror=alert(4)>";
/// The part that no check of words refuses.
const WORDS: &str = "Open javascript:alert(cookie) and look";

#[test]
fn what_a_model_writes_stays_text_on_every_page() {
    // It quotes what is hostile where it rates, and writes as hostile where it words.
    let witness = Witness::start(|asked, before| {
        if asked.source("reasons").or_else(|| asked.source("figures")).is_none() {
            return honest(asked, before);
        }
        let wordings = [
            "<script>alert()</script> first.",
            LINKS,
            "![x](y) it is.",
            WORDS,
            "It is first. &lt;script&gt;",
        ];
        Say::Parts(json!({ "rationale": wordings[before % wordings.len()] }))
    });
    let ai = "[policy.ai]\nsampled_percent = 0\nword_rationales = true\nword_retro = true\n";
    let app = TestApp::with(Setting { config: &witness.config(ai), ..Setting::default() });
    let linked = app.asana.tasks(&app.project)[7]["gid"].as_str().unwrap().to_owned();
    app.asana.put(TOKEN, &format!("/tasks/{linked}"), json!({ "notes": LINKS }));
    let world = World::serving_over(app);
    let (app, session) = (&world.app, world.session());
    let tasks = app.asana.tasks(&app.project);
    let rationale = |task: &Value| {
        let shown = crate::asana::shown(task, "AI Rationale");
        shown.as_str().unwrap_or_default().to_owned()
    };
    // What would be markup was refused before it was written; words were not.
    let by_model = tasks.iter().map(rationale).filter(|text| text.contains("Worded by a language model"));
    let by_model: Vec<String> = by_model.collect();
    assert!(!by_model.is_empty() && by_model.iter().all(|text| !text.contains(['<', '!'])), "{by_model:#?}");
    let worded = tasks.iter().find(|task| rationale(task).contains(WORDS)).unwrap();
    let worded = worded["gid"].as_str().unwrap().to_owned();
    app.edit_as_person(&worded, "AI Rationale", json!("Mine."));
    app.groom_and_apply();

    let project = &app.project;
    let page = |path: &str| {
        let answer = world.get(path, &session);
        assert_eq!(answer.status(), 200, "{path}");
        let text = answer.text().unwrap();
        for live in ["<script>", "<img", "href=\"javascript:", "src=\"javascript:", "src=\"x\"", "&lt;script"]
        {
            assert!(!text.contains(live), "{path}: {live} in {text}");
        }
        assert_eq!(text.matches("<script").count(), text.matches("<script src=\"/assets/").count(), "{path}");
        text
    };
    let quoted = page(&format!("/projects/{project}/tasks/{linked}"));
    assert!(quoted.contains("What a language model read"), "{quoted}");
    assert!(quoted.contains("[see](javascript:alert(2))") && quoted.contains("&#60;img src=x"), "{quoted}");
    let scripts = crate::dashboard::hostile(&world);
    let quoted = page(&format!("/projects/{project}/tasks/{}", scripts[0]));
    assert!(quoted.contains("<blockquote>&#60;script&#62;alert(1)"), "{quoted}");
    let history = page(&format!("/projects/{project}/tasks/{worded}"));
    assert!(history.contains(WORDS), "{history}");
    assert!(page(&format!("/projects/{project}/overrides")).contains("Open javascript:"));
    let review = page(&format!("/projects/{project}/review"));
    assert!(review.contains("set AI Rationale from"), "{review}");
    let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
    for plan in plans.as_array().unwrap() {
        page(&format!("/plans/{}", plan["id"].as_str().unwrap()));
    }
    page("/approvals");
    page("/monitoring");
    page(&format!("/audit?task={worded}"));
    // A page looks back without asking a model.
    witness.asked();
    page(&format!("/projects/{project}/retro?lately=yes"));
    assert!(witness.asked().is_empty());
    let stranger = session_of(app, &"c".repeat(64), ("admin", Some("[\"4242\"]")));
    assert_eq!(world.get(&format!("/projects/{project}/tasks/{linked}"), &stranger).status(), 404);
}
