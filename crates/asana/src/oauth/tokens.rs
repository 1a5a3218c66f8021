//! What a person's permission consists of. `Debug` hides the secrets, and nothing serialises them by accident.

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Error;
use crate::wire::User;

/// Life of an access token when the answer does not tell: what Asana's documentation says, in seconds.
const USUAL_SECONDS: i64 = 3_600;

/// An access token, what renews it, and whose they are.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Goes with every call.
    pub access: SecretString,
    /// Gets further access tokens until the person takes the permission back.
    pub refresh: SecretString,
    /// When the access token ends, by the clock that was given.
    pub expires_at: Timestamp,
    /// What was asked for; `default` stands for everything the person may do.
    pub scopes: Vec<String>,
    /// Who let the app in: gid, name and e-mail address.
    pub user: User,
}

/// The form that is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    access: String,
    refresh: String,
    expires_at: Timestamp,
    scopes: Vec<String>,
    user: User,
}

impl Tokens {
    /// Everything, secrets included, as JSON: to be encrypted and kept. There is no other way to write tokens down.
    pub fn to_secret_json(&self) -> SecretString {
        let kept = Kept {
            access: self.access.expose_secret().to_owned(),
            refresh: self.refresh.expose_secret().to_owned(),
            expires_at: self.expires_at,
            scopes: self.scopes.clone(),
            user: self.user.clone(),
        };
        // Strings, a list and a record of strings: there is nothing in it that JSON cannot hold.
        serde_json::to_string(&kept).unwrap_or_default().into()
    }

    /// What [`Self::to_secret_json`] wrote.
    ///
    /// # Errors
    /// `Unreadable` for anything else.
    pub fn from_secret_json(json: &SecretString) -> Result<Self, Error> {
        let kept: Kept = serde_json::from_str(json.expose_secret()).map_err(|_| Error::Unreadable)?;
        Ok(Self {
            access: kept.access.into(),
            refresh: kept.refresh.into(),
            expires_at: kept.expires_at,
            scopes: kept.scopes,
            user: kept.user,
        })
    }
}

/// The answer of the token endpoint.
#[derive(Deserialize)]
pub(super) struct Granted {
    access_token: String,
    expires_in: Option<i64>,
    /// Left out by a refresh that leaves it as it is.
    refresh_token: Option<String>,
    scope: Option<String>,
    data: Option<Person>,
}

/// Asana's own addition. Ids were numbers once, and `id` is all that its documentation names.
#[derive(Deserialize)]
struct Person {
    gid: Option<String>,
    #[serde(default)]
    id: Value,
    name: Option<String>,
    email: Option<String>,
}

impl Granted {
    /// The tokens of an answer to a request sent at `now`; what it leaves out stays as it was.
    pub(super) fn into_tokens(self, now: Timestamp, known: Known) -> Result<Tokens, Error> {
        let refresh = self.refresh_token.map(SecretString::from).or(known.refresh);
        let missing = || Error::Unexpected { status: 200, message: "there is no refresh_token".to_owned() };
        let life = SignedDuration::from_secs(self.expires_in.unwrap_or(USUAL_SECONDS));
        Ok(Tokens {
            access: self.access_token.into(),
            refresh: refresh.ok_or_else(missing)?,
            expires_at: now.saturating_add(life).unwrap_or(now),
            scopes: self
                .scope
                .map_or(known.scopes, |scope| scope.split_whitespace().map(str::to_owned).collect()),
            user: self.data.map_or(known.user, Person::into_user),
        })
    }
}

/// What is known before the answer.
#[derive(Default)]
pub(super) struct Known {
    pub(super) refresh: Option<SecretString>,
    pub(super) scopes: Vec<String>,
    pub(super) user: User,
}

impl Person {
    fn into_user(self) -> User {
        let id = match self.id {
            Value::String(id) => id,
            Value::Number(id) => id.to_string(),
            _ => String::new(),
        };
        User { gid: self.gid.unwrap_or(id), name: self.name, email: self.email, ..User::default() }
    }
}
