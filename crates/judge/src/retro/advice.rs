//! What Upnext would have put next on the first day, and what the team took up instead.
//!
//! The backlog as it then was, judged by the rubric in force now. Deliberately left out: whose order was better; the backtest measures
//! that over many weeks.

use super::Eye;
use super::member::Member;
use crate::backtest::{Coverage, Look, Taken};
use crate::{Memory, judge};
use domain::{Moment, Sprint, TaskGid};
use serde::Serialize;
use std::collections::HashMap;

/// Advice and deeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Advice {
    /// Open tasks at the end of the first day.
    pub open: usize,
    /// Of these, recommended for the next sprint.
    pub recommended: Vec<TaskGid>,
    /// Of the recommended, taken up or done by the end.
    pub followed: Vec<TaskGid>,
    /// Of the recommended, neither.
    pub left: Vec<TaskGid>,
    /// Done by the end, without having been recommended.
    pub instead: Vec<TaskGid>,
    /// Planned for the sprint, of the open.
    pub planned: usize,
}

pub(super) fn advice(eye: &Eye<'_>, members: &[Member<'_>]) -> (Advice, Coverage) {
    let moment = Moment { at: eye.settled(), today: eye.sprint().from };
    let moments = [moment];
    let look = Look {
        present: eye.look.present,
        pasts: eye.pasts,
        rubric: eye.look.rubric,
        moments: &moments,
        horizon_days: 0,
        ours: eye.look.ours,
    };
    let (then, coverage) = look.at(moment);
    let judged: HashMap<TaskGid, Sprint> = judge(&then, eye.look.rubric, moment, &Memory::new())
        .into_iter()
        .map(|j| (j.task, j.sprint))
        .collect();
    let mut found = Advice { open: then.tasks.len(), ..Advice::default() };
    found.planned = members.iter().filter(|m| m.planned && judged.contains_key(&m.past.task.gid)).count();
    for task in &then.tasks {
        let Some(past) = eye.past(&task.gid) else { continue };
        let taken = Taken::of(past, moment.at, (&then, eye.look.ours));
        let taken_up = taken.at.is_some_and(|at| at <= eye.end());
        let done = taken.finished.is_some_and(|at| at <= eye.end());
        match judged.get(&task.gid) {
            Some(Sprint::Next) => {
                found.recommended.push(task.gid.clone());
                let list = if taken_up { &mut found.followed } else { &mut found.left };
                list.push(task.gid.clone());
            }
            _ if done => found.instead.push(task.gid.clone()),
            _ => {}
        }
    }
    (found, coverage)
}
