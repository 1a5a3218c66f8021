//! Overrides as people see them: who set what, why, whether it stands; and giving a value back.

use crate::app::TestApp;
use crate::asana::{PERSON, TOKEN};
use crate::served::Served;
use crate::time::{list, team};
use serde_json::{Value, json};

fn listed(app: &TestApp) -> Vec<Value> {
    listed_of(app, &app.project)
}

fn listed_of(app: &TestApp, project: &str) -> Vec<Value> {
    app.upnext(&["overrides", "list", "--json", project]).ok().json().as_array().unwrap().clone()
}

#[test]
fn overrides_are_listed_noted_reversed_and_given_back() {
    let app = TestApp::with_people();
    app.setup();
    let none = app.upnext(&["overrides", "list", &app.project]).ok().out;
    assert!(none.contains("Nobody has set"), "{none}");
    let groom = app.groom_and_apply();
    let [scored, banded] = [0, 1].map(|at| groom["tasks"][at]["gid"].as_str().unwrap().to_owned());
    app.edit_with(PERSON, &scored, "AI Priority Score", json!(1));
    app.edit_with(PERSON, &banded, "Suggested Priority", json!("P3"));
    app.groom_and_apply();
    let found = listed(&app);
    assert_eq!(found.len(), 2, "{found:#?}");
    let of = |found: &[Value], task: &str| found.iter().find(|o| o["task"] == task).unwrap().clone();
    let one = of(&found, &scored);
    assert_eq!(
        (&one["field_name"], &one["now"], &one["note"]),
        (&json!("AI Priority Score"), &json!("stands"), &Value::Null)
    );
    assert!(one["by"]["name"].is_string() && one["at"].is_string(), "{one:#}");
    let id = one["id"].as_str().unwrap();
    app.upnext(&["overrides", "note", id, "--reason", "agreed with sales", "--by", "Dana"]).ok();
    app.upnext(&["overrides", "note", "ovr_0", "--reason", "x"]).exits(2).says(&["ovr_0", "overrides list"]);
    assert_eq!(of(&listed(&app), &scored)["note"]["text"], "agreed with sales");
    let told = app.upnext(&["overrides", "list", &app.project]).ok().out;
    assert!(told.contains("agreed with sales") && told.contains("stands"), "{told}");
    // A person who changes their mind reverses it.
    app.edit_with(PERSON, &banded, "Suggested Priority", json!("P2"));
    app.groom();
    assert_eq!(of(&listed(&app), &banded)["now"], "reversed");
    // Given back, Upnext writes it again.
    app.upnext(&["overrides", "release", &scored, "ai priority score", "--reason", "sales agreed to wait"])
        .ok();
    assert_eq!(app.asana.value(&scored, "AI Priority Score"), "1.0", "giving back writes nothing");
    assert_eq!(of(&listed(&app), &scored)["now"], "given_back");
    let after = app.groom_and_apply();
    let task = after["tasks"].as_array().unwrap().iter().find(|t| t["gid"] == scored.as_str()).unwrap();
    assert_eq!(
        app.asana.value(&scored, "AI Priority Score"),
        format!("{:.1}", task["score"].as_f64().unwrap())
    );
    let one = of(&listed(&app), &scored);
    assert_eq!(one["now"], "reversed", "what the last run wrote is known without another: {one:#}");
    assert_eq!(one["value"].as_str().unwrap().parse::<f64>().ok(), task["score"].as_f64(), "{one:#}");
    let kinds: Vec<Value> = app.audit().iter().map(|e| e["kind"].clone()).collect();
    for kind in ["override", "override_note", "release"] {
        assert!(kinds.contains(&json!(kind)), "{kind}");
    }
    app.upnext(&["audit", "verify"]).ok();
    // What there is nothing to give back of is said.
    app.upnext(&["overrides", "release", &scored, "AI Priority Score"])
        .exits(2)
        .says(&["nothing to give back"]);
    app.upnext(&["overrides", "release", &scored, "Colour"]).exits(2).says(&[
        "Colour",
        "AI Rationale",
        "Manual Override",
    ]);
    app.upnext(&["overrides", "release", "123456", "section"]).exits(2).says(&["judged no task 123456"]);
}

/// Entries of the trail of a kind, with who.
fn entries(app: &TestApp, kind: &str) -> Vec<(String, Value)> {
    let of = app.audit().into_iter().filter(|entry| entry["kind"] == kind);
    of.map(|entry| {
        let body = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
        (entry["actor"].as_str().unwrap().to_owned(), body)
    })
    .collect()
}

#[test]
fn who_puts_a_value_of_ours_back_is_known_and_setting_it_anew_is_another_label() {
    let app = TestApp::with_people();
    app.setup();
    let groom = app.groom_and_apply();
    let task = groom["tasks"][0]["gid"].as_str().unwrap();
    let ours = app.asana.value(task, "AI Priority Score").as_str().unwrap().parse::<f64>().unwrap();
    app.edit_with(PERSON, task, "AI Priority Score", json!(1));
    app.groom();
    assert_eq!(listed(&app)[0]["reversal"], Value::Null);
    // The owner of the token does it in a browser: a person, not Upnext.
    app.edit_with(TOKEN, task, "AI Priority Score", json!(ours));
    app.groom();
    app.groom();
    let found = listed(&app);
    assert_eq!(found.len(), 1, "{found:#?}");
    let reversal = &found[0]["reversal"];
    let name = |token: &str| app.asana.call(token, "GET", "/users/me", None).unwrap()["name"].clone();
    assert_eq!(reversal["by"]["name"], name(TOKEN), "{reversal:#}");
    assert_eq!(reversal["is_ours"], true);
    assert!(reversal["at"].as_str().unwrap() > found[0]["at"].as_str().unwrap(), "{found:#?}");
    let told = app.upnext(&["overrides", "list", &app.project]).ok().out;
    assert!(told.contains("put ours back"), "{told}");
    let (who, body) = entries(&app, "override_reversed").pop().unwrap();
    assert!(who.starts_with(name(TOKEN).as_str().unwrap()), "{who}");
    assert_eq!((&body["override"], &body["field"]), (&found[0]["id"], &json!("AI Priority Score")));
    // It no longer speaks against Upnext; the task's history has both, by name.
    let phase = app.upnext(&["phase", "show", "--json", &app.project]).ok().json();
    assert_eq!(phase["evidence"]["overridden"], 0, "{phase:#}");
    app.edit_with(PERSON, task, "AI Priority Score", json!(1));
    app.groom();
    app.groom();
    let found = listed(&app);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(
        (&found[1]["now"], &found[1]["theirs"], &found[1]["by"]["name"]),
        (&json!("stands"), &json!("1"), &name(PERSON))
    );
    assert_eq!(entries(&app, "override").len(), 2);

    // A page and a program are told the same.
    let key = app.upnext(&["api-key", "create", "x", "--json", "--project", &app.project]).ok().json();
    let served = Served::run(&app, &["serve", "--json", "--listen", "127.0.0.1:0"]);
    let http = reqwest::blocking::Client::new();
    let path = format!("{}/api/v1/projects/{}/overrides", served.url, app.project);
    let answer = http.get(path).bearer_auth(key["api_key"].as_str().unwrap()).send().unwrap();
    let mut told = answer.json::<Value>().unwrap()["overrides"].as_array().unwrap().clone();
    told.reverse();
    assert_eq!(told, found);
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn who_moves_a_task_out_of_the_section_it_was_put_into_is_a_label_and_may_give_it_back() {
    let app = TestApp::with_people();
    app.setup();
    app.configure("[policy]\nphase = 'auto'\n[policy.sections]\nnext = 'Ready'\nbacklog = 'Later'");
    let place = |task: &str| {
        let task = app.asana.get(&format!("/tasks/{task}?opt_fields=memberships.section.name"));
        task["memberships"][0]["section"]["name"].as_str().unwrap().to_owned()
    };
    let before: Vec<(String, String)> = app
        .asana
        .tasks(&app.project)
        .iter()
        .map(|task| {
            let gid = task["gid"].as_str().unwrap().to_owned();
            (place(&gid), gid)
        })
        .collect();
    app.groom_and_apply();
    let (_, task) = before.iter().find(|(was, gid)| was == "Inbox" && place(gid) != "Inbox").unwrap();
    let ours = place(task);
    assert!(listed(&app).is_empty(), "what Upnext moves is nobody's override");
    let sections = app.asana.list(&format!("/projects/{}/sections", app.project));
    let inbox = sections.iter().find(|s| s["name"] == "Inbox").unwrap()["gid"].as_str().unwrap();
    let move_to = |section: &str| {
        app.asana.post(PERSON, &format!("/sections/{section}/addTask"), json!({ "task": task }));
        app.groom_and_apply();
    };
    move_to(inbox);
    let found = listed(&app);
    assert_eq!(found.len(), 1, "{found:#?}");
    let one = &found[0];
    assert_eq!(
        [&one["field_name"], &one["ours"], &one["theirs"], &one["now"], &one["task"]],
        [&json!("section"), &json!(ours), &json!("Inbox"), &json!("stands"), &json!(task)]
    );
    let me = app.asana.call(PERSON, "GET", "/users/me", None).unwrap();
    assert_eq!(one["by"]["gid"], me["gid"]);
    assert!(one["at"].is_string());
    assert_eq!(place(task), "Inbox");
    // Who moved it is asked for once; put back, who did that is known too, and moved away again it is another label.
    app.asana.reset_counters();
    app.groom();
    assert_eq!(app.asana.calls("GET /tasks/{parent}/stories"), 0);
    move_to(sections.iter().find(|s| s["name"] == ours.as_str()).unwrap()["gid"].as_str().unwrap());
    let put_back = listed(&app)[0]["reversal"].clone();
    assert_eq!((&put_back["is_ours"], &put_back["by"]["gid"]), (&json!(true), &me["gid"]), "{put_back:#}");
    move_to(inbox);
    assert_eq!(listed(&app).len(), 2);
    app.upnext(&["overrides", "release", task, "section"]).ok();
    assert_eq!(listed(&app)[1]["now"], "given_back");
    app.groom_and_apply();
    assert_eq!(place(task), ours);
    let now = listed(&app)[1].clone();
    assert_eq!([&now["now"], &now["value"]], [&json!("reversed"), &json!(ours)], "{now:#}");
}

#[test]
fn edits_of_suggested_people_and_of_flags_are_labels_too() {
    let (app, project) = team(&[]);
    app.configure("[policy.risk]\nflag = true\n");
    app.upnext(&["setup", "--project", &project]).ok();
    let rows =
        app.asana.get(&format!("/tasks?project={project}&completed_since=now&limit=50&opt_fields=due_on"));
    let task = rows[0]["gid"].as_str().unwrap();
    app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": "2020-01-06", "start_on": null }));
    app.upnext(&["risk", &project, "--apply"]).ok();
    assert_eq!(app.asana.value(task, "AI Risk"), "At risk");
    let fields = app.asana.fields(&project);
    let clear = |task: &str, field: &str, value: Value| {
        app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "custom_fields": { field: value } }))
    };
    clear(task, &fields["AI Risk"], Value::Null);
    // Whom Upnext would not have named: somebody else of the team.
    let assigned = app.upnext(&["assign", "--json", &project, "--apply"]).ok().json();
    let given = list(&assigned, "tasks").iter().find(|t| t["chosen"].is_object()).cloned();
    let me = app.asana.call(PERSON, "GET", "/users/me", None).unwrap();
    if let Some(given) = &given {
        let gid = given["task"].as_str().unwrap();
        clear(gid, &fields["Recommended Assignee"], json!([me["gid"]]));
    }
    app.upnext(&["risk", &project]).ok();
    let found = listed_of(&app, &project);
    let of = |field: &str| found.iter().find(|one| one["field_name"] == field);
    let risk = of("AI Risk").unwrap_or_else(|| panic!("{found:#?}"));
    assert_eq!(
        [&risk["ours"], &risk["theirs"], &risk["by"]["gid"]],
        [&json!("At risk"), &Value::Null, &me["gid"]]
    );
    if let Some(given) = given {
        let person = of("Recommended Assignee").unwrap_or_else(|| panic!("{found:#?}"));
        assert_eq!(person["theirs"], me["name"], "people are told by name: {person:#}");
        assert_eq!((&person["task"], &person["by"]["gid"]), (&given["task"], &me["gid"]));
    }
    let task_of = risk["task"].as_str().unwrap();
    app.upnext(&["groom", "--apply", "--project", &project]).ok();
    app.upnext(&["overrides", "release", task_of, "AI Risk"]).ok();
    let found = listed_of(&app, &project);
    let risk = found.iter().find(|one| one["field_name"] == "AI Risk").unwrap();
    assert_eq!(risk["now"], "given_back");
}
