//! What a language model's rating may move, and what it may not.

use crate::backlog::{With as _, project, task};
use crate::verdict::{of, verdicts};
use domain::{Dimension, Findings, Rating, Ratings, Snapshot, TaskGid};
use proptest::prelude::*;

fn ratings(scores: &[(Dimension, Vec<u8>)]) -> Ratings {
    let rated = scores
        .iter()
        .map(|(dimension, scores)| Rating {
            dimension: *dimension,
            scores: scores.clone(),
            quote: "customers leave".into(),
            source: "description".into(),
        })
        .collect();
    let (models, dropped) = (vec!["small".into()], Default::default());
    Ratings { models, prompt: "p".into(), rubric: "default-3".into(), rated, dropped }
}

fn rated(mut snapshot: Snapshot, task: &str, found: Ratings, cap: f64) -> Snapshot {
    let findings = Findings { effort: None, ratings: Some(found) };
    snapshot.evidence.tasks.insert(TaskGid::new(task), findings);
    snapshot.evidence.ai_cap = Some(cap);
    snapshot
}

/// Five tasks, the first blocked by the second, with dates, values and comments.
fn backlog() -> Snapshot {
    let made =
        |at: usize| task(&at.to_string()).value(at as f64 * 2.0).comment("8", at as i64).due(5 * at as i64);
    let mut tasks: Vec<_> = (1..6).map(made).collect();
    tasks[0] = tasks[0].clone().waits_for(&["2"]);
    project(tasks)
}

#[test]
fn a_criterion_is_drawn_towards_the_rating_by_the_cap() {
    let rubric = judge::preset("default").unwrap();
    let before = verdicts(&backlog(), &rubric);
    let found = ratings(&[(Dimension::TimeCriticality, vec![5])]);
    let after = verdicts(&rated(backlog(), "3", found, 0.25), &rubric);
    let urgency = |judged: &[domain::Judgement]| {
        of(judged, "3").contributions.iter().find(|c| c.criterion == "urgency").unwrap().clone()
    };
    let (before, after) = (urgency(&before), urgency(&after));
    let (rules, most) = (before.points.to_f64(), before.most.to_f64());
    assert!((after.points.to_f64() - (rules + 0.25 * (most - rules))).abs() <= 0.1);
    let ai = after.ai.unwrap();
    assert_eq!(ai.points, after.points - before.points);
    assert_eq!(ai.reason.to_string(), "AI rates time criticality 5 of 5: “customers leave” (description)");
    // A low rating takes away, silence does nothing.
    let low = ratings(&[(Dimension::TimeCriticality, vec![1]), (Dimension::UserBusinessValue, vec![0])]);
    let low = verdicts(&rated(backlog(), "3", low, 0.25), &rubric);
    assert!(urgency(&low).points < before.points);
    let value = of(&low, "3").contributions.iter().find(|c| c.criterion == "return_on_effort").unwrap();
    assert_eq!(value.ai, None);
}

#[test]
fn answers_far_apart_and_a_contradiction_of_the_rules_lower_the_confidence() {
    let rubric = judge::preset("default").unwrap();
    let percent = |scores: Vec<u8>| {
        let found = ratings(&[(Dimension::TimeCriticality, scores)]);
        of(&verdicts(&rated(backlog(), "3", found, 0.25), &rubric), "3").confidence.percent
    };
    let without = of(&verdicts(&backlog(), &rubric), "3").confidence.percent;
    assert!(percent(vec![3, 3, 3]) <= without);
    assert!(percent(vec![2, 3, 4]) < percent(vec![3, 3, 3]), "a spread of two of five");
}

fn any_ratings() -> impl Strategy<Value = Ratings> {
    let one = (0usize..5, proptest::collection::vec(any::<u8>(), 0..4));
    proptest::collection::vec(one, 0..6).prop_map(|of| {
        let of: Vec<_> = of.into_iter().map(|(at, scores)| (Dimension::ALL[at], scores)).collect();
        ratings(&of)
    })
}

proptest! {
    /// Whatever a model says of one task, its score moves by at most the cap of each criterion, every score stays the sum of
    /// its parts, and no other task moves, not even one that blocks it.
    #[test]
    fn no_rating_moves_more_than_the_cap_or_another_task(found in any_ratings(), cap in prop_oneof![0.0f64..1.0, Just(f64::NAN), Just(9.0)]) {
        let rubric = judge::preset("default").unwrap();
        let before = verdicts(&backlog(), &rubric);
        let after = verdicts(&rated(backlog(), "1", found, cap), &rubric);
        for other in ["2", "3", "4", "5"] {
            prop_assert_eq!(of(&before, other).score, of(&after, other).score);
        }
        let allowed = if cap.is_finite() { cap.clamp(0.0, 1.0) } else { 0.0 };
        let (one, two) = (of(&before, "1"), of(&after, "1"));
        for (rules, with) in one.contributions.iter().zip(&two.contributions) {
            // Both are rounded to the tenth.
            prop_assert!(rules.points.distance(with.points).to_f64() <= allowed * rules.most.to_f64() + 0.1001);
            prop_assert!(with.points.to_f64() >= 0.0 && with.points <= with.most);
        }
        prop_assert_eq!(two.score, two.contributions.iter().map(|c| c.points).sum());
    }
}
