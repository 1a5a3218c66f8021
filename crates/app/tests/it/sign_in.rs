//! Signing in with OAuth: the code, the tokens at rest and their renewal, what is told when the permission is gone, and what the
//! least scopes leave of every command.

use crate::app::{Ran, Setting, TestApp, ended, ran};
use crate::asana::{PERSON, TOKEN};
use crate::database::{Database, Kind};
use crate::serve::QUICK;
use crate::served::{Served, until};
use asana::oauth::Profile;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};

const SECRET: &str = "sandbox-secret";
const FULL: &str = "client_id = '1200000000000001'\nclient_secret_file = 'app-secret.txt'\n";
const LEAST: &str =
    "client_id = '1200000000000002'\nclient_secret_file = 'app-secret.txt'\nprofile = 'least'\n";

/// Nobody is signed in yet, and no command is given a token.
fn apart(database: Kind, config: &str) -> TestApp {
    let sandbox = &["--limits", "off", "--demo"];
    let app = TestApp::with(Setting { database, config, sandbox, token: false, ..Setting::default() });
    std::fs::write(app.home.path().join("app-secret.txt"), format!("{SECRET}\n")).unwrap();
    app
}

fn signed_in(database: Kind, config: &str) -> TestApp {
    let app = apart(database, config);
    sign_in(&app).ok();
    app
}

/// What a browser shows at an address, or where it is sent.
fn browse(address: &str) -> String {
    let browser =
        reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = browser.get(address).send().unwrap();
    match answer.headers().get("location") {
        Some(to) => to.to_str().unwrap().to_owned(),
        None => answer.text().unwrap(),
    }
}

/// The code on the page Asana shows.
fn code(address: &str) -> String {
    let page = browse(address);
    let (_, rest) = page.split_once("<code>").unwrap_or_else(|| panic!("no code: {page}"));
    rest.split_once("</code>").unwrap().0.to_owned()
}

/// Runs `upnext sign-in` and pastes what `answer` makes of the address.
fn paste(mut command: Command, answer: impl FnOnce(&str) -> String) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    let address = loop {
        let mut line = String::new();
        if stderr.read_line(&mut line).unwrap() == 0 {
            break None;
        }
        said += &line;
        if line.contains("/-/oauth_authorize?") {
            break Some(line.trim().to_owned());
        }
    };
    let mut stdin = child.stdin.take().unwrap();
    if let Some(address) = address {
        writeln!(stdin, "{}", answer(&address)).unwrap();
    }
    drop(stdin);
    stderr.read_to_string(&mut said).unwrap();
    let ran = ended(child.wait_with_output().unwrap());
    Ran { err: said, ..ran }
}

fn sign_in(app: &TestApp) -> Ran {
    paste(app.command(&["sign-in", "--json"]), code)
}

/// The tokens Asana has given this app and not taken back: access, refresh.
fn given(app: &TestApp) -> (Vec<String>, Vec<String>) {
    let world = app.asana.world(app.home.path());
    let tokens = world["tokens"].as_object().unwrap();
    let access =
        tokens.iter().filter(|(_, token)| token["principal"] == "oauth").map(|(name, _)| name.clone());
    (access.collect(), world["refresh_tokens"].as_object().unwrap().keys().cloned().collect())
}

/// The person takes the permission back in Asana.
fn take_back(app: &TestApp) {
    let (_, refresh) = given(app);
    for token in refresh {
        let form = [("client_id", "1200000000000001"), ("client_secret", SECRET), ("token", token.as_str())];
        app.asana.as_app("oauth_revoke", &form);
    }
    assert_eq!(given(app), (vec![], vec![]));
}

fn groom(app: &TestApp) -> [&str; 3] {
    ["groom", "--project", &app.project]
}

fn way_in(app: &TestApp) -> Value {
    let checks = app.upnext(&["doctor", "--json"]).ok().json();
    checks.as_array().unwrap().iter().find(|check| check["what"] == "way in").unwrap().clone()
}

#[test]
fn a_person_signs_in_with_a_pasted_code_and_no_token_is_needed() {
    let app = apart(Kind::Sqlite, FULL);
    app.upnext(&groom(&app)).exits(2).says(&["ASANA_ACCESS_TOKEN", "asana.token_file", "upnext sign-in"]);
    let told = sign_in(&app).ok().json();
    assert_eq!(told["user"]["email"], "bot@sandbox.example");
    assert_eq!((&told["profile"], &told["scopes"]), (&json!("full"), &json!(["default"])));
    assert_eq!(told["lacks"].as_array().unwrap().len(), Profile::Full.lacks().len());
    app.setup();
    let run = app.groom_and_apply();
    assert!(run["outcome"]["done"].as_u64().unwrap() > 30, "{:#}", run["outcome"]);
    app.undo(&run);
    let way = way_in(&app);
    let found = way["found"].as_str().unwrap();
    assert!(found.contains("(bot@sandbox.example) until 20") && found.ends_with("profile full"), "{found}");
    assert_eq!(way["health"], "ok");
    // A token goes before the sign-in, and the person who signs in is told.
    std::fs::write(app.home.path().join("token.txt"), TOKEN).unwrap();
    app.configure(&format!("{FULL}token_file = 'token.txt'"));
    assert_eq!(way_in(&app)["found"], "the token in token.txt (asana.token_file)");
    let again = paste(app.command(&["sign-in"]), code).ok();
    for words in
        ["Signed in as", "What the profile “full” lacks", "service accounts", "asana.token_file is set"]
    {
        assert!(again.out.contains(words), "`{words}` is not in {}", again.out);
    }
    let mut given = app.command(&["doctor", "--json"]);
    given.env("ASANA_ACCESS_TOKEN", TOKEN);
    assert!(ran(given).ok().out.contains("the token in ASANA_ACCESS_TOKEN"));
}

#[test]
fn the_address_of_a_redirect_may_be_pasted_whole_and_must_be_the_right_one() {
    let app = apart(Kind::Sqlite, &format!("{FULL}redirect_uri = 'http://127.0.0.1:9/back?from=asana'"));
    paste(app.command(&["sign-in"]), |address| {
        let sent_to = browse(address);
        assert!(sent_to.starts_with("http://127.0.0.1:9/back?from=asana&code="), "{sent_to}");
        sent_to
    })
    .ok();
    let other = paste(app.command(&["sign-in"]), |address| browse(address).replace("state=", "state=x"));
    other.exits(3).says(&["begin again"]);
    let denied = paste(app.command(&["sign-in"]), |address| {
        let (_, state) = address.split_once("state=").unwrap();
        let state = state.split('&').next().unwrap();
        format!("http://127.0.0.1:9/back?error=access_denied&state={state}")
    });
    denied.exits(3).says(&["did not let the app in"]);
}

#[test]
fn what_cannot_sign_in_is_told_and_nothing_is_kept() {
    let app = apart(Kind::Sqlite, "");
    app.upnext(&["sign-in"]).exits(2).says(&["asana.client_id is empty", "docs/sign-in.md"]);
    app.upnext(&["sign-out"]).exits(2).says(&["asana.client_id is empty"]);
    app.configure("client_id = '1200000000000001'");
    app.upnext(&["sign-in"]).exits(2).says(&["UPNEXT_ASANA_CLIENT_SECRET", "asana.client_secret_file"]);
    let with_secret = |secret: &str| {
        let mut command = app.command(&["sign-in"]);
        command.env("UPNEXT_ASANA_CLIENT_SECRET", secret);
        command
    };
    let wrong =
        paste(with_secret("not-the-secret"), code).exits(3).says(&["refuses the app", "client id, secret"]);
    assert!(!wrong.err.contains("not-the-secret"), "{}", wrong.err);
    paste(with_secret(SECRET), |_| "no-code".into()).exits(3).says(&["does not accept the code"]);
    ran(with_secret(SECRET)).exits(2).says(&["no code was given"]);
    app.configure(FULL);
    app.upnext(&["sign-out"]).exits(2).says(&["nobody is signed in"]);
    app.configure("profile = 'some'");
    app.upnext(&["sign-in"]).exits(2).says(&["asana.profile", "least"]);
    app.configure("client_id = '1'\nredirect_uri = 'http://upnext.example/'");
    ran(with_secret(SECRET)).exits(2).says(&["redirect_uri", "https"]);
    assert_eq!(given(&app), (vec![], vec![]));
}

fn an_access_token_that_ended_is_renewed_and_shared(database: Kind) {
    let app = signed_in(database, FULL);
    app.setup();
    assert_eq!(given(&app).0.len(), 1);
    app.asana.jump(3_700);
    app.groom();
    assert_eq!(given(&app).0.len(), 2, "one renewal, whatever the number of calls");
    app.groom();
    assert_eq!(given(&app).0.len(), 2, "the next process uses what the first one got");
    // Two at once: each renews for itself, and what is kept works.
    app.asana.jump(3_700);
    let doctors: Vec<_> = (0..3).map(|_| app.start(&["doctor", "--json"])).collect();
    for doctor in doctors {
        ended(doctor.wait_with_output().unwrap()).ok();
    }
    let renewed = given(&app).0.len();
    assert!((3..=5).contains(&renewed), "{renewed}");
    app.groom_and_apply();
    assert_eq!(given(&app).0.len(), renewed);
    assert_eq!(given(&app).1.len(), 1);
}

#[test]
fn an_access_token_that_ended_is_renewed_and_shared_on_sqlite() {
    an_access_token_that_ended_is_renewed_and_shared(Kind::Sqlite);
}

#[test]
fn an_access_token_that_ended_is_renewed_and_shared_on_postgresql() {
    an_access_token_that_ended_is_renewed_and_shared(Kind::Postgres);
}

#[test]
fn a_permission_that_was_taken_back_is_told_and_a_new_sign_in_mends_it() {
    let app = signed_in(Kind::Sqlite, FULL);
    app.setup();
    take_back(&app);
    let words = ["permission was taken back", "upnext sign-in"];
    app.upnext(&groom(&app)).exits(3).says(&words);
    let doctor = app.upnext(&["doctor", "--json"]).exits(5).json();
    let token = doctor.as_array().unwrap().iter().find(|check| check["what"] == "token").unwrap();
    assert!(token["found"].as_str().unwrap().contains("upnext sign-in"), "{token}");
    sign_in(&app).ok();
    app.upnext(&groom(&app)).ok();
}

#[test]
fn sign_out_gives_the_permission_back_and_forgets() {
    let app = signed_in(Kind::Sqlite, FULL);
    let told = app.upnext(&["sign-out", "--json"]).ok().json();
    assert_eq!(told, json!({ "name": "default", "forgotten": true, "revoked": true }));
    assert_eq!(given(&app), (vec![], vec![]));
    app.upnext(&groom(&app)).exits(2).says(&["there is no Asana token", "upnext sign-in"]);
    app.upnext(&["sign-out"]).exits(2).says(&["nobody is signed in"]);
    sign_in(&app).ok();
    app.setup();
    // Another key cannot open it: it is said, and can still be forgotten.
    let with_key = |args: &[&str]| {
        let mut command = app.command(args);
        command.env("UPNEXT_KEY", "0123456789abcdef0123456789abcdef");
        ran(command)
    };
    with_key(&groom(&app)).exits(1).says(&["sealed with another key"]);
    let out = with_key(&["sign-out"]).ok().out;
    assert!(out.contains("take the permission away in Asana"), "{out}");
    app.upnext(&["sign-out"]).exits(2);
}

#[test]
fn an_asana_that_cannot_be_reached_forgets_nobody() {
    let app = signed_in(Kind::Sqlite, FULL);
    let mut away = app.command(&["sign-out"]);
    away.env("ASANA_BASE_URL", "http://127.0.0.1:1/api/1.0");
    ran(away).exits(1).says(&["check the network"]);
    app.setup();
}

fn trouble(app: &TestApp) -> String {
    let connections = app.upnext(&["connections", "--json"]).ok().json();
    connections[0]["trouble"].as_str().unwrap_or_default().to_owned()
}

fn connected(config: &str) -> TestApp {
    let app = signed_in(Kind::Sqlite, &format!("{config}{QUICK}"));
    app.setup();
    app.upnext(&["connect", "--project", &app.project]).ok();
    app
}

fn due_today(app: &TestApp, task: &str) {
    let out = Command::new("date").args(["-u", "+%F"]).output().unwrap();
    let today = String::from_utf8(out.stdout).unwrap();
    app.asana.put(TOKEN, &format!("/tasks/{task}"), json!({ "due_on": today.trim() }));
}

/// An open task that has no due date and a score, and that score.
fn undated(app: &TestApp) -> (String, Value) {
    let tasks = app.asana.tasks(&app.project);
    let task = tasks.iter().find(|t| t["due_on"].is_null() && t["name"] != "Prioritize Backlog").unwrap();
    let gid = task["gid"].as_str().unwrap().to_owned();
    let score = app.asana.value(&gid, "AI Priority Score");
    (gid, score)
}

#[test]
fn a_service_tells_that_the_permission_is_gone_and_goes_on_after_a_new_sign_in() {
    let app = connected(FULL);
    let served = Served::deaf(&app);
    until("every task is scored", || !undated(&app).1.is_null());
    until("there is no trouble", || trouble(&app).is_empty());
    take_back(&app);
    until("the trouble is shown", || trouble(&app).contains("upnext sign-in"));
    let (task, before) = undated(&app);
    due_today(&app, &task);
    let dead = app.upnext(&["jobs", "list", "--json", "--state", "dead"]).ok().json();
    assert_eq!(dead, json!([]), "jobs wait for the person");
    sign_in(&app).ok();
    // What was put back is due after a minute; nobody waits for that here.
    until("the same process writes again", || {
        app.database.sql("UPDATE jobs SET run_at = 0 WHERE state = 'ready'");
        app.asana.value(&task, "AI Priority Score") != before
    });
    until("there is no trouble", || trouble(&app).is_empty());
    let (code, log) = served.stop();
    assert_eq!(code, 0, "{log}");
}

/// The code for a person who is asked on the page and says yes.
fn code_of(address: &str, user: &str) -> String {
    let answer = reqwest::blocking::Client::new().post(address).body(format!("allow=yes&user={user}"));
    let page = answer.send().unwrap().text().unwrap();
    page.split_once("<code>").unwrap().1.split_once("</code>").unwrap().0.to_owned()
}

#[test]
fn a_running_service_does_not_go_on_as_another_person() {
    let config = format!("{FULL}{QUICK}");
    let sandbox = &["--limits", "off", "--demo", "--oauth-asks", "on"];
    let app = TestApp::with(Setting { config: &config, sandbox, token: false, ..Setting::default() });
    std::fs::write(app.home.path().join("app-secret.txt"), SECRET).unwrap();
    let gid = |token: &str| {
        app.asana.call(token, "GET", "/users/me", None).unwrap()["gid"].as_str().unwrap().to_owned()
    };
    let as_user =
        |user: &str| paste(app.command(&["sign-in", "--json"]), |address| code_of(address, user)).ok();
    as_user(&gid(TOKEN));
    app.setup();
    app.upnext(&["connect", "--project", &app.project]).ok();
    let served = Served::deaf(&app);
    until("every task is scored", || !undated(&app).1.is_null());
    take_back(&app);
    assert_eq!(as_user(&gid(PERSON)).json()["user"]["gid"], gid(PERSON));
    until("the other person is told", || {
        app.database.sql("UPDATE jobs SET run_at = 0 WHERE state = 'ready'");
        trouble(&app).contains("another person has signed in")
    });
    let (code, log) = served.stop();
    assert_eq!(code, 0, "{log}");
    // Whoever starts now acts as the one who is signed in.
    assert!(way_in(&app)["found"].as_str().unwrap().starts_with("sign-in of "));
}

#[test]
fn the_least_scopes_set_up_groom_apply_and_undo_and_say_what_they_lack() {
    let sections =
        "[policy]\nphase = 'auto'\n[policy.sections]\nnext = 'Ready'\nfuture = 'Ready'\nbacklog = 'Ready'";
    let app = apart(Kind::Sqlite, &format!("{LEAST}{sections}"));
    let told = sign_in(&app).ok().json();
    assert_eq!(told["profile"], "least");
    let lacks: Vec<&str> = Profile::Least.lacks().iter().map(|lack| lack.what).collect();
    assert_eq!(told["lacks"], json!(lacks));
    let way = way_in(&app);
    assert_eq!((&way["health"], &way["lost"]), (&json!("reduced"), &json!(lacks.join(" "))));
    app.setup();
    let before = app.end_state();
    let run = app.groom_and_apply();
    let notes = run["notes"].to_string();
    for note in ["may not list sections", "may not read goals"] {
        assert!(notes.contains(note), "`{note}` is not in {notes}");
    }
    assert_eq!(run["outcome"]["refused"], 0, "{:#}", run["trouble"]);
    let after = app.end_state();
    let places = |state: &Value| -> Vec<Value> {
        state.as_object().unwrap().values().map(|task| task["section"].clone()).collect()
    };
    let elsewhere = |state: &Value| places(state).iter().filter(|place| **place != "Ready").count();
    assert!(elsewhere(&before) > 20, "{:?}", places(&before));
    assert!(elsewhere(&after) <= 1, "only our own task is elsewhere: {:?}", places(&after));
    app.undo(&run);
    assert_eq!(app.end_state(), before, "sections that the run emptied are known to the undo");
    // What nobody is in is not known, and the note says so.
    app.configure(&format!("{LEAST}[policy]\nphase = 'auto'\n[policy.sections]\nnext = 'Nowhere'"));
    assert!(app.groom()["notes"].to_string().contains("those without an open task are not known"));
}

#[test]
fn the_least_scopes_leave_looking_back_learning_and_searching() {
    let app = signed_in(Kind::Sqlite, LEAST);
    app.setup();
    for command in [
        &["learn", "--project", &app.project][..],
        &["triage", "--project", &app.project],
        &["similar", "--project", &app.project, "--text", "make it work"],
        &["backtest", "--project", &app.project, "--from", "2026-05-04", "--to", "2026-06-04"],
        &["doctor", "--project", &app.project],
    ] {
        let ran = app.upnext(command);
        assert!(ran.code == 0, "{command:?}: {ran:?}");
        if ["learn", "backtest"].contains(&command[0]) {
            for note in ["may not list sections", "may not read goals"] {
                assert!(ran.out.contains(note), "{command:?} does not say `{note}`: {}", ran.out);
            }
        }
    }
}

#[test]
fn a_service_with_the_least_scopes_says_that_it_looks_and_finds_changes() {
    let app = connected(LEAST);
    let config = format!("{LEAST}{}", QUICK.replacen("[service]\n", "[service]\nsweep_seconds = 2\n", 1));
    app.configure(&config);
    let served = Served::deaf(&app);
    until("every task is scored", || !undated(&app).1.is_null());
    until("closed streams are told", || trouble(&app).contains("event streams are closed"));
    let (task, before) = undated(&app);
    due_today(&app, &task);
    until("the change is found", || app.asana.value(&task, "AI Priority Score") != before);
    let (code, log) = served.stop();
    assert_eq!(code, 0, "{log}");
    // Webhooks are within the scopes.
    let served = Served::start(&app);
    let channel = || app.upnext(&["connections", "--json"]).ok().json()[0]["channel"].clone();
    until("Asana tells of changes", || channel() == "webhook");
    let (code, log) = served.stop();
    assert_eq!(code, 0, "{log}");
}

#[test]
fn secrets_are_neither_in_the_database_nor_in_logs() {
    let app = apart(Kind::Sqlite, FULL);
    let logged = |args: &[&str]| {
        let mut command = app.command(args);
        command.env("UPNEXT_LOG", "trace");
        command
    };
    let mut pasted = String::new();
    let mut said = paste(logged(&["sign-in"]), |address| {
        pasted = code(address);
        pasted.clone()
    })
    .ok();
    let mut keep = |more: Ran| {
        said.out += &more.out;
        said.err += &more.err;
    };
    let (mut secrets, refresh) = given(&app);
    secrets.extend(refresh);
    secrets.extend([SECRET.to_owned(), pasted.clone()]);
    keep(ran(logged(&["setup", "--project", &app.project])).ok());
    app.asana.jump(3_700);
    keep(ran(logged(&groom(&app))).ok());
    secrets.extend(given(&app).0);
    keep(ran(logged(&["doctor"])).ok());
    let key = std::fs::read_to_string(app.home.path().join("data/upnext/service.key")).unwrap();
    secrets.push(key.trim().to_owned());
    assert!(secrets.len() >= 6 && secrets.iter().all(|secret| secret.len() > 10), "{secrets:?}");
    let Database::Sqlite(file) = &app.database else { panic!("this is about a file") };
    let bytes = std::fs::read(file).unwrap();
    assert!(said.err.contains("TRACE"), "nothing was logged");
    for secret in &secrets {
        let is_in = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!is_in(&bytes), "in the database: {secret}");
        assert!(!is_in(said.out.as_bytes()) && !is_in(said.err.as_bytes()), "told: {secret}");
    }
    let last = ran(logged(&["sign-out"])).ok();
    assert!(
        secrets.iter().all(|secret| !last.err.contains(secret.as_str())),
        "told at the end: {}",
        last.err
    );
}

/// The manual's table is the client's own list.
#[test]
fn the_manual_says_what_each_profile_cannot_do() {
    let manual = include_str!("../../../../docs/sign-in.md");
    for profile in Profile::ALL {
        let word = if profile == Profile::Full { "full" } else { "least" };
        for lack in profile.lacks() {
            let row = format!("| `{word}` | {} |", lack.what);
            assert!(manual.contains(&row), "docs/sign-in.md has no row: {row}");
        }
    }
    let rows =
        manual.lines().filter(|line| line.starts_with("| `full` | ") || line.starts_with("| `least` | "));
    assert_eq!(rows.count(), Profile::ALL.iter().map(|profile| profile.lacks().len()).sum::<usize>());
    let scopes = manual.lines().filter(|line| line.starts_with("    ") && line.contains(":read"));
    let scopes: Vec<&str> = scopes.flat_map(str::split_whitespace).collect();
    assert_eq!(scopes, Profile::Least.scopes());
}
