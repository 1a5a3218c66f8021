//! `/calls`: what was asked of the sandbox, newest first, and how often.

use super::shell::Shell;
use super::visit::Visit;
use super::words::{Badge, grouped, link, person};
use super::{ROWS, html, see_other};
use crate::control;
use crate::journal::Entry;
use crate::server::Server;
use crate::world::World;
use askama::Template;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use std::sync::MutexGuard;

/// Routes shown beside the log, the most used ones.
const MOST_ROUTES: usize = 15;
/// Characters of a query shown.
const MOST_QUERY: usize = 160;

#[derive(Template)]
#[template(path = "calls.html")]
struct Calls {
    shell: Shell,
    rows: Vec<Row>,
    found: String,
    only_writes: bool,
    only_errors: bool,
    newer: Option<String>,
    older: Option<String>,
    reads: String,
    writes: String,
    refused: String,
    statuses: Vec<(Badge, String)>,
    routes: Vec<(String, String)>,
}

/// A call as a row.
pub(super) struct Row {
    pub(super) at: String,
    pub(super) method: String,
    pub(super) path: String,
    /// With its question mark, cut where it is long.
    pub(super) query: String,
    /// The page of what it is about.
    pub(super) href: Option<String>,
    pub(super) route: &'static str,
    pub(super) status: Badge,
    pub(super) user: String,
    pub(super) source: String,
}

pub(super) fn show(server: MutexGuard<'_, Server>, visit: &Visit) -> Response {
    let only_writes = visit.asked("writes").is_some();
    let only_errors = visit.asked("errors").is_some();
    let fits = |entry: &&Entry| {
        (!only_writes || entry.method != "GET") && (!only_errors || !(200..400).contains(&entry.status))
    };
    let found = server.journal.entries.iter().filter(fits).count();
    let start = visit.page() * ROWS;
    let rows = server.journal.entries.iter().rev().filter(fits).skip(start).take(ROWS);
    let rows: Vec<Row> = rows.map(|entry| row(&server.world, entry)).collect();
    let turn = |page: usize| {
        let writes = if only_writes { "&writes=1" } else { "" };
        let errors = if only_errors { "&errors=1" } else { "" };
        format!("/calls?page={page}{writes}{errors}")
    };
    let sums = &server.journal.counters;
    let mut routes: Vec<(&String, &u64)> = sums.routes.iter().collect();
    routes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let page = Calls {
        shell: Shell::of(&server, "Calls", "calls"),
        rows,
        found: grouped(found),
        only_writes,
        only_errors,
        newer: (start > 0).then(|| turn(visit.page())),
        older: (start + ROWS < found).then(|| turn(visit.page() + 2)),
        reads: grouped(sums.reads),
        writes: grouped(sums.writes),
        refused: grouped(sums.too_many_requests),
        statuses: sums.statuses.iter().map(|(code, count)| (status(*code), grouped(*count))).collect(),
        routes: routes
            .into_iter()
            .take(MOST_ROUTES)
            .map(|(route, count)| (route.clone(), grouped(*count)))
            .collect(),
    };
    drop(server);
    html(StatusCode::OK, &page)
}

/// Empties the log and the counters.
pub(super) fn empty(mut server: MutexGuard<'_, Server>) -> Response {
    control::answer(&mut server, &Method::POST, "reset-counters", &[]);
    see_other("/calls")
}

/// The newest calls.
pub(super) fn newest(server: &Server, count: usize) -> Vec<Row> {
    server.journal.entries.iter().rev().take(count).map(|entry| row(&server.world, entry)).collect()
}

fn row(world: &World, entry: &Entry) -> Row {
    let (path, query) = entry.path.split_at(entry.path.find('?').unwrap_or(entry.path.len()));
    // Of `/tasks/123/stories` the second part, where it is a gid.
    let about = path.split('/').nth(2).unwrap_or_default();
    Row {
        at: entry.at.replace('T', " ").trim_end_matches('Z').to_owned(),
        method: entry.method.clone(),
        path: path.to_owned(),
        query: cut(query),
        href: link(world, about).map(|link| link.href),
        route: entry.route.unwrap_or_default(),
        status: status(entry.status),
        user: entry.user.as_ref().map(|gid| person(world, gid)).unwrap_or_default(),
        source: entry.source.clone(),
    }
}

fn cut(query: &str) -> String {
    match query.char_indices().nth(MOST_QUERY) {
        Some((end, _)) => format!("{} …", &query[..end]),
        None => query.to_owned(),
    }
}

fn status(code: u16) -> Badge {
    let tone = match code {
        200..=299 => "good",
        300..=399 => "plain",
        400..=499 => "warn",
        _ => "bad",
    };
    match code {
        0 => Badge::new("cut off", tone),
        code => Badge::new(&code.to_string(), tone),
    }
}
