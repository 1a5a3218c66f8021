//! A question against every task before it: what is counted of a text, and how alike two texts are.
//!
//! Deliberately not here: what likeness is worth (`learned`) and what is answered.

use super::field::Cell;
use super::fuse::cosine;
use super::learned::Likeness;
use super::{Index, Text, tokens};
use std::collections::{BTreeMap, HashMap};

/// How much a word of the title counts against one of the description: on three public trackers three found more duplicates
/// than one; others were not tried.
const TITLE: f32 = 3.0;
/// How much a word of a comment or an attachment counts against one of the description.
const EXTRA: f32 = 0.5;
/// Words of a description that are read, and of all comments and attachments together; the rest is logs.
pub const MOST_WORDS: usize = 400;
/// Letters of a description whose pieces are read.
const MOST_LETTERS: usize = 1_500;
/// Cosine of vectors from which a task is compared though it shares no word.
const CLOSE: f64 = 0.3;
/// Words named as what two tasks share.
const MOST_SHARED: usize = 6;

/// A question's cells.
pub struct Question {
    pub words: Vec<Cell>,
    pub pieces: Vec<Cell>,
    /// What a language model makes of it.
    pub vector: Option<Vec<f32>>,
}

/// A task compared with a question.
#[derive(Clone, Copy)]
pub struct Compared {
    pub at: u32,
    pub likeness: Likeness,
    pub score: f64,
}

impl Index {
    pub(super) fn held(&self, at: u32) -> Question {
        let vector = self.vectors[at as usize].clone();
        Question { words: self.words.text(at).to_vec(), pieces: self.pieces.text(at).to_vec(), vector }
    }

    /// A text's cells; words no task has keep their weight in the text's length.
    pub(super) fn question(&self, text: &Text<'_>) -> Question {
        let (mut new_word, mut new_piece) = (u32::MAX, u32::MAX);
        let next = |last: &mut u32| {
            *last -= 1;
            *last
        };
        let words = word_counts(text).into_iter().map(|(stem, (_, count))| {
            (self.names.get(&stem).copied().unwrap_or_else(|| next(&mut new_word)), count)
        });
        let words = cells(words);
        let pieces = piece_counts(text).into_iter().map(|(piece, count)| {
            (self.piece_names.get(&piece).copied().unwrap_or_else(|| next(&mut new_piece)), count)
        });
        Question { words, pieces: cells(pieces), vector: text.vector.map(<[f32]>::to_vec) }
    }

    /// Every task before `end` that shares something with the question or means the like, best first.
    pub(super) fn compared(&self, question: &Question, end: usize) -> Vec<Compared> {
        let words = self.words.find(&question.words, end);
        let pieces = self.pieces.find(&question.pieces, end).cosine;
        let most = words.bm25.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let meanings = self.meanings(question, end);
        let near = |at: u32| -((end - at as usize) as f64).ln_1p();
        let alike = (0..end as u32).filter(|at| {
            let nth = *at as usize;
            self.ids[nth].is_some() && (words.cosine[nth] > 0.0 || pieces[nth] > 0.0 || meanings[nth] > CLOSE)
        });
        let mut out: Vec<Compared> = alike
            .map(|at| {
                let members = self.groups.members(at);
                let members = &members[..members.partition_point(|member| (*member as usize) < end)];
                let grouped = members.len() > 1;
                let likeness = Likeness {
                    words: f64::from(words.cosine[at as usize]),
                    pieces: f64::from(pieces[at as usize]),
                    bm25: f64::from(words.bm25[at as usize] / most),
                    near: near(at),
                    grouped: f64::from(u8::from(grouped)),
                    size: (members.len().max(1) as f64).ln(),
                    near_group: near(members.last().copied().filter(|_| grouped).unwrap_or(at)),
                    meaning: meanings[at as usize],
                };
                Compared { at, likeness, score: self.learned.score(likeness) }
            })
            .collect();
        out.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.at.cmp(&a.at)));
        out
    }

    fn meanings(&self, question: &Question, end: usize) -> Vec<f64> {
        let Some(asked) = question.vector.as_deref() else { return vec![0.0; end] };
        let close = |vector: &Option<Vec<f32>>| vector.as_deref().map_or(0.0, |other| cosine(asked, other));
        self.vectors[..end].iter().map(close).collect()
    }

    /// How far the best task is ahead of the next that is not the same.
    pub(super) fn lead(&self, compared: &[Compared]) -> f64 {
        let Some(top) = compared.first() else { return 0.0 };
        let group = self.groups.name(top.at);
        let next = compared.iter().find(|task| self.groups.name(task.at) != group);
        next.map_or(0.0, |next| top.score - next.score)
    }

    /// What two texts share, by how much it adds to their cosine.
    pub(super) fn shared(&self, question: &[Cell], task: &[Cell]) -> Vec<String> {
        let of: HashMap<u32, f32> = task.iter().map(|cell| (cell.of, cell.log)).collect();
        let mut shared: Vec<(f32, u32)> = question
            .iter()
            .filter_map(|cell| {
                Some((cell.log * of.get(&cell.of)? * self.words.idf(cell.of).powi(2), cell.of))
            })
            .collect();
        shared.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        shared.truncate(MOST_SHARED);
        shared.into_iter().map(|(_, feature)| self.spelled[feature as usize].1.clone()).collect()
    }
}

/// Stems with the first word each came from and their weighted counts.
pub fn word_counts(text: &Text<'_>) -> BTreeMap<String, (String, f32)> {
    let mut counts: BTreeMap<String, (String, f32)> = BTreeMap::new();
    let mut count = |words: Vec<(String, &str)>, weight: f32| {
        for (stem, word) in words.into_iter().take(MOST_WORDS) {
            counts.entry(stem).or_insert_with(|| (word.to_owned(), 0.0)).1 += weight;
        }
    };
    count(tokens::stems(text.title), TITLE);
    count(tokens::stems(text.body), 1.0);
    let extra = text.extra.iter().flat_map(|text| tokens::stems(text));
    count(extra.take(MOST_WORDS).collect(), EXTRA);
    counts
}

/// Pieces with their counts; those of the title count twice.
pub fn piece_counts(text: &Text<'_>) -> BTreeMap<[char; 4], f32> {
    let mut counts = BTreeMap::new();
    let mut add = |text: &str, weight: f32| {
        tokens::pieces(tokens::beginning(text, MOST_LETTERS), |piece| {
            *counts.entry(piece).or_insert(0.0) += weight;
        });
    };
    add(text.title, 2.0);
    add(text.body, 1.0);
    counts
}

/// Cells rising by feature.
pub fn cells(of: impl Iterator<Item = (u32, f32)>) -> Vec<Cell> {
    let mut cells: Vec<Cell> = of.map(|(feature, count)| Cell::new(feature, count)).collect();
    cells.sort_unstable_by_key(|cell| cell.of);
    cells
}
