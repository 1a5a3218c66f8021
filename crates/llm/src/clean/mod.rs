//! Makes a text fit to leave: invisible and control characters out, secrets and personal data replaced, the rest fenced.
//!
//! A [`Question`](crate::Question) takes texts only as [`Clean`], and only a [`Cleaner`] makes those, so nothing can leave
//! uncleaned. Quotes are compared with the cleaned text: that is what the model saw. Deliberately not here: whether a
//! text tries to steer the model (`judge`).

mod fence;
mod patterns;
mod strip;

pub(crate) use fence::fenced;
use patterns::{Pattern, built_in};
pub(crate) use strip::visible;

use crate::settings::{Redaction, SettingsError, wrong};
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is taken out of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// Keys, tokens, passwords.
    Key,
    /// E-mail addresses.
    Email,
    /// Numbers of payment cards.
    Card,
    /// Telephone numbers.
    Phone,
    /// What a pattern of the configuration found.
    Extra,
}

impl Secret {
    /// The built-in kinds, in the order they are looked for: what is taken out as one is not looked at again.
    pub const KINDS: [Secret; 4] = [Secret::Key, Secret::Email, Secret::Card, Secret::Phone];

    /// What stands in its place.
    pub fn placeholder(self) -> &'static str {
        match self {
            Secret::Key => "[key]",
            Secret::Email => "[email]",
            Secret::Card => "[card]",
            Secret::Phone => "[phone]",
            Secret::Extra => "[redacted]",
        }
    }
}

/// A text that may leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clean {
    text: String,
    redactions: usize,
}

impl Clean {
    /// The cleaned text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many secrets were replaced in it.
    pub fn redactions(&self) -> usize {
        self.redactions
    }

    /// Its first so many characters.
    #[must_use]
    pub fn cut(&self, most: usize) -> Clean {
        let end = self.text.char_indices().nth(most).map_or(self.text.len(), |(end, _)| end);
        Clean { text: self.text[..end].to_owned(), redactions: self.redactions }
    }
}

/// Cleans texts. Making one compiles the patterns of the configuration: keep it.
#[derive(Clone, Debug)]
pub struct Cleaner(Vec<Pattern>);

impl Cleaner {
    /// A cleaner of these kinds and patterns.
    ///
    /// # Errors
    /// A pattern that is no regular expression, or that matches nothing at all everywhere.
    pub fn new(redaction: &Redaction) -> Result<Cleaner, SettingsError> {
        let mut patterns = vec![];
        for text in &redaction.patterns {
            let what = Regex::new(text).map_err(|e| {
                wrong("redaction.patterns", format!("`{text}` is no regular expression: {e}"))
            })?;
            if what.is_match("") {
                return Err(wrong("redaction.patterns", format!("`{text}` matches nothing everywhere")));
            }
            patterns.push(Pattern::extra(what));
        }
        patterns.extend(built_in(&redaction.kinds));
        Ok(Cleaner(patterns))
    }

    /// The text as it may leave.
    pub fn clean(&self, text: &str) -> Clean {
        let mut text = visible(text);
        let mut redactions = 0;
        for pattern in &self.0 {
            if let Cow::Owned(without) = pattern.replace(&text, &mut redactions) {
                text = without;
            }
        }
        Clean { text, redactions }
    }
}

/// A provider's own words, cut and without secrets: some repeat part of the key or of the question.
pub(crate) fn safe_words(words: &str) -> String {
    /// Longest kept, characters.
    const MOST: usize = 300;
    let cut: String = words.chars().take(MOST).collect();
    let clean = Cleaner(built_in(&Secret::KINDS).collect()).clean(&cut);
    clean.text.split_whitespace().collect::<Vec<_>>().join(" ")
}
