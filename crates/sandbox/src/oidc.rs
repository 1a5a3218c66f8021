//! OpenID Connect: discovery, who a token is, and id tokens.
//!
//! Different from Asana on purpose: id tokens are signed with HS256 and the app's secret, so that nothing has to be kept
//! but that secret. Discovery says so, and the list of public keys is empty.

use crate::error::Failure;
use crate::http::PREFIX;
use crate::scopes;
use crate::world::{Grant, TOKEN_SECONDS, Token, User, World};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// Where the other endpoints are, and what they can do.
pub(crate) fn discovery(base: &str) -> Value {
    let root = base.strip_suffix(PREFIX).unwrap_or(base);
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{root}/-/oauth_authorize"),
        "token_endpoint": format!("{root}/-/oauth_token"),
        "revocation_endpoint": format!("{root}/-/oauth_revoke"),
        "userinfo_endpoint": format!("{base}/openid_connect/userinfo"),
        "jwks_uri": format!("{base}/openid_connect/keys"),
        "response_types_supported": ["code", "id_token", "code id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "name", "email", "email_verified"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": scopes::all(),
    })
}

/// The public keys: none, as the app's secret is the key.
pub(crate) fn keys() -> Value {
    json!({ "keys": [] })
}

/// Who a token is; name and address as far as its scopes go.
pub(crate) fn user_info(world: &World, token: &Token) -> Result<Value, Failure> {
    let user = &world.users[&token.user];
    let may =
        |scope: &str| token.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|known| known == scope));
    if !["openid", "email", "profile"].into_iter().any(may) {
        return Err(Failure::forbidden("Your app is missing the required scopes: openid, email or profile"));
    }
    Ok(claims(&token.user, user, may))
}

fn claims(gid: &str, user: &User, may: impl Fn(&str) -> bool) -> Value {
    let mut claims = json!({ "sub": gid });
    if may("profile") {
        claims["name"] = json!(user.name);
    }
    if may("email") {
        claims["email"] = json!(user.email);
        claims["email_verified"] = json!(true);
    }
    claims
}

/// A signed statement of who allowed an app, for an hour.
pub(crate) fn id_token(world: &World, base: &str, grant: &Grant, nonce: Option<&str>) -> String {
    let may = |scope: &str| grant.identity.iter().any(|known| known == scope);
    let mut claims = claims(&grant.user, &world.users[&grant.user], may);
    let now = world.now().as_second();
    claims["iss"] = json!(base);
    claims["aud"] = json!(grant.app);
    claims["iat"] = json!(now);
    claims["exp"] = json!(now + TOKEN_SECONDS);
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    let secret = world.apps.get(&grant.app).map_or("", |app| app.secret.as_str());
    signed(&json!({ "alg": "HS256", "typ": "JWT" }), &claims, secret)
}

/// `header.claims.signature`, each in base64url.
fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let body = format!("{}.{}", encoded(header), encoded(claims));
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new(); // HMAC takes keys of every length
    };
    mac.update(body.as_bytes());
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
