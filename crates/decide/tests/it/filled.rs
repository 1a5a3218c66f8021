//! Writing a sprint: what each phase lets be written, what people's stays, and that the checker lets every such plan pass.

use crate::backlog::{With, day, now, task};
use crate::plan::{carried_out, of, rules, set_up};
use decide::sprint::{Filled, FilledTask, plan_filled_sprint};
use decide::{Doing, Policy, SprintPolicy, check, plan_undo};
use domain::{
    Action, Consent, Dates, Dependency, Elsewhere, FieldValue, Outcome, Person, Phase, Plan, ProjectGid,
    Refused, RunId, SectionGid, SectionRef, Snapshot, Spot, SprintProject, TaskGid, UserGid, Written,
};
use proptest::prelude::*;

pub fn person(gid: &str) -> Person {
    Person { gid: UserGid::new(gid), name: format!("Person {gid}") }
}

fn wanted(gid: &str, who: &str) -> FilledTask {
    FilledTask { task: TaskGid::new(gid), person: person(who), begins: day(0), ends: day(3) }
}

/// Two weeks that take the first two of three tasks.
pub fn filled() -> Filled {
    Filled { from: day(0), to: day(13), tasks: vec![wanted("1", "7"), wanted("2", "8")] }
}

pub fn three() -> Snapshot {
    set_up(vec![task("1").value(9.0), task("2").value(3.0), task("3").value(1.0)])
}

fn policy(phase: Phase) -> Policy {
    Policy { phase, ..Policy::default() }
}

/// The plan, which must pass the checker.
pub fn planned(snapshot: &Snapshot, policy: &Policy) -> Plan {
    let plan = plan_filled_sprint(snapshot, &filled(), policy, &rules(), now());
    assert_eq!(check(&plan, snapshot, policy), []);
    plan
}

pub fn ids(plan: &Plan, consent: Consent) -> Vec<&str> {
    plan.actions.iter().filter(|a| a.consent == consent).map(|a| a.id.as_str()).collect()
}

/// The snapshot once all that was given is done.
pub fn done(snapshot: &Snapshot, plan: &Plan) -> Snapshot {
    let mut after = snapshot.clone();
    let ours = |value: Option<FieldValue>| Some(Written { value, at: now().at });
    let made = SectionGid::new("77");
    for action in plan.actions.iter().filter(|a| a.consent == Consent::Given).map(|a| &a.action) {
        match action {
            Action::EnsureSection { name } => {
                after.sections.push(domain::Named { gid: made.clone(), name: name.clone() });
            }
            Action::MoveToSection { task, to, .. } => {
                let gid = to.gid().cloned().unwrap_or_else(|| made.clone());
                let task = of(&mut after, task.as_str());
                (task.section, task.section_ours) = (Some(gid.clone()), Some(gid));
            }
            Action::EnsureProject { project } => {
                after.sprints.as_mut().unwrap().there.push(SprintProject {
                    gid: ProjectGid::new("78"),
                    name: project.name.clone(),
                    archived: false,
                    privacy: project.privacy,
                    unshared: false,
                });
            }
            Action::AddToProject { task, to, .. } => {
                let project = to.gid().cloned().unwrap_or_else(|| ProjectGid::new("78"));
                let task = of(&mut after, task.as_str());
                task.put_into.push(project.clone());
                task.elsewhere.push(Elsewhere { project, section: None });
            }
            Action::Assign { task, new, .. } => {
                let task = of(&mut after, task.as_str());
                task.assignee.clone_from(new);
                task.assignee_ours = ours(task.assignee_state().value);
            }
            Action::SetDates { task, expected, new, .. } => {
                let task = of(&mut after, task.as_str());
                (task.start_on, task.due_on) = (new.start_on, new.due_on);
                let kept = expected.due_on.is_some();
                let value = if kept { Dates { due_on: None, ..*new } } else { *new };
                task.dates_ours = ours(value.value());
            }
            Action::SetFields { task, changes, .. } => {
                for change in changes {
                    let state =
                        domain::FieldState { value: change.new.clone(), ours: ours(change.new.clone()) };
                    of(&mut after, task.as_str()).fields.insert(change.field.clone(), state);
                }
            }
            _ => {}
        }
    }
    after
}

#[test]
fn each_phase_writes_and_asks_what_it_may() {
    let suggestions = ["act_suggest_1", "act_suggest_2"];
    let plan = planned(&three(), &policy(Phase::Suggest));
    assert_eq!((ids(&plan, Consent::Given), ids(&plan, Consent::Waiting)), (suggestions.to_vec(), vec![]));
    let plan = planned(&three(), &policy(Phase::Conditional));
    assert_eq!(ids(&plan, Consent::Given), suggestions);
    let asked = ["act_sprint_section", "act_sprint_1", "act_assignee_1", "act_dates_1", "act_sprint_2"];
    assert_eq!(ids(&plan, Consent::Waiting)[..5], asked);
    let plan = planned(&three(), &policy(Phase::Auto));
    assert_eq!(ids(&plan, Consent::Waiting), Vec::<&str>::new());
    assert_eq!(plan.actions.len(), 9, "{:#?}", plan.actions);
    assert!(planned(&three(), &policy(Phase::Shadow)).actions.is_empty());
    let sprint = SprintPolicy { write: vec![], ..SprintPolicy::default() };
    let plan = planned(&three(), &Policy { sprint, ..policy(Phase::Auto) });
    assert_eq!(ids(&plan, Consent::Given), suggestions);
}

#[test]
fn done_once_there_is_nothing_left_to_do() {
    let auto = policy(Phase::Auto);
    let after = done(&three(), &planned(&three(), &auto));
    assert!(planned(&after, &auto).actions.is_empty());
    // What a sprint does not take loses the suggestion, and nothing else; what stands in its section keeps it.
    let none = Filled { tasks: vec![], ..filled() };
    assert!(plan_filled_sprint(&after, &none, &auto, &rules(), now()).actions.is_empty());
    let suggest = policy(Phase::Suggest);
    let after = done(&three(), &planned(&three(), &suggest));
    let plan = plan_filled_sprint(&after, &none, &suggest, &rules(), now());
    assert_eq!(check(&plan, &after, &suggest), []);
    assert_eq!(ids(&plan, Consent::Given), ["act_suggest_1", "act_suggest_2"]);
}

#[test]
fn days_that_still_hold_stay_and_those_that_do_not_are_written_anew() {
    let auto = policy(Phase::Auto);
    let mut after = done(&three(), &planned(&three(), &auto));
    let other_order = Filled {
        tasks: filled()
            .tasks
            .into_iter()
            .map(|one| FilledTask { begins: day(6), ends: day(7), ..one })
            .collect(),
        ..filled()
    };
    let again = |after: &Snapshot| {
        let plan = plan_filled_sprint(after, &other_order, &auto, &rules(), now());
        assert_eq!(check(&plan, after, &auto), []);
        ids(&plan, Consent::Given).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(again(&after).is_empty());
    // What the second waits for ends after its first day; the first keeps its days.
    of(&mut after, "2").dependencies = vec![Dependency { gid: TaskGid::new("1"), completed: Some(false) }];
    assert_eq!(again(&after), ["act_dates_2"]);
}

#[test]
fn what_people_set_is_asked_about_or_left() {
    let auto = policy(Phase::Auto);
    let mut snapshot = three();
    let first = of(&mut snapshot, "1");
    (first.assignee, first.due_on) = (Some(person("9")), Some(day(5)));
    let plan = planned(&snapshot, &auto);
    // Another owner is a question, and with it the days reckoned for them.
    assert!(ids(&plan, Consent::Waiting).contains(&"act_assignee_1"));
    let dates = plan.actions.iter().find_map(|planned| match &planned.action {
        Action::SetDates { task, new, .. } if task.as_str() == "1" => Some((*new, planned.consent)),
        _ => None,
    });
    let kept = Dates { start_on: Some(day(0)), due_on: Some(day(5)) };
    assert_eq!(dates, Some((kept, Consent::Waiting)), "a due day stays");
    // A start that was written before a person's due day makes the due day no less theirs.
    let mut later = done(&snapshot, &planned(&snapshot, &auto));
    let second = of(&mut later, "2");
    second.due_on = Some(day(40));
    assert!(!planned(&later, &auto).actions.iter().any(|a| a.id.as_str() == "act_dates_2"));
}

#[test]
fn what_a_person_moved_away_or_took_back_is_not_moved_again() {
    let auto = policy(Phase::Auto);
    let mut after = done(&three(), &planned(&three(), &auto));
    of(&mut after, "1").section = Some(SectionGid::new("33"));
    let plan = planned(&after, &auto);
    assert!(plan.actions.is_empty() && plan.kept.len() == 1, "{plan:#?}");
    let mut refused = three();
    let value = "Sprint 2026-06-15".to_owned();
    let no = |what: &str, value: String| Refused {
        task: TaskGid::new("1"),
        field: None,
        what: what.into(),
        value,
    };
    refused.refused = vec![no("", value), no("assignee", "Person 7".into())];
    let plan = planned(&refused, &auto);
    let waiting = ids(&plan, Consent::Waiting);
    assert!(waiting.contains(&"act_sprint_1") && waiting.contains(&"act_assignee_1"), "{waiting:?}");
    assert!(ids(&plan, Consent::Given).contains(&"act_sprint_2"));
}

#[test]
fn taken_back_in_order_each_task_is_put_behind_its_neighbour_of_before() {
    let auto = policy(Phase::Auto);
    let before = three();
    let plan = planned(&before, &auto);
    let after = done(&before, &plan);
    let made = plan.actions[0].id.clone();
    let outcome = |planned: &domain::PlannedAction| Outcome {
        section: (planned.id == made).then(|| SectionGid::new("77")),
        made: planned.id == made,
        ..carried_out(&planned.id)
    };
    let outcomes: Vec<Outcome> = plan.actions.iter().map(outcome).collect();
    let resolved = plan.with_places(&outcomes);
    let doings: Vec<Doing> = resolved
        .actions
        .iter()
        .zip(outcomes)
        .map(|(planned, outcome)| Doing { planned: planned.clone(), outcome })
        .collect();
    let undo = plan_undo(&RunId::new("run_1"), &doings, (&after, Some(&before)), &rules(), now());
    assert_eq!(check(&undo, &after, &auto), []);
    let spots: Vec<(&str, &Option<Spot>)> = undo
        .actions
        .iter()
        .filter_map(|planned| match &planned.action {
            Action::MoveToSection { task, spot, to: SectionRef::Existing(to), .. } => {
                assert_eq!(to.as_str(), "31");
                Some((task.as_str(), spot))
            }
            _ => None,
        })
        .collect();
    assert_eq!(spots, [("1", &Some(Spot::First)), ("2", &Some(Spot::After(TaskGid::new("1"))))]);
    assert!(matches!(undo.actions.last().unwrap().action, Action::DeleteSection { .. }));
}

fn task_of(of: (u8, Option<u8>, Option<i64>, bool, u8)) -> impl Fn(&mut domain::Task) {
    move |task| {
        let (section, owner, due, ours, subtype) = of;
        task.section = Some(SectionGid::new(["31", "32", "33"][usize::from(section % 3)]));
        task.assignee = owner.map(|owner| person(["7", "8", "9"][usize::from(owner % 3)]));
        task.due_on = due.map(day);
        task.subtype = ["default_task", "milestone"][usize::from(subtype % 2)].into();
        if ours {
            task.section_ours = Some(SectionGid::new("32"));
            task.assignee_ours = Some(Written { value: None, at: now().at });
        }
    }
}

proptest! {
    /// Whatever a project looks like: the plan passes its checker, and what a person set is written over by none of it.
    #[test]
    fn no_plan_takes_anything_from_anybody(
        rows in prop::collection::vec(
            (0u8..3, prop::option::of(0u8..3), prop::option::of(-20i64..40), any::<bool>(), 0u8..2), 3),
        phase in prop::sample::select(vec![Phase::Shadow, Phase::Suggest, Phase::Conditional, Phase::Auto]),
    ) {
        let mut snapshot = three();
        for (at, row) in rows.into_iter().enumerate() {
            task_of(row)(of(&mut snapshot, &(at + 1).to_string()));
        }
        let plan = planned(&snapshot, &policy(phase));
        for given in plan.actions.iter().filter(|a| a.consent == Consent::Given) {
            match &given.action {
                Action::Assign { expected, .. } => prop_assert!(expected.is_none()),
                Action::SetDates { expected, new, .. } => {
                    prop_assert!(expected.due_on.is_none() || expected.due_on == new.due_on);
                    prop_assert!(new.start_on.is_none() || new.start_on <= new.due_on);
                }
                Action::MoveToSection { task, .. } => {
                    prop_assert!(!snapshot.task(task).unwrap().moved_by_person());
                }
                _ => {}
            }
        }
    }
}
