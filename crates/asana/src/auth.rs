//! The `Authorization` header, and where its token comes from.
//!
//! One header for all kinds of token. It is marked sensitive, so HTTP libraries do not print it, and this module's `Debug`
//! does not either. It knows nothing of expiry: a [`TokenSource`] does.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::{Error, oauth};

/// What a client carries: a token that stays, or somebody who gives one for each call.
#[derive(Clone, Debug)]
pub enum Token {
    /// A personal access token, a service account's, or an access token that nobody renews.
    Fixed(SecretString),
    /// For tokens that expire, such as an [`oauth::Session`]'s.
    Source(TokenSource),
}

impl From<SecretString> for Token {
    fn from(token: SecretString) -> Self {
        Self::Fixed(token)
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self::Fixed(token.into())
    }
}

impl From<&str> for Token {
    fn from(token: &str) -> Self {
        Self::Fixed(token.into())
    }
}

impl From<TokenSource> for Token {
    fn from(source: TokenSource) -> Self {
        Self::Source(source)
    }
}

/// Which token is wanted.
#[derive(Clone, Debug)]
pub enum Need {
    /// One that is valid now.
    Valid,
    /// Asana refused this one with a 401: another. Giving the same again makes the call fail.
    InsteadOf(SecretString),
}

type Giving = Pin<Box<dyn Future<Output = Result<SecretString, oauth::Error>> + Send>>;

/// A function that gives tokens. It is asked before every attempt of every call, at the same time by many, so it should
/// have its answer ready most of the time and refresh only once for all that ask.
#[derive(Clone)]
pub struct TokenSource(Arc<dyn Fn(Need) -> Giving + Send + Sync>);

impl TokenSource {
    /// Wraps the function.
    pub fn new<F>(give: impl Fn(Need) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<SecretString, oauth::Error>> + Send + 'static,
    {
        Self(Arc::new(move |need| Box::pin(give(need))))
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSource")
    }
}

/// Where the headers come from.
#[derive(Debug)]
pub(crate) enum Auth {
    Fixed(RwLock<Bearer>),
    Source(TokenSource),
}

/// A token, ready to be sent.
#[derive(Clone)]
pub(crate) struct Bearer {
    pub(crate) header: HeaderValue,
    pub(crate) token: SecretString,
}

impl Auth {
    pub(crate) fn new(token: Token) -> Result<Self, Error> {
        Ok(match token {
            Token::Fixed(token) => Self::Fixed(RwLock::new(checked(&token)?)),
            Token::Source(source) => Self::Source(source),
        })
    }

    /// Whether there may be another token when one is refused.
    pub(crate) fn renews(&self) -> bool {
        matches!(self, Self::Source(_))
    }

    pub(crate) async fn bearer(&self, need: Need) -> Result<Bearer, oauth::Error> {
        match self {
            Self::Fixed(bearer) => Ok(bearer.read().unwrap_or_else(PoisonError::into_inner).clone()),
            Self::Source(source) => {
                let token = (source.0)(need).await?;
                Bearer::new(&token)
                    .map_err(|problem| oauth::Error::Source { reason: format!("the token {problem}") })
            }
        }
    }

    pub(crate) fn replace(&self, token: &SecretString) -> Result<(), Error> {
        let Self::Fixed(bearer) = self else {
            return Err(Error::settings("token", "comes from a source, which gives the next one itself"));
        };
        let fresh = checked(token)?;
        *bearer.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(…)")
    }
}

impl Bearer {
    fn new(token: &SecretString) -> Result<Self, &'static str> {
        let text = token.expose_secret().trim();
        if text.is_empty() {
            return Err("is empty; make one in Asana's developer console");
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {text}"))
            .map_err(|_| "holds characters no token has; paste it again")?;
        header.set_sensitive(true);
        Ok(Self { header, token: token.clone() })
    }
}

fn checked(token: &SecretString) -> Result<Bearer, Error> {
    Bearer::new(token).map_err(|problem| Error::settings("token", problem))
}
