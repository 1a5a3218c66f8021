//! From a text to a vector: groups of features, each weighed apart so that a long description does not drown its title.
//!
//! Every feature has a name a person can read. Known limit: groups that split words into pieces are costly on long texts
//! and are therefore given the first words only.

use super::structure;
use crate::learn::sparse::Sparse;
use crate::learn::text::{grams, pieces, plain, words};
use crate::learn::vocabulary::Vocabulary;
use crate::learn::wording;
use crate::learn::{intent, severity};

/// Words of a description that count: what a request is about is said early, and the rest is logs.
const MOST_WORDS: usize = 400;
/// Words split into pieces.
const MOST_SPLIT: usize = 120;
/// Features kept of one group: memory for 5,000 tasks stays under 100 MB.
const MOST_FEATURES: usize = 40_000;

/// What is classified.
#[derive(Clone, Copy, Debug, Default)]
pub struct Document<'a> {
    /// The title, or the whole text when there is no other.
    pub title: &'a str,
    /// The description.
    pub body: &'a str,
    /// Facts besides the text, each `name: value`.
    pub facts: &'a [String],
}

/// A kind of feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Words and neighbouring pairs of the title.
    TitleWords,
    /// Pieces of three to five letters of the title's words.
    TitlePieces,
    /// Words and neighbouring pairs of the description.
    BodyWords,
    /// Pieces of the description's first words.
    BodyPieces,
    /// Short lines of the description: a form's headings and choices.
    Headings,
    /// What the description is built of.
    Structure,
    /// Facts besides the text.
    Facts,
    /// Words of the title after a negation.
    Negated,
    /// Emoticons, exclamations, capitals and the lexicon's valence of the title.
    Tone,
    /// Kinds of words of mood in the order of the title's sentences.
    Moods,
    /// Harm and polish that title and description tell of.
    Severity,
    /// Phrases of faults, wishes and questions.
    Intent,
}

impl Group {
    /// The group's features of a document.
    #[must_use]
    pub fn of(self, document: &Document<'_>) -> Vec<String> {
        let titled = || -> Vec<String> { words(&plain(document.title)).take(MOST_WORDS).collect() };
        let described = |most| -> Vec<String> { words(&plain(document.body)).take(most).collect() };
        match self {
            Self::TitleWords => grams("", &titled()),
            Self::TitlePieces => pieces("", &titled()[..titled().len().min(MOST_SPLIT)], 3..=5),
            Self::BodyWords => grams("", &described(MOST_WORDS)),
            Self::BodyPieces => pieces("", &described(MOST_SPLIT), 3..=5),
            Self::Headings => structure::headings(document.body),
            Self::Structure => structure::signs(document.title, document.body),
            Self::Facts => document.facts.to_vec(),
            Self::Negated => wording::negated(document.title),
            Self::Tone => wording::tone(document.title),
            Self::Moods => wording::moods(document.title),
            Self::Severity => severity::findings(document.title, document.body),
            Self::Intent => intent::findings(document.title, document.body),
        }
    }

    /// How a feature of the group is shown.
    fn shown(self, feature: &str) -> String {
        match self {
            Self::TitleWords => format!("title: {feature}"),
            Self::TitlePieces => format!("title, part of a word: {feature}"),
            Self::BodyWords => format!("description: {feature}"),
            Self::BodyPieces => format!("description, part of a word: {feature}"),
            Self::Headings => format!("line: {feature}"),
            Self::Negated => format!("after a negation: {feature}"),
            Self::Moods => format!("in turn: {feature}"),
            Self::Structure | Self::Facts | Self::Tone | Self::Severity | Self::Intent => feature.to_owned(),
        }
    }
}

/// A group with how much it weighs and in how many documents a feature must be.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Part {
    /// The group.
    pub group: Group,
    /// Length of the group's vector; 0 leaves it out.
    pub weight: f32,
    /// Documents of the history that must have a feature.
    pub min_documents: u32,
}

/// What a history knows of features: turns documents into vectors.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Encoder {
    parts: Vec<(Part, Vocabulary)>,
}

impl Encoder {
    /// Learns the features of a history; answers its vectors too, because splitting texts is the costly part.
    #[must_use]
    pub fn learn(parts: &[Part], documents: &[Document<'_>]) -> (Self, Vec<Sparse>) {
        let mut encoder = Self::default();
        let mut rows: Vec<Sparse> = vec![Sparse::default(); documents.len()];
        for part in parts.iter().filter(|part| part.weight > 0.0) {
            let features: Vec<Vec<String>> =
                documents.iter().map(|document| part.group.of(document)).collect();
            let vocabulary =
                Vocabulary::learn(features.iter().map(Vec::as_slice), part.min_documents, MOST_FEATURES);
            let offset = encoder.columns() as u32;
            for (row, features) in rows.iter_mut().zip(&features) {
                *row = row.beside(&vocabulary.vector(features).times(part.weight), offset);
            }
            encoder.parts.push((*part, vocabulary));
        }
        (encoder, rows)
    }

    /// How many columns the vectors have.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.parts.iter().map(|(_, vocabulary)| vocabulary.len()).sum()
    }

    /// A document's vector.
    #[must_use]
    pub fn encode(&self, document: &Document<'_>) -> Sparse {
        let mut row = Sparse::default();
        let mut offset = 0;
        for (part, vocabulary) in &self.parts {
            let vector = vocabulary.vector(&part.group.of(document)).times(part.weight);
            row = row.beside(&vector, offset);
            offset += vocabulary.len() as u32;
        }
        row
    }

    /// A column's name for people.
    #[must_use]
    pub fn name(&self, column: u32) -> String {
        let mut at = column as usize;
        for (part, vocabulary) in &self.parts {
            if let Some(name) = vocabulary.name(at) {
                return part.group.shown(name);
            }
            at -= vocabulary.len();
        }
        String::new()
    }
}
