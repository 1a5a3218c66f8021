//! Tasks that say the same: which earlier tasks a text is like, and how likely it repeats one.
//!
//! An index that grows as tasks come. Words, pieces of words and BM25 are compared, how long ago a task came counts, and
//! confirmed duplicates teach the weights. Vectors of a language model are compared too when the caller has them.
//! Deliberately not here: reading tasks, and deciding what to do about a duplicate. A forgotten task leaves every list; the
//! weights it helped to teach stay, they hold no text. Known limit: the index itself is not saved, it is built again from
//! the tasks, which takes a second for some thousands; what is saved is [`Learned`].

mod compare;
pub(super) mod field;
mod fuse;
mod groups;
mod learned;
pub(crate) mod tokens;

pub(super) use compare::MOST_WORDS as SEEN_WORDS;
pub(super) use fuse::reciprocal;
pub use learned::{Learned, Likeness};

use compare::{Compared, Question, cells, piece_counts, word_counts};
use field::Field;
use groups::Groups;
use std::collections::HashMap;

/// Tasks that a confirmation is learned from: the best ones; those below are told apart already.
const MOST_LEARNED: usize = 150;

/// What is known of a task's text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub body: &'a str,
    /// Comments, and what was read from attachments.
    pub extra: &'a [&'a str],
    /// What a language model makes of the text, when there is one; all of one length.
    pub vector: Option<&'a [f32]>,
}

/// An earlier task that is like a text.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Match {
    /// The earlier task.
    pub id: String,
    /// What the order rests on; comparable within one answer only.
    pub score: f64,
    /// The chance that the text repeats this task, 0–1.
    pub probability: f64,
    /// What both speak of, the most telling first.
    pub shared: Vec<String>,
    /// Tasks confirmed to be the same as this one.
    pub also: Vec<String>,
}

/// The tasks so far.
#[derive(Clone, Debug, Default)]
pub struct Index {
    learned: Learned,
    names: HashMap<String, u32>,
    /// Stem and a word it came from, by feature.
    spelled: Vec<(String, String)>,
    piece_names: HashMap<[char; 4], u32>,
    words: Field,
    pieces: Field,
    numbers: HashMap<String, u32>,
    ids: Vec<Option<String>>,
    vectors: Vec<Option<Vec<f32>>>,
    groups: Groups,
}

impl Index {
    /// An index without tasks that starts from what was learned before.
    #[must_use]
    pub fn with(learned: Learned) -> Self {
        Self { learned, ..Self::default() }
    }

    /// What confirmations have taught so far.
    #[must_use]
    pub fn learned(&self) -> &Learned {
        &self.learned
    }

    /// How many tasks are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether no task is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Adds a task as the latest; one of the same id is forgotten first.
    pub fn add(&mut self, id: &str, text: &Text<'_>) {
        self.forget(id);
        let words = cells(word_counts(text).into_iter().map(|(stem, (word, count))| {
            let spelled = &mut self.spelled;
            let feature = *self.names.entry(stem.clone()).or_insert_with(|| {
                spelled.push((stem, word));
                spelled.len() as u32 - 1
            });
            (feature, count)
        }));
        let pieces = cells(piece_counts(text).into_iter().map(|(piece, count)| {
            let next = self.piece_names.len() as u32;
            (*self.piece_names.entry(piece).or_insert(next), count)
        }));
        self.words.add(words);
        self.pieces.add(pieces);
        self.numbers.insert(id.to_owned(), self.ids.len() as u32);
        self.ids.push(Some(id.to_owned()));
        self.vectors.push(text.vector.map(<[f32]>::to_vec));
    }

    /// Takes a task and every word only it had out of the index; answers whether it was there.
    pub fn forget(&mut self, id: &str) -> bool {
        let Some(at) = self.numbers.remove(id) else { return false };
        let features: Vec<u32> = self.words.text(at).iter().map(|cell| cell.of).collect();
        self.words.forget(at);
        self.pieces.forget(at);
        for feature in features.into_iter().filter(|feature| self.words.is_unused(*feature)) {
            let (stem, _) = std::mem::take(&mut self.spelled[feature as usize]);
            self.names.remove(&stem);
        }
        self.groups.forget(at);
        self.ids[at as usize] = None;
        self.vectors[at as usize] = None;
        true
    }

    /// The tasks most like a new text, best first, one of each confirmed group.
    #[must_use]
    pub fn best(&self, text: &Text<'_>, most: usize) -> Vec<Match> {
        let question = self.question(text);
        self.matches(&question, self.ids.len(), most)
    }

    /// The tasks most like one that is held, of those that came before it.
    #[must_use]
    pub fn best_before(&self, id: &str, most: usize) -> Vec<Match> {
        let Some(at) = self.numbers.get(id).copied() else { return Vec::new() };
        self.matches(&self.held(at), at as usize, most)
    }

    /// Learns that two held tasks are the same; answers whether both are held and the news was new.
    pub fn confirm(&mut self, one: &str, other: &str) -> bool {
        let (Some(&a), Some(&b)) = (self.numbers.get(one), self.numbers.get(other)) else { return false };
        let (earlier, later) = (a.min(b), a.max(b));
        if self.groups.name(earlier) == self.groups.name(later) {
            return false;
        }
        let group = self.groups.name(earlier);
        let mut compared = self.compared(&self.held(later), later as usize);
        let same = |groups: &Groups, task: &Compared| groups.name(task.at) == group;
        if let Some(top) = compared.first().copied() {
            let lead = self.lead(&compared);
            self.learned.learn_sureness(top.likeness, lead, same(&self.groups, &top));
        }
        let mut place = 0;
        compared.retain(|task| {
            place += 1;
            place <= MOST_LEARNED || same(&self.groups, task)
        });
        let tasks: Vec<(Likeness, bool)> =
            compared.iter().map(|task| (task.likeness, same(&self.groups, task))).collect();
        self.learned.learn_order(&tasks);
        self.groups.join(earlier, later);
        true
    }

    /// Learns that a held task repeats none of the earlier ones.
    pub fn alone(&mut self, id: &str) {
        let Some(at) = self.numbers.get(id).copied() else { return };
        let compared = self.compared(&self.held(at), at as usize);
        if let Some(top) = compared.first() {
            let lead = self.lead(&compared);
            self.learned.learn_sureness(top.likeness, lead, false);
        }
    }

    fn matches(&self, question: &Question, end: usize, most: usize) -> Vec<Match> {
        let compared = self.compared(question, end);
        let lead = self.lead(&compared);
        let first = compared.first().map(|task| task.at);
        let mut named = std::collections::BTreeSet::new();
        let distinct = compared.into_iter().filter(|task| named.insert(self.groups.name(task.at)));
        distinct
            .take(most)
            .map(|task| {
                let lead = if Some(task.at) == first { lead } else { 0.0 };
                self.told(task, lead, question, end)
            })
            .collect()
    }

    fn told(&self, task: Compared, lead: f64, question: &Question, end: usize) -> Match {
        let id = |at: u32| self.ids.get(at as usize).cloned().flatten();
        let others = self.groups.members(task.at).iter().copied();
        Match {
            id: id(task.at).unwrap_or_default(),
            score: task.score,
            probability: self.learned.probability(task.likeness, lead),
            shared: self.shared(&question.words, self.words.text(task.at)),
            also: others.filter(|at| *at != task.at && (*at as usize) < end).filter_map(id).collect(),
        }
    }
}
