//! What a file is: by its first bytes, and by its name only where those leave it open.
//!
//! Deliberately not here: whether the rest of the file keeps what its beginning promises.

use crate::{Problem, plain};
use serde::{Deserialize, Serialize};

/// Kinds of files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Portable document format.
    Pdf,
    /// Word since 2007.
    Docx,
    /// A web page.
    Html,
    /// Markdown; its markup is left as written.
    Markdown,
    /// Anything else that is text.
    Text,
}

/// PDF readers accept the header anywhere in the first kilobyte (ISO 32000-1, annex H.3.4.1).
const PDF_HEADER_WITHIN: usize = 1024;

/// Beginnings of kinds that are known and not read, with their names.
const NOT_READ: [(&[u8], &str); 11] = [
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"RIFF", "a picture or sound"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"{\\rtf", "a rich text file"),
    (b"%!PS", "a PostScript file"),
    (b"\x7fELF", "a program"),
];
/// The compound files of Office before 2007, and of newer ones behind a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

pub(crate) fn kind(bytes: &[u8], name: &str) -> Result<Kind, Problem> {
    let beginning = &bytes[..bytes.len().min(PDF_HEADER_WITHIN)];
    if contains(beginning, b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        // Names in a ZIP stand uncompressed: a Word document holds this one.
        let is_word = contains(bytes, b"word/document.xml");
        return if is_word {
            Ok(Kind::Docx)
        } else {
            Err(unsupported("a ZIP archive or another Office file"))
        };
    }
    if bytes.starts_with(COMPOUND) {
        let package: Vec<u8> = "EncryptedPackage".bytes().flat_map(|b| [b, 0]).collect();
        let is_locked = contains(bytes, &package);
        return Err(if is_locked {
            Problem::Encrypted
        } else {
            unsupported("an Office file from before 2007")
        });
    }
    // `BM` alone could begin a text; pictures hold what no text does.
    if let Some((_, what)) = NOT_READ.iter().find(|(start, _)| bytes.starts_with(start))
        && (*what != "a picture" || !plain::is_text(bytes))
    {
        return Err(unsupported(what));
    }
    if !plain::is_text(bytes) {
        return Err(unsupported("no text"));
    }
    Ok(text_kind(bytes, name))
}

fn text_kind(bytes: &[u8], name: &str) -> Kind {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let beginning = plain::decode(&bytes[..bytes.len().min(PDF_HEADER_WITHIN)]).to_ascii_lowercase();
    let begins = |mark: &str| beginning.trim_start_matches('\u{feff}').trim_start().starts_with(mark);
    if begins("<!doctype html") || begins("<html") {
        return Kind::Html;
    }
    match ending.as_str() {
        "html" | "htm" | "xhtml" => Kind::Html,
        "md" | "markdown" | "mdown" | "mkd" => Kind::Markdown,
        _ => Kind::Text,
    }
}

fn unsupported(what: &str) -> Problem {
    Problem::Unsupported(what.to_owned())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};
    use crate::Problem;

    #[test]
    fn content_counts_before_the_name() {
        assert_eq!(kind(b"junk\n%PDF-1.7", "a.txt"), Ok(Kind::Pdf));
        assert_eq!(kind(b"PK\x03\x04..word/document.xml", "a.pdf"), Ok(Kind::Docx));
        assert_eq!(kind(b"  <!DOCTYPE html><p>", "a.txt"), Ok(Kind::Html));
        assert_eq!(kind(b"# Title", "notes.MD"), Ok(Kind::Markdown));
        assert_eq!(kind(b"<p>x", "page.htm"), Ok(Kind::Html));
        assert_eq!(kind(b"BMW drives", "x"), Ok(Kind::Text));
        assert_eq!(kind(b"", "empty.txt"), Ok(Kind::Text));
    }

    #[test]
    fn what_is_not_read_is_named() {
        let not_read = |bytes: &[u8], part: &str| match kind(bytes, "a.docx") {
            Err(Problem::Unsupported(what)) => assert!(what.contains(part), "{what}"),
            other => panic!("{other:?}"),
        };
        not_read(b"PK\x03\x04..xl/workbook.xml", "another Office file");
        not_read(b"\xff\xd8\xff\xe0\0\0", "picture");
        not_read(b"\x00\x01\x02\x03", "no text");
        not_read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\0o\0r\0d\0", "before 2007");
        let locked: Vec<u8> = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            .iter()
            .copied()
            .chain("EncryptedPackage".bytes().flat_map(|b| [b, 0]))
            .collect();
        assert_eq!(kind(&locked, "a.docx"), Err(Problem::Encrypted));
    }
}
