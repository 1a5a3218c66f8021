//! Sprints that are projects of their own: made or found, filled, asked about, taken up again after a crash, taken back; no task leaves
//! its project.

use crate::app::TestApp;
use crate::asana::{PERSON, TOKEN};
use crate::database::Kind;
use crate::serve::{connected, idle, settled, undated, urgent};
use crate::served::{Served, until};
use crate::sprint::{killed_after, sections, set_up, sprint, taken, tasks};
use crate::time::list;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A policy with each sprint in a project, in a phase.
fn policy(phase: &str) -> String {
    format!("[policy]\nphase = '{phase}'\n[policy.sprint]\nsection = ''\nproject = 'Sprint {{from}}'\n")
}

/// The projects of a name.
fn called(app: &TestApp, name: &str) -> Vec<String> {
    let fields = "opt_fields=name,archived";
    let all = app.asana.list(&format!("/workspaces/{}/projects?{fields}", workspace(app)));
    let named = all.iter().filter(|one| one["name"] == name);
    named.map(|one| one["gid"].as_str().unwrap().to_owned()).collect()
}

fn workspace(app: &TestApp) -> String {
    app.asana.get("/workspaces?limit=1")[0]["gid"].as_str().unwrap().to_owned()
}

/// The tasks of a project.
fn within(app: &TestApp, project: &str) -> Vec<String> {
    let tasks = app.asana.list(&format!("/projects/{project}/tasks"));
    let mut gids: Vec<String> = tasks.iter().map(|task| task["gid"].as_str().unwrap().to_owned()).collect();
    gids.sort();
    gids
}

/// The projects of every open task of the backlog.
fn memberships(app: &TestApp, project: &str) -> BTreeMap<String, Vec<String>> {
    let fields = "opt_fields=memberships.project.gid";
    let open = app.asana.list(&format!("/tasks?project={project}&completed_since=now&{fields}"));
    let row = |task: &Value| {
        let places = task["memberships"].as_array().unwrap().iter();
        let mut gids: Vec<String> =
            places.map(|place| place["project"]["gid"].as_str().unwrap().to_owned()).collect();
        gids.sort();
        (task["gid"].as_str().unwrap().to_owned(), gids)
    };
    open.iter().map(row).collect()
}

fn sorted(report: &Value) -> Vec<String> {
    let mut gids: Vec<String> = taken(report).into_iter().map(|(task, _)| task).collect();
    gids.sort();
    gids
}

fn name_of(report: &Value) -> String {
    format!("Sprint {}", report["from"].as_str().unwrap())
}

/// A project as the person, who is let into no more than the backlog's people are.
fn made_by_a_person(app: &TestApp, beside: &str, name: &str) -> String {
    let there = app.asana.get(&format!("/projects/{beside}?opt_fields=team.gid,privacy_setting"));
    let new = json!({ "name": name, "privacy_setting": there["privacy_setting"] });
    let path = match there["team"]["gid"].as_str() {
        Some(team) => format!("/teams/{team}/projects"),
        None => format!("/workspaces/{}/projects", workspace(app)),
    };
    app.asana.post(PERSON, &path, new)["gid"].as_str().unwrap().to_owned()
}

#[test]
fn a_sprints_project_is_made_and_filled_and_filled_again_without_a_write() {
    let (app, project) = set_up(&policy("auto"));
    let (before, in_backlog) = (sections(&app, &project), memberships(&app, &project));
    app.asana.reset_counters();
    let preview = sprint(&app, &project, &[]);
    assert_eq!(app.asana.writes(), 0);
    let plan = preview["written"]["plan"].as_str().unwrap();
    assert!(app.upnext(&["plan", "replay", plan]).ok().out.contains("byte for byte"));
    let report = sprint(&app, &project, &["--apply"]);
    let written = &report["written"];
    assert_eq!((&written["trouble"], &written["stopped"]), (&json!([]), &Value::Null), "{written:#}");
    let [made] = &called(&app, &name_of(&report))[..] else { panic!("{written:#}") };
    assert!(taken(&report).len() > 3, "{report:#}");
    assert_eq!(within(&app, made), sorted(&report));
    // No task left the backlog, and the board is as it was.
    assert_eq!(sections(&app, &project), before);
    for (task, places) in memberships(&app, &project) {
        let mut wanted = in_backlog[&task].clone();
        wanted.extend(sorted(&report).contains(&task).then(|| made.clone()));
        wanted.sort();
        assert_eq!(places, wanted, "{task}");
    }
    // The same people see it.
    let who = |of: &str| app.asana.get(&format!("/projects/{of}?opt_fields=team.gid,privacy_setting"));
    let (here, there) = (who(&project), who(made));
    assert_eq!((&here["team"], &here["privacy_setting"]), (&there["team"], &there["privacy_setting"]));
    let again = sprint(&app, &project, &["--apply"]);
    assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]["actions"]);
    assert_eq!(called(&app, &name_of(&report)).len(), 1);
    let notes = again["notes"].to_string();
    assert!(notes.contains("in the sprint's project already"), "{notes}");
}

#[test]
fn a_sprints_project_is_taken_back_and_only_asked_about_from_then_on() {
    let (app, project) = set_up(&policy("auto"));
    let (rows, in_backlog) = (tasks(&app, &project), memberships(&app, &project));
    let report = sprint(&app, &project, &["--apply"]);
    let undone = app.upnext(&["undo", "--json", report["written"]["run"].as_str().unwrap()]).ok().json();
    assert_eq!((&undone["trouble"], &undone["left"]), (&json!([]), &json!([])), "{undone:#}");
    assert!(called(&app, &name_of(&report)).is_empty());
    assert_eq!(memberships(&app, &project), in_backlog);
    for (task, is) in &tasks(&app, &project) {
        let (mut is, mut was) = (is.clone(), rows[task].clone());
        (is["suggested"], was["suggested"]) = (Value::Null, Value::Null);
        assert_eq!(is, was, "{task}");
    }
    let third = sprint(&app, &project, &["--apply"]);
    let puts = |key: &str| {
        let lines = list(&third["written"], key).iter().filter_map(Value::as_str);
        lines.filter(|line| line.contains("add to project")).count()
    };
    let first = sorted(&report).iter().filter(|task| sorted(&third).contains(task)).count();
    assert!(first > 0 && puts("asks") >= first, "{:#}", third["written"]);
}

#[test]
fn a_phase_with_conditions_asks_and_a_yes_makes_the_project_and_puts_the_task_into_it() {
    let (app, project) = set_up(&policy("conditional"));
    let in_backlog = memberships(&app, &project);
    let report = sprint(&app, &project, &["--apply"]);
    let asked = app.upnext(&["approvals", "list", "--json", "--project", &project]).ok().json();
    let of_project: Vec<&Value> =
        asked.as_array().unwrap().iter().filter(|one| one["what"] == "project").collect();
    assert_eq!(of_project.len(), taken(&report).len(), "{asked:#}");
    let name = name_of(&report);
    assert!(called(&app, &name).is_empty());
    assert_eq!(memberships(&app, &project), in_backlog);
    let yes = |one: &Value| {
        let report = app.upnext(&["approvals", "approve", "--json", one["id"].as_str().unwrap()]).ok().json();
        assert_eq!((&report["left"], &report["trouble"]), (&json!([]), &json!([])), "{report:#}");
        report["runs"][0].as_str().unwrap().to_owned()
    };
    let first = yes(of_project[0]);
    let [made] = &called(&app, &name)[..] else { panic!("no project was made") };
    assert_eq!(within(&app, made), [of_project[0]["task"].as_str().unwrap()]);
    yes(of_project[1]);
    assert_eq!((called(&app, &name).len(), within(&app, made).len()), (1, 2));
    app.upnext(&["approvals", "reject", of_project[2]["id"].as_str().unwrap()]).ok();
    // The first run is undone: its task goes, the project holds the other's and stays.
    let undone = app.upnext(&["undo", "--json", &first]).ok().json();
    assert_eq!(within(&app, made), [of_project[1]["task"].as_str().unwrap()]);
    assert!(undone["trouble"].to_string().contains("tasks"), "{undone:#}");
    // A no is not asked again.
    sprint(&app, &project, &["--apply"]);
    let pending = app.upnext(&["approvals", "list", "--json", "--project", &project]).ok().json();
    let again = |one: &Value| one["what"] == "project" && one["task"] == of_project[2]["task"];
    assert!(!pending.as_array().unwrap().iter().any(again), "{pending:#}");
}

#[test]
fn a_phase_that_suggests_puts_nothing_anywhere() {
    let (app, project) = set_up(&policy("suggest"));
    let in_backlog = memberships(&app, &project);
    let report = sprint(&app, &project, &["--apply"]);
    assert_eq!(report["written"]["asks"], json!([]));
    assert_eq!(memberships(&app, &project), in_backlog);
    assert!(called(&app, &name_of(&report)).is_empty());
}

#[test]
fn a_project_that_people_made_is_filled_and_stays_when_the_run_is_undone() {
    let (app, project) = set_up(&policy("auto"));
    let name = name_of(&sprint(&app, &project, &[]));
    let theirs = made_by_a_person(&app, &project, &name);
    let own = app.asana.post(PERSON, "/tasks", json!({ "name": "Retro cake", "projects": [theirs] }));
    let own = own["gid"].as_str().unwrap().to_owned();
    let report = sprint(&app, &project, &["--apply"]);
    assert_eq!(called(&app, &name), std::slice::from_ref(&theirs));
    assert_eq!(within(&app, &theirs).len(), 1 + taken(&report).len());
    app.upnext(&["undo", report["written"]["run"].as_str().unwrap()]).ok();
    assert_eq!(within(&app, &theirs), [own]);
    // Of two with that name none is filled, and that is said.
    let second = made_by_a_person(&app, &project, &name);
    let report = sprint(&app, &project, &["--apply"]);
    let notes = report["written"]["notes"].to_string();
    assert!(notes.contains("2 projects are called"), "{:#}", report["written"]);
    // One that more people see is not filled either.
    app.asana.delete(&format!("/projects/{second}"));
    app.asana.put(PERSON, &format!("/projects/{project}"), json!({ "privacy_setting": "private" }));
    app.asana.put(
        PERSON,
        &format!("/projects/{theirs}"),
        json!({ "privacy_setting": "public_to_workspace" }),
    );
    let report = sprint(&app, &project, &["--apply"]);
    assert!(report["written"]["notes"].to_string().contains("more people see"), "{:#}", report["written"]);
    assert_eq!(within(&app, &theirs).len(), 1);
}

/// An app whose backlog is private.
fn private() -> (TestApp, String) {
    let (app, project) = set_up(&policy("auto"));
    app.asana.put(PERSON, &format!("/projects/{project}"), json!({ "privacy_setting": "private" }));
    (app, project)
}

/// The members of a project.
fn people(app: &TestApp, of: &str) -> BTreeSet<String> {
    let rows = app.asana.list(&format!("/projects/{of}/project_memberships?opt_fields=member.gid"));
    rows.iter().map(|row| row["member"]["gid"].as_str().unwrap().to_owned()).collect()
}

/// The members of the backlog and whoever made the sprint's project.
fn people_with_bot(app: &TestApp, project: &str) -> BTreeSet<String> {
    let mut people = people(app, project);
    people.insert(app.asana.get("/users/me")["gid"].as_str().unwrap().to_owned());
    people
}

/// Whether the sprint's project is private, seen by whoever sees the backlog, and holds what the sprint takes.
fn is_shared_and_filled(app: &TestApp, project: &str, report: &Value) {
    let [made] = &called(app, &name_of(report))[..] else { panic!("{:#}", report["written"]) };
    let privacy = app.asana.get(&format!("/projects/{made}?opt_fields=privacy_setting"));
    assert_eq!(privacy["privacy_setting"], "private");
    assert_eq!(people(app, made), people_with_bot(app, project));
    assert_eq!(within(app, made), sorted(report), "{:#}", report["written"]);
}

#[test]
fn a_private_backlogs_sprint_is_private_and_shared_with_the_same_people() {
    let (app, project) = private();
    let report = sprint(&app, &project, &["--apply"]);
    is_shared_and_filled(&app, &project, &report);
    assert!(report["written"]["notes"].to_string().contains("is made private"), "{:#}", report["written"]);
}

#[test]
fn a_private_project_that_could_not_be_shared_is_shared_before_anything_comes_into_it() {
    let (app, project) = private();
    app.asana.faults(json!({ "server_error": { "rate": 1.0, "path_prefix": "/memberships" } }));
    let kept = app.upnext(&["sprint", "--json", &project, "--apply", "--velocity", "400"]);
    app.asana.faults(json!({}));
    assert_ne!(kept.code, 0, "{}", kept.out);
    let report = kept.json();
    let [made] = &called(&app, &name_of(&report))[..] else { panic!("{report:#}") };
    assert_ne!(people(&app, made), people_with_bot(&app, &project));
    app.upnext(&["undo", report["written"]["run"].as_str().unwrap()]).ok();
    assert_eq!(called(&app, &name_of(&report)), Vec::<String>::new(), "the run made it");
    app.asana.faults(json!({ "server_error": { "rate": 1.0, "path_prefix": "/memberships" } }));
    app.upnext(&["sprint", &project, "--apply", "--velocity", "400"]);
    app.asana.faults(json!({}));
    let [made] = &called(&app, &name_of(&report))[..] else { panic!("{report:#}") };
    assert_eq!(within(&app, made), Vec::<String>::new(), "{:#}", report["written"]);
    // Not the same plan again: another one, which knows no more than the journal.
    let report = sprint(&app, &project, &["--apply"]);
    is_shared_and_filled(&app, &project, &report);
    // Whom a person puts out afterwards stays out.
    let first = &app.asana.list(&format!("/projects/{made}/project_memberships?opt_fields=member.gid"))[0];
    app.asana.delete(&format!("/memberships/{}", first["gid"].as_str().unwrap()));
    let left = people(&app, made);
    let again = sprint(&app, &project, &["--apply"]);
    assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]);
    assert_eq!(people(&app, made), left);
}

#[test]
fn a_private_project_whose_maker_is_killed_before_sharing_it_is_shared_by_the_next() {
    for carry_on in [true, false] {
        let (app, project) = private();
        let plans = killed_after(1, &app, &project);
        if carry_on {
            app.upnext(&["plan", "apply", plans[0]["id"].as_str().unwrap()]).ok();
        }
        let report = sprint(&app, &project, &["--apply"]);
        is_shared_and_filled(&app, &project, &report);
        let again = sprint(&app, &project, &["--apply"]);
        assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]);
    }
}

#[test]
fn a_run_that_was_killed_between_making_the_project_and_filling_it_is_carried_on() {
    let (app, project) = set_up(&policy("auto"));
    let in_backlog = memberships(&app, &project);
    let plans = killed_after(1, &app, &project);
    app.upnext(&["plan", "apply", plans[0]["id"].as_str().unwrap()]).ok();
    let report = sprint(&app, &project, &["--apply"]);
    assert_eq!(report["written"]["actions"], json!([]), "{:#}", report["written"]);
    let [made] = &called(&app, &name_of(&report))[..] else { panic!("{:#}", report["written"]) };
    assert_eq!(within(&app, made), sorted(&report));
    // It is undone whole: its project too, which it is known to have made.
    let undone = app.upnext(&["undo", "--json", plans[0]["run"].as_str().unwrap()]).ok().json();
    assert!(called(&app, &name_of(&report)).is_empty(), "{undone:#}");
    assert_eq!(memberships(&app, &project), in_backlog);
}

#[test]
fn a_lost_answer_to_the_making_of_a_project_makes_no_second_one() {
    let (app, project) = set_up(&policy("auto"));
    let strikes = |path: &str| json!({ "rate": 1.0, "path_prefix": path, "max_count": 1 });
    app.asana.faults(json!({ "write_then_error": strikes("/teams") }));
    let report = sprint(&app, &project, &["--apply"]);
    app.asana.faults(json!({}));
    let [made] = &called(&app, &name_of(&report))[..] else { panic!("{:#}", report["written"]) };
    assert_eq!(within(&app, made), sorted(&report), "{:#}", report["written"]);
    let again = sprint(&app, &project, &["--apply"]);
    assert_eq!(again["written"]["actions"], json!([]), "{:#}", again["written"]);
    app.upnext(&["undo", report["written"]["run"].as_str().unwrap()]).ok();
    assert!(called(&app, &name_of(&report)).is_empty(), "the run is known to have made it");
}

#[test]
fn an_undo_leaves_a_project_in_which_somebody_put_a_task_and_a_task_that_has_no_other() {
    let (app, project) = set_up(&policy("auto"));
    let report = sprint(&app, &project, &["--apply"]);
    let [made] = &called(&app, &name_of(&report))[..] else { panic!("{:#}", report["written"]) };
    let own = app.asana.post(PERSON, "/tasks", json!({ "name": "Retro cake", "projects": [made] }));
    // A person took one out of the backlog: the sprint's project is all it is in.
    let alone = sorted(&report)[0].clone();
    app.asana.post(PERSON, &format!("/tasks/{alone}/removeProject"), json!({ "project": project }));
    let undone = app.upnext(&["undo", "--json", report["written"]["run"].as_str().unwrap()]).ok().json();
    let mut left = vec![own["gid"].as_str().unwrap().to_owned(), alone];
    left.sort();
    assert_eq!(within(&app, made), left, "{undone:#}");
    let trouble = undone["trouble"].to_string();
    assert!(trouble.contains("it would be in none") && trouble.contains("now holds tasks"), "{undone:#}");
}

#[test]
fn a_task_that_a_person_took_out_of_the_sprints_project_stays_out() {
    let (app, project) = set_up(&policy("auto"));
    let report = sprint(&app, &project, &["--apply"]);
    let [made] = &called(&app, &name_of(&report))[..] else { panic!("{:#}", report["written"]) };
    let out = sorted(&report)[0].clone();
    app.asana.post(PERSON, &format!("/tasks/{out}/removeProject"), json!({ "project": made }));
    let again = sprint(&app, &project, &["--apply"]);
    assert!(!within(&app, made).contains(&out), "{:#}", again["written"]);
    assert!(!sorted(&again).contains(&out), "{:#}", again["plan"]);
    assert!(again["notes"].to_string().contains("were taken by people"), "{:#}", again["notes"]);
}

/// Today and the day before, as the team's clock has them.
fn days() -> (String, String) {
    #[expect(clippy::disallowed_methods, reason = "what people do in a test is done now")]
    let now = jiff::Timestamp::now();
    let today = jiff::tz::TimeZone::UTC.to_datetime(now).date();
    (today.to_string(), today.yesterday().unwrap().to_string())
}

#[test]
fn a_sprint_in_a_project_is_looked_back_at_from_its_backlog_and_from_itself() {
    let (app, project) = set_up(&policy("auto"));
    let (today, yesterday) = days();
    let report = sprint(&app, &project, &["--apply", "--from", &today]);
    let (name, planned) = (name_of(&report), sorted(&report));
    let [made] = &called(&app, &name)[..] else { panic!("{:#}", report["written"]) };
    app.asana.put(PERSON, &format!("/tasks/{}", planned[0]), json!({ "completed": true }));
    app.asana.post(PERSON, "/tasks", json!({ "name": "Retro cake", "projects": [made] }));
    let look = |more: &[&str]| app.upnext(&[&["retro", "--json"][..], more].concat()).ok().json();
    let gids = |of: &Value| {
        let tasks = of["tasks"].as_array().unwrap().iter();
        let mut gids: Vec<String> = tasks.map(|gid| gid.as_str().unwrap().to_owned()).collect();
        gids.sort();
        gids
    };
    app.asana.reset_counters();
    let seen = look(&[&project, "--sprint", &name]);
    assert_eq!(app.asana.writes(), 0);
    let retro = &seen["retro"];
    assert_eq!((&retro["from"], &retro["to"]), (&json!(today), &json!(today)), "{retro:#}");
    assert_eq!((gids(&retro["planned"]), gids(&retro["kept"])), (planned.clone(), vec![planned[0].clone()]));
    assert_eq!(gids(&retro["missed"]), planned[1..]);
    for task in list(retro, "tasks").iter().filter(|task| task["task"] != json!(planned[0])) {
        assert!(!list(task, "causes").is_empty(), "{task:#}");
    }
    assert!(seen["notes"].to_string().contains("1 task of “"), "{:#}", seen["notes"]);
    // It is the sprint that is meant where none is named; what was taken out after the first day is told as that.
    app.asana.post(PERSON, &format!("/tasks/{}/removeProject", planned[1]), json!({ "project": made }));
    let seen = look(&[&project, "--from", &yesterday]);
    let retro = &seen["retro"];
    assert_eq!((&retro["membership"]["by"], &retro["membership"]["name"]), (&json!("project"), &json!(name)));
    assert_eq!((gids(&retro["added"]), gids(&retro["removed"])), (planned.clone(), vec![planned[1].clone()]));
    // The sprint's own people look back at all of it, and are told what cannot be seen from there.
    let seen = look(&[made]);
    let retro = &seen["retro"];
    assert_eq!((&retro["membership"]["by"], gids(&retro["planned"]).len()), (&json!("whole"), planned.len()));
    assert!(seen["notes"].to_string().contains("taken out"), "{:#}", seen["notes"]);
    app.upnext(&["retro", &project, "--sprint", "Sprint 999"])
        .exits(2)
        .says(&["no sprint “Sprint 999”", &name]);
    // Posted in the backlog, once.
    let post = || look(&[&project, "--sprint", &name, "--apply"])["written"]["actions"].clone();
    assert_eq!(post().as_array().unwrap().len(), 4);
    assert_eq!(post(), json!([]));
    app.upnext(&["audit", "verify"]).ok();
    // One that fewer people see is not told of to the backlog's.
    app.asana.put(PERSON, &format!("/projects/{made}"), json!({ "privacy_setting": "private" }));
    app.upnext(&["retro", &project, "--sprint", &name]).exits(2).says(&["no sprint"]);
}

#[test]
fn a_sprint_in_a_section_and_in_a_project_is_refused() {
    let (app, project) = set_up("");
    app.configure("[policy.sprint]\nproject = 'Sprint {from}'\n");
    app.upnext(&["sprint", &project]).exits(2).says(&["policy.sprint.project", "not both", "section"]);
}

#[test]
fn a_task_in_the_sprints_project_is_written_by_its_backlog_alone() {
    let (app, project) = set_up(&policy("auto"));
    app.upnext(&["groom", "--project", &project, "--apply"]).ok();
    let report = sprint(&app, &project, &["--apply"]);
    let [made] = &called(&app, &name_of(&report))[..] else { panic!("{:#}", report["written"]) };
    // The sprint's project is looked after too, and the backlog by hand alone.
    app.upnext(&["setup", "--project", made]).ok();
    app.upnext(&["connect", "--project", made]).ok();
    let before = tasks(&app, &project);
    let groomed = app.upnext(&["groom", "--json", "--apply", "--project", made]).ok().json();
    let skipped = list(&groomed, "skipped");
    for task in sorted(&report) {
        let reason = skipped.iter().find(|one| one["gid"] == task.as_str());
        let reason = reason.unwrap_or_else(|| panic!("{task}: {groomed:#}"))["reason"].as_str().unwrap();
        assert!(reason.contains("which writes it"), "{reason}");
    }
    assert_eq!(tasks(&app, &project), before);
    app.upnext(&["groom", "--project", &project, "--apply"]).ok();
    app.asana.reset_counters();
    app.upnext(&["groom", "--project", &project, "--apply"]).ok();
    assert_eq!(app.asana.calls("PUT /tasks/{task}"), 0);
}

#[test]
fn putting_tasks_into_the_sprints_project_is_no_change_by_a_person() {
    let config = "[policy]\nphase = 'auto'\n[policy.sprint]\nsection = ''\nproject = 'Sprint {from}'\nwrite = ['section']\n\
                  [policy.assign]\nown_user = true\n";
    let app = connected(Kind::Sqlite, config);
    let _served = Served::start(&app);
    settled(&app, "webhook");
    let looks = || -> Vec<Value> {
        let plans = app.upnext(&["plan", "list", "--json"]).ok().json();
        plans.as_array().unwrap().iter().filter(|plan| plan["kind"] == "recalculate").cloned().collect()
    };
    let before = looks().len();
    let report = sprint(&app, &app.project, &["--apply"]);
    assert_eq!(report["written"]["trouble"], json!([]), "{:#}", report["written"]);
    let [made] = &called(&app, &name_of(&report))[..] else { panic!("{:#}", report["written"]) };
    assert!(!within(&app, made).is_empty());
    // What a person changes is looked at after what was heard of before, and alone leads to a plan.
    urgent(&app, &undated(&app));
    until("nothing is left to do", || idle(&app));
    assert_eq!(looks().len(), before + 1, "an echo was taken for a change: {:#?}", looks());
    assert_eq!(app.asana.call(TOKEN, "GET", &format!("/projects/{made}"), None).map(|_| ()), Ok(()));
}
