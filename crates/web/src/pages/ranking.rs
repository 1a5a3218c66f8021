//! `/projects/{gid}`: the backlog in order, each score taken apart, with what narrows the list down.
//!
//! The whole state of the list is in its address, so that it can be kept and sent. Deliberately not here: filtering and sorting
//! (`engine::views`), and the table for spreadsheets (`table`).

use super::charts::{Rect, stacked};
use super::{Shell, empty, query, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor, html};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Band, Clearance, ProjectGid};
use engine::views::{CriterionView, Found, Order, RankedTask, Ranking, RankingQuery, SortKey};
use store::SavedView;

/// Rows of a page: some screens' worth, and below 30 KB when compressed.
const ROWS: usize = 100;

/// A heading that sorts.
struct Heading {
    label: &'static str,
    href: String,
    /// `ascending` or `descending` when the list is in this order.
    sorted: Option<&'static str>,
}

/// A band to choose.
struct BandChoice {
    label: &'static str,
    tasks: usize,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "ranking.html")]
struct Page {
    shell: Shell,
    ranking: Ranking,
    stale: bool,
    query: RankingQuery,
    /// The query as an address has it.
    address: String,
    bands: Vec<BandChoice>,
    headings: [Heading; 6],
    saved: Vec<SavedView>,
    may_keep: bool,
    narrowed: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let project = ProjectGid::new(project);
    let name = dashboard.views.project_name(&visitor.access, &project).await?;
    let name = name.ok_or_else(Refusal::no_project)?;
    let query = query::read(&fields);
    let (ranking, stale) = match dashboard.views.ranking(&project, &query, ROWS).await? {
        Found::Ranked { ranking, stale } => (ranking, stale),
        Found::NeverJudged => return empty::page(&dashboard, &visitor, (&project, &name), false).await,
        Found::Forgotten => return empty::page(&dashboard, &visitor, (&project, &name), true).await,
    };
    let saved = dashboard.store().saved_views(&project).await?;
    let address = query::write(&query);
    let everything = RankingQuery { sort: query.sort, order: query.order, ..RankingQuery::default() };
    let page = Page {
        shell: Shell::of(&visitor, name, "projects"),
        bands: bands(&ranking, &query),
        headings: headings(&query),
        narrowed: address != query::write(&everything),
        may_keep: visitor.access.may(Clearance::Approver, &project),
        ranking,
        stale,
        query,
        address,
        saved,
    };
    Ok(html(&page))
}

fn bands(ranking: &Ranking, query: &RankingQuery) -> Vec<BandChoice> {
    let chosen = |label: &str| Band::from_label(label).is_some_and(|band| query.bands.contains(&band));
    let each = ranking.bands.each();
    each.into_iter().map(|(label, tasks)| BandChoice { label, tasks, chosen: chosen(label) }).collect()
}

fn headings(query: &RankingQuery) -> [Heading; 6] {
    let heading = |key: SortKey, label: &'static str| Heading {
        label,
        href: query::sorted(query, key),
        sorted: (query.sort == key).then_some(match query.order {
            Order::Up => "ascending",
            Order::Down => "descending",
        }),
    };
    [
        heading(SortKey::Rank, "Rank"),
        heading(SortKey::Name, "Task"),
        heading(SortKey::Change, "Change"),
        heading(SortKey::Confidence, "Confidence"),
        heading(SortKey::Due, "Due"),
        heading(SortKey::Assignee, "Assignee"),
    ]
}

/// The score of a row, part by part.
fn parts(row: &RankedTask) -> Vec<Rect> {
    stacked(&row.points)
}

/// The same in words.
fn parts_words(row: &RankedTask, criteria: &[CriterionView]) -> String {
    let named = row.points.iter().zip(criteria).filter(|(points, _)| **points > 0.0);
    let each: Vec<String> =
        named.map(|(points, criterion)| format!("{} {points:.1}", words::name(&criterion.name))).collect();
    if each.is_empty() { "no points".into() } else { each.join(", ") }
}

/// Points since the judgement before; none when there was none, or nothing moved.
fn change(row: &RankedTask) -> Option<f64> {
    row.was.map(|was| row.score - was.score).filter(|change| change.abs() >= 0.05)
}

/// The band it had before, when it is another.
fn came_from(row: &RankedTask) -> Option<&'static str> {
    row.was.map(|was| was.band).filter(|band| *band != row.band)
}

/// The address of a page.
fn page_of(query: &RankingQuery, page: usize) -> String {
    query::page(query, page)
}

/// Whether somebody is the one that is asked for.
fn is_assignee(query: &RankingQuery, name: &str) -> bool {
    query.assignee.as_deref() == Some(name)
}

/// Whether a section is the one that is asked for.
fn is_section(query: &RankingQuery, name: &str) -> bool {
    query.section.as_deref() == Some(name)
}
