//! Tasks in several projects: each is written by one of them, and all of them agree which.

use crate::backlog::{With as _, now, task};
use crate::plan::{asking, changes, judged, rules, set_up, written};
use decide::{Policy, SprintPolicy, check, plan_groom};
use domain::{
    Elsewhere, FieldGid, FieldState, FieldValue, Named, Phase, PhaseRule, ProjectGid, Role, SkipReason,
    Snapshot, Writer, Writing,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// How a project stands with Upnext and with the shared task.
#[derive(Clone, Debug)]
struct Stands {
    gid: String,
    connected: bool,
    shadow: bool,
    section: Option<String>,
}

fn writer(stands: &Stands, snapshot: &Snapshot) -> Writer {
    let fields = Role::WRITTEN.iter().filter_map(|role| snapshot.roles.field(*role)).cloned().collect();
    let phase = if stands.shadow { Phase::Shadow } else { Phase::Suggest };
    Writer {
        project: Named { gid: ProjectGid::new(&*stands.gid), name: format!("Project {}", stands.gid) },
        connected: stands.connected,
        writing: Writing { fields, named: BTreeMap::new(), phase, phase_for: vec![] },
    }
}

/// The project `at` as it is read, with a task that all of them share.
fn seen_from(at: usize, all: &[Stands]) -> Snapshot {
    let mut snapshot = set_up(vec![task("1").value(9.0).effort(1.0), task("2").value(3.0).effort(2.0)]);
    let here = &all[at];
    snapshot.project = Named { gid: ProjectGid::new(&*here.gid), name: format!("Project {}", here.gid) };
    let section = here.section.as_ref().and_then(|name| snapshot.sections.iter().find(|s| s.name == *name));
    snapshot.tasks[0].section = section.map(|s| s.gid.clone());
    let others = all.iter().enumerate().filter(|(other, _)| *other != at);
    snapshot.tasks[0].elsewhere = others
        .map(|(_, there)| Elsewhere { project: ProjectGid::new(&*there.gid), section: there.section.clone() })
        .collect();
    snapshot.writers = all.iter().map(|stands| writer(stands, &snapshot)).collect();
    snapshot
}

fn stands() -> impl Strategy<Value = Stands> {
    let section = prop::option::of(prop::sample::select(vec!["Inbox".to_owned(), "Ready".to_owned()]));
    (1u64..2000, any::<bool>(), any::<bool>(), section).prop_map(|(gid, connected, shadow, section)| Stands {
        gid: gid.to_string(),
        connected,
        shadow,
        section,
    })
}

proptest! {
    #[test]
    fn one_project_writes_a_shared_task(
        mut all in prop::collection::vec(stands(), 2..5),
        named in prop::option::of(0usize..5),
        only_ready in any::<bool>(),
    ) {
        all.sort_by(|a, b| a.gid.cmp(&b.gid));
        all.dedup_by(|a, b| a.gid == b.gid);
        let mut policy = Policy::default();
        policy.home_projects.extend(named.and_then(|at| all.get(at)).map(|one| ProjectGid::new(&*one.gid)));
        if only_ready {
            policy.scope.sections = vec!["ready".into()];
        }
        let may = |one: &Stands| {
            !one.shadow && (!only_ready || one.section.as_deref() == Some("Ready"))
        };
        let writes = |at: usize| {
            let mut own = policy.clone();
            own.phase = if all[at].shadow { Phase::Shadow } else { Phase::Suggest };
            !changes(&asking(&seen_from(at, &all), &own), "1").is_empty()
        };
        let writing: Vec<&Stands> = (0..all.len()).filter(|at| writes(*at)).map(|at| &all[at]).collect();
        prop_assert_eq!(writing.len(), usize::from(all.iter().any(may)), "{:?}", writing);
        let first = policy.home_projects.first();
        if let Some(named) = all.iter().find(|one| may(one) && first == Some(&ProjectGid::new(&*one.gid))) {
            prop_assert_eq!(&writing[0].gid, &named.gid);
        }
    }
}

fn two() -> [Stands; 2] {
    let stands = |gid: &str, connected| Stands { gid: gid.into(), connected, shadow: false, section: None };
    [stands("99", true), stands("100", true)]
}

#[test]
fn the_older_project_writes_and_the_other_says_so() {
    let (older, newer) = (seen_from(0, &two()), seen_from(1, &two()));
    assert!(written(&asking(&older, &Policy::default()), "1", Role::AiPriorityScore).is_some());
    let plan = asking(&newer, &Policy::default());
    assert!(changes(&plan, "1").is_empty() && !changes(&plan, "2").is_empty());
    let skipped: Vec<_> = plan.skipped.iter().map(|s| (s.task.as_str(), &s.reason)).collect();
    assert_eq!(skipped, [("1", &SkipReason::WrittenElsewhere { project: "Project 99".into() })]);
    assert_eq!(plan.skipped[0].reason.to_string(), "also in the project “Project 99”, which writes it");
}

#[test]
fn a_sprints_project_is_no_home_while_another_writes() {
    let policy = Policy {
        sprint: SprintPolicy {
            section: String::new(),
            project: "Project {from}".into(),
            ..SprintPolicy::default()
        },
        ..Policy::default()
    };
    // The sprint's is older and connected, the backlog is groomed by hand.
    let mut all = two();
    all[1].connected = false;
    let named = |at: usize| {
        let mut seen = seen_from(at, &all);
        seen.writers[0].project.name = "Project 2026-06-15".into();
        if at == 0 {
            seen.project.name = "Project 2026-06-15".into();
        }
        seen
    };
    assert!(changes(&asking(&named(0), &policy), "1").is_empty());
    assert!(!changes(&asking(&named(1), &policy), "1").is_empty());
    assert!(!changes(&asking(&named(0), &Policy::default()), "1").is_empty());
    let first = Policy { home_projects: vec![ProjectGid::new("99")], ..policy };
    assert!(!changes(&asking(&named(0), &first), "1").is_empty(), "people's word comes first");
}

#[test]
fn a_connected_project_comes_before_one_that_is_groomed_by_hand() {
    let mut all = two();
    all[0].connected = false;
    assert!(changes(&asking(&seen_from(0, &all), &Policy::default()), "1").is_empty());
    assert!(!changes(&asking(&seen_from(1, &all), &Policy::default()), "1").is_empty());
}

#[test]
fn projects_with_fields_of_their_own_both_write() {
    let mut newer = seen_from(1, &two());
    newer.writers[0].writing.fields = vec![FieldGid::new("7001")];
    assert!(!changes(&asking(&newer, &Policy::default()), "1").is_empty());
}

#[test]
fn a_section_in_shadow_there_leaves_the_task_to_this_project() {
    let mut all = two();
    all[0].section = Some("Ready".into());
    let mut newer = seen_from(1, &all);
    newer.writers[0].writing.phase_for = vec![PhaseRule {
        project: None,
        portfolio: None,
        field: None,
        value: None,
        section: Some("ready".into()),
        phase: Phase::Shadow,
    }];
    assert!(!changes(&asking(&newer, &Policy::default()), "1").is_empty());
}

#[test]
fn a_type_in_shadow_there_is_looked_up_by_that_projects_own_field() {
    let mut newer = seen_from(1, &two());
    let kind = FieldGid::new("7002");
    newer.writers[0].writing.named = BTreeMap::from([("Type".to_owned(), kind.clone())]);
    newer.writers[0].writing.phase_for = vec![PhaseRule {
        project: None,
        portfolio: None,
        field: Some("type".into()),
        value: Some("chore".into()),
        section: None,
        phase: Phase::Shadow,
    }];
    assert!(changes(&asking(&newer, &Policy::default()), "1").is_empty());
    let chore = FieldState { value: Some(FieldValue::Text("Chore".into())), ours: None };
    newer.tasks[0].fields.insert(kind, chore);
    assert!(!changes(&asking(&newer, &Policy::default()), "1").is_empty());
}

#[test]
fn who_leaves_a_task_to_another_keeps_nobody_else_from_it() {
    let stands = |gid: &str| Stands { gid: gid.into(), connected: true, shadow: false, section: None };
    let all = [stands("98"), stands("99"), stands("100")];
    let mut newest = seen_from(2, &all);
    // 98 and 99 share a field, 99 and 100 all of theirs: 99 leaves the task to 98, so 100 writes it.
    newest.writers[0].writing.fields = vec![FieldGid::new("7001")];
    newest.writers[1].writing.fields.push(FieldGid::new("7001"));
    assert!(!changes(&asking(&newest, &Policy::default()), "1").is_empty());
}

#[test]
fn the_checker_stops_a_plan_that_writes_anothers_task() {
    let mut newer = seen_from(1, &two());
    newer.writers.clear();
    let plan = plan_groom(&newer, &judged(&newer), &Policy::default(), &rules(), now());
    newer.writers = seen_from(1, &two()).writers;
    let found = check(&plan, &newer, &Policy::default());
    assert!(found.iter().any(|f| f.problem == "the project “Project 99” writes this task"), "{found:?}");
}
