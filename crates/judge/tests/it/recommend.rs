//! Sprint, action and confidence: what the score is turned into.

use crate::backlog::{With, project, task};
use crate::verdict::{judged, of, only, verdicts};
use domain::{Band, Judgement, RecommendedAction as Action, Sprint, Task};

/// By business value alone: 10 is P0, 6 is P1, 3 is P2, 1 is P3; three tasks fit the next sprint.
fn by_value(tasks: Vec<Task>) -> Vec<Judgement> {
    verdicts(&project(tasks), &only("business_value"))
}

fn advice(judgements: &[Judgement], task: &str) -> (Band, Sprint, Action) {
    let found = of(judgements, task);
    (found.band, found.sprint, found.action)
}

#[test]
fn the_next_sprint_takes_the_first_unblocked_ones_up_to_its_size() {
    let tasks = vec![
        task("1").value(10.0),
        task("2").value(9.5).waits_for(&["5"]),
        task("3").value(9.0),
        task("4").value(6.0),
        task("5").value(5.5),
        task("6").value(3.0),
        task("7").value(1.0),
    ];
    let judgements = by_value(tasks);
    assert_eq!(advice(&judgements, "1"), (Band::P0, Sprint::Next, Action::Schedule));
    assert_eq!(advice(&judgements, "2"), (Band::P0, Sprint::Future, Action::Unblock));
    assert_eq!(advice(&judgements, "3"), (Band::P0, Sprint::Next, Action::Schedule));
    assert_eq!(advice(&judgements, "4"), (Band::P1, Sprint::Next, Action::Schedule));
    assert_eq!(advice(&judgements, "5"), (Band::P1, Sprint::Future, Action::Plan));
    assert_eq!(advice(&judgements, "6"), (Band::P2, Sprint::Future, Action::Plan));
    assert_eq!(advice(&judgements, "7"), (Band::P3, Sprint::Backlog, Action::Keep));
}

#[test]
fn only_old_silent_unwanted_tasks_are_candidates_for_closing() {
    let stale = |gid: &str| task(gid).value(1.0).created(400);
    let mut blocking = stale("5");
    blocking.dependents.push(domain::TaskGid::new("999"));
    let tasks = vec![
        task("0").value(10.0),
        stale("1"),
        stale("2").comment("7", 10),
        stale("3").due(300),
        task("4").value(1.0).created(300),
        blocking,
        stale("6").comment("7", 200),
    ];
    let judgements = by_value(tasks);
    for (gid, action) in [
        ("1", Action::ConsiderClosing),
        ("2", Action::Keep),
        ("3", Action::Keep),
        ("4", Action::Keep),
        ("5", Action::Keep),
        ("6", Action::ConsiderClosing),
    ] {
        assert_eq!(of(&judgements, gid).action, action, "{gid}");
    }
}

#[test]
fn what_is_not_known_lowers_confidence_and_is_named() {
    let full = task("1").value(8.0).effort(2.0).priority("P1").due(5);
    let bare = task("2").due(5);
    let mut undescribed = task("3").value(8.0).effort(2.0).priority("P1").due(5);
    undescribed.notes = " \n".into();
    let judgements = judged(vec![full, bare, undescribed]);
    let percent = |gid| of(&judgements, gid).confidence.percent;
    assert!(percent("1") > percent("3") && percent("3") > percent("2"));
    let missing: Vec<&str> = of(&judgements, "2").missing.iter().map(|m| m.input.as_str()).collect();
    assert_eq!(missing, ["business_value", "existing_priority", "effort"]);
    assert!(of(&judgements, "1").missing.is_empty());
    assert!(judgements.iter().all(|j| !j.confidence.calibrated));
}

#[test]
fn an_important_task_of_which_little_is_known_is_to_be_clarified() {
    let mut vague = task("1").due(-30);
    vague.notes = String::new();
    let judgements = judged(vec![vague, task("2").value(8.0).effort(2.0).priority("P3").due(60)]);
    let found = of(&judgements, "1");
    assert_eq!((found.band, found.action, found.confidence.percent), (Band::P1, Action::Clarify, 60));
}

#[test]
fn a_person_who_disagrees_lowers_confidence() {
    let agreeing = judged(vec![task("1").value(1.0).effort(30.0).priority("P3")]);
    let disagreeing = judged(vec![task("1").value(1.0).effort(30.0).priority("P0")]);
    assert!(agreeing[0].confidence.percent > disagreeing[0].confidence.percent);
}
