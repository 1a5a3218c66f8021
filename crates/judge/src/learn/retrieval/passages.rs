//! Long texts in pieces that fit on a few lines, so that a find can be quoted and not only named.
//!
//! Deliberately not here: which piece answers a question. Known limit: no piece overlaps the next, so what is said across a
//! border is found by one half of it.

/// Most characters of a piece: about seventy English words, four lines of a terminal.
pub const PASSAGE_CHARS: usize = 400;
/// A border is only looked for past this share of a piece, in tenths: shorter pieces quote too little.
const BORDER_FROM_TENTHS: usize = 4;

/// The pieces of a text, in order, each at most [`PASSAGE_CHARS`] characters: cut at the last end of a paragraph that fits, or
/// else of a line, of a sentence, of a word. Pieces without a letter or digit are left out.
#[must_use]
pub fn passages(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = end(rest);
        let piece = rest[..end].trim_end();
        if piece.contains(char::is_alphanumeric) {
            pieces.push(piece.to_owned());
        }
        rest = rest[end..].trim_start();
    }
    pieces
}

/// Where the first piece ends, in bytes.
fn end(text: &str) -> usize {
    let Some((most, _)) = text.char_indices().nth(PASSAGE_CHARS) else { return text.len() };
    let window = &text[..most];
    let (least, _) = text.char_indices().nth(PASSAGE_CHARS * BORDER_FROM_TENTHS / 10).unwrap_or((0, ' '));
    let borders = ["\n\n", "\n", ". ", "? ", "! ", "。", " "];
    let found =
        borders.iter().find_map(|border| Some(window.rfind(border)? + border.len()).filter(|at| *at > least));
    found.unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::{PASSAGE_CHARS, passages};

    #[test]
    fn paragraphs_and_sentences_stay_together() {
        let first = "The pump fails. ".repeat(20);
        let text = format!("{first}\n\n{}", "It was repaired in May. ".repeat(30));
        let pieces = passages(&text);
        assert_eq!(pieces[0], first.trim_end());
        assert!(pieces.iter().all(|piece| piece.ends_with('.')), "{pieces:?}");
        assert!(passages(" \n-- * --\n ").is_empty());
    }

    #[test]
    fn nothing_is_lost_and_nothing_too_long_whatever_the_text() {
        for text in ["x".repeat(3_000), "ä\u{301}好".repeat(700), "a b\n".repeat(900), "word ".repeat(500)]
        {
            let pieces = passages(&text);
            assert!(pieces.iter().all(|piece| piece.chars().count() <= PASSAGE_CHARS));
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(letters(&pieces.concat()), letters(&text));
        }
    }
}
