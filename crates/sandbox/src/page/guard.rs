//! Who may open the page: it needs no token, so pages of other sites must not reach it through the browser.
//!
//! A name of this machine in `Host` is asked for, so that no other name can be pointed at it. Forms must come from the
//! page itself. Programs, which send no `Origin`, are let in.

use axum::http::{HeaderMap, Method, header};

/// `app.asana.com` is how programs reach a sandbox that stands in for the real one.
const HOSTS: [&str; 4] = ["127.0.0.1", "localhost", "[::1]", "app.asana.com"];

/// Why a request is turned away, if it is.
pub(super) fn refusal(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let word = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = word(header::HOST).filter(|host| HOSTS.contains(&without_port(host))) else {
        return Some("This page answers to 127.0.0.1 and localhost only.");
    };
    if *method != Method::POST {
        return None;
    }
    let own = |origin: &str| {
        let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(host))
    };
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let foreign = headers.get(header::ORIGIN).is_some_and(|origin| !origin.to_str().is_ok_and(own))
        || site.is_some_and(|site| !matches!(site, "same-origin" | "none"));
    foreign.then_some("Only this page's own forms may change something.")
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
