//! From what people write to features: cleaning, words, pairs of words and pieces of words.
//!
//! Issue trackers' markup (HTML, Markdown, Jira's), code, logs and addresses say little by their letters and much by being
//! there: each becomes one marker word. Everything is capped, so a hostile description costs no more than a long one.

/// Letters kept of one text: the longest hundredth of real descriptions is longer, and its tail is logs.
const MOST_CHARS: usize = 12_000;
/// Letters of a word; longer ones are hashes and base64.
const LONGEST_WORD: usize = 30;
/// Stands for a piece of code or a log.
pub const CODE: &str = "xxcode";
/// Stands for an address.
pub const LINK: &str = "xxlink";
/// Stands for a number.
pub const NUMBER: &str = "xxnum";

/// A text with code, logs, markup and addresses replaced by marker words.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MOST_CHARS));
    let mut rest = match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    while let Some(next) = rest.chars().next() {
        let taken = if let Some(length) = fenced(rest) {
            push_word(&mut out, CODE);
            length
        } else if let Some(length) = tag(rest) {
            out.push(' ');
            length
        } else if let Some(length) = link(rest) {
            push_word(&mut out, LINK);
            length
        } else {
            out.push(next);
            next.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

fn push_word(out: &mut String, word: &str) {
    out.push(' ');
    out.push_str(word);
    out.push(' ');
}

/// Bytes of a fenced block that begins here; to the end of the text when it is never closed.
fn fenced(text: &str) -> Option<usize> {
    const FENCES: [(&str, &str); 4] =
        [("```", "```"), ("{code", "{code}"), ("{noformat", "{noformat}"), ("<pre", "</pre>")];
    let (open, close) = FENCES.iter().find(|(open, _)| text.starts_with(open))?;
    // `{code:java}` ends its own opening before the block begins.
    let inside = open.len()
        + match text[open.len()..].find(['}', '>', '\n']) {
            Some(at) if *open != "```" => at + 1,
            _ => 0,
        };
    let inside = inside.min(text.len());
    Some(text[inside..].find(close).map_or(text.len(), |at| inside + at + close.len()))
}

/// Bytes of an HTML tag or a Jira macro that begins here.
fn tag(text: &str) -> Option<usize> {
    const LONGEST_TAG: usize = 200;
    let (open, close) = match text.as_bytes().first()? {
        b'<' => ('<', '>'),
        b'{' => ('{', '}'),
        _ => return None,
    };
    let mut chars = text.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if !(first.is_ascii_alphabetic() || first == '/' || first == '!') {
        return None;
    }
    let end =
        chars.take(LONGEST_TAG).take_while(|(_, c)| *c != open && *c != '\n').find(|(_, c)| *c == close)?;
    Some(end.0 + 1)
}

fn link(text: &str) -> Option<usize> {
    let is_link = ["http://", "https://", "ftp://", "www."].iter().any(|start| text.starts_with(start));
    is_link.then(|| text.find(|c: char| c.is_whitespace() || "<>|]\"".contains(c)).unwrap_or(text.len()))
}

/// Words of a text, lower-case: runs of letters and digits; numbers become [`NUMBER`].
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter_map(|word| {
        let word = word.trim_matches('\'');
        if word.is_empty() || word.chars().count() > LONGEST_WORD {
            return None;
        }
        if word.chars().all(|c| c.is_ascii_digit()) {
            return Some(NUMBER.to_owned());
        }
        Some(word.to_lowercase())
    })
}

/// Words and pairs of neighbouring words, each after `prefix`.
#[must_use]
pub fn grams(prefix: &str, words: &[String]) -> Vec<String> {
    let single = words.iter().map(|word| format!("{prefix}{word}"));
    let pairs = words.windows(2).map(|pair| format!("{prefix}{} {}", pair[0], pair[1]));
    single.chain(pairs).collect()
}

/// Pieces of `sizes` letters of each word, its ends marked, each after `prefix`.
#[must_use]
pub fn pieces(prefix: &str, words: &[String], sizes: std::ops::RangeInclusive<usize>) -> Vec<String> {
    let mut out = Vec::new();
    for word in words {
        let letters: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
        for size in sizes.clone() {
            out.extend(
                letters
                    .windows(size)
                    .map(|piece| prefix.chars().chain(piece.iter().copied()).collect::<String>()),
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{grams, pieces, plain, words};

    #[test]
    fn code_markup_and_addresses_become_markers() {
        let text = "See {code:java}int a = 1;{code} at https://x.example/y?z <b>now</b> ```fn main() {}``` {noformat}log";
        assert_eq!(
            words(&plain(text)).collect::<Vec<_>>(),
            ["see", "xxcode", "at", "xxlink", "now", "xxcode", "xxcode"]
        );
    }

    #[test]
    fn grams_and_pieces_are_named_after_what_they_are_of() {
        let of: Vec<String> = words("Don't FAIL 404").collect();
        assert_eq!(grams("t:", &of), ["t:don't", "t:fail", "t:xxnum", "t:don't fail", "t:fail xxnum"]);
        assert_eq!(pieces("c:", &["ab".to_owned()], 3..=3), ["c: ab", "c:ab "]);
    }

    #[test]
    fn a_hostile_text_costs_no_more_than_a_long_one() {
        let text = "<".repeat(1_000_000) + &"{code".repeat(100_000);
        assert!(plain(&text).len() <= 12_000);
        assert_eq!(words(&"x".repeat(50)).count(), 0);
    }
}
