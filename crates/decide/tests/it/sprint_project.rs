//! Sprints that are projects of their own: which project is filled, by whose word, and that no task ever leaves one.

use crate::backlog::{day, now, task};
use crate::filled::{done, filled, ids, planned, three};
use crate::plan::{carried_out, of, rules};
use decide::sprint::{Planned, past_sprints, places};
use decide::{Approved, Doing, Policy, SprintPolicy, asks, check, plan_approval, plan_undo};
use domain::{
    Action, Approval, ApprovalId, ApprovalState, Consent, Elsewhere, NewProject, Outcome, Past, Phase, Plan,
    PlannedAction, Privacy, ProjectGid, ProjectRef, RunId, SkipReason, Snapshot, SprintProject,
    SprintProjects, TaskGid, TeamGid,
};
use jiff::ToSpan as _;
use proptest::prelude::*;

const NAME: &str = "Sprint 2026-06-15";

fn policy(phase: Phase) -> Policy {
    let sprint =
        SprintPolicy { section: String::new(), project: "Sprint {from}".into(), ..SprintPolicy::default() };
    Policy { phase, sprint, ..Policy::default() }
}

fn there(gid: &str, name: &str) -> SprintProject {
    SprintProject {
        gid: ProjectGid::new(gid),
        name: name.into(),
        archived: false,
        privacy: Privacy::PrivateToTeam,
        unshared: false,
    }
}

/// Three tasks of a team's project, with these beside it.
fn beside(there: Vec<SprintProject>) -> Snapshot {
    let team = Some(TeamGid::new("5"));
    let sprints = Some(SprintProjects { team, privacy: Privacy::PrivateToTeam, there });
    Snapshot { sprints, ..three() }
}

/// The tasks that a plan puts into a project, and the project where it is there.
fn put(plan: &Plan) -> Vec<(&str, Option<&str>)> {
    let put = plan.actions.iter().filter_map(|planned| match &planned.action {
        Action::AddToProject { task, to, .. } => Some((task.as_str(), to.gid().map(ProjectGid::as_str))),
        _ => None,
    });
    put.collect()
}

#[test]
fn each_phase_puts_tasks_into_the_project_as_it_may() {
    let suggestions = ["act_suggest_1", "act_suggest_2"];
    let plan = planned(&beside(vec![]), &policy(Phase::Suggest));
    assert_eq!((ids(&plan, Consent::Given), ids(&plan, Consent::Waiting)), (suggestions.to_vec(), vec![]));
    let plan = planned(&beside(vec![]), &policy(Phase::Conditional));
    assert_eq!(ids(&plan, Consent::Given), suggestions);
    let asked = ["act_sprint_project", "act_project_1", "act_assignee_1", "act_dates_1", "act_project_2"];
    assert_eq!(ids(&plan, Consent::Waiting)[..5], asked);
    let plan = planned(&beside(vec![]), &policy(Phase::Auto));
    assert_eq!(ids(&plan, Consent::Waiting), Vec::<&str>::new());
    assert_eq!(put(&plan), [("1", None), ("2", None)]);
    let made = NewProject {
        name: NAME.into(),
        notes: "Made by Upnext for a sprint of the project “Project”, in which its tasks stay as well."
            .into(),
        team: Some(TeamGid::new("5")),
        privacy: Privacy::PrivateToTeam,
    };
    assert_eq!(plan.actions[0].action, Action::EnsureProject { project: made });
    assert!(planned(&beside(vec![]), &policy(Phase::Shadow)).actions.is_empty());
}

#[test]
fn done_once_nothing_is_left_and_what_a_person_took_out_stays_out() {
    let auto = policy(Phase::Auto);
    let mut after = done(&beside(vec![]), &planned(&beside(vec![]), &auto));
    assert!(planned(&after, &auto).actions.is_empty());
    of(&mut after, "1").elsewhere.clear();
    let plan = planned(&after, &auto);
    assert!(plan.actions.is_empty(), "{plan:#?}");
    let kept: Vec<&SkipReason> = plan.kept.iter().map(|kept| &kept.reason).collect();
    assert_eq!(kept, [&SkipReason::TakenOut { project: NAME.into() }]);
    // The next sprint is another project.
    let next = decide::sprint::Filled { from: day(14), to: day(27), ..filled() };
    let plan = decide::sprint::plan_filled_sprint(&after, &next, &auto, &rules(), now());
    assert_eq!(check(&plan, &after, &auto), []);
    assert_eq!(put(&plan), [("1", None), ("2", None)]);
}

#[test]
fn the_only_project_of_that_name_is_filled_and_of_others_it_is_told_why_not() {
    let auto = policy(Phase::Auto);
    let one =
        planned(&beside(vec![there("70", " sprint 2026-06-15"), there("71", "Sprint 2026-06-01")]), &auto);
    assert_eq!(put(&one), [("1", Some("70")), ("2", Some("70"))]);
    let archived = SprintProject { archived: true, ..there("70", NAME) };
    assert_eq!(put(&planned(&beside(vec![archived]), &auto)), [("1", None), ("2", None)]);
    let public = SprintProject { privacy: Privacy::PublicToWorkspace, ..there("70", NAME) };
    let mut itself = beside(vec![]);
    itself.project.name = NAME.into();
    let told = [
        (beside(vec![there("70", NAME), there("71", NAME)]), "2 projects are called"),
        (beside(vec![public]), "more people see"),
        (itself, "itself called"),
        (three(), "could not be read"),
    ];
    for (snapshot, why) in told {
        let plan = planned(&snapshot, &auto);
        assert_eq!(ids(&plan, Consent::Given), ["act_suggest_1", "act_suggest_2"], "{why}");
        assert!(plan.notes.iter().any(|note| note.contains(why)), "{why}: {:?}", plan.notes);
    }
}

#[test]
fn a_project_that_is_not_shared_yet_is_made_to_its_end_before_it_is_filled() {
    let plan =
        planned(&beside(vec![SprintProject { unshared: true, ..there("70", NAME) }]), &policy(Phase::Auto));
    assert!(matches!(plan.actions[0].action, Action::EnsureProject { .. }), "{:?}", plan.actions);
    assert_eq!(put(&plan), [("1", None), ("2", None)]);
}

#[test]
fn a_private_project_is_made_private_and_that_is_told() {
    let mut snapshot = beside(vec![]);
    snapshot.sprints.as_mut().unwrap().privacy = Privacy::Private;
    let plan = planned(&snapshot, &policy(Phase::Auto));
    assert!(plan.notes.iter().any(|note| note.contains("is made private")), "{:?}", plan.notes);
}

#[test]
fn an_undo_takes_out_what_is_still_there_and_deletes_what_was_made() {
    let (before, auto) = (beside(vec![]), policy(Phase::Auto));
    let plan = planned(&before, &auto);
    let outcome = |planned: &PlannedAction| Outcome {
        project: (planned.id == plan.actions[0].id).then(|| ProjectGid::new("78")),
        made: planned.id == plan.actions[0].id,
        ..carried_out(&planned.id)
    };
    let outcomes: Vec<Outcome> = plan.actions.iter().map(outcome).collect();
    let resolved = plan.with_places(&outcomes);
    assert_eq!(put(&resolved), [("1", Some("78")), ("2", Some("78"))]);
    let pairs = resolved.actions.iter().zip(outcomes);
    let doings: Vec<Doing> =
        pairs.map(|(planned, outcome)| Doing { planned: planned.clone(), outcome }).collect();
    let mut after = done(&before, &plan);
    // The second a person took out: it is as it was.
    of(&mut after, "2").elsewhere.clear();
    let undo = plan_undo(&RunId::new("run_1"), &doings, (&after, Some(&before)), &rules(), now());
    assert_eq!(check(&undo, &after, &auto), []);
    let out: Vec<&str> = undo
        .actions
        .iter()
        .filter_map(|planned| match &planned.action {
            Action::RemoveFromProject { task, from, .. } if from.as_str() == "78" => Some(task.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(out, ["1"]);
    let last = &undo.actions.last().unwrap().action;
    assert!(matches!(last, Action::DeleteProject { project, .. } if project.as_str() == "78"), "{last:?}");
}

#[test]
fn a_yes_makes_the_project_or_finds_it_and_says_why_it_does_not() {
    let conditional = policy(Phase::Conditional);
    let snapshot = beside(vec![]);
    let plan = planned(&snapshot, &conditional);
    let asked: Vec<_> =
        asks(&plan, &snapshot, &[], &conditional).into_iter().filter(|ask| ask.what == "project").collect();
    assert_eq!(asked.len(), 2);
    assert_eq!(
        (asked[0].label.as_str(), asked[0].old.as_deref(), asked[0].new.as_str()),
        ("project", None, NAME)
    );
    let approved: Vec<Approved> = asked
        .into_iter()
        .enumerate()
        .map(|(at, ask)| Approved {
            kind: plan.kind.clone(),
            hindrance: None,
            judged: snapshot.task(&ask.task).cloned(),
            planned: plan.actions.iter().find(|planned| planned.id == ask.action).unwrap().clone(),
            approval: Approval {
                id: ApprovalId::new(format!("apr_{at}")),
                project: snapshot.project.gid.clone(),
                ask,
                asked_at: now().at,
                expires_at: now().at + 24.hours(),
                state: ApprovalState::Pending,
                settled: None,
            },
        })
        .collect();
    let yes = |snapshot: &Snapshot| {
        let (plan, void) = plan_approval(&approved, "Dana", (snapshot, &conditional), &rules(), now());
        assert_eq!(check(&plan, snapshot, &conditional), []);
        (plan, void.into_iter().map(|(_, why)| why).collect::<Vec<_>>())
    };
    let (made, void) = yes(&snapshot);
    assert!(void.is_empty(), "{void:?}");
    assert_eq!(ids(&made, Consent::Given), ["act_sprint_project", "act_project_1", "act_project_2"]);
    let mut found = beside(vec![there("70", NAME)]);
    assert_eq!(put(&yes(&found).0), [("1", Some("70")), ("2", Some("70"))]);
    // One is in it by now, and of the other a person took it out.
    of(&mut found, "1").elsewhere.push(Elsewhere { project: ProjectGid::new("70"), section: None });
    of(&mut found, "2").put_into.push(ProjectGid::new("70"));
    let (left, void) = yes(&found);
    assert!(left.actions.is_empty(), "{left:#?}");
    assert!(
        void.iter().any(|why| why.contains("so already")) && void.iter().any(|w| w.contains("took it out"))
    );
    let (left, void) = yes(&beside(vec![there("70", NAME), there("71", NAME)]));
    assert!(left.actions.is_empty() && void.iter().all(|why| why.contains("2 projects")), "{void:?}");
}

#[test]
fn a_sprint_is_a_section_or_a_project_and_not_both() {
    let mut both = policy(Phase::Auto);
    assert_eq!(both.problems(), []);
    both.sprint.section = "Sprint {from}".into();
    let problems = both.problems();
    assert!(problems[0].0 == "sprint.project" && problems[0].1.contains("not both"), "{problems:?}");
}

#[test]
fn a_task_in_the_projects_of_several_sprints_counts_in_the_last() {
    let sprint = policy(Phase::Auto).sprint;
    let names = [("70", -56), ("71", -42), ("72", -28), ("73", -14)];
    let mut projects: Vec<SprintProject> =
        names.iter().map(|(gid, from)| there(gid, &format!("Sprint {}", day(*from)))).collect();
    // What is over is archived by many.
    projects[0].archived = true;
    let snapshot = beside(projects);
    let at = places(&snapshot, &sprint);
    let own = format!("Sprint {}", day(0));
    let planned =
        Planned { policy: &sprint, places: &at, own: Some(&own), from: day(0), days: 14, now: now().at };
    let finished = |gid: &str, within: &[&str]| {
        let mut one = task(gid);
        let place = |project: &&str| Elsewhere { project: ProjectGid::new(*project), section: None };
        one.elsewhere = within.iter().map(place).collect();
        one.completed = true;
        Past {
            task: one,
            completed_at: Some(now().at - 24.hours()),
            actual_minutes: None,
            happenings: vec![],
        }
    };
    let past = [
        finished("1", &["70"]),
        finished("2", &["71", "72"]),
        finished("3", &["71"]),
        finished("4", &["70", "73"]),
    ];
    let told: Vec<(String, f64)> =
        past_sprints(&past, &planned, |_| 8.0).into_iter().map(|one| (one.name, one.hours)).collect();
    let wanted = names.map(|(_, from)| (format!("Sprint {}", day(from)), 8.0));
    assert_eq!(told, wanted);
    assert_eq!(planned.earlier(&past[1].task), Some(at[2].name.as_str()));
}

/// A project as it may be beside another.
fn any_project() -> impl Strategy<Value = SprintProject> {
    let names = vec![NAME, "sprint 2026-06-15 ", "Sprint 2026-06-01", "Marketing"];
    let privacy = vec![Privacy::Private, Privacy::PrivateToTeam, Privacy::PublicToWorkspace];
    (70u32..90, prop::sample::select(names), any::<bool>(), prop::sample::select(privacy)).prop_map(
        |(gid, name, archived, privacy)| SprintProject {
            gid: ProjectGid::new(gid.to_string()),
            name: name.into(),
            archived,
            privacy,
            unshared: false,
        },
    )
}

proptest! {
    /// Whatever is beside a project and whoever put its tasks there: no task is taken out of any project, none is shown to more people,
    /// none that a person took out is put back, and nothing is written in shadow.
    #[test]
    fn no_plan_takes_a_task_out_of_a_project_or_shows_it_to_others(
        mut projects in prop::collection::vec(any_project(), 0..6),
        privacy in prop::sample::select(vec![Privacy::Private, Privacy::PrivateToTeam, Privacy::PublicToWorkspace]),
        tasks in prop::collection::vec(
            (prop::collection::vec(70u32..90, 0..4), prop::collection::vec(70u32..90, 0..4)), 3),
        phase in prop::sample::select(vec![Phase::Shadow, Phase::Suggest, Phase::Conditional, Phase::Auto]),
    ) {
        projects.sort_by(|a, b| a.gid.cmp(&b.gid));
        projects.dedup_by(|a, b| a.gid == b.gid);
        let mut snapshot = beside(projects.clone());
        snapshot.sprints.as_mut().unwrap().privacy = privacy;
        for (at, (within, ours)) in tasks.into_iter().enumerate() {
            let task = of(&mut snapshot, &(at + 1).to_string());
            let gid = |gid: u32| ProjectGid::new(gid.to_string());
            task.elsewhere =
                within.into_iter().map(|of| Elsewhere { project: gid(of), section: None }).collect();
            task.put_into = ours.into_iter().map(gid).collect();
        }
        let plan = planned(&snapshot, &policy(phase));
        prop_assert!(phase != Phase::Shadow || plan.actions.is_empty());
        for planned in &plan.actions {
            let given = planned.consent == Consent::Given;
            let takes_out = matches!(
                planned.action,
                Action::RemoveFromProject { .. } | Action::DeleteProject { .. } | Action::MoveToSection { .. }
            );
            prop_assert!(!takes_out, "{:?}", planned);
            match &planned.action {
                Action::EnsureProject { project } => {
                    prop_assert!(project.privacy <= privacy && (!given || phase == Phase::Auto));
                }
                Action::AddToProject { task, to, .. } => {
                    prop_assert!(!given || phase == Phase::Auto);
                    let ProjectRef::Existing(gid) = to else { continue };
                    let known = projects.iter().find(|one| one.gid == *gid).unwrap();
                    prop_assert!(known.privacy <= privacy && !known.archived);
                    let task = snapshot.task(&TaskGid::new(task.as_str())).unwrap();
                    prop_assert!(!task.is_in(gid) && !task.taken_out_of(gid));
                }
                _ => {}
            }
        }
    }
}
