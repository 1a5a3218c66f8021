//! Where the sprint's tasks spent their time: by section, and from taken up to done.
//!
//! Only time within the sprint counts by section, so that an old backlog does not look like a bottleneck. Deliberately left out:
//! nights and weekends are time like any other.

use super::Eye;
use super::member::Member;
use crate::learn::metrics::{median, quantile};
use domain::{Happened, SectionGid, TaskGid};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

const DAY: f64 = 86_400.0;
/// Tasks below which the middle of their times says little.
const LEAST: usize = 3;

/// Time in one section.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SectionFlow {
    /// Its name.
    pub name: String,
    /// Tasks that were in it while open.
    pub tasks: Vec<TaskGid>,
    /// Days they spent in it within the sprint, together.
    pub days: f64,
    /// The middle of their days in it.
    pub median_days: f64,
}

/// Where time went.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Flow {
    /// Done tasks of which it is known when they were taken up.
    pub measured: Vec<TaskGid>,
    /// The middle of their days from taken up to done.
    pub cycle_days: Option<f64>,
    /// Four of five took no longer.
    pub cycle_days_80: Option<f64>,
    /// By section, in the project's order.
    pub sections: Vec<SectionFlow>,
    /// The section in which tasks were held longest: the most days together, the first of the project left out, for work waits there
    /// by intention. None where all were in one section: nothing can be narrower than the rest.
    pub bottleneck: Option<String>,
}

pub(super) fn flow(eye: &Eye<'_>, members: &[Member<'_>]) -> Flow {
    let mut cycles = vec![];
    let mut measured = vec![];
    let mut spent: BTreeMap<usize, Vec<(TaskGid, f64)>> = BTreeMap::new();
    for member in members {
        if let (Some(done), Some(begun)) = (member.done, taken_up(eye, member)) {
            cycles.push(done.duration_since(begun).as_secs_f64().max(0.0) / DAY);
            measured.push(member.past.task.gid.clone());
        }
        for (place, days) in by_section(eye, member) {
            spent.entry(place).or_default().push((member.past.task.gid.clone(), days));
        }
    }
    let sections: Vec<(usize, SectionFlow)> =
        spent.into_iter().map(|(at, spent)| (at, section(eye, at, spent))).collect();
    let compared = if sections.len() > 1 { sections.as_slice() } else { &[] };
    let held = compared.iter().filter(|(at, section)| section.tasks.len() >= LEAST && *at > 0);
    let bottleneck = held.reduce(|most, next| if next.1.days > most.1.days { next } else { most });
    Flow {
        cycle_days: median(&cycles),
        cycle_days_80: quantile(&cycles, 0.8),
        measured,
        bottleneck: bottleneck.map(|(_, section)| section.name.clone()),
        sections: sections.into_iter().map(|(_, section)| section).collect(),
    }
}

fn section(eye: &Eye<'_>, at: usize, spent: Vec<(TaskGid, f64)>) -> SectionFlow {
    let days: Vec<f64> = spent.iter().map(|(_, days)| *days).collect();
    SectionFlow {
        name: eye.look.present.sections[at].name.clone(),
        tasks: spent.into_iter().map(|(task, _)| task).collect(),
        days: days.iter().sum(),
        median_days: median(&days).unwrap_or(0.0),
    }
}

fn place(eye: &Eye<'_>, section: &SectionGid) -> Option<usize> {
    eye.look.present.sections.iter().position(|known| known.gid == *section)
}

/// The first move to a later section before it was done.
fn taken_up(eye: &Eye<'_>, member: &Member<'_>) -> Option<Timestamp> {
    let done = member.done?;
    let later = |what: &Happened| match what {
        Happened::Section { old, new } => {
            place(eye, new).zip(place(eye, old)).is_some_and(|(new, old)| new > old)
        }
        _ => false,
    };
    member.past.happenings.iter().find(|h| h.at <= done && later(&h.what)).map(|h| h.at)
}

/// Days within the sprint by the place of the section, while open.
fn by_section(eye: &Eye<'_>, member: &Member<'_>) -> BTreeMap<usize, f64> {
    let (from, to) = member.open_within(eye);
    let mut now_in = member.past.task.section.clone();
    let mut until = to;
    let mut days: BTreeMap<usize, f64> = BTreeMap::new();
    let mut add = |section: Option<&SectionGid>, from: Timestamp, until: Timestamp| {
        if let Some(at) = section.and_then(|section| place(eye, section))
            && until > from
        {
            *days.entry(at).or_default() += until.duration_since(from).as_secs_f64() / DAY;
        }
    };
    // Backwards from now: before each move it was where the move took it from.
    for happening in member.past.happenings.iter().rev() {
        if let Happened::Section { old, new } = &happening.what {
            let at = happening.at.clamp(from, to);
            add(Some(new), at, until);
            (now_in, until) = (Some(old.clone()), at);
        }
    }
    add(now_in.as_ref(), from, until);
    days
}
