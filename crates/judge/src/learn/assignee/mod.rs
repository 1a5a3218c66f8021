//! Who is likely to take a task: people ranked by what they did before, with the reasons.
//!
//! Each person's share of recent work, of the task's components, labels and kind, of the tasks whose text is most alike, and
//! the words of their tasks are measured; a multinomial logit weighs the measures and learns from every assignment
//! by an AdaGrad step (Duchi, Hazan and Singer 2011). Only what came before is known.
//! Deliberately not here: who *should* take a task, and how busy people are. Known limits: a person without a task so far
//! is never named; the model is built again from the history, only its [`Weights`] are worth saving.

mod evidence;
mod shares;

use super::similar::field::{Cell, Field};
use super::similar::tokens;
use evidence::{MEASURES, Near};
use shares::{Of, Shares};
use std::collections::{BTreeMap, HashMap};

/// How far one assignment moves the weights.
const STEP: f64 = 0.15;
/// Words of a description that are read; the first say what a task is about.
const MOST_WORDS: usize = 250;
/// Words of a description that count for a person.
const MOST_OWN_WORDS: usize = 60;
/// A word of the title against one of the description, as for finding similar tasks.
const TITLE: f32 = 3.0;
/// Reasons named for a person.
const MOST_REASONS: usize = 3;

/// What is known of a task when it is created.
#[derive(Clone, Copy, Debug, Default)]
pub struct Task<'a> {
    /// Its id, by which it is named as alike.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub body: &'a str,
    /// Bug, story and so on; may be empty.
    pub kind: &'a str,
    /// The parts of the product it is about, or the sections it stands in.
    pub components: &'a [&'a str],
    /// Its labels or tags.
    pub labels: &'a [&'a str],
}

/// A person with the chance that the task becomes theirs.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Ranked {
    /// Who.
    pub person: String,
    /// 0–1; all people together make 1.
    pub probability: f64,
    /// What speaks for the person more than for others, the strongest first.
    pub reasons: Vec<Reason>,
}

/// Why a person is ranked where they are.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Reason {
    /// How much of the recent work they did.
    Active {
        /// Share of the last tasks, halving every 50, 0–1.
        share: f64,
    },
    /// How much of a component's work they did.
    Component {
        /// The component, or the word in square brackets in the title.
        name: String,
        /// Share of its tasks, halving every 400 tasks, 0–1.
        share: f64,
    },
    /// How much of a label's work they did.
    Label {
        /// The label.
        name: String,
        /// As for a component.
        share: f64,
    },
    /// How much of the work of a kind they did.
    Kind {
        /// The kind.
        name: String,
        /// Share of its tasks, halving every 200 tasks, 0–1.
        share: f64,
    },
    /// They did some of the tasks most alike.
    Similar {
        /// Those tasks, the closest first.
        tasks: Vec<String>,
    },
    /// The task speaks the words of their tasks.
    Words,
}

/// How much each measure counts, with what their steps remember.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Weights {
    values: [f64; MEASURES],
    squares: [f64; MEASURES],
}

impl Default for Weights {
    /// Recent work, the component, texts alike and the words count alike; the rest is learned.
    fn default() -> Self {
        let mut values = [0.0; MEASURES];
        for measure in [evidence::MONTHS, evidence::COMPONENT, evidence::ALIKE, evidence::WORDS] {
            values[measure] = 0.5;
        }
        Self { values, squares: [0.01; MEASURES] }
    }
}

/// The history of assignments so far.
#[derive(Clone, Debug)]
pub struct History {
    weights: Weights,
    people: Vec<String>,
    numbers: BTreeMap<String, usize>,
    now: u64,
    last: Vec<u64>,
    counts: Vec<f64>,
    /// Shares that halve every 10, 40, 50, 200, 250 and 400 tasks.
    shares: [(f64, Shares); 6],
    names: HashMap<String, u32>,
    texts: Field,
    done: Vec<(String, usize)>,
    /// Who used a word how often.
    words: Vec<Vec<(usize, f64)>>,
    used: Vec<f64>,
}

impl Default for History {
    fn default() -> Self {
        Self::with(Weights::default())
    }
}

impl History {
    /// An empty history that starts from weights learned before.
    #[must_use]
    pub fn with(weights: Weights) -> Self {
        Self {
            weights,
            people: Vec::new(),
            numbers: BTreeMap::new(),
            now: 0,
            last: Vec::new(),
            counts: Vec::new(),
            shares: [10.0, 40.0, 50.0, 200.0, 250.0, 400.0].map(|half| (half, Shares::new(half))),
            names: HashMap::new(),
            texts: Field::default(),
            done: Vec::new(),
            words: Vec::new(),
            used: Vec::new(),
        }
    }

    /// What assignments have taught so far.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Ranks everybody who had a task, the likeliest first.
    #[must_use]
    pub fn rank(&self, task: &Task<'_>, most: usize) -> Vec<Ranked> {
        let near = self.near(task);
        let measured = self.measure(task, &near);
        let chances = self.chances(&measured);
        let mean = mean(&measured, &chances);
        let mut order: Vec<usize> = (0..self.people.len()).collect();
        order.sort_by(|a, b| chances[*b].total_cmp(&chances[*a]).then(a.cmp(b)));
        order.truncate(most);
        let ranked = |person: usize| Ranked {
            person: self.people[person].clone(),
            probability: chances[person],
            reasons: self.reasons(task, (&measured[person], &mean), person, &near),
        };
        order.into_iter().map(ranked).collect()
    }

    /// Learns who took a task, and remembers it as the latest.
    pub fn learn(&mut self, task: &Task<'_>, person: &str) {
        if person.is_empty() {
            return;
        }
        let known = self.numbers.get(person).copied();
        if let Some(person) = known {
            let measured = self.measure(task, &self.near(task));
            let mean = mean(&measured, &self.chances(&measured));
            for at in 0..MEASURES {
                let slope = measured[person][at] - mean[at];
                self.weights.squares[at] += slope * slope;
                self.weights.values[at] += STEP * slope / self.weights.squares[at].sqrt();
            }
        }
        let person = known.unwrap_or_else(|| {
            self.people.push(person.to_owned());
            self.last.push(0);
            self.counts.push(0.0);
            self.used.push(0.0);
            self.numbers.insert(person.to_owned(), self.people.len() - 1);
            self.people.len() - 1
        });
        self.remember(task, person);
    }

    fn remember(&mut self, task: &Task<'_>, person: usize) {
        for (_, shares) in &mut self.shares {
            for name in names(task) {
                shares.add((name.0, name.1), person, self.now);
            }
        }
        self.name_words(task);
        let cells = self.cells(task);
        for word in self.own_words(task) {
            match self.words[word as usize].iter_mut().find(|(other, _)| *other == person) {
                Some((_, count)) => *count += 1.0,
                None => self.words[word as usize].push((person, 1.0)),
            }
        }
        self.used[person] += 1.0;
        self.texts.add(cells);
        self.done.push((task.id.to_owned(), person));
        self.last[person] = self.now;
        self.counts[person] += 1.0;
        self.now += 1;
    }

    /// Gives every new word of a task its number.
    fn name_words(&mut self, task: &Task<'_>) {
        for (stem, _) in weighted(task) {
            if !self.names.contains_key(&stem) {
                self.names.insert(stem, self.words.len() as u32);
                self.words.push(Vec::new());
            }
        }
    }

    /// The known words of a task, weighted.
    fn cells(&self, task: &Task<'_>) -> Vec<Cell> {
        let known = weighted(task).into_iter();
        let mut cells: Vec<Cell> =
            known.filter_map(|(stem, count)| Some(Cell::new(*self.names.get(&stem)?, count))).collect();
        cells.sort_unstable_by_key(|cell| cell.of);
        cells
    }

    /// The known words of a title and of the beginning of a description, each once.
    fn own_words(&self, task: &Task<'_>) -> Vec<u32> {
        let title = tokens::stems(task.title);
        let body = tokens::stems(task.body).into_iter().take(MOST_OWN_WORDS);
        let known = title.into_iter().chain(body).filter_map(|(stem, _)| self.names.get(&stem).copied());
        let mut words: Vec<u32> = known.collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    fn near(&self, task: &Task<'_>) -> Near {
        Near::find(&self.texts.find(&self.cells(task), self.done.len()).cosine)
    }

    fn chances(&self, measured: &[[f64; MEASURES]]) -> Vec<f64> {
        let score =
            |of: &[f64; MEASURES]| of.iter().zip(&self.weights.values).map(|(a, b)| a * b).sum::<f64>();
        let scores: Vec<f64> = measured.iter().map(score).collect();
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shares: Vec<f64> = scores.iter().map(|score| (score - top).exp()).collect();
        let all: f64 = shares.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        shares.into_iter().map(|share| share / all).collect()
    }

    fn reasons(
        &self,
        task: &Task<'_>,
        (measured, mean): (&[f64; MEASURES], &[f64; MEASURES]),
        person: usize,
        near: &Near,
    ) -> Vec<Reason> {
        let mut groups = [0.0; evidence::GROUPS];
        for at in 0..MEASURES {
            groups[evidence::group(at)] += self.weights.values[at] * (measured[at] - mean[at]);
        }
        let mut order: Vec<usize> = (0..groups.len()).filter(|group| groups[*group] > 0.0).collect();
        order.sort_by(|a, b| groups[*b].total_cmp(&groups[*a]).then(a.cmp(b)));
        let reasons = order.into_iter().filter_map(|group| self.reason(group, task, person, near));
        reasons.take(MOST_REASONS).collect()
    }
}

/// Every name under which a task counts.
fn names<'a>(task: &Task<'a>) -> Vec<(Of, &'a str)> {
    let mut names = vec![(Of::All, ""), (Of::Kind, task.kind)];
    names.extend(components(task).into_iter().map(|name| (Of::Component, name)));
    names.extend(task.labels.iter().map(|name| (Of::Label, *name)));
    names.extend(tags(task.title).into_iter().map(|name| (Of::Tag, name)));
    names
}

/// A task's components; having none is one too.
fn components<'a>(task: &Task<'a>) -> Vec<&'a str> {
    if task.components.is_empty() { vec![""] } else { task.components.to_vec() }
}

/// What a title has in square brackets, which many teams use as a component.
fn tags(title: &str) -> Vec<&str> {
    const LONGEST_TAG: usize = 40;
    let after = title.split('[').skip(1);
    after.filter_map(|part| Some(part.split_once(']')?.0)).filter(|tag| tag.len() <= LONGEST_TAG).collect()
}

fn weighted(task: &Task<'_>) -> BTreeMap<String, f32> {
    let mut counts = BTreeMap::new();
    for (stem, _) in tokens::stems(task.title) {
        *counts.entry(stem).or_insert(0.0) += TITLE;
    }
    for (stem, _) in tokens::stems(task.body).into_iter().take(MOST_WORDS) {
        *counts.entry(stem).or_insert(0.0) += 1.0;
    }
    counts
}

fn mean(measured: &[[f64; MEASURES]], chances: &[f64]) -> [f64; MEASURES] {
    let mut mean = [0.0; MEASURES];
    for (of, chance) in measured.iter().zip(chances) {
        mean.iter_mut().zip(of).for_each(|(sum, value)| *sum += chance * value);
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::{History, Reason, Task};

    #[test]
    fn who_did_the_component_and_the_like_comes_first_and_it_says_why() {
        let mut history = History::default();
        for nth in 0..60 {
            let (component, title, who) = if nth % 2 == 0 {
                ("pipes", "Fix the leaking valve", "ann")
            } else {
                ("wires", "Replace a broken socket", "bob")
            };
            let id = nth.to_string();
            let task = Task { id: &id, title, components: &[component], ..Task::default() };
            history.learn(&task, who);
        }
        let task = Task { title: "A valve leaks", components: &["pipes"], ..Task::default() };
        let ranked = history.rank(&task, 5);
        assert_eq!(ranked[0].person, "ann");
        assert!(ranked[0].probability > 0.8, "{ranked:?}");
        assert!((ranked.iter().map(|of| of.probability).sum::<f64>() - 1.0).abs() < 1e-9);
        let of_component = |reason: &Reason| matches!(reason, Reason::Component { name, share } if name == "pipes" && *share > 0.9);
        assert!(ranked[0].reasons.iter().any(of_component), "{ranked:?}");
        assert!(History::default().rank(&task, 5).is_empty());
    }
}
