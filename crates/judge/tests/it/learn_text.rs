//! Learning from text under any history: nothing panics, nothing is lost, probabilities add to 1, the same in gives the same
//! out.

use judge::learn::classify::{Classifier, Document, Example};
use judge::learn::priority::{Order, Ranked, Settings, momentum};
use judge::learn::sentiment::{Said, Sentiment};
use judge::learn::triage::{Labelled, Request, Triage, recipe};
use judge::learn::{calibration, escalation, form, severity};
use proptest::prelude::*;

/// Texts as people and robots leave them: empty, HTML, other scripts, logs, numbers that are none.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("NaN inf -1e999 0x7fffffff".to_owned()),
        Just("<p>Hallo <b>Welt</b>, é ñ 你好 مرحبا 👍🏽</p><!-- {code} ``` <pre".to_owned()),
        Just("not not not NOT ASAP!!! :( by tomorrow".to_owned()),
        "\\PC{0,60}",
        "[a-e ]{0,40}",
    ]
}

fn fit<'a>(history: &'a [(String, String, usize)], labels: &'a [&'a str]) -> Classifier {
    let examples: Vec<Example<'_>> = history
        .iter()
        .map(|(title, body, label)| Example {
            document: Document { title, body, facts: &[] },
            label: labels[label % labels.len()],
            weight: if *label == 7 { f64::NAN } else { 1.0 },
            own: *label != 6,
        })
        .collect();
    Classifier::fit(&examples, &recipe(examples.len()), 3)
}

fn is_sound(probabilities: impl Iterator<Item = f64> + Clone) -> bool {
    let sum: f64 = probabilities.clone().sum();
    probabilities.clone().all(|one| (0.0..=1.0 + 1e-9).contains(&one)) && (sum - 1.0).abs() < 1e-9
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_history_gives_probabilities(
        history in prop::collection::vec((texts(), texts(), 0..8_usize), 0..30),
        (title, body) in (texts(), texts()),
        classes in 1..4_usize,
    ) {
        let labels = &["a", "b", ""][..classes];
        let model = fit(&history, labels);
        let document = Document { title: &title, body: &body, facts: &[] };
        let guess = model.guess(&document);
        prop_assert_eq!(guess.ranking.is_empty(), history.is_empty());
        prop_assert!(history.is_empty() || is_sound(guess.ranking.iter().map(|(_, chance)| *chance)));
        prop_assert!(guess.reasons.iter().all(|reason| reason.by.is_finite()));
        prop_assert_eq!(&fit(&history, labels).guess(&document), &guess);
        let kept: Classifier = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
        let again = kept.guess(&document);
        prop_assert_eq!(again.best().map(|best| best.0), guess.best().map(|best| best.0));
        if let Ok(threshold) = model.threshold(0.8) {
            prop_assert!(threshold.precision >= 0.8 && threshold.coverage <= 1.0);
        }
    }

    #[test]
    fn any_history_gives_an_order(
        history in prop::collection::vec((texts(), any::<usize>()), 0..30),
        title in texts(),
    ) {
        let ranked: Vec<Ranked<'_>> = history
            .iter()
            .map(|(text, rank)| Ranked {
                document: Document { title: text, ..Document::default() },
                rank: if rank % 5 == 0 { *rank } else { rank % 5 },
            })
            .collect();
        let urgency = Order::fit(&ranked, &Settings::default(), 1)
            .urgency(&Document { title: &title, ..Document::default() });
        prop_assert!(urgency.score.is_finite());
        prop_assert!(history.is_empty() || is_sound(urgency.ranks.iter().copied()));
        prop_assert!(momentum(&ranked.iter().map(|one| one.rank).collect::<Vec<_>>()).is_finite());
    }

    #[test]
    fn any_text_has_a_mood_and_quotes(own in prop::collection::vec(texts(), 0..20), text in texts()) {
        let said: Vec<Said<'_>> = own
            .iter()
            .enumerate()
            .map(|(at, text)| Said { text, label: ["negative", "neutral", "positive"][at % 3] })
            .collect();
        let half = said.len() / 2;
        for model in [Sentiment::default(), Sentiment::fit(&said[..half], &said[half..], 1)] {
            prop_assert!(is_sound(model.mood(&text).probabilities.into_iter()));
        }
        for cue in escalation::cues(&text) {
            prop_assert!(text.contains(&cue.quote));
        }
        prop_assert!(severity::sounds(&text, &text).is_finite());
    }

    #[test]
    fn a_form_loses_no_text(
        answers in prop::collection::vec(("[A-Za-z ?]{1,20}", texts()), 0..5),
        loose in texts(),
        submitted in any::<bool>(),
    ) {
        let asked = answers.iter().map(|(question, answer)| format!("{question}:\n{answer}\n\n"));
        let mut notes = format!("{loose}\n\n{}", asked.collect::<String>());
        if submitted {
            notes += "———————————————\nThis task was submitted through X\nhttps://form.asana.com/?k=1";
        }
        let read = form::read(&notes);
        prop_assert_eq!(read.form.is_some(), submitted);
        let letters = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
        let said = format!("{loose}{}", answers.iter().map(|(q, a)| format!("{q}{a}")).collect::<String>());
        prop_assert_eq!(letters(&read.text()), letters(&said));
    }

    #[test]
    fn calibration_stays_between_0_and_1(rows in prop::collection::vec((any::<f64>(), any::<bool>()), 0..50), at in any::<f64>()) {
        let (stated, truths): (Vec<f64>, Vec<bool>) = rows.into_iter().unzip();
        let fitted = calibration::Isotonic::fit(&stated, &truths);
        prop_assert!(fitted == calibration::Isotonic::default() || (0.0..=1.0).contains(&fitted.at(at)));
        let scores: Vec<Vec<f64>> = stated.iter().map(|one| vec![*one, 0.0]).collect();
        let places: Vec<usize> = truths.iter().map(|truth| usize::from(*truth)).collect();
        let stated = calibration::Temperature::fit(&scores, &places).probabilities(&[at, 1.0]);
        prop_assert!(is_sound(stated.into_iter()));
    }
}

#[test]
fn ten_megabytes_of_description_are_read_in_a_moment() {
    let body = "lorem <b>ipsum</b> ```x``` https://a.example/b\n1. step:\n".repeat(180_000);
    let request = Request { title: "Huge", notes: &body, facts: &[] };
    let history = vec![Labelled { request, labels: [Some("Bug"), None, Some("Large"), None] }; 30];
    let triaged = Triage::fit(&history, Default::default(), 1).judge(&request, 0.9);
    assert_eq!(triaged.findings[0].ranking, [("Bug".to_owned(), 1.0)]);
    assert!(triaged.findings[1].ranking.is_empty());
}

#[test]
fn the_stated_confidence_is_that_of_rows_held_out() {
    // A third of the labels is chance, so nobody can be surer than seven in nine.
    let words = ["crash", "dark", "how"];
    let mut random = fastrand::Rng::with_seed(5);
    let history: Vec<(String, String, usize)> = (0..300)
        .map(|at| {
            let label = if random.f64() < 1.0 / 3.0 { random.usize(0..3) } else { at % 3 };
            (format!("{} number {}", words[at % 3], random.usize(0..17)), String::new(), label)
        })
        .collect();
    let model = fit(&history, &["a", "b", "c"]);
    let (stated, right): (Vec<f64>, Vec<bool>) =
        model.held_out().iter().map(|row| (row.probability, row.right)).unzip();
    let diagram = calibration::Reliability::of(&stated, &right);
    assert!(diagram.error.unwrap() < 0.08, "{diagram:?}");
    assert!(model.threshold(0.99).is_err());
}
