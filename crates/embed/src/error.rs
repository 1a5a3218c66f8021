//! Why a directory gives no vectors.

use std::path::PathBuf;

/// What is wrong with a model's directory.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// A file that cannot be read.
    #[error(
        "{}: {source}; the directory of a sentence model holds config.json, tokenizer.json and model.safetensors",
        path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is not what its name says.
    #[error("{file} is not right: {why}")]
    Form {
        /// The file.
        file: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A model that cannot be computed here.
    #[error("{file}: {what} is `{found}`; only `{wanted}` is supported, as in all-MiniLM-L6-v2")]
    Kind {
        /// The file.
        file: &'static str,
        /// Which setting.
        what: &'static str,
        /// What it says.
        found: String,
        /// What it must say.
        wanted: &'static str,
    },
    /// Weights that the configuration announces and the file lacks.
    #[error("model.safetensors: `{name}` is missing, or is not {shape:?} numbers of 32 bits")]
    Weights {
        /// The tensor.
        name: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// Files of two models.
    #[error(
        "tokenizer.json knows {words} tokens and model.safetensors {known}: they belong to different models"
    )]
    Apart {
        /// Tokens of the tokenizer.
        words: usize,
        /// Tokens of the weights.
        known: usize,
    },
}
