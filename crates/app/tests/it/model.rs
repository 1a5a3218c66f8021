//! The language model through the front door: what `doctor` says of one, and that its key never shows.

use crate::app::TestApp;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

const KEY: &str = "sk-test-0123456789abcdefghijklmnop";

/// A server that gives every request the same answer.
fn server(status: &'static str, body: Value) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut got = vec![0; 64 * 1024];
            // The questions of a probe fit into one read on the loopback.
            let _ = connection.read(&mut got).unwrap();
            let body = body.to_string();
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            connection.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    url
}

fn checks(app: &TestApp, key: Option<(&str, &str)>) -> Vec<Value> {
    let mut command = app.command(&["doctor", "--json"]);
    command.envs(key);
    let ran = crate::app::ran(command).ok();
    assert!(!ran.out.contains(KEY) && !ran.err.contains(KEY), "the key shows: {}", ran.out);
    ran.json().as_array().unwrap().clone()
}

fn found<'c>(checks: &'c [Value], what: &str) -> &'c Value {
    checks.iter().find(|check| check["what"] == what).unwrap_or_else(|| panic!("{what}: {checks:#?}"))
}

#[test]
fn without_a_model_doctor_says_that_rules_alone_score_everything() {
    let app = TestApp::new();
    let checks = checks(&app, Some(("OPENAI_API_KEY", KEY)));
    let model = found(&checks, "model");
    assert_eq!(
        (&model["health"], &model["found"]),
        (&json!("ok"), &json!("no model configured: rules alone score everything"))
    );
}

#[test]
fn doctor_tells_what_a_server_of_ones_own_can_do() {
    let app = TestApp::new();
    let answer = json!({
        "model": "tiny", "usage": { "prompt_tokens": 9, "completion_tokens": 9 },
        "choices": [{ "finish_reason": "stop", "message": { "content": "{\"number\": 1, \"colour\": \"red\"}" } }],
    });
    let url = server("200 OK", answer);
    app.configure(&format!("[model]\nprovider = 'compatible'\nbase_url = '{url}'\nmodel = 'tiny'"));
    let checks = checks(&app, Some(("UPNEXT_MODEL_KEY", KEY)));
    assert_eq!(found(&checks, "model")["found"], format!("a compatible server at {url}: tiny"));
    assert_eq!(found(&checks, "model key")["found"], "from UPNEXT_MODEL_KEY");
    assert_eq!(found(&checks, "model server")["found"], "reached; holds answers to a JSON schema");
    assert_eq!(found(&checks, "model price")["health"], "reduced");
}

#[test]
fn doctor_says_what_is_wrong_with_a_model_and_goes_on() {
    let app = TestApp::new();
    let error = json!({ "error": { "message": format!("Incorrect API key provided: {KEY}"), "code": "invalid_api_key" } });
    let url = server("401 Unauthorized", error);
    let config = format!("[model]\nprovider = 'openai'\nbase_url = '{url}'\nmodel = 'gpt-6-luna'");
    app.configure(&config);
    let wrong = checks(&app, Some(("OPENAI_API_KEY", KEY)));
    let server = found(&wrong, "model server");
    assert_eq!(
        (&server["health"], &server["lost"]),
        (&json!("reduced"), &json!("no model is asked: rules alone score everything"))
    );
    assert!(server["found"].as_str().unwrap().contains("[key]"), "{server}");
    let none = checks(&app, Some(("ANTHROPIC_API_KEY", KEY)));
    assert_eq!(found(&none, "model key")["found"], "none", "another provider's key is not sent");
    std::fs::write(app.home.path().join("key"), format!("{KEY}\n")).unwrap();
    app.configure(&format!("{config}\nkey_file = 'key'"));
    assert_eq!(found(&checks(&app, None), "model key")["found"], "from key");
}

#[test]
fn settings_that_cannot_work_are_named() {
    let app = TestApp::new();
    for (config, told) in [
        ("provider = 'openai'", "model.model"),
        ("provider = 'compatible'\nmodel = 'm'", "model.base_url"),
        ("provider = 'compatible'\nmodel = 'm'\nbase_url = 'http://models.example/v1'", "unencrypted"),
        ("provider = 'clever'", "model.provider"),
        ("temperature = 1", "temperature"),
        ("provider = 'openai'\nmodel = 'm'\nkey_file = 'nowhere'", "model.key_file"),
        ("[model.redaction]\npatterns = ['(']", "model.redaction.patterns"),
        ("[model.prices]\nmine = { input = 1 }", "model.prices.mine"),
    ] {
        app.configure(&format!("[model]\n{config}"));
        app.upnext(&["doctor"]).exits(2).says(&[told]);
    }
}
