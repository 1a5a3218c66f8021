//! The mood of work text, and the words that ask for somebody's attention.
//!
//! A model learned from labelled texts when there is one; else the lexicon alone, which claims less certainty. Cues of
//! escalation are quoted, so that a person can check them.
//! Deliberately not here: how much a stakeholder's mood counts (the caller knows who wrote), and any shipped weights.
//! Known limits: English; irony; a quoted complaint of somebody else counts as the writer's own.

use super::classify::{Classifier, Document, Example, Group, Part, Reason, Recipe};
use super::wording::valences;

/// The labels, in the order of mood.
pub const NEGATIVE: &str = "negative";
/// Neither.
pub const NEUTRAL: &str = "neutral";
/// Pleased.
pub const POSITIVE: &str = "positive";

/// Words and pairs, negated words and tone, weighed by cross-validation over the open sets' training rows.
const PARTS: [Part; 5] = [
    Part { group: Group::TitleWords, weight: 1.0, min_documents: 2 },
    Part { group: Group::TitlePieces, weight: 0.7, min_documents: 2 },
    Part { group: Group::Negated, weight: 0.7, min_documents: 2 },
    Part { group: Group::Tone, weight: 1.0, min_documents: 2 },
    Part { group: Group::Moods, weight: 1.0, min_documents: 2 },
];
/// Texts learned from: they are short, so many are still fast.
const MOST_TEXTS: usize = 20_000;
/// How much a borrowed text counts against an own one, where it helps at all.
const BORROWED: f64 = 0.3;
/// Log-odds that a step of the lexicon's valence is worth, and those of saying nothing either way: two clear words (valence
/// 2 each) make a mood four times as probable as none.
const PER_VALENCE: f64 = 0.6;
const OF_NEUTRAL: f64 = 1.0;

/// A text whose mood is known.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The text.
    pub text: &'a str,
    /// Its label.
    pub label: &'a str,
}

/// A mood with its probability.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Mood {
    /// Probabilities of negative, neutral and positive; they add to 1.
    pub probabilities: [f64; 3],
    /// The most probable label.
    pub label: String,
    /// What moved it most.
    pub reasons: Vec<Reason>,
    /// Whether a learned model said so; else the lexicon did.
    pub learned: bool,
}

/// Learned moods; the default knows the lexicon only.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Sentiment {
    model: Option<Classifier>,
}

impl Sentiment {
    /// Learns from own texts, with borrowed ones where rows held out say that they help. A text of another label than the
    /// three teaches nothing.
    #[must_use]
    pub fn fit(own: &[Said<'_>], borrowed: &[Said<'_>], seed: u64) -> Self {
        let (own, borrowed) = (moods(own), moods(borrowed));
        if own.is_empty() && borrowed.is_empty() {
            return Self::default();
        }
        if own.is_empty() {
            return Self {
                model: Some(Classifier::fit(&examples(&borrowed, 1.0, true), &recipe(0.0), seed)),
            };
        }
        let alone = Classifier::fit(&examples(&own, 1.0, true), &recipe(0.0), seed);
        // A label that own texts never have would only take from those they do.
        let known: Vec<Said<'_>> = borrowed
            .iter()
            .filter(|said| alone.labels().iter().any(|label| label == said.label))
            .copied()
            .collect();
        if known.is_empty() {
            return Self { model: Some(alone) };
        }
        let mut both = examples(&known, BORROWED, false);
        both.extend(examples(&own, 1.0, true));
        let with = Classifier::fit(&both, &recipe(1.0), seed);
        Self { model: Some(if with.quality() > alone.quality() { with } else { alone }) }
    }

    /// The mood of a text.
    #[must_use]
    pub fn mood(&self, text: &str) -> Mood {
        let Some(model) = &self.model else { return by_lexicon(text) };
        let guess = model.guess(&document(text));
        let probabilities = [NEGATIVE, NEUTRAL, POSITIVE].map(|label| guess.probability(label));
        let label = guess.best().map_or(NEUTRAL, |(label, _)| label).to_owned();
        Mood { probabilities, label, reasons: guess.reasons, learned: true }
    }

    /// The label to give when every label counts alike however rare it is.
    #[must_use]
    pub fn even_label(&self, text: &str) -> String {
        let learned = self.model.as_ref().and_then(|model| model.even_label(&document(text)));
        learned.map_or_else(|| by_lexicon(text).label, str::to_owned)
    }
}

/// The texts whose label is a mood.
fn moods<'a>(said: &[Said<'a>]) -> Vec<Said<'a>> {
    said.iter().filter(|said| [NEGATIVE, NEUTRAL, POSITIVE].contains(&said.label)).copied().collect()
}

fn document(text: &str) -> Document<'_> {
    Document { title: text, ..Document::default() }
}

fn recipe(apart: f32) -> Recipe {
    Recipe {
        parts: PARTS.to_vec(),
        cost: 3.0,
        bayes: 0.5,
        folds: 3,
        half_life: None,
        most_rows: MOST_TEXTS,
        apart,
    }
}

fn examples<'a>(said: &[Said<'a>], weight: f64, own: bool) -> Vec<Example<'a>> {
    said.iter().map(|one| Example { document: document(one.text), label: one.label, weight, own }).collect()
}

fn by_lexicon(text: &str) -> Mood {
    let (well, ill) = valences(text);
    let probabilities =
        super::calibration::softmax(&[ill * PER_VALENCE, OF_NEUTRAL, well * PER_VALENCE], 1.0);
    let probabilities = [probabilities[0], probabilities[1], probabilities[2]];
    let label = [(NEGATIVE, probabilities[0]), (POSITIVE, probabilities[2])]
        .into_iter()
        .fold((NEUTRAL, probabilities[1]), |best, one| if one.1 > best.1 { one } else { best })
        .0;
    let reason = |feature: &str, by: f64| Reason { feature: feature.to_owned(), by: by * PER_VALENCE };
    let reasons = [reason("kind words", well), reason("harsh words", -ill)];
    Mood {
        probabilities,
        label: label.to_owned(),
        reasons: reasons.into_iter().filter(|reason| reason.by != 0.0).collect(),
        learned: false,
    }
}

#[cfg(test)]
mod tests {
    use super::{NEGATIVE, NEUTRAL, POSITIVE, Said, Sentiment};

    #[test]
    fn without_texts_the_lexicon_answers() {
        let cold = Sentiment::default();
        let label = |text| cold.mood(text).label;
        assert_eq!(label("This is awful, I hate it"), NEGATIVE);
        assert_eq!(label("Thanks, great work!"), POSITIVE);
        assert_eq!(label("The build fails on line 3"), NEUTRAL);
    }

    #[test]
    fn own_texts_teach_own_words() {
        let texts = ["ship is grand today", "ship is foul today", "ship is at sea today"];
        let labels = [POSITIVE, NEGATIVE, NEUTRAL];
        let own: Vec<Said<'_>> =
            (0..30).map(|at| Said { text: texts[at % 3], label: labels[at % 3] }).collect();
        let mood = Sentiment::fit(&own, &[], 1).mood("a foul day");
        assert_eq!((mood.label.as_str(), mood.learned), (NEGATIVE, true));
        assert!((mood.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
