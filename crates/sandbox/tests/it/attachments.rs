//! Attachments: listed by what they hang on, read, linked and deleted.

use crate::app::{App, gids};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn files_are_listed_read_and_deleted() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let (file, brief) = app.running.with_world(|world| {
        (world.add_file(&task, "plan.txt", b"ship it".to_vec()), world.add_file(&project, "key.txt", vec![1]))
    });
    app.get("/attachments").await.refused(400, "You should specify one of parent");
    assert_eq!(app.get("/attachments?parent=7").await.status, 404);
    assert_eq!(
        gids(app.get(&format!("/attachments?parent={task}")).await.data()),
        std::slice::from_ref(&file)
    );
    assert_eq!(gids(app.get(&format!("/attachments?parent={project}")).await.data()), [brief]);

    let path = format!("/attachments/{file}");
    let got = app.get(&path).await;
    assert_eq!(got.data()["host"], "asana");
    assert_eq!(got.data()["parent"]["resource_subtype"], "default_task");
    let address = got.data()["download_url"].as_str().expect("an address");
    let file_itself = app.client.get(address).send().await.expect("an answer");
    assert_eq!(file_itself.bytes().await.expect("bytes").len(), 7, "no token needed");
    assert_eq!(got.data().get("size"), None, "size must be asked for");
    assert_eq!(app.get(&format!("{path}?opt_fields=size")).await.data()["size"], 7);

    assert_eq!(app.delete(&path).await.data(), &json!({}));
    assert_eq!(app.get(&path).await.status, 404);
    assert_eq!(app.get(&format!("/attachments?parent={task}")).await.data(), &json!([]));
}

#[tokio::test]
async fn links_are_attached_with_a_story() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let link = json!({
        "parent": task, "resource_subtype": "external", "name": "Spec", "url": "https://spec.example/1"
    });
    let made = app.post("/attachments", link).await;
    assert_eq!((made.status, &made.data()["resource_subtype"]), (200, &json!("external")));
    let got = app.get(&format!("/attachments/{}", made.gid())).await;
    assert_eq!(got.data()["view_url"], "https://spec.example/1");
    assert_eq!(got.data()["download_url"], Value::Null);
    assert_eq!(app.history(&task).await, ["attachment_added"]);
    app.post("/attachments", json!({})).await.refused(400, "parent: Missing input");
    app.post("/attachments", json!({"parent": task})).await.refused(400, "file: Missing input");
}

#[tokio::test]
async fn downloads_can_fail_and_are_counted() {
    let app = App::start().await;
    let project = app.project(&["To do"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let file = app.running.with_world(|world| world.add_file(&task, "plan.txt", b"ship it".to_vec()));
    let address = app.get(&format!("/attachments/{file}")).await.data()["download_url"].clone();
    let address = address.as_str().expect("an address");
    let fault = json!({ "server_error": { "rate": 1.0, "statuses": [500], "path_prefix": "/-/attachments", "max_count": 1 } });
    app.control(Method::POST, "faults", fault).await;
    assert_eq!(app.client.get(address).send().await.expect("an answer").status(), 500);
    assert_eq!(app.client.get(address).send().await.expect("an answer").status(), 200);
    let counters = app.control(Method::GET, "counters", json!({})).await;
    assert_eq!(counters.body["routes"]["GET /-/attachments/{attachment}"], 2);
}
