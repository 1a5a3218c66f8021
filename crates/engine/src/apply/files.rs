//! Files of ours on tasks: attached, and taken away again.
//!
//! Asana cannot change a file: a new one is attached first and the ones it replaces are deleted then, so that there is always one.
//! Only files that the journal knows as ours are ever deleted. Deliberately not here: what is in them.

use super::{Work, ending};
use crate::context::Engine;
use asana::wire::Attachment;
use domain::{ActionId, AttachmentGid, Outcome, OutcomeKind, TaskGid};

const TRIES: usize = 3;

/// Files of that name and size on a task that are not among those to be replaced, oldest first.
pub(crate) async fn find_file(
    engine: &Engine,
    task: &TaskGid,
    (name, content): (&str, &str),
    replaces: &[AttachmentGid],
) -> Result<Vec<Attachment>, asana::Error> {
    let fields = ["name", "size", "created_at"];
    let mut files = engine.asana.attachments().of(task.as_str()).fields(&fields).collect_all().await?;
    files.retain(|file| {
        file.name.as_deref() == Some(name)
            && file.size == Some(content.len() as u64)
            && !replaces.iter().any(|old| old.as_str() == file.gid)
    });
    files.sort_by_key(|file| file.created_at);
    Ok(files)
}

impl Work<'_> {
    pub(super) async fn attach_file(
        &self,
        id: &ActionId,
        task: &TaskGid,
        (name, content): (&str, &str),
        replaces: &[AttachmentGid],
    ) -> Outcome {
        let mut last = OutcomeKind::AlreadySo;
        for attempt in 0..TRIES {
            // The plan was made from a list without it: look only when an attempt may have landed.
            if attempt > 0 || self.outcomes.contains_key(id) {
                match find_file(self.engine, task, (name, content), replaces).await {
                    Ok(files) => {
                        if let Some(file) = files.first() {
                            return self.attached(id, &file.gid, replaces).await;
                        }
                    }
                    Err(error) => return self.outcome(id, ending::of_error(&error)),
                }
            }
            match self.engine.asana.attachments().upload(task.as_str(), name, content.as_bytes()).await {
                Ok(file) => return self.attached(id, &file.gid, replaces).await,
                Err(asana::Error::MayHaveLanded { reason, .. }) => {
                    last = OutcomeKind::Unreachable { message: reason };
                }
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            }
        }
        self.outcome(id, last)
    }

    /// The new file is there: the old ones go.
    async fn attached(&self, id: &ActionId, file: &str, replaces: &[AttachmentGid]) -> Outcome {
        for old in replaces {
            match self.engine.asana.attachments().delete(old.as_str()).await {
                Ok(()) | Err(asana::Error::NotFound { .. }) => {}
                // The next run finds it in the journal and tries again.
                Err(error) => tracing::warn!(file = %old, %error, "a replaced file could not be deleted"),
            }
        }
        let attachment = Some(AttachmentGid::new(file));
        Outcome { attachment, made: true, ..self.outcome(id, OutcomeKind::Done) }
    }

    /// Undo: takes our file away while it still has its name.
    pub(super) async fn delete_file(&self, id: &ActionId, file: &AttachmentGid, name: &str) -> Outcome {
        let attachments = self.engine.asana.attachments();
        match attachments.get(file.as_str(), &["name"]).await {
            Ok(now) if now.name.as_deref() == Some(name) => {}
            Ok(now) => {
                let found = now.name.unwrap_or_default();
                return self.outcome(id, OutcomeKind::Conflict { what: "our file".into(), found });
            }
            Err(asana::Error::NotFound { .. }) => return self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => return self.outcome(id, ending::of_error(&error)),
        }
        match attachments.delete(file.as_str()).await {
            Ok(()) => self.outcome(id, OutcomeKind::Done),
            Err(asana::Error::NotFound { .. }) => self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }
}
