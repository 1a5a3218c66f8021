//! Reading and writing tables: CSV, gzipped or not.

use anyhow::Context as _;
use flate2::read::GzDecoder;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A row by the names of its columns.
pub(super) type Row = BTreeMap<String, String>;

/// A file's text, unpacked.
pub(super) fn text(file: &Path) -> anyhow::Result<String> {
    let named = || format!("reading {}", file.display());
    let bytes = std::fs::read(file).with_context(named)?;
    let mut text = String::new();
    if file.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).with_context(named)?;
    } else {
        text = String::from_utf8(bytes).with_context(named)?;
    }
    Ok(text)
}

/// The rows of a file.
pub(super) fn rows(file: &Path) -> anyhow::Result<Vec<Row>> {
    let text = text(file)?;
    let rows = csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>();
    rows.with_context(|| format!("reading {}", file.display()))
}

/// Writes columns of rows.
pub(super) fn write<'a>(
    file: &Path,
    columns: &[&str],
    rows: impl IntoIterator<Item = &'a Row>,
) -> anyhow::Result<()> {
    let named = || format!("writing {}", file.display());
    let mut writer = csv::Writer::from_path(file).with_context(named)?;
    writer.write_record(columns).with_context(named)?;
    for row in rows {
        let cells = columns.iter().map(|column| row.get(*column).map_or("", String::as_str));
        writer.write_record(cells).with_context(named)?;
    }
    writer.flush().with_context(named)
}

/// The tables of a folder with their names up to the first dot, in the order of the names.
pub(super) fn of(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let named = || format!("reading {}", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(named)? {
        let path = entry.with_context(named)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some((stem, "csv" | "csv.gz")) = name.split_once('.') {
            found.push((stem.to_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

/// The commonest value of a column, the first in the alphabet of equals.
pub(super) fn commonest(rows: &[Row], column: &str) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for value in rows.iter().filter_map(|row| row.get(column)) {
        *counts.entry(value).or_default() += 1;
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(value, _)| value.to_owned()).unwrap_or_default()
}
