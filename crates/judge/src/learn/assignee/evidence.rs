//! What is measured of each person for a task, and what of it is worth telling.
//!
//! Shares are logarithms against the person's share of all work, so that being busy and being the one for a component are
//! told apart. Smoothing constants keep a share of nothing finite; they were set once and not fitted.

use super::shares::{Of, Shares};
use super::{History, Reason, Task, components, tags};

/// Measures of a person.
pub const MEASURES: usize = 12;
/// Share of the last 10, 50 and 250 tasks.
const DAYS: usize = 0;
pub const MONTHS: usize = 1;
const YEARS: usize = 2;
/// Share of the components, over 400 tasks and over 40.
pub const COMPONENT: usize = 3;
const COMPONENT_LATELY: usize = 4;
const LABEL: usize = 5;
const KIND: usize = 6;
/// Share of the tasks most alike, older ones counting nearly as much, and less.
pub const ALIKE: usize = 7;
const ALIKE_LATELY: usize = 8;
pub const WORDS: usize = 9;
/// How long ago the last task was, and how many there were.
const LAST: usize = 10;
const TAG: usize = 11;

/// Kinds of reasons.
pub const GROUPS: usize = 6;
/// Texts that are called most alike.
const NEAREST: usize = 40;
/// Tasks named as alike.
const MOST_NAMED: usize = 3;
/// Keeps the logarithm of no share at all finite.
const LEAST: f64 = 1e-4;

/// Which kind of reason a measure belongs to.
pub fn group(measure: usize) -> usize {
    match measure {
        DAYS | MONTHS | YEARS | LAST => 0,
        COMPONENT | COMPONENT_LATELY | TAG => 1,
        LABEL => 2,
        KIND => 3,
        ALIKE | ALIKE_LATELY => 4,
        _ => 5,
    }
}

/// The texts most alike with their cosines, the closest first.
pub struct Near(Vec<(usize, f64)>);

impl Near {
    /// From the cosine of every text.
    pub fn find(cosines: &[f32]) -> Self {
        let mut found: Vec<(usize, f64)> = cosines
            .iter()
            .enumerate()
            .filter(|(_, of)| **of > 0.0)
            .map(|(at, of)| (at, f64::from(*of)))
            .collect();
        found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
        found.truncate(NEAREST);
        Self(found)
    }
}

impl History {
    fn shares(&self, half: f64) -> &Shares {
        let found = self.shares.iter().find(|(other, _)| *other == half);
        &found.unwrap_or(&self.shares[0]).1
    }

    /// Everybody's measures for a task.
    pub(super) fn measure(&self, task: &Task<'_>, near: &Near) -> Vec<[f64; MEASURES]> {
        let people = self.people.len();
        let mut out = vec![[0.0; MEASURES]; people];
        let mut fill = |measure: usize, values: &[f64]| {
            out.iter_mut().zip(values).for_each(|(of, value)| of[measure] = *value);
        };
        let active = |half: f64| self.active(half);
        let base = active(250.0);
        fill(DAYS, &logarithms(&active(10.0)));
        fill(MONTHS, &logarithms(&active(50.0)));
        fill(YEARS, &logarithms(&base));
        let against = |of: Of, names: &[&str], half: f64, prior: f64| -> Vec<f64> {
            if names.is_empty() {
                return vec![0.0; people];
            }
            let mean = self.shares(half).mean(of, names, self.now, (&base, prior));
            mean.iter().zip(&base).map(|(share, base)| ((share + LEAST) / (base + LEAST)).ln()).collect()
        };
        let components = components(task);
        fill(COMPONENT, &against(Of::Component, &components, 400.0, 2.0));
        fill(COMPONENT_LATELY, &against(Of::Component, &components, 40.0, 2.0));
        fill(LABEL, &against(Of::Label, task.labels, 400.0, 3.0));
        fill(KIND, &against(Of::Kind, &[task.kind], 200.0, 5.0));
        fill(TAG, &against(Of::Tag, &tags(task.title), 400.0, 1.0));
        fill(ALIKE, &self.alike(near, 1000.0, &base));
        fill(ALIKE_LATELY, &self.alike(near, 150.0, &base));
        fill(WORDS, &self.speaking(task));
        let last = |last: &u64| -((self.now - last).min(2_000) as f64).ln_1p();
        fill(LAST, &self.last.iter().map(last).collect::<Vec<_>>());
        out
    }

    /// Everybody's share of the work that halves every `half` tasks; nobody has none at all.
    fn active(&self, half: f64) -> Vec<f64> {
        const SMOOTH: f64 = 0.02;
        let mut counts = self.shares(half).get((Of::All, ""), self.now);
        counts.resize(self.people.len(), 0.0);
        let all = counts.iter().sum::<f64>() + SMOOTH * counts.len() as f64;
        counts.iter().map(|count| (count + SMOOTH) / all).collect()
    }

    /// Everybody's share of the tasks most alike, by squared cosine.
    fn alike(&self, near: &Near, half: f64, base: &[f64]) -> Vec<f64> {
        const PRIOR: f64 = 0.3;
        let mut votes = vec![0.0; base.len()];
        for (at, cosine) in &near.0 {
            let age = (self.done.len() - at) as f64;
            votes[self.done[*at].1] += cosine * cosine * (-age / half).exp2();
        }
        let all = votes.iter().sum::<f64>().max(1e-9);
        let shares = votes.iter().zip(base).map(|(vote, base)| (vote / all + PRIOR * base) / (1.0 + PRIOR));
        logarithms(&shares.collect::<Vec<_>>())
    }

    /// How much more everybody's tasks use a task's words than all tasks do: a naive Bayes log ratio, damped by the root
    /// of the number of words because neighbouring words repeat each other.
    fn speaking(&self, task: &Task<'_>) -> Vec<f64> {
        let all = self.used.iter().sum::<f64>().max(1.0);
        let mut sums = vec![0.0; self.people.len()];
        let words = self.own_words(task);
        for word in &words {
            let users = &self.words[*word as usize];
            let used: f64 = users.iter().map(|(_, count)| count).sum();
            let mut counts = vec![0.0; sums.len()];
            users.iter().for_each(|(person, count)| counts[*person] = *count);
            for ((sum, count), of) in sums.iter_mut().zip(&counts).zip(&self.used) {
                let share = of / all;
                let smooth = 0.5 * share * used.max(1.0) + 0.1;
                *sum += ((count + smooth) / (share * used + smooth)).ln();
            }
        }
        let damp = (words.len() as f64 + 1.0).sqrt();
        sums.into_iter().map(|sum| sum / damp).collect()
    }

    /// What of a kind of evidence is told of a person.
    pub(super) fn reason(&self, group: usize, task: &Task<'_>, person: usize, near: &Near) -> Option<Reason> {
        let largest = |of: Of, names: &[&str], half: f64| {
            let shares = names.iter().filter(|name| !name.is_empty()).map(|name| {
                let counts = self.shares(half).get((of, name), self.now);
                let all = counts.iter().sum::<f64>().max(f64::MIN_POSITIVE);
                ((*name).to_owned(), counts.get(person).copied().unwrap_or_default() / all)
            });
            shares.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, share)| *share > 0.0)
        };
        match group {
            0 => Some(Reason::Active { share: *self.active(50.0).get(person)? }),
            1 => largest(Of::Component, task.components, 400.0)
                .or_else(|| largest(Of::Tag, &tags(task.title), 400.0))
                .map(|(name, share)| Reason::Component { name, share }),
            2 => largest(Of::Label, task.labels, 400.0).map(|(name, share)| Reason::Label { name, share }),
            3 => largest(Of::Kind, &[task.kind], 200.0).map(|(name, share)| Reason::Kind { name, share }),
            4 => {
                let theirs = near.0.iter().filter(|(at, _)| self.done[*at].1 == person);
                let tasks: Vec<String> =
                    theirs.map(|(at, _)| self.done[*at].0.clone()).take(MOST_NAMED).collect();
                (!tasks.is_empty()).then_some(Reason::Similar { tasks })
            }
            _ => Some(Reason::Words),
        }
    }
}

fn logarithms(shares: &[f64]) -> Vec<f64> {
    shares.iter().map(|share| (share + LEAST).ln()).collect()
}
