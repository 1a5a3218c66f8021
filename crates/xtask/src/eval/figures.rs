//! The figures of every run, as the scripts printed them, and how one is looked up.

use anyhow::Context as _;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A row of a script's table by the names of its columns.
pub(super) type Row = serde_json::Map<String, Value>;

/// What a script made of one run.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Scored {
    /// One row a project.
    pub table: Vec<Row>,
    /// Over all projects.
    pub summary: Value,
}

/// The figures of every run by its name.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Figures(BTreeMap<String, Scored>);

/// Which figure of a run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Figure {
    /// Of the summary, by its path.
    Summary(&'static [&'static str]),
    /// The mean of a column over the rows whose other column has the value.
    Mean(&'static str, (&'static str, &'static str)),
    /// The mean of a column over all rows of all projects, each project weighed by its rows.
    Pooled(&'static str),
}

impl Figures {
    /// Reads figures; none where there is no file yet.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        if !file.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        serde_json::from_str(&text).with_context(|| format!("reading {}", file.display()))
    }

    /// Writes them, a row a line, so that a difference shows what changed.
    pub(super) fn write(&self, file: &Path) -> anyhow::Result<()> {
        let folder = file.parent().unwrap_or(file);
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let text = serde_json::to_string_pretty(self).context("writing figures")?;
        std::fs::write(file, text + "\n").with_context(|| format!("writing {}", file.display()))
    }

    /// Puts a run's figures in place of earlier ones.
    pub fn set(&mut self, run: &str, scored: Scored) {
        self.0.insert(run.to_owned(), scored);
    }

    /// The table of a run; empty when it was not measured.
    pub(super) fn table(&self, run: &str) -> &[Row] {
        self.0.get(run).map_or(&[], |scored| &scored.table)
    }

    /// A figure, when its run was measured.
    pub(super) fn get(&self, run: &str, figure: Figure) -> Option<f64> {
        let scored = self.0.get(run)?;
        match figure {
            Figure::Summary(path) => {
                path.iter().try_fold(&scored.summary, |value, step| value.get(step))?.as_f64()
            }
            Figure::Mean(column, (key, wanted)) => {
                let rows = scored.table.iter().filter(|row| word(row, key) == wanted);
                mean(rows.filter_map(|row| Some((number(row, column)?, 1.0))))
            }
            Figure::Pooled(column) => {
                mean(scored.table.iter().filter_map(|row| Some((number(row, column)?, number(row, "n")?))))
            }
        }
    }
}

/// A cell's number.
pub(super) fn number(row: &Row, column: &str) -> Option<f64> {
    row.get(column)?.as_f64()
}

/// A cell as text; numbers without a fraction as whole ones.
pub(super) fn word(row: &Row, column: &str) -> String {
    match row.get(column) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.as_f64().unwrap_or_default().to_string(),
        _ => String::new(),
    }
}

fn mean(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (sum, weight) =
        pairs.fold((0.0, 0.0), |(sum, all), (value, weight)| (sum + value * weight, all + weight));
    (weight > 0.0).then(|| sum / weight)
}
