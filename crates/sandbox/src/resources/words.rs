//! Words out of closed lists, and the colours that several resources share.

use crate::call::Call;
use crate::error::Failure;

/// What projects, tags and portfolios may be coloured with.
const COLORS: &[&str] = &[
    "dark-pink",
    "dark-green",
    "dark-blue",
    "dark-red",
    "dark-teal",
    "dark-brown",
    "dark-orange",
    "dark-purple",
    "dark-warm-gray",
    "light-pink",
    "light-green",
    "light-blue",
    "light-red",
    "light-teal",
    "light-brown",
    "light-orange",
    "light-purple",
    "light-warm-gray",
];

/// A word out of a closed list.
pub(super) fn choice(call: &Call, key: &str, allowed: &[&str]) -> Result<String, Failure> {
    match call.text(key)? {
        Some(word) if allowed.contains(&word.as_str()) => Ok(word),
        other => Err(Failure::bad(format!(
            "{key}: Value must be one of {}, not: {}",
            allowed.join(", "),
            other.unwrap_or_else(|| "null".to_owned())
        ))),
    }
}

/// A colour of the body, out of Asana's.
pub(super) fn color(call: &Call, none_is_a_color: bool) -> Result<Option<String>, Failure> {
    match call.text("color")? {
        None => Ok(None),
        Some(word) if none_is_a_color && word == "none" => Ok(None),
        Some(_) => choice(call, "color", COLORS).map(Some),
    }
}
