//! The pages across projects and across time: portfolios and retrospectives, for those who may see them; and a phase for a portfolio.

use crate::app::{Setting, TestApp, clock_from_now};
use crate::asana::TOKEN;
use crate::dashboard::{World, key, session_of};
use crate::served::{Served, until};
use serde_json::{Value, json};

/// How much faster the dashboard's clock runs: the ten minutes for which what was read counts are three seconds.
const SPEED: u64 = 200;

/// Two groomed projects, each in a portfolio of its own and both in a third, with the dashboard beside the service.
struct Across {
    world: World,
    /// The other project.
    other: String,
    portfolios: [String; 3],
}

fn made(app: &TestApp, name: &str, projects: &[&str]) -> String {
    let made =
        app.asana.post(TOKEN, "/portfolios", json!({ "name": name, "workspace": app.asana.workspace }));
    let gid = made["gid"].as_str().unwrap().to_owned();
    for project in projects {
        app.asana.post(TOKEN, &format!("/portfolios/{gid}/addItem"), json!({ "item": project }));
    }
    gid
}

impl Across {
    fn new() -> Across {
        let mut world = World::over(TestApp::with(Setting::default()));
        let app = &world.app;
        let other = app.asana.post(
            TOKEN,
            "/projects",
            json!({ "name": "Secret merger", "workspace": app.asana.workspace, "team": team(app) }),
        );
        let other = other["gid"].as_str().unwrap().to_owned();
        for (name, due) in [("Sign the papers", Value::Null), ("Tell nobody", json!("2020-01-01"))] {
            let task = json!({ "name": name, "projects": [other], "due_on": due });
            app.asana.post(TOKEN, "/tasks", task);
        }
        let own = app.project.clone();
        let portfolios = [
            made(app, "Everything", &[&own, &other]),
            made(app, "Shown", &[&own]),
            made(app, "Hidden", &[&other]),
        ];
        world.served.stop();
        world.served = Served::run(&world.app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
        Across { world, other, portfolios }
    }

    fn read(&self, path: &str, cookie: &str) -> (u16, String) {
        let answer = self.world.get(path, cookie);
        (answer.status().as_u16(), answer.text().unwrap())
    }

    fn viewer(&self) -> String {
        let own = format!("[\"{}\"]", self.world.app.project);
        session_of(&self.world.app, &"a".repeat(64), ("viewer", Some(&own)))
    }
}

fn team(app: &TestApp) -> String {
    let path = format!("/projects/{}?opt_fields=team", app.project);
    app.asana.get(&path)["team"]["gid"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn portfolios_are_ranked_on_a_page_as_by_the_command_and_nothing_is_written() {
    let across = Across::new();
    let app = &across.world.app;
    let admin = across.world.session();
    let by_command = app.upnext(&["portfolio", "--json"]).ok().json();
    app.asana.reset_counters();
    let (before, audit) = (app.end_state(), app.audit().len());
    let (status, page) = across.read("/portfolio", &admin);
    assert_eq!(status, 200, "{page}");
    for one in by_command["projects"].as_array().unwrap() {
        let (name, priority) = (one["project"]["name"].as_str().unwrap(), one["priority"].as_f64().unwrap());
        assert!(page.contains(name), "{name}: {page}");
        assert!(page.contains(&format!("score\">{priority:.1}<")), "{priority}: {page}");
        for part in one["contributions"].as_array().unwrap() {
            let because = part["because"].as_str().unwrap().replace('&', "&#38;");
            assert!(page.contains(because.split(['“', '"', '\'']).next().unwrap()), "{because}: {page}");
        }
    }
    for task in by_command["top"].as_array().unwrap() {
        assert!(
            page.contains(&format!("/{}\" rel=\"noreferrer\"", task["task"].as_str().unwrap())),
            "{task}"
        );
    }
    assert_eq!(app.asana.writes(), 0);
    assert!(app.asana.calls("GET /portfolios/{portfolio}/items") > 0);
    // Within ten minutes Asana is not asked again, and one of the portfolios is shown by itself.
    let asked = app.asana.calls("GET /portfolios/{portfolio}/items");
    let (_, hidden) = across.read(&format!("/portfolio?of={}", across.portfolios[2]), &admin);
    assert!(hidden.contains("Sign the papers") && !hidden.contains("alert(1)"), "{hidden}");
    assert!(page.contains(">in 3 portfolios<") && hidden.contains(">in 1 portfolio<"), "{hidden}");
    let (_, csv) = across.read("/portfolio.csv", &admin);
    assert_eq!(csv.lines().count(), 1 + by_command["top"].as_array().unwrap().len(), "{csv}");
    assert!(csv.contains("Tell nobody") && !csv.contains(",=HYPERLINK"), "{csv}");
    assert_eq!(app.asana.calls("GET /portfolios/{portfolio}/items"), asked);
    assert_eq!((app.end_state(), app.audit().len()), (before, audit), "nothing is written");
    assert_eq!(across.read("/portfolio?of=999", &admin).0, 404);
}

#[test]
fn while_asana_does_not_answer_what_was_read_before_is_shown() {
    let mut across = Across::new();
    across.world.served.stop();
    let mut command = across.world.app.command(&["serve", "--json", "--listen", "127.0.0.1:0"]);
    command.env("UPNEXT_TEST_CLOCK", clock_from_now(SPEED));
    across.world.served = Served::spawn(command);
    let admin = across.world.session();
    until("the portfolios are read", || across.read("/portfolio", &admin).1.contains("Secret merger"));
    across.world.app.asana.faults(json!({ "revoked_tokens": [TOKEN] }));
    until("Asana is asked again", || {
        let page = across.read("/portfolio", &admin).1;
        assert!(page.contains("Secret merger"), "{page}");
        page.contains("Shown is what was read before")
    });
    // A plan that is gone is told in its own words, beside what was read before.
    across.world.app.asana.faults(json!({ "plan": "free" }));
    until("Asana is asked again", || {
        let page = across.read("/portfolio", &admin).1;
        assert!(page.contains("Secret merger"), "{page}");
        page.contains("portfolios are not part of this workspace")
    });
}

#[test]
fn who_sees_one_project_sees_nothing_of_another_in_any_portfolio() {
    let across = Across::new();
    let (admin, viewer) = (across.world.session(), across.viewer());
    assert_eq!(across.read("/portfolio", &admin).0, 200);
    for path in
        ["/portfolio".to_owned(), format!("/portfolio?of={}", across.portfolios[0]), "/portfolio.csv".into()]
    {
        let (status, page) = across.read(&path, &viewer);
        assert_eq!(status, 200, "{page}");
        for secret in
            ["merger", "papers", "Tell nobody", "Hidden", across.other.as_str(), &across.portfolios[2]]
        {
            assert!(!page.contains(secret), "{path} tells of {secret}: {page}");
        }
    }
    let (_, page) = across.read("/portfolio", &viewer);
    assert!(page.contains("Shown") && page.contains("those of the projects you may see"), "{page}");
    assert!(page.contains("<span class=\"figure\">1</span><span class=\"of\">in 2 portfolios"), "{page}");
    assert_eq!(across.read(&format!("/portfolio?of={}", across.portfolios[2]), &viewer).0, 404);
    let stranger = session_of(&across.world.app, &"c".repeat(64), ("admin", Some("[\"4242\"]")));
    let (_, nothing) = across.read("/portfolio", &stranger);
    assert!(nothing.contains("No portfolio that Upnext knows holds a project you may see"), "{nothing}");
    let retro = format!("/projects/{}/retro", across.other);
    assert_eq!(across.read(&retro, &viewer).0, 404);
}

#[test]
fn where_there_is_no_portfolio_or_no_asana_the_page_says_so() {
    let app = TestApp::with(Setting {
        sandbox: &["--limits", "off", "--demo", "--plan", "free"],
        ..Setting::default()
    });
    let world = World::over(app);
    let alone = world.session();
    let page = world.get("/portfolio", &alone).text().unwrap();
    assert!(page.contains("Portfolios are not read here"), "{page}");
    assert_eq!(world.get("/portfolio.csv", &alone).status(), 404);
    let retro = format!("/projects/{}/retro", world.app.project);
    assert!(world.get(&retro, &alone).text().unwrap().contains("Sprints are not read here"));
    let served = Served::run(&world.app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
    let page = world.http.get(format!("{}/portfolio", served.url)).header("cookie", &alone).send().unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().unwrap().contains("Upnext’s user owns no portfolio"));
}

#[test]
fn a_sprint_is_looked_back_at_on_a_page_with_the_tasks_behind_every_figure() {
    let world = World::serving();
    let app = &world.app;
    let session = world.session();
    let path = format!("/projects/{}/retro", app.project);
    let list = world.get(&path, &session).text().unwrap();
    assert!(list.contains("Look back at") && list.contains("Ready"), "{list}");
    let tasks = app.asana.tasks(&app.project);
    let ready: Vec<&str> = tasks
        .iter()
        .filter(|t| t["memberships"][0]["section"]["name"] == "Ready")
        .map(|t| t["gid"].as_str().unwrap())
        .collect();
    app.asana.put(TOKEN, &format!("/tasks/{}", ready[0]), json!({ "completed": true }));
    app.asana.reset_counters();
    let (before, plans) = (app.end_state(), app.upnext(&["plan", "list", "--json"]).ok().json());
    #[expect(clippy::disallowed_methods, reason = "what people do in a test is done now")]
    let now = jiff::Timestamp::now();
    let day =
        |days: i64| (now + jiff::SignedDuration::from_hours(24 * days)).strftime("%Y-%m-%d").to_string();
    let (from, to) = (day(-180), day(180));
    let days = format!("&from={from}&to={to}");
    let page =
        world.get(&format!("{path}?sprint=Ready{days}"), &session).text().unwrap().replace("&#39;", "'");
    assert!(page.contains("Planned and done") && page.contains("class=\"bars\""), "{page}");
    let link = format!("https://app.asana.com/0/{}/{}", app.project, ready[0]);
    assert!(page.contains(&link), "{link}: {page}");
    assert_eq!(app.asana.writes(), 0);
    assert_eq!((app.end_state(), app.upnext(&["plan", "list", "--json"]).ok().json()), (before, plans));
    // The same figures as the command's.
    let args = ["retro", "--json", &app.project, "--sprint", "Ready", "--from", &from, "--to", &to];
    let by_command = app.upnext(&args).ok().json();
    for block in by_command["document"]["blocks"].as_array().unwrap() {
        assert!(page.contains(block["heading"].as_str().unwrap()), "{block}: {page}");
    }
    let lead = by_command["document"]["lead"][0].as_str().unwrap();
    assert!(page.contains(lead), "{lead}: {page}");
    // What cannot be is refused before any history is read.
    let histories = app.asana.calls("GET /tasks/{parent}/stories");
    assert!(histories > 0);
    for (wrong, said) in [
        ("?from=2999-01-01&to=2999-01-14", "nothing to look back at"),
        ("?from=2999-01-01", "nothing to look back at"),
        ("?from=2020-01-01&to=2021-06-01", "for a year at once"),
        ("?sprint=Ready&from=2020-01-01", "for a year at once"),
        ("?sprint=No-such-sprint", "no sprint “No-such-sprint”"),
        ("?from=soon", "must be a day"),
        ("?sprint=Ready&from=2026-03-01&to=2026-02-01", "before it begins"),
    ] {
        let page = world.get(&format!("{path}{wrong}"), &session).text().unwrap();
        assert!(page.contains("Not possible:") && page.contains(said), "{wrong}: {page}");
    }
    assert_eq!(app.asana.calls("GET /tasks/{parent}/stories"), histories);
}

#[test]
fn a_phase_is_decided_for_a_portfolio_and_the_newest_word_on_a_project_counts() {
    let across = Across::new();
    let app = &across.world.app;
    let (own, other, both) = (&app.project, &across.other, &across.portfolios[0]);
    let phase = |project: &str| {
        let shown = app.upnext(&["phase", "show", "--json", project]).ok().json();
        (
            shown["whole"]["phase"].as_str().unwrap().to_owned(),
            ["from", "more"].map(|part| shown["whole"][part].as_str().unwrap()).concat(),
        )
    };
    app.upnext(&["phase", "set", "--portfolio", both, "auto"]).exits(2).says(&[
        "lacking",
        "Secret merger",
        "--anyway",
    ]);
    assert_eq!((phase(own).0, phase(other).0), ("suggest".into(), "suggest".into()), "nothing was changed");
    let set =
        app.upnext(&["phase", "set", "--json", "--portfolio", both, "shadow", "--by", "Dana"]).ok().json();
    assert_eq!(set["projects"].as_array().unwrap().len(), 2, "{set:#}");
    assert!(phase(own).1.contains(&format!("for portfolio {both}")) && phase(other).0 == "shadow");
    assert_eq!(app.groom_and_apply()["requests"]["writes"], 0);
    // A later word on one of them counts there, and going back leaves it.
    app.upnext(&["phase", "set", other, "suggest", "--by", "Eli"]).ok();
    let back = app.upnext(&["phase", "back", "--json", "--portfolio", both]).ok().json();
    assert_eq!(back["left"], json!([other]), "{back:#}");
    assert_eq!((phase(own).0, phase(other).0), ("suggest".into(), "suggest".into()));
    assert_eq!(phase(other).1, "Eli");
    app.upnext(&["phase", "back", "--portfolio", both]).exits(2).says(&["nothing to take back"]);
    app.upnext(&["phase", "set", "--portfolio", both, "shadow", "--section", "Ready"])
        .exits(2)
        .says(&["--section"]);
    app.upnext(&["phase", "show"]).exits(2).says(&["--portfolio"]);
    app.upnext(&["audit", "verify"]).ok();
}

/// Sends a form of the visitor's own.
fn send(across: &Across, cookie: &str, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let own = key(&across.read("/", cookie).1);
    let all = [&[("key", own.as_str())], fields].concat();
    let answer = across.world.post(path, cookie, &all).send().unwrap();
    (answer.status().as_u16(), answer.text().unwrap())
}

#[test]
fn a_phase_is_decided_for_a_portfolio_on_its_page_by_who_may_in_every_project_of_it() {
    let across = Across::new();
    let app = &across.world.app;
    let (own, other) = (&app.project, &across.other);
    let page = |portfolio: usize| format!("/portfolio/{}/phases", across.portfolios[portfolio]);
    let (both, shown, hidden) = (page(0), page(1), page(2));
    let phase = |project: &str| -> String {
        let shown = app.upnext(&["phase", "show", "--json", project]).ok().json();
        shown["whole"]["phase"].as_str().unwrap().to_owned()
    };
    let phases = || (phase(own), phase(other));
    let both_are = |phase: &str| (phase.to_owned(), phase.to_owned());
    let audited = || app.audit().into_iter().filter(|entry| entry["kind"] == "phase").collect::<Vec<_>>();
    let all = across.world.session();
    let viewer = across.viewer();
    let partly = session_of(app, &"d".repeat(64), ("admin", Some(&format!("[\"{own}\"]"))));

    // Who may decide in one project only, or in none, decides for no portfolio that holds another, and sees nothing of it.
    let down = [("phase", "shadow"), ("reason", "a <b>pilot</b>")];
    for (somebody, path, status) in [
        (&partly, &both, 403),
        (&viewer, &both, 403),
        (&viewer, &shown, 403),
        (&partly, &hidden, 404),
        (&viewer, &hidden, 404),
        (&all, &"/portfolio/999/phases".to_owned(), 404),
        (&all, &"/portfolio/x/phases".to_owned(), 404),
    ] {
        assert_eq!(send(&across, somebody, path, &down).0, status, "{path}");
        assert_eq!(send(&across, somebody, &format!("{path}/back"), &[]).0, status, "{path}/back");
    }
    for path in [&both, &format!("{both}/back")] {
        assert_eq!(across.world.post(path, &all, &down).send().unwrap().status(), 403, "without a key");
        assert_eq!(across.world.post(path, "", &down).send().unwrap().status(), 400, "nobody");
    }
    for somebody in [&partly, &viewer] {
        let (status, seen) = across.read(&both, somebody);
        assert!(
            status == 200 && seen.contains("those you may see") && !seen.contains("Decide for all"),
            "{seen}"
        );
        assert!(!seen.contains("merger") && !seen.contains(other.as_str()), "{seen}");
    }
    assert!(across.read(&shown, &partly).1.contains("Decide for all"));
    assert_eq!(across.read(&hidden, &viewer).0, 404);
    assert_eq!((phases(), audited().len()), (both_are("suggest"), 0), "nothing was decided");

    // Down at once, in every project, signed.
    assert!(across.read("/portfolio", &all).1.contains(&both));
    assert_eq!(send(&across, &all, &both, &down).0, 303);
    assert_eq!(phases(), both_are("shadow"));
    let entries = audited();
    assert_eq!(entries.len(), 2);
    assert!(
        entries.iter().all(|entry| entry["actor"].as_str().unwrap().ends_with("(dashboard)")),
        "{entries:#?}"
    );
    let (_, seen) = across.read(&both, &all);
    assert!(seen.contains("Secret merger") && !seen.contains("<b>pilot"), "{seen}");
    // Up is asked about once more, with what each project lacks, and takes a tick and a reason.
    let up = [("phase", "auto")];
    let (status, asked) = send(&across, &all, &both, &up);
    assert!(status == 200 && asked.contains("Put auto in force in all of them"), "{asked}");
    assert!(asked.contains("Secret merger: people have answered no approval yet"), "{asked}");
    let sure = [("phase", "auto"), ("confirmed", "yes"), ("reason", "x")];
    assert!(send(&across, &all, &both, &sure).1.contains("Tick that it is decided"));
    let ticked = [("phase", "auto"), ("confirmed", "yes"), ("anyway", "yes")];
    assert!(send(&across, &all, &both, &ticked).1.contains("Say why"));
    assert_eq!(phases(), both_are("shadow"));
    let sure = [&ticked[..], &[("reason", "we dare")]].concat();
    assert_eq!(send(&across, &all, &both, &sure).0, 303);
    assert_eq!(phases(), both_are("auto"));
    // Back is one step each; an old page takes nothing back.
    let back = |decided: &str| send(&across, &all, &format!("{both}/back"), &[("decided", decided)]).0;
    let decided = || {
        let (_, page) = across.read(&both, &all);
        let (_, rest) = page.split_once("name=\"decided\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let newest = decided();
    assert_eq!((back("2026-01-01T00:00:00Z"), phases()), (400, both_are("auto")));
    assert_eq!((back(&newest), phases()), (303, both_are("shadow")));
    assert_eq!((back(&newest), phases()), (400, both_are("shadow")), "sent twice it is done once");
    assert_eq!((back(&decided()), phases()), (303, both_are("suggest")));
    app.upnext(&["audit", "verify"]).ok();
}

/// Two decisions for one portfolio, between which a project left it: each is taken back by itself, the newest first.
#[test]
fn what_was_decided_for_a_portfolio_is_taken_back_one_decision_at_a_time() {
    let across = Across::new();
    let app = &across.world.app;
    let (own, other, both) = (&app.project, &across.other, &across.portfolios[0]);
    let phase = |project: &str| -> String {
        let shown = app.upnext(&["phase", "show", "--json", project]).ok().json();
        shown["whole"]["phase"].as_str().unwrap().to_owned()
    };
    let back = || app.upnext(&["phase", "back", "--json", "--portfolio", both, "--by", "Dana"]).ok().json();
    app.upnext(&["phase", "set", "--portfolio", both, "shadow", "--by", "Dana"]).ok();
    app.asana.post(TOKEN, &format!("/portfolios/{both}/removeItem"), json!({ "item": other }));
    app.upnext(&["phase", "set", "--portfolio", both, "suggest", "--by", "Dana"]).ok();
    assert_eq!((phase(own), phase(other)), ("suggest".into(), "shadow".into()));
    let first = back();
    assert_eq!(first["left"], json!([]), "{first:#}");
    assert_eq!(
        (phase(own), phase(other)),
        ("shadow".into(), "shadow".into()),
        "what was decided first stays"
    );
    assert_eq!(back()["left"], json!([]));
    assert_eq!((phase(own), phase(other)), ("suggest".into(), "suggest".into()));
    app.upnext(&["phase", "back", "--portfolio", both]).exits(2).says(&["nothing to take back"]);
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn a_rule_for_a_portfolio_is_for_what_it_holds_and_a_decision_goes_over_it() {
    let across = Across::new();
    let app = &across.world.app;
    let rule = format!("[[policy.phase_for]]\nportfolio = '{}'\nphase = 'shadow'\n", across.portfolios[2]);
    app.configure(&rule);
    let phase =
        |project: &str| app.upnext(&["phase", "show", "--json", project]).ok().json()["whole"].clone();
    assert_eq!(
        (&phase(&app.project)["phase"], &phase(&across.other)["phase"]),
        (&json!("suggest"), &json!("shadow"))
    );
    let from = phase(&across.other)["from"].as_str().unwrap().to_owned();
    assert!(from.contains("policy.phase_for for portfolio"), "{from}");
    // The dashboard that never asks Asana knows it from the store, and tells a project's people.
    let page = across.read(&format!("/projects/{}/phases", app.project), &across.viewer()).1;
    assert!(!page.contains(&across.portfolios[2]), "{page}");
    app.upnext(&["phase", "set", &across.other, "suggest"]).ok();
    assert_eq!(phase(&across.other)["phase"], "suggest");
    // A portfolio that nobody can read lets nothing more be written.
    app.configure("[[policy.phase_for]]\nportfolio = '424242'\nphase = 'auto'\n");
    assert_eq!(phase(&app.project)["phase"], "suggest");
    app.configure("[[policy.phase_for]]\nportfolio = '424242'\nphase = 'shadow'\n");
    assert_eq!(phase(&app.project)["phase"], "shadow");
    app.configure("[[policy.phase_for]]\nportfolio = '1'\nproject = '2'\nphase = 'shadow'\n");
    app.upnext(&["phase", "show", &app.project]).exits(2).says(&["not for both"]);
}

/// A phase is the way to stop everything: it is set also while Asana, which knows what a portfolio holds, says nothing.
#[test]
fn a_phase_is_set_while_asana_does_not_answer() {
    let app = TestApp::new();
    app.setup();
    app.configure("[[policy.phase_for]]\nportfolio = '424242'\nphase = 'suggest'\n");
    let never = 600_000;
    app.asana.faults(json!({ "latency_ms": { "min": never, "max": never } }));
    app.upnext(&["phase", "set", &app.project, "shadow", "--by", "Dana"]).ok();
    let whole =
        || app.upnext(&["phase", "show", "--json", &app.project]).ok().json()["whole"]["phase"].clone();
    // Nor is one that fails asked again for a minute, however many commands there are.
    app.configure("[[policy.phase_for]]\nportfolio = '434343'\nphase = 'suggest'\n");
    app.asana.faults(json!({ "server_error": { "rate": 1.0 } }));
    app.asana.reset_counters();
    assert_eq!(whole(), "shadow");
    let asked = app.asana.calls("GET /portfolios/{portfolio}/items");
    assert!(asked > 0, "{:#}", app.asana.counters());
    assert_eq!(whole(), "shadow");
    assert_eq!(app.asana.calls("GET /portfolios/{portfolio}/items"), asked);
}
