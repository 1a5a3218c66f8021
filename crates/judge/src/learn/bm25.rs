//! Finding texts by their words: Okapi BM25 over an inverted index.
//!
//! Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and Beyond". Texts are added as they come and
//! can be found from then on; frequencies are those of the texts so far, so history never knows the future.

use std::collections::HashMap;

/// How quickly repeating a word stops helping; the paper's middle.
const SATURATION: f64 = 1.2;
/// How much long texts are held back.
const LENGTH: f64 = 0.75;

/// An index of texts, numbered as they came.
#[derive(Clone, Debug, Default)]
pub struct Index {
    postings: HashMap<String, Vec<(u32, f32)>>,
    lengths: Vec<f32>,
    total: f64,
}

impl Index {
    /// Adds a text as features with weights (a title's words may weigh more); answers its number.
    pub fn add(&mut self, features: &[(String, f32)]) -> usize {
        let at = self.lengths.len() as u32;
        let mut counts: HashMap<&str, f32> = HashMap::new();
        for (feature, weight) in features {
            *counts.entry(feature).or_default() += weight;
        }
        let length: f32 = counts.values().sum();
        for (feature, count) in counts {
            self.postings.entry(feature.to_owned()).or_default().push((at, count));
        }
        self.lengths.push(length);
        self.total += f64::from(length);
        at as usize
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// The score of every text that shares a feature with the question, by number.
    #[must_use]
    pub fn scores(&self, question: &[(String, f32)]) -> HashMap<u32, f64> {
        let count = self.lengths.len() as f64;
        let average = (self.total / count.max(1.0)).max(1e-9);
        let mut weights: HashMap<&str, f32> = HashMap::new();
        for (feature, weight) in question {
            *weights.entry(feature).or_default() += weight;
        }
        // Sums of floats depend on their order: it is fixed.
        let mut asked: Vec<(&str, f32)> = weights.into_iter().collect();
        asked.sort_unstable_by_key(|(feature, _)| *feature);
        let mut scores: HashMap<u32, f64> = HashMap::new();
        for (feature, weight) in asked {
            let Some(postings) = self.postings.get(feature) else { continue };
            let found = postings.len() as f64;
            let idf = (1.0 + (count - found + 0.5) / (found + 0.5)).ln();
            for (at, frequency) in postings {
                let frequency = f64::from(*frequency);
                let norm = 1.0 - LENGTH + LENGTH * f64::from(self.lengths[*at as usize]) / average;
                let part = frequency * (SATURATION + 1.0) / (frequency + SATURATION * norm);
                *scores.entry(*at).or_default() += f64::from(weight) * idf * part;
            }
        }
        scores
    }

    /// The best `most` texts with their scores, best first, ties by number.
    #[must_use]
    pub fn best(&self, question: &[(String, f32)], most: usize) -> Vec<(usize, f64)> {
        let mut found: Vec<(usize, f64)> =
            self.scores(question).into_iter().map(|(at, score)| (at as usize, score)).collect();
        found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(most);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Index;

    fn features(text: &str) -> Vec<(String, f32)> {
        text.split(' ').map(|word| (word.to_owned(), 1.0)).collect()
    }

    #[test]
    fn the_text_that_shares_the_rare_word_comes_first() {
        let mut index = Index::default();
        for text in ["the pipe leaks", "the tap drips", "the tap leaks", "the roof"] {
            index.add(&features(text));
        }
        let best: Vec<usize> = index.best(&features("the drips"), 4).into_iter().map(|(at, _)| at).collect();
        assert_eq!(best[0], 1);
        assert_eq!(best.len(), 4);
        assert!(index.best(&features("nothing"), 4).is_empty());
    }
}
