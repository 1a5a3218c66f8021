//! Batches: a result per action.

use asana::{BatchAction, Error, Method};
use serde_json::json;

use crate::server::{Server, data, error};

#[tokio::test]
async fn each_action_has_its_own_ending() {
    let answers = json!([
        { "status_code": 200, "headers": {}, "body": { "data": { "gid": "1", "name": "x" } } },
        { "status_code": 404, "headers": {}, "body": { "errors": [{ "message": "task: Unknown object: 2" }] } },
        { "status_code": 402, "body": { "errors": [{ "message": "not on this plan" }] } },
        { "status_code": 500, "body": null },
        { "status_code": 500, "body": null },
    ]);
    let server = Server::playing([data(answers)]).await;
    let client = server.client();
    let actions = vec![
        BatchAction::new(Method::Get, "/tasks/1").fields(&["name"]),
        BatchAction::new(Method::Get, "/tasks/2"),
        BatchAction::new(Method::Get, "/goals").data(json!({ "workspace": "9" })).limit(5),
        BatchAction::new(Method::Put, "/tasks/4").data(json!({ "name": "y" })),
        BatchAction::new(Method::Get, "/tasks/5"),
    ];
    let results = client.batch(actions).send().await.unwrap();
    assert_eq!(results[0].as_ref().unwrap()["name"], "x");
    assert!(matches!(&results[1], Err(Error::NotFound { call, .. }) if call.to_string() == "GET /tasks/2"));
    assert!(matches!(&results[2], Err(Error::PaymentRequired { .. })));
    assert!(matches!(&results[3], Err(Error::MayHaveLanded { .. })));
    assert!(matches!(&results[4], Err(Error::Unavailable { .. })));
    let sent = &server.asked()[0].body["data"]["actions"];
    assert_eq!(
        sent[0],
        json!({ "method": "get", "relative_path": "/tasks/1", "options": { "fields": ["name"] } })
    );
    assert_eq!(sent[2]["options"], json!({ "limit": 5 }));
    let counters = client.counters();
    assert_eq!((counters.reads, counters.writes), (4, 1), "a batch is no discount");
}

#[tokio::test]
async fn a_batch_is_repeated_only_when_it_creates_nothing() {
    let one = json!([{ "status_code": 200, "body": { "data": {} } }]);
    let server = Server::playing([error(503, "busy"), data(one.clone())]).await;
    let reads = vec![BatchAction::new(Method::Get, "/tasks/1")];
    server.client().batch(reads).send().await.unwrap();
    assert_eq!(server.asked().len(), 2);

    let server = Server::playing([error(503, "busy"), data(one)]).await;
    let create = vec![BatchAction::new(Method::Post, "/tasks").data(json!({ "workspace": "9" }))];
    let result = server.client().batch(create).send().await;
    assert!(matches!(result, Err(Error::MayHaveLanded { .. })), "{result:?}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn too_many_actions_and_too_few_answers_are_refused() {
    let server = Server::playing([data(json!([]))]).await;
    let client = server.client();
    let action = BatchAction::new(Method::Get, "/tasks/1");
    for count in [0, 11] {
        let result = client.batch(vec![action.clone(); count]).send().await;
        assert!(matches!(result, Err(Error::InvalidRequest { .. })), "{result:?}");
    }
    let result = client.batch(vec![action]).send().await;
    assert!(matches!(result, Err(Error::Decode { .. })), "{result:?}");
}
