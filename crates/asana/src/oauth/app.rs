//! An app registered in Asana's developer console, and the four calls of the grant.
//!
//! One attempt per call: a code works once, and whoever refreshes knows better when to try again. These calls count against
//! no token's limits.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use reqwest::{StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::tokens::{Granted, Known};
use super::{Error, Tokens};
use crate::settings::{USER_AGENT, checked_url};
use crate::transport::http_client;

/// Longest time for one call.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Shows the code to the person instead of sending it to an address.
const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// An app and where it signs people in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    client_id: String,
    client_secret: SecretString,
    redirect_uri: String,
    base: Url,
    http: reqwest::Client,
}

/// A sign-in that was begun. Keep it until the person comes back, for them alone: whoever has it and the code is let in.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Where to send the person's browser.
    pub url: String,
    /// Comes back with the person; 43 characters.
    pub state: String,
    /// Proves that who exchanges the code is who began; never leaves us before that.
    pub verifier: SecretString,
    /// What was asked for.
    pub scopes: Vec<String>,
}

impl Pending {
    /// The code in what a person pasted: the code as Asana shows it, or the whole address they were sent back to, whose state
    /// must then be this one's.
    ///
    /// # Errors
    /// `WrongState`; what the address says went wrong.
    pub fn code(&self, pasted: &str) -> Result<String, Error> {
        let pasted = pasted.trim();
        let Some(address) = Url::parse(pasted).ok().filter(|url| url.query().is_some()) else {
            return Ok(pasted.to_owned());
        };
        let said: HashMap<_, _> = address.query_pairs().collect();
        if said.get("state").is_none_or(|state| *state != self.state) {
            return Err(Error::WrongState);
        }
        let error = || {
            let error = said.get("error").map_or("no code", AsRef::as_ref);
            Error::from_callback(error, said.get("error_description").map(AsRef::as_ref))
        };
        said.get("code").map(|code| code.clone().into_owned()).ok_or_else(error)
    }
}

impl App {
    /// An app with the id, secret and redirect address it is registered with. `base` is any address on Asana's server, such
    /// as [`DEFAULT_BASE_URL`](crate::DEFAULT_BASE_URL).
    ///
    /// # Errors
    /// `Settings`, naming the one that is wrong.
    pub fn new(
        client_id: &str,
        client_secret: impl Into<SecretString>,
        redirect_uri: &str,
        base: &str,
    ) -> Result<Self, crate::Error> {
        let base = checked_url("oauth.base", base)?;
        if redirect_uri != OUT_OF_BAND {
            checked_redirect(redirect_uri)?;
        }
        if client_id.trim().is_empty() {
            return Err(crate::Error::settings(
                "oauth.client_id",
                "is empty; the developer console shows it",
            ));
        }
        Ok(Self {
            client_id: client_id.trim().to_owned(),
            client_secret: client_secret.into(),
            redirect_uri: redirect_uri.to_owned(),
            http: http_client(USER_AGENT, TIMEOUT, &base)?,
            base,
        })
    }

    /// Begins a sign-in that asks for these scopes; none is Asana's default, full permissions. Sends nothing.
    ///
    /// # Errors
    /// `NoRandomness`.
    pub fn authorize_url<S: AsRef<str>>(&self, scopes: &[S]) -> Result<Pending, Error> {
        let (state, verifier) = (random()?, random()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let scopes: Vec<String> = scopes.iter().map(|scope| scope.as_ref().to_owned()).collect();
        let mut url = self.at("/-/oauth_authorize");
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("state", &state)
            .append_pair("code_challenge_method", "S256")
            .append_pair("code_challenge", &challenge);
        if !scopes.is_empty() {
            url.query_pairs_mut().append_pair("scope", &scopes.join(" "));
        }
        Ok(Pending { url: url.into(), state, verifier: verifier.into(), scopes })
    }

    /// Tokens for the code that came back together with `returned_state`. `now` is read before the call.
    ///
    /// # Errors
    /// `WrongState` before anything is sent; `CodeRefused` for a code that was used, has expired, or does not fit;
    /// `AppRefused`, `Network`, `Unavailable`, `Unexpected`.
    pub async fn exchange(
        &self,
        code: &str,
        pending: &Pending,
        returned_state: &str,
        now: Timestamp,
    ) -> Result<Tokens, Error> {
        if returned_state != pending.state {
            return Err(Error::WrongState);
        }
        let form = [
            ("grant_type", "authorization_code"),
            ("redirect_uri", &self.redirect_uri),
            ("code", code),
            ("code_verifier", pending.verifier.expose_secret()),
        ];
        let granted = self.token(&form, |message| Error::CodeRefused { message }).await?;
        granted.into_tokens(now, Known { scopes: pending.scopes.clone(), ..Known::default() })
    }

    /// A further access token. Asana keeps the refresh token as it is; if an answer ever brings another, that one counts
    /// from then on. `now` is read before the call.
    ///
    /// # Errors
    /// `SignInAgain` when the permission was taken back; `AppRefused`, `Network`, `Unavailable`, `Unexpected`.
    pub async fn refresh(&self, tokens: &Tokens, now: Timestamp) -> Result<Tokens, Error> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.expose_secret())];
        let granted = self.token(&form, |message| Error::SignInAgain { message }).await?;
        let known = Known {
            refresh: Some(tokens.refresh.clone()),
            scopes: tokens.scopes.clone(),
            user: tokens.user.clone(),
        };
        granted.into_tokens(now, known)
    }

    /// Gives the permission back: the refresh token and its access tokens end. A token that is unknown by now is no error.
    ///
    /// # Errors
    /// `AppRefused`, `Network`, `Unavailable`; `Unexpected` for what is no refresh token.
    pub async fn revoke(&self, refresh_token: &SecretString) -> Result<(), Error> {
        let form = [("token", refresh_token.expose_secret())];
        self.post("/-/oauth_revoke", &form, |message| Error::Unexpected { status: 400, message })
            .await
            .map(drop)
    }

    async fn token(&self, form: &[(&str, &str)], grant: fn(String) -> Error) -> Result<Granted, Error> {
        let body = self.post("/-/oauth_token", form, grant).await?;
        // What does not fit is not quoted: it holds tokens.
        let unknown = |_| Error::Unexpected { status: 200, message: "not the shape we know".to_owned() };
        serde_json::from_slice(&body).map_err(unknown)
    }

    async fn post(
        &self,
        path: &str,
        form: &[(&str, &str)],
        grant: fn(String) -> Error,
    ) -> Result<Vec<u8>, Error> {
        let app =
            [("client_id", self.client_id.as_str()), ("client_secret", self.client_secret.expose_secret())];
        let answer = self.http.post(self.at(path)).form(&[&app, form].concat()).send().await;
        let answer = answer.map_err(|e| Error::network(&e))?;
        let status = answer.status();
        tracing::debug!(path, status = status.as_u16(), "asana sign-in");
        let body = answer.bytes().await.map_err(|e| Error::network(&e))?;
        if status == StatusCode::OK {
            Ok(body.to_vec())
        } else {
            Err(Error::from_status(status.as_u16(), &body, grant))
        }
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

/// Codes come back over https, to this machine, or are shown. A query is fine here.
fn checked_redirect(address: &str) -> Result<(), crate::Error> {
    let without_query = address.split('?').next().unwrap_or_default();
    checked_url("oauth.redirect_uri", without_query).map(drop)
}

/// 32 random bytes, in the letters a URL may hold: 43 characters, as PKCE wants at least.
fn random() -> Result<String, Error> {
    let mut bytes = [0; 32];
    let source = rustls::crypto::ring::default_provider().secure_random;
    source.fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
