//! Whether stated probabilities of request types come true, and what always saying the commonest type would score.
//!
//! The error is that of Naeini et al. (2015): over ten equal bins of the stated probability, the gap to the share that was
//! right, weighed by rows. All repositories are pooled.

use super::figures::{Figures, Row as Figure, Scored};
use super::suites::Suite;
use super::tables::{self, Row};
use super::{Place, score};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

const BINS: usize = 10;

/// Adds both to the figures; `predictions` has the columns id, label and probability.
pub(super) fn measure(place: &Place, predictions: &Path, figures: &mut Figures) -> anyhow::Result<()> {
    let mut truths: BTreeMap<String, String> = BTreeMap::new();
    let mut commonest = Vec::new();
    let all = tables::of(&place.tables("type_nlbse24"))?;
    for (name, file) in &all {
        let Some(stem) = name.strip_suffix("_test") else { continue };
        let Some((_, train)) = all.iter().find(|(name, _)| name.strip_suffix("_train") == Some(stem)) else {
            continue;
        };
        let label = tables::commonest(&tables::rows(train)?, "label");
        for row in tables::rows(file)? {
            let id = row.get("id").cloned().unwrap_or_default();
            commonest.push(Row::from([("id".to_owned(), id.clone()), ("label".to_owned(), label.clone())]));
            truths.insert(id, row.get("label").cloned().unwrap_or_default());
        }
    }
    figures.set("type, calibration", reliability(&tables::rows(predictions)?, &truths));
    let file = place.scratch.join("type, commonest.csv");
    tables::write(&file, &["id", "label"], &commonest)?;
    figures
        .set("type, commonest", score::score(&score::scripts(place, Suite::Type)?, "score_type.py", &file)?);
    Ok(())
}

fn reliability(predictions: &[Row], truths: &BTreeMap<String, String>) -> Scored {
    let mut bins = [(0.0, 0.0, 0.0); BINS];
    for row in predictions {
        let cell = |column: &str| row.get(column).map_or("", String::as_str);
        let (Some(truth), Ok(stated)) = (truths.get(cell("id")), cell("probability").parse::<f64>()) else {
            continue;
        };
        let (rows, sum, right) = &mut bins[((stated * BINS as f64) as usize).min(BINS - 1)];
        *rows += 1.0;
        *sum += stated;
        *right += f64::from(u8::from(truth == cell("label")));
    }
    let rows: f64 = bins.iter().map(|(rows, ..)| rows).sum();
    let gaps: f64 = bins.iter().map(|(_, stated, right)| (stated - right).abs()).sum();
    let bin = |(rows, stated, right): &(f64, f64, f64)| -> Figure {
        let cells = [("n", *rows), ("stated", stated / rows), ("right", right / rows)];
        cells.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
    };
    Scored {
        table: bins.iter().filter(|(rows, ..)| *rows > 0.0).map(bin).collect(),
        summary: json!({ "n": rows, "ece": gaps / rows.max(1.0) }),
    }
}
