//! Stories: how the history of a task looks, and comments.
//!
//! Only comments are made by callers; system stories are written by `World::record`.
//! Known limits: previews are always empty; likes and reactions come from `POST /_sandbox/make`, Asana has no call for them.

use super::{reactions, task_history};
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, Story, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/tasks/{parent}/stories", list),
    Route::post("/tasks/{task}/stories", create),
    Route::get("/projects/{project}/stories", list_of_project),
    Route::get("/stories/{story}", get),
    Route::put("/stories/{story}", update),
    Route::delete("/stories/{story}", delete),
];

const STICKERS: &[&str] = &[
    "green_checkmark",
    "people_dancing",
    "dancing_unicorn",
    "heart",
    "party_popper",
    "people_waving_flags",
    "splashing_narwhal",
    "trophy",
    "yeti_riding_unicorn",
    "celebrating_people",
    "determined_climbers",
    "phoenix_spreading_love",
];

/// Fields every story has, then those of its kind: names a story does not carry are left out.
const FULL: &[&str] = &[
    "resource_type",
    "created_at",
    "created_by",
    "resource_subtype",
    "text",
    "type",
    "is_pinned",
    "is_editable",
    "is_edited",
    "hearted",
    "hearts",
    "num_hearts",
    "liked",
    "likes",
    "num_likes",
    "reaction_summary",
    "previews",
    "source",
    "target",
    "sticker_name",
    "old_name",
    "new_name",
    "old_dates",
    "new_dates",
    "old_resource_subtype",
    "new_resource_subtype",
    "story",
    "assignee",
    "follower",
    "old_section",
    "new_section",
    "task",
    "project",
    "tag",
    "custom_field",
    "old_text_value",
    "new_text_value",
    "old_number_value",
    "new_number_value",
    "old_enum_value",
    "new_enum_value",
    "old_date_value",
    "new_date_value",
    "old_people_value",
    "new_people_value",
    "old_multi_enum_values",
    "new_multi_enum_values",
    "old_approval_status",
    "new_approval_status",
    "duplicated_from",
    "dependency",
    "member",
];

pub(super) const SHAPE: Shape = Shape {
    name: "story",
    compact: &["resource_type", "created_at", "created_by", "resource_subtype", "text", "type"],
    full: FULL,
    written: FULL,
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let story = world.stories.get(&at.gid)?;
    Some(match name {
        "created_at" => Node::at(Some(story.created_at)),
        "created_by" => Node::to(Kind::User, story.created_by.as_ref()),
        "resource_subtype" => story.resource_subtype.clone().into(),
        "type" => if story.is_comment { "comment" } else { "system" }.into(),
        "text" => story.text.clone().into(),
        "html_text" => match &story.html_text {
            Some(html) => html.clone().into(),
            None => crate::markup::body(&story.text).into(),
        },
        "is_pinned" => story.is_pinned.into(),
        "is_editable" => (story.is_comment && story.created_by.as_deref() == Some(reader.user)).into(),
        "is_edited" => story.is_edited.into(),
        "previews" => Node::empty_list(),
        "source" => story.source.clone().into(),
        "sticker_name" if story.is_comment => story.sticker_name.clone().into(),
        "sticker_name" => return None,
        "target" => Node::to(world.kind_of(&story.target)?, Some(&story.target)),
        "hearted" | "hearts" | "num_hearts" | "liked" | "likes" | "num_likes" | "reaction_summary" => {
            reactions::field(world, &at.gid, reader.user, name)?
        }
        _ => {
            let (_, node) = story.change.iter().find(|(known, _)| *known == name)?;
            node.clone()
        }
    })
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "parent", Kind::Task)?;
    Ok(Answer::list(Kind::Story, world.stories_of.get(&task).cloned().unwrap_or_default()))
}

/// Not documented, and there.
fn list_of_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = call.target(world, "project", Kind::Project)?;
    Ok(Answer::list(Kind::Story, world.stories_of.get(&project).cloned().unwrap_or_default()))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "story", Kind::Story)?;
    // It goes with what it is about.
    if world.kind_of(&world.stories[&gid].target).is_none() {
        return Err(Failure::unknown("story", &gid));
    }
    Ok(Answer::got(Kind::Story, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    let gid = comment(world, call, &task)?;
    let html = world.stories.get(&gid).and_then(|story| story.html_text.clone());
    task_history::record_mentions(world, &call.actor, &task, html.as_deref());
    follow(world, &task, &call.actor.user);
    Ok(Answer::created(Kind::Story, &gid))
}

/// Adds a comment to a task or goal.
pub(super) fn comment(world: &mut World, call: &Call, target: &str) -> Result<Gid, Failure> {
    let sticker_name = match call.text("sticker_name")? {
        Some(_) => Some(super::words::choice(call, "sticker_name", STICKERS)?),
        None => None,
    };
    let words = written_text(call)?.or_else(|| sticker_name.is_some().then(Default::default));
    let (text, html_text) = words.ok_or_else(|| Failure::missing("text"))?;
    if text.trim().is_empty() && sticker_name.is_none() {
        return Err(Failure::bad("text: A comment must not be empty"));
    }
    Ok(world.add_story(Story {
        target: target.to_owned(),
        created_at: world.now(),
        created_by: Some(call.actor.user.clone()),
        is_comment: true,
        resource_subtype: "comment_added".into(),
        text,
        html_text,
        is_pinned: call.flag("is_pinned")?.unwrap_or(false),
        is_edited: false,
        source: call.actor.source.clone(),
        sticker_name,
        change: Vec::new(),
    }))
}

/// `text` or `html_text`, never both.
pub(super) fn written_text(call: &Call) -> Result<Option<(String, Option<String>)>, Failure> {
    match (call.text("text")?, call.text("html_text")?) {
        (Some(_), Some(_)) => Err(Failure::bad("You may only provide one of text or html_text!")),
        (Some(text), None) => Ok(Some((text, None))),
        (None, Some(html)) => Ok(Some((crate::markup::plain("html_text", &html)?, Some(html)))),
        (None, None) => Ok(None),
    }
}

/// Commenting makes one a follower, without a story.
fn follow(world: &mut World, task: &str, user: &str) {
    if let Some(task) = world.tasks.get_mut(task)
        && !task.followers.iter().any(|known| known == user)
    {
        task.followers.push(user.to_owned());
    }
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "story", Kind::Story)?;
    let story = &world.stories[&gid];
    let words = written_text(call)?;
    if words.is_some() && !story.is_comment {
        return Err(Failure::bad("text: Only comments can be edited"));
    }
    if words.as_ref().is_some_and(|(text, _)| text.trim().is_empty()) && story.sticker_name.is_none() {
        return Err(Failure::bad("text: A comment must not be empty"));
    }
    if words.is_some() && story.created_by.as_deref() != Some(call.actor.user.as_str()) {
        return Err(Failure::forbidden("You can only edit your own comments."));
    }
    let pin = call.flag("is_pinned")?;
    if pin.is_some() && !story.is_comment && story.resource_subtype != "attachment_added" {
        return Err(Failure::bad("is_pinned: Only comments and attachments can be pinned"));
    }
    let target = story.target.clone();
    if let Some(story) = world.stories.get_mut(&gid) {
        if let Some((text, html_text)) = words {
            story.is_edited = story.is_edited || story.text != text;
            (story.text, story.html_text) = (text, html_text);
        }
        story.is_pinned = pin.unwrap_or(story.is_pinned);
    }
    world.touch(&target);
    Ok(Answer::written(Kind::Story, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "story", Kind::Story)?;
    let story = &world.stories[&gid];
    if story.created_by.as_deref() != Some(call.actor.user.as_str()) {
        return Err(Failure::forbidden("You can only delete your own stories."));
    }
    let target = story.target.clone();
    world.stories.remove(&gid);
    if let Some(stories) = world.stories_of.get_mut(&target) {
        stories.retain(|known| *known != gid);
    }
    world.touch(&target);
    Ok(Answer::empty())
}
