//! Overrides as people see them: who set what, why, whether it stands; and giving a value back.

use crate::app::TestApp;
use crate::asana::PERSON;
use serde_json::{Value, json};

fn listed(app: &TestApp) -> Vec<Value> {
    app.upnext(&["overrides", "list", "--json", &app.project]).ok().json().as_array().unwrap().clone()
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
