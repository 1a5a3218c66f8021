//! Learning from poisoned and degenerate histories: nothing panics, every number that comes out is finite, intervals are
//! ordered, probabilities add to 1, and the same in gives the same out, to the byte.
//!
//! Histories of one label, of one task and of none; numbers that are none, negative or at the end of what there is; ids that
//! come twice; HTML, control characters, every script at once; ten megabytes. Deliberately not here: how good the answers are.

use judge::learn::classify::{Classifier, Document, Example};
use judge::learn::conformal::Conformal;
use judge::learn::effort::{EffortModel, Estimate, Finished, MOST_EFFORT, Question, Scale, Settings};
use judge::learn::preference::{Preference, Trust};
use judge::learn::triage::{Labelled, Request, Triage, recipe};
use judge::learn::{assignee, calibration, injection, metrics, priority, sentiment, similar, velocity};
use proptest::prelude::*;

/// What stands in trackers that nobody should have written, beside plain words, so that histories also agree.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("the same again".to_owned()),
        Just(
            "<p style=\"x\">Hallo <b>Welt</b></p><script>alert(1)</script><!-- ``` {code <pre &#x110000;"
                .to_owned()
        ),
        Just("\u{202e}أهلا بالعالم שלום\u{202c} 你好世界 こんにちは Привет ไม่มีช่องว่าง".to_owned()),
        Just("👩‍👩‍👧‍👦🏳️‍🌈👍🏽 🤷🏿‍♂️ e\u{301}\u{301}\u{301} ﷽ ǅ ẞ İ ı".to_owned()),
        Just(
            "\0\u{1}\u{8}\u{b}\u{1b}[31m\u{7f}\u{85}\u{ad}\u{200b}\u{feff}\u{fffd}\u{e0041}\r\n\t".to_owned()
        ),
        Just("NaN inf -inf 1e999 -0 0x7fffffff 1/0 9999999999999999999999".to_owned()),
        "\\PC{0,60}",
        "[a-e ]{0,40}",
        any::<String>(),
    ]
}

/// Numbers as forms, imports and slips of the finger give them.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        prop::sample::select(vec![
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            1e308,
            -1e308,
            1e-320,
            0.0,
            -0.0,
            -1.0,
            3.0,
            MOST_EFFORT,
        ]),
        0.0..20.0,
        any::<f64>(),
    ]
}

/// A finished task: id, title, description, effort, size.
type Row = (u8, String, String, f64, f64);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = || (0..3_u8, text(), text(), number(), number());
    prop_oneof![
        prop::collection::vec(row(), 0..3),
        prop::collection::vec(row(), 10..60),
        // The same effort, or the same task, again and again.
        (prop::collection::vec(row(), 12..40), number()).prop_map(|(mut rows, same)| {
            rows.iter_mut().for_each(|row| row.3 = same);
            rows
        }),
        (row(), 12..40_usize).prop_map(|(row, times)| vec![row; times]),
    ]
}

fn asked<'a>(title: &'a str, description: &'a str, labels: &'a [&'a str], size: f64) -> Question<'a> {
    Question { title, description, kind: Some(title), labels, size: Some(size) }
}

fn learned(rows: &[Row], settings: Settings) -> EffortModel {
    let mut model = EffortModel::new(settings);
    for (id, title, description, effort, size) in rows {
        let labels = [description.as_str(), title];
        let task = asked(title, description, &labels, *size);
        let before = model.history();
        let taken = model.observe(&Finished { id: &id.to_string(), task, effort: *effort });
        assert_eq!(taken.is_ok(), (0.0..=MOST_EFFORT).contains(effort));
        assert_eq!(model.history(), before + usize::from(taken.is_ok()));
    }
    model
}

/// What is wrong with an estimate.
fn unsound(estimate: &Estimate) -> Option<String> {
    let share = |value: f64| (0.0..=1.0).contains(&value);
    let ends = [estimate.low, estimate.effort, estimate.high];
    let weights: f64 = estimate.said.iter().map(|said| said.weight).sum();
    let sound = ends.iter().all(|end| (0.0..=MOST_EFFORT).contains(end))
        && ends.is_sorted()
        && share(estimate.coverage)
        && estimate.measured.is_none_or(share)
        && (weights - 1.0).abs() < 1e-9
        && estimate.said.iter().all(|said| said.effort.is_finite() && share(said.weight))
        && estimate
            .similar
            .iter()
            .all(|one| one.likeness > 0.0 && one.likeness <= 1.0 && one.effort.is_finite());
    (!sound).then(|| format!("{estimate:?}"))
}

fn sums_to_1(probabilities: impl IntoIterator<Item = f64>) -> bool {
    let all: Vec<f64> = probabilities.into_iter().collect();
    all.iter().all(|one| (0.0..=1.0 + 1e-9).contains(one)) && (all.iter().sum::<f64>() - 1.0).abs() < 1e-9
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn effort_is_finite_ordered_and_repeatable(
        rows in rows(),
        (title, description, size) in (text(), text(), number()),
        ratio in any::<bool>(),
        coverage in number(),
    ) {
        let scale = if ratio { Scale::Ratio } else { Scale::Difference };
        let settings = Settings { scale, coverage, seed: 3 };
        let model = learned(&rows, settings);
        let labels = [title.as_str()];
        let question = asked(&title, &description, &labels, size);
        let estimate = model.estimate(&question);
        prop_assert_eq!(estimate.is_ok(), model.history() >= EffortModel::MIN_HISTORY);
        if let Ok(estimate) = &estimate {
            prop_assert_eq!(unsound(estimate), None);
        }
        let again = learned(&rows, settings);
        let kept = serde_json::to_string(&model).unwrap();
        prop_assert_eq!(&kept, &serde_json::to_string(&again).unwrap());
        prop_assert_eq!(format!("{estimate:?}"), format!("{:?}", again.estimate(&question)));
        let kept: EffortModel = serde_json::from_str(&kept).unwrap();
        prop_assert_eq!(kept.estimate(&question).is_ok(), estimate.is_ok());
    }

    #[test]
    fn a_team_whose_every_task_takes_the_same_is_told_so(
        texts in prop::collection::vec((text(), text()), 12..50),
        effort in 0.0..100.0,
    ) {
        let rows: Vec<Row> = texts.into_iter().map(|(a, b)| (0, a, b, effort, f64::NAN)).collect();
        let estimate = learned(&rows, Settings::default()).estimate(&Question::default()).unwrap();
        prop_assert!((estimate.effort - effort).abs() < 1e-3 * effort.max(1.0), "{estimate:?}");
        prop_assert_eq!(unsound(&estimate), None);
    }

    #[test]
    fn one_label_or_weights_that_are_none_still_give_probabilities(
        history in prop::collection::vec((text(), text(), number()), 0..40),
        (title, body) in (text(), text()),
        many in any::<bool>(),
    ) {
        let facts = [title.clone()];
        let fit = || {
            let examples: Vec<Example<'_>> = history.iter().enumerate().map(|(nth, (title, body, weight))| {
                let label = if many && nth % 3 == 0 { body.as_str() } else { "" };
                let document = Document { title, body, facts: &facts };
                Example { document, label, weight: *weight, own: true }
            }).collect();
            Classifier::fit(&examples, &recipe(examples.len()), 3)
        };
        let model = fit();
        let guess = model.guess(&Document { title: &title, body: &body, facts: &facts });
        prop_assert!(history.is_empty() || sums_to_1(guess.ranking.iter().map(|(_, chance)| *chance)), "{guess:?}");
        prop_assert!(guess.reasons.iter().all(|reason| reason.by.is_finite()), "{guess:?}");
        prop_assert!((0.0..=1.0).contains(&model.quality()));
        prop_assert_eq!(serde_json::to_string(&model).unwrap(), serde_json::to_string(&fit()).unwrap());
    }

    #[test]
    fn triage_finds_something_sound_in_any_history(
        history in prop::collection::vec((text(), text(), 0..5_usize), 0..40),
        (title, notes) in (text(), text()),
        precision in number(),
    ) {
        let labelled: Vec<Labelled<'_>> = history.iter().map(|(title, notes, label)| Labelled {
            request: Request { title, notes, facts: &[] },
            labels: [Some(title), Some("one"), None, Some(["", "low", "high", "LOW", "\u{202e}"][*label])],
        }).collect();
        let options = [vec![], vec!["one".to_owned()], vec![title.clone(), title.clone()], vec![String::new()]];
        let judged = || {
            Triage::fit(&labelled, options.clone(), 1).judge(&Request { title: &title, notes: &notes, facts: &[] }, precision)
        };
        let triaged = judged();
        prop_assert_eq!(triaged.findings.len(), 4);
        for finding in &triaged.findings {
            let chances = finding.ranking.iter().map(|(_, chance)| *chance);
            prop_assert!(finding.ranking.is_empty() || sums_to_1(chances), "{finding:?}");
        }
        prop_assert_eq!(serde_json::to_string(&triaged).unwrap(), serde_json::to_string(&judged()).unwrap());
    }

    #[test]
    fn urgency_is_finite_with_one_rank_and_with_many(
        history in prop::collection::vec((text(), text(), 0..4_usize), 0..40),
        title in text(),
        same in any::<bool>(),
        (cost, bayes, half_life) in (0.1..10.0, 0.0..1.0, prop::option::of(number())),
    ) {
        let fit = || {
            let ranked: Vec<priority::Ranked<'_>> = history.iter().map(|(title, body, rank)| priority::Ranked {
                document: Document { title, body, facts: &[] },
                rank: if same { 2 } else { *rank },
            }).collect();
            let settings = priority::Settings { cost, bayes, half_life, ..priority::Settings::default() };
            priority::Order::fit(&ranked, &settings, 1).urgency(&Document { title: &title, ..Document::default() })
        };
        let urgency = fit();
        prop_assert!(urgency.score.is_finite());
        prop_assert!(history.is_empty() || sums_to_1(urgency.ranks.iter().copied()), "{urgency:?}");
        prop_assert!(urgency.reasons.iter().all(|reason| reason.by.is_finite()));
        prop_assert_eq!(format!("{urgency:?}"), format!("{:?}", fit()));
    }

    #[test]
    fn the_same_id_twice_and_vectors_of_any_numbers_are_survived(
        tasks in prop::collection::vec((0..4_u8, text(), text(), prop::collection::vec(number(), 0..4)), 0..20),
        pairs in prop::collection::vec((0..6_u8, 0..6_u8), 0..8),
        (title, body) in (text(), text()),
    ) {
        let build = || {
            let mut index = similar::Index::default();
            for (id, title, body, vector) in &tasks {
                let vector: Vec<f32> = vector.iter().map(|value| *value as f32).collect();
                index.add(&id.to_string(), &similar::Text { title, body, extra: &[body], vector: Some(&vector) });
            }
            for (one, other) in &pairs {
                index.confirm(&one.to_string(), &other.to_string());
                index.alone(&other.to_string());
            }
            index
        };
        let vector = [f32::MAX, f32::NAN, -f32::MAX];
        let asked = similar::Text { title: &title, body: &body, extra: &[], vector: Some(&vector) };
        let found = build().best(&asked, 20);
        for one in &found {
            prop_assert!(one.score.is_finite() && (0.0..=1.0).contains(&one.probability), "{one:?}");
        }
        let mut ids: Vec<&str> = found.iter().flat_map(|one| std::iter::once(&one.id).chain(&one.also)).map(String::as_str).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), all, "a task is named once: {:?}", found);
        prop_assert_eq!(found, build().best(&asked, 20));
    }

    #[test]
    fn people_and_moods_are_probabilities(
        tasks in prop::collection::vec((0..2_u8, text(), text()), 0..25),
        (title, body) in (text(), text()),
        one in any::<bool>(),
    ) {
        let mut history = assignee::History::default();
        for (id, title, body) in &tasks {
            let person = if one { "ann" } else { body.as_str() };
            let id = id.to_string();
            let labels = [title.as_str(), title];
            let task = assignee::Task { id: &id, title, body, kind: title, components: &labels, labels: &labels };
            history.learn(&task, person);
        }
        let ranked = history.rank(&assignee::Task { title: &title, body: &body, ..Default::default() }, usize::MAX);
        prop_assert!(ranked.is_empty() || sums_to_1(ranked.iter().map(|of| of.probability)), "{ranked:?}");

        let said: Vec<sentiment::Said<'_>> = tasks.iter().map(|(_, title, body)| sentiment::Said {
            text: title,
            label: if one { "neutral" } else { body },
        }).collect();
        let mood = sentiment::Sentiment::fit(&said, &[], 1).mood(&body);
        prop_assert!(sums_to_1(mood.probabilities), "{mood:?}");
        prop_assert!(mood.reasons.iter().all(|reason| reason.by.is_finite()));
        prop_assert_eq!(&mood, &sentiment::Sentiment::fit(&said, &[], 1).mood(&body));
    }

    #[test]
    fn sprints_of_any_numbers_have_a_forecast(
        sprints in prop::collection::vec((number(), number(), number(), text()), 0..60),
        (tasks, points, days) in (number(), number(), number()),
        same in prop::option::of(number()),
    ) {
        let load = |tasks: f64, points: f64| velocity::Load { tasks, points };
        let sprint = |tasks: f64, points: f64, days: f64, team: &str| velocity::Sprint {
            team: team.to_owned(),
            days,
            committed: load(tasks, points),
            added: load(points, days),
            removed: load(days, tasks),
            people: tasks,
            ..Default::default()
        };
        let mut history = velocity::History::default();
        for (tasks, points, difference, team) in &sprints {
            history.add(sprint(*tasks, *points, *difference, &team[..0]), same.unwrap_or(*difference));
        }
        let fitted = history.fit(1);
        let forecast = history.forecast(&fitted, &sprint(tasks, points, days, ""));
        prop_assert!(forecast.low.is_finite() && forecast.high.is_finite(), "{forecast:?}");
        prop_assert!(forecast.low <= forecast.difference && forecast.difference <= forecast.high, "{forecast:?}");
        prop_assert_eq!(fitted, history.fit(1));
    }

    #[test]
    fn intervals_are_ordered_whatever_the_errors(
        errors in prop::collection::vec(number(), 0..80),
        coverage in number(),
    ) {
        let mut conformal = Conformal::new(coverage);
        errors.iter().for_each(|error| conformal.learn(*error));
        prop_assert!((0.0..=1.0).contains(&conformal.coverage()));
        prop_assert!(conformal.measured().is_none_or(|share| (0.0..=1.0).contains(&share)));
        if let Some((low, high)) = conformal.bounds() {
            prop_assert!(low.is_finite() && high.is_finite() && low <= high);
        }
    }

    #[test]
    fn calibration_and_measures_stay_in_their_range(
        rows in prop::collection::vec((number(), any::<bool>(), 0..4_usize), 0..50),
        at in number(),
    ) {
        let stated: Vec<f64> = rows.iter().map(|(stated, ..)| *stated).collect();
        let truths: Vec<bool> = rows.iter().map(|(_, truth, _)| *truth).collect();
        let worth = calibration::Isotonic::fit(&stated, &truths).at(at);
        prop_assert!((0.0..=1.0).contains(&worth) || stated.iter().all(|one| !one.is_finite()));
        let scores: Vec<Vec<f64>> = stated.iter().map(|one| vec![*one, 1.0, at]).collect();
        let places: Vec<usize> = rows.iter().map(|(.., place)| *place).collect();
        prop_assert!(sums_to_1(calibration::Temperature::fit(&scores, &places).probabilities(&[at, 1.0])));
        let diagram = calibration::Reliability::of(&stated, &truths);
        prop_assert!(diagram.bars.iter().all(|bar| (0.0..=1.0).contains(&bar.stated) && (0.0..=1.0).contains(&bar.came_true)), "{diagram:?}");
        prop_assert!(diagram.error.is_none_or(|error| (0.0..=1.0).contains(&error)), "{diagram:?}");
        for share in [0.0, 0.1, 0.5, 0.9, 1.0] {
            prop_assert!(metrics::quantile(&stated, share).is_none_or(f64::is_finite));
        }
    }

    #[test]
    fn weights_sum_to_1_after_any_answers(
        rubric in prop::collection::vec(number(), 1..6),
        answers in prop::collection::vec((prop::collection::vec(number(), 0..6), prop::collection::vec(number(), 0..6)), 0..20),
    ) {
        let believe = || {
            let mut preference = Preference::around(&rubric, 5);
            for (first, second) in &answers {
                preference.answer(first, second, Trust::Asked);
            }
            preference
        };
        let mut preference = believe();
        let weights = preference.weights();
        prop_assert!(sums_to_1(weights.iter().map(|weight| weight.mean)), "{weights:?}");
        prop_assert!(weights.iter().all(|weight| weight.low <= weight.high), "{weights:?}");
        prop_assert_eq!(&weights, &believe().weights());
        let tasks: Vec<Vec<f64>> = answers.iter().map(|(first, _)| first.clone()).collect();
        if let Some((a, b)) = preference.question(&tasks, &[]) {
            prop_assert!(a < tasks.len() && b < tasks.len() && a != b);
        }
    }

    #[test]
    fn any_text_is_inspected(texts in prop::collection::vec(text(), 0..6)) {
        let all = texts.concat();
        let found = injection::inspect(&all);
        prop_assert!((0.0..=1.0).contains(&found.score), "{found:?}");
        prop_assert_eq!(found, injection::inspect(&all));
    }
}

#[test]
fn ten_megabytes_of_any_description_are_learned_in_a_moment() {
    let pieces =
        ["<div>\u{202e}x", "<", "\0", "你好", "👩‍👩‍👧", "a b ", "AAAA", "{code", "e\u{301}", "https://x/ "];
    for piece in pieces {
        let description = piece.repeat(10_000_000 / piece.len());
        let rows: Vec<Row> =
            (0..12).map(|nth| (nth, "a".to_owned(), String::new(), f64::from(nth), 1.0)).collect();
        let mut model = learned(&rows, Settings::default());
        let task = Question { title: &description, description: &description, ..Question::default() };
        model.observe(&Finished { id: "long", task, effort: 3.0 }).unwrap();
        assert_eq!(unsound(&model.estimate(&task).unwrap()), None, "{piece:?}");
        let mood = sentiment::Sentiment::default().mood(&description);
        assert!(sums_to_1(mood.probabilities), "{piece:?}");
        assert!((0.0..=1.0).contains(&injection::inspect(&description).score), "{piece:?}");
    }
}
