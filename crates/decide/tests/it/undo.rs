//! The undo plan: ours goes back where it still is ours; what people changed stays, and both are told.

use crate::backlog::{With, now, task};
use crate::plan::{applied, edit, gid, groomed, of, rules, set_up};
use decide::{Doing, Policy, TargetSections, check, plan_undo};
use domain::{
    Action, FieldValue, Outcome, OutcomeKind, Phase, Plan, Role, RunId, SectionGid, Snapshot, StoryGid,
    TaskGid,
};

fn project() -> Snapshot {
    set_up(vec![task("1").value(9.0).due(1), task("2").value(3.0)])
}

fn automatic() -> Policy {
    let sections = TargetSections { next: "Ready".into(), ..TargetSections::default() };
    Policy { phase: Phase::Auto, sections, ..Policy::default() }
}

/// A groom of `project`, all done: the world after it and the journal of it.
fn run() -> (Snapshot, Vec<Doing>) {
    let plan = groomed(&project(), &automatic());
    let doings = plan.actions.iter().map(|planned| {
        let made = |gid: &str| (Some(TaskGid::new(gid)), true);
        let (task, made) = match &planned.action {
            Action::EnsureTask { .. } => made("800"),
            Action::EnsureSubtask { .. } => made("801"),
            Action::PutComment { .. } => (None, true),
            _ => (None, false),
        };
        let story = matches!(planned.action, Action::PutComment { .. }).then(|| StoryGid::new("802"));
        let outcome = Outcome {
            action: planned.id.clone(),
            kind: OutcomeKind::Done,
            at: now().at,
            task,
            story,
            field: None,
            made,
            section: None,
            replaced: None,
            attachment: None,
            status_update: None,
            project: None,
            modified_at: None,
        };
        Doing { planned: planned.clone(), outcome }
    });
    (applied(&project(), &plan), doings.collect())
}

fn undone(doings: &[Doing], snapshot: &Snapshot) -> Plan {
    let plan = plan_undo(&RunId::new("run_1"), doings, (snapshot, None), &rules(), now());
    assert_eq!(check(&plan, snapshot, &Policy::default()), []);
    plan
}

fn told(plan: &Plan) -> Vec<String> {
    plan.skipped.iter().map(|s| format!("{}: {}", s.task, s.reason)).collect()
}

#[test]
fn all_of_a_run_goes_back_and_what_was_made_last_goes_first() {
    let (after, doings) = run();
    let plan = undone(&doings, &after);
    assert!(plan.skipped.is_empty());
    assert_eq!(plan.actions.len(), doings.len());
    let words: Vec<String> = plan.actions.iter().take(3).map(|p| p.action.summary()).collect();
    assert_eq!(
        words,
        [
            "delete our task “Review AI Prioritization”",
            "delete our comment",
            "delete our task “Prioritize Backlog”"
        ]
    );
    let mut world = after;
    for planned in &plan.actions {
        match &planned.action {
            Action::SetFields { task, changes, .. } => {
                for change in changes {
                    let state = of(&mut world, task.as_str()).fields.get_mut(&change.field).unwrap();
                    assert_eq!(state.value, change.expected);
                    state.value = change.new.clone();
                }
            }
            Action::MoveToSection { task, to, .. } => {
                of(&mut world, task.as_str()).section = to.gid().cloned();
            }
            _ => {}
        }
    }
    for (now, before) in world.tasks.iter().zip(&project().tasks) {
        let kept = |t: &domain::Task| -> Vec<_> {
            t.fields.iter().filter_map(|(gid, s)| s.value.clone().map(|v| (gid.clone(), v))).collect()
        };
        assert_eq!(kept(now), kept(before));
        assert_eq!(now.section, before.section);
    }
}

#[test]
fn what_a_person_changed_since_stays_and_the_rest_goes_back() {
    let (mut after, doings) = run();
    edit(&mut after, "1", Role::AiRationale, Some(FieldValue::Text("mine".into())));
    edit(&mut after, "2", Role::AiPriorityScore, Some(FieldValue::Number(12.0)));
    // Cleared by a person or by an earlier try: it is as it was before the run.
    edit(&mut after, "2", Role::AiRationale, None);
    of(&mut after, "1").section = Some(SectionGid::new("33"));
    let plan = undone(&doings, &after);
    assert_eq!(
        told(&plan),
        [
            "2: AI Priority Score was changed to 12 since; it stays so",
            "1: section was changed to Later since; it stays so",
            "1: AI Rationale was changed to mine since; it stays so"
        ]
    );
    for planned in &plan.actions {
        if let Action::SetFields { task, changes, .. } = &planned.action {
            assert!(changes.iter().all(|c| c.field != gid(Role::AiRationale)));
            assert!(task.as_str() == "1" || changes.iter().all(|c| c.field != gid(Role::AiPriorityScore)));
            assert!(!changes.is_empty());
        }
        assert!(!matches!(planned.action, Action::MoveToSection { .. }));
    }
}

#[test]
fn tasks_and_sections_that_are_gone_are_told() {
    let (mut after, doings) = run();
    after.tasks.retain(|t| t.gid.as_str() != "2");
    after.sections.retain(|s| s.gid.as_str() != "31");
    let plan = undone(&doings, &after);
    let told = told(&plan);
    assert!(told.contains(&"2: the task is gone from Asana".to_owned()), "{told:?}");
    assert!(told.contains(&"1: its earlier section is gone".to_owned()), "{told:?}");
}

#[test]
fn only_what_was_done_is_undone() {
    let (after, mut doings) = run();
    for doing in &mut doings {
        doing.outcome.kind = OutcomeKind::AlreadySo;
    }
    assert!(undone(&doings, &after).actions.is_empty());
}

#[test]
fn found_things_stay_and_an_edited_comment_gets_its_text_back() {
    let (after, mut doings) = run();
    for doing in &mut doings {
        doing.outcome.made = false;
        if matches!(doing.planned.action, Action::PutComment { .. }) {
            doing.outcome.replaced = Some("the text before".into());
        }
    }
    let plan = undone(&doings, &after);
    let deletes = |p: &domain::PlannedAction| {
        matches!(p.action, Action::DeleteTask { .. } | Action::DeleteComment { .. })
    };
    assert!(!plan.actions.iter().any(deletes));
    let restored = plan.actions.iter().find_map(|p| match &p.action {
        Action::RestoreComment { text, .. } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(restored, Some("the text before"));
}
