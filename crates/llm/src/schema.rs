//! What a question asks for: a flat, closed object of parts, in the caller's order.
//!
//! One value gives the JSON schema for the provider, the words of the prompt, and the checks of the answer (`read`), so
//! that the three cannot drift apart. Only what every provider takes is used: one object, all keys required, no others,
//! enums of strings or of small integers; ranges as `minimum` are stripped by some and ignored by others. Parts are
//! answered in order: put scores before quotes and words, because reasons given first narrow a score (arXiv 2503.03064).

use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// The scale of every score. Coarse scales agree best with people (arXiv 2601.03444).
pub(crate) const SCORES: std::ops::RangeInclusive<u8> = 0..=5;

/// What one part of an answer may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An integer 0–5; what each of the six means, from 0 up.
    Score([String; 6]),
    /// One of these words.
    Choice(Vec<String>),
    /// Words of the text itself, at most so many characters; may be empty. Where they occur is for [`crate::occurs`].
    Quote(usize),
    /// Words of the model's own, at most so many characters.
    Words(usize),
}

/// One key of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The key: lower-case letters, digits and `_`, beginning with a letter, at most 64.
    pub name: String,
    /// What it is, one sentence.
    pub about: String,
    /// What it may be.
    pub kind: Kind,
}

/// The parts of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema(Vec<Part>);

impl Schema {
    /// A schema of these parts.
    ///
    /// # Errors
    /// Says which part cannot be asked for: no parts, a name that is not a key or comes twice, a choice of nothing or
    /// with the same word twice, room for no characters.
    pub fn new(parts: Vec<Part>) -> Result<Schema, String> {
        if parts.is_empty() {
            return Err("a question needs at least one part".to_owned());
        }
        for (at, part) in parts.iter().enumerate() {
            let name = &part.name;
            if !is_key(name) {
                return Err(format!("`{name}` is no key: use lower-case letters, digits and _, at most 64"));
            }
            if parts[..at].iter().any(|earlier| earlier.name == *name) {
                return Err(format!("`{name}` is there twice"));
            }
            part.kind.check().map_err(|why| format!("`{name}` {why}"))?;
        }
        Ok(Schema(parts))
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The JSON schema.
    pub fn json(&self) -> Value {
        let properties: Map<String, Value> =
            self.0.iter().map(|part| (part.name.clone(), part.json())).collect();
        let required: Vec<&str> = self.0.iter().map(|part| part.name.as_str()).collect();
        json!({
            "type": "object", "properties": properties, "required": required, "additionalProperties": false,
        })
    }

    /// The parts in words, with every anchor: part of the stable beginning of the prompt.
    pub(crate) fn words(&self) -> String {
        let mut words = String::from("Answer with one JSON object with exactly these keys, in this order.\n");
        for part in &self.0 {
            // Writing to a string does not fail.
            let _ = writeln!(words, "\n{}: {}", part.name, part.about);
            part.kind.words(&mut words);
        }
        words
    }
}

fn is_key(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.len() <= 64 && name.chars().all(plain)
}

impl Part {
    fn json(&self) -> Value {
        let scores: Vec<u8> = SCORES.collect();
        match &self.kind {
            Kind::Score(_) => json!({ "type": "integer", "enum": scores, "description": self.about }),
            Kind::Choice(words) => json!({ "type": "string", "enum": words, "description": self.about }),
            Kind::Quote(_) | Kind::Words(_) => json!({ "type": "string", "description": self.about }),
        }
    }
}

impl Kind {
    fn check(&self) -> Result<(), &'static str> {
        match self {
            Kind::Score(_) => Ok(()),
            Kind::Choice(words) if words.is_empty() => Err("leaves nothing to choose"),
            Kind::Choice(words) => match words.iter().enumerate().any(|(at, w)| words[..at].contains(w)) {
                true => Err("has a choice twice"),
                false => Ok(()),
            },
            Kind::Quote(0) | Kind::Words(0) => Err("has room for no characters"),
            Kind::Quote(_) | Kind::Words(_) => Ok(()),
        }
    }

    fn words(&self, out: &mut String) {
        let _ = match self {
            Kind::Score(anchors) => SCORES.zip(anchors).try_for_each(|(n, a)| writeln!(out, "  {n} = {a}")),
            Kind::Choice(words) => writeln!(out, "  one of: {}", words.join(", ")),
            Kind::Quote(most) => writeln!(
                out,
                "  words copied exactly from the data, at most {most} characters; empty when nothing there says it"
            ),
            Kind::Words(most) => writeln!(out, "  at most {most} characters"),
        };
    }
}
