//! What blockers inherit (the signal `dependency_criticality`), and what cycles do.

use crate::backlog::{With, project, task};
use crate::verdict::{of, rubric, verdicts};
use domain::{Judgement, Reason, Task};

/// A task's own strength is its value; the other half of the score is what it inherits.
fn judged(tasks: Vec<Task>) -> Vec<Judgement> {
    let halves = rubric(
        "[[criterion]]\nname = 'worth'\nweight = 1\nsignals = { business_value = 1.0 }\n\
         [[criterion]]\nname = 'blocks'\nweight = 1\nsignals = { dependency_criticality = 1.0 }",
    );
    verdicts(&project(tasks), &halves)
}

/// What a task inherits, in percent: its second half is worth 50 points.
fn inherits(judgements: &[Judgement], task: &str) -> f64 {
    let points = of(judgements, task).contributions[1].points;
    (points.to_f64() * 2.0).round()
}

fn waiting(gid: &str, on: &str) -> Task {
    task(gid).value(6.0).waits_for(&[on])
}

#[test]
fn a_blocker_inherits_half_of_what_it_blocks_and_more_of_more() {
    let one = judged(vec![task("1"), waiting("2", "1")]);
    assert_eq!(inherits(&one, "1"), 30.0);
    assert_eq!(inherits(&one, "2"), 0.0);
    let three = judged(vec![task("1"), waiting("2", "1"), waiting("3", "1"), waiting("4", "1")]);
    assert_eq!(inherits(&three, "1"), 66.0);
}

#[test]
fn strength_passes_through_a_chain_and_fades() {
    let mut tasks = vec![task("1"), task("2").waits_for(&["1"]), task("3").waits_for(&["2"])];
    tasks.push(task("4").value(10.0).waits_for(&["3"]));
    let chain = judged(tasks);
    assert_eq!(["3", "2", "1"].map(|t| inherits(&chain, t)), [50.0, 25.0, 13.0]);
    let Reason::Blocks { count, names } = &of(&chain, "1").contributions[1].readings[0].reason else {
        panic!("{:?}", of(&chain, "1"))
    };
    assert_eq!(*count, 3);
    assert_eq!(names, &["Task 2", "Task 3", "Task 4"]);
}

#[test]
fn the_link_counts_from_either_side_and_once() {
    let mut blocker = task("1");
    blocker.dependents.push(domain::TaskGid::new("2"));
    let from_blocker = judged(vec![blocker.clone(), task("2").value(6.0)]);
    assert_eq!(inherits(&from_blocker, "1"), 30.0);
    assert_eq!(of(&from_blocker, "2").waits_for[0].as_str(), "1");
    let from_both = judged(vec![blocker, waiting("2", "1")]);
    assert_eq!(inherits(&from_both, "1"), 30.0);
    assert_eq!(of(&from_both, "2").waits_for.len(), 1);
}

#[test]
fn finished_tasks_neither_wait_nor_block() {
    let mut done = task("2").value(10.0).waits_for(&["1"]);
    done.completed = true;
    let judgements = judged(vec![task("1").value(1.0), done, task("3").value(1.0).waits_for(&["2"])]);
    assert_eq!(judgements.len(), 2);
    assert_eq!(inherits(&judgements, "1"), 0.0);
}

#[test]
fn a_task_outside_the_project_is_waited_for_but_gives_nothing() {
    let judgements = judged(vec![task("1").value(5.0).waits_for(&["999"])]);
    assert_eq!(judgements[0].waits_for[0].as_str(), "999");
    assert_eq!(judgements[0].score.to_f64(), 50.0);
}

#[test]
fn a_cycle_is_reported_and_inherits_nothing_within_itself() {
    let cycle = vec![waiting("1", "3"), waiting("2", "1"), waiting("3", "2"), task("4"), waiting("5", "5")];
    let judgements = judged(cycle);
    for gid in ["1", "2", "3"] {
        let members: Vec<&str> = of(&judgements, gid).cycle.iter().map(|t| t.as_str()).collect();
        assert_eq!(members, ["1", "2", "3"]);
        assert_eq!(inherits(&judgements, gid), 0.0);
    }
    assert!(of(&judgements, "4").cycle.is_empty());
    // Waiting for oneself is a cycle of one.
    assert_eq!(of(&judgements, "5").cycle.len(), 1);
}

#[test]
fn what_blocks_a_cycle_inherits_from_it() {
    let tasks = vec![task("1"), waiting("2", "3").waits_for(&["1"]), waiting("3", "2")];
    assert_eq!(inherits(&judged(tasks), "1"), 30.0);
}

#[test]
fn many_trifles_never_weigh_as_much_as_certainty() {
    let mut tasks = vec![task("1")];
    tasks.extend((2..200).map(|n| task(&n.to_string()).value(1.0).waits_for(&["1"])));
    let judgements = judged(tasks);
    assert!(of(&judgements, "1").contributions[1].readings[0].value <= 1.0);
    assert!(of(&judgements, "1").score.to_f64() <= 50.0);
}
