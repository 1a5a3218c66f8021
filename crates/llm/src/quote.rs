//! Whether words that a model says it read are there.
//!
//! Compared as people read: any run of white space is one space, upper and lower case are the same, curly and straight
//! quotation marks, dashes and the ellipsis are their plain forms. Nothing else is forgiven: no word may be left out or
//! changed, and a quote begins and ends between words, or "on" would be found in "none". Deliberately not here:
//! what a quote proves.

use std::ops::Range;

/// Letters and digits below which a quote proves nothing: "the", "ASAP" and "bug" occur anywhere.
pub const SHORTEST_QUOTE: usize = 8;

/// Where a quote occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bytes of the source.
    pub bytes: Range<usize>,
}

impl Place {
    /// The source's own words there.
    pub fn of<'s>(&self, source: &'s str) -> &'s str {
        source.get(self.bytes.clone()).unwrap_or_default()
    }
}

/// The first place where the quote occurs in the source as whole words; none when it is shorter than
/// [`SHORTEST_QUOTE`] or does not occur.
pub fn occurs(quote: &str, source: &str) -> Option<Place> {
    let wanted: Vec<char> = plain(trimmed(quote)).map(|(c, _)| c).collect();
    if wanted.iter().filter(|c| c.is_alphanumeric()).count() < SHORTEST_QUOTE {
        return None;
    }
    let (read, at): (Vec<char>, Vec<Range<usize>>) = plain(source).unzip();
    let starts = (0..read.len().saturating_sub(wanted.len() - 1)).filter(|start| {
        let end = start + wanted.len();
        read[*start..end] == wanted[..] && is_border(&read, *start) && is_border(&read, end)
    });
    starts.map(|start| Place { bytes: at[start].start..at[start + wanted.len() - 1].end }).next()
}

/// Without the white space and quotation marks that models put around a quote.
fn trimmed(quote: &str) -> &str {
    quote.trim_matches(|c: char| c.is_whitespace() || matches!(unified(c), '"' | '\''))
}

/// Whether no word goes across this point.
fn is_border(read: &[char], at: usize) -> bool {
    let inside = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
    !(inside(at.checked_sub(1).and_then(|before| read.get(before))) && inside(read.get(at)))
}

/// The text as it is compared, each letter with the bytes it stands for.
fn plain(text: &str) -> impl Iterator<Item = (char, Range<usize>)> {
    let mut spaced = false;
    text.char_indices().flat_map(move |(at, c)| {
        let bytes = at..at + c.len_utf8();
        let again = c.is_whitespace() && spaced;
        spaced = c.is_whitespace();
        let letters: Vec<char> = match c {
            _ if again => vec![],
            _ if c.is_whitespace() => vec![' '],
            '…' => vec!['.'; 3],
            _ => unified(c).to_lowercase().collect(),
        };
        letters.into_iter().map(move |letter| (letter, bytes.clone()))
    })
}

fn unified(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{00B4}' | '`' | '\u{2039}' | '\u{203A}' => '\'',
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ => c,
    }
}
