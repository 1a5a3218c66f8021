//! Views of a ranking that people keep: a name for what they look at again and again, for everybody who sees the project.
//!
//! Deliberately not here: what a query means.

use crate::conn::{Row, args};
use crate::{Store, StoreError};
use domain::ProjectGid;
use jiff::Timestamp;
use serde::Serialize;

/// A kept view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SavedView {
    /// Its name, once a project.
    pub name: String,
    /// The query of the ranking's address, as `band=P0&sort=due`.
    pub query: String,
    /// Who keeps it.
    pub made_by: String,
    /// Since when.
    pub made_at: Timestamp,
}

impl Store {
    /// The views of a project, oldest first.
    pub async fn saved_views(&self, project: &ProjectGid) -> Result<Vec<SavedView>, StoreError> {
        let sql = "SELECT name, query, made_by, made_at FROM web_views WHERE project = $1 ORDER BY seq";
        let view = |row: &Row| {
            Ok(SavedView {
                name: row.text(0)?,
                query: row.text(1)?,
                made_by: row.text(2)?,
                made_at: row.time(3)?,
            })
        };
        self.rows(sql, args![project.as_str()]).await?.iter().map(view).collect()
    }

    /// Keeps a view in the place of one of the same name; false when the project has `most` others already.
    pub async fn save_view(
        &self,
        project: &ProjectGid,
        view: &SavedView,
        most: u32,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let others = tx
            .rows(
                "SELECT COUNT(*) FROM web_views WHERE project = $1 AND name <> $2",
                args![project.as_str(), view.name.as_str()],
            )
            .await?;
        let others = others.first().map_or(Ok(0), |row| row.count(0))?;
        if others >= u64::from(most) {
            return Ok(false);
        }
        tx.exec(
            "INSERT INTO web_views (project, name, query, made_by, made_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (project, name) DO UPDATE SET query = excluded.query, made_by = excluded.made_by, \
             made_at = excluded.made_at",
            args![
                project.as_str(),
                view.name.as_str(),
                view.query.as_str(),
                view.made_by.as_str(),
                view.made_at
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Forgets a view; false when there is none.
    pub async fn forget_view(&self, project: &ProjectGid, name: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM web_views WHERE project = $1 AND name = $2";
        Ok(self.change(sql, args![project.as_str(), name]).await? == 1)
    }
}
