//! `/portfolios`, read-only; a portfolio's field values are written on its projects.

use crate::request::Method;
use crate::wire::{CustomFieldSetting, Portfolio, Project};
use crate::{Client, Error, List};

/// Calls about portfolios. See [`Client::portfolios`].
#[derive(Clone, Copy, Debug)]
pub struct Portfolios<'c>(&'c Client);

impl Client {
    /// Calls about portfolios.
    pub fn portfolios(&self) -> Portfolios<'_> {
        Portfolios(self)
    }
}

impl Portfolios<'_> {
    /// One portfolio.
    ///
    /// # Errors
    /// As any read; `PaymentRequired` on plans without portfolios.
    pub async fn get(self, portfolio: &str, fields: &[&str]) -> Result<Portfolio, Error> {
        self.0.call(Method::Get, &["portfolios", portfolio]).fields(fields).send().await
    }

    /// The portfolios a person owns; ordinary tokens see only their own user's (`me`).
    pub fn owned_by(self, owner: &str, workspace: &str) -> List<Portfolio> {
        List::new(
            self.0.call(Method::Get, &["portfolios"]).query("workspace", workspace).query("owner", owner),
        )
    }

    /// Its projects, and portfolios within it (told apart by `resource_type`).
    pub fn items(self, portfolio: &str) -> List<Project> {
        List::new(self.0.call(Method::Get, &["portfolios", portfolio, "items"]))
    }

    /// The fields its items carry.
    pub fn custom_field_settings(self, portfolio: &str) -> List<CustomFieldSetting> {
        List::new(self.0.call(Method::Get, &["portfolios", portfolio, "custom_field_settings"]))
    }
}
