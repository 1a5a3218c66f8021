//! Tokens: who a call acts as, and how far it may go.

use super::{Gid, World};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What kind of caller a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// A person's own token: all that the person may do.
    #[default]
    PersonalAccessToken,
    /// Given to an app by a person.
    #[serde(rename = "oauth", alias = "o_auth")]
    OAuth,
    /// A service account of an organization.
    ServiceAccount,
}

/// What a bearer token stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Who it acts as.
    pub user: Gid,
    /// What kind of caller.
    pub principal: Principal,
    /// The app it was given to.
    pub app: Option<String>,
    /// Granular scopes; without any, everything the user may do.
    pub scopes: Option<Vec<String>>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// A personal access token.
    #[must_use]
    pub fn personal(user: &str) -> Self {
        Self {
            user: user.to_owned(),
            principal: Principal::PersonalAccessToken,
            app: None,
            scopes: None,
            expires_at: None,
        }
    }
}

impl World {
    /// Lets `token` act as `user`, as a personal access token does.
    pub fn add_token(&mut self, token: &str, user: &str) {
        self.tokens.insert(token.to_owned(), Token::personal(user));
    }

    /// Lets `token` act as a service account.
    pub fn add_service_account(&mut self, token: &str, user: &str) {
        let account = Token { principal: Principal::ServiceAccount, ..Token::personal(user) };
        self.tokens.insert(token.to_owned(), account);
    }
}
