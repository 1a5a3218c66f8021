//! What the files of small records share: reading one property, and the checks of a body.

use super::task_dates;
use crate::call::{Answer, Call, check_object, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref};
use crate::world::{Entry, Gid, Kind, World};
use jiff::civil::Date;
use serde_json::Value;

/// Reads one property of a record.
pub(super) fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let entry = reader.world.entry(at.kind, &at.gid)?;
    match name {
        "created_at" => Some(Node::at(Some(entry.created_at))),
        "created_by" => Some(Node::to(Kind::User, Some(&entry.created_by))),
        _ => entry.fields.get(name).cloned(),
    }
}

/// The record a path names.
pub(super) fn target(world: &World, call: &Call, name: &str, kind: Kind) -> Result<(Gid, Entry), Failure> {
    let gid = call.target(world, name, kind)?;
    let entry = world.entry(kind, &gid).cloned().ok_or_else(|| Failure::unknown(name, &gid))?;
    Ok((gid, entry))
}

/// Deletes the record a path names.
pub(super) fn delete(world: &mut World, call: &Call, name: &str, kind: Kind) -> Result<Answer, Failure> {
    let gid = call.target(world, name, kind)?;
    world.remove_entry(kind, &gid);
    Ok(Answer::empty())
}

/// An object the body must name.
pub(super) fn object(world: &World, call: &Call, key: &str, kind: Kind) -> Result<Gid, Failure> {
    let gid = call.required_gid(key)?;
    check_object(world, kind, key, &gid)?;
    Ok(gid)
}

/// An object the query must name.
pub(super) fn asked(world: &World, call: &Call, key: &str, kind: Kind) -> Result<Gid, Failure> {
    let gid = call.query(key).ok_or_else(|| Failure::bad(format!("You should specify one of {key}")))?;
    check_object(world, kind, key, gid)?;
    Ok(gid.to_owned())
}

/// An object the query may name.
pub(super) fn maybe_asked(world: &World, call: &Call, key: &str, kind: Kind) -> Result<Option<Gid>, Failure> {
    call.query(key).map(|_| asked(world, call, key, kind)).transpose()
}

/// A user the query may name.
pub(super) fn maybe_user(world: &World, call: &Call, key: &str) -> Result<Option<Gid>, Failure> {
    call.query(key).map(|given| user(world, call, key, given)).transpose()
}

/// A user the body must name.
pub(super) fn person(world: &World, call: &Call, key: &str) -> Result<Gid, Failure> {
    user(world, call, key, &call.required_gid(key)?)
}

/// A text the body must have.
pub(super) fn required_text(call: &Call, key: &str) -> Result<String, Failure> {
    call.text(key)?.filter(|text| !text.trim().is_empty()).ok_or_else(|| Failure::missing(key))
}

/// A day the body must have.
pub(super) fn required_day(call: &Call, key: &str) -> Result<String, Failure> {
    task_dates::day(call, key)?.ok_or_else(|| Failure::missing(key))
}

/// A day the query may have.
pub(super) fn asked_day(call: &Call, key: &str) -> Result<Option<String>, Failure> {
    match call.query(key) {
        None => Ok(None),
        Some(text) if text.parse::<Date>().is_ok_and(|day| day.to_string() == text) => {
            Ok(Some(text.to_owned()))
        }
        Some(text) => {
            Err(Failure::bad(format!("{key}: Date must be in ISO-8601 (yyyy-mm-dd) format, not: {text}")))
        }
    }
}

/// Start before end.
pub(super) fn check_order(start: &str, end: &str) -> Result<(), Failure> {
    // Days in this form sort as they follow each other.
    if start <= end { Ok(()) } else { Err(Failure::bad("start_date: Must not be after end_date")) }
}

/// A record that spans days, with `start_date` and `end_date` of the body over those it has.
pub(super) fn set_span(call: &Call, entry: &mut Entry) -> Result<(), Failure> {
    for key in ["start_date", "end_date"] {
        if call.has(key) || entry.text(key).is_none() {
            entry.set(key, required_day(call, key)?);
        }
    }
    check_order(entry.text("start_date").unwrap_or_default(), entry.text("end_date").unwrap_or_default())
}

/// Whether a record's days touch the days asked for.
pub(super) fn touches(entry: &Entry, from: Option<&str>, to: Option<&str>) -> bool {
    from.is_none_or(|from| entry.text("end_date").is_some_and(|end| end >= from))
        && to.is_none_or(|to| entry.text("start_date").is_some_and(|start| start <= to))
}

/// A JSON object in the body.
pub(super) fn map<'a>(
    call: &'a Call,
    key: &str,
) -> Result<Option<&'a serde_json::Map<String, Value>>, Failure> {
    match call.data.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(other) => Err(Failure::bad(format!("{key}: Value is not a JSON object: {other}"))),
    }
}
