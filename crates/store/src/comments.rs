//! Memory of comments, so that only tasks that changed have their stories read again: of those a groom read, and apart from
//! them of those that were read only to be found.
//!
//! Known limit: what was remembered of a task stays after the task has left the project.

use crate::conn::{args, json};
use crate::{Store, StoreError};
use domain::{Comment, ProjectGid, TaskGid};
use jiff::Timestamp;
use std::collections::HashMap;

/// The comments of a task as of its last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenComments {
    /// The task's `modified_at` when they were read.
    pub modified_at: Timestamp,
    /// The comments, oldest first.
    pub comments: Vec<Comment>,
}

impl Store {
    /// All that is remembered of a project's comments.
    pub async fn comments(&self, project: &ProjectGid) -> Result<HashMap<TaskGid, SeenComments>, StoreError> {
        self.seen("SELECT task, modified_at, body FROM comments WHERE project = $1", project).await
    }

    /// Remembers the comments of these tasks in place of what was remembered before, all or none.
    pub async fn remember_comments(
        &self,
        project: &ProjectGid,
        seen: &[(TaskGid, SeenComments)],
    ) -> Result<(), StoreError> {
        self.remember("INSERT INTO comments (project, task, modified_at, body)", project, seen).await
    }

    /// The comments that were read only to be found, by task.
    pub async fn found_comments(
        &self,
        project: &ProjectGid,
    ) -> Result<HashMap<TaskGid, SeenComments>, StoreError> {
        self.seen("SELECT task, modified_at, body FROM comments_found WHERE project = $1", project).await
    }

    /// Remembers comments that were read only to be found. A groom does not take them for read: it also wants to know who
    /// changed which field.
    pub async fn remember_found_comments(
        &self,
        project: &ProjectGid,
        seen: &[(TaskGid, SeenComments)],
    ) -> Result<(), StoreError> {
        self.remember("INSERT INTO comments_found (project, task, modified_at, body)", project, seen).await
    }

    async fn seen(
        &self,
        sql: &'static str,
        project: &ProjectGid,
    ) -> Result<HashMap<TaskGid, SeenComments>, StoreError> {
        let rows = self.rows(sql, args![project.as_str()]).await?;
        rows.iter()
            .map(|row| {
                let seen = SeenComments { modified_at: row.time(1)?, comments: row.json(2)? };
                Ok((TaskGid::new(row.text(0)?), seen))
            })
            .collect()
    }

    async fn remember(
        &self,
        insert: &'static str,
        project: &ProjectGid,
        seen: &[(TaskGid, SeenComments)],
    ) -> Result<(), StoreError> {
        let latest: HashMap<&TaskGid, &SeenComments> = seen.iter().map(|(task, s)| (task, s)).collect();
        let row = |(task, s): (&TaskGid, &SeenComments)| {
            args![project.as_str(), task.as_str(), s.modified_at, json(&s.comments)]
        };
        let mut tx = self.write().await?;
        tx.insert_rows(
            insert,
            latest.into_iter().map(row).collect(),
            "ON CONFLICT (project, task) DO UPDATE SET modified_at = excluded.modified_at, body = excluded.body",
        )
        .await?;
        tx.commit().await
    }
}
