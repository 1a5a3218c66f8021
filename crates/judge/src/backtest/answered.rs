//! What a team's answers to suggested priorities say of its weights.
//!
//! A yes alone says nothing that can be used: people accept what they do not read, and whoever accepts everything repeats the
//! order that is in force. A no alone says as much of where bands begin as of weights. Together, of one person on one day, they
//! say that somebody was reading and what they told apart: the one task is put before the other, as far as the two answers imply
//! it. Each answer gives one pair at most, and it is trusted no more than what was pulled. Deliberately not here: whose answers are
//! people's (`engine`). Known limit: a no vouches for one yes of its day, read or not.

use super::Look;
use super::pulled::{Overruled, pair};
use crate::learn::preference::Trust;
use crate::weights::{Pair, Strengths, strengths};
use domain::{Band, FieldValue, Happened, Moment, Role, TaskGid};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What a person answered to a suggested official priority.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The task.
    pub task: TaskGid,
    /// When.
    pub now: Moment,
    /// Who, as it was signed.
    pub by: String,
    /// The band that the official priority stood for; none where it was empty.
    pub from: Option<Band>,
    /// The band that was suggested.
    pub to: Band,
    /// The suggested option of the priority field.
    pub option: String,
    /// Whether they said yes.
    pub yes: bool,
}

impl Answer {
    /// Between which places, in half bands and the higher the more urgent, the person holds the task to be right. A yes to a step
    /// up says at least half of it, a no at most half.
    fn bounds(&self) -> (i8, i8) {
        let to = place(self.to);
        match self.from.map(place) {
            Some(from) if from == to => (i8::MIN, i8::MAX),
            Some(from) if (to > from) == self.yes => (from + to, i8::MAX),
            Some(from) => (i8::MIN, from + to),
            None if self.yes => (2 * to - 1, 2 * to + 1),
            // In which direction a middle band is wrong, a no does not tell.
            None if self.to == Band::P0 => (i8::MIN, 2 * to - 1),
            None if self.to == Band::P3 => (2 * to + 1, i8::MAX),
            None => (i8::MIN, i8::MAX),
        }
    }
}

fn place(band: Band) -> i8 {
    match band {
        Band::P0 => 3,
        Band::P1 => 2,
        Band::P2 => 1,
        Band::P3 => 0,
    }
}

/// Whether the first of two answers puts its task above the other's; none where they do not imply an order.
fn is_above(one: &Answer, other: &Answer) -> Option<bool> {
    let ((low, high), (their_low, their_high)) = (one.bounds(), other.bounds());
    if low >= their_high {
        Some(true)
    } else if their_low >= high {
        Some(false)
    } else {
        None
    }
}

/// Two tasks of which something was said, in no order.
pub(super) type Said = BTreeSet<(TaskGid, TaskGid)>;

/// Notes that something is said of two tasks; whether it is the first time.
pub(super) fn first_said(said: &mut Said, one: &TaskGid, other: &TaskGid) -> bool {
    said.insert((one.min(other).clone(), one.max(other).clone()))
}

/// What the answers come to.
#[derive(Debug, Default)]
pub(super) struct FromAnswers {
    /// A task whose suggestion was accepted, and one whose was turned down.
    pub pairs: Vec<Pair>,
    /// Accepted suggestions that still stood.
    pub yes: usize,
    /// Those turned down.
    pub no: usize,
}

/// The pairs that answers within the moments give, up to `end`. What overrides `said` of two tasks is not said again.
pub(super) fn from_answers(
    look: &Look<'_>,
    (answers, overruled): (&[Answer], &[Overruled]),
    end: Option<Timestamp>,
    said: &mut Said,
) -> FromAnswers {
    let standing = standing(look, (answers, overruled), end);
    let yes = standing.iter().filter(|one| one.yes).count();
    let mut found = FromAnswers { pairs: vec![], yes, no: standing.len() - yes };
    let mut sittings: BTreeMap<(&str, Date), Vec<&Answer>> = BTreeMap::new();
    for one in standing {
        sittings.entry((&one.by, one.now.today)).or_default().push(one);
    }
    for sitting in sittings.values() {
        found.pairs.extend(beside(look, sitting, said));
    }
    found
}

/// The last answer about each task, oldest first, as long as neither an override nor a change of the priority came after it.
fn standing<'a>(
    look: &Look<'_>,
    (answers, overruled): (&'a [Answer], &[Overruled]),
    end: Option<Timestamp>,
) -> Vec<&'a Answer> {
    let Some(begin) = look.moments.first().map(|moment| moment.at) else { return vec![] };
    let is_early = |at: Timestamp| end.is_none_or(|end| at < end);
    let mut within: Vec<&Answer> =
        answers.iter().filter(|one| one.now.at >= begin && is_early(one.now.at)).collect();
    within.sort_by(|a, b| (a.now.at, &a.task).cmp(&(b.now.at, &b.task)));
    let last: BTreeMap<&TaskGid, &Answer> = within.iter().map(|one| (&one.task, *one)).collect();
    let is_overruled = |one: &Answer| {
        let later = |other: &&Overruled| other.task == one.task && other.now.at >= one.now.at;
        overruled.iter().filter(later).any(|other| is_early(other.now.at))
    };
    within.retain(|one| {
        last.get(&one.task) == Some(one) && !is_overruled(one) && !is_changed(look, one, is_early)
    });
    within
}

/// Whether the official priority was changed after the answer, by whomever, to anything but what was accepted.
fn is_changed(look: &Look<'_>, one: &Answer, is_early: impl Fn(Timestamp) -> bool) -> bool {
    let fields = look.present.roles.candidates(Role::Priority);
    let past = look.pasts.iter().find(|past| past.task.gid == one.task);
    let later = past.into_iter().flat_map(|past| &past.happenings);
    later.filter(|it| it.at > one.now.at && is_early(it.at)).any(|it| match &it.what {
        Happened::Field { gid, new, .. } if fields.contains(gid) => {
            let written =
                matches!(new, Some(FieldValue::Enum { name, .. }) if name.eq_ignore_ascii_case(&one.option));
            !(one.yes && written)
        }
        _ => false,
    })
}

/// Each accepted suggestion of a person's day against the turned down one that is nearest to it in the order in force, as things
/// were before the first answer.
fn beside(look: &Look<'_>, sitting: &[&Answer], said: &mut Said) -> Vec<Pair> {
    let (yes, mut free): (Vec<&Answer>, Vec<&Answer>) = sitting.iter().copied().partition(|one| one.yes);
    let Some(first) = sitting.first().filter(|_| !yes.is_empty() && !free.is_empty()) else { return vec![] };
    let rows = strengths(&look.at(first.now).0, look.rubric, first.now);
    let mut pairs = vec![];
    for one in yes {
        let implied = free.iter().enumerate();
        let implied =
            implied.filter_map(|(at, other)| Some((far(&rows, one, other)?, is_above(one, other)?, at)));
        let Some((_, is_first, at)) = implied.min_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
        let other = free.remove(at);
        let (Some(mine), Some(theirs)) = (rows.of(&one.task), rows.of(&other.task)) else { continue };
        if first_said(said, &one.task, &other.task) {
            let (first, second) = if is_first { (mine, theirs) } else { (theirs, mine) };
            pairs.push(pair(first, second, Trust::Accepted));
        }
    }
    pairs
}

/// How far apart two tasks stand in the order in force.
fn far(rows: &Strengths, one: &Answer, other: &Answer) -> Option<f64> {
    let score = |task| -> Option<f64> {
        Some(rows.weights.iter().zip(rows.of(task)?).map(|(weight, strength)| weight * strength).sum())
    };
    Some((score(&one.task)? - score(&other.task)?).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(from: Option<Band>, to: Band, yes: bool) -> Answer {
        let (task, at) = (TaskGid::new("1"), Timestamp::UNIX_EPOCH);
        let now = Moment { at, today: jiff::civil::date(1970, 1, 1) };
        Answer { task, now, by: String::new(), from, to, option: String::new(), yes }
    }

    #[test]
    fn a_yes_and_a_no_imply_an_order_as_far_as_their_steps_do() {
        use Band::{P0, P1, P2, P3};
        let above = |yes: (Option<Band>, Band), no: (Option<Band>, Band)| {
            is_above(&answer(yes.0, yes.1, true), &answer(no.0, no.1, false))
        };
        // Both up by the same step; the accepted one by the higher step; by the lower one.
        assert_eq!(above((Some(P2), P1), (Some(P2), P1)), Some(true));
        assert_eq!(above((Some(P1), P0), (Some(P3), P2)), Some(true));
        assert_eq!(above((Some(P3), P2), (Some(P1), P0)), None);
        // Both down: the accepted one is the lower.
        assert_eq!(above((Some(P0), P2), (Some(P0), P2)), Some(false));
        assert_eq!(above((Some(P0), P1), (Some(P2), P3)), None);
        // Up and down say nothing of one another.
        assert_eq!(above((Some(P2), P0), (Some(P0), P2)), None);
        // Where nothing stood, the ends tell and the middle does not.
        assert_eq!(above((None, P0), (None, P0)), Some(true));
        assert_eq!(above((None, P3), (None, P3)), Some(false));
        assert_eq!(above((None, P1), (None, P1)), None);
        assert_eq!(above((None, P1), (Some(P2), P1)), Some(true));
    }
}
