//! What of a text is compared: word stems, parts of identifiers, and pieces of four letters.
//!
//! Identifiers count whole and by their parts, so that `NullPointerException` is found by "null pointer" and the other way
//! round; numbers stay as they are, because error codes and versions are often the only thing two reports share.
//! Deliberately not here: weights. Known limit: stems are cut by English endings; other languages rest on the pieces.

/// Letters read of one text: the longest hundredth of real descriptions is longer, and its tail is logs.
const MOST_CHARS: usize = 12_000;
/// Letters of a word; longer ones are hashes and base64.
const LONGEST_WORD: usize = 40;
/// Letters in a piece: shorter ones are everywhere, longer ones are nearly the words.
const PIECE: usize = 4;
/// Endings that are cut, the longest first.
const ENDINGS: [&str; 7] = ["ingly", "edly", "ing", "ed", "es", "ly", "s"];
/// English words that say nothing about what a text is about.
const EMPTY_WORDS: [&str; 72] = [
    "a", "after", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can",
    "could", "do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it",
    "its", "just", "me", "my", "no", "not", "of", "on", "or", "so", "such", "than", "that", "the", "their",
    "then", "there", "these", "they", "this", "to", "was", "we", "were", "what", "when", "where", "which",
    "while", "will", "with", "would", "you", "your", "he", "she", "our", "us", "them", "who", "did", "being",
];

/// The beginning of a text: at most [`MOST_CHARS`] letters.
pub fn beginning(text: &str, most: usize) -> &str {
    text.char_indices().nth(most.min(MOST_CHARS)).map_or(text, |(end, _)| &text[..end])
}

/// Stems of a text's words and of the parts of its identifiers, in their order; each with the word it came from.
pub fn stems(text: &str) -> Vec<(String, &str)> {
    let mut out = Vec::new();
    for word in beginning(text, MOST_CHARS).split(|c: char| !c.is_alphanumeric()) {
        if word.is_empty() || word.chars().count() > LONGEST_WORD {
            continue;
        }
        let lower = word.to_lowercase();
        if EMPTY_WORDS.contains(&lower.as_str()) {
            continue;
        }
        out.push((stem(lower), word));
        let parts = parts(word);
        if parts.len() > 1 {
            let long = parts.into_iter().filter(|part| part.len() > 1);
            out.extend(long.map(|part| (stem(part.to_lowercase()), part)));
        }
    }
    out
}

/// Parts of an identifier: `HTTPServer2x` is `HTTP`, `Server`, `2`, `x`.
fn parts(word: &str) -> Vec<&str> {
    #[derive(PartialEq, Clone, Copy)]
    enum Of {
        Upper,
        Lower,
        Digit,
    }
    let of = |c: char| match c {
        _ if c.is_numeric() => Of::Digit,
        _ if c.is_uppercase() => Of::Upper,
        _ => Of::Lower,
    };
    let letters: Vec<(usize, Of)> = word.char_indices().map(|(at, c)| (at, of(c))).collect();
    let begins = |nth: usize| {
        let (before, here) = (letters[nth - 1].1, letters[nth].1);
        let next = letters.get(nth + 1).map(|(_, next)| *next);
        match (before, here) {
            (Of::Upper, Of::Lower) => false,
            (Of::Upper, Of::Upper) => next == Some(Of::Lower),
            (before, here) => before != here,
        }
    };
    let starts: Vec<usize> =
        (0..letters.len()).filter(|nth| *nth == 0 || begins(*nth)).map(|nth| letters[nth].0).collect();
    let ends = starts.iter().skip(1).copied().chain([word.len()]);
    starts.iter().zip(ends).map(|(start, end)| &word[*start..end]).collect()
}

/// A lower-case word without its English ending.
fn stem(mut word: String) -> String {
    const SHORTEST: usize = 4;
    if word.len() < SHORTEST || !word.is_ascii() || word.bytes().all(|b| b.is_ascii_digit()) {
        return word;
    }
    let ending = ENDINGS.iter().find(|end| word.ends_with(**end) && word.len() - end.len() >= SHORTEST - 1);
    if let Some(ending) = ending.filter(|_| !word.ends_with("ss")) {
        word.truncate(word.len() - ending.len());
        let bytes = word.as_bytes();
        let last = bytes[bytes.len() - 1];
        if word.len() >= SHORTEST && last == bytes[bytes.len() - 2] && !b"ls".contains(&last) {
            word.pop();
        }
    }
    if word.len() >= SHORTEST && word.ends_with('e') {
        word.pop();
    }
    if word.len() >= SHORTEST && word.ends_with('y') {
        word.pop();
        word.push('i');
    }
    word
}

/// Pieces of [`PIECE`] letters of each word, lower-case, its ends marked by a space.
pub fn pieces(text: &str, mut each: impl FnMut([char; PIECE])) {
    let lower = text.to_lowercase();
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut letters: Vec<char> =
            [' '].into_iter().chain(word.chars().take(LONGEST_WORD)).chain([' ']).collect();
        letters.resize(letters.len().max(PIECE), ' ');
        for piece in letters.windows(PIECE) {
            each([piece[0], piece[1], piece[2], piece[3]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_count_whole_and_by_their_parts() {
        assert_eq!(parts("HTTPServer2x"), ["HTTP", "Server", "2", "x"]);
        assert_eq!(parts("nullPointer"), ["null", "Pointer"]);
        let found: Vec<String> =
            stems("the NullPointerException in loadFiles").into_iter().map(|(stem, _)| stem).collect();
        assert_eq!(found, ["nullpointerexception", "null", "pointer", "exception", "loadfil", "load", "fil"]);
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let stem_of = |word: &str| stem(word.to_owned());
        for words in [["crashes", "crashing", "crash"], ["stopped", "stopping", "stops"]] {
            assert!(words.iter().all(|word| stem_of(word) == stem_of(words[0])), "{words:?}");
        }
        assert_eq!(stem_of("404404"), "404404");
    }

    #[test]
    fn pieces_mark_the_ends_of_words() {
        let mut found = Vec::new();
        pieces("Fail, a", |piece| found.push(piece.iter().collect::<String>()));
        assert_eq!(found, [" fai", "fail", "ail ", " a  "]);
    }
}
