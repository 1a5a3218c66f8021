//! Reading tables and writing predictions: CSV and JSON lines, gzipped or not.

use crate::exit::UsageError;
use anyhow::Context as _;
use flate2::read::GzDecoder;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// A row by the names of its columns.
#[derive(Debug, Clone)]
pub(super) struct Row(HashMap<String, String>);

impl Row {
    /// A column's text; empty when the table lacks it.
    pub(super) fn text(&self, column: &str) -> &str {
        self.0.get(column).map_or("", String::as_str)
    }

    /// A column's number, when it is one.
    pub(super) fn number(&self, column: &str) -> Option<f64> {
        self.text(column).trim().parse().ok().filter(|number: &f64| number.is_finite())
    }
}

/// One file.
#[derive(Debug)]
pub(super) struct Table {
    /// The file's name up to its first dot.
    pub(super) name: String,
    /// The folder's name.
    pub(super) folder: String,
    pub(super) rows: Vec<Row>,
}

/// What a suite answers.
#[derive(Debug, Default)]
pub(super) struct Predictions {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

/// Reads a file, or every table of a folder in the order of their names.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Table>> {
    let mut files: Vec<PathBuf> = if path.is_dir() {
        let entries = std::fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?;
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?
    } else {
        vec![path.to_owned()]
    };
    files.retain(|file| kind(file).is_some());
    files.sort();
    if files.is_empty() {
        return Err(UsageError(format!("{} holds no .csv, .csv.gz or .jsonl file", path.display())).into());
    }
    files.iter().map(|file| table(file)).collect()
}

#[derive(Clone, Copy)]
enum Kind {
    Csv,
    Lines,
}

fn kind(file: &Path) -> Option<(Kind, bool)> {
    let name = file.file_name()?.to_str()?;
    let (name, zipped) = name.strip_suffix(".gz").map_or((name, false), |name| (name, true));
    match name.rsplit_once('.')?.1 {
        "csv" => Some((Kind::Csv, zipped)),
        "jsonl" => Some((Kind::Lines, zipped)),
        _ => None,
    }
}

fn table(file: &Path) -> anyhow::Result<Table> {
    let named = || format!("reading {}", file.display());
    let (kind, zipped) = kind(file).with_context(named)?;
    let opened = BufReader::new(File::open(file).with_context(named)?);
    let mut text = String::new();
    if zipped {
        GzDecoder::new(opened).read_to_string(&mut text).with_context(named)?;
    } else {
        BufReader::new(opened).read_to_string(&mut text).with_context(named)?;
    }
    let rows = match kind {
        Kind::Csv => csv_rows(&text),
        Kind::Lines => lines(&text),
    };
    let part = |path: Option<&std::ffi::OsStr>| {
        let name = path.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.split('.').next().unwrap_or_default().to_owned()
    };
    Ok(Table {
        name: part(file.file_name()),
        folder: part(file.parent().and_then(Path::file_name)),
        rows: rows.with_context(named)?,
    })
}

fn csv_rows(text: &str) -> anyhow::Result<Vec<Row>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| Ok(Row(row?))).collect()
}

fn lines(text: &str) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line)?;
        let word = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        };
        rows.push(Row(object.into_iter().map(|(name, value)| (name, word(value))).collect()));
    }
    Ok(rows)
}

/// Writes predictions as CSV.
pub(super) fn write(file: &Path, predictions: &Predictions) -> anyhow::Result<()> {
    let named = || format!("writing {}", file.display());
    let mut writer = csv::Writer::from_path(file).with_context(named)?;
    writer.write_record(&predictions.columns).with_context(named)?;
    for row in &predictions.rows {
        writer.write_record(row).with_context(named)?;
    }
    writer.flush().with_context(named)
}
