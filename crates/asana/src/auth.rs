//! The `Authorization` header.
//!
//! One header for all three kinds of token. It is marked sensitive, so HTTP libraries do not print it, and this
//! module's `Debug` does not either. It does not refresh OAuth tokens: whoever does calls `replace`.

use std::fmt;
use std::sync::RwLock;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::Error;

/// The current token as a ready header value.
pub(crate) struct Auth(RwLock<HeaderValue>);

impl Auth {
    pub(crate) fn new(token: &SecretString) -> Result<Self, Error> {
        Ok(Self(RwLock::new(header(token)?)))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub(crate) fn replace(&self, token: &SecretString) -> Result<(), Error> {
        let fresh = header(token)?;
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = fresh;
        Ok(())
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth(…)")
    }
}

fn header(token: &SecretString) -> Result<HeaderValue, Error> {
    let token = token.expose_secret().trim();
    if token.is_empty() {
        return Err(Error::settings("token", "is empty; make one in Asana's developer console"));
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| Error::settings("token", "holds characters no token has; paste it again"))?;
    value.set_sensitive(true);
    Ok(value)
}
