//! Puts texts between marks that they cannot write themselves.
//!
//! The mark is a digest of everything between, so whoever writes a text would have to know the digest of what they write.
//! It needs no chance: the same texts are fenced the same way, and a digest that does occur is taken once more.

use crate::digest::hex_of;

/// Digits of a mark: 64 bits.
const MARK: usize = 16;
/// Longest name of a source.
const NAME: usize = 40;

/// Each text with its name, all fenced by one mark.
pub(crate) fn fenced(sources: &[(String, String)]) -> String {
    let mark = mark_of(sources);
    let mut out = String::new();
    for (name, text) in sources {
        let name = plain(name);
        out.push_str(&format!("<data-{mark} source=\"{name}\">\n{text}\n</data-{mark}>\n"));
    }
    out
}

fn mark_of(sources: &[(String, String)]) -> String {
    let mut seed: Vec<&str> =
        sources.iter().flat_map(|(name, text)| [name.as_str(), text.as_str()]).collect();
    loop {
        let mark: String = hex_of(&seed).chars().take(MARK).collect();
        if !sources.iter().any(|(_, text)| text.contains(&mark)) {
            return mark;
        }
        // One more empty part gives another digest; finitely many can occur in finitely much text.
        seed.push("");
    }
}

/// Names come from our own code; a stray one must not end its mark.
fn plain(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || " _-.#".contains(c);
    name.chars().take(NAME).map(|c| if fits(c) { c } else { '_' }).collect()
}
