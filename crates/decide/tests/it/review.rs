//! The weekly review: its words, and that its plan is one comment a week on the one host task.

use crate::backlog::now;
use crate::groom::three;
use crate::plan::rules;
use decide::{
    Answers, Disagreement, Policy, ReviewFacts, ReviewTask, check, is_summary, plan_review, review_text,
};
use domain::{Action, Band, TaskGid};
use jiff::civil::date;

fn task(name: &str, what: &str) -> ReviewTask {
    ReviewTask { task: TaskGid::new("1"), name: name.into(), what: what.into() }
}

fn facts() -> ReviewFacts {
    ReviewFacts {
        from: date(2026, 6, 8),
        to: date(2026, 6, 14),
        runs: vec![("groom".into(), 5), ("recalculate".into(), 31)],
        writes: vec![("tasks with AI fields".into(), 44), ("priorities".into(), 7)],
        moved: (1..=7).map(|n| task(&format!("Task {n}"), "P2 → P0")).collect(),
        overrides: vec![task("Pay by card", "Ada set Suggested Priority from P1 to P3")],
        rejections: vec![],
        expired: 2,
        waiting: 9,
        disagreements: vec![Disagreement {
            task: TaskGid::new("2"),
            name: "Search is slow".into(),
            ours: Band::P0,
            theirs: Band::P3,
            distance: 3,
            because: Some("due in 2 days".into()),
        }],
        answers: Answers { yes: 6, no: 2 },
        answers_before: Answers::default(),
        overrides_before: 2.5,
        golden: Some((0.714, true)),
        model_questions: 12,
        model_cost: 0.0301,
        model_without_cost: 1,
    }
}

#[test]
fn a_week_in_words() {
    insta::assert_snapshot!("a_week", review_text(&facts()));
    let quiet = ReviewFacts { from: date(2026, 6, 8), to: date(2026, 6, 14), ..ReviewFacts::default() };
    insta::assert_snapshot!("a_quiet_week", review_text(&quiet));
}

#[test]
fn the_week_is_that_of_the_last_day() {
    let week = |to| ReviewFacts { to, ..facts() }.week();
    assert_eq!(week(date(2026, 6, 14)), "2026-W24");
    assert_eq!(week(date(2026, 6, 15)), "2026-W25");
    assert_eq!(week(date(2027, 1, 3)), "2026-W53");
}

#[test]
fn a_review_is_one_comment_that_is_no_summary() {
    let mut snapshot = three();
    let plan = plan_review(&snapshot, &Policy::default(), &facts(), &rules(), now());
    assert_eq!(check(&plan, &snapshot, &Policy::default()), []);
    assert!(matches!(plan.actions[0].action, Action::EnsureTask { .. }));
    snapshot.anchors.host_task = Some(TaskGid::new("3"));
    let plan = plan_review(&snapshot, &Policy::default(), &facts(), &rules(), now());
    let [planned] = &plan.actions[..] else { panic!("{plan:?}") };
    let Action::PutComment { marker, text, .. } = &planned.action else { panic!("{planned:?}") };
    assert!(text.starts_with(marker.as_str()) && marker == "Upnext · review of week 2026-W24");
    assert!(!is_summary(&planned.action));
}
