//! Confidence measured on what people did with Upnext's suggestions.
//!
//! A decision is one of these things, the first that fits a task: a person replaced a value that Upnext wrote, or turned one down;
//! a person approved a value that waited for it; a person set the official priority, to
//! what was suggested or to something else; a task was finished that was put among the first bands, or last. Each is held against the
//! confidence stated at the time, before any measuring, and an isotonic curve tells how often such a confidence was right
//! (Zadrozny and Elkan 2002, "Transforming classifier scores into accurate multiclass probability estimates").
//! Deliberately not here: reading decisions from the store. Known limit: finishing a task says little about its score; it is
//! counted where it agrees or disagrees with the band, because silence is how most people agree.

use super::{HELD_BACK, Learned, Metric, Report, verdict};
use crate::learn::calibration::{Bar, Isotonic, Reliability};
use domain::{Band, FieldGid, FieldValue, Happened, MeasuredConfidence, Past, TaskGid, UserGid};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Decisions from which a confidence is called measured: a tenth of the scale then holds ten on average, and their share is
/// known to within a sixth.
const NEEDED: usize = 100;

/// What Upnext said about a task at some time.
#[derive(Clone, Debug, PartialEq)]
pub struct Stated {
    /// The task.
    pub task: TaskGid,
    /// When.
    pub at: Timestamp,
    /// The confidence before measuring, percent.
    pub percent: u8,
    /// The band it was put in.
    pub band: Band,
}

/// A value of Upnext's that a person replaced.
#[derive(Clone, Debug, PartialEq)]
pub struct Overruled {
    /// The task.
    pub task: TaskGid,
    /// When, if it is known.
    pub at: Option<Timestamp>,
}

/// What there is to find decisions in.
#[derive(Clone, Copy, Debug)]
pub struct Decisions<'a> {
    /// Everything stated about tasks whose fields Upnext wrote.
    pub stated: &'a [Stated],
    /// What people replaced or turned down.
    pub overruled: &'a [Overruled],
    /// What people said yes to.
    pub approved: &'a [(TaskGid, Timestamp)],
    /// The tasks with their history.
    pub pasts: &'a [Past],
    /// The official priority field.
    pub priority: Option<&'a FieldGid>,
    /// The option of that field for each band.
    pub options: &'a BTreeMap<Band, String>,
    /// The user Upnext writes as.
    pub ours: &'a UserGid,
}

/// What people did with a suggestion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The task.
    pub task: TaskGid,
    /// When.
    pub at: Timestamp,
    /// The confidence stated before, 0–1.
    pub stated: f64,
    /// Whether the suggestion was taken.
    pub accepted: bool,
    /// What was done.
    pub how: String,
}

/// How often a stated confidence was right, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TeamConfidence {
    curve: Isotonic,
    decisions: usize,
    /// Stated against accepted, before and after the curve, on decisions held back.
    pub before: Vec<Bar>,
    /// See [`TeamConfidence::before`].
    pub after: Vec<Bar>,
}

impl TeamConfidence {
    /// As evidence.
    #[must_use]
    pub fn measured(&self) -> MeasuredConfidence {
        MeasuredConfidence { steps: self.curve.steps().to_vec(), decisions: self.decisions }
    }
}

/// What was last stated about a task before a time.
type Before<'f, 's> = &'f dyn Fn(&TaskGid, Timestamp) -> Option<&'s Stated>;

impl Decisions<'_> {
    /// Every decision, one a task, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Decision> {
        let mut stated: HashMap<&TaskGid, Vec<&Stated>> = HashMap::new();
        for one in self.stated {
            stated.entry(&one.task).or_default().push(one);
        }
        stated.values_mut().for_each(|of_task| of_task.sort_by_key(|one| one.at));
        let before =
            |task: &TaskGid, at: Timestamp| stated.get(task)?.iter().rev().find(|one| one.at < at).copied();
        // What a person said last of a task is what they think of it; what has no time is as late as the last statement.
        let mut last: BTreeMap<&TaskGid, Decision> = BTreeMap::new();
        let replaced = self.overruled.iter().filter_map(|one| {
            let newest = stated.get(&one.task)?.last()?;
            let at = one.at.unwrap_or(newest.at);
            let said = before(&one.task, at).unwrap_or(newest);
            Some((&one.task, decision(said, at, false, "a person replaced the value")))
        });
        let approved = self.approved.iter().filter_map(|(task, at)| {
            Some((task, decision(before(task, *at)?, *at, true, "a person approved the value")))
        });
        for (task, one) in replaced.chain(approved) {
            if last.get(task).is_none_or(|known| known.at <= one.at) {
                last.insert(task, one);
            }
        }
        let overruled: HashSet<&TaskGid> = self.overruled.iter().map(|one| &one.task).collect();
        let decided = |task: &TaskGid| last.contains_key(task) || overruled.contains(task);
        let others = self.pasts.iter().filter(|past| !decided(&past.task.gid));
        let others = others
            .filter_map(|past| self.of_priority(past, &before).or_else(|| of_completion(past, &before)));
        let mut found: Vec<Decision> = others.collect();
        found.extend(last.into_values());
        found.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.task.cmp(&b.task)));
        found
    }

    /// The last time a person set the official priority after something was suggested.
    fn of_priority<'s>(&self, past: &Past, before: Before<'_, 's>) -> Option<Decision> {
        let set = past.happenings.iter().rev().find_map(|happening| match &happening.what {
            Happened::Field { gid, new: Some(FieldValue::Enum { name, .. }), .. }
                if Some(gid) == self.priority && happening.by.as_ref() != Some(self.ours) =>
            {
                Some((happening.at, name))
            }
            _ => None,
        });
        let (at, name) = set?;
        let said = before(&past.task.gid, at)?;
        let accepted = self.options.get(&said.band)?.eq_ignore_ascii_case(name);
        let how =
            if accepted { "a person set the suggested priority" } else { "a person set another priority" };
        Some(decision(said, at, accepted, how))
    }
}

/// Finished, and nobody had replaced anything: taken when it was put among the first two bands, not taken when it was put
/// last; of the middle it says nothing.
fn of_completion<'s>(past: &Past, before: Before<'_, 's>) -> Option<Decision> {
    let at = past.completed_at.filter(|_| past.task.completed)?;
    let said = before(&past.task.gid, at)?;
    match said.band {
        Band::P0 | Band::P1 => Some(decision(said, at, true, "it was finished, as it was put first")),
        Band::P2 => None,
        Band::P3 => Some(decision(said, at, false, "it was finished, though it was put last")),
    }
}

fn decision(said: &Stated, at: Timestamp, accepted: bool, how: &str) -> Decision {
    let stated = f64::from(said.percent) / 100.0;
    Decision { task: said.task.clone(), at, stated, accepted, how: how.to_owned() }
}

/// Learns how often a stated confidence is right. `live` is the model in force.
#[must_use]
pub fn confidence(decisions: &[Decision], live: Option<&TeamConfidence>) -> Learned<TeamConfidence> {
    if decisions.len() < NEEDED {
        let report = Report::not_enough(decisions.len(), NEEDED, "decisions of people on suggestions");
        return Learned { model: None, report };
    }
    let (earlier, later) =
        decisions.split_at(decisions.len() - (decisions.len() as f64 * HELD_BACK) as usize);
    let curve = fit(earlier);
    let stated: Vec<f64> = later.iter().map(|one| one.stated).collect();
    let truths: Vec<bool> = later.iter().map(|one| one.accepted).collect();
    let worth = |curve: &Isotonic| stated.iter().map(|one| curve.at(*one)).collect::<Vec<f64>>();
    let (before, after) = (Reliability::of(&stated, &truths), Reliability::of(&worth(&curve), &truths));
    let (ours, unmeasured) = (brier(&worth(&curve), &truths), brier(&stated, &truths));
    let in_force = live.map(|live| brier(&worth(&live.curve), &truths));
    let baseline = "the confidence as it was stated";
    let mut error = Metric::new("Brier score", ours, later.len()).beside(baseline, unmeasured);
    error.in_force = in_force;
    let calibration = Metric::new("expected calibration error", after.error.unwrap_or(0.0), later.len())
        .beside(baseline, before.error.unwrap_or(0.0));
    let report = Report {
        window: decisions.first().zip(decisions.last()).map(|(first, last)| (first.at, last.at)),
        rows: decisions.len(),
        features: vec!["stated confidence".to_owned()],
        metrics: vec![error, calibration],
        verdict: verdict(ours, (baseline, unmeasured), in_force),
    };
    let (before, after) = (before.bars, after.bars);
    let model = TeamConfidence { curve: fit(decisions), decisions: decisions.len(), before, after };
    Learned { model: Some(model), report }
}

fn fit(decisions: &[Decision]) -> Isotonic {
    let stated: Vec<f64> = decisions.iter().map(|one| one.stated).collect();
    let truths: Vec<bool> = decisions.iter().map(|one| one.accepted).collect();
    Isotonic::fit(&stated, &truths)
}

/// Mean squared distance of probabilities from what came true, 0–1 (Brier 1950).
fn brier(stated: &[f64], truths: &[bool]) -> f64 {
    let distance = |(stated, truth): (&f64, &bool)| (stated - f64::from(u8::from(*truth))).powi(2);
    stated.iter().zip(truths).map(distance).sum::<f64>() / stated.len().max(1) as f64
}
