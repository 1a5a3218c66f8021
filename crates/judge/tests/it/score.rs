//! What every score keeps: exact sums, the order, independence from how tasks are listed, and memory.

use crate::backlog::{With, goal, now, project, task};
use crate::verdict::{of, only, rubric, verdicts};
use domain::{Band, GoalStatus, Judgement, Points, Snapshot, Task, TaskGid};
use judge::{Memory, PRESETS, judge, preset};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Given {
    value: Option<u8>,
    effort: Option<u8>,
    priority: Option<usize>,
    due: Option<i16>,
    starts: Option<i8>,
    age: u16,
    comments: Vec<(u8, u8)>,
    waits_for: Vec<u8>,
    completed: bool,
}

fn given() -> impl Strategy<Value = Given> {
    use prop::collection::vec;
    use prop::option::of;
    let fields = (of(0..=10u8), of(0..=60u8), of(0..4usize), of(-200..200i16), of(-20..20i8));
    let rest = (0..900u16, vec((0..4u8, 0..90u8), 0..4), vec(0..25u8, 0..3), prop::bool::weighted(0.1));
    (fields, rest).prop_map(
        |((value, effort, priority, due, starts), (age, comments, waits_for, completed))| Given {
            value,
            effort,
            priority,
            due,
            starts,
            age,
            comments,
            waits_for,
            completed,
        },
    )
}

fn made(at: usize, given: &Given) -> Task {
    let mut made = task(&at.to_string()).created(given.age.into());
    made.completed = given.completed;
    if let Some(value) = given.value {
        made = made.value(value.into());
    }
    if let Some(effort) = given.effort {
        made = made.effort(effort.into());
    }
    if let Some(priority) = given.priority {
        made = made.priority(["P0", "P1", "P2", "P3"][priority]);
    }
    if let Some(days) = given.due {
        made = made.due(days.into());
    }
    if let Some(days) = given.starts {
        made = made.starts(days.into());
    }
    for (author, days) in &given.comments {
        made = made.comment(&author.to_string(), (*days).into());
    }
    let blockers: Vec<String> = given.waits_for.iter().map(ToString::to_string).collect();
    made.waits_for(&blockers.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Up to 24 tasks of all kinds, blockers at random (outside ones and cycles too), two goals.
pub fn backlogs() -> impl Strategy<Value = Snapshot> {
    prop::collection::vec(given(), 1..24).prop_map(|givens| {
        let tasks = givens.iter().enumerate().map(|(at, given)| made(at, given)).collect();
        let mut snapshot = project(tasks);
        snapshot.goals =
            vec![goal("70", GoalStatus::Red, &["0", "3"]), goal("71", GoalStatus::Green, &["1"])];
        snapshot
    })
}

fn by_task(judgements: Vec<Judgement>) -> std::collections::BTreeMap<TaskGid, Judgement> {
    judgements.into_iter().map(|j| (j.task.clone(), j)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_score_is_the_sum_of_its_contributions(snapshot in backlogs()) {
        for (name, _) in PRESETS {
            let judgements = verdicts(&snapshot, &preset(name).unwrap());
            prop_assert_eq!(judgements.len(), snapshot.tasks.iter().filter(|t| !t.completed).count());
            for judgement in &judgements {
                let sum: Points = judgement.contributions.iter().map(|c| c.points).sum();
                prop_assert_eq!(sum, judgement.score);
                prop_assert!((0..=1000).contains(&judgement.score.tenths()));
                prop_assert!(judgement.contributions.iter().all(|c| c.points <= c.most));
                prop_assert!((5..=95).contains(&judgement.confidence.percent));
            }
        }
    }

    #[test]
    fn ranks_count_up_while_scores_fall(snapshot in backlogs()) {
        let judgements = verdicts(&snapshot, &preset("default").unwrap());
        prop_assert!(judgements.iter().enumerate().all(|(at, j)| j.rank == at + 1));
        prop_assert!(judgements.windows(2).all(|pair| pair[0].score >= pair[1].score));
    }

    #[test]
    fn the_order_of_the_list_changes_nothing(snapshot in backlogs(), seed in any::<u64>()) {
        let rubric = preset("default").unwrap();
        let mut shuffled = snapshot.clone();
        let count = shuffled.tasks.len();
        for at in 0..count {
            let other = (seed.rotate_left(at as u32 * 7) % count as u64) as usize;
            shuffled.tasks.swap(at, other);
        }
        let mut here = by_task(verdicts(&snapshot, &rubric));
        let mut there = by_task(verdicts(&shuffled, &rubric));
        for judgement in here.values_mut().chain(there.values_mut()) {
            judgement.waits_for.sort();
            judgement.cycle.sort();
            // Which three of many blocked tasks are named follows the list.
            for contribution in &mut judgement.contributions {
                contribution.readings.clear();
            }
        }
        prop_assert_eq!(here, there);
    }

    #[test]
    fn more_value_or_a_nearer_date_never_lowers_a_score(snapshot in backlogs(), at in any::<prop::sample::Index>()) {
        let rubric = preset("default").unwrap();
        let mut tasks = snapshot.tasks.clone();
        // One task that has everything keeps every input in use.
        tasks.push(task("99").value(10.0).effort(3.0).priority("P1").due(30).starts(1).comment("1", 3));
        let before = Snapshot { tasks, ..snapshot };
        let at = at.index(before.tasks.len());
        let gid = before.tasks[at].gid.clone();
        let score = |snapshot: &Snapshot| by_task(verdicts(snapshot, &rubric)).get(&gid).map(|j| j.score);
        let mut richer = before.clone();
        richer.tasks[at] = richer.tasks[at].clone().value(10.0);
        prop_assert!(score(&richer) >= score(&before));
        let mut nearer = before.clone();
        let due = nearer.tasks[at].due_on.map_or(180, |d| (d - crate::backlog::day(0)).get_days());
        nearer.tasks[at] = nearer.tasks[at].clone().due(i64::from(due) - 20);
        prop_assert!(score(&nearer) >= score(&before));
    }

    #[test]
    fn judging_again_gives_the_same_bytes(snapshot in backlogs()) {
        let rubric = preset("default").unwrap();
        let text = || serde_json::to_string(&verdicts(&snapshot, &rubric)).unwrap();
        prop_assert_eq!(text(), text());
    }
}

#[test]
fn equals_rank_the_surer_then_the_older_then_the_smaller_gid() {
    let scored = |gid: &str| task(gid).value(5.0);
    let mut undescribed = scored("1");
    undescribed.notes.clear();
    let tasks = vec![undescribed, scored("10"), scored("9"), scored("11").created(3)];
    let judgements = verdicts(&project(tasks), &only("business_value"));
    let order: Vec<&str> = judgements.iter().map(|j| j.task.as_str()).collect();
    assert_eq!(order, ["11", "9", "10", "1"]);
}

#[test]
fn a_band_is_kept_until_its_border_is_passed_by_the_margin() {
    let rubric = judge::Rubric::parse(
        "version = 't'\ndescription = 't'\nbands = { p0 = 75, p1 = 50, p2 = 25, hysteresis = 2 }\n\
         sprint = { next_tasks = 3 }\neffort = { days_per_unit = 1.0, large_days = 40.0 }\n\
         [[criterion]]\nname = 'it'\nweight = 1\nsignals = { business_value = 1.0 }",
    )
    .unwrap();
    let band = |value: f64, had: Band| {
        let memory = Memory::from([(TaskGid::new("1"), (Points::from_f64(50.0), had))]);
        judge(&project(vec![task("1").value(value)]), &rubric, now(), &memory)[0].band
    };
    assert_eq!(band(5.1, Band::P2), Band::P2);
    assert_eq!(band(5.2, Band::P2), Band::P1);
    assert_eq!(band(4.9, Band::P1), Band::P1);
    assert_eq!(band(4.8, Band::P1), Band::P2);
    assert_eq!(band(5.1, Band::P3), Band::P1);
}

#[test]
fn a_criterion_nobody_feeds_gives_its_weight_to_the_others() {
    let rubric = rubric(
        "[[criterion]]\nname = 'worth'\nweight = 1\nsignals = { business_value = 1.0 }\n\
         [[criterion]]\nname = 'goals'\nweight = 3\nsignals = { goal_links = 1.0 }",
    );
    let mut snapshot = project(vec![task("1").value(8.0), task("2")]);
    let judgements = verdicts(&snapshot, &rubric);
    assert_eq!(of(&judgements, "1").score.to_f64(), 80.0);
    assert_eq!(of(&judgements, "1").contributions[1].most, Points::ZERO);
    // As soon as one task has it, it counts for all.
    snapshot.goals = vec![goal("70", GoalStatus::Red, &["2"])];
    let judgements = verdicts(&snapshot, &rubric);
    assert_eq!(of(&judgements, "1").score.to_f64(), 20.0);
    assert_eq!(of(&judgements, "2").score.to_f64(), 75.0);
}

#[test]
fn an_empty_project_has_no_judgements() {
    assert!(verdicts(&project(vec![]), &preset("default").unwrap()).is_empty());
    let nothing_known = verdicts(&project(vec![task("1")]), &preset("wsjf").unwrap());
    assert_eq!(nothing_known[0].score, Points::ZERO);
    assert_eq!(nothing_known[0].missing.len(), 4);
}
