//! What secrets look like.
//!
//! Known limits: a password without a word like "password" before it, a national telephone number without a leading 0 or
//! separators, and kinds of keys not listed here are not recognised; `redaction.patterns` adds more. Patterns are
//! automata without backtracking: no text makes them slow. Classes are ASCII, because Unicode's are
//! many times larger and no key has other letters.

use super::Secret;
use regex::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;

/// One thing to look for.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    what: Regex,
    kind: Secret,
    /// What a match must also be.
    is: fn(&str) -> bool,
}

/// Keys and tokens that tell themselves by their form. The group `keep`, where there is one, is no secret.
const KEYS: &[&str] = &[
    // A private key in PEM, whole or cut off.
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\z)",
    // A user name and password in a URL.
    r"(?P<keep>\b[a-z][a-z0-9+.\-]{1,20}://)[^\s/@:]+:[^\s/@]+@",
    // Anthropic, OpenAI and the many that copied them; Stripe.
    r"\b(?:sk|rk|pk|whsec)[-_][A-Za-z0-9_\-]{16,}",
    // GitHub, GitLab, npm, PyPI, Hugging Face, Docker, DigitalOcean, Shopify, Databricks, Linear, Notion, Figma.
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|gl[a-z]{2,6}-[A-Za-z0-9_\-]{20,}|npm_[A-Za-z0-9]{30,})",
    r"\b(?:pypi-[A-Za-z0-9_\-]{30,}|hf_[A-Za-z0-9]{20,}|dckr_pat_[A-Za-z0-9_\-]{20,}|do[opr]_v1_[a-f0-9]{40,}|shp[a-z]{2}_[a-fA-F0-9]{30,})",
    r"\b(?:dapi[a-f0-9]{32}|lin_api_[A-Za-z0-9_]{30,}|(?:secret|ntn)_[A-Za-z0-9]{30,}|figd_[A-Za-z0-9_\-]{30,})",
    // AWS, Google, Slack, SendGrid, Twilio, Telegram, Azure storage.
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
    r"\bAIza[A-Za-z0-9_\-]{35}|\bya29\.[A-Za-z0-9_\-.]{20,}|\bGOCSPX-[A-Za-z0-9_\-]{20,}",
    r"\bxox[a-z]-[A-Za-z0-9_\-]{10,}|\bxapp-[A-Za-z0-9_\-]{10,}|hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9_/\-]{10,}",
    r"\bSG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}|\b(?:AC|SK)[a-f0-9]{32}\b|\b[0-9]{8,10}:[A-Za-z0-9_\-]{35}\b|\bAccountKey=[A-Za-z0-9+/=]{40,}",
    // Asana: personal access tokens of both forms.
    r"\b[0-2]/[0-9]{8,}(?:/[0-9]+)?:[a-f0-9]{32}\b|\b0/[a-f0-9]{32}\b",
    // JSON web tokens.
    r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*",
    // After a word that says so.
    r"(?i)(?P<keep>\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/\-]{16,}=*",
    r#"(?i)(?P<keep>\b[A-Za-z0-9_\-]*(?:password|passwort|passwd|passphrase|secret|api[_\- ]?key|access[_\- ]?key|auth[_\- ]?token|access[_\- ]?token|client[_\- ]?secret|private[_\- ]?key)["']?\s{0,4}(?::=|=>|[:=])\s{0,4}["']?)[^\s"'\[,;]{6,}"#,
];

const EMAIL: &str = r"(?i)\b[a-z0-9][a-z0-9._%+'\-]*@(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+[a-z]{2,24}\b";
const CARD: &str = r"\b[2-6][0-9](?:[ \-]?[0-9]){11,17}\b";
const PHONES: &[&str] = &[
    // With a country code.
    r"(?:\+|\b00)[1-9][0-9]{0,2}(?:[ .\-/]{0,2}\(?[0-9]{1,6}\)?){2,6}\b",
    // With the area in parentheses.
    r"\([0-9]{2,5}\)[ .\-/]{0,2}[0-9]{2,5}(?:[ .\-/]?[0-9]{2,5}){1,4}\b",
    // With a leading 0, and not within a longer number such as a time stamp.
    r"(?P<keep>^|[^0-9A-Za-z.\-/])0[0-9]{1,5}[ ./\-]{1,3}[0-9]{2,8}(?:[ .\-]?[0-9]{2,6}){0,4}\b|\b0[1-9][0-9]{8,10}\b",
    // North American.
    r"\b[2-9][0-9]{2}[.\- ][0-9]{3}[.\- ][0-9]{4}\b",
];

/// The built-in patterns, in the order they are looked for. Compiled once.
static BUILT_IN: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| Secret::KINDS.into_iter().flat_map(compiled).collect());

/// The patterns of these kinds.
pub(super) fn built_in(kinds: &[Secret]) -> impl Iterator<Item = Pattern> {
    BUILT_IN.iter().filter(|pattern| kinds.contains(&pattern.kind)).cloned()
}

fn compiled(kind: Secret) -> Vec<Pattern> {
    let any: fn(&str) -> bool = |_| true;
    let (texts, is): (&[&str], _) = match kind {
        Secret::Key => (KEYS, any),
        Secret::Email => (&[EMAIL], any),
        Secret::Card => (&[CARD], is_card),
        Secret::Phone => (PHONES, is_phone),
        Secret::Extra => (&[], any),
    };
    // A pattern that does not compile is missed by the test below.
    texts.iter().filter_map(|text| Regex::new(text).ok()).map(|what| Pattern { what, kind, is }).collect()
}

impl Pattern {
    pub(super) fn extra(what: Regex) -> Pattern {
        Pattern { what, kind: Secret::Extra, is: |found| !found.is_empty() }
    }

    /// The text with placeholders, counting them.
    pub(super) fn replace<'t>(&self, text: &'t str, count: &mut usize) -> Cow<'t, str> {
        self.what.replace_all(text, |found: &Captures<'_>| {
            let whole = &found[0];
            if !(self.is)(whole) {
                return whole.to_owned();
            }
            *count += 1;
            let keep = found.name("keep").map_or("", |keep| keep.as_str());
            format!("{keep}{}", self.kind.placeholder())
        })
    }
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// 13–19 digits whose check digit is right (Luhn, ISO/IEC 7812-1).
fn is_card(found: &str) -> bool {
    let digits = digits(found);
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            1 if *digit > 4 => digit * 2 - 9,
            1 => digit * 2,
            _ => *digit,
        })
        .sum();
    // Cards are written in groups of three and more; time stamps in groups of two.
    let grouped = groups(found).all(|group| group.len() >= 3);
    grouped && (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

/// 7–15 digits (ITU-T E.164 allows 15; below 7 it is some other number).
fn is_phone(found: &str) -> bool {
    (7..=15).contains(&digits(found).len()) && !holds_date(found)
}

/// A date, year first or last: logs and names of files are full of them.
fn holds_date(found: &str) -> bool {
    let groups: Vec<&str> = groups(found).collect();
    let year = |group: &str| group.len() == 4 && (group.starts_with("19") || group.starts_with("20"));
    groups.windows(3).any(|three| {
        let lengths = [three[0].len(), three[1].len(), three[2].len()];
        (lengths == [4, 2, 2] && year(three[0])) || (lengths == [2, 2, 4] && year(three[2]))
    })
}

fn groups(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(BUILT_IN.len(), KEYS.len() + 1 + 1 + PHONES.len());
    }
}
