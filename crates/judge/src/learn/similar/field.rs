//! One way of comparing texts: an inverted index that answers cosine and BM25 of a question with every text at once.
//!
//! Weights are TF-IDF (Salton and Buckley 1988) and Okapi BM25 (Robertson and Zaragoza 2009), with the frequencies of the
//! texts held now. Known limit: lengths of the vectors are those of the last refresh, which comes whenever the number of
//! texts has grown by a tenth; between refreshes cosines are slightly off.

/// How quickly repeating a word stops helping; the middle of what the paper recommends.
const SATURATION: f32 = 1.2;
/// How much long texts are held back; the same.
const LENGTH: f32 = 0.75;

/// A feature of a text, how often it holds it (weighted, above 0), and the logarithmic count.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// In a text the feature; in a feature's list the text.
    pub of: u32,
    pub count: f32,
    pub log: f32,
}

impl Cell {
    /// A cell; counts below one are those of fields that weigh less.
    pub fn new(of: u32, count: f32) -> Self {
        let log = if count >= 1.0 { 1.0 + count.ln() } else { count.ln_1p() };
        Self { of, count, log }
    }
}

/// Texts by number and features by number.
#[derive(Clone, Debug, Default)]
pub struct Field {
    lists: Vec<Vec<Cell>>,
    texts: Vec<Vec<Cell>>,
    norms: Vec<f32>,
    lengths: Vec<f32>,
    total: f64,
    held: usize,
    refreshed_at: usize,
}

/// What a question found: one value a text number.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Cosines, 0–1.
    pub cosine: Vec<f32>,
    /// BM25, 0 and above.
    pub bm25: Vec<f32>,
}

impl Field {
    /// Adds the next text, its cells rising by feature.
    pub fn add(&mut self, text: Vec<Cell>) {
        let at = self.texts.len() as u32;
        let features = text.last().map_or(0, |cell| cell.of as usize + 1);
        if features > self.lists.len() {
            self.lists.resize_with(features, Vec::new);
        }
        for cell in &text {
            self.lists[cell.of as usize].push(Cell { of: at, ..*cell });
        }
        let length: f32 = text.iter().map(|cell| cell.count).sum();
        self.lengths.push(length);
        self.total += f64::from(length);
        self.held += 1;
        self.texts.push(text);
        self.norms.push(0.0);
        if self.held > self.refreshed_at + self.refreshed_at / 10 {
            self.norms = self.texts.iter().map(|text| self.norm(text)).collect();
            self.refreshed_at = self.held;
        } else {
            self.norms[at as usize] = self.norm(&self.texts[at as usize]);
        }
    }

    /// Takes a text out of every list; its number stays empty.
    pub fn forget(&mut self, at: u32) {
        for cell in std::mem::take(&mut self.texts[at as usize]) {
            self.lists[cell.of as usize].retain(|other| other.of != at);
        }
        self.total -= f64::from(std::mem::take(&mut self.lengths[at as usize]));
        self.held -= 1;
    }

    /// A text's cells.
    pub fn text(&self, at: u32) -> &[Cell] {
        &self.texts[at as usize]
    }

    /// Whether no text holds a feature.
    pub fn is_unused(&self, feature: u32) -> bool {
        self.lists.get(feature as usize).is_none_or(Vec::is_empty)
    }

    /// What a feature weighs: 1 for one that every text has, more for rarer ones.
    pub fn idf(&self, feature: u32) -> f32 {
        let found = self.lists.get(feature as usize).map_or(0, Vec::len);
        ((1 + self.held) as f32 / (1 + found) as f32).ln() + 1.0
    }

    fn norm(&self, text: &[Cell]) -> f32 {
        text.iter().map(|cell| (cell.log * self.idf(cell.of)).powi(2)).sum::<f32>().sqrt()
    }

    /// Compares a question with the texts before `end`.
    pub fn find(&self, question: &[Cell], end: usize) -> Found {
        let mut found = Found { cosine: vec![0.0; end], bm25: vec![0.0; end] };
        let average = (self.total / self.held.max(1) as f64).max(1e-9) as f32;
        let hold: Vec<f32> = self.lengths[..end]
            .iter()
            .map(|length| SATURATION * (1.0 - LENGTH + LENGTH * length / average))
            .collect();
        for asked in question {
            let Some(list) = self.lists.get(asked.of as usize) else { continue };
            let idf = self.idf(asked.of);
            let weight = asked.log * idf * idf;
            let rarity = (1.0
                + (self.held as f32 - list.len() as f32 + 0.5).max(0.0) / (list.len() as f32 + 0.5))
                .ln();
            for cell in list {
                let at = cell.of as usize;
                if at >= end {
                    break;
                }
                found.cosine[at] += weight * cell.log;
                found.bm25[at] +=
                    asked.count * rarity * cell.count * (SATURATION + 1.0) / (cell.count + hold[at]);
            }
        }
        let norm = self.norm(question);
        for (cosine, other) in found.cosine.iter_mut().zip(&self.norms) {
            *cosine = if norm * other > 0.0 { (*cosine / (norm * other)).min(1.0) } else { 0.0 };
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Field};

    fn text(features: &[u32]) -> Vec<Cell> {
        features.iter().map(|feature| Cell::new(*feature, 1.0)).collect()
    }

    #[test]
    fn the_same_text_is_closest_and_a_forgotten_one_is_gone() {
        let mut field = Field::default();
        for features in [[0, 1, 2], [0, 3, 4], [0, 3, 5]] {
            field.add(text(&features));
        }
        let found = field.find(&text(&[0, 3, 4]), 3);
        assert!(found.cosine[1] > 0.99 && found.cosine[2] > found.cosine[0], "{found:?}");
        assert!(found.bm25[1] > found.bm25[2]);
        field.forget(1);
        let found = field.find(&text(&[0, 3, 4]), 3);
        assert_eq!((found.cosine[1], found.bm25[1]), (0.0, 0.0));
        assert!(field.find(&text(&[0]), 1).cosine.len() == 1);
    }
}
