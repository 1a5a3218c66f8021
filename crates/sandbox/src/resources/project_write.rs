//! What the body of a project's `POST` and `PUT` may hold.
//!
//! Known limit: `privacy_setting` is stored, not enforced.

use super::project_people::users;
use super::words::{choice, color};
use crate::call::{Call, user};
use crate::error::Failure;
use crate::world::{Project, World};

const ICONS: &[&str] = &[
    "list",
    "board",
    "timeline",
    "calendar",
    "rocket",
    "people",
    "graph",
    "star",
    "bug",
    "light_bulb",
    "globe",
    "gear",
    "notebook",
    "computer",
    "check",
    "target",
    "html",
    "megaphone",
    "chat_bubbles",
    "briefcase",
    "page_layout",
    "mountain_flag",
    "puzzle",
    "presentation",
    "line_and_symbols",
    "speed_dial",
    "ribbon",
    "shoe",
    "shopping_basket",
    "map",
    "ticket",
    "coins",
];
const MINIMUM: &[&str] = &["admin", "editor"];

/// Applies the writable properties of the body.
pub(super) fn change(world: &World, call: &Call, project: &mut Project) -> Result<(), Failure> {
    for (key, value) in &call.data {
        match key.as_str() {
            "name" => project.name = call.text(key)?.unwrap_or_default(),
            "notes" => {
                project.notes = call.text(key)?.unwrap_or_default();
                project.html_notes = None;
            }
            "html_notes" => {
                let html = call.text(key)?.unwrap_or_else(|| "<body></body>".to_owned());
                project.notes = crate::markup::plain(key, &html)?;
                project.html_notes = Some(html);
            }
            "archived" => project.archived = call.flag(key)?.unwrap_or(false),
            "color" => project.color = color(call, true)?,
            "icon" => project.icon = choice(call, key, ICONS)?,
            "due_on" | "due_date" => project.due_on = super::task_dates::day(call, key)?,
            "start_on" => project.start_on = super::task_dates::day(call, key)?,
            "completed" => {
                project.completed =
                    call.flag(key)?.unwrap_or(false).then(|| (world.now(), call.actor.user.clone()));
            }
            "owner" => {
                project.owner = call.text(key)?.map(|given| user(world, call, key, &given)).transpose()?
            }
            "followers" => {
                project.followers = users(world, call, key, value)?;
                project.follow_as_members();
            }
            _ => set_levels(call, key, project)?,
        }
    }
    check_dates(call, project)
}

/// How it is shown, who sees it and what they may do.
fn set_levels(call: &Call, key: &str, project: &mut Project) -> Result<(), Failure> {
    match key {
        "default_view" => {
            project.default_view = choice(call, key, &["list", "board", "calendar", "timeline"])?
        }
        "privacy_setting" => {
            project.privacy_setting =
                choice(call, key, &["public_to_workspace", "private_to_team", "private"])?;
        }
        "public" => {
            let public = call.flag(key)?.unwrap_or(false);
            project.privacy_setting = if public { "public_to_workspace" } else { "private" }.to_owned();
        }
        "default_access_level" => {
            project.default_access_level = choice(call, key, &["admin", "editor", "commenter", "viewer"])?;
        }
        "minimum_access_level_for_customization" => {
            project.minimum_access_level_for_customization = choice(call, key, MINIMUM)?;
        }
        "minimum_access_level_for_sharing" => {
            project.minimum_access_level_for_sharing = choice(call, key, MINIMUM)?;
        }
        _ => {}
    }
    Ok(())
}

/// A start needs a due date after it, in the same request.
fn check_dates(call: &Call, project: &Project) -> Result<(), Failure> {
    if call.has("start_on") && !call.has("due_on") && !call.has("due_date") {
        return Err(Failure::bad(
            "start_on: You must provide a due date in the same request as a start date",
        ));
    }
    match (&project.start_on, &project.due_on) {
        (Some(_), None) => Err(Failure::bad("start_on: A project with a start date must have a due date")),
        (Some(start), Some(due)) if start >= due => {
            Err(Failure::bad("start_on: Start date must be before the due date"))
        }
        _ => Ok(()),
    }
}
