//! Projects connected and taken away on the dashboard: by the owner of the admin token alone, in shadow without a write, audited.

use crate::app::{Setting, TestApp};
use crate::asana::TOKEN;
use crate::dashboard::{World, cookies, key, session_of, to};
use crate::served::{Served, until};
use reqwest::blocking::Client;
use serde_json::{Value, json};

/// A service over a store in which nothing is yet.
fn fresh(config: &str) -> (World, String) {
    let app = TestApp::with(Setting { config, ..Setting::default() });
    app.setup();
    let name = "<img src=x onerror=alert(1)> & co";
    app.asana.put(TOKEN, &format!("/projects/{}", app.project), json!({ "name": name }));
    let served = Served::run(&app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
    let token = served.told["admin_token"].as_str().unwrap().to_owned();
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let world = World { app, served, token, http };
    let session = world.session();
    (world, session)
}

fn send(world: &World, cookie: &str, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let key = key(&world.get("/", cookie).text().unwrap());
    let all = [&[("key", key.as_str())], fields].concat();
    let answer = world.post(path, cookie, &all).send().unwrap();
    let status = answer.status().as_u16();
    (status, if status == 303 { to(&answer).to_owned() } else { answer.text().unwrap() })
}

fn connected(app: &TestApp) -> Vec<Value> {
    app.upnext(&["connections", "--json"]).ok().json().as_array().unwrap().clone()
}

#[test]
fn a_project_is_connected_in_shadow_ranked_and_taken_away() {
    let (world, session) = fresh("");
    let (app, project) = (&world.app, world.app.project.clone());
    let page = world.get("/connect", &session).text().unwrap();
    assert!(
        page.contains("&#60;img src=x onerror=alert(1)&#62; &#38; co") && !page.contains("<img"),
        "{page}"
    );
    assert!(page.contains("Connect in shadow") && page.contains("Connect in phase suggest"), "{page}");
    let other = world.get("/connect?q=nothing-is-called-so", &session).text().unwrap();
    assert!(other.contains("none of that name") && !other.contains(&project), "{other}");
    let named = world.get(&format!("/connect?q={project}"), &session).text().unwrap();
    assert!(named.contains("1 project that the token sees"), "{named}");

    app.asana.reset_counters();
    let (status, led) = send(&world, &session, "/connect", &[("project", &project), ("phase", "shadow")]);
    assert_eq!((status, led.as_str()), (303, format!("/projects/{project}").as_str()), "{led}");
    until("the first ranking", || world.get(&led, &session).text().unwrap().contains("id=\"rows\""));
    assert_eq!(app.asana.writes(), 0, "shadow");
    assert_eq!(world.get(&format!("{led}/awaited"), &session).status(), 204, "the page that waits is told");
    assert_eq!(world.get("/projects/4242/awaited", &session).status(), 404);
    let shown = app.upnext(&["phase", "show", "--json", &project]).ok().json();
    assert_eq!(shown["whole"]["phase"], "shadow");
    assert!(shown["whole"]["from"].as_str().unwrap().contains("(dashboard)"), "{shown:#}");
    // Once more changes nothing.
    assert_eq!(send(&world, &session, "/connect", &[("project", &project), ("phase", "shadow")]).0, 303);
    assert_eq!(connected(app).len(), 1);

    assert_eq!(send(&world, &session, "/disconnect", &[("project", &project)]), (303, "/connect".into()));
    assert_eq!(connected(app), Vec::<Value>::new());
    assert_eq!(world.get(&led, &session).status(), 200, "its ranking stays");
    let trail = app.audit();
    let told: Vec<(&str, Value)> = trail
        .iter()
        .filter(|entry| entry["kind"] == "connection")
        .map(|entry| {
            (entry["actor"].as_str().unwrap(), serde_json::from_str(entry["body"].as_str().unwrap()).unwrap())
        })
        .collect();
    let what: Vec<&str> = told.iter().map(|(_, body)| body["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["connected", "disconnected"]);
    assert!(told.iter().all(|(who, _)| who.ends_with("(dashboard)")), "{told:?}");
    app.upnext(&["audit", "verify"]).ok();
}

/// A configuration that says shadow for the project, and more for a section and a type of it.
#[test]
fn what_is_connected_in_shadow_is_not_written_by_a_rule_for_a_part_of_it_either() {
    let parts =
        "{ section = 'Ready', phase = 'auto' }, { field = 'Priority', value = 'P3', phase = 'suggest' }";
    let config = format!("[policy]\nphase = 'shadow'\nphase_for = [{parts}]\n");
    let (world, session) = fresh(&config);
    let project = world.app.project.clone();
    let before = world.app.end_state();
    world.app.asana.reset_counters();
    let (status, led) = send(&world, &session, "/connect", &[("project", &project), ("phase", "shadow")]);
    assert_eq!(status, 303, "{led}");
    until("the first ranking", || world.get(&led, &session).text().unwrap().contains("id=\"rows\""));
    assert_eq!(world.served.stop().0, 0);
    let app = &world.app;
    let shown = app.upnext(&["phase", "show", "--json", &project]).ok().json();
    assert_eq!((&shown["whole"]["phase"], &shown["parts"]), (&json!("shadow"), &json!([])), "{shown:#}");
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
    assert_eq!((app.asana.writes(), app.end_state()), (0, before));
}

#[test]
fn only_the_owner_of_the_admin_token_connects_and_only_what_the_token_sees() {
    let (world, session) = fresh("");
    let (app, project) = (&world.app, world.app.project.clone());
    let own = format!("[\"{project}\"]");
    let fields = [("project", project.as_str()), ("phase", "configured")];
    for (at, role) in ["viewer", "approver", "admin"].into_iter().enumerate() {
        let letter = ["a", "b", "d"][at].repeat(64);
        let cookie = session_of(app, &letter, (role, Some(&own)));
        assert_eq!(world.get("/connect", &cookie).status(), 403, "{role}");
        assert!(!world.get("/", &cookie).text().unwrap().contains("href=\"/connect\""), "{role}");
        assert_eq!(send(&world, &cookie, "/connect", &fields).0, 403, "{role}");
        assert_eq!(send(&world, &cookie, "/disconnect", &fields[..1]).0, 403, "{role}");
    }
    assert_eq!(world.get("/connect", "").status(), 303);
    for path in ["/connect", "/disconnect"] {
        assert_eq!(world.post(path, "", &fields).send().unwrap().status(), 400, "nobody");
        assert_eq!(world.post(path, &session, &fields).send().unwrap().status(), 403, "without a key");
        let key = key(&world.get("/", &session).text().unwrap());
        let all = [&[("key", key.as_str())], &fields[..]].concat();
        let abroad = world.post(path, &session, &all).header("origin", "https://example.com");
        assert_eq!(abroad.send().unwrap().status(), 403, "from another site");
    }
    // Numbers that are none, and projects that are not there.
    for wrong in ["", "12", "1201/../1", "<script>"] {
        assert_eq!(
            send(&world, &session, "/connect", &[("project", wrong), ("phase", "shadow")]).0,
            400,
            "{wrong}"
        );
    }
    let (status, text) = send(&world, &session, "/connect", &[("project", "999999"), ("phase", "shadow")]);
    assert!(status == 404 && text.contains("999999"), "{status} {text}");
    assert_eq!(send(&world, &session, "/connect", &[("project", &project), ("phase", "auto")]).0, 400);
    let large = "x".repeat(17 * 1024);
    assert_eq!(send(&world, &session, "/connect", &[("project", &project), ("phase", &large)]).0, 413);
    assert_eq!(connected(app), Vec::<Value>::new());
    assert!(app.audit().iter().all(|entry| entry["kind"] != "phase"), "nothing was decided on the way");

    // The dashboard of a store alone only reads.
    let alone = Served::run(app, &["dashboard", "--json", "--listen", "127.0.0.1:0"]);
    let page = world.http.get(format!("{}/connect", alone.url)).header("cookie", &session).send().unwrap();
    assert_eq!((page.status().as_u16(), cookies(page.headers())), (200, vec![]));
    let page = page.text().unwrap();
    assert!(
        page.contains("no service runs beside this one") && !page.contains("Connect in shadow"),
        "{page}"
    );
}

#[test]
fn a_project_is_connected_in_the_phase_that_is_configured() {
    let (world, session) = fresh("");
    let project = world.app.project.clone();
    let (status, led) = send(&world, &session, "/connect", &[("project", &project), ("phase", "configured")]);
    assert_eq!(status, 303, "{led}");
    until("AI fields are written", || {
        world
            .app
            .asana
            .tasks(&project)
            .iter()
            .any(|task| !crate::asana::shown(task, "AI Priority Score").is_null())
    });
}
