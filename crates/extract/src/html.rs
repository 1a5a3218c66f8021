//! The text of a web page, by a tokenizer: no tree is built, so nesting costs nothing.
//!
//! Deliberately not here: what scripts would make of the page, or what style sheets hide. Known limit: a page whose text
//! stands in `<title>` or attributes only has just that title.

use crate::gathered::Gathered;
use crate::plain;
use encoding_rs::{Encoding, WINDOWS_1252};
use html5gum::{DefaultEmitter, Token, Tokenizer};

/// Elements whose content nobody sees as text.
const SILENT: [&[u8]; 4] = [b"script", b"style", b"template", b"noscript"];
/// Elements that stand within a line.
const WITHIN_LINES: [&[u8]; 18] = [
    b"a", b"abbr", b"b", b"bdi", b"bdo", b"cite", b"code", b"em", b"font", b"i", b"kbd", b"mark", b"s",
    b"small", b"span", b"strong", b"sub", b"sup",
];
/// Cells of a table.
const CELLS: [&[u8]; 2] = [b"td", b"th"];
/// Where a page names its encoding (WHATWG: within the first 1024 bytes).
const CHARSET_WITHIN: usize = 1024;

pub(crate) fn read(bytes: &[u8], into: &mut Gathered) {
    let text = plain::decode_or(bytes, charset(bytes));
    // Scripts and styles end at their own end tag, whatever `<` they hold.
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    // Within a silent element only its own end counts.
    let mut silent: Option<Vec<u8>> = None;
    for token in Tokenizer::new_with_emitter(&*text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) if silent.is_none() => {
                apart(&tag.name, into);
                let is_silent = SILENT.contains(&tag.name.as_slice()) && !tag.self_closing;
                silent = is_silent.then(|| tag.name.to_vec());
            }
            Token::EndTag(tag) if silent.is_none() => apart(&tag.name, into),
            Token::EndTag(tag) if silent.as_ref().is_some_and(|name| **name == **tag.name) => silent = None,
            Token::String(words) if silent.is_none() => into.push(&String::from_utf8_lossy(&words)),
            _ => {}
        }
        if into.is_full() {
            return;
        }
    }
}

/// What a tag does to the line: a table's cells stay on it, blocks end it.
fn apart(name: &[u8], into: &mut Gathered) {
    if CELLS.contains(&name) {
        into.space();
    } else if !WITHIN_LINES.contains(&name) {
        into.line();
    }
}

/// The encoding a page says it has.
fn charset(bytes: &[u8]) -> &'static Encoding {
    let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(CHARSET_WITHIN)]).to_ascii_lowercase();
    let named = beginning.split_once("charset=").map(|(_, after)| {
        let after = after.trim_start_matches(['"', '\'', ' ']);
        after.split(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c))).next().unwrap_or_default()
    });
    named.and_then(|label| Encoding::for_label(label.as_bytes())).unwrap_or(WINDOWS_1252)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::gathered::Gathered;

    fn text(page: &[u8]) -> String {
        let mut gathered = Gathered::new(10_000);
        read(page, &mut gathered);
        gathered.end().0
    }

    #[test]
    fn the_words_stay_and_the_markup_goes() {
        let page =
            b"<!doctype html><title>Plan</title><script>if (a<b) alert('x')</script><style>p{}</style>\
            <p>Fish &amp; <b>chips</b></p><ul><li>one<li>two</ul><table><tr><td>a<td>b</table><!-- no -->";
        assert_eq!(text(page), "Plan\n\nFish & chips\n\none\ntwo\n\na b");
    }

    #[test]
    fn whatever_a_page_holds_it_ends() {
        assert_eq!(text(b"a<script>b"), "a");
        assert_eq!(text(b"a<textarea>b</x>c"), "a\nb</x>c");
        assert_eq!(text(b"<p>a<noscript>b</noscript>c<svg><style>d</style>e"), "a\nc\n\ne");
    }

    #[test]
    fn a_page_in_another_encoding_says_so() {
        assert_eq!(text(b"<meta charset=\"windows-1251\"><p>\xcf\xeb\xe0\xed"), "План");
        assert_eq!(text("<p>größer &#x1F600;".as_bytes()), "größer 😀");
    }
}
