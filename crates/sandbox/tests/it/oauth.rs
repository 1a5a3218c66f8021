//! OAuth: codes, PKCE, refresh, revocation, expiry and granular scopes.

use crate::app::App;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Method, redirect};
use sandbox::world::{APP_SECRET, FULL_APP, GRANULAR_APP};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const BACK: &str = "https://app.example/back?x=1";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn root(app: &App) -> String {
    format!("http://{}", app.running.addr)
}

/// Where the authorize page sends to: its query.
async fn authorize(app: &App, query: &[(&str, &str)]) -> Result<Vec<(String, String)>, u16> {
    // Made after the app, whose client installed the provider.
    #[expect(clippy::disallowed_methods, reason = "redirects must be seen, not followed")]
    let client = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
    let url = format!("{}/-/oauth_authorize", root(app));
    let answer = client.get(url).query(query).send().await.expect("an answer");
    let Some(location) = answer.headers().get("location") else {
        return Err(answer.status().as_u16());
    };
    let location = location.to_str().expect("text").to_owned();
    assert!(location.starts_with("https://app.example/back?x=1"), "{location}");
    let (_, query) = location.split_once('?').expect("a query");
    let query = query.replace('#', "&");
    Ok(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

fn part<'a>(query: &'a [(String, String)], name: &str) -> &'a str {
    query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

async fn post(app: &App, verb: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let answer =
        app.client.post(format!("{}/-/{verb}", root(app))).form(form).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

/// A code for an app, with PKCE.
async fn code(app: &App, client: &str, scope: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let query = [
        ("client_id", client),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("state", "s&1"),
        ("scope", scope),
        ("code_challenge_method", "S256"),
        ("code_challenge", &challenge),
    ];
    let back = authorize(app, &query).await.expect("a redirect");
    assert_eq!(part(&back, "state"), "s&1");
    part(&back, "code").to_owned()
}

async fn exchange(app: &App, client: &str, code: &str, verifier: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("client_secret", APP_SECRET),
        ("redirect_uri", BACK),
        ("code", code),
        ("code_verifier", verifier),
    ];
    post(app, "oauth_token", &form).await
}

#[tokio::test]
async fn a_code_becomes_a_token_that_expires_is_refreshed_and_revoked() {
    let mut app = App::start().await;
    let given = code(&app, FULL_APP, "default").await;
    assert_eq!(exchange(&app, FULL_APP, &given, "wrong").await.0, 400);
    assert_eq!(
        exchange(&app, FULL_APP, &given, VERIFIER).await.1["error"],
        "invalid_grant",
        "a code works once"
    );
    let given = code(&app, FULL_APP, "default").await;
    let (status, tokens) = exchange(&app, FULL_APP, &given, VERIFIER).await;
    assert_eq!(status, 200);
    let word = |value: &Value| value.as_str().expect("text").to_owned();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("bearer"), &json!(3600)));
    assert_eq!(tokens["data"]["email"], "bot@sandbox.example");
    let refresh = word(&tokens["refresh_token"]);
    app.token = Some(word(&tokens["access_token"]));
    assert_eq!(app.get("/users/me").await.data()["name"], "Upnext Bot");
    app.jump(3601).await;
    let late = app.get("/users/me").await;
    assert_eq!(late.status, 401);
    assert!(late.message().starts_with("The bearer token has expired."), "{}", late.body);
    let again = |secret: &'static str| {
        let refresh = refresh.clone();
        let app = &app;
        async move {
            let form = [
                ("grant_type", "refresh_token"),
                ("client_id", FULL_APP),
                ("client_secret", secret),
                ("refresh_token", refresh.as_str()),
            ];
            post(app, "oauth_token", &form).await
        }
    };
    assert_eq!(again("wrong").await.0, 401);
    let (_, fresh) = again(APP_SECRET).await;
    let fresh = word(&fresh["access_token"]);
    let revoke = async |token: &str| {
        let form = [("client_id", FULL_APP), ("client_secret", APP_SECRET), ("token", token)];
        post(&app, "oauth_revoke", &form).await.0
    };
    assert_eq!(revoke(&fresh).await, 400, "a bearer token is not revoked");
    assert_eq!(revoke(&refresh).await, 200);
    assert_eq!(revoke("1/unknown").await, 200);
    assert_eq!(again(APP_SECRET).await.1["error"], "invalid_grant");
    app.token = Some(fresh);
    assert_eq!(app.get("/users/me").await.status, 401);
}

#[tokio::test]
async fn wrong_requests_for_authorization_say_why() {
    let app = App::start().await;
    let ask = |client: &'static str, kind: &'static str, scope: &'static str| {
        let app = &app;
        async move {
            let query = [
                ("client_id", client),
                ("redirect_uri", BACK),
                ("response_type", kind),
                ("state", "s"),
                ("scope", scope),
            ];
            authorize(app, &query).await.map(|back| part(&back, "error").to_owned())
        }
    };
    assert_eq!(ask("nobody", "code", "default").await, Err(400));
    assert_eq!(ask(FULL_APP, "token", "default").await.as_deref(), Ok("unsupported_response_type"));
    assert_eq!(ask(FULL_APP, "code", "tasks:read").await.as_deref(), Ok("forbidden_scopes"));
    assert_eq!(ask(GRANULAR_APP, "code", "default").await.as_deref(), Ok("forbidden_scopes"));
    assert_eq!(ask(GRANULAR_APP, "code", "tasks:dance").await.as_deref(), Ok("invalid_scope"));
    let order = json!({"client_id": "77", "secret": "s", "redirect_uris": ["https://else.example/"]});
    app.control(Method::POST, "apps", order).await;
    assert_eq!(ask("77", "code", "default").await, Err(400));
}

/// What an id token says, its signature checked.
fn claims(token: &str) -> Value {
    use hmac::{Hmac, KeyInit, Mac};
    let (body, signature) = token.rsplit_once('.').expect("three parts");
    let mut mac = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    assert_eq!(signature, URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    let claims = body.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("JSON")
}

#[tokio::test]
async fn id_tokens_are_signed_with_the_secret_of_the_app() {
    let app = App::start().await;
    let query = [
        ("client_id", FULL_APP),
        ("redirect_uri", BACK),
        ("response_type", "code id_token"),
        ("scope", "default openid email"),
        ("nonce", "n1"),
        ("state", "s"),
    ];
    let back = authorize(&app, &query).await.expect("a redirect");
    let said = claims(part(&back, "id_token"));
    assert_eq!((&said["nonce"], &said["email"]), (&json!("n1"), &json!("bot@sandbox.example")));
    assert_eq!((&said["aud"], said.get("name")), (&json!(FULL_APP), None));
    let found = app.get("/.well-known/openid-configuration").await;
    assert_eq!(said["iss"], found.body["issuer"]);
    assert_eq!(found.body["id_token_signing_alg_values_supported"], json!(["HS256"]));
    assert_eq!(app.get("/openid_connect/keys").await.body, json!({"keys": []}));
    let (status, tokens) = exchange(&app, FULL_APP, part(&back, "code"), "").await;
    assert_eq!(
        (status, claims(tokens["id_token"].as_str().expect("text"))["nonce"].clone()),
        (200, json!("n1"))
    );
    let only = query.map(|(name, value)| (name, if name == "response_type" { "id_token" } else { value }));
    let back = authorize(&app, &only).await.expect("a redirect");
    assert_eq!((part(&back, "code"), part(&back, "state")), ("", "s"));
    claims(part(&back, "id_token"));
}

#[tokio::test]
async fn state_and_a_safe_address_are_needed() {
    let app = App::start().await;
    let query = [("client_id", FULL_APP), ("redirect_uri", BACK), ("response_type", "code")];
    let back = authorize(&app, &query).await.expect("a redirect");
    assert_eq!(part(&back, "error"), "invalid_request");
    let to =
        |uri| [("client_id", FULL_APP), ("redirect_uri", uri), ("response_type", "code"), ("state", "s")];
    assert_eq!(authorize(&app, &to("http://app.example/back")).await, Err(400));
    assert_eq!(authorize(&app, &to("urn:ietf:wg:oauth:2.0:oob")).await, Err(200), "the code is shown");
}

#[tokio::test]
async fn user_info_needs_a_live_token_and_a_scope() {
    let mut app = App::start().await;
    let given = code(&app, GRANULAR_APP, "task_custom_types:read").await;
    let (_, tokens) = exchange(&app, GRANULAR_APP, &given, VERIFIER).await;
    app.token = tokens["access_token"].as_str().map(str::to_owned);
    assert_eq!(app.get("/openid_connect/userinfo").await.status, 403);
    app.jump(3601).await;
    assert_eq!(app.get("/openid_connect/userinfo").await.status, 401);
}

#[tokio::test]
async fn granular_tokens_may_do_what_their_scopes_say() {
    let mut app = App::start().await;
    let project = app.project(&["Todo"]);
    let task = app.task(&app.sections(&project)[0], "t");
    let given = code(&app, GRANULAR_APP, "tasks:read users:read openid profile").await;
    let (_, tokens) = exchange(&app, GRANULAR_APP, &given, VERIFIER).await;
    app.token = tokens["access_token"].as_str().map(str::to_owned);
    let got = app.get(&format!("/tasks/{task}")).await;
    assert!(!got.keys().contains(&"memberships"), "needs projects:read and project_sections:read");
    app.get(&format!("/projects/{project}"))
        .await
        .refused(403, "Your app is missing the required scopes: projects:read");
    assert_eq!(app.put(&format!("/tasks/{task}"), json!({"name": "u"})).await.status, 403);
    app.get(&format!("/projects/{project}/sections"))
        .await
        .refused(403, "This endpoint requires an app with full permissions.");
    let info = app.get("/openid_connect/userinfo").await;
    assert_eq!(info.body, json!({"sub": info.body["sub"], "name": "Upnext Bot"}));
    let id_token = tokens["id_token"].as_str().expect("an id token");
    assert_eq!(claims(id_token)["name"], "Upnext Bot");
    let found = app.get("/.well-known/openid-configuration").await;
    assert_eq!(found.body["token_endpoint"], format!("{}/-/oauth_token", root(&app)));
}
