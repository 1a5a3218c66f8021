//! Who did how much of what, the recent counting more.
//!
//! One count a person under each name (a component, a label, a kind of task), halving every so many tasks.
//! Deliberately without clock time: what ages a share is the team's own work.

use std::collections::BTreeMap;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// Every task.
    All,
    Component,
    Label,
    Kind,
    /// A word in square brackets in the title.
    Tag,
}

/// Decayed counts of one name.
#[derive(Clone, Debug, Default)]
struct Count {
    by_person: Vec<f64>,
    at: u64,
}

/// Decayed counts under names, halving every `half` tasks.
#[derive(Clone, Debug)]
pub struct Shares {
    half: f64,
    counts: BTreeMap<(Of, String), Count>,
}

impl Shares {
    /// No counts yet.
    pub fn new(half: f64) -> Self {
        Self { half, counts: BTreeMap::new() }
    }

    /// Counts a task of a person.
    pub fn add(&mut self, name: (Of, &str), person: usize, now: u64) {
        let count = self.counts.entry((name.0, name.1.to_lowercase())).or_default();
        let fade = fade(now.saturating_sub(count.at), self.half);
        count.by_person.iter_mut().for_each(|share| *share *= fade);
        count.at = now;
        if count.by_person.len() <= person {
            count.by_person.resize(person + 1, 0.0);
        }
        count.by_person[person] += 1.0;
    }

    /// Everybody's decayed count under a name; people beyond the end have none.
    pub fn get(&self, name: (Of, &str), now: u64) -> Vec<f64> {
        let Some(count) = self.counts.get(&(name.0, name.1.to_lowercase())) else { return Vec::new() };
        let fade = fade(now.saturating_sub(count.at), self.half);
        count.by_person.iter().map(|share| share * fade).collect()
    }

    /// For each person the mean share over some names, each drawn towards `base` as if by `prior` more tasks.
    pub fn mean(&self, of: Of, names: &[&str], now: u64, (base, prior): (&[f64], f64)) -> Vec<f64> {
        let mut mean = vec![0.0; base.len()];
        for name in names {
            let counts = self.get((of, name), now);
            let all: f64 = counts.iter().sum();
            for (person, (mean, base)) in mean.iter_mut().zip(base).enumerate() {
                let count = counts.get(person).copied().unwrap_or_default();
                *mean += (count + prior * base) / (all + prior) / names.len() as f64;
            }
        }
        mean
    }
}

fn fade(age: u64, half: f64) -> f64 {
    (-(age as f64) / half).exp2()
}

#[cfg(test)]
mod tests {
    use super::{Of, Shares};

    #[test]
    fn counts_halve_with_the_teams_own_work() {
        let mut shares = Shares::new(10.0);
        shares.add((Of::Component, "API"), 1, 0);
        shares.add((Of::Component, "api"), 0, 10);
        assert_eq!(shares.get((Of::Component, "Api"), 10), [1.0, 0.5]);
        assert!(shares.get((Of::Label, "api"), 10).is_empty());
        let mean = shares.mean(Of::Component, &["api", "other"], 10, (&[0.5, 0.5], 1.0));
        assert!(mean[0] > 0.5 && mean[0] + mean[1] > 0.99, "{mean:?}");
    }
}
