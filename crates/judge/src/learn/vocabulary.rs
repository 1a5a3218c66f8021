//! Which features a history knows, and how much each tells: inverse document frequency over sublinear counts.
//!
//! Weights are those of Salton and Buckley (1988), "Term-weighting approaches in automatic text retrieval", smoothed as
//! if one more document held every feature.

use super::sparse::Sparse;
use std::collections::HashMap;

/// Features by name, with their weight.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Vocabulary {
    /// In the order of the alphabet, which is that of the columns.
    names: Vec<String>,
    idf: Vec<f32>,
}

impl Vocabulary {
    /// Learns the features that at least `min_documents` of the documents have; of too many, the most frequent
    /// `most_features`, ties by name.
    pub fn learn<'a>(
        documents: impl IntoIterator<Item = &'a [String]>,
        min_documents: u32,
        most_features: usize,
    ) -> Self {
        let mut counts: HashMap<&str, (u32, usize)> = HashMap::new();
        let mut total = 0_usize;
        for (at, document) in documents.into_iter().enumerate() {
            total = at + 1;
            for feature in document {
                let (count, last) = counts.entry(feature).or_insert((0, usize::MAX));
                if *last != at {
                    (*count, *last) = (*count + 1, at);
                }
            }
        }
        let mut kept: Vec<(&str, u32)> = counts
            .into_iter()
            .filter(|(_, (count, _))| *count >= min_documents)
            .map(|(name, (count, _))| (name, count))
            .collect();
        kept.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        kept.truncate(most_features);
        kept.sort_unstable_by_key(|(name, _)| *name);
        let idf = |count: u32| (((1 + total) as f64 / f64::from(1 + count)).ln() + 1.0) as f32;
        Self {
            idf: kept.iter().map(|(_, count)| idf(*count)).collect(),
            names: kept.into_iter().map(|(name, _)| name.to_owned()).collect(),
        }
    }

    /// How many features there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.idf.len()
    }

    /// Whether nothing was learned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.idf.is_empty()
    }

    /// The name of each column.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }

    /// The name of one column.
    #[must_use]
    pub fn name(&self, column: usize) -> Option<&str> {
        self.names.get(column).map(String::as_str)
    }

    /// A document's vector, of length 1; unknown features count nothing.
    #[must_use]
    pub fn vector(&self, features: &[String]) -> Sparse {
        let known = features.iter().filter_map(|feature| self.names.binary_search(feature).ok());
        let mut columns: Vec<usize> = known.collect();
        columns.sort_unstable();
        let cells = columns
            .chunk_by(|a, b| a == b)
            .map(|same| (same[0] as u32, (1.0 + (same.len() as f64).ln()) as f32 * self.idf[same[0]]));
        Sparse::new(cells.collect()).unit()
    }
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    fn document(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn rare_features_weigh_more_and_unknown_ones_nothing() {
        let history: Vec<Vec<String>> = ["a b", "a c", "a b d"].iter().map(|text| document(text)).collect();
        let vocabulary = Vocabulary::learn(history.iter().map(Vec::as_slice), 1, 100);
        assert_eq!(vocabulary.names(), ["a", "b", "c", "d"]);
        let vector: Vec<(u32, f32)> = vocabulary.vector(&document("a d unknown")).iter().collect();
        assert!(vector[1].1 > vector[0].1, "{vector:?}");
        assert_eq!(Vocabulary::learn(history.iter().map(Vec::as_slice), 2, 1).names(), ["a"]);
    }
}
