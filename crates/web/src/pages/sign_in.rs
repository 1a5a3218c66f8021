//! Signing in with the admin token, the way to sign in with Asana, and signing out.
//!
//! Whoever signs in goes back to the page they wanted, when it is one of ours. Deliberately not here: sessions
//! (`dashboard::session`), and the way to Asana and back (`asana_sign_in`).

use super::Shell;
use crate::dashboard::{Dashboard, Fields, FormKey, LARGEST_FORM, Refusal, Signed, address, html, see_other};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::Access;

/// Longer than any token of ours.
const LONGEST_TOKEN: usize = 256;

/// Who the admin token's owner is, for people and the audit trail.
const ADMIN: &str = "admin (token)";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    shell: Shell,
    key: String,
    next: String,
    wrong: bool,
    /// The way to sign in with Asana, where that is set up.
    asana: Option<String>,
}

/// The form.
pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Refusal> {
    let next = local(fields.get("next").unwrap_or_default()).to_owned();
    if dashboard.is_in(&headers).await? {
        return Ok(see_other(&next));
    }
    let (key, cookie) = dashboard.stranger(&headers)?;
    Ok(with_cookie(page(&dashboard, &key, (next, false)), cookie))
}

fn page(dashboard: &Dashboard, key: &FormKey, (next, wrong): (String, bool)) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
    let asana = dashboard.offers_asana().then(|| format!("/sign-in/asana?{query}"));
    html(&Page { shell: Shell::bare("Sign in"), key: key.token(), next, wrong, asana })
}

/// Lets in who knows the token.
pub(super) async fn enter(State(dashboard): State<Dashboard>, request: Request) -> Result<Response, Refusal> {
    let (address, headers) = (address(&request), request.headers().clone());
    let fields = dashboard.strangers_form(request, LARGEST_FORM).await?;
    if let Some(seconds) = dashboard.wait(address) {
        return Err(Refusal::TooMany(seconds));
    }
    let next = local(fields.get("next").unwrap_or_default()).to_owned();
    let token = fields.get("token").unwrap_or_default().trim();
    if token.len() > LONGEST_TOKEN || !dashboard.is_token(token).await? {
        dashboard.failed(address);
        tracing::warn!(%address, "somebody could not sign in to the dashboard: not the admin token");
        let (key, cookie) = dashboard.stranger(&headers)?;
        let mut response = page(&dashboard, &key, (next, true));
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(with_cookie(response, cookie));
    }
    let cookie = dashboard.let_in(&headers, (ADMIN, Access::admin(), None)).await?;
    dashboard.note("sign_in", ADMIN, &format!("signed in from {address}")).await?;
    Ok(with_cookie(see_other(&next), Some(cookie)))
}

/// Ends the session.
pub(super) async fn leave(
    State(dashboard): State<Dashboard>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response, Refusal> {
    let cookie = dashboard.let_go(&headers).await?;
    dashboard.note("sign_out", &signed.visitor.who, "signed out").await?;
    let mut response = with_cookie(see_other("/sign-in"), Some(cookie));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response.into_response())
}

pub(super) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The path when it is one of ours, else the first page. A browser takes `//host`, `/\host` and what hides in tabs and line ends
/// for other hosts.
pub(super) fn local(next: &str) -> &str {
    let is_plain = next.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_form = next.starts_with("/sign-in") || next.starts_with("/sign-out");
    if is_path && is_plain && !is_form { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;
    use proptest::prelude::*;

    #[test]
    fn only_paths_of_ours_are_gone_back_to() {
        assert_eq!(local("/projects/12?band=P0&q=a%20b"), "/projects/12?band=P0&q=a%20b");
        for other in [
            "",
            "https://example.com",
            "//example.com",
            "/\\example.com",
            "/\t/example.com",
            "/\n/example.com",
            "javascript:alert(1)",
            "projects",
            "/sign-in?next=/",
            "/a\r\nset-cookie: x=1",
        ] {
            assert_eq!(local(other), "/", "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_is_no_other_host(next in "[/\\\\:a-z.\t\n ]{0,12}") {
            let path = local(&next);
            prop_assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
        }
    }
}
