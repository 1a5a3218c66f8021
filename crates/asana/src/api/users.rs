//! `/users`.

use crate::request::Method;
use crate::wire::User;
use crate::{Client, Error, List};

/// Calls about people. See [`Client::users`].
#[derive(Clone, Copy, Debug)]
pub struct Users<'c>(&'c Client);

impl Client {
    /// Calls about people.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }
}

impl Users<'_> {
    /// The token's user.
    ///
    /// # Errors
    /// As any read; `Unauthorized` when the token is not good.
    pub async fn me(self, fields: &[&str]) -> Result<User, Error> {
        self.get("me", fields).await
    }

    /// A user by gid or e-mail address.
    ///
    /// # Errors
    /// As any read.
    pub async fn get(self, user: &str, fields: &[&str]) -> Result<User, Error> {
        self.0.call(Method::Get, &["users", user]).fields(fields).send().await
    }

    /// The people of a team.
    pub fn in_team(self, team: &str) -> List<User> {
        List::new(self.0.call(Method::Get, &["teams", team, "users"]))
    }

    /// The people of a workspace, guests included.
    pub fn in_workspace(self, workspace: &str) -> List<User> {
        List::new(self.0.call(Method::Get, &["workspaces", workspace, "users"]))
    }
}
