//! What a run wrote into one task, taken back on the task's page: all of it, or one field.

use crate::dashboard::hostile;
use crate::decided::People;
use serde_json::{Value, json};

/// The run that a task's page offers to take back.
fn offered(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("<summary>Take back what <code>")?;
    Some(rest.split_once("</code> wrote here</summary>")?.0.to_owned())
}

#[test]
fn one_field_of_a_task_and_then_the_rest_is_taken_back_on_its_page() {
    let people = People::new();
    let app = &people.world.app;
    let tasks = hostile(&people.world);
    let (task, other) = (tasks[0].as_str(), tasks[1].as_str());
    let path = people.page(&format!("tasks/{task}"));
    let page = people.read(&people.approver, &path);
    let run = offered(&page).expect(&page);
    assert!(
        page.contains("<label for=\"undo-field\">") && page.contains("<select id=\"undo-field\""),
        "{page}"
    );
    assert!(page.contains("<option>AI Rationale</option>"), "{page}");
    assert_eq!(offered(&people.read(&people.viewer, &path)), None);

    let undo = format!("/runs/{run}/undo");
    let field = [("task", task), ("field", "AI Rationale")];
    people.only("approver", &undo, &field);
    let value = |task: &str, field: &str| app.asana.value(task, field);
    assert!(value(task, "AI Rationale").is_string(), "what was refused changed something");
    let (status, said) = people.send(&people.approver, &undo, &[("task", task), ("field", "Colour")]);
    assert!(status == 400 && said.contains("wrote no field “Colour”"), "{said}");
    let (status, said) = people.send(&people.approver, &undo, &field);
    assert!(status == 200 && said.contains("1 task restored"), "{said}");
    assert!(said.contains(&format!("href=\"{path}\">Back to the task")), "{said}");
    assert_eq!(value(task, "AI Rationale"), Value::Null);
    assert!(value(task, "AI Priority Score").is_string() && value(other, "AI Rationale").is_string());

    // What is left of the same run goes with it; a value a person has set since stays, and both are told.
    app.edit_as_person(task, "AI Confidence", json!(0.5));
    assert_eq!(offered(&people.read(&people.approver, &path)), Some(run));
    let (status, said) = people.send(&people.approver, &undo, &[("task", task), ("field", "")]);
    assert!(status == 200 && said.contains("AI Confidence was changed to"), "{said}");
    assert_eq!(value(task, "AI Priority Score"), Value::Null);
    assert!(value(task, "AI Confidence").is_string() && value(other, "AI Priority Score").is_string());
    let noted = people.audited("undo");
    assert_eq!(noted.len(), 2, "{noted:#?}");
    assert_eq!(noted[0]["actor"], "a guest (dashboard)");
    let body = noted[0]["body"].as_str().unwrap();
    assert!(body.contains(&format!("on task {task}, in AI Rationale")), "{body}");
    app.upnext(&["audit", "verify"]).ok();
}
