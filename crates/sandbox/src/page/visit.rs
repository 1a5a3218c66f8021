//! A request to the page: its path in parts, its query and its form.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

/// The first parts of the page's paths.
const OURS: [&str; 11] = [
    "acting",
    "calls",
    "clock",
    "faults",
    "find",
    "goal",
    "page.css",
    "page.svg",
    "portfolio",
    "project",
    "task",
];

/// A request to the page.
pub(super) struct Visit {
    path: String,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
}

impl Visit {
    /// Nothing when the path is not the page's. Unknown paths are, when a browser asks for them to show them.
    pub(super) fn of(head: &Parts, bytes: &[u8]) -> Option<Self> {
        let path = head.uri.path();
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let browsing = || {
            let accept = head.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
            let elsewhere = matches!(first, "api" | "-" | "_sandbox");
            !elsewhere && accept.is_some_and(|accept| accept.contains("text/html"))
        };
        if path != "/" && !OURS.contains(&first) && !browsing() {
            return None;
        }
        Some(Self {
            path: path.to_owned(),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            form: pairs(bytes),
            headers: head.headers.clone(),
        })
    }

    pub(super) fn parts(&self) -> Vec<&str> {
        self.path.split('/').filter(|part| !part.is_empty()).collect()
    }

    /// A query parameter; an empty one counts as absent.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        first(&self.query, name).filter(|value| !value.is_empty())
    }

    /// Which page of a list, from 0.
    pub(super) fn page(&self) -> usize {
        self.asked("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).saturating_sub(1)
    }

    /// The form's field of that name.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        first(&self.form, name)
    }

    /// All the form's fields of that name.
    pub(super) fn all_given(&self, name: &str) -> Vec<&str> {
        self.form.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
