//! The groom plan: what it writes, what it leaves, and that doing it twice does nothing twice.

use crate::backlog::{With, task};
use crate::plan::{applied, changes, gid, groomed, judged, of, set_up, written};
use decide::{Allowance, Official, Policy, TargetSections, render};
use domain::{
    Action, Band, Digest, FieldKind, FieldValue, Phase, PhaseRule, PlanId, PlannedAction, Points, Role,
    Snapshot, TaskGid, TaskRef,
};

/// An urgent one, one of some worth that waits for it, and one nobody wants.
pub fn three() -> Snapshot {
    set_up(vec![
        task("1").value(9.0).effort(1.0).priority("P0").due(1),
        task("2").value(8.0).effort(3.0).priority("P1").waits_for(&["1"]),
        task("3").value(1.0).effort(30.0).priority("P3").created(500),
    ])
}

#[test]
fn a_whole_plan() {
    let snapshot = three();
    let mut plan = groomed(&snapshot, &Policy::default());
    // These two follow from all the rest, and from every field a snapshot ever gets.
    plan.id = PlanId::new("plan_of_the_day");
    plan.snapshot = Digest::of("the snapshot");
    insta::assert_snapshot!("plan_as_text", render(&plan));
    insta::assert_snapshot!("plan_as_a_value", serde_json::to_string_pretty(&plan).unwrap());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let plan = |_| serde_json::to_string(&groomed(&three(), &Policy::default())).unwrap();
    assert_eq!(plan(1), plan(2));
}

#[test]
fn a_second_plan_on_what_the_first_made_does_nothing() {
    for policy in [Policy::default(), automatic()] {
        let first = groomed(&three(), &policy);
        assert!(!first.actions.is_empty());
        let after = applied(&three(), &first);
        let second = groomed(&after, &policy);
        assert!(second.actions.is_empty(), "{}", render(&second));
    }
}

fn automatic() -> Policy {
    let sections = TargetSections { next: "ready".into(), future: "Later".into(), backlog: String::new() };
    Policy { phase: Phase::Auto, sections, ..Policy::default() }
}

#[test]
fn every_ai_field_gets_the_judged_value() {
    let snapshot = three();
    let judgements = judged(&snapshot);
    let plan = groomed(&snapshot, &Policy::default());
    for judgement in &judgements {
        let new = |role| written(&plan, judgement.task.as_str(), role).unwrap().new.clone().unwrap();
        assert_eq!(new(Role::AiPriorityScore), FieldValue::Number(judgement.score.to_f64()));
        assert_eq!(
            new(Role::AiConfidence),
            FieldValue::Number(f64::from(judgement.confidence.percent) / 100.0)
        );
        assert_eq!(new(Role::SuggestedPriority).to_string(), judgement.band.label());
        assert_eq!(new(Role::AiSuggestedSprint).to_string(), judgement.sprint.label());
        assert_eq!(new(Role::AiRecommendedAction).to_string(), judgement.action.label());
        assert_eq!(new(Role::AiRationale), FieldValue::Text(decide::rationale(judgement)));
        assert_eq!(new(Role::AiRecommendation), FieldValue::Text(decide::recommendation(judgement)));
    }
}

#[test]
fn suggest_never_touches_what_is_official() {
    let plan = groomed(&three(), &Policy { sections: automatic().sections, ..Policy::default() });
    assert!(plan.actions.iter().all(|p| !matches!(p.action, Action::MoveToSection { .. })));
    assert!(changes(&plan, "1").iter().all(|c| c.name != "Priority"));
}

#[test]
fn shadow_writes_nothing_at_all() {
    let plan = groomed(&three(), &Policy { phase: Phase::Shadow, ..Policy::default() });
    assert!(plan.actions.is_empty());
    assert!(plan.skipped.is_empty());
}

#[test]
fn auto_fills_an_empty_priority_and_moves_to_the_target_section() {
    let mut snapshot = three();
    of(&mut snapshot, "1").fields.remove(&domain::FieldGid::new(crate::backlog::PRIORITY));
    let plan = groomed(&snapshot, &automatic());
    let official = |gid| changes(&plan, gid).into_iter().find(|c| c.name == "Priority");
    assert!(official("1").is_some_and(|c| c.expected.is_none()));
    // A priority that a person set is theirs in every phase.
    assert_eq!(official("2"), None);
    let moves: Vec<(&str, &str)> = plan
        .actions
        .iter()
        .filter_map(|p| match &p.action {
            Action::MoveToSection { task, to_name, .. } => Some((task.as_str(), to_name.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(moves, [("1", "Ready"), ("2", "Later")]);
}

#[test]
fn conditional_does_only_what_it_is_allowed() {
    let mut snapshot = three();
    for gid in ["1", "2", "3"] {
        of(&mut snapshot, gid).fields.remove(&domain::FieldGid::new(crate::backlog::PRIORITY));
    }
    let bands: std::collections::BTreeMap<String, Band> =
        judged(&snapshot).into_iter().map(|j| (j.task.to_string(), j.band)).collect();
    let allow = |min_confidence| Policy {
        phase: Phase::Conditional,
        conditional: vec![Allowance { what: Official::Priority, bands: vec![bands["1"]], min_confidence }],
        ..Policy::default()
    };
    let official = |plan: &domain::Plan, gid: &str| changes(plan, gid).iter().any(|c| c.name == "Priority");
    let plan = groomed(&snapshot, &allow(30));
    assert!(official(&plan, "1"));
    assert!(!official(&plan, "3"), "{bands:?}");
    assert!(!official(&groomed(&snapshot, &allow(99)), "1"));
}

#[test]
fn the_phase_of_a_task_type_goes_before_the_projects() {
    let mut snapshot = three();
    let category = snapshot.roles.field(Role::Category).and_then(|gid| snapshot.field(gid)).unwrap().clone();
    let bug = category.option_named("Bug").unwrap().gid.clone();
    let task = of(&mut snapshot, "1");
    *task = task.clone().option(category.gid.as_str(), bug.as_str(), "Bug");
    let rule = |project: &str, value: Option<&str>, phase| PhaseRule {
        project: Some(domain::ProjectGid::new(project)),
        portfolio: None,
        field: value.map(|_| "category".into()),
        value: value.map(str::to_owned),
        section: None,
        phase,
    };
    let policy = Policy {
        phase_for: vec![
            rule("2", Some("bug"), Phase::Shadow),
            rule("9", None, Phase::Shadow),
            rule("9", Some("bug"), Phase::Auto),
        ],
        ..Policy::default()
    };
    let plan = groomed(&snapshot, &policy);
    assert!(changes(&plan, "1").is_empty());
    assert!(!changes(&plan, "2").is_empty());
}

#[test]
fn the_cap_keeps_the_first_and_says_how_many_wait() {
    let policy = Policy { max_writes: 1, ..Policy::default() };
    let plan = groomed(&three(), &policy);
    assert!(!changes(&plan, "1").is_empty());
    assert!(changes(&plan, "2").is_empty() && changes(&plan, "3").is_empty());
    assert!(plan.notes.iter().any(|n| n.starts_with("2 writes are over the cap of 1")), "{:?}", plan.notes);
}

#[test]
fn a_small_change_is_not_worth_a_write_and_a_new_band_is() {
    let policy = Policy { min_change: Points::from_f64(100.0), ..Policy::default() };
    let after = applied(&three(), &groomed(&three(), &policy));
    let mut nudged = after.clone();
    *of(&mut nudged, "3") = of(&mut nudged, "3").clone().value(2.0);
    assert!(changes(&groomed(&nudged, &policy), "3").is_empty());
    let sensitive = Policy { min_change: Points::from_f64(0.1), ..Policy::default() };
    assert!(!changes(&groomed(&nudged, &sensitive), "3").is_empty());
    let mut raised = after;
    *of(&mut raised, "3") = of(&mut raised, "3").clone().value(10.0).effort(1.0).priority("P0").due(0);
    assert!(!changes(&groomed(&raised, &policy), "3").is_empty());
}

#[test]
fn fields_that_are_missing_or_unfit_are_noted_once_and_the_others_written() {
    let mut snapshot = three();
    snapshot.roles.0.remove(&Role::AiConfidence);
    let rationale = snapshot.roles.field(Role::AiRationale).unwrap().clone();
    snapshot.fields.iter_mut().find(|f| f.gid == rationale).unwrap().kind = FieldKind::Number;
    let sprint = snapshot.roles.field(Role::AiSuggestedSprint).unwrap().clone();
    for option in &mut snapshot.fields.iter_mut().find(|f| f.gid == sprint).unwrap().options {
        option.enabled = false;
    }
    let score = snapshot.roles.field(Role::AiRecommendation).unwrap().clone();
    snapshot.fields.iter_mut().find(|f| f.gid == score).unwrap().read_only = true;
    let plan = groomed(&snapshot, &Policy::default());
    let notes = plan.notes.join("\n");
    for words in [
        "no field for ai_confidence: run `upnext setup --project 2`",
        "AI Rationale is of type number, but text is needed",
        "AI Suggested Sprint has no enabled option “Next Sprint”",
        "AI Recommendation is read-only",
    ] {
        assert!(notes.contains(words), "`{words}` is not in: {notes}");
    }
    assert_eq!(changes(&plan, "1").len(), 3);
}

#[test]
fn the_host_task_is_made_once_and_its_comment_follows_the_top() {
    let first = groomed(&three(), &Policy::default());
    let made = |plan: &domain::Plan| {
        plan.actions.iter().filter(|p| matches!(p.action, Action::EnsureTask { .. })).count()
    };
    assert_eq!(made(&first), 1);
    let mut after = applied(&three(), &first);
    of(&mut after, "1").completed = true;
    let second = groomed(&after, &Policy::default());
    assert_eq!(made(&second), 0);
    let put = second.actions.iter().find_map(|p| match &p.action {
        Action::PutComment { task, expected, text, .. } => Some((task, expected, text)),
        _ => None,
    });
    let (host, expected, text) = put.unwrap();
    assert_eq!(*host, TaskRef::Existing(TaskGid::new("800")));
    assert_eq!(*expected, after.anchors.summary_text);
    assert!(!text.contains("Task 1 ") && text.contains("Task 2 "), "{text}");
}

#[test]
fn a_wording_stands_above_the_summarys_list_and_causes_no_write_of_its_own() {
    let comment = |plan: &domain::Plan| {
        plan.actions.iter().find_map(|p| match &p.action {
            Action::PutComment { text, .. } => Some(text.clone()),
            _ => None,
        })
    };
    let worded = |snapshot: &Snapshot, words: &str| {
        let mut snapshot = snapshot.clone();
        snapshot.evidence.summary_wording = Some(words.into());
        snapshot
    };
    let policy = Policy::default();
    let template = comment(&groomed(&three(), &policy)).unwrap();
    let first = worded(&three(), "What presses most comes first.");
    let plan = groomed(&first, &policy);
    let text = comment(&plan).unwrap();
    let (headline, list) = template.split_once('\n').unwrap();
    assert!(text.starts_with(&format!("{headline}\nWhat presses most comes first.\n(Worded by")), "{text}");
    assert!(text.ends_with(&format!("\n{list}")), "{text}");
    for refused in ["It saves 7350 euros.", "Due in 800 days.", "See evil.example/now.", "@ana knows."] {
        assert_eq!(comment(&groomed(&worded(&three(), refused), &policy)).unwrap(), template, "{refused}");
    }

    // Other words, or none: nothing to write, be it alone or beside something else.
    let mut after = applied(&first, &plan);
    for wording in [None, Some("Other words.".to_owned())] {
        after.evidence.summary_wording = wording;
        assert_eq!(groomed(&after, &policy).actions, []);
        let mut beside = after.clone();
        of(&mut beside, "3").fields.remove(&gid(Role::AiSuggestedSprint));
        let plan = groomed(&beside, &policy);
        assert_eq!((changes(&plan, "3").len(), comment(&plan)), (1, None));
    }
    of(&mut after, "1").completed = true;
    assert!(comment(&groomed(&after, &policy)).unwrap().contains("\nOther words.\n"));
}

#[test]
fn a_summary_is_worded_from_names_and_reasons_without_links() {
    let snapshot = three();
    let (first, facts) = decide::summary_facts(&snapshot, &judged(&snapshot), &Policy::default()).unwrap();
    assert_eq!(first, judged(&snapshot)[0].task);
    assert!(facts.starts_with("3 tasks scored; these come first:\n- P"), "{facts}");
    assert!(facts.contains(" · Task 1 · ") && !facts.contains("://"), "{facts}");
}

#[test]
fn the_review_subtask_is_reopened_only_when_something_is_written() {
    let mut after = applied(&three(), &groomed(&three(), &Policy::default()));
    after.anchors.review_open = false;
    assert!(groomed(&after, &Policy::default()).actions.is_empty());
    *of(&mut after, "3") = of(&mut after, "3").clone().value(10.0).effort(1.0).due(0);
    let plan = groomed(&after, &Policy::default());
    assert!(plan.actions.iter().any(|p| matches!(p.action, Action::EnsureSubtask { .. })));
}

#[test]
fn a_review_that_a_stopped_run_owes_is_made_up_for() {
    let mut after = applied(&three(), &groomed(&three(), &Policy::default()));
    after.anchors.review_open = false;
    after.anchors.review_owed = true;
    let owed = groomed(&after, &Policy::default());
    assert!(matches!(owed.actions[..], [PlannedAction { action: Action::EnsureSubtask { .. }, .. }]));
    after.anchors.review_subtask = None;
    after.anchors.review_owed = false;
    assert_eq!(groomed(&after, &Policy::default()).actions, owed.actions);
}

#[test]
fn comment_and_subtask_can_be_switched_off() {
    let policy = Policy { summary_comment: false, review_subtask: String::new(), ..Policy::default() };
    let plan = groomed(&three(), &policy);
    assert!(plan.actions.iter().all(|p| matches!(p.action, Action::SetFields { .. })));
}
