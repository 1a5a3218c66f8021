//! Vectors of texts from a sentence model in a local directory: BERT-shaped, mean-pooled, such as all-MiniLM-L6-v2.
//!
//! Reads `config.json`, `tokenizer.json` and `model.safetensors` as such models are published, and computes in this process:
//! no network, no library loaded at run time, no weights shipped. Deliberately not here: what closeness is worth (`judge`),
//! keeping vectors (the engine). Known limits: 32-bit weights only; no other architecture; one text at a time on one core.

mod bert;
mod error;
mod wordpiece;

pub use error::EmbedError;

use bert::Bert;
use sha2::{Digest, Sha256};
use std::path::Path;
use wordpiece::WordPiece;

/// Tokens of a text that are read, its two marks included. The cost grows with them; on three public trackers this many were
/// measured, more were not.
const MOST_TOKENS: usize = 128;
/// Words of a description that are handed to the tokenizer.
const MOST_WORDS: usize = 200;

/// A sentence model, ready.
pub struct Embedder {
    words: WordPiece,
    bert: Bert,
    model: String,
}

impl Embedder {
    /// Reads a model's directory.
    ///
    /// # Errors
    /// A file that is missing or not readable, or a model of another kind; the message names the file and what it lacks.
    pub fn open(dir: &Path) -> Result<Self, EmbedError> {
        let read = |name: &str| {
            let path = dir.join(name);
            std::fs::read(&path).map_err(|source| EmbedError::Read { path, source })
        };
        let (config, tokenizer, weights) =
            (read("config.json")?, read("tokenizer.json")?, read("model.safetensors")?);
        let words = WordPiece::parse(&tokenizer)?;
        let bert = Bert::parse(&config, &weights)?;
        if words.largest() >= bert.vocabulary() {
            return Err(EmbedError::Apart { words: words.largest() + 1, known: bert.vocabulary() });
        }
        let mut hash = Sha256::new();
        [&config, &tokenizer, &weights].iter().for_each(|file| hash.update(Sha256::digest(file)));
        let model = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { words, bert, model })
    }

    /// Names the model by the digest of its files: vectors of different models are not comparable.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The vector of a task's name and description, or of a free text without a name: of length 1, one length for all.
    #[must_use]
    pub fn vector(&self, title: &str, body: &str) -> Vec<f32> {
        let body: Vec<&str> = body.split_whitespace().take(MOST_WORDS).collect();
        let most = MOST_TOKENS.min(self.bert.most_tokens());
        let text = [title, if title.is_empty() { "" } else { ". " }, &body.join(" ")].concat();
        self.bert.vector(&self.words.tokens(&text, most))
    }
}
