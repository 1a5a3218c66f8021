//! The tone of texts in five folds of the training tables, because the test tables are not public.
//!
//! Row by row in turn, each fold is answered by what the other four teach, of all tables; then all are scored at once. The
//! rows have no time, so no order is broken. Known limit: five texts stand in two tables.

use super::figures::Figures;
use super::predict::{answer, join};
use super::tables::{self, Row};
use super::{Place, score};
use anyhow::Context as _;
use std::path::{Path, PathBuf};

const FOLDS: usize = 5;
/// The tables that have a target; the others only teach.
const ASKED: [&str; 4] = ["gh", "jira", "senti4sd", "so"];
const COLUMNS: [&str; 3] = ["id", "text", "label"];

/// Adds the figures, and those of always saying the commonest label.
pub(super) fn measure(place: &Place, figures: &mut Figures) -> anyhow::Result<()> {
    println!("\n== sentiment, five folds");
    let tables = read(place)?;
    let staged = score::stage(place, "sentiment stage")?;
    let answers = staged.join("heldout/sentiment");
    std::fs::create_dir_all(&answers).context("staging the answers")?;
    let mut commonest = Vec::new();
    for (stem, rows) in asked(&tables) {
        tables::write(&answers.join(format!("{stem}_test.csv")), &COLUMNS, rows)?;
        let label = tables::commonest(rows, "label");
        commonest.extend(rows.iter().map(|row| {
            let mut row = row.clone();
            row.insert("label".to_owned(), label.clone());
            row
        }));
    }
    let parts: Vec<PathBuf> =
        (0..FOLDS).map(|nth| fold(place, &staged, &tables, nth)).collect::<anyhow::Result<_>>()?;
    let predictions = place.scratch.join("sentiment, five folds.csv");
    join(&parts, &predictions)?;
    let scripts = staged.join("score");
    figures.set("sentiment, five folds", score::score(&scripts, "score_sentiment.py", &predictions)?);
    let file = place.scratch.join("sentiment, commonest.csv");
    tables::write(&file, &["id", "label"], &commonest)?;
    figures.set("sentiment, commonest", score::score(&scripts, "score_sentiment.py", &file)?);
    Ok(())
}

fn read(place: &Place) -> anyhow::Result<Vec<(String, Vec<Row>)>> {
    let found = tables::of(&place.tables("sentiment"))?.into_iter().filter_map(|(name, file)| {
        let stem = name.strip_suffix("_train")?.to_owned();
        Some(tables::rows(&file).map(|rows| (stem, rows)))
    });
    found.collect()
}

fn asked(tables: &[(String, Vec<Row>)]) -> impl Iterator<Item = &(String, Vec<Row>)> {
    tables.iter().filter(|(stem, _)| ASKED.contains(&stem.as_str()))
}

/// The predictions of one fold.
fn fold(place: &Place, staged: &Path, tables: &[(String, Vec<Row>)], nth: usize) -> anyhow::Result<PathBuf> {
    let [train, test] = ["train", "test"].map(|part| staged.join(format!("{part} {nth}")));
    for folder in [&train, &test] {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    let of_fold = |rows: &'_ [Row], inside: bool| -> Vec<Row> {
        let rows = rows.iter().enumerate().filter(|(at, _)| (at % FOLDS == nth) == inside);
        rows.map(|(_, row)| row.clone()).collect()
    };
    for (stem, rows) in tables {
        tables::write(&train.join(format!("{stem}_train.csv")), &COLUMNS, &of_fold(rows, false))?;
    }
    for (stem, rows) in asked(tables) {
        tables::write(&test.join(format!("{stem}_test.csv")), &COLUMNS, &of_fold(rows, true))?;
    }
    let out = staged.join(format!("fold {nth}.csv"));
    let train = train.to_str().context("the target folder's name is no text")?;
    answer(place, "sentiment", &["--train", train], (&test, &out))?;
    Ok(out)
}
