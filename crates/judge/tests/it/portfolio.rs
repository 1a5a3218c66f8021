//! Ranking projects: priorities are the sums of their parts, and what is not known counts nothing and is named.

use domain::{Goal, GoalGid, GoalStatus, Named, Person, Points, ProjectGid, Support, TaskGid, UserGid};
use jiff::civil::{Date, date};
use judge::portfolio::{
    Budget, Crew, Criterion, DueTask, Lateness, ProjectFacts, Ranked, RankedGoal, Scored, Waits, rank,
    rank_goals, shortages, top,
};
use judge::risk::Percentiles;
use proptest::prelude::*;

const TODAY: Date = date(2026, 6, 15);

fn scored(gid: usize, score: f64) -> Scored {
    let task = TaskGid::new((1000 + gid).to_string());
    Scored { task, name: format!("Task {gid}"), score: Points::from_f64(score) }
}

/// A project of which nothing but tasks is known.
fn project(gid: &str, scores: &[f64]) -> ProjectFacts {
    let nth = gid.parse::<usize>().unwrap() * 100;
    ProjectFacts {
        project: Named { gid: ProjectGid::new(gid), name: format!("Project {gid}") },
        tasks: scores.iter().enumerate().map(|(at, score)| scored(nth + at, *score)).collect(),
        lateness: None,
        waits: None,
        budget: None,
        goals: None,
    }
}

fn late(days: i32) -> Option<Lateness> {
    let at = |more: i32| TODAY.checked_add(jiff::Span::new().days(days + more)).ok();
    let done = Percentiles { tenth: at(-5), middle: at(0), ninetieth: at(5) };
    Some(Lateness { due: TODAY, done, carried_by: vec![TaskGid::new("7")] })
}

fn points(ranked: &Ranked, criterion: Criterion) -> Option<f64> {
    ranked.contributions.iter().find(|c| c.criterion == criterion).map(|c| c.points.to_f64())
}

#[test]
fn a_long_backlog_is_not_worth_more_than_a_good_one() {
    let many = project("1", &[20.0; 500]);
    let few = project("2", &[90.0, 85.0, 80.0]);
    let ranked = rank(&[many, few.clone()], TODAY);
    assert_eq!(ranked[0].project.gid.as_str(), "2");
    // A fifth, and four fifths of it for each next: .2·90 + .16·85 + .128·80.
    assert_eq!(ranked[0].priority, Points::from_f64(41.8));
    assert!(ranked[1].priority <= Points::from_f64(20.0));
    assert_eq!(
        ranked[0].unknown,
        [Criterion::Slippage, Criterion::Dependencies, Criterion::Budget, Criterion::Goals]
    );
    let longer = ProjectFacts { tasks: few.tasks.iter().cloned().chain([scored(9, 1.0)]).collect(), ..few };
    assert!(rank(&[longer], TODAY)[0].priority >= Points::from_f64(41.8));
}

fn goal(gid: &str, status: GoalStatus, due_on: Option<Date>, supports: Vec<Support>) -> Goal {
    let name = format!("Goal {gid}");
    Goal { gid: GoalGid::new(gid), name, status, notes: String::new(), start_on: None, due_on, supports }
}

#[test]
fn what_endangers_a_project_raises_it_and_is_told_what_it_would_be_without() {
    let goal = goal("1", GoalStatus::Yellow, None, vec![]);
    let waits = Waits {
        task: TaskGid::new("1"),
        on: TaskGid::new("2"),
        due: Some(TODAY),
        on_due: Some(date(2026, 7, 1)),
    };
    let endangered = ProjectFacts {
        lateness: late(15),
        waits: Some(vec![waits]),
        budget: Some(Budget { total: 100.0, used: 100.0, unit: "h".into(), source: "Asana's budget".into() }),
        goals: Some(vec![goal]),
        ..project("1", &[50.0])
    };
    let calm = ProjectFacts {
        lateness: late(-40),
        waits: Some(vec![]),
        budget: Some(Budget { total: 100.0, used: 10.0, unit: "h".into(), source: "Asana's budget".into() }),
        goals: Some(vec![]),
        ..project("2", &[80.0])
    };
    let ranked = rank(&[calm, endangered], TODAY);
    let first = &ranked[0];
    assert_eq!((first.project.gid.as_str(), first.late_days), ("1", Some(15.0)));
    let all = Criterion::ALL.map(|criterion| points(first, criterion).unwrap());
    // Half of a month late, a conflict of dates, half way from 80 to 120 %, a goal at risk.
    assert_eq!(all, [5.0, 10.0, 7.5, 5.0, 6.0]);
    assert_eq!(first.priority, Points::from_f64(33.5));
    assert_eq!(first.without[0].priority, Points::from_f64(23.5));
    assert_eq!(ranked[1].priority, Points::from_f64(8.0));
    assert_eq!(ranked[1].behind, Some((ProjectGid::new("1"), Points::from_f64(25.5))));
    assert!(ranked[1].without.is_empty());
}

#[test]
fn no_end_in_sight_counts_in_full() {
    let never = Percentiles { tenth: None, middle: None, ninetieth: None };
    let lateness = Some(Lateness { due: TODAY, done: never, carried_by: vec![] });
    let ranked = rank(&[ProjectFacts { lateness, ..project("1", &[]) }], TODAY);
    let slippage = &ranked[0].contributions[1];
    assert_eq!((slippage.points, slippage.because.contains("no end is in sight")), (slippage.most, true));
}

fn of_goal(ranked: &RankedGoal, criterion: Criterion) -> Option<f64> {
    ranked.contributions.iter().find(|c| c.criterion == criterion).map(|c| c.points.to_f64())
}

#[test]
fn a_goal_is_ranked_by_the_work_that_supports_it() {
    let whole = Support::Project { gid: ProjectGid::new("1"), weight: 1.0 };
    let single = Support::Task { gid: TaskGid::new("1201"), weight: 0.2 };
    let date = TODAY.checked_add(jiff::Span::new().days(15)).unwrap();
    let grow = goal("7", GoalStatus::Green, Some(date), vec![whole, single]);
    let save = goal("8", GoalStatus::Red, None, vec![]);
    let done = goal("9", GoalStatus::Achieved, None, vec![]);
    let waits =
        |task: &str| Waits { task: TaskGid::new(task), on: TaskGid::new("5"), due: None, on_due: None };
    let one = ProjectFacts {
        lateness: late(30),
        waits: Some(vec![waits("1100")]),
        goals: Some(vec![grow.clone(), done]),
        ..project("1", &[50.0])
    };
    // Of the second project one task supports the goal: neither its other work, waits nor its end do.
    let two = ProjectFacts {
        lateness: late(90),
        waits: Some(vec![waits("1200")]),
        goals: Some(vec![grow, save]),
        ..project("2", &[99.0, 80.0])
    };
    let ranked = rank_goals(&[one, two], TODAY);
    let gids: Vec<&str> = ranked.iter().map(|one| one.gid.as_str()).collect();
    assert_eq!(gids, ["7", "8"]);
    let grow = &ranked[0];
    // Weights of 50, 20, 10 and 10 in ninety: 55.6, 22.2, 11.1 and 11.1. .2·80 + .16·50 of a hundred; half a month after the goal's date;
    // one wait; on track.
    let all = [Criterion::Worth, Criterion::Slippage, Criterion::Dependencies, Criterion::Goals];
    assert_eq!(all.map(|criterion| of_goal(grow, criterion).unwrap()), [13.3, 11.1, 5.6, 1.1]);
    assert_eq!((grow.open, grow.projects.len(), &grow.unknown[..]), (2, 2, &[][..]));
    let behind: Vec<(&str, &str)> =
        grow.tasks.iter().map(|t| (t.scored.task.as_str(), t.project.gid.as_str())).collect();
    assert_eq!(behind, [("1201", "2"), ("1100", "1")]);
    assert!(grow.contributions[1].because.contains("15 days after the goal’s date"), "{grow:#?}");
    let save = &ranked[1];
    assert_eq!((of_goal(save, Criterion::Worth), save.open), (Some(0.0), 0));
    assert_eq!(save.unknown, [Criterion::Slippage]);
    assert_eq!(of_goal(save, Criterion::Goals), save.contributions.last().map(|c| c.most.to_f64()));
}

#[test]
fn a_task_in_several_projects_is_listed_once() {
    let (one, mut two) = (project("1", &[60.0, 10.0]), project("2", &[40.0]));
    two.tasks.push(one.tasks[0].clone());
    let list = top(&[two, one], 10);
    let named: Vec<(&str, &str)> =
        list.iter().map(|t| (t.scored.task.as_str(), t.project.gid.as_str())).collect();
    assert_eq!(named, [("1100", "1"), ("1200", "2"), ("1101", "1")]);
}

#[test]
fn free_hours_of_others_are_offered_once_and_to_the_first_project() {
    let person = |gid: &str| Person { gid: UserGid::new(gid), name: gid.to_owned() };
    let crew = |gid: &str, due: f64, people: Vec<(Person, f64, f64)>| Crew {
        project: Named { gid: ProjectGid::new(gid), name: gid.to_owned() },
        due: [0.25, 0.75]
            .map(|part| DueTask {
                task: TaskGid::new(format!("{gid}{}", (4.0 * part) as i32)),
                name: "Work".into(),
                hours: part * due,
            })
            .to_vec(),
        people,
    };
    let crews = [
        crew("1", 60.0, vec![(person("a"), 40.0, 0.0)]),
        crew("2", 30.0, vec![(person("b"), 20.0, 0.0)]),
        crew("3", 10.0, vec![(person("c"), 60.0, 25.0)]),
    ];
    let found = shortages(&crews.iter().collect::<Vec<_>>());
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].offers[0].hours, found[1].offers[0].hours), (20.0, 5.0));
    // Both sides of the difference are told apart: the tasks, the most hours first, and the people.
    let tasks: Vec<(&str, f64)> = found[0].tasks.iter().map(|t| (t.task.as_str(), t.hours)).collect();
    assert_eq!((found[0].due, &tasks[..]), (60.0, &[("13", 45.0), ("11", 15.0)][..]));
    assert_eq!(found[0].people.iter().map(|of| of.hours).sum::<f64>(), found[0].hours);
}

fn facts() -> impl Strategy<Value = Vec<ProjectFacts>> {
    let number = prop_oneof![0.0..200.0f64, Just(f64::NAN), Just(f64::INFINITY), Just(-5.0)];
    let one = (
        1..9u8,
        prop::collection::vec(0.0..100.0f64, 0..12),
        prop::option::of(-400..400i32),
        prop::option::of(0..5usize),
        prop::option::of((number, 0.0..200.0f64)),
        prop::option::of(prop::collection::vec(0..5u8, 0..3)),
    );
    prop::collection::vec(one, 0..6).prop_map(|all| {
        all.into_iter()
            .map(|(gid, scores, days, waits, budget, goals)| ProjectFacts {
                lateness: days.and_then(late),
                waits: waits.map(|n| {
                    (0..n)
                        .map(|at| Waits {
                            task: TaskGid::new(at.to_string()),
                            on: TaskGid::new("9"),
                            due: None,
                            on_due: None,
                        })
                        .collect()
                }),
                budget: budget.map(|(used, total)| Budget {
                    total,
                    used,
                    unit: String::new(),
                    source: "fields".into(),
                }),
                goals: goals.map(|all| {
                    let status = [
                        GoalStatus::Green,
                        GoalStatus::Yellow,
                        GoalStatus::Red,
                        GoalStatus::Achieved,
                        GoalStatus::Unknown,
                    ];
                    all.iter()
                        .map(|nth| {
                            let status = status[usize::from(*nth)];
                            // By its number: the whole first project, a task of the second, and nothing.
                            let supports = match nth {
                                1 => vec![Support::Project { gid: ProjectGid::new("1"), weight: 1.0 }],
                                2 => vec![Support::Task { gid: TaskGid::new("1200"), weight: 0.5 }],
                                _ => vec![],
                            };
                            goal(&nth.to_string(), status, (nth % 2 == 1).then_some(TODAY), supports)
                        })
                        .collect()
                }),
                ..project(&gid.to_string(), &scores)
            })
            .collect()
    })
}

proptest! {
    /// Contributions add up to the priority, none exceeds its weight, weights sum to 100, and without a risk what it adds is gone.
    #[test]
    fn contributions_add_up(facts in facts()) {
        for ranked in rank(&facts, TODAY) {
            let sum: Points = ranked.contributions.iter().map(|c| c.points).sum();
            prop_assert_eq!(sum, ranked.priority);
            prop_assert!(ranked.priority >= Points::ZERO && ranked.priority <= Points::from_f64(100.0));
            let most: Points = ranked.contributions.iter().map(|c| c.most).sum();
            prop_assert_eq!(most, Points::from_f64(100.0));
            prop_assert!(ranked.contributions.iter().all(|c| c.points >= Points::ZERO && c.points <= c.most));
            prop_assert_eq!(ranked.contributions.len() + ranked.unknown.len(), Criterion::ALL.len());
            for without in &ranked.without {
                let part = ranked.contributions.iter().find(|c| c.criterion == without.criterion).unwrap();
                prop_assert_eq!(without.priority + part.points, ranked.priority);
                prop_assert!(without.place >= ranked.place);
            }
        }
    }

    /// The same of goals; of the closed there are none, and each is ranked once.
    #[test]
    fn contributions_of_goals_add_up(facts in facts()) {
        let ranked = rank_goals(&facts, TODAY);
        let mut seen = std::collections::BTreeSet::new();
        for (at, goal) in ranked.iter().enumerate() {
            prop_assert!(goal.status.is_open() && seen.insert(&goal.gid));
            prop_assert_eq!(goal.open, goal.tasks.len());
            prop_assert_eq!(goal.place, at + 1);
            let sum: Points = goal.contributions.iter().map(|c| c.points).sum();
            prop_assert_eq!(sum, goal.priority);
            let most: Points = goal.contributions.iter().map(|c| c.most).sum();
            prop_assert_eq!(most, Points::from_f64(100.0));
            prop_assert!(goal.contributions.iter().all(|c| c.points >= Points::ZERO && c.points <= c.most));
            prop_assert!(goal.without.iter().all(|without| without.place >= goal.place));
        }
    }

    /// Each project is ranked once, whatever order they come in.
    #[test]
    fn order_does_not_matter(facts in facts()) {
        let mut seen = std::collections::BTreeSet::new();
        let once: Vec<ProjectFacts> = facts.into_iter().filter(|f| seen.insert(f.project.gid.clone())).collect();
        let other: Vec<ProjectFacts> = once.iter().rev().cloned().collect();
        let ranked = rank(&once, TODAY);
        prop_assert_eq!(&ranked, &rank(&other, TODAY));
        prop_assert_eq!(rank_goals(&once, TODAY), rank_goals(&other, TODAY));
        prop_assert_eq!(ranked.len(), once.len());
        prop_assert_eq!(top(&once, 20), top(&other, 20));
        prop_assert!(ranked.iter().enumerate().all(|(at, one)| one.place == at + 1));
    }
}
