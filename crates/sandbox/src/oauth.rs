//! OAuth 2.0 as Asana has it: the authorization-code grant with PKCE, refresh, revocation and OpenID Connect's user info.
//!
//! | call | does |
//! |---|---|
//! | `GET /-/oauth_authorize` | sends the person back with a code at once, or asks them first (see `Options::oauth_asks`) |
//! | `POST /-/oauth_authorize` | the answer of the page that asks |
//! | `POST /-/oauth_token` | code or refresh token for an access token of an hour |
//! | `POST /-/oauth_revoke` | takes back a refresh token |
//! | `GET /api/1.0/openid_connect/userinfo` | who the token is, see `oidc.rs` |
//!
//! Id tokens and what else belongs to OpenID Connect are in `oidc.rs`.

use crate::oidc;
use crate::scopes;
use crate::server::Server;
use crate::world::{App, Code, Gid, Grant, TOKEN_SECONDS, World};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Shows the code instead of sending it.
const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

type Form = HashMap<String, String>;

/// A request that may be one of these.
pub(crate) struct Asking<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) bytes: &'a [u8],
    /// `http://host/api/1.0`, which is also who issues id tokens.
    pub(crate) base: &'a str,
}

/// Answers the calls outside `/api/1.0`; nothing when the path is none of them.
pub(crate) fn answer(server: &mut Server, asking: &Asking<'_>) -> Option<Response> {
    let query = form(asking.query.as_bytes());
    let (bytes, base) = (asking.bytes, asking.base);
    Some(match (asking.method.as_str(), asking.path) {
        ("GET", "/-/oauth_authorize") => authorize(server, base, &query, None),
        ("POST", "/-/oauth_authorize") => authorize(server, base, &query, Some(&form(bytes))),
        ("POST", "/-/oauth_token") => token(&mut server.world, base, &form(bytes)),
        ("POST", "/-/oauth_revoke") => revoke(&mut server.world, &form(bytes)),
        _ => return None,
    })
}

fn form(bytes: &[u8]) -> Form {
    form_urlencoded::parse(bytes).into_owned().collect()
}

fn word<'a>(form: &'a Form, key: &str) -> Option<&'a str> {
    form.get(key).map(String::as_str).filter(|value| !value.is_empty())
}

/// What an app asks of a person, checked.
struct Asked {
    client_id: String,
    redirect_uri: String,
    scopes: Option<Vec<String>>,
    identity: Vec<String>,
    wants_code: bool,
    wants_id_token: bool,
    challenge: Option<String>,
    state: String,
    nonce: Option<String>,
}

fn authorize(server: &mut Server, base: &str, query: &Form, given: Option<&Form>) -> Response {
    let (client_id, app) =
        match word(query, "client_id").and_then(|id| Some((id, server.world.apps.get(id)?.clone()))) {
            Some((id, app)) => (id.to_owned(), app),
            None => {
                return page(
                    StatusCode::BAD_REQUEST,
                    "<h1>invalid_request</h1><p>There is no app with this client_id.</p>",
                );
            }
        };
    let redirect_uri = word(query, "redirect_uri").unwrap_or_default().to_owned();
    let known = app.redirect_uris.is_empty() || app.redirect_uris.contains(&redirect_uri);
    if !known || !is_safe(&redirect_uri) {
        let text = "<h1>invalid_request</h1><p>The redirect_uri is not one the app is registered with.</p>";
        return page(StatusCode::BAD_REQUEST, text);
    }
    let asked = match check(&app, query, (client_id, redirect_uri.clone())) {
        Ok(asked) => asked,
        Err((error, text)) => {
            let parts = [("error", error), ("error_description", text.as_str())];
            return back(&redirect_uri, '?', &parts, word(query, "state"));
        }
    };
    match given {
        None if server.oauth_asks => page(StatusCode::OK, &question(&server.world, &app, &asked)),
        None => allow(&mut server.world, base, asked, None),
        Some(given) if word(given, "allow").is_some() => {
            let user = word(given, "user").map(str::to_owned);
            allow(&mut server.world, base, asked, user)
        }
        Some(_) => {
            let denied = [("error", "access_denied"), ("error_description", "The user denied the request")];
            back(&asked.redirect_uri, '?', &denied, Some(&asked.state))
        }
    }
}

type Refused = (&'static str, String);

/// Codes go over https, to this machine, or are shown.
fn is_safe(redirect_uri: &str) -> bool {
    if redirect_uri == OUT_OF_BAND {
        return true;
    }
    let Ok(uri) = redirect_uri.parse::<Uri>() else {
        return false;
    };
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => matches!(host, "localhost" | "127.0.0.1" | "[::1]"),
        _ => false,
    }
}

/// Whether a code and an id token are asked for.
fn wanted(query: &Form) -> Result<(bool, bool), Refused> {
    let given = word(query, "response_type").unwrap_or_default();
    let mut words: Vec<&str> = given.split_whitespace().collect();
    words.sort_unstable();
    match words[..] {
        ["code"] => Ok((true, false)),
        ["id_token"] => Ok((false, true)),
        ["code", "id_token"] => Ok((true, true)),
        _ => {
            let text = format!("response_type: Must be code, id_token or code id_token, not: {given}");
            Err(("unsupported_response_type", text))
        }
    }
}

/// What is asked for, if the app may ask so.
fn check(app: &App, query: &Form, (client_id, redirect_uri): (Gid, String)) -> Result<Asked, Refused> {
    let (wants_code, wants_id_token) = wanted(query)?;
    let Some(state) = word(query, "state").map(str::to_owned) else {
        return Err(("invalid_request", "state: Missing input".to_owned()));
    };
    let wanted: Vec<String> =
        word(query, "scope").unwrap_or("default").split_whitespace().map(str::to_owned).collect();
    let identity = |scope: &String| matches!(scope.as_str(), "openid" | "email" | "profile" | "identity");
    let known = scopes::all();
    if let Some(unknown) =
        wanted.iter().find(|scope| *scope != "default" && !identity(scope) && !known.contains(scope))
    {
        return Err(("invalid_scope", format!("The requested scope is unknown: {unknown}")));
    }
    let not_allowed = |scope: &&String| match &app.scopes {
        None => *scope != "default" && !identity(scope),
        Some(registered) => !registered.contains(scope),
    };
    if let Some(scope) = wanted.iter().find(not_allowed) {
        let text = format!("Your app is not allowed to request user authorization for `{scope}` scopes.");
        return Err(("forbidden_scopes", text));
    }
    let challenge = word(query, "code_challenge").map(str::to_owned);
    if challenge.is_some() && word(query, "code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method: only S256 is supported".to_owned()));
    }
    let named: Vec<String> = wanted.iter().filter(|scope| identity(scope)).cloned().collect();
    if wants_id_token && !named.iter().any(|scope| scope == "openid") {
        return Err(("invalid_scope", "An id_token needs the scope openid".to_owned()));
    }
    Ok(Asked {
        client_id,
        redirect_uri,
        scopes: app.scopes.is_some().then_some(wanted),
        identity: named,
        wants_code,
        wants_id_token,
        challenge,
        state,
        nonce: word(query, "nonce").map(str::to_owned),
    })
}

fn question(world: &World, app: &App, asked: &Asked) -> String {
    let people = world
        .users
        .iter()
        .map(|(gid, user)| format!("<option value=\"{gid}\">{}</option>", escape(&user.name)));
    let scopes =
        asked.scopes.as_ref().map_or_else(|| "everything you may do".to_owned(), |scopes| scopes.join(", "));
    format!(
        "<h1>{}</h1><p>This app asks for: {}</p><form method=\"post\"><label>You are <select name=\"user\">{}</select>\
         </label> <button name=\"allow\" value=\"yes\">Allow</button> <button>Deny</button></form>",
        escape(&app.name),
        escape(&scopes),
        people.collect::<String>()
    )
}

fn allow(world: &mut World, base: &str, asked: Asked, user: Option<Gid>) -> Response {
    let user = user.filter(|user| world.users.contains_key(user)).unwrap_or_else(|| world.bot.clone());
    let grant = Grant { app: asked.client_id, user, scopes: asked.scopes, identity: asked.identity };
    let id_token = asked.wants_id_token.then(|| oidc::id_token(world, base, &grant, asked.nonce.as_deref()));
    let code = asked.wants_code.then(|| {
        let proof = (asked.challenge, asked.nonce);
        world.issue_code(grant, &asked.redirect_uri, proof)
    });
    let given = [("code", code.as_deref()), ("id_token", id_token.as_deref())];
    let parts: Vec<(&str, &str)> =
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    if asked.redirect_uri == OUT_OF_BAND {
        let lines = parts.iter().map(|(name, value)| format!("<p>Your {name}: <code>{value}</code></p>"));
        return page(StatusCode::OK, &lines.collect::<String>());
    }
    // Id tokens travel in the fragment, which browsers keep from servers.
    let joint = if asked.wants_id_token { '#' } else { '?' };
    back(&asked.redirect_uri, joint, &parts, Some(&asked.state))
}

/// Sends the person back to the app.
fn back(redirect_uri: &str, joint: char, parts: &[(&str, &str)], state: Option<&str>) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    parts.iter().for_each(|(name, value)| {
        query.append_pair(name, value);
    });
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    let joint = if joint == '?' && redirect_uri.contains('?') { '&' } else { joint };
    match HeaderValue::try_from(format!("{redirect_uri}{joint}{}", query.finish())) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => page(
            StatusCode::BAD_REQUEST,
            "<h1>invalid_request</h1><p>The redirect_uri is not an address.</p>",
        ),
    }
}

fn page(status: StatusCode, text: &str) -> Response {
    let head = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Authorize</title><body>";
    (status, Html(format!("{head}{text}</body></html>"))).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (status, headers, body.to_string()).into_response()
}

fn refused(status: StatusCode, error: &str, text: &str) -> Response {
    json_answer(status, &json!({ "error": error, "error_description": text }))
}

/// The app that calls, by its id and secret.
fn caller(world: &World, form: &Form) -> Option<String> {
    let id = word(form, "client_id")?;
    let app = world.apps.get(id)?;
    (word(form, "client_secret") == Some(app.secret.as_str())).then(|| id.to_owned())
}

fn token(world: &mut World, base: &str, form: &Form) -> Response {
    let Some(client_id) = caller(world, form) else {
        let text = "The client_id or client_secret is not valid";
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", text);
    };
    match word(form, "grant_type") {
        Some("authorization_code") => exchange(world, base, form, &client_id),
        Some("refresh_token") => {
            let grant =
                word(form, "refresh_token").and_then(|token| world.refresh_tokens.get(token)).cloned();
            match grant.filter(|grant| grant.app == client_id) {
                // The refresh token stays as it is, so it is not told again.
                Some(grant) => tokens(world, base, (&grant, None), None),
                None => refused(StatusCode::BAD_REQUEST, "invalid_grant", "The refresh_token is not valid"),
            }
        }
        _ => {
            let text = "grant_type must be authorization_code or refresh_token";
            refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", text)
        }
    }
}

/// A code works once, for its app and address, and for who knows the verifier.
fn exchange(world: &mut World, base: &str, form: &Form, client_id: &str) -> Response {
    let invalid = |text: &str| refused(StatusCode::BAD_REQUEST, "invalid_grant", text);
    let now = world.now();
    let Some(code) = word(form, "code").and_then(|code| world.codes.remove(code)) else {
        return invalid("The code is not valid");
    };
    let Code { grant, redirect_uri, challenge, nonce, expires_at } = code;
    if grant.app != client_id || now >= expires_at {
        return invalid("The code is not valid");
    }
    if word(form, "redirect_uri") != Some(redirect_uri.as_str()) {
        return invalid("The redirect_uri is not the one the code was made for");
    }
    if let Some(challenge) = challenge {
        let proof =
            word(form, "code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
        if proof != Some(challenge) {
            return invalid("The code_verifier does not match");
        }
    }
    let refresh = world.issue_refresh_token(grant.clone());
    tokens(world, base, (&grant, nonce), Some(refresh))
}

fn tokens(
    world: &mut World,
    base: &str,
    (grant, nonce): (&Grant, Option<String>),
    refresh: Option<String>,
) -> Response {
    let access = world.issue_access_token(grant);
    let user = &world.users[&grant.user];
    let mut body = json!({
        "access_token": access,
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
        "data": { "id": grant.user, "gid": grant.user, "name": user.name, "email": user.email },
    });
    if grant.identity.iter().any(|scope| scope == "openid") {
        body["id_token"] = json!(oidc::id_token(world, base, grant, nonce.as_deref()));
    }
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    json_answer(StatusCode::OK, &body)
}

fn revoke(world: &mut World, form: &Form) -> Response {
    if caller(world, form).is_none() {
        let text = "The client_id or client_secret is not valid";
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", text);
    }
    let token = word(form, "token").unwrap_or_default();
    if world.tokens.contains_key(token) {
        let text = "Only refresh tokens can be revoked";
        return refused(StatusCode::BAD_REQUEST, "invalid_request", text);
    }
    // Whether there was one is not told.
    world.revoke(token);
    json_answer(StatusCode::OK, &json!({}))
}
