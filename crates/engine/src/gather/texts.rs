//! What people wrote on the tasks of a project, open and done: names, descriptions, comments, and files where allowed.
//!
//! For finding, not for judging. Comments a groom has read count; others are read once for each change of their task and
//! remembered apart, because a groom also wants to know who changed which field. Upnext's own comments and fields are no part
//! of it. What is remembered of tasks that left the project is forgotten. Deliberately not here: finding (`judge`).

use super::attachments::{Files, read_attachments};
use super::convert::to_comment;
use super::stories::{is_comment, may_have_stories};
use crate::context::{Engine, project_error};
use crate::error::EngineError;
use asana::wire;
use domain::{Comment, Project, ProjectGid, TaskGid};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::SeenComments;

/// Stories of one task are a request; Asana allows 50 reads in flight.
const AT_ONCE: usize = 20;
/// Tasks after which what was read is remembered.
const CHUNK: usize = 200;

const TASK_FIELDS: [&str; 6] =
    ["name", "notes", "resource_subtype", "created_at", "modified_at", "completed"];
const STORY_FIELDS: [&str; 5] = ["created_at", "created_by.name", "type", "resource_subtype", "text"];

/// A task's text.
#[derive(Clone, Debug)]
pub(crate) struct TaskText {
    pub(crate) gid: TaskGid,
    pub(crate) name: String,
    pub(crate) notes: String,
    pub(crate) created_at: Timestamp,
    pub(crate) modified_at: Timestamp,
    pub(crate) completed: bool,
    pub(crate) comments: Vec<Comment>,
}

impl TaskText {
    fn of(wire: wire::Task) -> TaskText {
        let created_at = wire.created_at.unwrap_or(Timestamp::UNIX_EPOCH);
        TaskText {
            gid: TaskGid::new(wire.gid),
            name: wire.name.unwrap_or_default(),
            notes: wire.notes.unwrap_or_default(),
            created_at,
            modified_at: wire.modified_at.unwrap_or(created_at),
            completed: wire.completed.unwrap_or(false),
            comments: vec![],
        }
    }
}

/// All of it.
pub(crate) struct Texts {
    pub(crate) project: Project,
    /// In the order they were created.
    pub(crate) tasks: Vec<TaskText>,
    pub(crate) files: Files,
}

/// Reads the texts of a project.
pub(crate) async fn read_texts(engine: &Engine, gid: &ProjectGid) -> Result<Texts, EngineError> {
    engine.stage("reading tasks", 0);
    let project =
        engine.asana.projects().get(gid.as_str(), &["name"]).await.map_err(|e| project_error(gid, e))?;
    let project = Project { gid: gid.clone(), name: project.name.unwrap_or_default() };
    let mut tasks = read_tasks(engine, gid).await?;
    let present: BTreeSet<TaskGid> = tasks.iter().map(|task| task.gid.clone()).collect();
    engine.store.forget_absent(gid, &present).await?;
    read_comments(engine, gid, &mut tasks).await?;
    let files = read_attachments(engine, gid, &tasks).await?;
    Ok(Texts { project, tasks, files })
}

/// A single task's text, without comments; of any project.
pub(crate) async fn read_text(engine: &Engine, gid: &TaskGid) -> Result<TaskText, EngineError> {
    match engine.asana.tasks().get(gid.as_str(), &TASK_FIELDS).await {
        Ok(task) => Ok(TaskText::of(task)),
        Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => {
            Err(EngineError::UnknownTask(gid.clone()))
        }
        Err(error) => Err(error.into()),
    }
}

async fn read_tasks(engine: &Engine, project: &ProjectGid) -> Result<Vec<TaskText>, EngineError> {
    let mut pages = engine.asana.tasks().in_project(project.as_str()).fields(&TASK_FIELDS).pages();
    let mut tasks = vec![];
    while let Some(page) = pages.next().await? {
        engine.step(page.len());
        tasks.extend(page.into_iter().map(TaskText::of));
    }
    tasks.sort_by(|a, b| a.created_at.cmp(&b.created_at).then(a.gid.numeric_key().cmp(&b.gid.numeric_key())));
    Ok(tasks)
}

async fn read_comments(
    engine: &Engine,
    project: &ProjectGid,
    tasks: &mut [TaskText],
) -> Result<(), EngineError> {
    let mut groomed = engine.store.comments(project).await?;
    let mut found = engine.store.found_comments(project).await?;
    let mut stale = vec![];
    for task in tasks {
        let is_fresh = |seen: &SeenComments| seen.modified_at == task.modified_at;
        let seen = groomed.remove(&task.gid).filter(is_fresh);
        match seen.or_else(|| found.remove(&task.gid).filter(is_fresh)) {
            Some(seen) => task.comments = seen.comments,
            None if may_have_stories(task.created_at, task.modified_at) => stale.push(task),
            None => {}
        }
    }
    engine.stage("reading comments", stale.len());
    for chunk in stale.chunks_mut(CHUNK) {
        let reads = chunk.iter().map(|task| comments_of(engine, task));
        let read: Vec<Vec<Comment>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        let mut fresh = vec![];
        for (task, comments) in chunk.iter_mut().zip(read) {
            task.comments.clone_from(&comments);
            fresh.push((task.gid.clone(), SeenComments { modified_at: task.modified_at, comments }));
        }
        engine.store.remember_found_comments(project, &fresh).await?;
    }
    Ok(())
}

async fn comments_of(engine: &Engine, task: &TaskText) -> Result<Vec<Comment>, EngineError> {
    let list = engine.asana.stories().of_task(task.gid.as_str()).fields(&STORY_FIELDS);
    let stories = match list.collect_all().await {
        Ok(stories) => stories,
        // Deleted since the tasks were listed.
        Err(asana::Error::NotFound { .. }) => vec![],
        Err(error) => return Err(error.into()),
    };
    engine.step(1);
    Ok(stories.iter().filter(|story| is_comment(story)).map(to_comment).collect())
}
