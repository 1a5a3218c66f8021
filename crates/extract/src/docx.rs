//! The text of a Word document: body, footnotes and comments, by walking through the XML.
//!
//! No tree is built and no entity but XML's five is known, so neither nesting nor a document type can blow up; each part is
//! unpacked up to the limit and no further. Deliberately not here: headers and footers (they repeat), numbering, formulas.

use crate::gathered::Gathered;
use crate::{Limits, Problem, out_of_memory, too_large};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::io::{Cursor, ErrorKind, Read as _};
use zip::ZipArchive;
use zip::result::ZipError;

/// Parts that hold what people wrote; only the first must be there.
const PARTS: [&str; 4] =
    ["word/document.xml", "word/footnotes.xml", "word/endnotes.xml", "word/comments.xml"];

pub(crate) fn read(bytes: &[u8], limits: &Limits, into: &mut Gathered) -> Result<(), Problem> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(problem)?;
    for part in PARTS {
        let xml = match unpacked(&mut archive, part, limits) {
            Err(Problem::Damaged(_)) if part != PARTS[0] => continue,
            xml => xml?,
        };
        walk(&xml, into)?;
        into.line();
    }
    Ok(())
}

/// A part of the archive as text. What its directory says of its size is not believed.
fn unpacked(archive: &mut ZipArchive<Cursor<&[u8]>>, part: &str, limits: &Limits) -> Result<String, Problem> {
    let file = archive.by_name(part).map_err(problem)?;
    let mut bytes = Vec::new();
    let most = limits.unpacked_bytes;
    let room = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    file.take(room).read_to_end(&mut bytes).map_err(|e| match e.kind() {
        ErrorKind::OutOfMemory => out_of_memory(limits),
        _ => damaged(&e),
    })?;
    if bytes.len() > most {
        return Err(too_large("unpacked document", most));
    }
    Ok(crate::plain::decode(&bytes).into_owned())
}

fn walk(xml: &str, into: &mut Gathered) -> Result<(), Problem> {
    let mut reader = Reader::from_str(xml);
    // Nesting that is not closed properly is no reason to throw the words away.
    reader.config_mut().check_end_names = false;
    // Words stand in `w:t` only; everything else between tags is layout.
    let mut in_words = false;
    while !into.is_full() {
        match reader.read_event().map_err(|e| damaged(&e))? {
            Event::Eof => return Ok(()),
            Event::DocType(_) => {
                return Err(Problem::Damaged("it declares entities, as no Word document does".into()));
            }
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => in_words = true,
                "tab" => into.space(),
                "br" | "cr" => into.line(),
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "tab" => into.space(),
                "br" | "cr" | "p" => into.line(),
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => in_words = false,
                "p" => into.line(),
                "tc" => into.space(),
                _ => {}
            },
            Event::Text(words) if in_words => into.push(&words.xml10_content()),
            Event::CData(words) if in_words => into.push(&words.xml10_content()),
            Event::GeneralRef(entity) if in_words => {
                let by_number = entity.resolve_char_ref().map_err(|e| damaged(&e))?;
                let by_name =
                    quick_xml::escape::resolve_xml_entity(&entity.xml10_content()).map(str::to_owned);
                into.push(&by_number.map(String::from).or(by_name).unwrap_or_default());
            }
            _ => {}
        }
    }
    Ok(())
}

fn problem(error: ZipError) -> Problem {
    match error {
        ZipError::InvalidPassword => Problem::Encrypted,
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Problem::Encrypted,
        other => damaged(&other),
    }
}

fn damaged(error: &dyn std::fmt::Display) -> Problem {
    Problem::Damaged(error.to_string())
}
