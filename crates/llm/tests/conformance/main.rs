//! Every request this crate sends, held against what the providers publish: `cargo xtask conformance`.
//!
//! Twice, because each sees what the other does not: a server that checks whole requests (address, headers, forms, ranges)
//! against the OpenAPI descriptions, and the types of the providers' own libraries, newer and closed to keys they do not
//! have. The recorded answers that the other tests rest on are held against those types too. Known limit: the descriptions
//! are those of the pinned packages; what a provider does beyond what it publishes, only the provider shows.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where, helpers included")]

mod described;
#[expect(dead_code, reason = "shared with the other tests, which use all of it")]
#[path = "../it/server.rs"]
mod server;
#[expect(dead_code, reason = "shared with the other tests, which use all of it")]
#[path = "../it/shapes.rs"]
mod shapes;

use described::{Described, Seen};
use llm::{Client, Expected, Settings, Size};
use serde_json::{Value, json};
use shapes::{GOOD, Happened, Of, anthropic_batch, anthropic_line, openai_batch, prompt, question};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Does everything a client can do. What it makes of the answers is for other tests: these are examples of a description.
async fn exercise(of: Of, server: &Described) {
    for effort in ["", "low"] {
        let settings = Settings { effort: effort.to_owned(), retries: 0, ..of.settings_at(&server.url) };
        let client: Client = of.client(&settings);
        let prompt = prompt();
        client.probe().await.unwrap();
        // The example is no answer to the question, so that it is asked again with the fault named.
        client.ask(&question(&prompt)).await.unwrap_err();
        let questions = ["a", "b"].map(|name| (name.to_owned(), question(&prompt)));
        let batch = client.submit(&questions).await.unwrap().remove(0);
        client.batch_state(&batch.id).await.unwrap();
        let expected = [Expected { custom_id: "a", prompt: &prompt, size: Size::Small }];
        client.batch_answers(&batch.id, &expected).await.unwrap();
    }
}

/// The lines of an uploaded file.
fn lines(seen: &Seen) -> Vec<Value> {
    let lines = seen.body.lines().filter(|line| line.starts_with("{\"custom_id\""));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn described(seen: &[Seen]) -> BTreeSet<String> {
    let method = |seen: &Seen| seen.what.split(' ').next().unwrap().to_owned();
    seen.iter().map(|seen| format!("{} {}", method(seen), seen.described)).collect()
}

fn hold(seen: &[Seen]) {
    for seen in seen {
        assert_eq!(seen.errors, 0, "{}: {:#?}\n{}", seen.what, seen.faults, seen.body);
    }
}

async fn openai() -> Vec<Seen> {
    let server = Described::start("openai").await;
    exercise(Of::Responses, &server).await;
    exercise(Of::Chat, &server).await;
    let files: Vec<Seen> = server.seen().into_iter().filter(|seen| seen.what.ends_with("/files")).collect();
    let lines: Vec<Value> = files.iter().flat_map(lines).collect();
    assert_eq!((files.len(), lines.len()), (4, 8));
    for line in lines {
        server.post(line["url"].as_str().unwrap(), &line["body"]).await;
    }
    let seen = server.seen();
    // The server would find a fault if there were one.
    assert!(server.post("/v1/responses", &json!({ "model": "m", "store": "no" })).await.errors > 0);
    assert!(server.post("/v1/batches", &json!({ "input_file_id": "f" })).await.errors > 0);
    seen
}

async fn anthropic() -> Vec<Seen> {
    let server = Described::start("anthropic").await;
    exercise(Of::Anthropic, &server).await;
    let seen = server.seen();
    let batch = json!({ "requests": [{ "custom_id": "a", "params": { "model": "m", "max_tokens": 9 } }] });
    assert!(server.post("/v1/messages/batches", &batch).await.errors > 0);
    seen
}

/// What the libraries' types find wrong, each with its place in the list.
#[expect(clippy::disallowed_methods, reason = "`cargo xtask conformance` tells where Python is")]
fn faults(cases: &[Value]) -> Vec<(usize, String)> {
    let python = std::env::var("UPNEXT_TEST_TYPES_PYTHON").expect("run these by `cargo xtask conformance`");
    let mut checking = Command::new(python)
        .args(["-B", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/check.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    checking.stdin.take().unwrap().write_all(json!(cases).to_string().as_bytes()).unwrap();
    let output = checking.wait_with_output().unwrap();
    assert!(output.status.success(), "the check itself failed: see above");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The libraries' types find nothing wrong with the good cases, and something with each of the bad ones.
fn hold_to_types(good: &[Value], bad: &[Value]) {
    let found = faults(&[good, bad].concat());
    let wrong: Vec<&String> =
        found.iter().filter(|(at, _)| *at < good.len()).map(|(_, fault)| fault).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let caught: BTreeSet<usize> = found.iter().map(|(at, _)| *at).collect();
    assert_eq!(caught.len(), bad.len());
}

fn case(what: &str, value: &Value) -> Value {
    json!({ "what": what, "value": value })
}

#[tokio::test]
async fn every_request_is_as_the_providers_describe_it() {
    let (openai, anthropic) = (openai().await, anthropic().await);
    hold(&openai);
    hold(&anthropic);
    let expected = [
        "GET /batches/{batch_id}",
        "GET /files/{file_id}/content",
        "GET /models/{model}",
        "POST /batches",
        "POST /chat/completions",
        "POST /files",
        "POST /responses",
    ];
    assert_eq!(described(&openai), expected.map(str::to_owned).into());
    let expected = [
        "GET /v1/messages/batches/{message_batch_id}",
        "GET /v1/messages/batches/{message_batch_id}/results",
        "GET /v1/models/{model_id}",
        "POST /v1/messages",
        "POST /v1/messages/batches",
    ];
    assert_eq!(described(&anthropic), expected.map(str::to_owned).into());
    let bodies = [openai, anthropic].concat();
    let bodies = bodies.iter().filter(|seen| seen.what.starts_with("POST") && !seen.what.ends_with("/files"));
    let cases: Vec<Value> =
        bodies.map(|seen| case(&seen.what, &serde_json::from_str(&seen.body).unwrap())).collect();
    let spoil = |mut case: Value| {
        case["value"]["no_such_key"] = json!(1);
        case
    };
    hold_to_types(&cases, &cases.iter().cloned().map(spoil).collect::<Vec<Value>>());
}

#[test]
fn the_answers_that_tests_rest_on_have_the_published_shapes() {
    let of_each = |of: Of, what: &str| {
        let happened = [Happened::Answered(GOOD), Happened::Refused, Happened::Cut, Happened::Filtered];
        happened.map(|happened| case(what, &of.body(&happened)))
    };
    let mut cases = [
        of_each(Of::Responses, "response"),
        of_each(Of::Chat, "chat completion"),
        of_each(Of::Anthropic, "message"),
    ]
    .concat();
    for status in [
        "validating",
        "failed",
        "in_progress",
        "finalizing",
        "completed",
        "expired",
        "cancelling",
        "cancelled",
    ] {
        cases.push(case("OpenAI batch", &openai_batch(status, Some("file-out"), None)));
    }
    for status in ["in_progress", "canceling", "ended"] {
        cases.push(case("Anthropic batch", &anthropic_batch(status, Some("https://api.anthropic.com/r"))));
    }
    let error = json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "later" }, "request_id": "r" });
    for result in [
        json!({ "type": "succeeded", "message": Of::Anthropic.body(&Happened::Answered(GOOD)) }),
        json!({ "type": "errored", "error": error }),
        json!({ "type": "expired" }),
        json!({ "type": "canceled" }),
    ] {
        cases.push(case("Anthropic line", &anthropic_line("a", &result)));
    }
    let empty = |of: &Value| case(of["what"].as_str().unwrap(), &json!({}));
    hold_to_types(&cases, &cases.iter().map(empty).collect::<Vec<Value>>());
}
