//! The sentences in Asana: never longer than it takes, and every number in them is one of the judgement's.

use crate::backlog::{With, goal, project, task};
use crate::plan::judged;
use decide::{rationale, recommendation};
use domain::{ASANA_TEXT_LIMIT, GoalStatus, Snapshot};

/// A task that everything can be said of.
fn eventful() -> Snapshot {
    let mut tasks = vec![task("1").value(8.0).effort(3.0).due(9).starts(-2).created(80).comment("7", 3)];
    tasks.push(task("2").value(9.0).due(2).waits_for(&["1"]));
    tasks.push(task("3").waits_for(&["1", "2"]));
    let mut snapshot = project(tasks);
    snapshot.goals = vec![goal("70", GoalStatus::Yellow, &["1"])];
    snapshot
}

#[test]
fn the_rationale_of_an_eventful_and_of_a_bare_task() {
    let texts: Vec<String> = judged(&eventful())
        .iter()
        .map(|j| format!("{}\n{}\n{}", j.name, recommendation(j), rationale(j)))
        .collect();
    insta::assert_snapshot!("sentences", texts.join("\n\n"));
}

#[test]
fn any_name_fits() {
    let mut snapshot = eventful();
    for (task, name) in
        snapshot.tasks.iter_mut().zip(["👩‍👩‍👧‍👦".repeat(400), "מטלה ".repeat(300), "x".repeat(5_000)])
    {
        task.name = name;
    }
    snapshot.goals[0].name = "目標".repeat(900);
    snapshot.fields[0].name = "Value ".repeat(300);
    for judgement in judged(&snapshot) {
        for text in [rationale(&judgement), recommendation(&judgement)] {
            assert!(text.encode_utf16().count() <= ASANA_TEXT_LIMIT, "{text}");
        }
    }
}

#[test]
fn a_cycle_and_what_is_waited_for_are_said() {
    let snapshot = project(vec![task("1").value(5.0).waits_for(&["2", "99"]), task("2").waits_for(&["1"])]);
    let judgements = judged(&snapshot);
    let text = rationale(judgements.iter().find(|j| j.task.as_str() == "1").unwrap());
    assert!(text.contains("Waits for 2 open tasks."), "{text}");
    assert!(text.contains("Part of a dependency cycle of 2 tasks"), "{text}");
    assert!(text.contains("Not known: effort, existing priority."), "{text}");
}
