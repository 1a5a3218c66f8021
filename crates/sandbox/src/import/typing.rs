//! The type of a field that is not known yet, and values read as a type.
//!
//! A new field is typed by all its values: numbers, true/false (an enum of Yes and No), days, lists of words, few short
//! words (an enum), else text.

use super::When;
use super::row::kind_of;
use crate::world::{FieldType, FieldValue, Gid, round_to};
use serde_json::Value;
use std::collections::HashSet;

/// More distinct words than this are text, not an enum.
const MOST_GUESSED_OPTIONS: usize = 50;
/// Longer words are text, not options.
const LONGEST_OPTION_CHARS: usize = 40;
/// Asana's limit of a text value; longer ones are cut.
const MOST_TEXT_CHARS: usize = 1024;
/// Asana's limit of digits after the point.
const MOST_PRECISION: u8 = 6;

/// Priority words from the highest down; words of one row are equals.
const PRIORITY_WORDS: &[&[&str]] = &[
    &["blocker", "showstopper", "p0"],
    &["critical", "highest", "urgent", "p1"],
    &["major", "high", "p2"],
    &["normal", "medium", "moderate", "p3"],
    &["minor", "low", "p4"],
    &["trivial", "lowest", "p5"],
];

/// A value before options and people have gids.
#[derive(Debug)]
pub(super) enum Draft {
    Ready(FieldValue),
    Options(Vec<String>),
    People(Vec<String>),
}

impl Draft {
    /// Names of options it needs.
    pub(super) fn options(&self) -> &[String] {
        match self {
            Self::Options(names) => names,
            Self::Ready(_) | Self::People(_) => &[],
        }
    }
}

/// The type all values have in common.
pub(super) fn guess<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> FieldType {
    let all = |fits: fn(&Value) -> bool| values.clone().all(fits);
    if all(Value::is_number) {
        return FieldType::Number;
    }
    if all(Value::is_boolean) {
        return FieldType::Enum;
    }
    if all(Value::is_array) {
        return FieldType::MultiEnum;
    }
    if all(|value| value.as_str().is_some_and(|text| When::parse(text).is_some())) {
        return FieldType::Date;
    }
    let is_word = |value: &Value| {
        value.as_str().is_some_and(|text| text.trim().chars().count() <= LONGEST_OPTION_CHARS)
    };
    let distinct: HashSet<&str> = values.clone().filter_map(Value::as_str).collect();
    if all(is_word) && distinct.len() <= MOST_GUESSED_OPTIONS { FieldType::Enum } else { FieldType::Text }
}

/// Digits after the point that the numbers among the values need.
pub(super) fn precision<'a>(values: impl Iterator<Item = &'a Value>) -> u8 {
    values
        .filter_map(Value::as_f64)
        .filter_map(|number| number.to_string().split_once('.').map(|(_, digits)| digits.len()))
        .filter_map(|digits| u8::try_from(digits).ok())
        .max()
        .unwrap_or(0)
        .min(MOST_PRECISION)
}

/// Reads a value as a type: nothing when it is empty, the value in words when it does not fit.
pub(super) fn convert(field_type: FieldType, precision: u8, value: &Value) -> Result<Option<Draft>, String> {
    let refused = || match value {
        Value::Array(_) | Value::Object(_) => kind_of(value).to_owned(),
        plain => plain.to_string(),
    };
    if words(value).is_some_and(|words| words.is_empty()) {
        return Ok(None);
    }
    let ready = |value: Option<FieldValue>| value.map(Draft::Ready);
    let draft = match field_type {
        FieldType::Number => ready(number(value, precision).map(FieldValue::Number)),
        FieldType::Text => ready(text(value).map(FieldValue::Text)),
        FieldType::Date => ready(value.as_str().and_then(When::parse).map(date)),
        FieldType::Enum => words(value).filter(|words| words.len() == 1).map(Draft::Options),
        FieldType::MultiEnum => words(value).map(Draft::Options),
        FieldType::People => words(value).map(Draft::People),
        FieldType::Reference => {
            words(value).and_then(gids).map(|gids| Draft::Ready(FieldValue::Reference(gids)))
        }
    };
    draft.map(Some).ok_or_else(refused)
}

fn number(value: &Value, precision: u8) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    number.is_finite().then(|| round_to(number, precision))
}

/// Plain values as text, lists of words with commas.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        other => words(other)?.join(", "),
    };
    Some(text.chars().take(MOST_TEXT_CHARS).collect())
}

fn date(when: When) -> FieldValue {
    FieldValue::Date { date: when.date(), date_time: when.moment() }
}

/// Words of a plain value or a list of plain values, trimmed and each once.
fn words(value: &Value) -> Option<Vec<String>> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut found: Vec<String> = Vec::new();
    for item in items {
        let word = match item {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(true) => "Yes".to_owned(),
            Value::Bool(false) => "No".to_owned(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        if !word.is_empty() && !found.contains(&word) {
            found.push(word);
        }
    }
    Some(found)
}

fn gids(words: Vec<String>) -> Option<Vec<Gid>> {
    words.iter().all(|word| word.parse::<u64>().is_ok()).then_some(words)
}

/// Where a priority word stands, 0 the highest; unknown words come last.
pub(super) fn priority_rank(word: &str) -> usize {
    let word = word.to_lowercase();
    let known = PRIORITY_WORDS.iter().position(|row| row.contains(&word.as_str()));
    known.unwrap_or(PRIORITY_WORDS.len())
}

#[cfg(test)]
mod tests {
    use super::{guess, precision, priority_rank};
    use crate::world::FieldType;
    use serde_json::{Value, json};

    fn of(values: &Value) -> FieldType {
        guess(values.as_array().into_iter().flatten())
    }

    #[test]
    fn values_decide_the_type() {
        assert_eq!(of(&json!([1, 2.5])), FieldType::Number);
        assert_eq!(of(&json!([true, false])), FieldType::Enum);
        assert_eq!(of(&json!(["2026-01-01", "2026-01-02T03:04:05Z"])), FieldType::Date);
        assert_eq!(of(&json!([["a"], ["b", "c"]])), FieldType::MultiEnum);
        assert_eq!(of(&json!(["low", "high"])), FieldType::Enum);
        assert_eq!(of(&json!(["low", "x".repeat(41)])), FieldType::Text);
        assert_eq!(of(&json!(["low", 1])), FieldType::Text);
        let many: Vec<String> = (0..51).map(|nth| format!("word {nth}")).collect();
        assert_eq!(of(&json!(many)), FieldType::Text);
        assert_eq!(of(&json!(many[..50])), FieldType::Enum);
    }

    #[test]
    fn precision_is_what_the_numbers_need() {
        let digits = |values: Value| precision(values.as_array().into_iter().flatten());
        assert_eq!(digits(json!([1.0, 8.0])), 0);
        assert_eq!(digits(json!([1, 0.25])), 2);
        assert_eq!(digits(json!([0.123_456_789])), 6);
    }

    #[test]
    fn known_priority_words_are_in_order() {
        let mut words = ["Trivial", "whatever", "Major", "Blocker", "Critical", "Minor"];
        words.sort_by_key(|word| priority_rank(word));
        assert_eq!(words, ["Blocker", "Critical", "Major", "Minor", "Trivial", "whatever"]);
    }
}
