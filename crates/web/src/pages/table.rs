//! `/projects/{gid}/ranking.csv`: the ranking that is asked for, whole, for spreadsheets.
//!
//! Names are anybody's, and a spreadsheet runs what begins like a formula: such a cell gets an apostrophe in front. Deliberately
//! not here: which rows (`engine::views`).

use super::query;
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::ProjectGid;
use engine::EngineError;
use engine::views::{Found, RankedTask, Ranking};

pub(super) async fn download(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let project = ProjectGid::new(project);
    visitor.sees(&project)?;
    let found = dashboard.views.ranking(&project, &query::read(&fields), usize::MAX).await?;
    let Found::Ranked { ranking, .. } = found else {
        return Err(Refusal::Missing("There is no ranking of this project to download."));
    };
    let text = table(&ranking).map_err(|error| EngineError::Stopped(error.to_string()))?;
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = format!("attachment; filename=\"ranking-{}.csv\"", plain(project.as_str()));
    let name = HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Digits only: what stands in a header is ours.
fn plain(gid: &str) -> String {
    gid.chars().filter(char::is_ascii_digit).collect()
}

fn table(ranking: &Ranking) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(vec![]);
    let fixed = ["rank", "gid", "name", "band", "score", "confidence_percent", "sprint", "action"];
    let more = ["section", "assignee", "due_on", "score_before", "band_before", "waits_for", "reason"];
    let criteria = ranking.criteria.iter().map(|criterion| format!("points_{}", criterion.name));
    let head = fixed.iter().chain(&more).map(|word| (*word).to_owned()).chain(criteria);
    out.write_record(head)?;
    for row in &ranking.rows {
        out.write_record(record(row))?;
    }
    out.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn record(row: &RankedTask) -> Vec<String> {
    let text = |value: &Option<String>| harmless(value.as_deref().unwrap_or_default());
    let mut cells = vec![
        row.rank.to_string(),
        row.gid.to_string(),
        harmless(&row.name),
        row.band.to_owned(),
        format!("{:.1}", row.score),
        row.confidence.to_string(),
        row.sprint.to_owned(),
        row.action.to_owned(),
        text(&row.section),
        text(&row.assignee),
        row.due_on.map(|day| day.to_string()).unwrap_or_default(),
        row.was.map(|was| format!("{:.1}", was.score)).unwrap_or_default(),
        row.was.map(|was| was.band.to_owned()).unwrap_or_default(),
        row.waits_for.to_string(),
        harmless(&row.reason),
    ];
    cells.extend(row.points.iter().map(|points| format!("{points:.1}")));
    cells
}

/// A text that no spreadsheet takes for a formula.
pub(super) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for formula in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert!(harmless(formula).starts_with('\''), "{formula}");
        }
        assert_eq!(harmless("Fix a=b"), "Fix a=b");
    }
}
