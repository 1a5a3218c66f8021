//! A portfolio's projects ranked: a preview, then fields and a status update, and undo; where the plan or token lacks things.

use crate::app::{Setting, TestApp};
use crate::asana::{PERSON, TOKEN};
use crate::served::{Served, within};
use serde_json::{Value, json};
use std::time::Duration;

/// Two projects of a made-up team in a portfolio of the token's user.
fn world(more: &[&str]) -> (TestApp, String, Vec<String>) {
    let knobs =
        ["--limits", "off", "--generate", "people=6,projects=2,tasks=60,months=6,goals=2,portfolios=1"];
    let knobs = [&knobs[..], more].concat();
    let app = TestApp::with(Setting { backlogs: vec![], sandbox: &knobs, ..Setting::default() });
    let all = app.asana.get(&format!("/workspaces/{}/projects?limit=10", app.asana.workspace));
    let projects: Vec<String> =
        all.as_array().unwrap().iter().map(|p| p["gid"].as_str().unwrap().to_owned()).collect();
    let made = json!({ "name": "Products", "workspace": app.asana.workspace });
    let Ok(made) = app.asana.call(TOKEN, "POST", "/portfolios", Some(made)) else {
        return (app, String::new(), projects);
    };
    let portfolio = made["gid"].as_str().unwrap().to_owned();
    for project in &projects {
        app.asana.post(TOKEN, &format!("/portfolios/{portfolio}/addItem"), json!({ "item": project }));
    }
    (app, portfolio, projects)
}

fn with_fields(app: &TestApp, portfolio: &str) {
    for (name, kind) in [("AI Project Priority", "number"), ("AI Project Rationale", "text")] {
        let mut field = json!({ "workspace": app.asana.workspace, "name": name, "resource_subtype": kind });
        if kind == "number" {
            field["precision"] = json!(1);
        }
        let made = app.asana.post(TOKEN, "/custom_fields", field);
        let path = format!("/portfolios/{portfolio}/addCustomFieldSetting");
        app.asana.post(TOKEN, &path, json!({ "custom_field": made["gid"] }));
    }
}

fn held(app: &TestApp, project: &str) -> Vec<Value> {
    let path = format!("/projects/{project}?opt_fields=custom_fields.name,custom_fields.display_value");
    let fields = app.asana.get(&path)["custom_fields"].as_array().unwrap().clone();
    let of = |name: &str| {
        fields.iter().find(|f| f["name"] == name).map_or(Value::Null, |f| f["display_value"].clone())
    };
    vec![of("AI Project Priority"), of("AI Project Rationale")]
}

fn statuses(app: &TestApp, portfolio: &str) -> Vec<Value> {
    app.asana.list(&format!("/status_updates?parent={portfolio}&opt_fields=title,text,status_type"))
}

#[test]
fn ranked_written_and_taken_back() {
    let (app, portfolio, projects) = world(&[]);
    with_fields(&app, &portfolio);
    app.asana.reset_counters();
    let seen = app.upnext(&["portfolio", "--json", &portfolio]).ok().json();
    assert_eq!(app.asana.writes(), 0);
    let ranked = seen["projects"].as_array().unwrap();
    assert_eq!(ranked.len(), 2, "{seen:#}");
    for one in ranked {
        let tenths = |v: &Value| (v.as_f64().unwrap() * 10.0).round();
        let sum: f64 = one["contributions"].as_array().unwrap().iter().map(|c| tenths(&c["points"])).sum();
        assert_eq!(sum, tenths(&one["priority"]), "{one:#}");
    }
    assert!(!seen["top"].as_array().unwrap().is_empty());
    // Goals that were made with the workspace, and one whose support is known to the letter.
    let goal = json!({ "workspace": app.asana.workspace, "name": "Fewer outages", "due_on": "2020-01-31" });
    let goal = app.asana.post(TOKEN, "/goals", goal)["gid"].as_str().unwrap().to_owned();
    let support = json!({ "supporting_resource": projects[0], "contribution_weight": 1 });
    app.asana.post(TOKEN, &format!("/goals/{goal}/addSupportingRelationship"), support);
    let goals = app.upnext(&["portfolio", "--json", &portfolio]).ok().json()["goals"].clone();
    let found = goals.as_array().unwrap().iter().find(|one| one["gid"] == goal.as_str()).unwrap();
    let named: Vec<&str> =
        found["projects"].as_array().unwrap().iter().map(|p| p["gid"].as_str().unwrap()).collect();
    assert_eq!(named, [projects[0].as_str()], "{found:#}");
    let ranked =
        seen["projects"].as_array().unwrap().iter().find(|one| one["project"]["gid"] == projects[0].as_str());
    assert_eq!(found["open"], ranked.unwrap()["open"]);
    let told = app.upnext(&["portfolio", &portfolio]).ok().out;
    assert!(told.contains("Fewer outages") && told.contains("its date 2020-01-31 has passed"), "{told}");
    assert_eq!(seen["written"]["actions"].as_array().unwrap().len(), 3, "{:#}", seen["written"]);

    let run = app.upnext(&["portfolio", "--json", &portfolio, "--apply"]).ok().json();
    for project in &projects {
        assert!(held(&app, project).iter().all(|value| !value.is_null()), "{:?}", held(&app, project));
    }
    assert_eq!(statuses(&app, &portfolio).len(), 1);
    let again = app.upnext(&["portfolio", "--json", &portfolio, "--apply"]).ok().json();
    assert_eq!(again["written"]["outcome"]["done"], 0, "{:#}", again["written"]);
    assert_eq!(statuses(&app, &portfolio).len(), 1);

    app.upnext(&["undo", run["written"]["run"].as_str().unwrap()]).ok();
    assert_eq!(held(&app, &projects[0]), [Value::Null, Value::Null]);
    assert!(statuses(&app, &portfolio).is_empty());
    app.upnext(&["audit", "verify"]).ok();
}

#[test]
fn what_a_person_wrote_meanwhile_stays() {
    let (app, portfolio, projects) = world(&[]);
    with_fields(&app, &portfolio);
    let run = app.upnext(&["portfolio", "--json", &portfolio, "--apply"]).ok().json();
    let path = format!("/projects/{}?opt_fields=custom_fields.name", projects[0]);
    let fields = app.asana.get(&path)["custom_fields"].as_array().unwrap().clone();
    let priority =
        fields.iter().find(|f| f["name"] == "AI Project Priority").unwrap()["gid"].as_str().unwrap();
    app.asana.put(
        PERSON,
        &format!("/projects/{}", projects[0]),
        json!({ "custom_fields": { priority: 99 } }),
    );
    app.upnext(&["undo", run["written"]["run"].as_str().unwrap()]);
    assert!(held(&app, &projects[0])[0].as_str().unwrap().starts_with("99"));
    assert_eq!(held(&app, &projects[1])[0], Value::Null);
}

#[test]
fn a_value_of_a_person_is_kept_a_day_has_one_update_and_a_decided_shadow_holds() {
    let (app, portfolio, projects) = world(&[]);
    with_fields(&app, &portfolio);
    app.upnext(&["portfolio", "--json", &portfolio, "--apply"]).ok();
    let path = format!("/projects/{}?opt_fields=custom_fields.name", projects[0]);
    let fields = app.asana.get(&path)["custom_fields"].as_array().unwrap().clone();
    let field =
        |name: &str| fields.iter().find(|f| f["name"] == name).unwrap()["gid"].as_str().unwrap().to_owned();
    let theirs = json!({ "custom_fields": { field("AI Project Priority"): 99, field("AI Project Rationale"): "ours" } });
    app.asana.put(PERSON, &format!("/projects/{}", projects[0]), theirs);
    app.upnext(&["phase", "set", &projects[1], "shadow", "--reason", "a trial"]).ok();
    let seen = app.upnext(&["portfolio", "--json", &portfolio, "--apply"]).ok().json();
    assert!(held(&app, &projects[0])[0].as_str().unwrap().starts_with("99"), "{seen:#}");
    assert_eq!(held(&app, &projects[0])[1], "ours");
    let notes = seen["written"]["notes"].to_string();
    assert!(notes.contains("which Upnext did not write") && notes.contains("phase shadow"), "{notes}");
    assert_eq!(statuses(&app, &portfolio).len(), 1, "{:#}", seen["written"]);
    // Another portfolio with the same project and fields leaves what the first wrote.
    let made = json!({ "name": "Others", "workspace": app.asana.workspace });
    let other =
        app.asana.call(TOKEN, "POST", "/portfolios", Some(made)).unwrap()["gid"].as_str().unwrap().to_owned();
    for name in ["AI Project Priority", "AI Project Rationale"] {
        let path = format!("/portfolios/{other}/addCustomFieldSetting");
        app.asana.post(TOKEN, &path, json!({ "custom_field": field(name) }));
    }
    app.asana.post(TOKEN, &format!("/portfolios/{other}/addItem"), json!({ "item": projects[1] }));
    app.upnext(&["phase", "set", &projects[1], "suggest", "--anyway", "--reason", "a trial"]).ok();
    let before = held(&app, &projects[1]);
    let seen = app.upnext(&["portfolio", "--json", &other, "--apply"]).ok().json();
    assert_eq!(held(&app, &projects[1]), before, "{seen:#}");
}

#[test]
fn what_is_missing_is_said() {
    let (app, portfolio, projects) = world(&[]);
    let seen = app.upnext(&["portfolio", "--json", &portfolio]).ok().json();
    assert!(seen["written"]["notes"].to_string().contains("add it to the portfolio in Asana"), "{seen:#}");
    // All portfolios of the token's user, without a plan.
    let all = app.upnext(&["portfolio", "--json"]).ok().json();
    assert_eq!((all["written"].is_null(), all["projects"].as_array().unwrap().len()), (true, 2));
    app.upnext(&["portfolio", "--apply"]).exits(2);
    app.upnext(&["portfolio", "424242"]).exits(3);
    let words = app.upnext(&["portfolio", &portfolio, "--out", "p.html"]).ok().out;
    assert!(words.contains("First tasks of all projects") && words.contains("Where hours lack"), "{words}");
    let page = std::fs::read_to_string(app.home.path().join("p.html")).unwrap();
    assert!(page.contains("<svg") && !page.contains("<script"));
    app.configure("[policy]\nphase = 'shadow'");
    let seen = app.upnext(&["portfolio", "--json", &portfolio, "--apply"]).ok().json();
    assert_eq!(seen["written"]["actions"], json!([]), "{seen:#}");
    assert!(statuses(&app, &portfolio).is_empty() && !projects.is_empty());
    app.configure("[service]\nschedules = [{ workflow = 'portfolio', cron = '0 7 * * 1' }]");
    app.upnext(&["portfolio", &portfolio]).exits(2).says(&["service.schedules[0]", "takes a portfolio"]);
}

#[test]
fn a_project_or_portfolio_that_fails_takes_no_other_with_it() {
    let (app, portfolio, projects) = world(&[]);
    let refused = |prefix: String| {
        let refusal = json!({ "rate": 1.0, "statuses": [402], "path_prefix": prefix });
        app.asana.faults(json!({ "refusal": refusal }));
    };
    refused(format!("/projects/{}", projects[0]));
    let seen = app.upnext(&["portfolio", "--json", &portfolio]).ok().json();
    let ranked = seen["projects"].as_array().unwrap();
    assert!(ranked.len() == 1 && ranked[0]["project"]["gid"] == projects[1].as_str(), "{seen:#}");
    assert!(seen["notes"].to_string().contains("left out, because it could not be read"), "{seen:#}");
    // Where every project fails there is nothing to tell.
    refused("/projects/".into());
    assert_ne!(app.upnext(&["portfolio", "--json", &portfolio]).code, 0);
    app.asana.faults(json!({}));

    let made = json!({ "name": "Others", "workspace": app.asana.workspace });
    let other = app.asana.post(TOKEN, "/portfolios", made)["gid"].as_str().unwrap().to_owned();
    app.asana.post(TOKEN, &format!("/portfolios/{other}/addItem"), json!({ "item": projects[1] }));
    for prefix in [format!("/portfolios/{portfolio}"), format!("/portfolios/{portfolio}/items")] {
        refused(prefix);
        let seen = app.upnext(&["portfolio", "--json"]).ok().json();
        assert_eq!(seen["projects"].as_array().unwrap().len(), 1, "{seen:#}");
        assert!(seen["notes"].to_string().contains("Products: "), "{seen:#}");
        app.upnext(&["portfolio", &portfolio]).exits(2).says(&["not part of this workspace's Asana plan"]);
    }
}

#[test]
fn budgets_are_those_of_fields_else_asanas_own() {
    let (app, portfolio, projects) = world(&[]);
    let made = |name: &str| {
        let field = json!({ "workspace": app.asana.workspace, "name": name, "resource_subtype": "number", "precision": 0 });
        let gid = app.asana.post(TOKEN, "/custom_fields", field)["gid"].as_str().unwrap().to_owned();
        let path = format!("/portfolios/{portfolio}/addCustomFieldSetting");
        app.asana.post(TOKEN, &path, json!({ "custom_field": gid }));
        gid
    };
    let values = json!({ "custom_fields": { made("Budget"): 200, made("Budget Used"): 220 } });
    app.asana.put(PERSON, &format!("/projects/{}", projects[0]), values);
    let budget = json!({ "parent": projects[1], "budget_type": "time", "total": { "enabled": true, "value": 6000 },
                         "actual": { "billable_status_filter": "any" } });
    app.asana.post(TOKEN, "/budgets", budget);
    let task = app.asana.list(&format!("/tasks?project={}", projects[1]))[0]["gid"].clone();
    let spent =
        json!({ "duration_minutes": 5400, "entered_on": "2026-05-04", "attributable_to": projects[1] });
    let path = format!("/tasks/{}/time_tracking_entries", task.as_str().unwrap());
    app.asana.post(TOKEN, &path, spent);
    let seen = app.upnext(&["portfolio", "--json", &portfolio]).ok().json();
    let told = seen["projects"].to_string();
    assert!(
        told.contains(
            "110 % of the budget used (220 of 200 in the field's unit, fields “Budget” and “Budget Used”)"
        ),
        "{seen:#}"
    );
    assert!(told.contains(" of 100 h, Asana's budget)"), "{seen:#}");
}

#[test]
fn a_schedule_ranks_and_writes_it() {
    let (app, portfolio, projects) = world(&[]);
    with_fields(&app, &portfolio);
    app.upnext(&["connect", "--project", &projects[0]]).ok();
    let when = format!("{{ workflow = 'portfolio', cron = '* * * * *', portfolio = '{portfolio}' }}");
    app.configure(&format!("[service]\nschedules = [{when}]"));
    let served = Served::deaf(&app);
    within(Duration::from_secs(120), "the next minute ranks it", || statuses(&app, &portfolio).len() == 1);
    assert_eq!(served.stop().0, 0);
    assert!(projects.iter().all(|project| !held(&app, project)[0].is_null()));
}

#[test]
fn a_plan_that_lost_its_portfolios_is_told_and_nothing_is_written() {
    let (app, portfolio, projects) = world(&[]);
    with_fields(&app, &portfolio);
    app.asana.faults(json!({ "plan": "free" }));
    app.upnext(&["portfolio", &portfolio, "--apply"]).says(&["not part of this workspace's Asana plan"]);
    app.asana.faults(json!({}));
    assert!(statuses(&app, &portfolio).is_empty() && held(&app, &projects[0])[0].is_null());
}

#[test]
fn a_plan_without_portfolios_is_told_in_a_sentence() {
    let (app, ..) = world(&["--plan", "free"]);
    app.upnext(&["portfolio", "1201"]).says(&["Asana"]);
    app.upnext(&["portfolio"]).exits(2).says(&["not part of this workspace's Asana plan"]);
}
