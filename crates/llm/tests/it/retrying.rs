//! What is sent again, how often and when.

use crate::server::{Say, Server};
use crate::shapes::{ALL, GOOD, Of, prompt, question};
use llm::{Ending, Settings};
use serde_json::json;
use std::time::Duration;

fn busy(status: u16) -> Say {
    Say::status(status, json!({ "error": { "type": "overloaded_error", "message": "later" } }))
        .with("retry-after-ms", "1")
}

#[tokio::test]
async fn what_passes_is_sent_again_until_it_has() {
    for of in ALL {
        for status in [408, 409, 429, 500, 502, 503, 504, 529] {
            let server = Server::start(vec![busy(status), busy(status), of.says(GOOD)]).await;
            let prompt = prompt();
            let answer = of.client(&of.settings(&server)).ask(&question(&prompt)).await.unwrap();
            assert_eq!(answer.spent.requests, 3, "{of:?} {status}");
            assert_eq!(answer.spent.usage.output, 40, "answers that failed cost nothing");
            let got = server.got();
            assert_eq!(got[0].body, got[2].body);
        }
    }
}

#[tokio::test]
async fn what_does_not_pass_ends_with_its_name() {
    for of in ALL {
        for (status, is) in [
            (429, (|e| matches!(e, Ending::Busy { status: 429, .. })) as fn(&Ending) -> bool),
            (529, |e| matches!(e, Ending::Busy { status: 529, .. })),
            (500, |e| matches!(e, Ending::Failed { status: 500, .. })),
        ] {
            let server = Server::start(vec![busy(status)]).await;
            let prompt = prompt();
            let failed = of.client(&of.settings(&server)).ask(&question(&prompt)).await.unwrap_err();
            assert!(is(&failed.ending), "{:?}", failed.ending);
            assert!(!failed.ending.ends_the_run());
            assert_eq!(server.got().len(), 3, "two retries");
        }
    }
}

#[tokio::test]
async fn what_may_not_be_sent_again_is_not() {
    let quota = json!({ "error": { "code": "insufficient_quota", "message": "x" } });
    let plain = json!({ "error": { "message": "x" } });
    let never = [
        Say::status(429, quota.clone()),
        Say::status(429, quota).with("x-should-retry", "true"),
        Say::status(400, plain.clone()),
        Say::status(401, plain.clone()),
        Say::status(501, plain.clone()),
        Say::status(500, plain.clone()).with("x-should-retry", "false"),
        Say::status(429, plain).with("retry-after", "3600"),
    ];
    for say in never {
        let server = Server::start(vec![say]).await;
        let prompt = prompt();
        Of::Responses.client(&Of::Responses.settings(&server)).ask(&question(&prompt)).await.unwrap_err();
        server.only();
    }
}

#[tokio::test]
async fn the_provider_may_ask_for_another_try_itself() {
    let again = Say::status(400, json!({ "error": { "message": "x" } }))
        .with("x-should-retry", "true")
        .with("retry-after-ms", "1");
    let server = Server::start(vec![again, Of::Anthropic.says(GOOD)]).await;
    let prompt = prompt();
    Of::Anthropic.client(&Of::Anthropic.settings(&server)).ask(&question(&prompt)).await.unwrap();
    assert_eq!(server.got().len(), 2);
}

#[tokio::test]
async fn the_wait_asked_for_is_kept() {
    let server = Server::start(vec![busy(429).with("retry-after-ms", "300"), Of::Chat.says(GOOD)]).await;
    let started = std::time::Instant::now();
    let prompt = prompt();
    Of::Chat.client(&Of::Chat.settings(&server)).ask(&question(&prompt)).await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_broken_connection_is_tried_again_and_may_have_cost() {
    let server = Server::start(vec![Say::HalfAnswer, Of::Chat.says(GOOD)]).await;
    let prompt = prompt();
    let answer = Of::Chat.client(&Of::Chat.settings(&server)).ask(&question(&prompt)).await.unwrap();
    assert_eq!((answer.spent.requests, answer.spent.uncounted, answer.spent.cost), (2, 1, None));
}

#[tokio::test]
async fn a_passing_failure_inside_a_good_answer_is_tried_again() {
    let failed = json!({
        "id": "r", "status": "failed", "output": [], "error": { "code": "server_error", "message": "x" },
        "usage": { "input_tokens": 5, "output_tokens": 0 },
    });
    let server = Server::start(vec![Say::ok(failed), Of::Responses.says(GOOD)]).await;
    let prompt = prompt();
    let answer =
        Of::Responses.client(&Of::Responses.settings(&server)).ask(&question(&prompt)).await.unwrap();
    assert_eq!((answer.spent.requests, answer.spent.usage.input), (2, 1205));
}

#[tokio::test]
async fn no_more_questions_are_under_way_than_set() {
    let server = Server::start(vec![Of::Chat.says(GOOD)]).await;
    let settings = Settings { concurrency: 2, ..Of::Chat.settings(&server) };
    let client = Of::Chat.client(&settings);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        asking.spawn(async move {
            let prompt = prompt();
            client.ask(&question(&prompt)).await.unwrap();
        });
    }
    while let Some(done) = asking.join_next().await {
        done.unwrap();
    }
    assert_eq!(server.got().len(), 20);
    assert!(server.widest() <= 2, "{}", server.widest());
}
