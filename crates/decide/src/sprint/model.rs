//! The integer programme in numbers.
//!
//! To finish what somebody is given with probability α, `Σ μ + z √Σσ² ≤ C` with z the α-quantile of the normal distribution.
//! The root is concave, so for any s > 0 it lies below its tangent `√V ≤ (V/s + s) / 2`; with that the condition becomes linear:
//! `Σ (μ + z σ² / 2s) ≤ C − z s / 2`. Whatever keeps to it keeps to the first; nothing is lost where the spread comes to s,
//! which is set to what a full sprint of ordinary candidates has. The bound told is that of this linear programme.
//! Deliberately not here: searching.

use super::explain::Why;
use super::timeline::Clock;
use super::{Candidate, Wanted};
use judge::risk::spread::quantile_of_normal;
use std::collections::BTreeSet;

/// Room for rounding, in hours.
pub(super) const ROUNDING: f64 = 1e-9;

/// A resource that tasks share beside people's hours.
pub(super) struct Row {
    /// What it is, for people.
    pub words: String,
    /// How much there is.
    pub most: f64,
    /// How much each candidate takes.
    pub takes: Vec<f64>,
}

/// The programme.
pub(super) struct Model<'a> {
    pub wanted: &'a Wanted,
    /// Who may do each candidate; nobody for one that cannot be taken.
    pub eligible: Vec<Vec<usize>>,
    /// What each candidate takes of each person's hours.
    pub weights: Vec<Vec<f64>>,
    /// What is to be had of each person's hours.
    pub hours: Vec<f64>,
    /// The people's days.
    pub clocks: Vec<Clock>,
    /// Hours expected of each candidate.
    pub means: Vec<f64>,
    /// Candidates each waits for, and those that wait for it.
    pub waits_for: Vec<Vec<usize>>,
    pub dependents: Vec<Vec<usize>>,
    /// Sections and velocity.
    pub rows: Vec<Row>,
    /// Whether a candidate must be taken. Greedy insertion clears it where it cannot be placed.
    pub must: Vec<bool>,
    /// Why a candidate cannot be taken at all.
    pub never: Vec<Option<Why>>,
    pub notes: Vec<String>,
}

impl<'a> Model<'a> {
    pub fn of(wanted: &'a Wanted) -> Model<'a> {
        let count = wanted.candidates.len();
        let means: Vec<f64> = wanted.candidates.iter().map(|c| finite(c.effort.mean())).collect();
        let waits_for: Vec<Vec<usize>> = wanted.candidates.iter().map(|c| links(c, count)).collect();
        let mut dependents = vec![vec![]; count];
        for (task, blockers) in waits_for.iter().enumerate() {
            blockers.iter().for_each(|blocker| dependents[*blocker].push(task));
        }
        let (weights, hours) = hours(wanted, &means);
        let mut model = Model {
            wanted,
            eligible: vec![],
            weights,
            hours,
            rows: rows(wanted, &means),
            clocks: wanted.people.iter().map(|seat| Clock::of(&seat.hours)).collect(),
            means,
            waits_for,
            dependents,
            must: wanted.candidates.iter().map(|c| c.must).collect(),
            never: vec![None; count],
            notes: notes(wanted),
        };
        model.eligible = (0..count).map(|at| model.able(at)).collect();
        model.exclude();
        model
    }

    /// How many candidates there are.
    pub fn len(&self) -> usize {
        self.means.len()
    }

    /// What it is worth that this person does the candidate.
    pub fn value(&self, at: usize, person: usize) -> f64 {
        let candidate = &self.wanted.candidates[at];
        let kept = if candidate.owner == Some(person) { finite(self.wanted.continuity) } else { 0.0 };
        let carried = if candidate.carried { finite(self.wanted.carry_over) } else { 0.0 };
        finite(candidate.value) * (1.0 + kept + carried)
    }

    /// Whether order matters for it.
    pub fn linked(&self, at: usize) -> bool {
        !(self.waits_for[at].is_empty() && self.dependents[at].is_empty())
    }

    /// Who may have it, has its skills and the hours for it alone; of what a sprint holds, whoever has it or is to have it by an open
    /// question, where they do.
    fn able(&self, at: usize) -> Vec<usize> {
        let able = |p: &usize| {
            self.may(at, *p) && self.skilled(at, *p) && self.weights[at][*p] <= self.hours[*p] + ROUNDING
        };
        let candidate = &self.wanted.candidates[at];
        let holders = [candidate.promised, candidate.owner].into_iter().flatten();
        let mut holders = holders.filter(|holder| candidate.held && *holder < self.hours.len());
        match holders.find(able) {
            Some(holder) => vec![holder],
            None => (0..self.wanted.people.len()).filter(able).collect(),
        }
    }

    /// Whether somebody has the skills it asks for, or nothing says what they have.
    pub fn skilled(&self, at: usize, person: usize) -> bool {
        let asked = &self.wanted.candidates[at].skills;
        self.wanted.people[person].skills.as_ref().is_none_or(|skills| asked.is_subset(skills))
    }

    /// Whether somebody belongs to the project, or has it already.
    fn may(&self, at: usize, person: usize) -> bool {
        !self.wanted.people[person].only_own || self.wanted.candidates[at].owner == Some(person)
    }

    /// Finds the candidates that no plan can take: itself, or because of what it waits for.
    fn exclude(&mut self) {
        let cyclic = cyclic(&self.waits_for);
        for at in 0..self.len() {
            let candidate = &self.wanted.candidates[at];
            let people = 0..self.wanted.people.len();
            let skilled = people.clone().any(|person| self.skilled(at, person));
            let strangers = !people.is_empty() && !people.clone().any(|person| self.may(at, person));
            self.never[at] = if !candidate.blocked_by.is_empty() {
                Some(Why::WaitsOutside { names: candidate.blocked_by.clone() })
            } else if cyclic.contains(&at) {
                Some(Why::Cycle)
            } else if !skilled {
                Some(Why::NoSkill { skills: candidate.skills.iter().cloned().collect() })
            } else if strangers {
                Some(Why::NoMember)
            } else if self.eligible[at].is_empty() {
                Some(Why::TooLarge { hours: self.means[at] })
            } else {
                None
            };
        }
        // What waits for something that cannot be taken cannot either; links of the rest have no cycle.
        while let Some((at, blocker)) = self.newly_blocked() {
            let name = self.wanted.candidates[blocker].name.clone();
            self.never[at] = Some(Why::Waits { name });
        }
        for at in 0..self.len() {
            if self.never[at].is_some() {
                self.eligible[at].clear();
                self.must[at] = false;
            }
        }
    }

    fn newly_blocked(&self) -> Option<(usize, usize)> {
        (0..self.len()).filter(|at| self.never[*at].is_none()).find_map(|at| {
            let blocker = self.waits_for[at].iter().find(|blocker| self.never[**blocker].is_some())?;
            Some((at, *blocker))
        })
    }
}

/// A number of 0 or more; 0 for none.
fn finite(of: f64) -> f64 {
    if of.is_finite() { of.max(0.0) } else { 0.0 }
}

fn links(candidate: &Candidate, count: usize) -> Vec<usize> {
    let known: BTreeSet<usize> = candidate.waits_for.iter().copied().filter(|at| *at < count).collect();
    known.into_iter().collect()
}

/// What each candidate takes of each person's hours, and what there is of them.
fn hours(wanted: &Wanted, means: &[f64]) -> (Vec<Vec<f64>>, Vec<f64>) {
    let finishing = if wanted.finishing.is_finite() { wanted.finishing } else { 0.8 };
    let z = quantile_of_normal(finishing.clamp(0.5, 0.999)).max(0.0);
    let variances: Vec<f64> = wanted.candidates.iter().map(|c| finite(c.effort.variance())).collect();
    let all: f64 = means.iter().sum();
    // Variance an hour of work brings.
    let ratio = if all > 0.0 { variances.iter().sum::<f64>() / all } else { 0.0 };
    let free = wanted.people.iter().map(|seat| seat.hours.iter().map(|h| finite(*h)).sum::<f64>());
    // s with s²/ratio + z s = C: the spread of a full sprint.
    let spread = |free: f64| {
        if ratio > 0.0 { ratio * ((z * z + 4.0 * free / ratio).sqrt() - z) / 2.0 } else { 0.0 }
    };
    let free: Vec<(f64, f64)> = free.map(|free| (free, spread(free))).collect();
    let weight = |at: usize, s: f64| {
        let variance = variances[at];
        if variance > 0.0 && z > 0.0 { means[at] + z * variance / (2.0 * s.max(1e-9)) } else { means[at] }
    };
    let weights = (0..means.len()).map(|at| free.iter().map(|(_, s)| weight(at, *s)).collect()).collect();
    (weights, free.iter().map(|(free, s)| free - z * s / 2.0).collect())
}

fn rows(wanted: &Wanted, means: &[f64]) -> Vec<Row> {
    let mut rows = vec![];
    for (section, most) in &wanted.section_limits {
        let within = |c: &Candidate| f64::from(u8::from(c.section.as_ref() == Some(section)));
        rows.push(Row {
            words: format!("section “{section}” takes at most {most} tasks"),
            most: *most as f64,
            takes: wanted.candidates.iter().map(within).collect(),
        });
    }
    if let Some(most) = wanted.velocity.filter(|v| v.is_finite()) {
        rows.push(Row {
            words: format!("the team's velocity allows {most:.0} h"),
            most: most.max(0.0),
            takes: means.to_vec(),
        });
    }
    rows
}

fn notes(wanted: &Wanted) -> Vec<String> {
    let mut notes = vec![];
    let asks = wanted.candidates.iter().any(|c| !c.skills.is_empty());
    let unknown: Vec<&str> =
        wanted.people.iter().filter(|p| p.skills.is_none()).map(|p| p.person.name.as_str()).collect();
    if asks && !unknown.is_empty() {
        notes.push(format!(
            "no skills are known of {}: every task counts as one they can do",
            unknown.join(", ")
        ));
    }
    if wanted.people.is_empty() {
        notes.push("nobody can be given tasks: name people or give the project members".into());
    }
    notes
}

/// Candidates that wait for themselves over others.
fn cyclic(waits_for: &[Vec<usize>]) -> BTreeSet<usize> {
    // Taking away what waits for nothing that is left, in both directions, leaves cycles and what lies between them.
    let mut left: BTreeSet<usize> = (0..waits_for.len()).collect();
    loop {
        let free: Vec<usize> = left
            .iter()
            .copied()
            .filter(|at| !waits_for[*at].iter().any(|blocker| left.contains(blocker)))
            .collect();
        if free.is_empty() {
            break;
        }
        free.iter().for_each(|at| {
            left.remove(at);
        });
    }
    // Of what is left, those that reach themselves.
    let reaches = |from: usize| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(at) = open.pop() {
            for blocker in &waits_for[at] {
                if *blocker == from {
                    return true;
                }
                if seen.insert(*blocker) {
                    open.push(*blocker);
                }
            }
        }
        false
    };
    left.into_iter().filter(|at| reaches(*at)).collect()
}
