//! Ratings: what a language model reads in a task's texts, each on a coarse scale and with the words it rests on.
//!
//! A rating exists only with words that were found in the task's own texts. What it may move is the judge's. Deliberately
//! not here: asking anybody.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The ends of the scale: 1 is least, 5 is most. 0 is no rating: the texts say nothing about it.
const LEAST: f64 = 1.0;
const MOST: f64 = 5.0;

/// From this difference between answers on, in points of the scale, the answers disagree.
pub const DISAGREEMENT: u8 = 2;

/// What a task's texts are asked about. A rubric's criterion names the one that speaks to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// How much it serves the goals of the project.
    StrategicFit,
    /// What users or the business gain by it.
    UserBusinessValue,
    /// How fast its value decays with waiting.
    TimeCriticality,
    /// What risk it removes or what other work it makes possible.
    RiskReduction,
    /// Who asks for it, and how hard.
    StakeholderPressure,
}

impl Dimension {
    /// Every dimension, in the order they are asked.
    pub const ALL: [Self; 5] = [
        Self::StrategicFit,
        Self::UserBusinessValue,
        Self::TimeCriticality,
        Self::RiskReduction,
        Self::StakeholderPressure,
    ];

    /// The word for it in rubrics and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::StrategicFit => "strategic_fit",
            Self::UserBusinessValue => "user_business_value",
            Self::TimeCriticality => "time_criticality",
            Self::RiskReduction => "risk_reduction",
            Self::StakeholderPressure => "stakeholder_pressure",
        }
    }
}

/// What was answered about one dimension of one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rating {
    /// What was asked about.
    pub dimension: Dimension,
    /// Every answer that stood its check, 0–5; 0 says that the texts are silent.
    pub scores: Vec<u8>,
    /// The words it rests on, as the source spells them.
    pub quote: String,
    /// Where they are: `name`, `description`, `comment 2`, `field Impact`, `attachment 1`.
    pub source: String,
}

impl Rating {
    /// The mean of the answers as a share of the scale, 0–1; none when most of them say that the texts are silent.
    #[must_use]
    pub fn strength(&self) -> Option<f64> {
        let said: Vec<f64> = self.scores.iter().filter(|score| **score > 0).map(|s| f64::from(*s)).collect();
        if 2 * said.len() <= self.scores.len() {
            return None;
        }
        let mean = said.iter().sum::<f64>() / said.len() as f64;
        Some(((mean - LEAST) / (MOST - LEAST)).clamp(0.0, 1.0))
    }

    /// The mean of the answers on the scale, for people; 0 when there is none.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.strength().map_or(0.0, |strength| LEAST + strength * (MOST - LEAST))
    }

    /// The largest difference between two answers, 0–5.
    #[must_use]
    pub fn spread(&self) -> u8 {
        let (least, most) = (self.scores.iter().min(), self.scores.iter().max());
        most.zip(least).map_or(0, |(most, least)| most - least)
    }

    /// Whether answers are so far apart that none can be relied on.
    #[must_use]
    pub fn disagrees(&self) -> bool {
        self.spread() >= DISAGREEMENT
    }
}

/// All that was answered about one task, and what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratings {
    /// Who answered, as the provider names them; two where a larger model was asked as well.
    pub models: Vec<String>,
    /// The version of the prompt.
    pub prompt: String,
    /// The version of the rubric it was asked under.
    pub rubric: String,
    /// What stood its check, in the order of [`Dimension::ALL`].
    pub rated: Vec<Rating>,
    /// Answers that were left out because the words they name are not in the task, by dimension.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dropped: BTreeMap<Dimension, u32>,
}

/// One answer about one task, checked: what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Who answered, as the provider names it.
    pub model: String,
    /// What stood its check, one score each.
    pub rated: Vec<Rating>,
    /// What was left out because the words it names are not in the task.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<Dimension>,
    /// Why there is no answer, when asking again about the same texts would end the same way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// The words, when words were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Ratings {
    /// All answers about a task as one. The words are those of the answer nearest to the mean.
    #[must_use]
    pub fn of_answers(answers: &[Answered], prompt: &str, rubric: &str) -> Ratings {
        let mut ratings = Ratings {
            models: vec![],
            prompt: prompt.to_owned(),
            rubric: rubric.to_owned(),
            rated: Dimension::ALL.into_iter().filter_map(|dimension| merged(answers, dimension)).collect(),
            dropped: BTreeMap::new(),
        };
        for answer in answers {
            if !ratings.models.contains(&answer.model) {
                ratings.models.push(answer.model.clone());
            }
            for dimension in &answer.dropped {
                *ratings.dropped.entry(*dimension).or_default() += 1;
            }
        }
        ratings
    }

    /// What was answered about a dimension.
    #[must_use]
    pub fn of(&self, dimension: Dimension) -> Option<&Rating> {
        self.rated.iter().find(|rating| rating.dimension == dimension)
    }

    /// Whether the answers about any dimension disagree.
    #[must_use]
    pub fn disagree(&self) -> bool {
        self.rated.iter().any(Rating::disagrees)
    }
}

/// What all answers say of one dimension; none when every one of them says that the texts are silent.
fn merged(answers: &[Answered], dimension: Dimension) -> Option<Rating> {
    let of = |answer: &'_ Answered| answer.rated.iter().find(|rating| rating.dimension == dimension).cloned();
    let all: Vec<Rating> = answers.iter().filter_map(of).collect();
    let scores: Vec<u8> = all.iter().flat_map(|rating| rating.scores.iter().copied()).collect();
    let spoken: Vec<&Rating> = all.iter().filter(|rating| !rating.quote.is_empty()).collect();
    let whole = Rating { dimension, scores, quote: String::new(), source: String::new() };
    let mean = whole.mean();
    let apart = |rating: &&&Rating| (rating.mean() - mean).abs();
    let nearest = spoken.iter().min_by(|a, b| apart(a).total_cmp(&apart(b)))?;
    Some(Rating { quote: nearest.quote.clone(), source: nearest.source.clone(), ..whole })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rating(scores: &[u8]) -> Rating {
        let (quote, source) = ("the words".to_owned(), "description".to_owned());
        Rating { dimension: Dimension::TimeCriticality, scores: scores.to_vec(), quote, source }
    }

    #[test]
    fn a_rating_is_the_mean_of_what_was_said_and_silence_is_none() {
        assert_eq!(rating(&[5]).strength(), Some(1.0));
        assert_eq!(rating(&[1]).strength(), Some(0.0));
        assert_eq!(rating(&[3, 5, 4]).strength(), Some(0.75));
        assert_eq!(rating(&[0]).strength(), None);
        assert_eq!(rating(&[]).strength(), None);
        // One of three is silent: two speak. One of two: neither side has it.
        assert_eq!(rating(&[0, 3, 3]).strength(), Some(0.5));
        assert_eq!(rating(&[0, 5]).strength(), None);
        assert!(rating(&[2, 4]).disagrees() && !rating(&[3, 4]).disagrees());
        // A saved rating out of range stays inside.
        assert_eq!(rating(&[200]).strength(), Some(1.0));
    }

    #[test]
    fn several_answers_become_one_with_the_words_of_the_middle() {
        let answer = |model: &str, score: u8, quote: &str| Answered {
            model: model.to_owned(),
            rated: vec![Rating { quote: quote.to_owned(), ..rating(&[score]) }],
            dropped: vec![Dimension::RiskReduction],
            refused: None,
            words: None,
        };
        let silent =
            Answered { rated: vec![Rating { quote: String::new(), ..rating(&[0]) }], ..answer("a", 0, "") };
        let of = |answers: &[Answered]| Ratings::of_answers(answers, "p", "r");
        let three = of(&[answer("a", 1, "one"), answer("a", 4, "four"), answer("b", 5, "five")]);
        assert_eq!(three.models, ["a", "b"]);
        assert_eq!(
            (three.rated[0].scores.as_slice(), three.rated[0].quote.as_str()),
            (&[1, 4, 5][..], "four")
        );
        assert_eq!(three.dropped[&Dimension::RiskReduction], 3);
        assert!(three.disagree());
        assert!(of(&[silent.clone(), silent]).rated.is_empty());
    }
}
