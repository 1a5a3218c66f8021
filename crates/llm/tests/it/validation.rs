//! Answers that do not fit, and that none slips through, whatever a model says.

use crate::server::Server;
use crate::shapes::{Of, prompt, question};
use llm::{Capability, Client, Ending, Fault, Kind, Part, Schema, Score};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Asks; the server says this every time.
async fn asked(text: &str, form: Capability) -> Result<llm::Answer, Ending> {
    let server = Server::start(vec![Of::Compatible.says(text)]).await;
    let client = Client::new(&Of::Compatible.settings(&server), None).unwrap().with_capability(form);
    let prompt = prompt();
    client.ask(&question(&prompt)).await.map_err(|failed| failed.ending)
}

fn with(key: &str, value: Value) -> String {
    let mut good: Value = serde_json::from_str(crate::shapes::GOOD).unwrap();
    good[key] = value;
    good.to_string()
}

#[tokio::test]
async fn every_way_of_not_fitting_has_its_name() {
    let name = |name: &str| name.to_owned();
    let wrong = |part: &str| Ending::Malformed(Fault::WrongType(part.to_owned()));
    for (text, expected) in [
        (String::new(), Ending::Malformed(Fault::NotJson)),
        (name("{\"value\": 3"), Ending::Malformed(Fault::NotJson)),
        (name("[]"), Ending::Malformed(Fault::NotAnObject)),
        (name("7"), Ending::Malformed(Fault::NotAnObject)),
        (name("null"), Ending::Malformed(Fault::NotAnObject)),
        (name("{}"), Ending::Malformed(Fault::Missing(name("value")))),
        (name("{\"value\": 3}"), Ending::Malformed(Fault::Missing(name("kind")))),
        (with("more", json!(1)), Ending::Malformed(Fault::Extra)),
        (
            name(r#"{"value": 3, "value": 4, "kind": "bug", "quote": "", "why": ""}"#),
            Ending::Malformed(Fault::Twice(name("value"))),
        ),
        (with("value", json!("3")), wrong("value")),
        (with("value", json!(3.5)), wrong("value")),
        (with("value", json!(3.0)), wrong("value")),
        (with("value", json!(null)), wrong("value")),
        (with("value", json!(true)), wrong("value")),
        (with("value", json!([3])), wrong("value")),
        (with("value", json!(6)), Ending::OutOfRange(name("value"))),
        (with("value", json!(-1)), Ending::OutOfRange(name("value"))),
        (with("value", json!(256)), Ending::OutOfRange(name("value"))),
        (with("value", json!(u64::MAX)), Ending::OutOfRange(name("value"))),
        (with("kind", json!("Bug")), Ending::UnknownChoice(name("kind"))),
        (with("kind", json!("")), Ending::UnknownChoice(name("kind"))),
        (with("kind", json!(1)), wrong("kind")),
        (with("quote", json!("x".repeat(61))), Ending::TooLong(name("quote"))),
        (with("quote", json!(null)), wrong("quote")),
        (with("why", json!("ü".repeat(41))), Ending::TooLong(name("why"))),
    ] {
        assert_eq!(asked(&text, Capability::JsonSchema).await.unwrap_err(), expected, "{text}");
    }
    let answer =
        asked(&with("why", json!(" ü\u{202E}\u{7} ".to_owned())), Capability::JsonSchema).await.unwrap();
    assert_eq!(answer.text("why"), Some("ü"), "what nobody can see is left out");
}

#[tokio::test]
async fn words_around_the_object_are_cut_only_where_nobody_promised_a_schema() {
    let text = format!("I think {{ this }}:\n```json\n{}\n``` {{\"value\": 0}}", crate::shapes::GOOD);
    assert_eq!(asked(&text, Capability::Text).await.unwrap().score("value").unwrap().get(), 3);
    assert_eq!(asked(&text, Capability::JsonObject).await.unwrap().score("value").unwrap().get(), 3);
    assert_eq!(asked(&text, Capability::JsonSchema).await.unwrap_err(), Ending::Malformed(Fault::NotJson));
    assert_eq!(asked("no object", Capability::Text).await.unwrap_err(), Ending::Malformed(Fault::NotJson));
    let braces = "{".repeat(100_000);
    assert_eq!(asked(&braces, Capability::Text).await.unwrap_err(), Ending::Malformed(Fault::NotJson));
    let deep = "{\"a\":".repeat(100_000);
    assert_eq!(asked(&deep, Capability::JsonSchema).await.unwrap_err(), Ending::Malformed(Fault::NotJson));
}

#[test]
fn schemas_that_nobody_could_answer_are_refused() {
    let part = |name: &str, kind| Part { name: name.to_owned(), about: String::new(), kind };
    let words = Kind::Words(5);
    for parts in [
        vec![],
        vec![part("", words.clone())],
        vec![part("Value", words.clone())],
        vec![part("a b", words.clone())],
        vec![part("1a", words.clone())],
        vec![part("a", words.clone()), part("a", words)],
        vec![part("a", Kind::Choice(vec![]))],
        vec![part("a", Kind::Choice(vec!["x".to_owned(), "x".to_owned()]))],
        vec![part("a", Kind::Quote(0))],
    ] {
        assert!(Schema::new(parts.clone()).is_err(), "{parts:?}");
    }
}

#[test]
fn only_six_scores_exist() {
    for value in -300..300 {
        assert_eq!(Score::new(value).is_some(), (0..=5).contains(&value));
    }
    assert!(serde_json::from_str::<Score>("6").is_err());
    assert_eq!(serde_json::from_str::<Score>("5").unwrap().share(), 1.0);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-2_i64..8).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,70}".prop_map(Value::from),
        prop_oneof![Just("bug"), Just("wish")].prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| prop::collection::vec(inner, 0..3).prop_map(Value::from))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever comes, there is no panic, and what is taken is within its bounds.
    #[test]
    fn nothing_out_of_bounds_comes_through(
        value in any_json(), kind in any_json(), quote in any_json(), why in any_json(), cut in 0_usize..400,
        noise in ".{0,20}", form in prop_oneof![
            Just(Capability::JsonSchema), Just(Capability::JsonObject), Just(Capability::Text)
        ],
    ) {
        let text = json!({ "value": value, "kind": kind, "quote": quote, "why": why }).to_string();
        let end = text.char_indices().nth(cut).map_or(text.len(), |(at, _)| at);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for text in [text.clone(), text[..end].to_owned(), format!("{noise}{text}{noise}")] {
            if let Ok(answer) = runtime.block_on(asked(&text, form)) {
                prop_assert_eq!(answer.values.len(), 4);
                prop_assert!(answer.score("value").unwrap().get() <= 5);
                prop_assert!(["bug", "wish"].contains(&answer.text("kind").unwrap()));
                prop_assert!(answer.text("quote").unwrap().chars().count() <= 60);
                prop_assert!(answer.text("why").unwrap().chars().count() <= 40);
            }
        }
    }
}
