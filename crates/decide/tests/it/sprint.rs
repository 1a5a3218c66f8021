//! Planning sprints: what is taken, why the rest is not, and that every plan can be carried out.

use crate::backlogs::{backlog, candidate, seat, skills, sure};
use decide::sprint::{
    Candidate, Proof, SprintPlan, Taken, Wanted, Why, check_sprint, difference, plan_sprint,
};
use judge::risk::Spread;
use proptest::prelude::*;

fn wanted(candidates: Vec<Candidate>, people: usize) -> Wanted {
    let people = (0..people).map(|at| seat(at, 5, 8.0)).collect();
    Wanted { candidates, people, rounds: 500, ..Wanted::default() }
}

/// The plan, looked at by the checker.
fn planned(wanted: &Wanted) -> SprintPlan {
    let plan = plan_sprint(wanted);
    assert_eq!(check_sprint(&plan, wanted), Vec::<String>::new());
    plan
}

fn names(plan: &SprintPlan) -> Vec<&str> {
    let mut names: Vec<&str> = plan.taken.iter().map(|t| t.name.as_str()).collect();
    names.sort_unstable();
    names
}

fn why<'a>(plan: &'a SprintPlan, name: &str) -> &'a Why {
    &plan.left.iter().find(|left| left.name == name).unwrap().why
}

#[test]
fn the_best_combination_is_taken_and_proven_where_greedy_is_not() {
    // The densest first leaves 20 h idle: 60 + 50 of 24 + 20 h are worth more together than 70 of 22 h beside one of them.
    let tasks =
        vec![sure(candidate(0, 70.0, 22.0)), sure(candidate(1, 60.0, 20.0)), sure(candidate(2, 58.0, 20.0))];
    let plan = planned(&wanted(tasks, 1));
    assert_eq!(names(&plan), ["Task 1", "Task 2"]);
    assert_eq!((plan.proof, plan.value, plan.gap), (Proof::Optimal, 118.0, 0.0));
    assert!(plan.greedy < plan.value);
    let reason = why(&plan, "Task 0");
    assert_eq!(reason.to_string(), "Person 0 is full: it lost its slot to “Task 2”");
    assert_eq!(plan.binding[0].limit, "Person 0 is full");
}

#[test]
fn spread_keeps_hours_free_and_more_certainty_keeps_more() {
    let tasks: Vec<Candidate> = (0..40).map(|at| candidate(at, 10.0, 4.0)).collect();
    let taken = |finishing| planned(&Wanted { finishing, ..wanted(tasks.clone(), 2) }).taken.len();
    let (half, eighty, ninety_five) = (taken(0.5), taken(0.8), taken(0.95));
    assert!(half > eighty && eighty > ninety_five && ninety_five > 0, "{half} {eighty} {ninety_five}");
}

#[test]
fn whoever_does_not_belong_to_the_project_keeps_what_they_have_and_is_given_nothing() {
    let mut tasks = vec![sure(candidate(0, 50.0, 8.0)), sure(candidate(1, 60.0, 8.0))];
    tasks[0].owner = Some(0);
    let mut wanted = wanted(tasks, 1);
    wanted.people[0].only_own = true;
    let plan = planned(&wanted);
    assert_eq!(names(&plan), ["Task 0"]);
    assert_eq!(why(&plan, "Task 1"), &Why::NoMember);
    let before = plan_sprint(&Wanted { people: vec![seat(0, 5, 8.0)], ..wanted.clone() });
    let wrong = check_sprint(&before, &wanted);
    assert!(wrong.iter().any(|said| said.contains("no member of the project")), "{wrong:?}");
}

#[test]
fn more_work_than_hours_is_found_and_many_tasks_without_hours_are_looked_at_in_time() {
    let count = 2_000;
    let tasks = (0..count).map(|at| candidate(at, 1.0, if at < 2 { 8.0 } else { 0.0 }));
    let wanted = wanted(tasks.map(sure).collect(), 1);
    let taken = |at: usize| Taken {
        task: wanted.candidates[at].task.clone(),
        name: wanted.candidates[at].name.clone(),
        candidate: at,
        seat: 0,
        person: wanted.people[0].person.clone(),
        value: 1.0,
        hours: 0.0,
        begins: 0.0,
        ends: if at < 2 { 1.5 } else { 3.0 },
    };
    let mut plan = plan_sprint(&Wanted { candidates: vec![], ..wanted.clone() });
    plan.taken = (0..count).map(taken).collect();
    (plan.value, plan.bound) = (count as f64, count as f64);
    let wrong = check_sprint(&plan, &wanted);
    assert_eq!(wrong, ["Person 0 has 16.00 h of work in 12.00 h"]);
    plan.taken[1].ends = 2.0;
    assert_eq!(check_sprint(&plan, &wanted), Vec::<String>::new());
}

#[test]
fn what_is_waited_for_comes_first_and_within_the_time() {
    let mut tasks =
        vec![sure(candidate(0, 1.0, 16.0)), sure(candidate(1, 90.0, 24.0)), sure(candidate(2, 80.0, 30.0))];
    tasks[1].waits_for = vec![0];
    tasks[2].waits_for = vec![0];
    let plan = planned(&wanted(tasks, 2));
    assert_eq!(names(&plan), ["Task 0", "Task 1"]);
    let at = |name: &str| plan.taken.iter().find(|t| t.name == name).unwrap();
    assert!(at("Task 0").ends <= at("Task 1").begins);
    assert_eq!(why(&plan, "Task 2"), &Why::NoTime); // 16 + 30 h are more than the 40 of a week
}

#[test]
fn skills_cycles_and_blockers_outside_keep_tasks_out_with_a_reason() {
    let mut tasks: Vec<Candidate> = (0..7).map(|at| sure(candidate(at, 10.0, 4.0))).collect();
    tasks[0].skills = skills(&["law"]);
    tasks[1].waits_for = vec![2];
    tasks[2].waits_for = vec![1];
    tasks[3].blocked_by = vec!["Contract".into()];
    tasks[4].waits_for = vec![3];
    tasks[5].effort = Spread::usual(500.0).unwrap();
    let mut wanted = wanted(tasks, 2);
    wanted.people.iter_mut().for_each(|p| p.skills = Some(skills(&["design"])));
    let plan = planned(&wanted);
    assert_eq!(names(&plan), ["Task 6"]);
    let said = |name: &str| why(&plan, name).to_string();
    assert_eq!(said("Task 0"), "nobody has the skills it asks for (law)");
    assert!(said("Task 1").starts_with("part of a dependency cycle") && said("Task 2") == said("Task 1"));
    assert_eq!(said("Task 3"), "waits for “Contract”, which cannot be in this sprint");
    assert_eq!(said("Task 4"), "waits for “Task 3”, which is not in this sprint");
    assert!(said("Task 5").contains("more than anybody"));
}

#[test]
fn musts_limits_velocity_and_owners_are_kept_to() {
    let mut tasks: Vec<Candidate> = (0..12).map(|at| sure(candidate(at, 10.0 + at as f64, 8.0))).collect();
    tasks[0].must = true;
    tasks.iter_mut().for_each(|t| t.section = Some("Ready".into()));
    tasks[11].owner = Some(1);
    let mut wanted = wanted(tasks, 2);
    wanted.section_limits = [("Ready".to_owned(), 3)].into();
    let limited = planned(&wanted);
    assert_eq!(names(&limited), ["Task 0", "Task 10", "Task 11"]);
    assert_eq!(limited.taken.iter().find(|t| t.name == "Task 11").unwrap().seat, 1);
    assert_eq!(why(&limited, "Task 9").to_string(), "section “Ready” takes at most 3 tasks");
    wanted.section_limits.clear();
    wanted.velocity = Some(40.0);
    let slow = planned(&wanted);
    assert_eq!(slow.taken.len(), 5);
    assert_eq!(why(&slow, "Task 1").to_string(), "the team's velocity allows 40 h");
    assert!(difference(&limited, &slow).iter().any(|line| line.starts_with("takes “Task 9”")));
}

#[test]
fn a_must_that_does_not_fit_is_told() {
    let mut tasks = vec![sure(candidate(0, 10.0, 30.0)), sure(candidate(1, 10.0, 30.0))];
    tasks.iter_mut().for_each(|t| t.must = true);
    let plan = planned(&wanted(tasks, 1));
    assert_eq!(plan.taken.len(), 1);
    assert!(
        plan.notes.iter().any(|n| n.contains("“Task 1” must be taken, but no room was found")),
        "{:?}",
        plan.notes
    );
}

#[test]
fn nothing_and_nobody_make_an_empty_plan_with_a_sentence() {
    let empty = planned(&Wanted::default());
    assert_eq!((empty.taken.len(), empty.gap, empty.proof), (0, 0.0, Proof::Optimal));
    let nobody = planned(&wanted(vec![candidate(0, 10.0, 4.0)], 0));
    assert!(nobody.notes.iter().any(|n| n.starts_with("nobody can be given tasks")), "{:?}", nobody.notes);
}

#[test]
fn a_made_up_backlog_is_planned_near_its_bound_better_than_greedily_and_always_alike() {
    let wanted = Wanted { rounds: 3000, ..backlog(1, 120, 6, 20) };
    let plan = planned(&wanted);
    println!(
        "value {:.0}, bound {:.0}, gap {:.2} %, greedy {:.0}",
        plan.value,
        plan.bound,
        100.0 * plan.gap,
        plan.greedy
    );
    assert!(plan.gap < 0.015 && plan.value > plan.greedy);
    assert_eq!(plan, plan_sprint(&wanted));
}

prop_compose! {
    fn any_candidate(count: usize)(
        (value, hours) in (prop_oneof![0.0..100.0_f64, Just(f64::NAN), Just(-5.0)], prop_oneof![0.0..60.0_f64, Just(0.0)]),
        (must, carried) in (prop::bool::weighted(0.1), any::<bool>()),
        skill in prop::option::of(prop_oneof![Just("design"), Just("law"), Just("data")]),
        section in prop::option::of(Just("Ready".to_owned())),
        owner in prop::option::of(0..5_usize),
        waits_for in prop::collection::vec(0..count + 1, 0..3),
        sure_of_it in any::<bool>(),
    ) -> Candidate {
        let made = Candidate { must, carried, section, owner, waits_for, skills: skills(skill.as_slice()), ..candidate(0, value, hours) };
        if sure_of_it { sure(made) } else { made }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn every_plan_passes_the_checker(
        tasks in (1..25_usize).prop_flat_map(|count| prop::collection::vec(any_candidate(count), count)),
        hours in prop::collection::vec(prop::collection::vec(prop_oneof![0.0..9.0_f64, Just(0.0), Just(f64::NAN)], 0..8), 0..4),
        has in prop::collection::vec(any::<bool>(), 4),
        limit in prop::option::of(0..6_usize),
        velocity in prop::option::of(prop_oneof![0.0..100.0_f64, Just(f64::NAN)]),
        finishing in prop_oneof![0.3..1.0_f64, Just(f64::NAN)],
    ) {
        let mut wanted = wanted(tasks, hours.len());
        for (at, candidate) in wanted.candidates.iter_mut().enumerate() {
            candidate.task = domain::TaskGid::new((at + 1).to_string());
            candidate.name = format!("Task {at}");
        }
        for (at, hours) in hours.into_iter().enumerate() {
            wanted.people[at].hours = hours;
            wanted.people[at].skills = has[at].then(|| skills(&["design", "data"]));
        }
        wanted.section_limits = limit.map(|most| ("Ready".to_owned(), most)).into_iter().collect();
        (wanted.velocity, wanted.finishing, wanted.rounds) = (velocity, finishing, 100);
        let plan = plan_sprint(&wanted);
        prop_assert_eq!(check_sprint(&plan, &wanted), Vec::<String>::new());
        prop_assert_eq!(plan.taken.len() + plan.left.len(), wanted.candidates.len());
        prop_assert!((0.0..=1.0).contains(&plan.gap));
        // Once it holds what it took, there is room for nothing else, whether who does it has it by now or a person is asked still.
        for taken in &plan.taken {
            let candidate = &mut wanted.candidates[taken.candidate];
            (candidate.held, candidate.must) = (true, true);
            if has[taken.candidate % has.len()] {
                candidate.owner = Some(taken.seat);
            } else {
                candidate.promised = Some(taken.seat);
            }
        }
        let who = |plan: &SprintPlan| -> std::collections::BTreeSet<(usize, usize)> {
            plan.taken.iter().map(|taken| (taken.candidate, taken.seat)).collect()
        };
        let again = plan_sprint(&wanted);
        prop_assert!(who(&again).is_subset(&who(&plan)), "{:?} {:?}", who(&plan), who(&again));
    }
}
