//! What a team's past says of its weights: what was taken up before what was left, and where people overruled a score.
//!
//! A task that was taken up is put before some that were open and left; a task that a person moved to another score or band,
//! before or after those it passed; what people answered to suggestions, as `answered` has it. All are weaker words than an
//! answer to a question (`Trust`), and of two tasks overrides and answers say one thing. Weights are fitted on the earlier
//! weeks and measured on the later ones. Known limit: what was pulled together is not independent, so the intervals are narrower
//! than they should be; the later weeks decide, not the intervals.

use super::answered::{Answer, FromAnswers, Said, first_said, from_answers};
use super::{Backtest, Figures, LEAST_COVERAGE, LEAST_WEEKS, Look, Taken, backtest, verdict};
use crate::learn::preference::Trust;
use crate::weights::{LearnedWeight, Pair, fit, proposed, strengths};
use crate::{Memory, Rubric, RubricError, judge};
use domain::{Moment, Past, Points, TaskGid};
use fastrand::Rng;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Tasks that a task is put before. More of them repeat what the same decision said.
const RIVALS: usize = 3;
/// Share of the weeks that weights are fitted on; the others measure.
const EARLIER: f64 = 0.6;

/// A score or band that a person put in the place of Upnext's.
#[derive(Clone, Debug, PartialEq)]
pub struct Overruled {
    /// The task.
    pub task: TaskGid,
    /// When.
    pub now: Moment,
    /// The score it was moved to: the person's own, or the nearest in the person's band.
    pub to: Points,
}

/// What people said of single tasks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told<'a> {
    /// Scores and bands that they put in the place of Upnext's.
    pub overruled: &'a [Overruled],
    /// What they answered to suggested priorities.
    pub answers: &'a [Answer],
}

/// An order measured on weeks it was not fitted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Mean NDCG of the first ten places.
    pub ndcg: f64,
    /// Mean Kendall's tau to how soon tasks were taken up.
    pub tau: f64,
    /// Of the tasks recommended next, the share that was taken up, 0–1.
    pub precision_of_next: Option<f64>,
}

/// An order that a team has for nothing, in the weeks an order was measured on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FreeOrder {
    /// Its name: the priority field, first in first out, last in first out, the due date, or WSJF.
    pub name: String,
    /// Mean NDCG of the first ten places, 0–1.
    pub ndcg: f64,
    /// Mean Kendall's tau to how soon tasks were taken up, −1 to 1.
    pub tau: f64,
}

/// What the weights rest on, and how they did in the weeks after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PastEvidence {
    /// Weeks fitted on.
    pub weeks_learned: usize,
    /// Pairs of a task taken up and one left.
    pub pulled: usize,
    /// Pairs of a task that a person moved and one it passed.
    pub overruled: usize,
    /// Pairs of a task whose suggested priority a person accepted, and one of which they turned it down the same day.
    #[serde(default)]
    pub accepted: usize,
    /// Suggested priorities that people accepted in these weeks and that still stood, whether they gave a pair or not.
    #[serde(default)]
    pub yes: usize,
    /// Those that people turned down.
    #[serde(default)]
    pub no: usize,
    /// Later weeks in which something was taken up.
    pub weeks_measured: usize,
    /// How much of the past could be put back, 0–1.
    pub coverage: f64,
    /// The rubric in force, in the later weeks.
    pub before: Measured,
    /// The learned weights, in the same weeks.
    pub after: Measured,
    /// Bounds of the difference in NDCG, four in five.
    pub lead: (f64, f64),
    /// The orders a team has for nothing, in the same weeks, the best first; those whose input some week lacks are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub free: Vec<FreeOrder>,
}

impl PastEvidence {
    /// The free order that did better than the learned weights in the later weeks, if one did.
    #[must_use]
    pub fn beaten_by(&self) -> Option<&FreeOrder> {
        self.free.first().filter(|best| best.ndcg > self.after.ndcg)
    }

    /// Why there is nothing to propose, as one sentence; none when the later weeks speak for the learned weights.
    #[must_use]
    pub fn against(&self) -> Option<String> {
        if self.weeks_measured < LEAST_WEEKS {
            return Some(format!(
                "the later weeks of the period hold {} in which something was taken up, and {LEAST_WEEKS} are needed",
                self.weeks_measured
            ));
        }
        if self.coverage < LEAST_COVERAGE {
            let percent = 100.0 * self.coverage;
            return Some(format!("only {percent:.0} % of what changed since then could be put back"));
        }
        if self.pulled + self.overruled == 0 {
            return Some("the earlier weeks show nothing that was put before anything else".into());
        }
        (self.lead.0 <= 0.0).then(|| {
            format!(
                "in the later weeks the learned weights did no better: NDCG@10 {:.3} before, {:.3} after, difference {:+.3} \
                 to {:+.3}",
                self.before.ndcg, self.after.ndcg, self.lead.0, self.lead.1
            )
        })
    }
}

/// Weights from the past, with the rubric they make and how it did.
#[derive(Clone, Debug)]
pub struct FromPast {
    /// The rubric with the learned weights.
    pub rubric: Rubric,
    /// Weight by weight.
    pub weights: Vec<LearnedWeight>,
    /// What they rest on.
    pub evidence: PastEvidence,
}

/// Learns weights from the earlier moments and measures them on the later ones.
///
/// # Errors
/// None with weights that `fit` made.
pub fn from_past(look: &Look<'_>, told: &Told<'_>, version: &str) -> Result<FromPast, RubricError> {
    let (earlier, later) = split(look);
    let pulled = pulled(&Look { moments: &earlier, ..look.clone() });
    let begin = later.first().map(|moment| moment.at);
    let known = told.overruled.iter().filter(|one| begin.is_none_or(|begin| one.now.at < begin));
    let mut said = Said::new();
    let mut moved: Vec<Pair> = vec![];
    for one in known {
        for (other, pair) in passed(look, one) {
            first_said(&mut said, &one.task, &other);
            moved.push(pair);
        }
    }
    let answered = from_answers(look, (told.answers, told.overruled), begin, &mut said);
    let FromAnswers { pairs: accepted, yes, no } = answered;
    let counted = PastEvidence {
        weeks_learned: earlier.len(),
        pulled: pulled.len(),
        overruled: moved.len(),
        accepted: accepted.len(),
        yes,
        no,
        ..PastEvidence::default()
    };
    let weights = fit(look.rubric, &[pulled, moved, accepted].concat());
    let rubric = proposed(look.rubric, &weights, version)?;
    let before = backtest(&Look { moments: &later, ..look.clone() });
    let after = backtest(&Look { moments: &later, rubric: &rubric, ..look.clone() });
    Ok(FromPast { rubric, weights, evidence: compared(counted, &before, &after) })
}

/// The moments fitted on, whose horizons end before the first one that is measured on.
fn split(look: &Look<'_>) -> (Vec<Moment>, Vec<Moment>) {
    let cut = (look.moments.len() as f64 * EARLIER).round() as usize;
    let (earlier, later) = look.moments.split_at(cut.min(look.moments.len()));
    let horizon = SignedDuration::from_hours(24 * i64::from(look.horizon_days));
    let ends = |moment: &&Moment| later.first().is_none_or(|first| moment.at + horizon <= first.at);
    (earlier.iter().filter(ends).copied().collect(), later.to_vec())
}

/// What the pairs were counted to be, with how the two orders did.
fn compared(counted: PastEvidence, before: &Backtest, after: &Backtest) -> PastEvidence {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let ours = |found: &Backtest| found.figures.first().cloned();
    let (Some(old), Some(new)) = (ours(before), ours(after)) else { return counted };
    let measured = |figures: &Figures, found: &Backtest| Measured {
        ndcg: mean(&figures.ndcg),
        tau: mean(&figures.tau),
        precision_of_next: found.precision_of_next(),
    };
    let leads: Vec<f64> = new.ndcg.iter().zip(&old.ndcg).map(|(new, old)| new - old).collect();
    // They know no weights, so one of the two looks tells them.
    let free = before.figures.iter().skip(1).filter(|figures| !figures.ndcg.is_empty());
    let mut free: Vec<FreeOrder> = free
        .map(|one| FreeOrder { name: one.name.to_owned(), ndcg: mean(&one.ndcg), tau: mean(&one.tau) })
        .collect();
    free.sort_by(|a, b| b.ndcg.total_cmp(&a.ndcg));
    PastEvidence {
        weeks_measured: leads.len(),
        coverage: before.coverage.share(),
        before: measured(&old, before),
        after: measured(&new, after),
        lead: if leads.is_empty() { (0.0, 0.0) } else { verdict::bounds(&leads) },
        free,
        ..counted
    }
}

/// Each task that was taken up, at the last moment before, with some that were left for longer than the horizon.
fn pulled(look: &Look<'_>) -> Vec<Pair> {
    let mut random = Rng::with_seed(look.moments.len() as u64);
    let mut pairs = vec![];
    let pasts: HashMap<&TaskGid, &Past> = look.pasts.iter().map(|past| (&past.task.gid, past)).collect();
    for (nth, moment) in look.moments.iter().enumerate() {
        let (then, _) = look.at(*moment);
        let rows = strengths(&then, look.rubric, *moment).tasks;
        let ends = moment.at + SignedDuration::from_hours(24 * i64::from(look.horizon_days));
        let next = look.moments.get(nth + 1).map_or(ends, |next| next.at.min(ends));
        let taken: Vec<Option<jiff::Timestamp>> = rows
            .iter()
            .map(|(task, _)| Taken::of(pasts.get(task)?, moment.at, (&then, look.ours)).at)
            .collect();
        let left: Vec<usize> =
            (0..rows.len()).filter(|at| taken[*at].is_none_or(|when| when > ends)).collect();
        for at in (0..rows.len()).filter(|at| taken[*at].is_some_and(|when| when <= next)) {
            for _ in 0..RIVALS.min(left.len()) {
                let rival = left[random.usize(0..left.len())];
                pairs.push(pair(&rows[at].1, &rows[rival].1, Trust::Pulled));
            }
        }
    }
    pairs
}

/// The tasks that a moved one passed on its way, the nearest first, each with its pair.
fn passed(look: &Look<'_>, moved: &Overruled) -> Vec<(TaskGid, Pair)> {
    let (then, _) = look.at(moved.now);
    let judgements = judge(&then, look.rubric, moved.now, &Memory::new());
    let rows = strengths(&then, look.rubric, moved.now);
    let Some(own) = judgements.iter().find(|j| j.task == moved.task) else { return vec![] };
    let is_up = moved.to > own.score;
    let between = judgements.iter().filter(|j| match is_up {
        true => j.score > own.score && j.score < moved.to,
        false => j.score < own.score && j.score > moved.to,
    });
    let mut between: Vec<_> = between.collect();
    between.sort_by_key(|j| (j.score.distance(own.score), j.rank));
    let pair = |other: &TaskGid| {
        let (mine, theirs) = (rows.of(&own.task)?, rows.of(other)?);
        let (first, second) = if is_up { (mine, theirs) } else { (theirs, mine) };
        Some((other.clone(), pair(first, second, Trust::Overrode)))
    };
    between.iter().take(RIVALS).filter_map(|j| pair(&j.task)).collect()
}

pub(super) fn pair(first: &[f64], second: &[f64], trust: Trust) -> Pair {
    Pair { first: first.to_vec(), second: second.to_vec(), is_tie: false, trust }
}
