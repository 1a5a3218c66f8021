//! Memory of texts for finding: passages of attachments.
//!
//! Everything here is a copy of what Asana holds, kept so that only tasks that changed are read again; `forget` takes it
//! away. Deliberately not here: reading files, cutting passages, or comments (`comments`).

use crate::conn::{Arg, Tx, args, json};
use crate::{Store, StoreError};
use domain::{AttachmentGid, Digest, ProjectGid, TaskGid};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// One attachment of a task, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The attachment.
    pub gid: AttachmentGid,
    /// Its name.
    pub name: String,
    /// Of the bytes that were read; `None` when they were not.
    pub digest: Option<Digest>,
    /// Why it has no text, in words for people; `None` when it could be read.
    pub problem: Option<String>,
    /// Its text, in pieces of a few lines, in order.
    pub passages: Vec<String>,
}

/// The attachments of a task as of its last change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenAttachments {
    /// The task's `modified_at` when all of them were looked at; `None` when some are still to be read.
    pub modified_at: Option<Timestamp>,
    /// The attachments, by gid.
    pub attachments: Vec<Attachment>,
}

/// Tables of this file that have a row or more per task.
const OF_TASKS: [(&str, &str); 3] = [
    (
        "SELECT DISTINCT task FROM attachments WHERE project = $1",
        "DELETE FROM attachments WHERE project = $1 AND task IN",
    ),
    (
        "SELECT task FROM attachments_seen WHERE project = $1",
        "DELETE FROM attachments_seen WHERE project = $1 AND task IN",
    ),
    (
        "SELECT task FROM comments_found WHERE project = $1",
        "DELETE FROM comments_found WHERE project = $1 AND task IN",
    ),
];

impl Store {
    /// All that is remembered of a project's attachments.
    pub async fn attachments(
        &self,
        project: &ProjectGid,
    ) -> Result<HashMap<TaskGid, SeenAttachments>, StoreError> {
        let mut tx = self.read().await?;
        let seen = "SELECT task, modified_at FROM attachments_seen WHERE project = $1";
        let mut known: HashMap<TaskGid, SeenAttachments> = HashMap::new();
        for row in tx.rows(seen, args![project.as_str()]).await? {
            let modified_at = Some(row.time(1)?);
            known.insert(TaskGid::new(row.text(0)?), SeenAttachments { modified_at, attachments: vec![] });
        }
        let sql = "SELECT task, attachment, name, digest, problem, passages FROM attachments \
                   WHERE project = $1 ORDER BY task, attachment";
        for row in tx.rows(sql, args![project.as_str()]).await? {
            let attachment = Attachment {
                gid: AttachmentGid::new(row.text(1)?),
                name: row.text(2)?,
                digest: row.text_opt(3)?.map(Digest::from_hex),
                problem: row.text_opt(4)?,
                passages: row.json(5)?,
            };
            known.entry(TaskGid::new(row.text(0)?)).or_default().attachments.push(attachment);
        }
        tx.commit().await?;
        Ok(known)
    }

    /// Remembers the attachments of these tasks in place of what was remembered of them before, all or none.
    pub async fn remember_attachments(
        &self,
        project: &ProjectGid,
        seen: &[(TaskGid, SeenAttachments)],
    ) -> Result<(), StoreError> {
        let latest: HashMap<&TaskGid, &SeenAttachments> = seen.iter().map(|(task, s)| (task, s)).collect();
        let tasks: Vec<Arg> = latest.keys().map(|task| Arg::from(task.as_str())).collect();
        let row = |task: &TaskGid, a: &Attachment| {
            args![
                project.as_str(),
                task.as_str(),
                a.gid.as_str(),
                a.name.as_str(),
                a.digest.as_ref().map(Digest::as_str),
                a.problem.as_deref(),
                json(&a.passages)
            ]
        };
        let attachments = latest.iter().flat_map(|(task, s)| s.attachments.iter().map(|a| row(task, a)));
        let whole = latest
            .iter()
            .filter_map(|(task, s)| Some(args![project.as_str(), task.as_str(), s.modified_at?]));
        let (attachments, whole) = (attachments.collect(), whole.collect());
        let mut tx = self.write().await?;
        for (_, delete) in &OF_TASKS[..2] {
            tx.rows_in(delete, args![project.as_str()], tasks.clone()).await?;
        }
        let insert = "INSERT INTO attachments (project, task, attachment, name, digest, problem, passages)";
        tx.insert_rows(insert, attachments, "ON CONFLICT (project, task, attachment) DO NOTHING").await?;
        tx.insert_rows("INSERT INTO attachments_seen (project, task, modified_at)", whole, "").await?;
        tx.commit().await
    }

    /// Notes that nothing but our own write moved these tasks from one `modified_at` to another.
    pub async fn attachments_untouched(
        &self,
        project: &ProjectGid,
        moved: &[(TaskGid, Timestamp, Timestamp)],
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE attachments_seen SET modified_at = $4 \
                   WHERE project = $1 AND task = $2 AND modified_at = $3";
        for (task, from, to) in moved {
            tx.exec(sql, args![project.as_str(), task.as_str(), *from, *to]).await?;
        }
        tx.commit().await
    }

    /// Forgets what this file keeps of tasks that are no longer among `present`; says of how many.
    pub async fn forget_absent(
        &self,
        project: &ProjectGid,
        present: &BTreeSet<TaskGid>,
    ) -> Result<usize, StoreError> {
        let mut tx = self.write().await?;
        let mut gone = BTreeSet::new();
        for (select, delete) in OF_TASKS {
            let absent = absent(&mut tx, select, project, present).await?;
            let keys = absent.iter().map(|task| Arg::from(task.as_str())).collect();
            tx.rows_in(delete, args![project.as_str()], keys).await?;
            gone.extend(absent);
        }
        tx.commit().await?;
        Ok(gone.len())
    }
}

async fn absent(
    tx: &mut Tx,
    select: &'static str,
    project: &ProjectGid,
    present: &BTreeSet<TaskGid>,
) -> Result<Vec<TaskGid>, StoreError> {
    let rows = tx.rows(select, args![project.as_str()]).await?;
    let tasks = rows.iter().map(|row| row.text(0).map(TaskGid::new)).collect::<Result<Vec<_>, _>>()?;
    Ok(tasks.into_iter().filter(|task| !present.contains(task)).collect())
}
