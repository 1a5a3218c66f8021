//! Apps, and what people allowed them: codes on their way and refresh tokens.

use super::{Gid, Principal, Token, World};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The client id of the app every world has that asks for everything.
pub const FULL_APP: &str = "1200000000000001";
/// The client id of the app every world has that asks for granular scopes.
pub const GRANULAR_APP: &str = "1200000000000002";
/// The secret of both.
pub const APP_SECRET: &str = "sandbox-secret";

/// Life of an access token.
pub(crate) const TOKEN_SECONDS: i64 = 3600;
/// Life of a code. Asana names none; this is RFC 6749's longest (4.1.2).
const CODE_SECONDS: i64 = 600;

/// A registered app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// Shown when a person is asked.
    pub name: String,
    /// Its secret.
    pub secret: String,
    /// Where it may send people back to; any address when empty.
    pub redirect_uris: Vec<String>,
    /// The granular scopes it is registered for; an app without is registered for full permissions.
    pub scopes: Option<Vec<String>>,
}

/// A code that was sent to an app and not yet turned into tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) redirect_uri: String,
    /// PKCE: the base64url SHA-256 of the verifier.
    pub(crate) challenge: Option<String>,
    /// Goes into the id token.
    #[serde(default)]
    pub(crate) nonce: Option<String>,
    pub(crate) expires_at: Timestamp,
}

/// What a person allowed an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) app: Gid,
    pub(crate) user: Gid,
    pub(crate) scopes: Option<Vec<String>>,
    /// Which of `openid`, `email` and `profile` were asked for.
    #[serde(default)]
    pub(crate) identity: Vec<String>,
}

impl World {
    /// Registers an app under a client id.
    pub fn add_app(&mut self, client_id: &str, app: App) {
        self.apps.insert(client_id.to_owned(), app);
    }

    /// The two apps of every world.
    pub(super) fn lay_out_apps(&mut self) {
        let app = |name: &str, scopes| App {
            name: name.to_owned(),
            secret: APP_SECRET.to_owned(),
            redirect_uris: Vec::new(),
            scopes,
        };
        self.add_app(FULL_APP, app("Sandbox App", None));
        self.add_app(GRANULAR_APP, app("Sandbox Granular App", Some(crate::scopes::all())));
    }

    /// A code for a grant.
    pub(crate) fn issue_code(
        &mut self,
        grant: Grant,
        redirect_uri: &str,
        (challenge, nonce): (Option<String>, Option<String>),
    ) -> String {
        let code = format!("0/{}", &self.secret()[..32]);
        let expires_at = self.in_seconds(CODE_SECONDS);
        self.codes.insert(
            code.clone(),
            Code { grant, redirect_uri: redirect_uri.to_owned(), challenge, nonce, expires_at },
        );
        code
    }

    /// An access token for a grant, for an hour.
    pub(crate) fn issue_access_token(&mut self, grant: &Grant) -> String {
        let token = format!("0/{}", &self.secret()[..32]);
        let known = Token {
            principal: Principal::OAuth,
            app: Some(grant.app.clone()),
            scopes: grant.scopes.clone(),
            expires_at: Some(self.in_seconds(TOKEN_SECONDS)),
            ..Token::personal(&grant.user)
        };
        self.tokens.insert(token.clone(), known);
        token
    }

    /// A refresh token for a grant; it lives until it is revoked.
    pub(crate) fn issue_refresh_token(&mut self, grant: Grant) -> String {
        let token = format!("1/{}", &self.secret()[..32]);
        self.refresh_tokens.insert(token.clone(), grant);
        token
    }

    /// Takes back a refresh token and the access tokens that came of it; answers whether there was one.
    pub(crate) fn revoke(&mut self, refresh_token: &str) -> bool {
        let Some(grant) = self.refresh_tokens.remove(refresh_token) else {
            return false;
        };
        self.tokens.retain(|_, token| token.app.as_ref() != Some(&grant.app) || token.user != grant.user);
        true
    }

    fn in_seconds(&self, seconds: i64) -> Timestamp {
        let now = self.now();
        now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now)
    }
}
