//! The plans of risks and assignments: what is told to owners, what is suggested, and what stays people's.

use crate::backlog::{With, day, now, task};
use crate::plan::{edit, gid, of, rules, set_up};
use decide::assign::{Assignment, Chosen, plan_assign};
use decide::{Policy, check, plan_risk};
use domain::{
    Action, FieldValue, Notice, Person, Phase, Plan, PlanKind, Refused, Role, Snapshot, StoryGid, TaskGid,
    UserGid, Written,
};
use judge::preset;
use judge::risk::{Forecast, Settings, efforts, forecast, network};

fn owned(due: [i64; 2]) -> Snapshot {
    let mut snapshot = set_up(vec![
        task("1").effort(10.0).due(due[0]),
        task("2").effort(1.0).due(due[1]).waits_for(&["1"]),
        task("3").effort(1.0),
    ]);
    for task in &mut snapshot.tasks {
        task.assignee = Some(Person { gid: UserGid::new("55"), name: "Owner".into() });
    }
    snapshot
}

fn foretold(snapshot: &Snapshot) -> Forecast {
    let known = efforts(snapshot, &preset("default").unwrap(), now());
    let hours = (0..200).map(|at| if at % 7 < 5 { 8.0 } else { 0.0 }).collect();
    let network = network(snapshot, &known, now(), vec![], hours);
    forecast(&network, &Settings { draws: 500, ..Settings::default() })
}

fn planned(snapshot: &Snapshot, policy: &Policy) -> Plan {
    let plan = plan_risk(snapshot, &foretold(snapshot), policy, &rules(), now());
    assert_eq!(check(&plan, snapshot, policy), []);
    assert_eq!(plan.kind, PlanKind::Risk);
    plan
}

fn notes(plan: &Plan) -> Vec<(String, String)> {
    let told = plan.actions.iter().filter_map(|planned| match &planned.action {
        Action::PutComment { text, mention: Some(_), .. } => {
            Some((planned.action.task()?.to_string(), text.lines().nth(1)?.to_owned()))
        }
        _ => None,
    });
    told.collect()
}

fn told(snapshot: &mut Snapshot, plan: &Plan) {
    for planned in &plan.actions {
        if let (Some(task), Action::PutComment { text, .. }) = (planned.action.task(), &planned.action) {
            let notice = Notice { story: Some(StoryGid::new("990")), text: text.clone() };
            snapshot.anchors.risks.insert(task.clone(), notice);
        }
    }
}

#[test]
fn a_date_in_danger_is_told_with_its_cause_once_and_taken_back_when_it_has_passed() {
    let policy = Policy::default();
    let mut snapshot = owned([120, 2]);
    let first = planned(&snapshot, &policy);
    let line = format!(
        "Due {}, and in 9 of 10 forecasts it is done later, mostly because it waits for “Task 1”.",
        day(2)
    );
    assert_eq!(notes(&first), [("2".to_owned(), line)]);
    told(&mut snapshot, &first);
    assert_eq!(notes(&planned(&snapshot, &policy)), []);
    of(&mut snapshot, "2").due_on = Some(day(150));
    let passed = planned(&snapshot, &policy);
    assert_eq!(notes(&passed), [("2".to_owned(), "The date is no longer in danger.".to_owned())]);
    told(&mut snapshot, &passed);
    assert_eq!(notes(&planned(&snapshot, &policy)), []);
}

#[test]
fn shadow_policy_overrides_and_ownerless_tasks_keep_quiet() {
    let snapshot = owned([120, 2]);
    assert!(planned(&snapshot, &Policy { phase: Phase::Shadow, ..Policy::default() }).actions.is_empty());
    let mut quiet = Policy::default();
    quiet.notices.date_at_risk = false;
    let plan = planned(&snapshot, &quiet);
    assert!(plan.actions.is_empty() && plan.notes[0].contains("policy.notices.date_at_risk"), "{plan:?}");
    let mut nobody = snapshot.clone();
    of(&mut nobody, "2").assignee = None;
    assert!(planned(&nobody, &Policy::default()).actions.is_empty());
    let mut overridden = snapshot;
    edit(&mut overridden, "2", Role::ManualOverride, Some(FieldValue::Text("hands off".into())));
    let plan = planned(&overridden, &Policy::default());
    assert!(plan.actions.is_empty() && plan.skipped.len() == 1, "{plan:?}");
}

#[test]
fn a_flag_that_an_undo_took_back_is_not_set_again() {
    let mut policy = Policy::default();
    policy.risk.flag = true;
    policy.notices.date_at_risk = false;
    let mut snapshot = owned([120, 2]);
    let flagged = |snapshot: &Snapshot| {
        let plan = planned(snapshot, &policy);
        (plan.actions.len(), plan.kept.len())
    };
    assert_eq!(flagged(&snapshot), (1, 0));
    // Upnext cleared it itself once the danger had passed: that is nobody's word.
    let written = Some(Written { value: None, at: now().at });
    of(&mut snapshot, "2").fields.entry(gid(Role::AiRisk)).or_default().ours = written;
    assert_eq!(flagged(&snapshot), (1, 0));
    let (task, field) = (TaskGid::new("2"), Some(gid(Role::AiRisk)));
    snapshot.refused = vec![Refused { task, field, what: String::new(), value: "At risk".into() }];
    assert_eq!(flagged(&snapshot), (0, 1));
}

fn suggestion(task: &str, who: Option<&str>) -> Assignment {
    let chosen = who.map(|who| Chosen {
        person: Person { gid: UserGid::new(who), name: format!("Person {who}") },
        points: 40.0,
        because: vec![],
    });
    Assignment {
        task: TaskGid::new(task),
        name: format!("Task {task}"),
        hours: 8.0,
        chosen,
        rejected: vec![],
    }
}

#[test]
fn a_suggestion_is_written_and_what_a_person_wrote_stays() {
    let policy = Policy::default();
    let mut snapshot = set_up(vec![task("1"), task("2"), task("3")]);
    let people = |who: &str| Some(FieldValue::People(vec![UserGid::new(who)]));
    edit(&mut snapshot, "2", Role::RecommendedAssignee, people("77"));
    let wanted = [suggestion("1", Some("66")), suggestion("2", Some("66")), suggestion("3", None)];
    let plan = plan_assign(&snapshot, &wanted, &policy, &rules(), now());
    assert_eq!(check(&plan, &snapshot, &policy), []);
    assert_eq!(plan.actions.len(), 1);
    let Action::SetFields { task, changes, .. } = &plan.actions[0].action else { panic!("{plan:?}") };
    assert_eq!((task.as_str(), &changes[0].new), ("1", &people("66")));
    assert_eq!(plan.skipped[0].task.as_str(), "2");
    let bare = crate::backlog::project(vec![crate::backlog::task("1")]);
    let without = plan_assign(&bare, &wanted[..1], &policy, &rules(), now());
    assert!(without.actions.is_empty() && without.notes[0].contains("upnext setup"), "{without:?}");
}
