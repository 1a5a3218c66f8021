//! A counterfactual is true: make the change, judge again, and there is the promised score and band.

use crate::backlog::{With, goal, now, project, task};
use crate::score::backlogs;
use crate::verdict::{of, only, verdicts};
use domain::{Change, Counterfactual, FieldDef, GoalStatus, Judgement, Snapshot, Support, Task};
use judge::{Memory, judge, preset};
use proptest::prelude::*;

/// The snapshot in which somebody has made the change.
fn changed(snapshot: &Snapshot, task: usize, change: &Change) -> Snapshot {
    let mut changed = snapshot.clone();
    let field = |name: &str| -> FieldDef { snapshot.fields.iter().find(|f| f.name == name).unwrap().clone() };
    let subject: &mut Task = &mut changed.tasks[task];
    match change {
        Change::DueDate { to, .. } => subject.due_on = Some(*to),
        Change::Number { field: name, to, .. } => {
            *subject = subject.clone().number(field(name).gid.as_str(), *to);
        }
        Change::Option { field: name, to, .. } => {
            let field = field(name);
            let option = field.option_named(to).unwrap();
            *subject = subject.clone().option(field.gid.as_str(), option.gid.as_str(), to);
        }
        Change::LinkGoal { goal } => {
            let support = Support::Task { gid: subject.gid.clone(), weight: 1.0 };
            changed.goals.iter_mut().find(|g| g.name == *goal).unwrap().supports.push(support);
        }
    }
    changed
}

fn holds(snapshot: &Snapshot, judgement: &Judgement, promised: &Counterfactual) -> Result<(), TestCaseError> {
    let rubric = preset("default").unwrap();
    let memory = Memory::from([(judgement.task.clone(), (judgement.score, judgement.band))]);
    let at = snapshot.tasks.iter().position(|t| t.gid == judgement.task).unwrap();
    let after = judge(&changed(snapshot, at, &promised.change), &rubric, now(), &memory);
    let after = of(&after, judgement.task.as_str());
    prop_assert_eq!(after.score, promised.score, "{}", promised);
    prop_assert_eq!(after.band, promised.to, "{}", promised);
    prop_assert_eq!(promised.score, judgement.score + promised.adds);
    prop_assert_eq!(promised.from, judgement.band);
    prop_assert_ne!(promised.to, promised.from);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_promise_holds(mut snapshot in backlogs()) {
        // Links would let a change reach other tasks and come back; what is promised is for the task alone.
        for task in &mut snapshot.tasks {
            task.dependencies.clear();
        }
        // A value at the top keeps the scale where it is.
        snapshot.tasks.push(task("99").value(10.0));
        for judgement in verdicts(&snapshot, &preset("default").unwrap()) {
            prop_assert!(judgement.counterfactuals.len() <= 3);
            for promised in &judgement.counterfactuals {
                holds(&snapshot, &judgement, promised)?;
            }
        }
    }
}

#[test]
fn the_smallest_step_is_the_one_told() {
    let snapshot = project(vec![task("1").value(6.0), task("2").value(10.0)]);
    let judgements = verdicts(&snapshot, &only("business_value"));
    let told: Vec<String> = of(&judgements, "1").counterfactuals.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "Business Value of 8 instead of 6 adds 20.0: P1 → P0",
            "Business Value of 4 instead of 6 takes 20.0: P1 → P2"
        ]
    );
}

#[test]
fn a_missing_value_date_or_link_is_proposed_too() {
    let told = |snapshot: &Snapshot, signal: &str| {
        of(&verdicts(snapshot, &only(signal)), "1").counterfactuals.first().map(ToString::to_string)
    };
    let values = project(vec![task("1"), task("2").value(10.0)]);
    assert_eq!(told(&values, "business_value").unwrap(), "Business Value of 3 adds 30.0: P3 → P2");
    let dates = project(vec![task("1"), task("2").due(0)]);
    assert_eq!(told(&dates, "due_slack").unwrap(), "a due date of 2026-06-27 adds 27.6: P3 → P2");
    let mut goals = project(vec![task("1"), task("2")]);
    goals.goals = vec![goal("70", GoalStatus::Green, &["2"])];
    assert_eq!(told(&goals, "goal_links").unwrap(), "a link to the goal “Goal 70” adds 80.0: P3 → P0");
    let priorities = project(vec![task("1"), task("2").priority("P2")]);
    let told = told(&priorities, "existing_priority").unwrap();
    assert!(told.starts_with("Priority “"), "{told}");
}

#[test]
fn what_the_project_does_not_use_is_not_proposed() {
    let snapshot = project(vec![task("1").value(6.0), task("2").value(10.0)]);
    for judgement in verdicts(&snapshot, &preset("default").unwrap()) {
        let values = |c: &Counterfactual| matches!(&c.change, Change::Number { field, .. } if field == "Business Value");
        assert!(judgement.counterfactuals.iter().all(values), "{:?}", judgement.counterfactuals);
    }
}
