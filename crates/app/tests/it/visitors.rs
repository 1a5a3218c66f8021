//! Signing in to the dashboard with Asana: who is let in, how far, for how long, and who is not.

use crate::app::{Setting, TestApp, clock_from_now};
use crate::asana::{PERSON, TOKEN};
use crate::dashboard::{cookies, key, to};
use crate::served::{Served, port, until};
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SECRET: &str = "sandbox-secret";

/// How much faster the dashboard's clock runs: the five minutes that answers of Asana's count are three seconds.
const SPEED: u64 = 100;

/// A groomed project, and the dashboard beside the service, open to members of projects.
struct World {
    app: TestApp,
    served: Served,
    http: Client,
}

impl World {
    fn new() -> World {
        let port = port();
        let config = format!(
            "client_id = '1200000000000001'\nclient_secret_file = 'app-secret.txt'\n\
             [service]\nasana_sign_in = true\npublic_url = 'http://127.0.0.1:{port}'\n"
        );
        let sandbox = &["--limits", "off", "--demo", "--oauth-asks", "on"];
        let app = TestApp::with(Setting { config: &config, sandbox, ..Setting::default() });
        std::fs::write(app.home.path().join("app-secret.txt"), SECRET).unwrap();
        app.setup();
        app.groom_and_apply();
        let served = World::serve(&app, port);
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        World { app, served, http }
    }

    fn serve(app: &TestApp, port: u16) -> Served {
        let mut command = app.command(&["serve", "--json", "--listen", &format!("127.0.0.1:{port}")]);
        command.env("UPNEXT_TEST_CLOCK", clock_from_now(SPEED));
        Served::spawn(command)
    }

    fn at(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.served.url) }
    }

    fn get(&self, path: &str, cookie: &str) -> Response {
        self.http.get(self.at(path)).header("cookie", cookie).send().unwrap()
    }

    /// Sets out: the cookie of the way, and Asana's address.
    fn set_out(&self, next: &str) -> (String, String) {
        let answer = self.get(&format!("/sign-in/asana?next={next}"), "");
        assert_eq!(answer.status(), 303);
        let flags = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(
            flags.contains("HttpOnly") && flags.contains("SameSite=Lax") && flags.contains("Max-Age"),
            "{flags}"
        );
        (cookies(answer.headers()).remove(0), to(&answer).to_owned())
    }

    /// Says yes in Asana as somebody; the address they are sent back to.
    fn allow(&self, address: &str, user: &str) -> String {
        let answer = self.http.post(address).body(format!("allow=yes&user={user}")).send().unwrap();
        to(&answer).to_owned()
    }

    /// The whole way, as somebody.
    fn enter(&self, user: &str, next: &str) -> Response {
        let (way, address) = self.set_out(next);
        self.get(&self.allow(&address, user), &way)
    }

    /// The cookie of a new session.
    fn session(&self, user: &str) -> String {
        let answer = self.enter(user, "/");
        assert_eq!(answer.status(), 303, "{}", answer.text().unwrap());
        cookies(answer.headers())
            .into_iter()
            .find(|cookie| cookie.starts_with("upnext=") && cookie.len() > 20)
            .unwrap()
    }

    fn gid(&self, token: &str) -> String {
        self.app.asana.call(token, "GET", "/users/me", None).unwrap()["gid"].as_str().unwrap().to_owned()
    }

    /// Makes somebody a member with an access level, or no member at all, and lets the half minute pass in which a sign-in does not
    /// ask Asana again.
    fn member(&self, user: &str, level: Option<&str>) {
        self.make_member(user, level);
        let (young, made) = (Duration::from_secs(31) / SPEED as u32, Instant::now());
        until("Asana is asked again", || made.elapsed() > young);
    }

    fn make_member(&self, user: &str, level: Option<&str>) {
        let project = &self.app.project;
        let data = json!({ "members": user });
        let Some(level) = level else {
            self.app.asana.post(TOKEN, &format!("/projects/{project}/removeMembers"), data);
            return;
        };
        self.app.asana.post(TOKEN, &format!("/projects/{project}/addMembers"), data);
        let all = self.app.asana.get(&format!("/memberships?parent={project}&member={user}"));
        let membership = all[0]["gid"].as_str().unwrap().to_owned();
        self.app.asana.put(TOKEN, &format!("/memberships/{membership}"), json!({ "access_level": level }));
    }

    fn status(&self, path: &str, cookie: &str) -> u16 {
        self.get(path, cookie).status().as_u16()
    }

    /// Sends a form with the key of the visitor's own pages.
    fn send(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> u16 {
        let key = key(&self.get("/", cookie).text().unwrap());
        let fields = [&[("key", key.as_str())], fields].concat();
        self.http.post(self.at(path)).header("cookie", cookie).form(&fields).send().unwrap().status().as_u16()
    }

    fn signed_in(&self) -> Vec<Value> {
        self.app.audit().into_iter().filter(|entry| entry["kind"] == "sign_in").collect()
    }
}

#[test]
fn members_of_a_project_come_in_as_far_as_they_may_there_and_nobody_else() {
    let world = World::new();
    let (person, project) = (world.gid(PERSON), world.app.project.clone());
    let ranking = format!("/projects/{project}");
    assert!(world.get("/sign-in", "").text().unwrap().contains("Sign in with Asana"));

    // No member: no session, and nothing seen.
    world.member(&person, None);
    let answer = world.enter(&person, "/runs");
    assert_eq!(answer.status(), 403);
    assert!(!cookies(answer.headers()).iter().any(|cookie| cookie.starts_with("upnext=")));
    let text = answer.text().unwrap();
    assert!(text.contains("a member of no project") && !text.contains(&project), "{text}");

    // A viewer reads their project, and answers and decides nothing; other projects and the trail are not there.
    world.member(&person, Some("viewer"));
    let viewer = world.session(&person);
    assert_eq!(world.status(&ranking, &viewer), 200);
    assert_eq!(world.status("/projects/4242", &viewer), 404);
    assert_eq!(world.status("/audit", &viewer), 403);
    let waiting = world.app.upnext(&["approvals", "list", "--json"]).ok().json();
    let id = waiting[0]["id"].as_str().unwrap();
    assert_eq!(world.send(&viewer, "/approvals", &[("answer", "approve"), ("id", id)]), 403);
    assert_eq!(world.send(&viewer, &format!("{ranking}/phases"), &[("phase", "shadow")]), 403);
    let page = world.get("/approvals", &viewer).text().unwrap();
    assert!(page.contains("Nothing waits") || !page.contains("name=\"id\""), "{page}");

    // An editor answers, and decides on no phase; an admin does, and is none of the whole store.
    world.member(&person, Some("editor"));
    let editor = world.session(&person);
    assert_eq!(world.send(&editor, &format!("{ranking}/phases"), &[("phase", "shadow")]), 403);
    assert_eq!(world.send(&editor, "/approvals", &[("answer", "reject"), ("id", id)]), 200);
    let rejected = world.app.upnext(&["approvals", "list", "--state", "rejected", "--json"]).ok().json();
    let by = rejected[0]["settled"]["by"].as_str().unwrap().to_owned();
    assert!(by.contains(&format!("({person}) (dashboard)")), "{by}");
    world.member(&person, Some("admin"));
    let admin = world.session(&person);
    assert_eq!(world.send(&admin, &format!("{ranking}/phases"), &[("phase", "shadow")]), 303);
    assert_eq!(world.status("/audit", &admin), 403);
    // The same person's earlier session has grown with them: it is Asana that is asked, not the session.
    assert_eq!(world.send(&viewer, &format!("{ranking}/phases"), &[("phase", "shadow")]), 303);
    let told: Vec<String> = world.signed_in().iter().map(|entry| entry["body"].to_string()).collect();
    assert!(
        told.iter().any(|body| body.contains("not let in"))
            && told.iter().any(|body| body.contains("at most as admin")),
        "{told:?}"
    );
    world.app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn who_is_taken_out_of_the_project_is_out_here() {
    let world = World::new();
    let (person, other) = (world.gid(PERSON), world.gid(TOKEN));
    world.member(&person, Some("editor"));
    let session = world.session(&person);
    assert_eq!(world.status("/runs", &session), 200);
    world.member(&person, None);
    // Asana is asked again at somebody's sign-in, and in any case after five minutes.
    world.session(&other);
    let answer = world.get("/runs", &session);
    assert!(answer.status() == 303 && to(&answer).starts_with("/sign-in"), "{}", answer.status());
    world.member(&person, Some("editor"));
    assert_eq!(world.status("/runs", &session), 303, "the session is over for good");
}

#[test]
fn who_cannot_be_asked_about_is_kept_out_and_stays_signed_in() {
    let world = World::new();
    let person = world.gid(PERSON);
    world.member(&person, Some("editor"));
    let session = world.session(&person);
    // The dashboard of the store alone never asks Asana: it lets them in as nobody, and ends nothing.
    let alone = Served::run(&world.app, &["dashboard", "--json", "--listen", "127.0.0.1:0"]);
    let answer = world.get(&format!("{}/runs", alone.url), &session);
    assert_eq!(answer.status(), 503);
    assert!(answer.text().unwrap().contains("not known just now"));
    assert_eq!(world.get(&format!("{}/sign-in", alone.url), &session).status(), 200, "with the admin token");
    assert_eq!(world.status("/runs", &session), 200);
    let ended = world.app.audit().into_iter().any(|entry| entry["kind"] == "sign_out");
    assert!(!ended, "nothing is noted that was not so");
}

#[test]
fn the_way_back_is_for_the_browser_that_set_out_and_once() {
    let world = World::new();
    let person = world.gid(PERSON);
    world.member(&person, Some("editor"));
    let (way, address) = world.set_out("/runs");
    assert!(address.contains("code_challenge_method=S256") && address.contains("state="), "{address}");
    let back = world.allow(&address, &person);
    // Another browser, which an attacker sent there, is let in as nobody; nor is one with another state. However often that is done,
    // it keeps nobody else out.
    for _ in 0..10 {
        assert_eq!(world.status(&back, ""), 400);
    }
    assert_eq!(world.status(&back, "upnext-way=0000"), 400);
    let (other_way, other_address) = world.set_out("/");
    assert_eq!(world.status(&back, &other_way), 400, "a code of another sign-in");
    drop(other_address);
    // The own one is, and a session that somebody put there before is not taken over.
    let planted = format!("{way}; upnext={}", "f".repeat(64));
    let answer = world.get(&back, &planted);
    assert_eq!((answer.status().as_u16(), to(&answer)), (303, "/runs"));
    let all = cookies(answer.headers());
    assert!(
        all.iter().any(|cookie| cookie == "upnext-way=") && !all.iter().any(|cookie| cookie.contains("ffff")),
        "{all:?}"
    );
    assert_eq!(world.status(&back, &way), 400, "a code is good once");
    // Who says no in Asana is told, and the way is closed.
    let (way, address) = world.set_out("/");
    let no = to(&world.http.post(&address).body(format!("user={person}")).send().unwrap()).to_owned();
    assert!(no.contains("error=access_denied"), "{no}");
    assert_eq!(world.status(&no, &way), 400);
}

#[test]
fn the_page_they_wanted_is_ours_or_the_first() {
    let world = World::new();
    let person = world.gid(PERSON);
    world.member(&person, Some("viewer"));
    for next in ["https://example.com", "//example.com", "/%5Cexample.com", "javascript:alert(1)", "/sign-in"]
    {
        let answer = world.enter(&person, next);
        assert_eq!((answer.status().as_u16(), to(&answer)), (303, "/"), "{next}");
    }
}

#[test]
fn of_a_visitors_tokens_nothing_is_kept() {
    let world = World::new();
    let person = world.gid(PERSON);
    world.member(&person, Some("viewer"));
    let session = world.session(&person);
    let asana = world.app.asana.world(world.app.home.path());
    let refresh = asana["refresh_tokens"].as_object().unwrap();
    assert!(refresh.is_empty(), "the permission was given back: {refresh:?}");
    // It goes on without them: it is Upnext's own token that asks who belongs to the project.
    assert_eq!(world.status("/runs", &session), 200);
    let (code, log) = world.served.stop();
    assert_eq!(code, 0, "{log}");
    assert!(!log.contains(SECRET) && !log.contains("access_token"), "{log}");
}

#[test]
fn it_is_off_unless_it_is_set_up() {
    let world = crate::dashboard::World::serving();
    assert!(!world.get("/sign-in", "").text().unwrap().contains("Sign in with Asana"));
    for path in ["/sign-in/asana", "/sign-in/asana/back?code=x&state=y"] {
        assert!([400, 404].contains(&world.get(path, "").status().as_u16()), "{path}");
    }
    let app = &world.app;
    app.configure("[service]\nasana_sign_in = true\n");
    app.upnext(&["serve"]).exits(2).says(&["service.asana_sign_in", "service.public_url"]);
    app.configure("[service]\nasana_sign_in = true\npublic_url = 'https://upnext.example.com'\n");
    app.upnext(&["serve", "--listen", "127.0.0.1:0"]).exits(2).says(&["asana.client_id"]);
}

#[test]
fn people_of_a_team_come_in_as_far_as_the_team_may_and_while_it_has_them() {
    let world = World::new();
    let (person, asana, project) = (world.gid(PERSON), &world.app.asana, world.app.project.clone());
    world.member(&person, None);
    let team = json!({ "name": "Planners", "organization": asana.workspace });
    let team = asana.post(TOKEN, "/teams", team)["gid"].as_str().unwrap().to_owned();
    let user = json!({ "user": person });
    asana.post(TOKEN, &format!("/teams/{team}/addUser"), user.clone());
    let shared = json!({ "parent": project, "member": team, "access_level": "editor" });
    asana.post(TOKEN, "/memberships", shared);
    let wait = || {
        let (young, begun) = (Duration::from_secs(31) / SPEED as u32, Instant::now());
        until("Asana is asked again", || begun.elapsed() > young);
    };
    wait();
    let session = world.session(&person);
    let ranking = format!("/projects/{project}");
    assert_eq!(world.status(&ranking, &session), 200);
    // An editor's team makes approvers of its people, and no admins.
    assert_eq!(world.send(&session, &format!("{ranking}/phases"), &[("phase", "shadow")]), 403);
    let waiting = world.app.upnext(&["approvals", "list", "--json"]).ok().json();
    let id = waiting[0]["id"].as_str().unwrap();
    assert_eq!(world.send(&session, "/approvals", &[("answer", "reject"), ("id", id)]), 200);
    // Who has an access of their own besides has the farther one.
    world.member(&person, Some("viewer"));
    let again = world.session(&person);
    assert_eq!(world.send(&again, &format!("{ranking}/phases"), &[("phase", "shadow")]), 403);
    world.make_member(&person, None);
    asana.post(TOKEN, &format!("/teams/{team}/removeUser"), user);
    wait();
    assert_eq!(world.enter(&person, "/").status(), 403, "the team has them no more");
}
