//! Fitting text into Asana's text fields.
//!
//! Asana allows 1,024 characters. Which unit it counts is not documented, so the stricter of the two likely ones is
//! used: UTF-16 units, in which an emoji counts two. Deliberately not here: rich text.

/// The most a text field of Asana holds.
pub const ASANA_TEXT_LIMIT: usize = 1024;

/// The text, or its beginning up to a word border and an ellipsis, within `limit` UTF-16 units.
///
/// Never cuts inside a character; emoji made of several characters may lose their last part.
pub fn fit(text: &str, limit: usize) -> String {
    if text.encode_utf16().count() <= limit {
        return text.to_owned();
    }
    let mut units = 1; // the ellipsis
    let mut end = 0;
    for (at, ch) in text.char_indices() {
        units += ch.len_utf16();
        if units > limit {
            break;
        }
        end = at + ch.len_utf8();
    }
    let cut = &text[..end];
    // A word border near the end reads better; text without spaces is cut where it must be.
    let at_word = cut.rfind(char::is_whitespace).filter(|at| *at * 10 > end * 8).unwrap_or(end);
    format!("{}…", cut[..at_word].trim_end())
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn long_text_is_cut_at_a_word_and_marked() {
        assert_eq!(fit("short", 10), "short");
        assert_eq!(fit("one two three four", 15), "one two three…");
        assert_eq!(fit("ééééé", 3), "éé…");
        assert_eq!(fit("😀😀😀", 5), "😀😀…");
        let long = "word ".repeat(300);
        assert!(fit(&long, 1024).encode_utf16().count() <= 1024);
    }
}
