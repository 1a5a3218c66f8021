//! One API call as the resource files see it, and what they answer.
//!
//! Parsing of the envelope happens here: `{"data": …}` with `options` as its only sibling, or form fields.
//! Deliberately not here: anything a single resource knows.

use crate::error::Failure;
use crate::http::Reply;
use crate::node::{Ref, View};
use crate::paginate::Page;
use crate::project::Fields;
use crate::upload::Upload;
use crate::world::{Actor, Gid, Kind, Webhook, World};
use axum::http::{Method, StatusCode};
use serde_json::{Map, Value};

/// Query parameters in the order given.
pub(crate) type Query = Vec<(String, String)>;

/// A call that passed authentication and found its route.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Values of the `{names}` in the route's pattern.
    pub(crate) params: Vec<(&'static str, String)>,
    pub(crate) query: Query,
    pub(crate) data: Map<String, Value>,
    /// Of a multipart body.
    pub(crate) file: Option<Upload>,
    pub(crate) fields: Fields,
    pub(crate) actor: Actor,
    /// Path below `/api/1.0`, for `next_page`.
    pub(crate) path: String,
    /// `http://host/api/1.0`.
    pub(crate) base: String,
    pub(crate) in_batch: bool,
}

/// Does the work of one route.
pub(crate) type Handler = fn(&mut World, &Call) -> Result<Answer, Failure>;

/// A method and path, and what answers it.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// `/tasks/{task}`: the name in braces is the word Asana's error messages use.
    pub(crate) pattern: &'static str,
    pub(crate) handler: Handler,
}

impl Route {
    pub(crate) const fn get(pattern: &'static str, handler: Handler) -> Self {
        Self { method: Method::GET, pattern, handler }
    }

    pub(crate) const fn post(pattern: &'static str, handler: Handler) -> Self {
        Self { method: Method::POST, pattern, handler }
    }

    pub(crate) const fn put(pattern: &'static str, handler: Handler) -> Self {
        Self { method: Method::PUT, pattern, handler }
    }

    pub(crate) const fn delete(pattern: &'static str, handler: Handler) -> Self {
        Self { method: Method::DELETE, pattern, handler }
    }

    /// The parameters when the path fits the pattern.
    pub(crate) fn fit(&self, method: &Method, path: &str) -> Option<Vec<(&'static str, String)>> {
        if self.method != method {
            return None;
        }
        let mut params = Vec::new();
        let mut given = path.trim_start_matches('/').split('/');
        for part in self.pattern.trim_start_matches('/').split('/') {
            let value = given.next()?;
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) if !value.is_empty() => params.push((name, decode(value))),
                None if part == value => {}
                _ => return None,
            }
        }
        given.next().is_none().then_some(params)
    }
}

/// Undoes percent-encoding of one path segment (`a%40b.example`).
fn decode(segment: &str) -> String {
    form_urlencoded::parse(segment.replace('+', "%2B").as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

/// What a resource function answers.
#[derive(Debug)]
pub(crate) enum Answer {
    Object {
        at: Ref,
        view: View,
        status: StatusCode,
    },
    /// Rows to be paged and then shown.
    List {
        rows: Vec<Ref>,
        view: View,
    },
    /// Rows that were paged already.
    Page(Page),
    /// Rows of a list that has no pages.
    Whole {
        rows: Vec<Ref>,
        view: View,
    },
    /// What the actions of a batch answered.
    Batch(Vec<Reply>),
    /// Ready-made `data`.
    Data(Value),
    /// A ready-made body, for the few answers with keys beside `data`.
    Body(Map<String, Value>),
    /// A webhook whose target must agree first.
    Handshake(Box<Webhook>),
}

impl Answer {
    pub(crate) fn got(kind: Kind, gid: &str) -> Self {
        Self::object(kind, gid, View::Full, StatusCode::OK)
    }

    pub(crate) fn created(kind: Kind, gid: &str) -> Self {
        Self::object(kind, gid, View::Written, StatusCode::CREATED)
    }

    pub(crate) fn written(kind: Kind, gid: &str) -> Self {
        Self::object(kind, gid, View::Written, StatusCode::OK)
    }

    fn object(kind: Kind, gid: &str, view: View, status: StatusCode) -> Self {
        Self::Object { at: Ref::new(kind, gid), view, status }
    }

    pub(crate) fn list(kind: Kind, gids: impl IntoIterator<Item = Gid>) -> Self {
        Self::List {
            rows: gids.into_iter().map(|gid| Ref { kind, gid, holder: None }).collect(),
            view: View::Compact,
        }
    }

    pub(crate) fn empty() -> Self {
        Self::Data(Value::Object(Map::new()))
    }
}

impl Call {
    /// A parameter of the path; the pattern of the route guarantees it.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// A query parameter; an empty one counts as absent.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// All values of a list in the query: commas and repeats both make lists.
    pub(crate) fn query_list(&self, name: &str) -> Option<Vec<String>> {
        let values = self.query.iter().filter(|(known, _)| known == name);
        let words: Vec<String> = values
            .flat_map(|(_, value)| value.split(','))
            .map(|word| word.trim().to_owned())
            .filter(|word| !word.is_empty())
            .collect();
        (!words.is_empty()).then_some(words)
    }

    /// A query parameter that says yes or no in any of the spellings clients send.
    pub(crate) fn query_flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        self.query(name).map(|word| flag_of(name, word)).transpose()
    }

    /// The object a path parameter names.
    pub(crate) fn target(&self, world: &World, name: &str, kind: Kind) -> Result<Gid, Failure> {
        let gid = self.param(name);
        if world.exists(kind, gid) {
            return Ok(gid.to_owned());
        }
        // Seen in a recorded batch: a gid Asana never issued is "not recognized" there.
        if self.in_batch && !world.kinds.contains_key(gid) {
            return Err(Failure::unrecognized(name, gid));
        }
        Err(Failure::unknown(name, gid))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.data.contains_key(key)
    }

    /// A text in the body: absent, null or a string.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, Failure> {
        match self.data.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(Failure::bad(format!("{key}: Value is not a string: {other}"))),
        }
    }

    /// A yes or no in the body; form bodies send words.
    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, Failure> {
        match self.data.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(word)) if word.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::String(word)) if word.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(other) => Err(Failure::bad(format!("{key}: Value is not a boolean: {other}"))),
        }
    }

    /// A number in the body; form bodies send it as text.
    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, Failure> {
        let number = match self.data.get(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            Some(_) => None,
        };
        let refused = || Failure::bad(format!("{key}: Value is not a number: {}", self.data[key]));
        number.map(Some).ok_or_else(refused)
    }

    /// A gid in the body; 400 when it is missing.
    pub(crate) fn required_gid(&self, key: &str) -> Result<String, Failure> {
        self.text(key)?.ok_or_else(|| Failure::missing(key))
    }

    /// A list of words in the body: an array, one string, or a comma list as form bodies have it.
    pub(crate) fn words(&self, key: &str) -> Result<Option<Vec<String>>, Failure> {
        let Some(value) = self.data.get(key) else {
            return Ok(None);
        };
        words_of(key, value).map(Some)
    }
}

/// Yes or no in any of the spellings clients send.
pub(crate) fn flag_of(name: &str, word: &str) -> Result<bool, Failure> {
    match word {
        "true" | "True" | "1" => Ok(true),
        "false" | "False" | "0" => Ok(false),
        other => Err(Failure::bad(format!("{name}: Not a boolean: {other}"))),
    }
}

/// The words of an array or comma list.
pub(crate) fn words_of(key: &str, value: &Value) -> Result<Vec<String>, Failure> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(list) => {
            Ok(list.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect())
        }
        Value::Number(number) => Ok(vec![number.to_string()]),
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::String(word) => Ok(word.clone()),
                Value::Number(number) => Ok(number.to_string()),
                Value::Object(object) if object.get("gid").is_some_and(Value::is_string) => {
                    Ok(object["gid"].as_str().unwrap_or_default().to_owned())
                }
                other => Err(Failure::bad(format!("{key}: Not a recognized ID: {other}"))),
            })
            .collect(),
        other => Err(Failure::bad(format!("{key}: Value is not an array: {other}"))),
    }
}

/// Checks the shape of a gid: digits that fit 64 bits.
pub(crate) fn check_long(what: &str, gid: &str) -> Result<(), Failure> {
    if gid.parse::<u64>().is_ok_and(|n| i64::try_from(n).is_ok()) {
        Ok(())
    } else {
        Err(Failure::not_a_long(what, gid))
    }
}

/// Checks that `gid` names an existing object of the kind.
pub(crate) fn check_object(world: &World, kind: Kind, what: &str, gid: &str) -> Result<(), Failure> {
    check_long(what, gid)?;
    if world.exists(kind, gid) { Ok(()) } else { Err(Failure::unknown(what, gid)) }
}

/// The user a body or query value means; 404 in Asana's words otherwise.
pub(crate) fn user(world: &World, call: &Call, what: &str, given: &str) -> Result<Gid, Failure> {
    world.find_user(given, &call.actor.user).ok_or_else(|| match given.parse::<u64>() {
        Ok(_) => Failure::unknown(what, given),
        Err(_) => Failure::unrecognized(what, given),
    })
}
