//! Turning time back, and what a backtest finds in a past that is known.

use crate::backlog::{VALUE, With as _, now, project, task};
use domain::{FieldGid, FieldValue, Happened, Happening, Moment, Past, SectionGid, Snapshot, Task, UserGid};
use jiff::{Timestamp, ToSpan as _};
use judge::backtest::{Backtest, Look, Verdict, backtest};
use judge::preset;

const WEEKS: i64 = 20;
const BOT: &str = "900";

/// So many days before today.
fn ago(days: i64) -> Timestamp {
    now().at - (24 * days).hours()
}

fn happening(days_ago: i64, by: &str, what: Happened) -> Happening {
    Happening { at: ago(days_ago), by: Some(UserGid::new(by)), what }
}

fn moments() -> Vec<Moment> {
    let moment = |week: i64| Moment { at: ago(7 * week), today: now().today - (7 * week).days() };
    (2..=WEEKS).rev().map(moment).collect()
}

fn number(n: f64) -> Option<FieldValue> {
    Some(FieldValue::Number(n))
}

fn look(pasts: &[Past]) -> Backtest {
    let present: Snapshot = project(vec![]);
    let rubric = preset("default").expect("a preset");
    let (moments, ours) = (moments(), UserGid::new(BOT));
    backtest(&Look {
        present: &present,
        pasts,
        rubric: &rubric,
        moments: &moments,
        horizon_days: 14,
        ours: &ours,
    })
}

fn born(mut task: Task, days_ago: i64) -> Task {
    task.created_at = ago(days_ago);
    task
}

/// A backlog of which every week the task of the highest value is finished.
fn valued() -> Vec<Past> {
    (0..60)
        .map(|nth: i64| {
            let mut task = born(task(&format!("{}", 100 + nth)), 300 + (nth * 37) % 60)
                .value(f64::from(nth as i32 % 60) / 6.0);
            let done = (nth >= 60 - WEEKS).then(|| ago(7 * (nth - (60 - WEEKS)) + 3));
            task.completed = done.is_some();
            Past { task, completed_at: done, actual_minutes: None, happenings: vec![] }
        })
        .collect()
}

#[test]
fn an_order_that_the_team_followed_is_found_good() {
    let found = look(&valued());
    assert_eq!(found.coverage.share(), 1.0);
    let ours = &found.figures[0];
    assert_eq!(ours.name, "Upnext");
    let mean = ours.ndcg.iter().sum::<f64>() / ours.ndcg.len() as f64;
    let fifo = found.figures.iter().find(|figures| figures.name == "first in, first out").expect("FIFO");
    let fifo = fifo.ndcg.iter().sum::<f64>() / fifo.ndcg.len() as f64;
    assert!(mean > 0.85 && mean > fifo + 0.3, "{mean} against {fifo}");
    assert!(matches!(found.verdict, Verdict::Go { .. }), "{:?}", found.verdict);
}

#[test]
fn an_order_that_the_team_never_followed_is_found_bad() {
    // The oldest is always done first, whatever its value.
    let mut pasts = valued();
    pasts.sort_by_key(|past| past.task.created_at);
    for (nth, past) in pasts.iter_mut().enumerate() {
        let nth = nth as i64;
        past.completed_at = (nth < WEEKS).then(|| ago(7 * (WEEKS - nth) - 4));
        past.task.completed = past.completed_at.is_some();
        past.task = past.task.clone().value(f64::from(nth as i32) / 6.0);
    }
    assert!(
        matches!(look(&pasts).verdict, Verdict::NoGo { rival: "first in, first out", .. }),
        "{:?}",
        look(&pasts).verdict
    );
}

#[test]
fn what_people_wrote_afterwards_is_not_known_before() {
    // Every value was entered on the day the task was finished: nothing tells the tasks apart before.
    let mut pasts = valued();
    for past in &mut pasts {
        let at = past.completed_at.unwrap_or(now().at);
        let new = past.task.fields[&FieldGid::new(VALUE)].value.clone();
        let what = Happened::Field { gid: FieldGid::new(VALUE), old: None, new };
        past.happenings.push(Happening { at, by: Some(UserGid::new("7")), what });
    }
    let found = look(&pasts);
    let mean = found.figures[0].ndcg.iter().sum::<f64>() / found.figures[0].ndcg.len() as f64;
    assert!(mean < 0.6, "{mean}");
}

#[test]
fn a_past_nobody_tells_is_said_to_be_unclear() {
    let mut pasts = valued();
    for past in &mut pasts {
        past.happenings.push(happening(1, "7", Happened::Notes));
    }
    let found = look(&pasts);
    assert_eq!(found.coverage.share(), 0.0);
    assert!(matches!(found.verdict, Verdict::TooUnclear { .. }));
}

#[test]
fn too_few_weeks_are_said_to_be_too_few() {
    assert_eq!(look(&[]).verdict, Verdict::TooLittle { weeks: 0 });
}

#[test]
fn moving_on_counts_and_moving_back_does_not() {
    let moved = |old: &str, new: &str, by: &str| {
        let what = Happened::Section { old: SectionGid::new(old), new: SectionGid::new(new) };
        let mut task = born(task("1"), 200);
        task.section = Some(SectionGid::new(new));
        let pasts = [Past {
            task,
            completed_at: None,
            actual_minutes: None,
            happenings: vec![happening(10, by, what)],
        }];
        look(&pasts).weeks.iter().map(|week| week.taken_up).sum::<usize>()
    };
    // Two of the weekly looks have the day within their fortnight.
    assert_eq!(moved("31", "32", "7"), 2);
    assert_eq!(moved("32", "31", "7"), 0);
    assert_eq!(moved("31", "32", BOT), 0, "our own moves are nobody's work");
}

#[test]
fn overrides_are_values_that_people_put_in_place_of_ours() {
    let mut present: Snapshot = project(vec![]);
    let score = FieldGid::new("601");
    present.roles.0.insert(domain::Role::AiPriorityScore, vec![score.clone()]);
    let wrote = |days_ago, by, new| {
        happening(days_ago, by, Happened::Field { gid: score.clone(), old: None, new: number(new) })
    };
    let happenings =
        vec![wrote(50, BOT, 40.0), wrote(40, "7", 80.0), wrote(30, "8", 81.0), wrote(20, BOT, 70.0)];
    let pasts = [Past { task: born(task("1"), 60), completed_at: None, actual_minutes: None, happenings }];
    let rubric = preset("default").expect("a preset");
    let (moments, ours) = (moments(), UserGid::new(BOT));
    let look = Look {
        present: &present,
        pasts: &pasts,
        rubric: &rubric,
        moments: &moments,
        horizon_days: 14,
        ours: &ours,
    };
    let found = backtest(&look);
    assert_eq!((found.written, found.overridden), (2, 1));
}
