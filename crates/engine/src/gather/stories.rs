//! Comments, and the stories that tell who changed a field.
//!
//! Stories are read only of tasks whose `modified_at` differs from when they were last read, and of those that somebody is found to
//! have moved, which leaves it as it is; a task that was never touched after its creation has none worth reading. Upnext's own writes are remembered with the `modified_at` they
//! led to, so that our echo costs no reading. Deliberately not here: what comments mean (`judge`).

use super::convert::to_comment;
use super::provenance::{Ledger, section_value};
use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use domain::{Snapshot, Task, TaskGid};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use store::{KeptOverride, SeenComments, Slot};

/// Stories of one task are a request; Asana allows 50 reads in flight.
const AT_ONCE: usize = 20;

/// Asana stamps `modified_at` some hundred milliseconds after `created_at` while it finishes a creation.
const CREATION: SignedDuration = SignedDuration::from_secs(1);

const FIELDS: [&str; 16] = [
    "created_at",
    "created_by.name",
    "type",
    "resource_subtype",
    "source",
    "text",
    "custom_field.gid",
    "new_text_value",
    "new_number_value",
    "new_enum_value.gid",
    "new_enum_value.name",
    "new_multi_enum_values.gid",
    "new_multi_enum_values.name",
    "new_date_value",
    "new_people_value.gid",
    "new_section.gid",
];

/// How comments that Upnext writes begin.
const OWN_COMMENT: &str = "Upnext · ";

/// Fills the comments of all tasks and returns the stories that were read for it, by task.
pub(crate) async fn read_comments(
    engine: &Engine,
    snapshot: &mut Snapshot,
    ledger: &Ledger,
) -> Result<HashMap<TaskGid, Vec<wire::Story>>, EngineError> {
    let mut seen = engine.store.comments(&snapshot.project.gid).await?;
    let moved = moved(engine, snapshot, ledger).await?;
    let is_wanted = |t: &&Task| is_stale(t, seen.get(&t.gid)) || moved.contains(&t.gid);
    let stale: Vec<TaskGid> = snapshot.tasks.iter().filter(is_wanted).map(|t| t.gid.clone()).collect();
    engine.stage("reading comments", stale.len());
    let stories: HashMap<TaskGid, Vec<wire::Story>> =
        stream::iter(stale.into_iter().map(|gid| read_stories(engine, gid)))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
    let mut fresh = vec![];
    for task in &mut snapshot.tasks {
        match (stories.get(&task.gid), seen.remove(&task.gid)) {
            (Some(stories), _) => {
                task.comments = stories.iter().filter(|s| is_comment(s)).map(to_comment).collect();
                let seen = SeenComments { modified_at: task.modified_at, comments: task.comments.clone() };
                fresh.push((task.gid.clone(), seen));
            }
            (None, Some(seen)) => task.comments = seen.comments,
            (None, None) => {}
        }
    }
    engine.store.remember_comments(&snapshot.project.gid, &fresh).await?;
    Ok(stories)
}

/// Tasks that are not in the section that the journal and what is known of overrides would have them in: who moved them is to be told.
async fn moved(
    engine: &Engine,
    snapshot: &Snapshot,
    ledger: &Ledger,
) -> Result<HashSet<TaskGid>, EngineError> {
    let placed: Vec<&Task> = snapshot.tasks.iter().filter(|task| task.section_ours.is_some()).collect();
    if placed.is_empty() {
        return Ok(HashSet::new());
    }
    let kept = engine.store.kept_overrides(&snapshot.project.gid).await?;
    let of_sections = kept.iter().filter(|one| one.found.slot() == Slot::Section);
    // The newest of each task.
    let known: HashMap<&TaskGid, &KeptOverride> = of_sections.map(|one| (&one.found.task, one)).collect();
    let is_moved = |task: &&&Task| {
        let written = ledger.get(&(task.gid.clone(), Slot::Section)).and_then(|entry| entry.written.as_ref());
        let stands = known.get(&task.gid).filter(|one| {
            let when = one.found.at.unwrap_or(one.recorded_at);
            one.reversal.is_none() && written.is_none_or(|written| written.at < when)
        });
        match stands {
            Some(one) => task.section.as_ref().map(|gid| section_value(snapshot, gid)) != one.found.theirs,
            None => task.section_ours != task.section,
        }
    };
    Ok(placed.iter().filter(is_moved).map(|task| task.gid.clone()).collect())
}

fn is_stale(task: &Task, seen: Option<&SeenComments>) -> bool {
    match seen {
        Some(seen) => seen.modified_at != task.modified_at,
        None => may_have_stories(task.created_at, task.modified_at),
    }
}

/// Whether anything happened to a task after it was created.
pub(super) fn may_have_stories(created_at: Timestamp, modified_at: Timestamp) -> bool {
    modified_at.duration_since(created_at) > CREATION
}

async fn read_stories(engine: &Engine, gid: TaskGid) -> Result<(TaskGid, Vec<wire::Story>), EngineError> {
    let list = engine.asana.stories().of_task(gid.as_str()).fields(&FIELDS);
    let stories = match list.collect_all().await {
        Ok(stories) => stories,
        // Deleted since the list was read: the next run does not list it any more.
        Err(asana::Error::NotFound { .. }) => vec![],
        Err(error) => return Err(error.into()),
    };
    engine.step(1);
    Ok((gid, stories))
}

pub(super) fn is_comment(story: &wire::Story) -> bool {
    let comment = story.resource_subtype.as_deref() == Some("comment_added")
        || story.story_type.as_ref().is_some_and(|t| *t == wire::StoryType::Comment);
    comment && !story.text.as_deref().unwrap_or_default().starts_with(OWN_COMMENT)
}

/// Our comments on a task that begin with `marker`, oldest first.
pub(crate) async fn find_comment(
    engine: &Engine,
    task: &TaskGid,
    marker: &str,
    actor: &domain::UserGid,
) -> Result<Vec<wire::Story>, asana::Error> {
    let fields = ["created_at", "created_by.gid", "type", "resource_subtype", "text"];
    let mut stories = engine.asana.stories().of_task(task.as_str()).fields(&fields).collect_all().await?;
    stories.retain(|s| {
        let by_us = s.created_by.as_ref().is_some_and(|u| u.gid == actor.as_str());
        by_us && s.text.as_deref().unwrap_or_default().starts_with(marker)
    });
    stories.sort_by_key(|s| s.created_at);
    Ok(stories)
}
