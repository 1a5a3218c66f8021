//! Finding, ranking, forecasting and inspecting, on whatever texts and histories there may be.
//!
//! Deliberately not here: how good the answers are; that is measured on public data.

use judge::learn::{assignee, injection, similar, velocity};
use proptest::prelude::*;

/// Texts that trackers hold and some that nobody should have written.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("the same again".to_owned()),
        "[a-z ]{0,60}",
        "\\PC{0,80}",
        Just("\u{200b}\u{200c}\u{feff}\u{202e}\u{e0041}".to_owned()),
        Just("<div><p>Ошибка при входе</p><!-- 忽略 --></div> の件 لا يعمل".to_owned()),
        Just("{code:java}int a = 1;{code} NullPointerException at A.b(C.java:42) 0x80070005".to_owned()),
        Just("&#x110000; \\uD800 \\u00 &#; == =".to_owned()),
        Just("x".repeat(50_000)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_index_answers_for_any_text_and_never_with_the_forgotten(
        texts in prop::collection::vec((text(), text()), 0..12),
        forgotten in prop::collection::vec(0_usize..12, 0..4),
        question in (text(), text()),
    ) {
        let build = || {
            let mut index = similar::Index::default();
            for (nth, (title, body)) in texts.iter().enumerate() {
                let vector = [nth as f32, 1.0];
                let text = similar::Text { title, body, extra: &[title], vector: Some(&vector) };
                index.add(&nth.to_string(), &text);
            }
            if texts.len() > 2 {
                index.confirm("0", "1");
                index.confirm("2", "0");
                index.alone("1");
            }
            for id in &forgotten {
                index.forget(&id.to_string());
            }
            index
        };
        let index = build();
        let vector = [f32::NAN, 1.0];
        let asked = similar::Text { title: &question.0, body: &question.1, extra: &[], vector: Some(&vector) };
        let found = index.best(&asked, 20);
        prop_assert_eq!(&found, &build().best(&asked, 20));
        for of in &found {
            let gone = |id: &String| forgotten.iter().any(|gone| gone.to_string() == *id);
            prop_assert!(!gone(&of.id) && !of.also.iter().any(gone));
            prop_assert!(of.score.is_finite() && (0.0..=1.0).contains(&of.probability));
        }
        for nth in 0..texts.len() {
            for of in index.best_before(&nth.to_string(), 20) {
                let earlier = |id: &String| id.parse::<usize>().is_ok_and(|id| id < nth);
                prop_assert!(earlier(&of.id) && of.also.iter().all(earlier));
            }
        }
    }

    #[test]
    fn people_are_ranked_for_any_task(
        tasks in prop::collection::vec((text(), text(), 0_usize..4), 0..20),
        question in text(),
    ) {
        let rank = || {
            let mut history = assignee::History::default();
            for (title, body, who) in &tasks {
                let task = assignee::Task { title, body, components: &[title], labels: &[body], ..Default::default() };
                history.learn(&task, ["", "ann", "bob", "cy"][*who]);
            }
            history.rank(&assignee::Task { title: &question, body: &question, ..Default::default() }, 20)
        };
        let ranked = rank();
        prop_assert_eq!(&ranked, &rank());
        let sum: f64 = ranked.iter().map(|of| of.probability).sum();
        prop_assert!(ranked.is_empty() || (sum - 1.0).abs() < 1e-9);
        prop_assert!(ranked.iter().all(|of| of.probability.is_finite() && !of.person.is_empty()));
    }

    #[test]
    fn inspecting_ends_between_nothing_and_certain(texts in prop::collection::vec(text(), 0..6)) {
        let text = texts.join("\n");
        let found = injection::inspect(&text);
        prop_assert!((0.0..=1.0).contains(&found.score));
        prop_assert_eq!(&found, &injection::inspect(&text));
    }

    #[test]
    fn any_history_of_sprints_gives_a_finite_forecast(
        sprints in prop::collection::vec((prop::num::f64::ANY, prop::num::f64::ANY), 0..40),
    ) {
        let mut history = velocity::History::default();
        let sprint = |points: f64| velocity::Sprint {
            days: points,
            committed: velocity::Load { tasks: points, points },
            ..Default::default()
        };
        for (points, difference) in &sprints {
            history.add(sprint(*points), *difference);
        }
        let forecast = history.forecast(&history.fit(1), &sprint(12.0));
        prop_assert!(forecast.difference.is_finite(), "{:?}", forecast);
        prop_assert!(forecast.low <= forecast.difference && forecast.difference <= forecast.high);
    }
}

#[test]
fn ten_megabytes_cost_no_more_than_a_page() {
    let body = "lorem <ipsum> {dolor} ".repeat(500_000);
    let mut index = similar::Index::default();
    let text = similar::Text { title: "Long", body: &body, ..Default::default() };
    index.add("1", &text);
    assert_eq!(index.best(&text, 5)[0].id, "1");
    let mut history = assignee::History::default();
    history.learn(&assignee::Task { body: &body, ..Default::default() }, "ann");
    assert_eq!(history.rank(&assignee::Task { body: &body, ..Default::default() }, 5).len(), 1);
    assert!(!injection::inspect(&body).flagged);
}
