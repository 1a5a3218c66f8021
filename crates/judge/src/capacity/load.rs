//! Open work laid over days.
//!
//! Deliberately not here: whose work it is to be. Known limit: a day may be given more than it holds; what is over is told.

use super::{Asked, Day, LONGEST, Loads, Member, Work, dates};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Hours by day and project, and the hours that did not fit. `days` are those asked about, with the hours worked.
pub(super) fn spread<'a>(
    member: &'a Member,
    asked: &Asked,
    works: &dyn Fn(Date) -> f64,
    days: &[Day],
) -> (Vec<Loads<'a>>, f64) {
    let mut loads: Vec<Loads> = vec![BTreeMap::new(); days.len()];
    let mut totals = vec![0.0; days.len()];
    let (late, timely): (Vec<&Work>, Vec<&Work>) =
        member.work.iter().partition(|work| work.due.is_some_and(|due| due < asked.now.today));
    let mut over = 0.0;
    for work in timely {
        let shares = even(work, asked, works, days);
        if shares.is_empty() {
            over += hours(work, asked);
        }
        for (at, share) in shares {
            *loads[at].entry(work.project.as_ref()).or_default() += share;
            totals[at] += share;
        }
    }
    for work in late {
        let mut left = hours(work, asked);
        for at in 0..days.len() {
            let takes = left.min((days[at].works - totals[at]).max(0.0));
            if takes > 0.0 {
                *loads[at].entry(work.project.as_ref()).or_default() += takes;
                totals[at] += takes;
                left -= takes;
            }
        }
        over += left;
    }
    over += days.iter().zip(&totals).map(|(day, total)| (total - day.works).max(0.0)).sum::<f64>();
    (loads, over)
}

/// Hours of a task that are to be reckoned with.
pub(super) fn hours(work: &Work, asked: &Asked) -> f64 {
    let known = work.hours.filter(|hours| hours.is_finite() && *hours >= 0.0);
    known.unwrap_or_else(|| asked.assumed_hours.max(0.0))
}

/// The task's hours on the days asked about, even over the working hours of its own time; empty when none of them is worked
/// although it should be done within them.
fn even(work: &Work, asked: &Asked, works: &dyn Fn(Date) -> f64, days: &[Day]) -> Vec<(usize, f64)> {
    let hours = hours(work, asked);
    let begins = work.from.map_or(asked.now.today, |from| from.max(asked.now.today));
    let ends = work.due.unwrap_or(asked.to).max(begins);
    let span: Vec<(Date, f64)> = dates(begins, ends).take(LONGEST).map(|date| (date, works(date))).collect();
    let all: f64 = span.iter().map(|(_, hours)| hours).sum();
    if all <= 0.0 {
        // Nobody works in the task's own time: it falls on nothing, unless that lies outside what is asked.
        let outside = begins > asked.to || ends < asked.from || hours <= 0.0;
        return if outside { vec![(0, 0.0)].into_iter().take(days.len()).collect() } else { vec![] };
    }
    let at = |date: Date| days.binary_search_by_key(&date, |day| day.date).ok();
    let parts = span.iter().filter_map(|(date, worked)| Some((at(*date)?, hours * worked / all)));
    let parts: Vec<(usize, f64)> = parts.collect();
    if parts.is_empty() { vec![(0, 0.0)].into_iter().take(days.len()).collect() } else { parts }
}
