//! The file of a resource export: JSON Lines in a gzip container, one object a line.
//!
//! Tasks carry their stories and attachments, teams their members; messages are status updates, the only ones there are.
//! Known limit: `filters` of the request are ignored.

use crate::node::{Reader, Ref, View};
use crate::project::{Fields, record};
use crate::upload::{Signed, signed_address};
use crate::world::{Gid, Kind, World};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;

/// Path of the files.
pub(crate) const EXPORTS: &str = "/-/exports/";
/// 30 days.
const DOWNLOAD_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Where an export can be had from, without a token.
pub(crate) fn address(world: &World, gid: &str) -> Option<String> {
    signed_address(world, EXPORTS, gid, DOWNLOAD_SECONDS)
}

/// Sends the file of an export whose address is still good.
pub(crate) fn download(world: &World, gid: &str, query: &str) -> Response {
    let export = world.entry(Kind::ResourceExport, gid).filter(|_| Signed::read(query).is_good(world, gid));
    let Some(export) = export else {
        return (StatusCode::FORBIDDEN, "This link has expired.\n").into_response();
    };
    let reader = Reader { world, user: &export.created_by, scopes: None, view: None };
    let wanted = match export.fields.get("parameters") {
        Some(crate::node::Node::Plain(Value::Array(wanted))) => wanted.as_slice(),
        _ => &[],
    };
    let rows: Vec<Value> = wanted.iter().flat_map(|part| rows(&reader, part)).collect();
    match packed(&rows) {
        Ok(bytes) => {
            let kind = HeaderValue::from_static("application/gzip");
            ([(header::CONTENT_TYPE, kind)], bytes).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn packed(rows: &[Value]) -> std::io::Result<Vec<u8>> {
    let mut file = GzEncoder::new(Vec::new(), Compression::default());
    for row in rows {
        writeln!(file, "{row}")?;
    }
    file.finish()
}

/// The objects one part of the request asks for.
fn rows(reader: &Reader<'_>, part: &Value) -> Vec<Value> {
    let world = reader.world;
    let names: Vec<&str> =
        part["fields"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = Fields::parse(&names.join(","));
    let one = |kind: Kind, gid: &Gid| record(reader, &Ref::new(kind, gid), &fields, View::Full);
    match part["resource_type"].as_str() {
        Some("task") => {
            let all = world.tasks.keys().filter(|gid| world.task(gid).is_some());
            all.map(|gid| with_parts(reader, gid, one(Kind::Task, gid), &fields)).collect()
        }
        Some("team") => {
            let all = world.teams.iter();
            all.map(|(gid, team)| {
                let mut row = one(Kind::Team, gid);
                if fields.is_empty() || fields.names("members") {
                    row["members"] = compact(reader, Kind::User, &team.members);
                }
                row
            })
            .collect()
        }
        _ => {
            let all = world.status_updates.keys().filter(|gid| world.exists(Kind::StatusUpdate, gid));
            all.map(|gid| {
                let mut row = one(Kind::StatusUpdate, gid);
                (row["resource_type"], row["resource_subtype"]) = (json!("message"), json!("status_update"));
                row
            })
            .collect()
        }
    }
}

/// A task with its stories and attachments, unless other fields were asked for.
fn with_parts(reader: &Reader<'_>, gid: &Gid, mut row: Value, fields: &Fields) -> Value {
    let world = reader.world;
    if fields.is_empty() || fields.names("stories") {
        let stories = world.stories_of.get(gid).map_or(&[][..], Vec::as_slice);
        row["stories"] = compact(reader, Kind::Story, stories);
    }
    if fields.is_empty() || fields.names("attachments") {
        let files = world.attachments.iter().filter(|(_, file)| file.parent == *gid);
        let files: Vec<Gid> = files.map(|(gid, _)| gid.clone()).collect();
        row["attachments"] = compact(reader, Kind::Attachment, &files);
    }
    row
}

fn compact(reader: &Reader<'_>, kind: Kind, gids: &[Gid]) -> Value {
    let one = |gid: &Gid| record(reader, &Ref::new(kind, gid), &Fields::default(), View::Compact);
    gids.iter().map(one).collect()
}
