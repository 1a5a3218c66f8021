//! Pages: `limit`, opaque offsets that expire, and `next_page`.
//!
//! An offset names the last row shown, so rows added or removed meanwhile neither repeat nor hide others.
//! Only tokens issued here for the same list are accepted; they live 30 minutes of the world's clock.

use crate::call::Call;
use crate::error::Failure;
use crate::node::Ref;
use crate::world::{Gid, Kind, World};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Asana refuses to list more without `limit`.
const MOST_UNPAGED: usize = 1000;
const MOST_PER_PAGE: usize = 100;
/// Observed life of an offset.
const OFFSET_LIFE_SECONDS: i64 = 30 * 60;

/// The rows to show and the `next_page` value, when the call is paged.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Ref>,
    pub(crate) next_page: Option<Value>,
}

/// Cuts a list to the page the call asks for.
pub(crate) fn page(world: &World, call: &Call, mut rows: Vec<Ref>) -> Result<Page, Failure> {
    let (span, next_page) = span(world, call, rows.len(), |at| &rows[at].gid)?;
    rows.truncate(span.end);
    Ok(Page { rows: rows.split_off(span.start), next_page })
}

/// The page of a long list whose rows are only looked at, so that a page of it costs no copy of the whole.
pub(crate) fn window(world: &World, call: &Call, kind: Kind, rows: &[&Gid]) -> Result<Page, Failure> {
    let (span, next_page) = span(world, call, rows.len(), |at| rows[at])?;
    Ok(Page { rows: rows[span].iter().map(|gid| Ref::new(kind, gid)).collect(), next_page })
}

/// Which rows the call asks for, and its `next_page` when it is paged.
fn span<'a>(
    world: &World,
    call: &Call,
    length: usize,
    gid_at: impl Fn(usize) -> &'a Gid,
) -> Result<(Range<usize>, Option<Value>), Failure> {
    let limit = limit(call)?;
    let start = match call.query("offset") {
        None => 0,
        Some(token) => position(world, call, token, (length, &gid_at))?.min(length),
    };
    let Some(limit) = limit else {
        if length - start > MOST_UNPAGED {
            return Err(Failure::bad(
                "The result is too large. You should use pagination (may require specifying a workspace)!",
            ));
        }
        return Ok((start..length, None));
    };
    let end = (start + limit).min(length);
    let next_page =
        if end < length { next(call, &sign(world, call, end, gid_at(end - 1))) } else { Value::Null };
    Ok((start..end, Some(next_page)))
}

fn limit(call: &Call) -> Result<Option<usize>, Failure> {
    let Some(text) = call.query("limit") else {
        return Ok(None);
    };
    match text.parse::<usize>() {
        Ok(limit) if (1..=MOST_PER_PAGE).contains(&limit) => Ok(Some(limit)),
        Ok(_) => Err(Failure::bad(format!("limit: Must be between 1 and {MOST_PER_PAGE}, not: {text}"))),
        Err(_) => Err(Failure::bad(format!("limit: Not an integer: {text}"))),
    }
}

/// `{"offset", "path", "uri"}` with the caller's own query kept.
fn next(call: &Call, offset: &str) -> Value {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in call.query.iter().filter(|(name, _)| name != "offset") {
        query.append_pair(name, value);
    }
    query.append_pair("offset", offset);
    let path = format!("{}?{}", call.path, query.finish());
    let mut page = Map::new();
    page.insert("offset".to_owned(), json!(offset));
    page.insert("uri".to_owned(), json!(format!("{}{path}", call.base)));
    page.insert("path".to_owned(), json!(path));
    Value::Object(page)
}

/// `position-gid-issued-signature`, all but the signature in hexadecimal.
fn sign(world: &World, call: &Call, end: usize, gid: &str) -> String {
    let issued = world.now().as_second();
    let body = format!("{end:x}-{:x}-{issued:x}", gid.parse::<u64>().unwrap_or(0));
    let signature = signature(world, call, &body);
    format!("{body}-{signature}")
}

fn signature(world: &World, call: &Call, body: &str) -> String {
    let digest = Sha256::digest(format!("{}|{}|{body}", world.seed, call.path));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// Where the next page starts.
fn position<'a>(
    world: &World,
    call: &Call,
    token: &str,
    (length, gid_at): (usize, &impl Fn(usize) -> &'a Gid),
) -> Result<usize, Failure> {
    let invalid = || Failure::bad("offset: Your pagination token is invalid.");
    let (body, signed) = token.rsplit_once('-').ok_or_else(invalid)?;
    if signature(world, call, body) != signed {
        return Err(invalid());
    }
    let numbers: Vec<u64> = body
        .split('-')
        .map(|part| u64::from_str_radix(part, 16))
        .collect::<Result<_, _>>()
        .map_err(|_| invalid())?;
    let [end, gid, issued] = numbers[..] else {
        return Err(invalid());
    };
    if world.now().as_second() - i64::try_from(issued).unwrap_or(0) > OFFSET_LIFE_SECONDS {
        return Err(Failure::bad("offset: Your pagination token has expired."));
    }
    let gid = gid.to_string();
    let end = usize::try_from(end).unwrap_or(usize::MAX).min(length);
    // Most lists have not changed since: then the row is where it was.
    if end > 0 && *gid_at(end - 1) == gid {
        return Ok(end);
    }
    Ok((0..length).find(|at| *gid_at(*at) == gid).map_or(end, |at| at + 1))
}
