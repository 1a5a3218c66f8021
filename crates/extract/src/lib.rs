//! From the bytes of a file to its text: PDF, DOCX, HTML, Markdown and plain text.
//!
//! Files come from strangers. [`Reader`] therefore never parses in its own process: it starts a child that gives up its
//! rights (memory, processor time, files, see `confine`) before it reads the first byte, and kills it when its time is over.
//! Whatever a file does to the parser, the caller gets a [`Problem`] and goes on.
//! It deliberately knows no Asana, no network and no store, and reads no text out of pictures.
//! Known limits: Unix only; of a PDF the text comes in the order of its drawing; old Office files, spreadsheets and slides
//! are not read.

mod child;
mod confine;
mod docx;
mod gathered;
mod html;
mod pdf;
mod plain;
mod reader;
mod sniff;

pub use child::serve;
pub use reader::Reader;
pub use sniff::Kind;

use serde::{Deserialize, Serialize};

/// How much a file may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of the file.
    pub input_bytes: usize,
    /// Bytes that one compressed part of it may become.
    pub unpacked_bytes: usize,
    /// Pages of a PDF that are read.
    pub pages: usize,
    /// Characters of text that are kept.
    pub output_chars: usize,
    /// Address space of the child, bytes.
    pub memory_bytes: u64,
    /// Processor time of the child, seconds.
    pub cpu_seconds: u64,
    /// Time until the child is killed, seconds.
    pub wall_seconds: u64,
}

impl Default for Limits {
    /// A manual of some hundred pages passes; a PDF of 50 pages needs a hundredth of the time and a tenth of the memory.
    fn default() -> Self {
        Limits {
            input_bytes: 20 * 1024 * 1024,
            unpacked_bytes: 32 * 1024 * 1024,
            pages: 500,
            output_chars: 400_000,
            memory_bytes: 512 * 1024 * 1024,
            cpu_seconds: 20,
            wall_seconds: 30,
        }
    }
}

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    /// What the file is.
    pub kind: Kind,
    /// Its text: no control characters but line ends, never more than two of those in a row.
    pub text: String,
    /// Whether there was more text than the limits keep.
    pub cut: bool,
}

/// Why a file has no text for us. Each says so in words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "problem", content = "detail")]
pub enum Problem {
    /// A kind of file that is not read.
    #[error("it is {0}, which is not read")]
    Unsupported(String),
    /// It opens with a password only.
    #[error("it is protected by a password")]
    Encrypted,
    /// It breaks the rules of its kind.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// It asks for more than a limit allows.
    #[error("it is too large: {0}")]
    TooLarge(String),
    /// The child did not end in time and was killed.
    #[error("it was not read within {0} seconds")]
    TimedOut(u64),
    /// The child ended by force: out of memory, stack or processor time.
    #[error("reading it was stopped: {0}")]
    Killed(String),
    /// The child could not be started or spoken to; says nothing about the file.
    #[error("the reader of attachments does not work here: {0}")]
    NoReader(String),
}

impl Problem {
    /// Whether the file is to blame, so that reading the same bytes again would end the same.
    pub fn is_of_the_file(&self) -> bool {
        !matches!(self, Problem::NoReader(_))
    }
}

/// Reads the text in this very process: what the child does, and nothing else should do with a stranger's file.
/// `name` is the file's name or its ending; it counts only where the content does not say what it is.
fn extract(bytes: &[u8], name: &str, limits: &Limits) -> Result<Extracted, Problem> {
    if bytes.len() > limits.input_bytes {
        return Err(too_large("file", limits.input_bytes));
    }
    let kind = sniff::kind(bytes, name)?;
    let mut gathered = gathered::Gathered::new(limits.output_chars);
    match kind {
        Kind::Pdf => pdf::read(bytes, limits, &mut gathered)?,
        Kind::Docx => docx::read(bytes, limits, &mut gathered)?,
        Kind::Html => html::read(bytes, &mut gathered),
        Kind::Markdown | Kind::Text => gathered.push(&plain::decode(bytes)),
    }
    let (text, cut) = gathered.end();
    Ok(Extracted { kind, text, cut })
}

fn too_large(what: &str, limit: usize) -> Problem {
    Problem::TooLarge(format!("the {what} has more than {} MB", limit / (1024 * 1024)))
}

/// As far as the child notices itself; otherwise it dies of it, and the parent says the same.
fn out_of_memory(limits: &Limits) -> Problem {
    Problem::Killed(format!("it needs more than {} MB of memory", limits.memory_bytes / (1024 * 1024)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pieces of markup among random characters: what our own readers walk through.
    fn markup() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "<p>",
            "</p>",
            "<w:t>",
            "</w:t>",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "&amp;",
            "&#x1F600;",
            "&#xD800;",
            "&bogus;",
            "<td",
            ">",
            "\"",
            "<?x",
            "?>",
            "</",
            "<w:br/>",
            "\u{ad}",
            "\u{fb03}",
            "\n\n\n",
        ]);
        prop::collection::vec(prop_oneof![pieces.prop_map(str::to_owned), "\\PC{0,12}"], 0..60)
            .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn pages_and_texts_come_clean_and_capped(text in markup(), room in 0usize..200, name in "a\\.(html|md|txt)") {
            let limits = Limits { output_chars: room, ..Limits::default() };
            let found = extract(text.as_bytes(), &name, &limits);
            if let Ok(found) = found {
                prop_assert!(found.text.chars().count() <= room);
                prop_assert!(!found.text.chars().any(|ch| ch.is_control() && ch != '\n'), "{:?}", found.text);
                prop_assert!(!found.text.contains("\n\n\n"));
                prop_assert!(!found.cut || found.text.len() <= text.len() * 8);
            }
        }

        #[test]
        fn any_bytes_are_read_as_something(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let again = extract(&bytes, "a.html", &Limits::default());
            prop_assert_eq!(extract(&bytes, "a.html", &Limits::default()), again);
        }
    }
}
