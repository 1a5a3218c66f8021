//! Text as it is gathered: cleaned, and cut where the limit is.
//!
//! Control characters go (a terminal would obey them), runs of blanks become one, printers' ligatures become the letters they
//! stand for, and at most one empty line stays between two others. Deliberately not here: where the text comes from. Known
//! limit: words that a PDF divides at the end of a line stay divided.

/// The text so far.
pub(crate) struct Gathered {
    text: String,
    room: usize,
    blank: bool,
    line_ends: u8,
    cut: bool,
}

impl Gathered {
    /// Empty, with room for so many characters.
    pub(crate) fn new(room: usize) -> Self {
        Gathered { text: String::new(), room, blank: false, line_ends: 2, cut: false }
    }

    /// Adds text.
    pub(crate) fn push(&mut self, text: &str) {
        for ch in text.chars() {
            if self.cut {
                return;
            }
            match ch {
                '\n' | '\u{2028}' | '\u{2029}' | '\u{c}' => self.line(),
                ch if ch.is_whitespace() => self.space(),
                ch if ch.is_control() || is_invisible(ch) => {}
                ch => match ligature(ch) {
                    Some(letters) => letters.chars().for_each(|ch| self.letter(ch)),
                    None => self.letter(ch),
                },
            }
        }
    }

    /// Keeps two words apart.
    pub(crate) fn space(&mut self) {
        self.blank = true;
    }

    /// Ends the line.
    pub(crate) fn line(&mut self) {
        self.blank = false;
        if self.line_ends < 2 {
            self.put('\n');
            self.line_ends += 1;
        }
    }

    /// Whether there is no room for more.
    pub(crate) fn is_full(&self) -> bool {
        self.cut
    }

    /// The text, and whether there was more.
    pub(crate) fn end(mut self) -> (String, bool) {
        self.text.truncate(self.text.trim_end().len());
        (self.text, self.cut)
    }

    fn letter(&mut self, ch: char) {
        if std::mem::take(&mut self.blank) && self.line_ends == 0 {
            self.put(' ');
        }
        self.line_ends = 0;
        self.put(ch);
    }

    fn put(&mut self, ch: char) {
        match self.room.checked_sub(1) {
            Some(room) => {
                self.room = room;
                self.text.push(ch);
            }
            None => self.cut = true,
        }
    }
}

/// The letters a ligature of a printer's font stands for (Unicode's alphabetic presentation forms).
fn ligature(ch: char) -> Option<&'static str> {
    const LETTERS: [&str; 7] = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];
    let nth = u32::from(ch).checked_sub(0xfb00)?;
    LETTERS.get(nth as usize).copied()
}

/// Soft hyphens, marks that turn the direction of a line, the byte order mark: invisible, and able to hide a word or make a
/// text read as another.
fn is_invisible(ch: char) -> bool {
    matches!(ch, '\u{ad}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::Gathered;

    fn gathered(room: usize, text: &str) -> (String, bool) {
        let mut gathered = Gathered::new(room);
        gathered.push(text);
        gathered.end()
    }

    #[test]
    fn blanks_and_controls_are_cleaned_away() {
        assert_eq!(
            gathered(99, "\u{feff}\n a \t b\r\n\n\n\n c\u{1b}[31m \n"),
            ("a b\n\nc[31m".to_owned(), false)
        );
        assert_eq!(
            gathered(99, "\u{202e}abc e\u{fb03}cient co\u{ad}operation"),
            ("abc efficient cooperation".to_owned(), false)
        );
    }

    #[test]
    fn what_does_not_fit_is_said() {
        assert_eq!(gathered(3, "äöüß"), ("äöü".to_owned(), true));
        assert_eq!(gathered(4, "äöüß"), ("äöüß".to_owned(), false));
        assert_eq!(gathered(3, "abc \n\n"), ("abc".to_owned(), true));
    }
}
