//! What a team already knows about a question: tasks like it, open and done, each with the passages that speak for it.
//!
//! Tasks are ordered by the likeness of their whole text (`similar`, which compares vectors of a language model too when
//! the caller has them). That sees the beginning of what was said and filed; a line deep in a long file is found by BM25 over
//! passages, and the two orders are made one by reciprocal ranks. Deliberately not here: reading any of it, and whose words
//! are left out (Upnext's own are, by the caller).
//! Known limit: a passage is found by words it shares with the question; other words for the same thing need vectors.

mod passages;

pub use passages::{PASSAGE_CHARS, passages};

use super::bm25;
use super::similar::{self, SEEN_WORDS, Text, reciprocal, tokens};
use serde::Serialize;
use std::collections::HashMap;

/// How much a word of a question's title counts against one of its description, as in `similar`.
const TITLE: f32 = 3.0;
/// Places of either order that are fused: below them a place adds next to nothing.
const DEPTH: usize = 200;
/// What a place in the order by deep passages counts against one in the order by whole texts, and the share of the best
/// passage's score that a deep one must reach to count at all. Chosen on three public trackers in which half of the tasks had
/// their description moved behind 400 words of others: duplicates among the first ten rose from 79 to 83 % (Eclipse), 82 to
/// 83 % (Hadoop) and 65 to 68 % (OpenOffice). Counting every passage, or all of them alike, lost more than it found.
const DEEP: f64 = 0.6;
const DEEP_FROM: f64 = 0.9;
/// Passages told of a task.
const MOST_QUOTES: usize = 2;
/// A passage must reach this share of the best one's score to be told: below it, it shares but everyday words.
const LEAST_SHARE: f64 = 0.25;

/// Where a passage stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "in", rename_all = "snake_case")]
pub enum Source {
    /// In the task's description.
    Task,
    /// In a comment.
    Comment {
        /// Who wrote it, when that is known.
        by: Option<String>,
    },
    /// In a file.
    Attachment {
        /// The file's name.
        name: String,
    },
}

/// A task with all that was said and filed on it.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// The task; unique among the works.
    pub id: &'a str,
    /// Its name.
    pub title: &'a str,
    /// Its description.
    pub body: &'a str,
    /// What people said, with who said it.
    pub comments: &'a [(Option<&'a str>, &'a str)],
    /// Passages of files, with the file's name.
    pub files: &'a [(&'a str, &'a str)],
    /// What a language model makes of the text, when there is one; all of one length.
    pub vector: Option<&'a [f32]>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Question<'a> {
    /// A task's name; empty for free text.
    pub title: &'a str,
    /// A task's description, or the free text.
    pub body: &'a str,
    /// As in [`Work`].
    pub vector: Option<&'a [f32]>,
}

/// A passage that speaks for a task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quote {
    /// Where it stands.
    pub source: Source,
    /// The passage, word for word.
    pub text: String,
    /// BM25, above 0; comparable within one answer only.
    pub score: f64,
}

/// A task that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// The task.
    pub id: String,
    /// The sum of its reciprocal ranks; comparable within one answer only.
    pub score: f64,
    /// The chance that the question repeats this task, 0–1; `None` when only a passage was found.
    pub repeats: Option<f64>,
    /// Words that question and task share, the most telling first.
    pub shared: Vec<String>,
    /// The passages, best first.
    pub quotes: Vec<Quote>,
}

/// A passage of the index.
struct Piece {
    work: usize,
    /// `None` for a title, which finds but is not quoted.
    source: Option<Source>,
    text: String,
    /// Behind the words that whole texts are compared by.
    deep: bool,
}

/// Works made ready to be asked.
#[derive(Default)]
pub struct Library {
    ids: Vec<String>,
    whole: similar::Index,
    index: bm25::Index,
    pieces: Vec<Piece>,
}

impl Library {
    /// Makes works ready, given from the oldest to the latest.
    #[must_use]
    pub fn of(works: &[Work<'_>]) -> Self {
        let mut library = Library::default();
        for work in works {
            library.add(work);
        }
        library
    }

    fn add(&mut self, work: &Work<'_>) {
        let comments = work.comments.iter().map(|(_, text)| *text);
        let extra: Vec<&str> = comments.chain(work.files.iter().map(|(_, text)| *text)).collect();
        let text = Text { title: work.title, body: work.body, extra: &extra, vector: work.vector };
        self.whole.add(work.id, &text);
        let at = self.ids.len();
        self.ids.push(work.id.to_owned());
        self.piece(at, (None, work.title), &mut 0);
        let mut seen = 0;
        for text in passages(work.body) {
            self.piece(at, (Some(Source::Task), &text), &mut seen);
        }
        let mut seen = 0;
        for (by, said) in work.comments {
            for text in passages(said) {
                self.piece(at, (Some(Source::Comment { by: by.map(str::to_owned) }), &text), &mut seen);
            }
        }
        for (name, text) in work.files {
            self.piece(at, (Some(Source::Attachment { name: (*name).to_owned() }), text), &mut seen);
        }
    }

    /// Adds a piece; `seen` counts the words before it that whole texts are compared by.
    fn piece(&mut self, work: usize, (source, text): (Option<Source>, &str), seen: &mut usize) {
        let words: Vec<(String, f32)> =
            tokens::stems(text).into_iter().map(|(stem, _)| (stem, 1.0)).collect();
        if words.is_empty() {
            return;
        }
        let deep = *seen >= SEEN_WORDS;
        *seen += words.len();
        self.index.add(&words);
        self.pieces.push(Piece { work, source, text: text.to_owned(), deep });
    }

    /// The works that speak to a question, best first, at most `most`.
    #[must_use]
    pub fn find(&self, question: &Question<'_>, most: usize) -> Vec<Hit> {
        let text = Text { title: question.title, body: question.body, extra: &[], vector: question.vector };
        let alike = self.whole.best(&text, DEPTH.max(most));
        let passages = self.best_passages(question);
        let deep = self.by_deep_passage(&passages);
        let numbers: HashMap<&str, usize> =
            self.ids.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let by_whole: Vec<usize> =
            alike.iter().filter_map(|found| numbers.get(found.id.as_str()).copied()).collect();
        let fused = reciprocal(&[(&by_whole, 1.0), (&deep, DEEP)]);
        let mut quotes = self.quotes(&passages);
        let hit = |(at, score): (usize, f64)| {
            let found = alike.iter().find(|found| found.id == self.ids[at]);
            Hit {
                id: self.ids[at].clone(),
                score,
                repeats: found.map(|found| found.probability),
                shared: found.map(|found| found.shared.clone()).unwrap_or_default(),
                quotes: quotes.remove(&at).unwrap_or_default(),
            }
        };
        fused.into_iter().take(most).map(hit).collect()
    }

    /// Passages with their scores, best first.
    fn best_passages(&self, question: &Question<'_>) -> Vec<(usize, f64)> {
        let words = |text: &str, weight: f32| {
            let stems = tokens::stems(text).into_iter().take(SEEN_WORDS);
            stems.map(|(stem, _)| (stem, weight)).collect::<Vec<_>>()
        };
        let asked = [words(question.title, TITLE), words(question.body, 1.0)].concat();
        self.index.best(&asked, self.pieces.len())
    }

    /// What is told of each work.
    fn quotes(&self, passages: &[(usize, f64)]) -> HashMap<usize, Vec<Quote>> {
        let least = passages.first().map_or(0.0, |(_, best)| best * LEAST_SHARE);
        let mut quotes: HashMap<usize, Vec<Quote>> = HashMap::new();
        for (at, score) in passages.iter().take_while(|(_, score)| *score >= least) {
            let piece = &self.pieces[*at];
            let Some(source) = piece.source.clone() else { continue };
            let told = quotes.entry(piece.work).or_default();
            if told.len() < MOST_QUOTES {
                told.push(Quote { source, text: piece.text.clone(), score: *score });
            }
        }
        quotes
    }

    /// Works in the order of their best deep passage, as far as it can stand beside the best of all.
    fn by_deep_passage(&self, passages: &[(usize, f64)]) -> Vec<usize> {
        let least = passages.first().map_or(0.0, |(_, best)| best * DEEP_FROM);
        let mut named = std::collections::HashSet::new();
        let good = passages.iter().take_while(|(_, score)| *score >= least).map(|(at, _)| &self.pieces[*at]);
        let works =
            good.filter(|piece| piece.deep).map(|piece| piece.work).filter(|work| named.insert(*work));
        works.take(DEPTH).collect()
    }
}
