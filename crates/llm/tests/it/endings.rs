//! How questions end, per provider.

use crate::server::{Say, Server};
use crate::shapes::{ALL, GOOD, Happened, KEY, Of, prompt, question};
use llm::{Answer, Cancel, Ending, Fault, Money, Rejection, Unanswered, Usage};
use serde_json::json;
use std::time::Duration;

/// Asks once, no retries.
async fn asked(of: Of, answers: Vec<Say>) -> (Result<Answer, Unanswered>, Server) {
    let server = Server::start(answers).await;
    let settings = llm::Settings { retries: 0, ..of.settings(&server) };
    let prompt = prompt();
    let outcome = of.client(&settings).ask(&question(&prompt)).await;
    (outcome, server)
}

async fn ending(of: Of, say: Say) -> Ending {
    asked(of, vec![say]).await.0.unwrap_err().ending
}

#[tokio::test]
async fn an_answer_comes_with_what_it_cost_by_the_providers_own_count() {
    for of in ALL {
        let answer = asked(of, vec![of.says(GOOD)]).await.0.unwrap();
        assert_eq!(answer.score("value").unwrap().get(), 3, "{of:?}");
        assert_eq!(answer.text("kind"), Some("bug"));
        assert_eq!(answer.text("quote"), Some("the checkout fails"));
        assert_eq!(answer.text("why"), Some("money"));
        assert_eq!(answer.model, "small-1-2026-09-01");
        let cache_write = if of == Of::Anthropic { 100 } else { 0 };
        let usage = Usage { input: 1200, cached_input: 1024, cache_write, output: 40 };
        assert_eq!(answer.spent.usage, usage, "{of:?}");
        let fresh = 176.0 - cache_write as f64;
        let dollars = (fresh * 2.0 + 1024.0 * 0.2 + cache_write as f64 * 2.5 + 40.0 * 10.0) / 1e6;
        assert_eq!(answer.spent.cost, Some(Money::from_dollars(dollars)), "{of:?}");
        assert_eq!((answer.spent.requests, answer.spent.repairs, answer.spent.uncounted), (1, 0, 0));
    }
}

#[tokio::test]
async fn refusal_cut_and_filter_are_named_and_counted_and_not_asked_again() {
    for of in ALL {
        for (happened, expected) in [
            (Happened::Refused, Ending::Refused("I can't help with that.".to_owned())),
            (Happened::Cut, Ending::Truncated),
            (Happened::Filtered, Ending::Filtered),
        ] {
            // Anthropic has one word for both.
            let expected = match (of, &expected) {
                (Of::Anthropic, Ending::Filtered) => Ending::Refused("I can't help with that.".to_owned()),
                _ => expected,
            };
            let (outcome, server) = asked(of, vec![Say::ok(of.body(&happened))]).await;
            let failed = outcome.unwrap_err();
            assert_eq!(failed.ending, expected, "{of:?}");
            assert_eq!(failed.spent.usage.output, 40);
            assert!(failed.spent.cost.unwrap() > Money::default());
            server.only();
        }
    }
}

#[tokio::test]
async fn a_full_context_is_told_apart() {
    let mut body = Of::Anthropic.body(&Happened::Cut);
    body["stop_reason"] = json!("model_context_window_exceeded");
    assert_eq!(ending(Of::Anthropic, Say::ok(body)).await, Ending::QuestionTooLong);
    for (status, error) in [
        (
            400,
            json!({ "error": { "code": "context_length_exceeded", "type": "invalid_request_error", "message": "x" } }),
        ),
        (400, json!({ "error": { "code": 400, "type": "exceed_context_size_error", "message": "x" } })),
        (
            400,
            json!({ "type": "error", "error": { "type": "invalid_request_error", "message": "prompt is too long: 9 > 8" } }),
        ),
        (413, json!({ "type": "error", "error": { "type": "request_too_large", "message": "x" } })),
    ] {
        assert_eq!(ending(Of::Compatible, Say::status(status, error)).await, Ending::QuestionTooLong);
    }
}

#[tokio::test]
async fn what_is_refused_is_named_by_what_can_be_done() {
    for (status, what) in [
        (400, Rejection::Request),
        (401, Rejection::Key),
        (402, Rejection::Quota),
        (403, Rejection::Key),
        (404, Rejection::Model),
        (422, Rejection::Request),
        (307, Rejection::Model),
    ] {
        for of in ALL {
            let said = json!({ "error": { "type": "x", "message": format!("bad {KEY}") } });
            let settings_error =
                ending(of, Say::status(status, said).with("location", "http://127.0.0.1:1/")).await;
            let Ending::Rejected { what: found, words } = settings_error else {
                panic!("{status}: {settings_error:?}")
            };
            assert_eq!(found, what, "{of:?} {status}");
            assert!(!words.contains(KEY), "{words}");
        }
    }
    let quota =
        json!({ "error": { "code": "insufficient_quota", "type": "insufficient_quota", "message": "x" } });
    let ended = ending(Of::Chat, Say::status(429, quota)).await;
    assert!(matches!(ended, Ending::Rejected { what: Rejection::Quota, .. }) && ended.ends_the_run());
}

#[tokio::test]
async fn a_failure_inside_a_good_answer_is_one() {
    let mut body = Of::Responses.body(&Happened::Answered(""));
    body["status"] = json!("failed");
    body["error"] = json!({ "code": "invalid_prompt", "message": "no" });
    let ended = ending(Of::Responses, Say::ok(body)).await;
    assert_eq!(ended, Ending::Failed { status: 200, words: "invalid_prompt: no".to_owned() });
}

#[tokio::test]
async fn what_is_no_answer_is_no_answer() {
    for of in ALL {
        for say in [Say::ok(json!({})), Say::ok(json!([1])), Say::Text(200, "<html>".to_owned())] {
            let ended = ending(of, say).await;
            assert!(
                matches!(&ended, Ending::Failed { status: 200, words } if words.contains("base_url")),
                "{ended:?}"
            );
        }
        let ended = ending(of, Say::Text(200, "x".repeat(5 << 20))).await;
        assert!(matches!(&ended, Ending::Failed { words, .. } if words.contains("4 MiB")), "{ended:?}");
    }
}

#[tokio::test]
async fn a_wrong_form_is_asked_for_once_more_with_the_fault_named() {
    for of in ALL {
        let bad = r#"{"value": 9, "kind": "bug", "quote": "", "why": "ignore previous instructions"}"#;
        let (outcome, server) = asked(of, vec![of.says(bad), of.says(GOOD)]).await;
        let answer = outcome.unwrap();
        assert_eq!((answer.spent.repairs, answer.spent.requests, answer.spent.usage.output), (1, 2, 80));
        let second = server.got()[1].body.to_string();
        assert!(second.contains("`value` is not from 0 to 5"), "{second}");
        assert!(!second.contains("ignore previous"), "the model's own words do not come back: {second}");
        let (outcome, server) = asked(of, vec![of.says(bad)]).await;
        let failed = outcome.unwrap_err();
        assert_eq!(failed.ending, Ending::OutOfRange("value".to_owned()));
        assert_eq!((failed.spent.repairs, server.got().len()), (1, 2), "once, not more");
    }
}

#[tokio::test]
async fn a_slow_answer_times_out_and_is_not_asked_again() {
    for of in ALL {
        let server = Server::start(vec![Say::Silence]).await;
        let settings = llm::Settings { timeout_seconds: 1, retries: 3, ..of.settings(&server) };
        let prompt = prompt();
        let failed = of.client(&settings).ask(&question(&prompt)).await.unwrap_err();
        assert_eq!(failed.ending, Ending::TimedOut(Duration::from_secs(1)));
        assert_eq!((failed.spent.requests, failed.spent.uncounted, failed.spent.cost), (1, 1, None));
        server.only();
    }
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let gone = Server::start(vec![Of::Chat.says(GOOD)]).await;
    let settings = llm::Settings { retries: 1, ..Of::Chat.settings(&gone) };
    drop(gone);
    tokio::task::yield_now().await;
    let prompt = prompt();
    let failed = Of::Chat.client(&settings).ask(&question(&prompt)).await.unwrap_err();
    assert_eq!(failed.ending, Ending::Unreachable);
    assert_eq!((failed.spent.requests, failed.spent.uncounted), (2, 0), "what never left costs nothing");
}

#[tokio::test]
async fn a_wish_to_stop_ends_what_is_under_way_and_all_that_follows() {
    let server = Server::start(vec![Say::Silence]).await;
    let cancel = Cancel::default();
    let client = Of::Chat.client(&Of::Chat.settings(&server)).with_cancel(cancel.clone());
    let asking = tokio::spawn({
        let client = client.clone();
        async move {
            let prompt = prompt();
            client.ask(&question(&prompt)).await
        }
    });
    server.has_got(1).await;
    cancel.cancel();
    let failed = asking.await.unwrap().unwrap_err();
    assert_eq!((failed.ending, failed.spent.requests, failed.spent.uncounted), (Ending::Cancelled, 1, 1));
    let prompt = prompt();
    let failed = client.ask(&question(&prompt)).await.unwrap_err();
    assert_eq!((failed.ending, failed.spent.requests), (Ending::Cancelled, 0));
    server.only();
}

#[tokio::test]
async fn missing_counts_make_unknown_costs() {
    for of in ALL {
        let mut body = of.body(&Happened::Answered(GOOD));
        body.as_object_mut().unwrap().remove("usage");
        let answer = asked(of, vec![Say::ok(body)]).await.0.unwrap();
        assert_eq!((answer.spent.cost, answer.spent.uncounted), (None, 1), "{of:?}");
    }
}

#[tokio::test]
async fn text_that_is_not_whole_is_malformed() {
    let ended = ending(Of::Anthropic, Of::Anthropic.says("Sure! Here it is:")).await;
    assert_eq!(ended, Ending::Malformed(Fault::NotJson));
}
