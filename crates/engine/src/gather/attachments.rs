//! Texts of attachments: only where the policy says so, only of tasks that changed since, only files kept at Asana.
//!
//! A task's list of attachments is one request; a file whose text is known is not asked for again. Each file is parsed by
//! `extract` in a process of its own. What cannot be read is remembered with the reason, what failed by chance is tried again
//! by the next run, and neither stops anything. Work is remembered every few tasks, so that a run that is killed loses little.
//! Deliberately not here: what the texts are good for. Known limit: a task's files are looked at once for each change of the
//! task, whatever changed.

use super::texts::TaskText;
use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use domain::{AttachmentGid, Digest, ProjectGid, TaskGid};
use futures_util::{StreamExt, stream};
use judge::learn::retrieval::passages;
use serde::Serialize;
use std::collections::HashMap;
use store::{Attachment, SeenAttachments};

/// Lists in flight; Asana allows 50 reads.
const LISTS_AT_ONCE: usize = 20;
/// Files in flight, each with its content in memory and a process.
const FILES_AT_ONCE: usize = 4;
/// Tasks after which what was read is remembered.
const CHUNK: usize = 40;
/// Asana's own word for files it keeps itself.
const AT_ASANA: &str = "asana";

const FIELDS: [&str; 6] = ["name", "host", "resource_subtype", "size", "created_at", "download_url"];

/// An attachment without text, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Unread {
    /// The task it is on.
    pub task: TaskGid,
    /// Its name; empty when the whole list could not be read.
    pub name: String,
    /// Why.
    pub why: String,
}

/// What is known of a project's attachments.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) of: HashMap<TaskGid, Vec<Attachment>>,
    /// What failed by chance and is tried again next time.
    pub(crate) failed: Vec<Unread>,
}

/// What was found out about one task.
struct Looked {
    task: TaskGid,
    seen: SeenAttachments,
    failed: Vec<Unread>,
}

/// Reads what is new and answers all that is known; nothing at all when the policy does not allow it.
pub(crate) async fn read_attachments(
    engine: &Engine,
    project: &ProjectGid,
    tasks: &[TaskText],
) -> Result<Files, EngineError> {
    let mut files = Files::default();
    if !engine.policy.read_attachments {
        return Ok(files);
    }
    let mut known = engine.store.attachments(project).await?;
    let is_stale =
        |task: &&TaskText| known.get(&task.gid).and_then(|seen| seen.modified_at) != Some(task.modified_at);
    let stale: Vec<&TaskText> = tasks.iter().filter(is_stale).collect();
    engine.stage("reading attachments", stale.len());
    for chunk in stale.chunks(CHUNK) {
        let lists = stream::iter(chunk.iter().map(|task| list(engine, task))).buffer_unordered(LISTS_AT_ONCE);
        let lists: Vec<_> = lists.collect().await;
        let mut looked = vec![];
        for (task, listed) in lists {
            match listed {
                Ok(listed) => looked.push((task, listed)),
                Err(error) if error.needs_sign_in() => return Err(error.into()),
                Err(error) => files.failed.push(unread(&task.gid, "", error.to_string())),
            }
        }
        let looks = looked.into_iter().map(|(task, listed)| look(engine, task, listed, known.get(&task.gid)));
        let looked: Vec<Looked> = stream::iter(looks).buffer_unordered(FILES_AT_ONCE).collect().await;
        let fresh: Vec<(TaskGid, SeenAttachments)> =
            looked.iter().map(|look| (look.task.clone(), look.seen.clone())).collect();
        engine.store.remember_attachments(project, &fresh).await?;
        known.extend(fresh);
        files.failed.extend(looked.into_iter().flat_map(|look| look.failed));
        engine.step(chunk.len());
    }
    files.of = known.into_iter().map(|(task, seen)| (task, seen.attachments)).collect();
    Ok(files)
}

/// A task's attachments, the latest first; of one moment, what Asana lists last.
async fn list<'t>(
    engine: &Engine,
    task: &'t TaskText,
) -> (&'t TaskText, Result<Vec<wire::Attachment>, asana::Error>) {
    let listed = engine.asana.attachments().of(task.gid.as_str()).fields(&FIELDS).collect_all().await;
    let listed = match listed {
        // Deleted since the tasks were listed.
        Err(asana::Error::NotFound { .. }) => Ok(vec![]),
        listed => listed,
    };
    let latest_first = |mut list: Vec<wire::Attachment>| {
        list.reverse();
        list.sort_by_key(|file| std::cmp::Reverse(file.created_at));
        list
    };
    (task, listed.map(latest_first))
}

/// Reads the files of one task that are not known yet.
async fn look(
    engine: &Engine,
    task: &TaskText,
    listed: Vec<wire::Attachment>,
    known: Option<&SeenAttachments>,
) -> Looked {
    let mut attachments = vec![];
    let mut failed = vec![];
    for (nth, file) in listed.iter().enumerate() {
        let before = known.into_iter().flat_map(|seen| &seen.attachments);
        let mut of_bytes = before.filter(|kept| kept.digest.is_some());
        if let Some(kept) = of_bytes.find(|kept| kept.gid.as_str() == file.gid) {
            attachments.push(Attachment { name: name(file), ..kept.clone() });
            continue;
        }
        match read_file(engine, file, nth).await {
            Ok(attachment) => attachments.push(attachment),
            Err(why) => failed.push(unread(&task.gid, &name(file), why)),
        }
    }
    let modified_at = failed.is_empty().then_some(task.modified_at);
    Looked { task: task.gid.clone(), seen: SeenAttachments { modified_at, attachments }, failed }
}

/// One file; an error is a failure by chance.
async fn read_file(engine: &Engine, file: &wire::Attachment, nth: usize) -> Result<Attachment, String> {
    let mut attachment = Attachment {
        gid: AttachmentGid::new(&*file.gid),
        name: name(file),
        digest: None,
        problem: kept_away(engine, file, nth),
        passages: vec![],
    };
    if attachment.problem.is_some() {
        return Ok(attachment);
    }
    let bytes = match download(engine, file).await {
        Ok(bytes) => bytes,
        Err(error) if error.is_retryable_later() => return Err(error.to_string()),
        Err(error) => return Ok(Attachment { problem: Some(error.to_string()), ..attachment }),
    };
    attachment.digest = Some(Digest::of_bytes(&bytes));
    match engine.reader.read(&attachment.name, &bytes).await {
        Ok(found) => {
            attachment.passages = passages(&found.text);
            attachment.problem = attachment.passages.is_empty().then(|| "there is no text in it".to_owned());
        }
        Err(problem) if problem.is_of_the_file() => attachment.problem = Some(problem.to_string()),
        Err(problem) => return Err(problem.to_string()),
    }
    Ok(attachment)
}

/// Why a file is not even asked for.
fn kept_away(engine: &Engine, file: &wire::Attachment, nth: usize) -> Option<String> {
    let policy = &engine.policy;
    let host = file.host.as_deref().or(file.resource_subtype.as_deref()).unwrap_or("an unknown place");
    let size = file.size.unwrap_or(0);
    if host != AT_ASANA {
        return Some(format!("it is kept at {host}, not at Asana"));
    }
    if nth >= policy.attachments_per_task {
        return Some(format!(
            "its task has more than {} attachments, and later ones",
            policy.attachments_per_task
        ));
    }
    (size > policy.attachments_max_bytes as u64)
        .then(|| format!("it has {size} bytes, and the policy allows {}", policy.attachments_max_bytes))
}

/// The content. An address that has expired while other files were read is asked for once more.
async fn download(engine: &Engine, file: &wire::Attachment) -> Result<Vec<u8>, asana::Error> {
    let most = engine.policy.attachments_max_bytes;
    match engine.asana.attachments().download(file, most).await {
        Err(asana::Error::Unexpected { status: 403, .. }) => {
            let fresh = engine.asana.attachments().get(&file.gid, &FIELDS).await?;
            engine.asana.attachments().download(&fresh, most).await
        }
        read => read,
    }
}

fn name(file: &wire::Attachment) -> String {
    file.name.clone().unwrap_or_default()
}

fn unread(task: &TaskGid, name: &str, why: String) -> Unread {
    Unread { task: task.clone(), name: name.to_owned(), why }
}
