//! Batches over real HTTP: what is sent, and what becomes of every kind of line that comes back.

use crate::server::{Got, Say, Server};
use crate::shapes::{
    GOOD, Happened, KEY, Of, anthropic_batch, anthropic_line, openai_batch, openai_line, prompt, question,
};
use llm::{
    Answer, Batch, BatchFault, BatchId, BatchState, Budget, Cancel, Ceiling, Client, Ending, Expected, Fault,
    Money, NotSubmitted, Prompt, Question, Rejection, Settings, Size, Unanswered, Usage,
};
use serde_json::{Value, json};

const HOSTED: [Of; 3] = [Of::Responses, Of::Chat, Of::Anthropic];

fn named<'p>(prompt: &'p Prompt, names: &[&str]) -> Vec<(String, Question<'p>)> {
    names.iter().map(|name| ((*name).to_owned(), question(prompt))).collect()
}

/// What a provider answers when a batch is made.
fn made(of: Of) -> Vec<Say> {
    match of {
        Of::Anthropic => vec![Say::ok(anthropic_batch("in_progress", None))],
        _ => vec![
            Say::ok(json!({ "id": "file-in", "object": "file", "purpose": "batch", "bytes": 9 })),
            Say::ok(openai_batch("validating", None, None)),
        ],
    }
}

async fn submit(of: Of, answers: Vec<Say>, names: &[&str]) -> (Result<Vec<Batch>, NotSubmitted>, Server) {
    let server = Server::start(answers).await;
    let prompt = prompt();
    let outcome = of.client(&of.settings(&server)).submit(&named(&prompt, names)).await;
    (outcome, server)
}

async fn id(of: Of) -> BatchId {
    submit(of, made(of), &["a"]).await.0.unwrap().remove(0).id
}

/// The lines as a results file, as the provider says them.
fn file(lines: &[Value]) -> Say {
    Say::Text(200, lines.iter().map(|line| format!("{line}\n")).collect())
}

type Answers = Vec<(String, Result<Answer, Unanswered>)>;

/// Reads these names off a batch that ended with these lines; OpenAI's failed ones have a file of their own.
async fn ended(of: Of, good: &[Value], bad: &[Value], names: &[&str]) -> (Answers, Server) {
    let server = Server::start(vec![]).await;
    let results = format!("{}/messages/batches/msgbatch_1/results", server.url);
    server.says(match of {
        Of::Anthropic => vec![Say::ok(anthropic_batch("ended", Some(&results))), file(&[good, bad].concat())],
        _ => vec![
            Say::ok(openai_batch("completed", Some("file-out"), Some("file-err"))),
            file(good),
            file(bad),
        ],
    });
    let client = of.client(&of.settings(&server));
    let prompt = prompt();
    (client.batch_answers(&id(of).await, &expected(&prompt, names)).await.unwrap(), server)
}

fn expected<'a>(prompt: &'a Prompt, names: &[&'a str]) -> Vec<Expected<'a>> {
    names.iter().map(|custom_id| Expected { custom_id, prompt, size: Size::Small }).collect()
}

fn answer_line(of: Of, custom_id: &str, happened: &Happened<'_>) -> Value {
    match of {
        Of::Anthropic => {
            anthropic_line(custom_id, &json!({ "type": "succeeded", "message": of.body(happened) }))
        }
        _ => openai_line(custom_id, 200, &of.body(happened)),
    }
}

fn endings(answers: &Answers) -> Vec<Option<&Ending>> {
    answers.iter().map(|(_, outcome)| outcome.as_ref().err().map(|failed| &failed.ending)).collect()
}

fn paths(server: &Server) -> Vec<String> {
    server.got().iter().map(|got| format!("{} {}", got.method, got.path)).collect()
}

/// The file of a form.
fn uploaded(got: &Got) -> Vec<Value> {
    let lines = got.text.lines().filter(|line| line.starts_with("{\"custom_id\""));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn openai_gets_a_file_of_lines_and_a_batch_of_it() {
    for (of, endpoint) in [(Of::Responses, "/v1/responses"), (Of::Chat, "/v1/chat/completions")] {
        let (outcome, server) = submit(of, made(of), &["a", "b"]).await;
        let batch = outcome.unwrap().remove(0);
        assert_eq!(batch.custom_ids, ["a", "b"]);
        assert_eq!(paths(&server), ["POST /v1/files", "POST /v1/batches"]);
        let got = server.got();
        assert!(got.iter().all(|got| got.header("authorization") == Some(&*format!("Bearer {KEY}"))));
        for field in [
            "name=\"purpose\"\r\n\r\nbatch\r\n",
            "name=\"expires_after[anchor]\"\r\n\r\ncreated_at\r\n",
            "name=\"expires_after[seconds]\"\r\n\r\n604800\r\n",
            "name=\"file\"; filename=\"batch.jsonl\"",
        ] {
            assert!(got[0].text.contains(field), "{field}: {}", got[0].text);
        }
        let lines = uploaded(&got[0]);
        // The very body that the question has when it is asked by itself.
        let alone = Server::start(vec![of.says(GOOD)]).await;
        let prompt = prompt();
        of.client(&of.settings(&alone)).ask(&question(&prompt)).await.unwrap();
        let line = |name: &str| json!({ "custom_id": name, "method": "POST", "url": endpoint, "body": alone.only().body });
        assert_eq!(lines, [line("a"), line("b")]);
        let creation = json!({
            "input_file_id": "file-in", "endpoint": endpoint, "completion_window": "24h",
            "output_expires_after": { "anchor": "created_at", "seconds": 604_800 },
        });
        assert_eq!(got[1].body, creation);
    }
}

#[tokio::test]
async fn anthropic_gets_all_questions_in_one_request() {
    let (outcome, server) = submit(Of::Anthropic, made(Of::Anthropic), &["a", "b"]).await;
    assert_eq!(outcome.unwrap().len(), 1);
    let got = server.only();
    assert_eq!(got.path, "/v1/messages/batches");
    assert_eq!((got.header("x-api-key"), got.header("content-type")), (Some(KEY), Some("application/json")));
    let alone = Server::start(vec![Of::Anthropic.says(GOOD)]).await;
    let prompt = prompt();
    Of::Anthropic.client(&Of::Anthropic.settings(&alone)).ask(&question(&prompt)).await.unwrap();
    let line = |name: &str| json!({ "custom_id": name, "params": alone.only().body });
    assert_eq!(got.body, json!({ "requests": [line("a"), line("b")] }));
}

#[tokio::test]
async fn each_model_has_its_own_batch() {
    for of in HOSTED {
        let server = Server::start([made(of), made(of)].concat()).await;
        let prompt = prompt();
        let mut questions = named(&prompt, &["a", "b", "c"]);
        questions[1].1 = questions[1].1.clone().size(Size::Large);
        let batches = of.client(&of.settings(&server)).submit(&questions).await.unwrap();
        let names: Vec<Vec<String>> = batches.iter().map(|batch| batch.custom_ids.clone()).collect();
        assert_eq!(names, [vec!["a", "c"], vec!["b"]]);
        assert!(batches[0].cost.is_some() && batches[1].cost.is_none(), "the larger model has no price");
    }
}

#[tokio::test]
async fn answers_come_unordered_checked_and_at_half_the_price() {
    for of in HOSTED {
        let good = ["x", "b", "a"].map(|name| answer_line(of, name, &Happened::Answered(GOOD)));
        let (answers, server) = ended(of, &good, &[], &["a", "b"]).await;
        let names: Vec<&str> = answers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b"], "in the caller's order, and nothing that was not asked for");
        for (_, answer) in answers {
            let answer = answer.unwrap();
            assert_eq!(answer.score("value").unwrap().get(), 3, "{of:?}");
            assert_eq!(answer.model, "small-1-2026-09-01");
            let cache_write = if of == Of::Anthropic { 100 } else { 0 };
            let usage = Usage { input: 1200, cached_input: 1024, cache_write, output: 40 };
            assert_eq!(answer.spent.usage, usage);
            let fresh = 176.0 - cache_write as f64;
            let dollars = (fresh * 2.0 + 1024.0 * 0.2 + cache_write as f64 * 2.5 + 40.0 * 10.0) / 2e6;
            assert_eq!(answer.spent.cost, Some(Money::from_dollars(dollars)), "{of:?}");
        }
        let expected: &[&str] = match of {
            Of::Anthropic => {
                &["GET /v1/messages/batches/msgbatch_1", "GET /v1/messages/batches/msgbatch_1/results"]
            }
            _ => &[
                "GET /v1/batches/batch_1",
                "GET /v1/files/file-out/content",
                "GET /v1/files/file-err/content",
            ],
        };
        assert_eq!(paths(&server), expected);
    }
}

/// Far more than one answer may be long.
#[tokio::test]
async fn a_backlog_goes_in_one_batch_and_comes_back_whole() {
    for of in [Of::Chat, Of::Anthropic] {
        let prompt = prompt();
        let one = question(&prompt);
        let questions: Vec<(String, Question<'_>)> =
            (0..6_000).map(|n| (format!("task-{n}"), one.clone())).collect();
        let server = Server::start(made(of)).await;
        let batches = of.client(&of.settings(&server)).submit(&questions).await.unwrap();
        assert_eq!((batches.len(), batches[0].custom_ids.len()), (1, 6_000));
        let sent = server.got().into_iter().find(|got| got.text.len() > 6 << 20).unwrap();
        assert_eq!(sent.text.matches("\"custom_id\"").count(), 6_000);
        let names: Vec<&str> = questions.iter().map(|(name, _)| name.as_str()).collect();
        let lines: Vec<Value> =
            names.iter().rev().map(|name| answer_line(of, name, &Happened::Answered(GOOD))).collect();
        let (answers, _server) = ended(of, &lines, &[], &names).await;
        assert!(answers.iter().map(|(name, _)| name.as_str()).eq(names));
        assert!(endings(&answers).iter().all(Option::is_none));
    }
}

#[tokio::test]
async fn every_line_ends_by_the_names_that_a_single_question_has() {
    for of in HOSTED {
        let happened = [
            ("fits", Happened::Answered(GOOD)),
            ("refused", Happened::Refused),
            ("cut", Happened::Cut),
            ("no", Happened::Answered("no")),
        ];
        let mut good: Vec<Value> = happened.iter().map(|(name, what)| answer_line(of, name, what)).collect();
        let mut shapeless = answer_line(of, "shapeless", &Happened::Cut);
        let body = if of == Of::Anthropic { "/result/message" } else { "/response/body" };
        *shapeless.pointer_mut(body).unwrap() = json!({});
        good.push(shapeless);
        let error = json!({ "error": { "type": "invalid_request_error", "message": format!("bad {KEY}") } });
        let busy = json!({ "error": { "type": "rate_limit_error", "message": "later" } });
        let bad = match of {
            Of::Anthropic => {
                let line =
                    |name, kind: &str, error| anthropic_line(name, &json!({ "type": kind, "error": error }));
                let only = |name, kind: &str| anthropic_line(name, &json!({ "type": kind }));
                vec![
                    line("wrong", "errored", error),
                    line("busy", "errored", busy),
                    only("late", "expired"),
                    only("stopped", "canceled"),
                ]
            }
            _ => {
                let none = |name: &str, code: &str| {
                    json!({ "id": "batch_req_1", "custom_id": name, "response": null,
                        "error": { "code": code, "message": "This request could not be executed." } })
                };
                vec![
                    openai_line("wrong", 400, &error),
                    openai_line("busy", 429, &busy),
                    none("late", "batch_expired"),
                    none("stopped", "batch_cancelled"),
                ]
            }
        };
        let names =
            ["fits", "refused", "cut", "no", "shapeless", "wrong", "busy", "late", "stopped", "missing"];
        let (answers, _server) = ended(of, &good, &bad, &names).await;
        let found = endings(&answers);
        assert_eq!(found[0], None);
        assert_eq!(found[1], Some(&Ending::Refused("I can't help with that.".to_owned())));
        assert_eq!(found[2], Some(&Ending::Truncated));
        assert_eq!(found[3], Some(&Ending::Malformed(Fault::NotJson)));
        assert!(matches!(found[4], Some(Ending::Failed { status: 200, .. })), "{:?}", found[4]);
        let Some(Ending::Rejected { what: Rejection::Request, words }) = found[5] else {
            panic!("{:?}", found[5])
        };
        assert!(!words.contains(KEY), "{words}");
        assert_eq!(found[6], Some(&Ending::Busy { status: 429, retry_after: None }));
        assert_eq!(found[7], Some(&Ending::Batch(BatchFault::Expired)));
        assert_eq!(found[8], Some(&Ending::Batch(BatchFault::Cancelled)));
        assert_eq!(found[9], Some(&Ending::Batch(BatchFault::Missing)));
        let spent = |at: usize| answers[at].1.as_ref().unwrap_err().spent;
        assert_eq!(spent(1).usage.output, 40, "a refusal is paid for");
        assert!(spent(1).cost.unwrap() > Money::default());
        assert_eq!((spent(4).cost, spent(4).uncounted), (None, 1));
        assert!(spent(4).held.total() > 1_000);
        assert_eq!(spent(9).cost, Some(Money::default()));
    }
}

#[tokio::test]
async fn lines_nobody_can_read_are_passed_over_and_a_name_counts_once() {
    for of in HOSTED {
        let server = Server::start(vec![]).await;
        let results = format!("{}/r", server.url);
        let (good, again) = (Happened::Answered(GOOD), Happened::Refused);
        let text = format!(
            "\n{{\"custom_id\": \"a\"\n[]\n{{}}\nnull\n<html>\n\u{0}\n{}\r\n{}\n{{\"custom_id\":\"b\"}}",
            answer_line(of, "a", &good),
            answer_line(of, "a", &again),
        );
        let state = match of {
            Of::Anthropic => anthropic_batch("ended", Some(&results)),
            _ => openai_batch("completed", Some("file-out"), None),
        };
        server.says(vec![Say::ok(state), Say::Text(200, text)]);
        let (client, prompt) = (of.client(&of.settings(&server)), prompt());
        let answers = client.batch_answers(&id(of).await, &expected(&prompt, &["a", "b"])).await.unwrap();
        assert_eq!(endings(&answers), [None, Some(&Ending::Batch(BatchFault::Missing))], "{of:?}");
    }
}

#[tokio::test]
async fn a_line_that_never_ends_is_not_read_to_its_end() {
    let line = Say::Text(200, "x".repeat(5 << 20));
    let server = Server::start(vec![Say::ok(openai_batch("completed", Some("file-out"), None)), line]).await;
    let (client, prompt) = (Of::Chat.client(&Of::Chat.settings(&server)), prompt());
    let failed = client.batch_answers(&id(Of::Chat).await, &expected(&prompt, &["a"])).await.unwrap_err();
    assert!(matches!(&failed.ending, Ending::Failed { words, .. } if words.contains("4 MiB")), "{failed}");
}

#[tokio::test]
async fn results_on_another_host_are_not_fetched() {
    let (server, other) = (Server::start(vec![]).await, Server::start(vec![file(&[])]).await);
    for address in [format!("{}/r", other.url), "https://api.anthropic.com/r".to_owned(), "/r".to_owned()] {
        server.says(vec![Say::ok(anthropic_batch("ended", Some(&address)))]);
        let (client, prompt) = (Of::Anthropic.client(&Of::Anthropic.settings(&server)), prompt());
        let id = id(Of::Anthropic).await;
        let failed = client.batch_answers(&id, &expected(&prompt, &["a"])).await.unwrap_err();
        assert_eq!(failed.ending, Ending::Batch(BatchFault::ForeignResults), "{address}");
        assert_eq!(client.batch_state(&id).await.unwrap(), BatchState::Ended);
    }
    assert!(other.got().is_empty());
}

async fn state(of: Of, body: Value) -> Result<BatchState, Ending> {
    let server = Server::start(vec![Say::ok(body)]).await;
    let client = of.client(&of.settings(&server));
    client.batch_state(&id(of).await).await.map_err(|failed| failed.ending)
}

#[tokio::test]
async fn states_are_told_in_our_words() {
    let running = BatchState::Running { done: 2, total: 5 };
    for (status, expected) in [
        ("validating", running.clone()),
        ("in_progress", running.clone()),
        ("finalizing", running.clone()),
        ("cancelling", running),
        ("completed", BatchState::Ended),
        ("expired", BatchState::Expired),
        ("cancelled", BatchState::Cancelled),
        ("failed", BatchState::Failed("line 1 is wrong".to_owned())),
    ] {
        assert_eq!(state(Of::Chat, openai_batch(status, None, None)).await.unwrap(), expected, "{status}");
    }
    for (status, expected) in [
        ("in_progress", BatchState::Running { done: 0, total: 2 }),
        ("canceling", BatchState::Running { done: 0, total: 2 }),
        ("ended", BatchState::Ended),
    ] {
        assert_eq!(state(Of::Anthropic, anthropic_batch(status, None)).await.unwrap(), expected);
    }
    let odd = [(Of::Chat, openai_batch("resting", None, None)), (Of::Anthropic, json!({ "id": 1 }))];
    for (of, body) in odd {
        assert!(matches!(state(of, body).await.unwrap_err(), Ending::Failed { status: 200, .. }));
    }
}

#[tokio::test]
async fn answers_of_a_batch_that_has_not_ended_well_are_named() {
    let expired = vec![
        Say::ok(openai_batch("expired", Some("file-out"), None)),
        file(&[answer_line(Of::Chat, "a", &Happened::Answered(GOOD))]),
    ];
    let cancelled = vec![Say::ok(openai_batch("cancelled", None, None))];
    for (answers, expected_endings) in [
        (expired, [None, Some(&Ending::Batch(BatchFault::Expired))]),
        (cancelled, [Some(&Ending::Batch(BatchFault::Cancelled)); 2]),
    ] {
        let server = Server::start(answers).await;
        let (client, prompt) = (Of::Chat.client(&Of::Chat.settings(&server)), prompt());
        let found = client.batch_answers(&id(Of::Chat).await, &expected(&prompt, &["a", "b"])).await.unwrap();
        assert_eq!(endings(&found), expected_endings);
    }
    let rejected = Ending::Rejected { what: Rejection::Request, words: "line 1 is wrong".to_owned() };
    let not_ended = Ending::Batch(BatchFault::NotEnded);
    for (status, ending) in [("in_progress", not_ended), ("failed", rejected)] {
        let server = Server::start(vec![Say::ok(openai_batch(status, None, None))]).await;
        let (client, prompt) = (Of::Chat.client(&Of::Chat.settings(&server)), prompt());
        let failed = client.batch_answers(&id(Of::Chat).await, &expected(&prompt, &["a"])).await.unwrap_err();
        assert_eq!((failed.ending, failed.spent.cost), (ending, Some(Money::default())));
        server.only();
    }
}

fn busy() -> Say {
    Say::status(429, json!({ "error": { "message": "later" } })).with("retry-after-ms", "1")
}

#[tokio::test]
async fn what_passes_is_sent_again_and_a_file_is_not_sent_twice_for_it() {
    for of in HOSTED {
        let mut answers = made(of);
        answers.insert(answers.len() - 1, busy());
        let (outcome, server) = submit(of, answers, &["a"]).await;
        assert_eq!(outcome.unwrap().len(), 1);
        let got = server.got();
        assert_eq!(got[got.len() - 1].body, got[got.len() - 2].body);
        assert_eq!(got.len(), if of == Of::Anthropic { 2 } else { 3 });
        let (outcome, server) = submit(of, vec![busy()], &["a"]).await;
        let failed = outcome.unwrap_err().failed;
        assert!(matches!(failed.ending, Ending::Busy { status: 429, .. }), "{failed}");
        assert_eq!((failed.spent.requests, failed.spent.cost), (3, Some(Money::default())));
        assert_eq!(server.got().len(), 3, "two retries");
    }
    // Results too: a connection that breaks within them is read again from the start.
    let line = answer_line(Of::Chat, "a", &Happened::Answered(GOOD));
    let server = Server::start(vec![
        busy(),
        Say::ok(openai_batch("completed", Some("file-out"), None)),
        Say::HalfAnswer,
        file(&[line]),
    ])
    .await;
    let (client, prompt) = (Of::Chat.client(&Of::Chat.settings(&server)), prompt());
    let answers = client.batch_answers(&id(Of::Chat).await, &expected(&prompt, &["a"])).await.unwrap();
    assert_eq!(endings(&answers), [None]);
}

#[tokio::test]
async fn a_batch_that_may_have_been_made_is_looked_for_and_not_made_again() {
    let upload = made(Of::Chat).remove(0);
    let mine = openai_batch("validating", None, None);
    let mut other = openai_batch("validating", None, None);
    other["id"] = json!("batch_other");
    other["input_file_id"] = json!("file-other");
    let found = json!({ "object": "list", "data": [other.clone(), mine] });
    let not_found = json!({ "object": "list", "data": [other] });
    let (outcome, server) =
        submit(Of::Chat, vec![upload.clone(), Say::HalfAnswer, Say::ok(found)], &["a"]).await;
    assert_eq!(outcome.unwrap()[0].id.to_string(), "chat/batch_1");
    assert_eq!(paths(&server), ["POST /v1/files", "POST /v1/batches", "GET /v1/batches"]);
    let lost = [
        (Of::Chat, vec![upload, Say::HalfAnswer, Say::ok(not_found)], 3),
        (Of::Anthropic, vec![Say::HalfAnswer], 1),
    ];
    for (of, answers, requests) in lost {
        let server = Server::start(answers).await;
        let prompt = prompt();
        let budget = Budget::new(Ceiling { tokens: Some(100_000), money: None });
        let client = of.client(&of.settings(&server)).with_budget(budget);
        let failed = client.submit(&named(&prompt, &["a", "b"])).await.unwrap_err().failed;
        assert_eq!(failed.ending, Ending::Batch(BatchFault::Uncertain), "{of:?}");
        assert_eq!((failed.spent.uncounted, failed.spent.cost), (2, None));
        assert_eq!(client.budget().tokens(), failed.spent.held.total(), "held, for it may be paid for");
        assert_eq!(server.got().len(), requests);
    }
}

#[tokio::test]
async fn a_batch_that_fails_leaves_those_before_it_and_gives_back_those_after() {
    let refused = Say::status(400, json!({ "error": { "message": "no such model" } }));
    let server = Server::start([made(Of::Anthropic), vec![refused]].concat()).await;
    let prompt = prompt();
    let mut questions = named(&prompt, &["a", "b"]);
    questions[1].1 = questions[1].1.clone().size(Size::Large);
    let budget = Budget::new(Ceiling { tokens: Some(100_000), money: None });
    let client = Of::Anthropic.client(&Of::Anthropic.settings(&server)).with_budget(budget);
    let failed = client.submit(&questions).await.unwrap_err();
    assert!(matches!(failed.failed.ending, Ending::Rejected { what: Rejection::Request, .. }), "{failed}");
    assert_eq!(failed.batches.len(), 1);
    assert_eq!(client.budget().tokens(), failed.batches[0].held.total());
}

#[tokio::test]
async fn a_wish_to_stop_keeps_what_was_begun_and_gives_back_the_rest() {
    for of in HOSTED {
        let mut answers = made(of);
        *answers.last_mut().unwrap() = Say::Silence;
        let begun = answers.len();
        let server = Server::start(answers).await;
        let (cancel, budget) =
            (Cancel::default(), Budget::new(Ceiling { tokens: Some(100_000), money: None }));
        let client = of.client(&of.settings(&server)).with_budget(budget).with_cancel(cancel.clone());
        let prompt = prompt();
        let mut questions = named(&prompt, &["a", "b", "c"]);
        questions[2].1 = questions[2].1.clone().size(Size::Large);
        let stop = async {
            server.has_got(begun).await;
            cancel.cancel();
        };
        let (outcome, ()) = tokio::join!(client.submit(&questions), stop);
        let failed = outcome.unwrap_err();
        assert_eq!((failed.failed.ending, failed.batches.len()), (Ending::Cancelled, 0));
        assert_eq!((failed.failed.spent.uncounted, failed.failed.spent.cost), (2, None), "{of:?}");
        assert_eq!(client.budget().tokens(), failed.failed.spent.held.total());
    }
}

fn under(of: Of, server: &Server, dollars: f64) -> Client {
    let money = Some(Money::from_dollars(dollars));
    of.client(&of.settings(server)).with_budget(Budget::new(Ceiling { tokens: None, money }))
}

#[tokio::test]
async fn a_budget_that_does_not_reach_for_all_sends_nothing() {
    for of in HOSTED {
        let prompt = prompt();
        let names: Vec<String> = (0..40).map(|n| format!("task-{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (outcome, _server) = submit(of, made(of), &names).await;
        let whole = outcome.unwrap()[0].cost.unwrap().dollars();
        let server = Server::start(made(of)).await;
        let short = under(of, &server, whole * 0.99);
        let failed = short.submit(&named(&prompt, &names)).await.unwrap_err();
        assert_eq!(failed.failed.ending, Ending::BudgetSpent);
        assert_eq!((failed.failed.spent.requests, short.budget().money()), (0, Money::default()));
        // One model could be afforded and the other has no price: none of both is sent.
        let mut questions = named(&prompt, &["a", "b"]);
        questions[1].1 = questions[1].1.clone().size(Size::Large);
        let failed = under(of, &server, whole).submit(&questions).await.unwrap_err();
        assert_eq!(failed.failed.ending, Ending::NoPrice("large-1".to_owned()));
        assert!(server.got().is_empty());
        let enough = under(of, &server, whole);
        enough.submit(&named(&prompt, &names)).await.unwrap();
        assert_eq!(enough.budget().money(), Money::from_dollars(whole), "goes on being held");
    }
}

#[tokio::test]
async fn what_cannot_be_a_batch_is_refused_before_anything_is_sent() {
    let server = Server::start(vec![]).await;
    let prompt = prompt();
    let compatible = Of::Compatible.client(&Of::Compatible.settings(&server));
    assert!(!compatible.can_batch());
    let failed = compatible.submit(&named(&prompt, &["a"])).await.unwrap_err();
    assert_eq!(failed.failed.ending, Ending::Batch(BatchFault::None));
    for of in HOSTED {
        let client = of.client(&of.settings(&server));
        assert!(client.can_batch());
        assert_eq!(client.submit(&[]).await.unwrap(), []);
        let long = "x".repeat(65);
        for names in [vec![""], vec!["a b"], vec!["ä"], vec![&*long], vec!["a", "b", "a"]] {
            let failed = client.submit(&named(&prompt, &names)).await.unwrap_err();
            assert!(matches!(failed.failed.ending, Ending::Batch(BatchFault::CustomId(_))), "{names:?}");
        }
        let stopped = Cancel::default();
        stopped.cancel();
        let failed = client.with_cancel(stopped).submit(&named(&prompt, &["a"])).await.unwrap_err();
        assert_eq!(failed.failed.ending, Ending::Cancelled);
    }
    assert!(server.got().is_empty());
}

#[tokio::test]
async fn a_batch_is_read_by_the_interface_it_was_made_for_and_by_no_other_provider() {
    let line = answer_line(Of::Responses, "a", &Happened::Answered(GOOD));
    let server =
        Server::start(vec![Say::ok(openai_batch("completed", Some("file-out"), None)), file(&[line])]).await;
    let prompt = prompt();
    let kept = serde_json::to_string(&id(Of::Responses).await).unwrap();
    assert_eq!(kept, "\"responses/batch_1\"");
    let kept: BatchId = serde_json::from_str(&kept).unwrap();
    // The setting was changed while the batch was under way.
    let chat = Of::Chat.client(&Of::Chat.settings(&server));
    assert_eq!(endings(&chat.batch_answers(&kept, &expected(&prompt, &["a"])).await.unwrap()), [None]);
    let sent = server.got().len();
    let anthropic = Of::Anthropic.client(&Settings { retries: 0, ..Of::Anthropic.settings(&server) });
    let nonsense: BatchId = serde_json::from_str("\"batch_1\"").unwrap();
    for (client, id) in [(&anthropic, &kept), (&chat, &id(Of::Anthropic).await), (&chat, &nonsense)] {
        let ending = client.batch_state(id).await.unwrap_err().ending;
        assert_eq!(ending, Ending::Batch(BatchFault::OtherProvider));
    }
    assert_eq!(server.got().len(), sent);
}
