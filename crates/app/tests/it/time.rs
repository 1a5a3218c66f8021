//! Plans for people's time: risks of dates, a sprint, who should do what, on a made-up team and where a plan lacks features.

use crate::app::{Setting, TestApp};
use crate::asana::{PERSON, TOKEN};
use crate::served::{Served, until};
use serde_json::{Value, json};

/// A team with people's fields, absences and a project of tasks.
pub fn team(more: &[&str]) -> (TestApp, String) {
    let knobs =
        ["--limits", "off", "--generate", "people=8,projects=2,tasks=120,months=8,goals=1,portfolios=1"];
    let knobs = [&knobs[..], more].concat();
    let app = TestApp::with(Setting { backlogs: vec![], sandbox: &knobs, ..Setting::default() });
    let workspace = app.asana.get("/workspaces?limit=1")[0]["gid"].as_str().unwrap().to_owned();
    let projects = app.asana.get(&format!("/workspaces/{workspace}/projects?limit=10"));
    let project = projects[0]["gid"].as_str().unwrap().to_owned();
    (app, project)
}

/// A task that nobody has and that can be done any day, in a team with next to nothing else to do: somebody has room for it on any
/// day this runs.
fn with_room(app: &TestApp, project: &str) -> String {
    let workspace = app.asana.get("/workspaces?limit=1")[0]["gid"].as_str().unwrap().to_owned();
    let projects = app.asana.get(&format!("/workspaces/{workspace}/projects?limit=10"));
    let gids = |of: &str| -> Vec<String> {
        let open = app.asana.get(&format!("/tasks?project={of}&completed_since=now&limit=100"));
        open.as_array().unwrap().iter().map(|t| t["gid"].as_str().unwrap().to_owned()).collect()
    };
    let others = projects.as_array().unwrap().iter().filter_map(|other| other["gid"].as_str());
    let elsewhere = others.filter(|other| *other != project).flat_map(gids);
    let here = gids(project);
    for done in elsewhere.chain(here[4..].iter().cloned()) {
        app.asana.put(PERSON, &format!("/tasks/{done}"), json!({ "completed": true }));
    }
    let nobodys = json!({ "assignee": null, "start_on": null, "due_on": null });
    app.asana.put(PERSON, &format!("/tasks/{}", here[0]), nobodys);
    here[0].clone()
}

pub fn list<'v>(of: &'v Value, key: &str) -> &'v Vec<Value> {
    of[key].as_array().unwrap()
}

#[test]
fn risks_are_foretold_from_the_tasks_and_the_hours_of_their_owners() {
    let (app, project) = team(&[]);
    let report = app.upnext(&["risk", "--json", &project]).ok().json();
    let tasks = list(&report["forecast"], "tasks");
    assert!(tasks.len() > 5, "{report:#}");
    for task in tasks {
        let date = |of: &str| task["done"][of].as_str().unwrap().to_owned();
        assert!(date("tenth") <= date("middle") && date("middle") <= date("ninetieth"), "{task:#}");
        assert_eq!(task["due"].is_null(), task["missed"].is_null(), "{task:#}");
    }
    let rests: Vec<&str> = list(&report, "people").iter().filter_map(|p| p["rests_on"][0].as_str()).collect();
    assert!(rests.iter().any(|r| r.contains("(Max Capacity field)")), "{rests:?}");
    assert_eq!(app.asana.writes(), 0);
    let words = app.upnext(&["risk", &project]).ok().out;
    assert!(words.contains("All done: ") && words.contains("Due dates in danger: "), "{words}");
}

#[test]
fn a_sprint_takes_what_fits_and_says_why_the_rest_is_left() {
    let (app, project) = team(&[]);
    let report = app.upnext(&["sprint", "--json", &project]).ok().json();
    let plan = &report["plan"];
    assert!(!list(plan, "taken").is_empty(), "{report:#}");
    let hours = |person: &Value| -> f64 {
        let mine = list(plan, "taken").iter().filter(|t| t["person"]["gid"] == person["person"]["gid"]);
        mine.map(|t| t["hours"].as_f64().unwrap()).sum()
    };
    for person in list(&report, "people") {
        assert!(hours(person) <= person["here"].as_f64().unwrap() + 1e-6, "{person:#}");
    }
    assert!(plan["gap"].as_f64().unwrap() <= 0.2, "{plan:#}");
    assert!(list(plan, "left").iter().all(|left| left["why"]["reason"].is_string()));
    let must = list(plan, "left").iter().find(|left| left["why"]["reason"] == "full");
    if let Some(must) = must {
        let gid = must["task"].as_str().unwrap();
        let other = app.upnext(&["sprint", "--json", &project, "--must", gid]).ok().json();
        assert!(list(&other["plan"], "taken").iter().any(|t| t["task"] == gid), "{other:#}");
    }
    let none = app.upnext(&["sprint", "--json", &project, "--velocity", "0"]).ok().json();
    assert!(list(&none["plan"], "taken").iter().all(|t| t["hours"] == 0.0), "{none:#}");
    let words = app.upnext(&["sprint", &project]).ok().out;
    assert!(words.contains("Value ") && words.contains("Left out: "), "{words}");
    assert_eq!(app.asana.writes(), 0);
    app.upnext(&["sprint", &project, "--limit", "Ready"]).exits(2).says(&["SECTION=COUNT"]);
    app.upnext(&["sprint", &project, "--must", "424242"]).says(&["424242"]);
}

/// The notes of a report.
fn notes(report: &Value) -> Vec<&str> {
    list(report, "notes").iter().map(|note| note.as_str().unwrap()).collect()
}

/// The user fields of a workspace by name.
fn user_field(app: &TestApp, name: &str) -> String {
    let me = app.asana.get("/users/me?opt_fields=custom_fields.name");
    let fields = me["custom_fields"].as_array().unwrap();
    fields.iter().find(|field| field["name"] == name).unwrap()["gid"].as_str().unwrap().to_owned()
}

/// Whoever owns the first owned open task of a project, of those whom a report tells of.
fn owner(app: &TestApp, project: &str, report: &Value) -> String {
    let open =
        app.asana.get(&format!("/tasks?project={project}&completed_since=now&limit=100&opt_fields=assignee"));
    let told = |gid: &&str| list(report, "people").iter().any(|person| person["person"]["gid"] == **gid);
    let mut owners = open.as_array().unwrap().iter().filter_map(|task| task["assignee"]["gid"].as_str());
    owners.find(told).unwrap().to_owned()
}

/// The hours of a person in a report: worked, left by other projects, and free.
fn hours_of(report: &Value, person: &str) -> [f64; 3] {
    let one = list(report, "people").iter().find(|one| one["person"]["gid"] == person).unwrap();
    ["works", "here", "free"].map(|what| one[what].as_f64().unwrap())
}

#[test]
fn what_is_not_known_of_people_is_said_and_what_is_known_still_counts() {
    let (app, project) = team(&[]);
    app.configure("[time]\nzone = 'Asia/Tokyo'\n");
    let assign = || app.upnext(&["assign", "--json", &project]).ok().json();
    let unlisted = "the open work in other projects is not known";
    let report = assign();
    let says = |report: &Value, what: &str| notes(report).iter().any(|note| note.contains(what));
    assert!(!says(&report, unlisted) && !says(&report, "time.zone"), "{:?}", notes(&report));
    let person = owner(&app, &project, &report);
    let [_, here, free] = hours_of(&report, &person);
    assert!(here > free, "their own tasks take nothing");
    let zone = user_field(&app, "Time Zone");
    app.asana.put(TOKEN, &format!("/users/{person}"), json!({ "custom_fields": { zone: "Berlin" } }));
    app.asana
        .faults(json!({ "refusal": { "rate": 1.0, "statuses": [403], "path_prefix": "/tasks?assignee=" } }));
    let report = assign();
    assert!(says(&report, unlisted), "{:?}", notes(&report));
    let other = "“Berlin” (Time Zone) is no time zone, so Asia/Tokyo is taken (time.zone)";
    assert!(says(&report, other), "{:?}", notes(&report));
    let [_, here, free] = hours_of(&report, &person);
    assert!(here > free, "they look free though they have tasks here");
}

/// A text field that users have from now on.
fn add_user_field(app: &TestApp, name: &str) -> String {
    let workspace = app.asana.get("/workspaces?limit=1")[0]["gid"].clone();
    let new = json!({ "workspace": workspace, "name": name, "resource_subtype": "text" });
    let field = app.asana.post(TOKEN, "/custom_fields", new)["gid"].as_str().unwrap().to_owned();
    app.asana.make(json!({ "what": "setting", "parent": workspace, "custom_field": field }));
    field
}

#[test]
fn holidays_and_working_days_are_hours_that_nobody_is_planned_for() {
    let (app, project) = team(&[]);
    // Two weeks from a Monday on, so far ahead that nobody is known to be away.
    let sprint =
        || app.upnext(&["sprint", "--json", &project, "--from", "2031-01-06", "--days", "14"]).ok().json();
    let with = |time: &str| {
        app.configure(&format!("[time]\n{time}\n"));
        sprint()
    };
    let plain = sprint();
    let person = owner(&app, &project, &plain);
    let works = |report: &Value| hours_of(report, &person)[0];
    let all = works(&plain);
    assert!(all > 0.0);
    let off = with("holidays = ['2031-01-07', '2031-01-16']");
    assert!((works(&off) - 0.8 * all).abs() < 1e-6, "{} of {all}", works(&off));
    assert_eq!(works(&with("holidays = ['2031-01-11']")), all, "a Saturday");
    // Their capacity is spread over the team's days; holidays on other days take nothing of it.
    let team = "working_days = 'Mon-Thu'\nholidays = ['2031-01-10']";
    assert!((works(&with(team)) - all).abs() < 1e-6);
    // Their own days go over the team's.
    let field = add_user_field(&app, "Working Days");
    let set = |text: &str| {
        app.asana.put(TOKEN, &format!("/users/{person}"), json!({ "custom_fields": { &field: text } }))
    };
    set("Mon 3, Tue 2");
    let own = with("holidays = ['2031-01-07']");
    assert!((works(&own) - 8.0).abs() < 1e-6, "{}", works(&own));
    let told = list(&own, "people").iter().find(|one| one["person"]["gid"] == person.as_str()).unwrap();
    assert!(told["rests_on"].to_string().contains("“Mon 3, Tue 2”, Working Days field"), "{told:#}");
    set("now and then");
    let unclear = sprint();
    let said = "“now and then” (Working Days) is not understood: “now” is no weekday; Mon-Fri is taken";
    assert!(notes(&unclear).iter().any(|note| note.contains(said)), "{:?}", notes(&unclear));
    assert!((works(&unclear) - 0.9 * all).abs() < 1e-6);
    app.configure("[time]\nholidays = ['2031-02-30']\n");
    app.upnext(&["sprint", &project]).exits(2).says(&["time.holidays[0]", "2031-02-30"]);
}

#[test]
fn people_are_proposed_with_reasons_and_every_other_has_one_too() {
    let (app, project) = team(&[]);
    let report = app.upnext(&["assign", "--json", &project]).ok().json();
    let people = list(&report, "people").len();
    assert!(people > 0 && report["learned_from"].as_u64().unwrap() > 0, "{report:#}");
    for task in list(&report, "tasks") {
        let told = list(task, "rejected").len() + usize::from(!task["chosen"].is_null());
        assert_eq!(told, people, "{task:#}");
    }
    app.upnext(&["assign", &project]).ok();
    assert_eq!(app.asana.writes(), 0);
}

#[test]
fn owners_are_told_once_and_told_when_the_danger_has_passed_and_all_of_it_is_taken_back() {
    let (app, project) = team(&[]);
    let tasks = app
        .asana
        .get(&format!("/tasks?project={project}&completed_since=now&limit=50&opt_fields=assignee,due_on"));
    let task = tasks.as_array().unwrap().iter().find(|t| !t["assignee"].is_null()).unwrap();
    let gid = task["gid"].as_str().unwrap();
    let due =
        |on: &str| app.asana.put(PERSON, &format!("/tasks/{gid}"), json!({ "due_on": on, "start_on": null }));
    let said = || -> Vec<String> {
        let stories = app.asana.get(&format!("/tasks/{gid}/stories?opt_fields=text,resource_subtype"));
        let texts = stories.as_array().unwrap().iter().filter_map(|s| s["text"].as_str());
        texts.filter(|text| text.starts_with("Upnext · date in danger")).map(str::to_owned).collect()
    };
    due("2020-01-06");
    app.upnext(&["risk", "--json", &project]).ok();
    assert!(said().is_empty());
    let run = app.upnext(&["risk", "--json", &project, "--apply"]).ok().json();
    assert!(
        said().len() == 1 && said()[0].contains("Due 2020-01-06, and in every forecast it is done later"),
        "{:?}",
        said()
    );
    let again = app.upnext(&["risk", "--json", &project, "--apply"]).ok().json();
    assert_eq!((&again["written"]["actions"], said().len()), (&json!([]), 1), "{again:#}");
    due("2039-01-03");
    app.upnext(&["risk", &project, "--apply"]).ok();
    assert!(said().len() == 1 && said()[0].contains("no longer in danger"), "{:?}", said());
    due("2020-01-06");
    app.upnext(&["risk", &project, "--apply"]).ok();
    assert!(said()[0].contains("Due 2020-01-06"), "{:?}", said());
    assert!(run["written"]["run"].as_str().unwrap().starts_with("run_"));
}

#[test]
fn suggestions_go_into_the_field_and_a_persons_word_stays() {
    let (app, project) = team(&[]);
    app.upnext(&["setup", "--project", &project]).ok();
    let gid = with_room(&app, &project);
    let gid = gid.as_str();
    let report = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    let chosen = list(&report, "tasks").iter().find(|t| t["task"] == gid).unwrap();
    assert!(chosen["chosen"].is_object(), "{chosen:#}");
    let field = || {
        let task = app
            .asana
            .get(&format!("/tasks/{gid}?opt_fields=assignee,custom_fields.name,custom_fields.people_value"));
        assert!(task["assignee"].is_null());
        let fields = task["custom_fields"].as_array().unwrap();
        fields.iter().find(|f| f["name"] == "Recommended Assignee").unwrap()["people_value"].clone()
    };
    let who = field();
    assert_eq!(who[0]["gid"], chosen["chosen"]["person"]["gid"], "{chosen:#}");
    let again = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]);
    // Upnext knows its own suggestion again where nothing is kept of it.
    let crate::database::Database::Sqlite(store) = &app.database else { panic!("the store is no file") };
    let kept = std::fs::read(store).unwrap();
    std::fs::remove_file(store).unwrap();
    let anew = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    let left = |of: &Value| list(&of["written"], "skipped").iter().any(|skipped| skipped["gid"] == gid);
    assert!(!left(&anew), "{:#}", anew["written"]);
    std::fs::write(store, kept).unwrap();
    app.upnext(&["undo", report["written"]["run"].as_str().unwrap()]).ok();
    assert_eq!(field(), json!([]));
    // What an undo took back is not suggested again.
    app.upnext(&["assign", "--json", &project, "--apply"]).ok();
    assert!(field()[0]["gid"] != who[0]["gid"], "{who}");
}

/// The timetable does what the command does, and no more than the policy lets it.
#[test]
fn a_schedule_suggests_people_as_far_as_phase_and_policy_allow() {
    let (app, project) = team(&[]);
    app.upnext(&["setup", "--project", &project]).ok();
    app.upnext(&["connect", "--project", &project]).ok();
    let gid = with_room(&app, &project);
    let task = || {
        let fields = "opt_fields=assignee,custom_fields.name,custom_fields.people_value";
        app.asana.get(&format!("/tasks/{gid}?{fields}"))
    };
    let suggested = || {
        let task = task();
        let fields = task["custom_fields"].as_array().unwrap();
        fields.iter().find(|f| f["name"] == "Recommended Assignee").unwrap()["people_value"].clone()
    };
    let plans = || {
        let all = app.upnext(&["plan", "list", "--json", "--limit", "1000"]).ok().json();
        all.as_array().unwrap().iter().filter(|plan| plan["kind"] == "assign").count()
    };
    let every = |more: &str| {
        format!("{more}[service]\nschedules = [{{ workflow = 'assign', cron = '* * * * * *' }}]\n")
    };
    app.configure(&every("[policy]\nphase = 'shadow'\n"));
    let served = Served::deaf(&app);
    until("the timetable fires", || plans() > 1);
    assert_eq!((suggested(), task()["assignee"].clone()), (json!([]), Value::Null));
    assert_eq!(served.stop().0, 0);
    app.configure(&every("[policy]\nphase = 'suggest'\n[policy.assign]\nset = true\n"));
    let served = Served::deaf(&app);
    until("somebody is suggested", || suggested() != json!([]));
    assert!(task()["assignee"].is_null(), "a phase that suggests gives nothing to anybody");
    let before = plans();
    until("it fires again", || plans() > before + 1);
    assert_eq!(served.stop().0, 0);
    app.configure(&every("[policy]\nphase = 'auto'\n[policy.assign]\nset = true\n"));
    let served = Served::deaf(&app);
    until("it is theirs", || !task()["assignee"].is_null());
    assert_eq!(task()["assignee"]["gid"], suggested()[0]["gid"]);
    assert_eq!(served.stop().0, 0);
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn the_user_whose_token_it_is_is_given_nothing_unless_they_have_tasks_or_the_policy_says_so() {
    let (app, project) = team(&[]);
    let bot = app.asana.get("/users/me")["gid"].clone();
    let members = app.asana.get(&format!("/projects/{project}?opt_fields=members"))["members"].clone();
    assert!(members.as_array().unwrap().iter().any(|member| member["gid"] == bot), "{members:#}");
    let told = |command: &str| {
        let report = app.upnext(&[command, "--json", &project]).ok().json();
        let there = list(&report, "people").iter().any(|person| person["person"]["gid"] == bot);
        let said = list(&report, "notes").iter().any(|note| {
            note.as_str().is_some_and(|note| note.contains("is given no tasks, because this token is theirs"))
        });
        (there, said)
    };
    assert_eq!([told("assign"), told("sprint")], [(false, true); 2]);
    app.configure("[policy.assign]\nown_user = true\n");
    assert_eq!([told("assign"), told("sprint")], [(true, false); 2]);
    app.configure("");
    let task = app.asana.get(&format!("/tasks?project={project}&completed_since=now&limit=1"))[0].clone();
    app.asana.put(PERSON, &format!("/tasks/{}", task["gid"].as_str().unwrap()), json!({ "assignee": bot }));
    assert_eq!([told("assign"), told("sprint")], [(true, false); 2]);
}

#[test]
fn an_assignee_is_set_where_the_policy_says_so_and_nobody_is_proposed_again_who_was_turned_down() {
    let (app, project) = team(&[]);
    app.configure("[policy]\nphase = 'auto'\n[policy.assign]\nset = true\n");
    let gid = with_room(&app, &project);
    let owner = || app.asana.get(&format!("/tasks/{gid}?opt_fields=assignee"))["assignee"]["gid"].clone();
    let report = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    let proposed = |report: &Value| {
        let tasks = list(report, "tasks").clone();
        let task = tasks.into_iter().find(|task| task["task"] == gid.as_str()).unwrap();
        task["chosen"]["person"]["gid"].clone()
    };
    let first = proposed(&report);
    assert!(first.is_string() && owner() == first, "{report:#}");
    let plan = report["written"]["plan"].as_str().unwrap();
    assert!(app.upnext(&["plan", "replay", plan]).ok().out.contains("byte for byte"));
    let again = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]);
    // Somebody says no by giving it to nobody.
    app.asana.put(PERSON, &format!("/tasks/{gid}"), json!({ "assignee": null }));
    let other = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    assert!(proposed(&other) != first, "{other:#}");
    let task = list(&other, "tasks").iter().find(|task| task["task"] == gid.as_str()).unwrap().clone();
    let why = |one: &&Value| one[0]["gid"] == first;
    let rejected = task["rejected"].as_array().unwrap().iter().find(why).unwrap();
    assert_eq!(rejected[1]["reason"], "turned_down", "{task:#}");
    assert!(owner().is_null(), "what a person took back stays so");
}

/// A question waits while people's hours fill: a yes gives nobody what they have no hours for any more, and says so.
#[test]
fn a_yes_gives_a_task_only_to_whoever_still_has_the_hours() {
    for fills in [true, false] {
        let (app, project) = team(&[]);
        app.configure("[policy]\nphase = 'conditional'\n[policy.assign]\nset = true\n");
        let gid = with_room(&app, &project);
        app.upnext(&["assign", &project, "--apply"]).ok();
        let asked = app.upnext(&["approvals", "list", "--json", "--project", &project]).ok().json();
        let one = asked.as_array().unwrap().iter().find(|one| one["task"] == gid.as_str()).unwrap().clone();
        assert_eq!(one["what"], "assignee", "{one:#}");
        let people = list_people(&app);
        let who = people.iter().find(|person| person["name"] == one["new"]).unwrap()["gid"].clone();
        if fills {
            // Work of no project, more of it than there are hours in the coming weeks.
            let workspace = app.asana.get("/workspaces?limit=1")[0]["gid"].clone();
            let open = json!({ "workspace": workspace, "assignee": who });
            for at in 0..60 {
                let mut new = open.clone();
                new["name"] = json!(format!("Errand {at}"));
                app.asana.post(PERSON, "/tasks", new);
            }
        }
        let said = app.upnext(&["approvals", "approve", "--json", one["id"].as_str().unwrap()]).json();
        let owner = app.asana.get(&format!("/tasks/{gid}?opt_fields=assignee"))["assignee"]["gid"].clone();
        if fills {
            let why = said["left"][0]["why"].as_str().unwrap_or_default();
            assert!(why.starts_with(one["new"].as_str().unwrap()) && why.ends_with("by now"), "{said:#}");
            assert!(owner.is_null(), "{said:#}");
            // It is not asked again of the same person, who has no room, but perhaps of another.
            let again = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
            let task = list(&again, "tasks").iter().find(|task| task["task"] == gid.as_str()).unwrap();
            assert_ne!(task["chosen"]["person"]["gid"], who, "{task:#}");
        } else {
            assert_eq!(owner, who, "{said:#}");
        }
    }
}

fn list_people(app: &TestApp) -> Vec<Value> {
    let workspace = app.asana.get("/workspaces?limit=1")[0]["gid"].as_str().unwrap().to_owned();
    app.asana.list(&format!("/workspaces/{workspace}/users?opt_fields=name"))
}

/// A whole team with more to do than hours: what the first assignment left, the second leaves as well.
#[test]
fn assigning_twice_gives_out_no_more_than_assigning_once() {
    let (app, project) = team(&[]);
    app.configure("[policy]\nphase = 'auto'\n[policy.assign]\nset = true\n");
    let rows = app.asana.get(&format!("/tasks?project={project}&completed_since=now&limit=50"));
    let open: Vec<&str> = rows.as_array().unwrap().iter().map(|t| t["gid"].as_str().unwrap()).collect();
    for gid in open.iter().step_by(2) {
        app.asana.put(PERSON, &format!("/tasks/{gid}"), json!({ "assignee": null }));
    }
    let first = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    let left: Vec<&Value> = list(&first, "tasks").iter().filter(|task| task["chosen"].is_null()).collect();
    let again = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    assert_eq!(list(&again, "tasks").len(), left.len(), "{again:#}");
    assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]);
}

#[test]
fn nobody_is_given_more_tasks_than_the_cap_and_turns_are_remembered() {
    let (app, project) = team(&[]);
    app.configure("[policy]\nphase = 'auto'\n[policy.assign]\nset = true\nmax_open = 1\n");
    let report = app.upnext(&["assign", "--json", &project]).ok().json();
    let rejected = |task: &Value| -> Vec<String> {
        let all = task["rejected"].as_array().unwrap().iter();
        all.map(|one| one[1]["reason"].as_str().unwrap().to_owned()).collect()
    };
    let at_cap = list(&report, "tasks").iter().flat_map(&rejected).filter(|why| why == "at_cap").count();
    assert!(list(&report, "tasks").is_empty() || at_cap > 0, "{report:#}");
}

#[test]
fn a_date_in_danger_is_flagged_and_the_flag_goes_when_the_danger_has_passed() {
    let (app, project) = team(&[]);
    app.configure("[policy.risk]\nflag = true\n");
    app.upnext(&["setup", "--project", &project]).ok();
    assert!(app.asana.fields(&project).contains_key("AI Risk"));
    let rows = app
        .asana
        .get(&format!("/tasks?project={project}&completed_since=now&limit=50&opt_fields=assignee,due_on"));
    let gids: Vec<&str> =
        rows.as_array().unwrap().iter().take(2).map(|t| t["gid"].as_str().unwrap()).collect();
    let due = |gid: &str, on: &str| {
        app.asana.put(PERSON, &format!("/tasks/{gid}"), json!({ "due_on": on, "start_on": null }))
    };
    gids.iter().for_each(|gid| drop(due(gid, "2020-01-06")));
    let flags = || gids.iter().map(|gid| app.asana.value(gid, "AI Risk")).collect::<Vec<_>>();
    let report = app.upnext(&["risk", "--json", &project, "--apply"]).ok().json();
    assert_eq!(flags(), [json!("At risk"), json!("At risk")], "{:#}", report["written"]);
    let plan = report["written"]["plan"].as_str().unwrap();
    assert!(app.upnext(&["plan", "replay", plan]).ok().out.contains("byte for byte"));
    // A person who clears a flag has seen it.
    let field = &app.asana.fields(&project)["AI Risk"];
    app.asana.put(PERSON, &format!("/tasks/{}", gids[1]), json!({ "custom_fields": { field: null } }));
    app.upnext(&["risk", &project, "--apply"]).ok();
    assert_eq!(flags(), [json!("At risk"), Value::Null]);
    gids.iter().for_each(|gid| drop(due(gid, "2039-01-03")));
    let passed = app.upnext(&["risk", "--json", &project, "--apply"]).ok().json();
    assert_eq!(flags(), [Value::Null, Value::Null]);
    app.upnext(&["undo", passed["written"]["run"].as_str().unwrap()]).ok();
    assert_eq!(flags(), [json!("At risk"), Value::Null]);
}

#[test]
fn an_owner_has_a_subtask_about_a_date_in_danger_until_the_danger_has_passed() {
    let (app, project) = team(&[]);
    app.configure("[policy.risk]\nsubtask = true\n");
    let tasks =
        app.asana.get(&format!("/tasks?project={project}&completed_since=now&limit=50&opt_fields=assignee"));
    let task = tasks.as_array().unwrap().iter().find(|t| !t["assignee"].is_null()).unwrap();
    let (gid, owner) = (task["gid"].as_str().unwrap(), &task["assignee"]["gid"]);
    let due =
        |on: &str| app.asana.put(PERSON, &format!("/tasks/{gid}"), json!({ "due_on": on, "start_on": null }));
    let subtasks = || {
        let fields = "name,notes,completed,assignee.gid";
        let mut all = app.asana.list(&format!("/tasks/{gid}/subtasks?opt_fields={fields}"));
        all.retain(|subtask| subtask["name"] == "Look at the date in danger");
        all
    };
    let apply = || app.upnext(&["risk", "--json", &project, "--apply"]).ok().json();
    due("2020-01-06");
    // The answer to the first one is lost: it is found again.
    let lost = json!({ "rate": 1.0, "methods": ["POST"], "path_prefix": format!("/tasks/{gid}/subtasks"), "max_count": 1 });
    app.asana.faults(json!({ "write_then_error": lost }));
    let made = apply();
    let only = subtasks();
    assert!(
        only.len() == 1 && only[0]["assignee"]["gid"] == *owner && only[0]["completed"] == false,
        "{made:#}"
    );
    assert!(
        only[0]["notes"].as_str().unwrap().contains("Due 2020-01-06, and in every forecast"),
        "{only:#?}"
    );
    let plan = made["written"]["plan"].as_str().unwrap();
    assert!(app.upnext(&["plan", "replay", plan]).ok().out.contains("byte for byte"));
    // A warning is no work of the owner's and endangers no date; the clock has gone on by seconds.
    let again = apply();
    let chances = |report: &Value| -> Vec<f64> {
        list(&report["forecast"], "tasks").iter().map(|task| task["missed"].as_f64().unwrap_or(0.0)).collect()
    };
    let (before, after) = (chances(&made), chances(&again));
    assert_eq!(before.len(), after.len());
    let moved = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(moved < 0.02, "{moved}: {before:?} {after:?}");
    assert_eq!(again["written"]["actions"], json!([]));
    app.upnext(&["undo", made["written"]["run"].as_str().unwrap()]).ok();
    assert_eq!(subtasks(), Vec::<Value>::new());
    apply();
    let open = subtasks();
    assert_eq!(open.len(), 1);
    due("2039-01-03");
    let passed = apply();
    let done = subtasks();
    assert!(
        done[0]["completed"] == true && done[0]["notes"].as_str().unwrap().contains("no longer"),
        "{done:#?}"
    );
    app.upnext(&["undo", passed["written"]["run"].as_str().unwrap()]).ok();
    assert_eq!(subtasks(), open);
    // One that a person has completed is left alone while the danger lasts, and reopened when it comes back.
    due("2020-01-06");
    let path = format!("/tasks/{}", open[0]["gid"].as_str().unwrap());
    app.asana.put(PERSON, &path, json!({ "completed": true }));
    apply();
    assert_eq!(subtasks()[0]["completed"], true);
    due("2039-01-03");
    apply();
    due("2020-01-06");
    apply();
    assert_eq!(subtasks()[0]["completed"], false);
}

/// A backlog in which everything that plans rest on is missing or contradicts itself.
#[test]
fn what_is_missing_or_contradicts_itself_costs_a_sentence_each() {
    let lines: Vec<Value> = (0..8)
        .map(|n| {
            let mut task =
                json!({ "id": format!("T-{n}"), "title": format!("Task {n}"), "section": "Inbox" });
            if n < 3 {
                task["depends_on"] = json!([format!("T-{}", (n + 1) % 3)]);
            }
            task
        })
        .collect();
    let app = TestApp::with(Setting { backlogs: vec![crate::backlog::text(&lines)], ..Setting::default() });
    // The clocks of Berlin change on the last Sunday of March: 23 hours that day, and no hour of work more or less.
    // Nobody but the token's own user is there to do anything.
    app.configure(
        "[time]\nzone = 'Europe/Berlin'\n[policy]\nphase = 'auto'\n[policy.assign]\nown_user = true\n",
    );
    app.setup();
    let notes = |report: &Value| -> String {
        let lines = list(report, "notes").iter().chain(list(&report["plan"], "notes"));
        lines.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
    };
    let sprint = app.upnext(&["sprint", "--json", &app.project, "--apply"]).ok().json();
    let told = notes(&sprint);
    for words in ["have no effort", "past sprints are known", "no open task has a due date"] {
        assert!(told.contains(words), "`{words}` is not in: {told}");
    }
    let left = list(&sprint["plan"], "left");
    assert_eq!(left.iter().filter(|left| left["why"]["reason"] == "cycle").count(), 3, "{left:#?}");
    let taken = list(&sprint["plan"], "taken").len();
    assert!(taken > 0 && taken + left.len() >= 8, "{sprint:#}");
    let risk = app.upnext(&["risk", "--json", &app.project]).ok().json();
    let findings = list(&risk["forecast"], "findings");
    assert!(findings.iter().any(|finding| finding["type"] == "cycle"), "{findings:#?}");
    app.upnext(&["assign", "--json", &app.project, "--apply"]).ok();
}

#[test]
fn people_part_time_and_in_other_zones_have_their_own_hours_and_a_change_of_clocks_none_more() {
    let (app, project) = team(&[]);
    let hours = |from: &str| -> Vec<f64> {
        let report = app.upnext(&["sprint", "--json", &project, "--from", from, "--days", "7"]).ok().json();
        list(&report, "people").iter().map(|person| person["works"].as_f64().unwrap()).collect()
    };
    // 2031-03-30 and 2031-10-26 are changes of clocks in Europe; the week between two others has none.
    let (spring, summer) = (hours("2031-03-24"), hours("2031-06-02"));
    assert_eq!(spring, summer);
    let week: std::collections::BTreeSet<u64> = summer.iter().map(|hours| hours.round() as u64).collect();
    assert!(week.len() > 1, "part-time people have fewer hours: {summer:?}");
}

#[test]
fn a_plan_without_allocations_or_fields_costs_a_sentence() {
    let (app, project) = team(&["--plan", "free"]);
    for command in ["risk", "sprint", "assign"] {
        let report = app.upnext(&[command, "--json", &project]).ok().json();
        let notes: Vec<&str> = list(&report, "notes").iter().filter_map(Value::as_str).collect();
        assert!(notes.iter().any(|n| n.contains("allocations could not be read")), "{command}: {notes:?}");
    }
}

#[test]
fn a_project_that_is_not_there_is_said_so() {
    let (app, _) = team(&[]);
    for command in ["risk", "sprint", "assign"] {
        app.upnext(&[command, "999999"]).exits(3).says(&["no project 999999"]);
    }
}
