//! What every request passes and every answer carries: time-outs, sizes, where a form came from, headers, compression.
//!
//! Nothing is loaded or sent but from and to this server, and no script or style stands in a page, whatever a task's text holds.
//! Deliberately not here: who is there (`session`).

use super::refusal::{SIGN_IN_FIRST, forged};
use super::{Dashboard, Refusal, Visitor};
use axum::body::HttpBody as _;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt as _;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// How long an answer may take, the reading of the request's body included.
const IN_TIME: Duration = Duration::from_secs(30);

/// The largest form, bytes: a query to keep is the longest thing sent.
pub(crate) const LARGEST_FORM: usize = 16 * 1024;

/// Of a form that is too large, so much is read and thrown away, bytes: whoever is hung up on while sending may never see the answer.
const MOST_READ: usize = 1024 * 1024;

/// Below this nothing is gained by compressing.
const SMALL: usize = 1024;

/// Scripts, styles and everything else come from here or not at all.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Sent with every answer. A referrer policy of `no-referrer` would take the origin away from our own forms.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Answers 503 when an answer takes too long.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(IN_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "This took too long; try again.\n").into_response(),
    }
}

/// The headers of every answer, and compression where it helps.
pub(crate) async fn around(request: Request, next: Next) -> Response {
    let gzip = takes_gzip(request.headers());
    let mut response = in_time(request, next).await;
    if gzip {
        response = packed(response).await;
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && !parts.any(|part| part == "q=0" || part == "q=0.0")
    })
}

/// The answer compressed, when it is text and whole.
async fn packed(response: Response) -> Response {
    let is_text = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes();
        kind.starts_with(b"text/html") || kind.starts_with(b"text/c") || kind.starts_with(b"text/javascript")
    });
    // What is sent while it is read is not gathered up to be compressed.
    let is_whole = response.body().size_hint().exact().is_some();
    if !is_text || !is_whole {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(whole) = body.collect().await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let plain: Bytes = whole.to_bytes();
    head.headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if plain.len() < SMALL {
        return Response::from_parts(head, Body::from(plain));
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::new(4));
    let small = encoder.write_all(&plain).and_then(|()| encoder.finish());
    let Ok(small) = small else { return Response::from_parts(head, Body::from(plain)) };
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Response::from_parts(head, Body::from(small))
}

/// What a form sent, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form, or the query of an address.
    pub(crate) fn read(text: &[u8]) -> Fields {
        Fields(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every name with its value.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The page asked for.
    pub(crate) fn page(&self) -> usize {
        self.get("page").and_then(|page| page.parse().ok()).unwrap_or(1)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Fields {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Fields, Self::Rejection> {
        Ok(Fields::read(parts.uri.query().unwrap_or_default().as_bytes()))
    }
}

/// A form that one of our own pages sent, and who sent it.
pub(crate) struct Signed {
    pub(crate) visitor: Visitor,
    pub(crate) fields: Fields,
}

impl FromRequest<Dashboard> for Signed {
    type Rejection = Refusal;

    async fn from_request(request: Request, dashboard: &Dashboard) -> Result<Signed, Refusal> {
        let visitor = dashboard.visitor(request.headers()).await?;
        let visitor = visitor.ok_or_else(|| Refusal::Bad(SIGN_IN_FIRST.into()))?;
        dashboard.own_form(request.headers())?;
        let fields = form(request, LARGEST_FORM).await?;
        if !visitor.key.made(fields.get("key").unwrap_or_default()) {
            return Err(forged());
        }
        Ok(Signed { visitor, fields })
    }
}

/// The fields of a form that is not too large.
pub(super) async fn form(request: Request, largest: usize) -> Result<Fields, Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.unwrap_or_default().starts_with("application/x-www-form-urlencoded") {
        return Err(Refusal::Bad("This address takes forms of these pages only.".into()));
    }
    let mut body = request.into_body();
    let (mut bytes, mut read) = (vec![], 0);
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|_| Refusal::Bad("The form did not arrive whole: send it again.".into()))?;
        let part = frame.into_data().unwrap_or_default();
        read += part.len();
        if read > MOST_READ {
            break;
        }
        if read <= largest {
            bytes.extend_from_slice(&part);
        }
    }
    if read > largest { Err(Refusal::TooLarge(largest)) } else { Ok(Fields::read(&bytes)) }
}

impl Dashboard {
    /// Goes on when the browser says that a form came from our own pages, or does not say where from.
    pub(super) fn own_form(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let word = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let host = word("host").unwrap_or_default();
        let own = |origin: &str| {
            let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            origin == &*self.public_url || rest.is_some_and(|rest| rest.eq_ignore_ascii_case(host))
        };
        let foreign = headers.get(header::ORIGIN).is_some_and(|origin| !origin.to_str().is_ok_and(own))
            || word("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
        if foreign { Err(forged()) } else { Ok(()) }
    }

    /// A form of somebody who is not signed in, when it came from the page that `own_form` and its key say it did.
    pub(crate) async fn strangers_form(&self, request: Request, largest: usize) -> Result<Fields, Refusal> {
        self.own_form(request.headers())?;
        let (key, is_new) = self.stranger(request.headers())?;
        let fields = form(request, largest).await?;
        if is_new.is_some() || !key.made(fields.get("key").unwrap_or_default()) {
            return Err(forged());
        }
        Ok(fields)
    }

    /// How many seconds whoever sends this has to wait before the next try.
    pub(crate) fn wait(&self, address: IpAddr) -> Option<i64> {
        self.throttle.wait(address, self.now())
    }

    /// Notes that a try failed.
    pub(crate) fn failed(&self, address: IpAddr) {
        self.throttle.failed(address, self.now());
    }
}

/// Where a request comes from.
pub(crate) fn address(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compression_is_used_only_where_it_is_asked_for() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::try_from(text).expect("a header"));
            takes_gzip(&headers)
        };
        assert!(asked("gzip, deflate, br, zstd") && asked("br;q=1, gzip;q=0.5"));
        assert!(!asked("br") && !asked("gzip;q=0") && !asked("x-gzip") && !takes_gzip(&HeaderMap::new()));
    }
}
