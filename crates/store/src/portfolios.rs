//! Which projects the portfolios hold that rules about phases name, as last read from Asana.
//!
//! What cannot be read any more stays as it was; what never could be read is known to be unknown. Deliberately not here: reading, and
//! what a rule means (`engine`).

use crate::conn::{Row, args, json};
use crate::{Store, StoreError};
use domain::{PortfolioGid, ProjectGid};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A portfolio as last read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldProjects {
    /// Its projects; none when it could never be read.
    pub projects: Option<BTreeSet<ProjectGid>>,
    /// When it was last asked for.
    pub read_at: Timestamp,
}

impl Store {
    /// Every portfolio that was ever asked for.
    pub async fn held_by_portfolios(&self) -> Result<BTreeMap<PortfolioGid, HeldProjects>, StoreError> {
        let rows = self.rows("SELECT portfolio, projects, read_at FROM portfolios", vec![]).await?;
        let one = |row: &Row| {
            let projects = row.text_opt(1)?.map(|_| row.json(1)).transpose()?;
            Ok((PortfolioGid::new(row.text(0)?), HeldProjects { projects, read_at: row.time(2)? }))
        };
        rows.iter().map(one).collect()
    }

    /// Keeps what a portfolio holds; nothing where it could not be read, in which case what was known stays.
    pub async fn keep_portfolio(
        &self,
        portfolio: &PortfolioGid,
        projects: Option<&BTreeSet<ProjectGid>>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let projects = projects.map(json);
        let sql = "INSERT INTO portfolios (portfolio, projects, read_at) VALUES ($1, $2, $3) ON CONFLICT (portfolio) \
                   DO UPDATE SET projects = COALESCE(excluded.projects, portfolios.projects), read_at = excluded.read_at";
        self.change(sql, args![portfolio.as_str(), projects.as_deref(), at]).await.map(drop)
    }
}
