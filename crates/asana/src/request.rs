//! The raw floor: one request to any endpoint, with auth, limits and retry underneath.
//!
//! A request is built, then sent; answers decode into any type, `serde_json::Value` included. Bodies are wrapped
//! into Asana's `{"data": …}` here, files into a form. It does not know any endpoint.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::retry::Repeat;
use crate::{Call, Client, Error};

/// The methods Asana uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    Get,
    /// Create, or run an action.
    Post,
    /// Change.
    Put,
    /// Delete.
    Delete,
}

impl Method {
    /// Whether calls with this method change nothing.
    pub fn is_read(self) -> bool {
        self == Self::Get
    }

    pub(crate) fn http(self) -> reqwest::Method {
        match self {
            Self::Get => reqwest::Method::GET,
            Self::Post => reqwest::Method::POST,
            Self::Put => reqwest::Method::PUT,
            Self::Delete => reqwest::Method::DELETE,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        })
    }
}

/// What a request costs: how many reads and writes it is to Asana's limits, and whether the search limit applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) reads: u32,
    pub(crate) writes: u32,
    pub(crate) search: bool,
}

/// A multipart body: kept as bytes, so that a call that was not carried out can be sent again.
#[derive(Clone)]
pub(crate) struct Form {
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl Form {
    /// A file and what it is attached to (RFC 7578; a name beyond plain ASCII is percent-encoded, as Asana wants it).
    pub(crate) fn file(parent: &str, name: &str, content: &[u8]) -> Form {
        // A border must not occur in what it borders: it is lengthened until it does not.
        let mut border = "upnext-file".to_owned();
        while content.windows(border.len()).any(|part| part == border.as_bytes()) {
            border.push('-');
        }
        let name: String = name.bytes().map(percent_encoded).collect();
        let head = format!(
            "--{border}\r\nContent-Disposition: form-data; name=\"parent\"\r\n\r\n{parent}\r\n\
             --{border}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        let end = format!("\r\n--{border}--\r\n");
        let bytes = [head.as_bytes(), content, end.as_bytes()].concat();
        Form { content_type: format!("multipart/form-data; boundary={border}"), bytes }
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

fn percent_encoded(byte: u8) -> String {
    let is_plain = byte.is_ascii_alphanumeric() || b" ._-()".contains(&byte);
    if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// One request, not yet sent.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    pub(crate) client: Client,
    pub(crate) call: Call,
    /// Decoded path segments; each is percent-encoded by itself, so a value cannot leave its place in the path.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
    pub(crate) form: Option<Form>,
    pub(crate) repeat: Repeat,
    pub(crate) cost: Cost,
}

impl Request {
    pub(crate) fn new(client: &Client, method: Method, segments: &[&str]) -> Self {
        let repeat = match method {
            Method::Get | Method::Put => Repeat::Safe,
            Method::Delete => Repeat::Delete,
            Method::Post => Repeat::OnlyIfNotSent,
        };
        let reads = u32::from(method.is_read());
        Self {
            client: client.clone(),
            // A query in the path is refused by `check`; its text must not reach the error that says so.
            call: Call { method, path: until_query(&format!("/{}", segments.join("/"))).to_owned() },
            segments: segments.iter().map(|&s| s.to_owned()).collect(),
            query: Vec::new(),
            body: None,
            form: None,
            repeat,
            cost: Cost { reads, writes: 1 - reads, search: is_search(segments) },
        }
    }

    /// Adds a query parameter. `opt_fields` has its own method.
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Asks for exactly these fields (`opt_fields`), plus `gid`. An empty list asks for Asana's default.
    pub fn fields(self, fields: &[&str]) -> Self {
        if fields.is_empty() { self } else { self.query("opt_fields", fields.join(",")) }
    }

    /// The body: what goes into `{"data": …}`.
    pub fn data(mut self, data: impl Into<Value>) -> Self {
        self.body = Some(json!({ "data": data.into() }));
        self
    }

    /// The body as a form instead.
    pub(crate) fn form(mut self, form: Form) -> Self {
        self.form = Some(form);
        self
    }

    /// Declares that sending this POST twice leaves Asana as sending it once, so that it may be retried.
    pub fn repeatable(mut self) -> Self {
        if self.repeat == Repeat::OnlyIfNotSent {
            self.repeat = Repeat::Safe;
        }
        self
    }

    /// Sends and decodes the answer's `data`.
    ///
    /// # Errors
    /// Any [`Error`] but `Settings`.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, Error> {
        Ok(self.send_full::<T>().await?.data)
    }

    /// Sends and decodes `data` with the keys that stand beside it.
    ///
    /// # Errors
    /// Any [`Error`] but `Settings`.
    pub async fn send_full<T: DeserializeOwned>(self) -> Result<Answer<T>, Error> {
        self.decode().await
    }

    /// Sends and decodes the whole body.
    pub(crate) async fn decode<B: DeserializeOwned>(self) -> Result<B, Error> {
        let client = self.client.clone();
        let body = client.transport().send(&self).await?;
        let mut json = serde_json::Deserializer::from_slice(&body);
        serde_path_to_error::deserialize(&mut json).map_err(|e| Error::decode(self.call, &e))
    }

    /// Sends a call whose answer says nothing (`{"data": {}}`).
    ///
    /// # Errors
    /// Any [`Error`] but `Settings` and `Decode`.
    pub async fn run(self) -> Result<(), Error> {
        let client = self.client.clone();
        client.transport().send(&self).await.map(drop)
    }

    /// False for reads, and for a batch of nothing but reads.
    pub(crate) fn changes_something(&self) -> bool {
        self.cost.writes > 0
    }

    /// Refuses paths that would mean something else than was asked: an empty gid turns `/tasks/{gid}` into a list.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let invalid =
            |reason: &str| Err(Error::InvalidRequest { call: self.call.clone(), reason: reason.to_owned() });
        if self.segments.iter().any(|s| s.is_empty() || s == "." || s == "..") {
            return invalid("its path has an empty or relative part; is a gid missing?");
        }
        if self.segments.iter().any(|s| until_query(s) != s) {
            return invalid("its path holds a query; use the request's `query` method");
        }
        Ok(())
    }
}

fn until_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or_default()
}

/// `/workspaces/{gid}/tasks/search` and `/workspaces/{gid}/projects/search` have a limit of their own.
fn is_search(segments: &[&str]) -> bool {
    matches!(segments, ["workspaces", _, _, "search"])
}

/// An answer with the keys Asana puts beside `data`.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer<T> {
    /// The record or records.
    pub data: T,
    /// Where the list goes on; `None` at its end and on answers that are no lists.
    #[serde(default)]
    pub(crate) next_page: Option<NextPage>,
    /// Token of an event stream.
    #[serde(default)]
    pub sync: Option<String>,
    /// Whether an event stream has more right now.
    #[serde(default)]
    pub has_more: bool,
}

/// Asana's `next_page`, of which only the token matters.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NextPage {
    pub(crate) offset: String,
}
