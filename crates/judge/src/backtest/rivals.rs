//! The orders a team has without Upnext: what the backtest compares with.

use crate::comparison::{by_place, priority_word};
use crate::{Memory, judge, preset};
use domain::{FieldValue, Moment, Role, Snapshot, Task};
use std::collections::HashMap;

/// An order: larger comes first, one number a task of the snapshot; nothing when its input is on no task.
pub(super) type Order = fn(&Snapshot, Moment) -> Option<Vec<f64>>;

/// A way to order a backlog.
pub(super) struct Rival {
    pub(super) name: &'static str,
    pub(super) order: Order,
}

/// Every rival.
pub(super) fn rivals() -> [Rival; 5] {
    [
        Rival { name: "priority field", order: by_priority },
        Rival { name: "first in, first out", order: oldest },
        Rival { name: "last in, first out", order: newest },
        Rival { name: "due date", order: by_due_date },
        Rival { name: "WSJF", order: by_wsjf },
    ]
}

fn seconds(task: &Task) -> f64 {
    task.created_at.as_second() as f64
}

fn oldest(then: &Snapshot, _: Moment) -> Option<Vec<f64>> {
    Some(then.tasks.iter().map(|task| -seconds(task)).collect())
}

fn newest(then: &Snapshot, _: Moment) -> Option<Vec<f64>> {
    Some(then.tasks.iter().map(seconds).collect())
}

fn by_due_date(then: &Snapshot, now: Moment) -> Option<Vec<f64>> {
    if then.tasks.iter().all(|task| task.due_on.is_none()) {
        return None;
    }
    let days =
        |task: &Task| task.due_on.map(|due| f64::from(crate::facts::days_between(now.today, due) as i32));
    Some(then.tasks.iter().map(|task| days(task).map_or(f64::MIN, |days| -days)).collect())
}

/// The priority people gave; among equals the older first.
fn by_priority(then: &Snapshot, _: Moment) -> Option<Vec<f64>> {
    let field = then.roles.field(Role::Priority).and_then(|gid| then.field(gid))?;
    let strength = |task: &Task| match task.fields.get(&field.gid)?.value.as_ref()? {
        FieldValue::Enum { gid, name } => priority_word(name).or_else(|| {
            let place = field.options.iter().position(|option| option.gid == *gid)?;
            Some(by_place(place, field.options.len()))
        }),
        _ => None,
    };
    let strengths: Vec<Option<f64>> = then.tasks.iter().map(strength).collect();
    if strengths.iter().all(Option::is_none) {
        return None;
    }
    // Ages are far below the step between two priorities once divided by the age of the universe.
    let age = |task: &Task| seconds(task) / 1e18;
    Some(strengths.iter().zip(&then.tasks).map(|(s, task)| s.unwrap_or(-1.0) - age(task)).collect())
}

fn by_wsjf(then: &Snapshot, now: Moment) -> Option<Vec<f64>> {
    let judgements = judge(then, &preset("wsjf").ok()?, now, &Memory::new());
    if judgements.iter().all(|judgement| judgement.score == domain::Points::ZERO) {
        return None;
    }
    let places: HashMap<_, _> = judgements.iter().map(|j| (&j.task, j.rank as f64)).collect();
    Some(then.tasks.iter().map(|task| places.get(&task.gid).map_or(f64::MIN, |place| -place)).collect())
}
