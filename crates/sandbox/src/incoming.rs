//! A request as it came, before anything was made of it.

use crate::http::PREFIX;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, header};
use serde_json::Value;

/// A request as received.
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// Below the prefix.
    pub(crate) path: String,
    pub(crate) raw_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Incoming {
    pub(crate) fn token(&self) -> Option<&str> {
        let value = self.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    pub(crate) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// A batch counts as many requests as it holds.
    pub(crate) fn weight(&self) -> u32 {
        if self.path != "/batch" {
            return 1;
        }
        let actions = serde_json::from_slice::<Value>(&self.bytes)
            .ok()
            .and_then(|body| body["data"]["actions"].as_array().map(Vec::len));
        u32::try_from(actions.unwrap_or(1)).unwrap_or(1).clamp(1, 10)
    }

    /// How many searches it holds.
    pub(crate) fn searches(&self) -> u32 {
        if self.path != "/batch" {
            return u32::from(self.path.ends_with("/search"));
        }
        let body = serde_json::from_slice::<Value>(&self.bytes).unwrap_or_default();
        let actions = body["data"]["actions"].as_array().cloned().unwrap_or_default();
        let found = actions
            .iter()
            .filter(|action| action["relative_path"].as_str().is_some_and(|path| path.ends_with("/search")));
        u32::try_from(found.count()).unwrap_or(u32::MAX)
    }

    pub(crate) fn content_type(&self) -> &str {
        let value = self.headers.get(header::CONTENT_TYPE);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What the log shows: path and query.
    pub(crate) fn target(&self) -> String {
        if self.raw_query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.raw_query)
        }
    }

    pub(crate) fn source(&self) -> String {
        let given = self.headers.get("x-sandbox-source");
        let word = given.and_then(|value| value.to_str().ok()).unwrap_or("api");
        match word {
            "web" | "email" | "mobile" | "unknown" => word.to_owned(),
            _ => "api".to_owned(),
        }
    }

    pub(crate) fn base(&self) -> String {
        base_of(&self.headers)
    }
}

/// `http://host/api/1.0`, as the caller sees it.
pub(crate) fn base_of(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    // Behind a proxy that ends TLS, links must lead back to the proxy.
    let scheme = headers.get("x-forwarded-proto").and_then(|scheme| scheme.to_str().ok());
    let scheme = scheme.filter(|scheme| *scheme == "https").unwrap_or("http");
    format!("{scheme}://{host}{PREFIX}")
}
