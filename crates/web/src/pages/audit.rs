//! `/audit`: everything that was done, by whom or what, and whether the trail is whole; as CSV or JSON lines for keeping elsewhere.
//!
//! The trail is of the whole store, so only an admin who sees all of it may look. Deliberately not here: the chain (`store`).

use super::{Shell, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Visitor, html};
use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::Clearance;
use engine::views::{AuditPage, AuditView};
use futures_util::stream;
use store::{AuditQuery, AuditReport, AuditRow, Store, StoreError};

/// Entries of a page.
const SHOWN: u32 = 100;

/// Entries read at a time for a download.
const PART: u32 = 500;

/// Letters of what is looked for.
const LONGEST: usize = 100;

#[derive(Template)]
#[template(path = "audit.html")]
struct Page {
    shell: Shell,
    page: AuditPage,
    query: AuditQuery,
    /// Whether this is not the newest page.
    later: bool,
    /// What checking the chain found, when that was asked for.
    report: Option<AuditReport>,
}

/// The audit belongs to no project.
fn may_look(visitor: &Visitor) -> Result<(), Refusal> {
    if visitor.audits() { Ok(()) } else { Err(Refusal::Forbidden(Clearance::Admin)) }
}

fn read(fields: &Fields) -> AuditQuery {
    let named = |name: &str| domain::fit(fields.get(name).unwrap_or_default().trim(), LONGEST);
    AuditQuery { task: named("task"), id: named("id"), actor: named("actor"), kind: named("kind") }
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    may_look(&visitor)?;
    let query = read(&fields);
    let before: Option<u64> = fields.get("before").and_then(|text| text.parse().ok());
    let page = dashboard.views.audit(&query, before, SHOWN).await?;
    let report = match fields.get("check") {
        Some(_) => Some(dashboard.store().verify_audit().await?),
        None => None,
    };
    let shell = Shell::of(&visitor, "Audit", "audit");
    Ok(html(&Page { shell, page, query, later: before.is_some(), report }))
}

/// The whole trail.
pub(super) async fn csv(State(dashboard): State<Dashboard>, visitor: Visitor) -> Result<Response, Refusal> {
    may_look(&visitor)?;
    let head = Bytes::from_static(b"seq,at,actor,kind,subject,body,prev,hash\n");
    Ok(download(dashboard.store().clone(), (head, record), ("text/csv; charset=utf-8", "audit.csv")))
}

/// The same, each line with its hash and the one before, so that `upnext audit verify --file` can check it anywhere.
pub(super) async fn json(State(dashboard): State<Dashboard>, visitor: Visitor) -> Result<Response, Refusal> {
    may_look(&visitor)?;
    let row = |row: &AuditRow| serde_json::to_string(row).map(|text| text + "\n").unwrap_or_default();
    Ok(download(dashboard.store().clone(), (Bytes::new(), row), ("application/x-ndjson", "audit.jsonl")))
}

/// Sends the trail as it is read, so that a long one takes no memory.
fn download(
    store: Store,
    (head, line): (Bytes, fn(&AuditRow) -> String),
    (kind, name): (&'static str, &str),
) -> Response {
    let first = Some((0_u64, head));
    let parts = stream::unfold(first, move |from| {
        let store = store.clone();
        async move {
            let (after, head) = from?;
            match store.export_audit(after, PART).await {
                Ok(rows) => {
                    let next = rows.last().map(|row| (row.seq, Bytes::new()));
                    let text: String = rows.iter().map(line).collect();
                    let part = if head.is_empty() {
                        Bytes::from(text)
                    } else {
                        [head, Bytes::from(text)].concat().into()
                    };
                    Some((Ok::<Bytes, StoreError>(part), next))
                }
                Err(error) => {
                    tracing::warn!(%error, "the download of the audit broke off");
                    Some((Err(error), None))
                }
            }
        }
    });
    let mut response = Response::new(Body::from_stream(parts));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let name = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    headers.insert(header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment")));
    response
}

fn record(row: &AuditRow) -> String {
    let (seq, at) = (row.seq.to_string(), row.at.to_string());
    let texts = [&row.actor, &row.kind, &row.subject, &row.body].map(|text| super::table::harmless(text));
    let mut out = csv::Writer::from_writer(vec![]);
    let [actor, kind, subject, body] = &texts;
    let cells = [&seq, &at, actor, kind, subject, body, row.prev.as_str(), row.hash.as_str()];
    // Writing into memory fails for nothing but a full one.
    drop(out.write_record(cells));
    out.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The address of the same search below a number.
fn older(query: &AuditQuery, before: &u64) -> String {
    let mut out = form_urlencoded::Serializer::new(String::from("?"));
    for (name, value) in
        [("task", &query.task), ("id", &query.id), ("actor", &query.actor), ("kind", &query.kind)]
    {
        if !value.is_empty() {
            out.append_pair(name, value);
        }
    }
    out.append_pair("before", &before.to_string());
    out.finish()
}

/// A task's number, when the entry is about one.
fn task(entry: &AuditView) -> Option<&str> {
    entry.subject.strip_prefix("task ")
}
