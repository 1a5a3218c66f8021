//! Uploads: multipart bodies, and the addresses files are downloaded from for two minutes, faults included.

use crate::error::Failure;
use crate::faults::Ending;
use crate::http::cut_connection;
use crate::incoming::Incoming;
use crate::reply::Reply;
use crate::server::Shared;
use crate::world::{Kind, World};
use axum::body::Bytes;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::convert::Infallible;

/// Where downloads are, below the root of the server.
pub(crate) const DOWNLOADS: &str = "/-/attachments/";
const DOWNLOAD_SECONDS: i64 = 120;
const MOST_FILE_BYTES: usize = 100 * 1024 * 1024;

/// A file that came with a call.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

/// What a multipart body held.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub(crate) data: Map<String, Value>,
    pub(crate) file: Option<Upload>,
}

/// Reads a multipart body; other bodies are left to `body.rs`.
pub(crate) async fn read(incoming: &Incoming) -> Result<Option<Parts>, Failure> {
    let Ok(boundary) = multer::parse_boundary(incoming.content_type()) else {
        return Ok(None);
    };
    let broken = |error: multer::Error| Failure::bad(format!("Could not parse request data: {error}"));
    let chunk = Ok::<Bytes, Infallible>(incoming.bytes.clone());
    let mut multipart = multer::Multipart::new(stream::once(std::future::ready(chunk)), boundary);
    let mut parts = Parts::default();
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        // Names that are not plain ASCII come percent-encoded.
        let file_name = field.file_name().map(decoded);
        let bytes = field.bytes().await.map_err(broken)?;
        match file_name {
            Some(_) if bytes.len() > MOST_FILE_BYTES => {
                return Err(Failure::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "file: Must not be larger than 100 MB",
                ));
            }
            Some(file) => parts.file = Some(Upload { name: file, content: bytes.to_vec() }),
            None => {
                parts.data.insert(name, Value::String(String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    Ok(Some(parts))
}

fn decoded(name: &str) -> String {
    let escaped = format!("n={}", name.replace('+', "%2B").replace('&', "%26"));
    let first = form_urlencoded::parse(escaped.as_bytes()).next().map(|(_, name)| name.into_owned());
    first.unwrap_or_else(|| name.to_owned())
}

/// An address a file can be had from for a while, without a token.
pub(crate) fn address(world: &World, gid: &str) -> Option<String> {
    signed_address(world, DOWNLOADS, gid, DOWNLOAD_SECONDS)
}

/// An address below `path` that works for some seconds.
pub(crate) fn signed_address(world: &World, path: &str, gid: &str, seconds: i64) -> Option<String> {
    let until = world.now().as_second() + seconds;
    let root = world.root.as_deref()?;
    Some(format!("{root}{path}{gid}?until={until}&signature={}", signature(world, gid, until)))
}

/// What an address says of itself.
pub(crate) struct Signed {
    until: i64,
    signature: String,
}

impl Signed {
    pub(crate) fn read(query: &str) -> Self {
        let mut signed = Self { until: 0, signature: String::new() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "until" => signed.until = value.parse().unwrap_or(0),
                "signature" => signed.signature = value.into_owned(),
                _ => {}
            }
        }
        signed
    }

    /// Whether it was issued here and has not expired.
    pub(crate) fn is_good(&self, world: &World, gid: &str) -> bool {
        self.signature == signature(world, gid, self.until)
            && Timestamp::from_second(self.until).is_ok_and(|until| world.now() <= until)
    }
}

fn signature(world: &World, gid: &str, until: i64) -> String {
    let digest = Sha256::digest(format!("{}|download|{gid}|{until}", world.seed));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// Answers a download, or strikes it with a fault whose `path_prefix` it has; both are logged.
pub(crate) async fn answer(shared: &Shared, (path, gid, query): (&str, &str, &str)) -> Response {
    let injected = shared.lock().faults.draw(&Method::GET, path);
    if let Some(delay) = injected.latency {
        tokio::time::sleep(delay).await;
    }
    let mut server = shared.lock();
    let response = match injected.ending {
        None => download(&server.world, gid, query),
        Some(Ending::Drop) => cut_connection(),
        Some(Ending::Fail(failure) | Ending::FailAfterwards(failure)) => Reply::from(failure).into_response(),
    };
    let at = crate::clock::stamp(server.world.now());
    server.journal.note(crate::journal::Entry {
        method: "GET".to_owned(),
        path: path.to_owned(),
        route: Some("/-/attachments/{attachment}"),
        status: response.status().as_u16(),
        user: None,
        source: "api".to_owned(),
        at,
        body: None,
    });
    response
}

/// Sends a file whose address is still good.
fn download(world: &World, gid: &str, query: &str) -> Response {
    let is_good = Signed::read(query).is_good(world, gid);
    let file = world.attachments.get(gid).filter(|_| is_good && world.exists(Kind::Attachment, gid));
    match file {
        Some(file) => {
            let kind = HeaderValue::from_static("application/octet-stream");
            ([(header::CONTENT_TYPE, kind)], file.content.clone()).into_response()
        }
        None => (StatusCode::FORBIDDEN, "This link has expired.\n").into_response(),
    }
}
