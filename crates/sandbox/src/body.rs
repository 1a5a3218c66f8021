//! Reading request bodies: the strict JSON envelope, or form fields.

use crate::call::Query;
use crate::error::Failure;
use serde_json::{Map, Value};

/// What a body holds.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) data: Map<String, Value>,
    /// `options` (or `opt_*` form fields), as query parameters.
    pub(crate) options: Query,
}

/// Reads a body by its content type; an empty one holds nothing.
pub(crate) fn read(content_type: &str, bytes: &[u8]) -> Result<Body, Failure> {
    if bytes.is_empty() || content_type.starts_with("multipart/") {
        return Ok(Body::default());
    }
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return Ok(form(bytes));
    }
    let parsed: Value = serde_json::from_slice(bytes)
        .map_err(|_| Failure::bad("Could not parse request data, invalid JSON"))?;
    envelope(parsed)
}

fn envelope(parsed: Value) -> Result<Body, Failure> {
    let Value::Object(mut top) = parsed else {
        return Err(Failure::bad("Could not parse request data, invalid JSON"));
    };
    if let Some(key) = top.keys().find(|key| !matches!(key.as_str(), "data" | "options")) {
        return Err(Failure::bad(format!(
            "Unrecognized request field {key} . The only allowed keys at the top level are: data, options. \
             Put the properties of the request inside data."
        )));
    }
    let data = match top.remove("data") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(data)) => data,
        Some(other) => {
            return Err(Failure::bad(format!("data: Value is not a JSON object: {other}")));
        }
    };
    let options = match top.remove("options") {
        Some(Value::Object(options)) => options_as_query(&options),
        _ => Query::new(),
    };
    Ok(Body { data, options })
}

/// `{"fields": [...], "limit": 5}` as `opt_fields=…&limit=5`.
pub(crate) fn options_as_query(options: &Map<String, Value>) -> Query {
    options
        .iter()
        .map(|(key, value)| {
            let name = match key.as_str() {
                "fields" | "pretty" | "expand" => format!("opt_{key}"),
                other => other.to_owned(),
            };
            (name, plain(value))
        })
        .collect()
}

/// A JSON value as the text a query string would hold.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn form(bytes: &[u8]) -> Body {
    let mut body = Body::default();
    for (name, value) in form_urlencoded::parse(bytes) {
        if name.starts_with("opt_") {
            body.options.push((name.into_owned(), value.into_owned()));
            continue;
        }
        let value = Value::String(value.into_owned());
        match name.split_once('[') {
            None => {
                body.data.insert(name.into_owned(), value);
            }
            Some((list, index)) => put_indexed(&mut body.data, list, index, value),
        }
    }
    body
}

/// `projects[0]=1` grows a list, `custom_fields[12]=x` and `custom_fields[a]=x` an object.
fn put_indexed(data: &mut Map<String, Value>, list: &str, index: &str, value: Value) {
    let index = index.trim_end_matches(']');
    let first = index.split("][").next().unwrap_or_default();
    let is_list = first.is_empty() || first.parse::<u32>().is_ok_and(|n| n < 1000);
    let slot = data
        .entry(list.to_owned())
        .or_insert_with(|| if is_list { Value::Array(Vec::new()) } else { Value::Object(Map::new()) });
    // `memberships[0][project]=1`: the members of the list's objects.
    if let (Value::Array(items), Some((at, key))) = (&mut *slot, index.split_once("][")) {
        let at = at.parse::<usize>().unwrap_or(items.len()).min(items.len());
        if at == items.len() {
            items.push(Value::Object(Map::new()));
        }
        if let Some(object) = items[at].as_object_mut() {
            object.insert(key.to_owned(), value);
        }
        return;
    }
    match slot {
        Value::Array(items) => items.push(value),
        Value::Object(map) => {
            map.insert(index.to_owned(), value);
        }
        other => *other = value,
    }
}
