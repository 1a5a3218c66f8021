//! The file: writing lines with their digest, reading them back with every check.
//!
//! Deliberately not here: databases.

use super::{Backup, Cell, FORMAT, Mark, Table};
use crate::StoreError;
use crate::open::private_file;
use domain::Digest;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;

/// A backup in the making.
pub(super) struct Writer {
    lines: GzEncoder<File>,
    sum: Sha256,
    pub(super) rows: u64,
    name: String,
}

impl Writer {
    pub(super) fn create(file: &Path, schema: i64, made_at: Timestamp) -> Result<Writer, StoreError> {
        let name = file.display().to_string();
        let out = private_file(file).and_then(|out| out.set_len(0).map(|()| out));
        let out = out.map_err(|e| not_written(&name, e))?;
        let lines = GzEncoder::new(out, Compression::default());
        let mut writer = Writer { lines, sum: Sha256::new(), rows: 0, name };
        writer.line(&Mark::UpnextBackup { format: FORMAT, schema, made_at })?;
        Ok(writer)
    }

    pub(super) fn table(&mut self, table: Table) -> Result<(), StoreError> {
        self.line(&Mark::Table(table))
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), StoreError> {
        self.rows += 1;
        self.line(&cells)
    }

    /// The last line; the file is on the disk once this returns.
    pub(super) fn end(mut self) -> Result<(), StoreError> {
        let sha256 = digest(self.sum.clone());
        self.line(&Mark::End { rows: self.rows, sha256 })?;
        let synced = self.lines.finish().and_then(|file| file.sync_all());
        synced.map_err(|e| not_written(&self.name, e))
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), StoreError> {
        let mut text = serde_json::to_vec(line).map_err(|e| not_written(&self.name, e.into()))?;
        text.push(b'\n');
        self.sum.update(&text);
        self.lines.write_all(&text).map_err(|e| not_written(&self.name, e))
    }
}

fn digest(sum: Sha256) -> Digest {
    Digest::from_hex(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

pub(super) fn not_written(name: &str, source: io::Error) -> StoreError {
    match StoreError::from_io(&format!("backup {name}").into(), source) {
        StoreError::Open { source, .. } => {
            let why = source.map_or_else(String::new, |source| source.to_string());
            StoreError::Backup { file: name.to_owned(), what: format!("it cannot be written: {why}") }
        }
        full => full,
    }
}

/// What comes after the head.
pub(super) enum Item {
    Table(Table),
    Row(Vec<Cell>),
}

/// A backup that is being read.
pub(super) struct Reader {
    lines: BufReader<GzDecoder<BufReader<File>>>,
    sum: Sha256,
    rows: u64,
    name: String,
    pub(super) schema: i64,
    made_at: Timestamp,
    digest: Option<Digest>,
}

impl Reader {
    /// Opens a file and reads its head.
    pub(super) fn open(file: &Path) -> Result<Reader, StoreError> {
        let name = file.display().to_string();
        let wrong = |what: String| StoreError::Backup { file: name.clone(), what };
        let opened = File::open(file).map_err(|e| wrong(format!("it cannot be read: {e}")))?;
        let lines = BufReader::new(GzDecoder::new(BufReader::new(opened)));
        let made_at = Timestamp::UNIX_EPOCH;
        let mut reader = Reader {
            lines,
            sum: Sha256::new(),
            rows: 0,
            name: name.clone(),
            schema: 0,
            made_at,
            digest: None,
        };
        let foreign = || wrong("it is no backup made by `upnext backup`".into());
        let line = reader.line().map_err(|_| foreign())?;
        match serde_json::from_slice(&line) {
            Ok(Mark::UpnextBackup { format: FORMAT, schema, made_at }) => {
                reader.sum.update(&line);
                Ok(Reader { schema, made_at, ..reader })
            }
            Ok(Mark::UpnextBackup { .. }) => Err(wrong("it was made by a newer upnext: use that one".into())),
            _ => Err(foreign()),
        }
    }

    /// The next table or row; none at the end of a backup that is whole.
    pub(super) fn next(&mut self) -> Result<Option<Item>, StoreError> {
        let line = self.line().map_err(|e| self.damaged(&e.to_string()))?;
        if line.first() == Some(&b'[') {
            self.rows += 1;
            self.sum.update(&line);
            let row = serde_json::from_slice(&line);
            return row.map(|row| Some(Item::Row(row))).map_err(|e| self.damaged(&e.to_string()));
        }
        match serde_json::from_slice(&line) {
            Ok(Mark::Table(table)) => {
                self.sum.update(&line);
                Ok(Some(Item::Table(table)))
            }
            Ok(Mark::End { rows, sha256 }) if rows == self.rows && sha256 == digest(self.sum.clone()) => {
                self.digest = Some(sha256);
                let rest = self.lines.fill_buf().map(<[u8]>::is_empty);
                match rest {
                    Ok(true) => Ok(None),
                    _ => Err(self.damaged("something follows its end")),
                }
            }
            Ok(Mark::End { .. }) => Err(self.damaged("its lines are not those it was made with")),
            Ok(Mark::UpnextBackup { .. }) => Err(self.damaged("it has two heads")),
            Err(_) if line.is_empty() => Err(self.damaged("its end is missing")),
            Err(e) => Err(self.damaged(&e.to_string())),
        }
    }

    /// What was read, once `next` has said that it is over.
    pub(super) fn told(self) -> Result<Backup, StoreError> {
        let Some(digest) = self.digest.clone() else { return Err(self.damaged("its end is missing")) };
        Ok(Backup { schema: self.schema, made_at: self.made_at, rows: self.rows, digest })
    }

    pub(super) fn damaged(&self, why: &str) -> StoreError {
        let what = format!("it is damaged ({why}): take another one");
        StoreError::Backup { file: self.name.clone(), what }
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = vec![];
        self.lines.read_until(b'\n', &mut line)?;
        Ok(line)
    }
}

/// Reads a backup from its first to its last line and changes nothing.
///
/// # Errors
/// [`StoreError::Backup`] for a file that is none, or not whole.
pub fn check_backup(file: &Path) -> Result<Backup, StoreError> {
    let mut reader = Reader::open(file)?;
    while reader.next()?.is_some() {}
    reader.told()
}
