//! The text of a PDF, page by page.
//!
//! `lopdf` bounds nesting and unpacked sizes itself; what gets past it meets the limits of the child. One page that cannot
//! be read is left out, not the file. Deliberately not here: text in pictures, the reading order of columns.

use crate::gathered::Gathered;
use crate::{Limits, Problem, too_large};
use lopdf::{DecompressError, Document, Error, LoadOptions};

pub(crate) fn read(bytes: &[u8], limits: &Limits, into: &mut Gathered) -> Result<(), Problem> {
    let options = LoadOptions::with_max_decompressed_size(limits.unpacked_bytes);
    let document = Document::load_mem_with_options(bytes, options).map_err(|e| problem(&e, limits))?;
    if document.is_encrypted() {
        return Err(Problem::Encrypted);
    }
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(Problem::Damaged("it has no pages".into()));
    }
    let mut first_problem = None;
    let mut pages_read = 0;
    for page in pages.keys().take(limits.pages) {
        match document.extract_text_with_limit(&[*page], limits.unpacked_bytes) {
            Ok(text) => {
                pages_read += 1;
                into.push(&text);
                into.line();
            }
            Err(error) => {
                first_problem.get_or_insert(problem(&error, limits));
            }
        }
        if into.is_full() {
            break;
        }
    }
    match first_problem {
        Some(problem) if pages_read == 0 => Err(problem),
        _ => Ok(()),
    }
}

fn problem(error: &Error, limits: &Limits) -> Problem {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => Problem::Encrypted,
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            too_large("unpacked page", limits.unpacked_bytes)
        }
        other => Problem::Damaged(other.to_string()),
    }
}
