//! Texts as tokens: the lower-case WordPiece of BERT (Devlin et al. 2019), read from `tokenizer.json`.
//!
//! Deliberately not here: other tokenizers. Known limit: tokenizers that keep case or accents are refused.

use crate::EmbedError;
use serde::Deserialize;
use std::collections::HashMap;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

const FILE: &str = "tokenizer.json";
/// Letters beyond which a word is unknown, as in the published tokenizer.
const LONGEST_WORD: usize = 100;

#[derive(Deserialize)]
struct File {
    normalizer: Option<Normalizer>,
    model: Model,
}

#[derive(Deserialize)]
struct Normalizer {
    #[serde(default)]
    lowercase: bool,
}

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    vocab: HashMap<String, usize>,
}

/// The pieces of words that a model knows.
pub struct WordPiece {
    pieces: HashMap<String, usize>,
    unknown: usize,
    begin: usize,
    end: usize,
}

impl WordPiece {
    pub fn parse(file: &[u8]) -> Result<Self, EmbedError> {
        let form = |why: String| EmbedError::Form { file: FILE, why };
        let file: File = serde_json::from_slice(file).map_err(|e| form(e.to_string()))?;
        let kind = |what, found: String, wanted| EmbedError::Kind { file: FILE, what, found, wanted };
        match file.model.kind.as_deref() {
            // Older files leave the kind out.
            None | Some("WordPiece") => {}
            Some(other) => return Err(kind("model.type", other.to_owned(), "WordPiece")),
        }
        if !file.normalizer.is_some_and(|normalizer| normalizer.lowercase) {
            return Err(kind("normalizer.lowercase", "false".to_owned(), "true"));
        }
        let pieces = file.model.vocab;
        let mark =
            |name: &str| pieces.get(name).copied().ok_or_else(|| form(format!("model.vocab has no {name}")));
        let (unknown, begin, end) = (mark("[UNK]")?, mark("[CLS]")?, mark("[SEP]")?);
        Ok(Self { pieces, unknown, begin, end })
    }

    /// The largest token.
    pub fn largest(&self) -> usize {
        self.pieces.values().copied().max().unwrap_or(0)
    }

    /// The tokens of a text between their two marks, at most `most` of them.
    pub fn tokens(&self, text: &str, most: usize) -> Vec<usize> {
        let mut tokens = vec![self.begin];
        for word in words(text) {
            if tokens.len() >= most {
                break;
            }
            self.word(&word, &mut tokens);
        }
        tokens.truncate(most.saturating_sub(1).max(1));
        tokens.push(self.end);
        tokens
    }

    /// The longest pieces a word is made of, from its beginning; unknown when its rest is no piece.
    fn word(&self, word: &str, tokens: &mut Vec<usize>) {
        let before = tokens.len();
        let mut rest = word;
        if word.chars().count() > LONGEST_WORD {
            rest = "";
            tokens.push(self.unknown);
        }
        while !rest.is_empty() {
            let prefix = if rest.len() == word.len() { "" } else { "##" };
            let ends = rest.char_indices().map(|(at, letter)| at + letter.len_utf8());
            let found = ends
                .rev()
                .find_map(|end| Some((*self.pieces.get(&format!("{prefix}{}", &rest[..end]))?, end)));
            let Some((piece, end)) = found else {
                tokens.truncate(before);
                tokens.push(self.unknown);
                return;
            };
            tokens.push(piece);
            rest = &rest[end..];
        }
    }
}

/// Words, lower-case and without accents; every sign of punctuation and every ideograph is a word of its own.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters = text.nfd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
    for letter in letters {
        if letter.is_whitespace() {
            words.push(String::new());
        } else if letter.is_control() || letter == '\u{fffd}' {
            // Left out without parting words, as the published tokenizer does.
        } else if stands_alone(letter) {
            words.extend([letter.to_string(), String::new()]);
        } else if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn stands_alone(letter: char) -> bool {
    letter.is_ascii_punctuation()
        || matches!(letter, '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}')
        || matches!(u32::from(letter), 0x2010..=0x2027 | 0x2030..=0x205e | 0x3001..=0x3003 | 0x3008..=0x3011)
        || matches!(u32::from(letter), 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x2fa1f)
}

#[cfg(test)]
mod tests {
    use super::{WordPiece, words};

    #[test]
    fn words_are_cut_into_the_longest_known_pieces() {
        let file = r###"{"normalizer": {"lowercase": true}, "model": {"type": "WordPiece", "vocab":
            {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "cafe": 3, "load": 4, "##ing": 5, "##in": 6, ",": 7}}}"###;
        let words =
            WordPiece::parse(file.as_bytes()).map_err(|e| e.to_string()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(words.tokens("Café, loading loadx", 20), [1, 3, 7, 4, 5, 0, 2]);
        assert_eq!(words.tokens("cafe cafe cafe", 4), [1, 3, 3, 2]);
        assert_eq!(words.tokens("", 4), [1, 2]);
    }

    #[test]
    fn punctuation_and_ideographs_stand_alone() {
        assert_eq!(words("a-b 好好\u{0}x"), ["a", "-", "b", "好", "好", "x"]);
    }
}
