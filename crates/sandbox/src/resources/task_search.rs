//! Task search: a paid feature with filters of its own, an index that lags, and no pages.
//!
//! Several values of one filter are alternatives; several filters must all hold, but `projects.any` and `sections.any`
//! together are a union. Unknown parameters are ignored, as Asana does. At most 100 tasks are found; callers page by
//! hand with `sort_by=created_at` and `created_at.before`.
//! Known limits: the index lag (the fault `search_lag_seconds`) hides new tasks only, changes show at once; without
//! `limit` 100 are returned; `relevance` sorts by the latest change; text is matched by words, not by stems.

use super::search_fields::holds_field;
use super::task_dates::{day_of, moment};
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::world::{Gid, Kind, Task, World};
use jiff::{SignedDuration, Timestamp};

pub(super) const ROUTES: &[Route] = &[Route::get("/workspaces/{workspace}/tasks/search", search)];

const MOST: usize = 100;

fn search(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, "Search is only available to premium users.")?;
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    let lag = SignedDuration::from_secs(i64::from(world.search_lag_seconds));
    let indexed_until = world.now() - lag;
    let mut found: Vec<(&Gid, &Task)> = vec![];
    for (gid, task) in world.tasks.iter().filter(|(_, task)| !task.trashed) {
        let is_there = task.created_at <= indexed_until && world.is_within(gid, &workspace);
        if is_there && holds(world, call, gid, task)? {
            found.push((gid, task));
        }
    }
    sort(call, &mut found)?;
    let limit = call.query("limit").and_then(|text| text.parse().ok()).unwrap_or(MOST);
    let gids: Vec<Gid> = found.into_iter().take(limit.min(MOST)).map(|(gid, _)| gid.clone()).collect();
    Ok(Answer::list(Kind::Task, gids))
}

/// Whether a task passes every filter of the call.
fn holds(world: &World, call: &Call, gid: &str, task: &Task) -> Result<bool, Failure> {
    Ok(text(call, task)
        && subtype(call, task)
        && flags(world, call, gid, task)?
        && places(world, call, task)
        && people(world, call, (gid, task))
        && steps(call, task)
        && dates(call, task)?
        && fields(world, call, gid)?)
}

/// Every word of the text in the name or the description.
fn text(call: &Call, task: &Task) -> bool {
    let Some(text) = call.query("text") else { return true };
    let within = format!("{} {}", task.name, task.notes).to_lowercase();
    text.to_lowercase().split_whitespace().all(|word| within.contains(word))
}

fn subtype(call: &Call, task: &Task) -> bool {
    call.query("resource_subtype").is_none_or(|word| task.subtype.word() == word)
}

fn flags(world: &World, call: &Call, gid: &str, task: &Task) -> Result<bool, Failure> {
    let open =
        |gids: &[Gid]| gids.iter().filter_map(|gid| world.task(gid)).any(|task| task.completed.is_none());
    let is_open = task.completed.is_none();
    let facts = [
        ("completed", !is_open),
        ("is_subtask", task.parent.is_some()),
        ("is_blocking", is_open && open(&task.dependents)),
        ("is_blocked", is_open && open(&task.dependencies)),
        ("has_attachment", world.attachments.values().any(|attachment| attachment.parent == gid)),
    ];
    for (name, is) in facts {
        if call.query_flag(name)?.is_some_and(|wanted| wanted != is) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The values of a filter, comma-separated; `None` when it is not given.
fn values<'a>(call: &'a Call, name: &str) -> Option<Vec<&'a str>> {
    Some(call.query(name)?.split(',').map(str::trim).collect())
}

/// `.any`, `.all` and `.not` of one filter over what the task has.
fn passes(call: &Call, filter: &str, has: &[Gid]) -> bool {
    let is =
        |wanted: &str| if wanted == "null" { has.is_empty() } else { has.iter().any(|gid| gid == wanted) };
    let given = |how: &str| values(call, &format!("{filter}.{how}"));
    given("any").is_none_or(|wanted| wanted.into_iter().any(is))
        && given("all").is_none_or(|wanted| wanted.into_iter().all(is))
        && given("not").is_none_or(|unwanted| !unwanted.into_iter().any(is))
}

fn places(world: &World, call: &Call, task: &Task) -> bool {
    let projects: Vec<Gid> = task.memberships.iter().map(|place| place.project.clone()).collect();
    let sections: Vec<Gid> = task.memberships.iter().map(|place| place.section.clone()).collect();
    let in_places = match (values(call, "projects.any"), values(call, "sections.any")) {
        (Some(wanted), Some(or)) => {
            projects.iter().any(|gid| wanted.contains(&gid.as_str()))
                || sections.iter().any(|gid| or.contains(&gid.as_str()))
        }
        _ => passes(call, "projects", &projects) && passes(call, "sections", &sections),
    };
    let of_projects = |of: &dyn Fn(&Gid) -> Vec<Gid>| projects.iter().flat_map(of).collect::<Vec<Gid>>();
    let teams =
        of_projects(&|gid| world.projects.get(gid).and_then(|p| p.team.clone()).into_iter().collect());
    let portfolios = of_projects(&|gid| world.portfolios_with(gid));
    in_places
        && passes(call, "tags", &task.tags)
        && passes(call, "teams", &teams)
        && passes(call, "portfolios", &portfolios)
}

/// Who commented on a task.
fn commenters(world: &World, task: &str) -> Vec<Gid> {
    let stories = world.stories_of.get(task).into_iter().flatten().filter_map(|gid| world.stories.get(gid));
    stories.filter(|story| story.is_comment).filter_map(|story| story.created_by.clone()).collect()
}

/// `custom_types.{gid}.custom_type_status_option.gid`: tasks of a custom type in one of the named steps.
fn steps(call: &Call, task: &Task) -> bool {
    call.query.iter().all(|(name, wanted)| {
        let Some(rest) = name.strip_prefix("custom_types.") else { return true };
        let Some(kind) = rest.strip_suffix(".custom_type_status_option.gid") else { return true };
        let step = task.custom_type_status_option.as_deref();
        task.custom_type.as_deref() == Some(kind)
            && wanted.split(',').any(|wanted| step == Some(wanted.trim()))
    })
}

fn people(world: &World, call: &Call, (gid, task): (&str, &Task)) -> bool {
    let one = |user: &Option<Gid>| user.iter().cloned().collect::<Vec<Gid>>();
    let roles = [
        ("assignee", one(&task.assignee)),
        ("created_by", one(&task.created_by)),
        ("assigned_by", one(&task.assigned_by)),
        ("followers", task.followers.clone()),
        ("liked_by", task.likes.clone()),
        ("commented_on_by", commenters(world, gid)),
    ];
    roles.into_iter().all(|(filter, mut has)| {
        // `me` and an address name the same user as the gid does.
        let named =
            ["any", "not"].into_iter().filter_map(|how| values(call, &format!("{filter}.{how}"))).flatten();
        let names: Vec<Gid> = named
            .filter(|name| world.find_user(name, &call.actor.user).is_some_and(|gid| has.contains(&gid)))
            .map(str::to_owned)
            .collect();
        has.extend(names);
        passes(call, filter, &has)
    })
}

fn dates(call: &Call, task: &Task) -> Result<bool, Failure> {
    let completed = task.completed.as_ref().map(|(at, _)| *at);
    let days = [
        ("due_on", task.due_on.clone()),
        ("start_on", task.start_on.clone()),
        ("created_on", Some(day_of(task.created_at))),
        ("completed_on", completed.map(day_of)),
        ("modified_on", Some(day_of(task.modified_at))),
    ];
    let moments = [
        ("due_at", task.due_at),
        ("created_at", Some(task.created_at)),
        ("completed_at", completed),
        ("modified_at", Some(task.modified_at)),
    ];
    for key in days
        .iter()
        .flat_map(|(name, _)| [(*name).to_owned(), format!("{name}.before"), format!("{name}.after")])
    {
        if let Some(text) = call.query(&key).filter(|text| *text != "null") {
            moment(&key, text)?;
        }
    }
    let on_days = days.iter().all(|(name, day)| {
        let is = |wanted: &str| if wanted == "null" { day.is_none() } else { day.as_deref() == Some(wanted) };
        call.query(name).is_none_or(is) && between(call, name, day.as_deref())
    });
    for (name, at) in moments {
        for (side, is_before) in [("before", true), ("after", false)] {
            let key = format!("{name}.{side}");
            let Some(border) = call.query(&key).map(|text| moment(&key, text)).transpose()? else { continue };
            if !at.is_some_and(|at: Timestamp| if is_before { at < border } else { at > border }) {
                return Ok(false);
            }
        }
    }
    Ok(on_days)
}

/// `.before` and `.after` of a day, both exclusive; days in ISO form compare as text.
fn between(call: &Call, name: &str, day: Option<&str>) -> bool {
    let border = |side: &str| call.query(&format!("{name}.{side}"));
    border("before").is_none_or(|border| day.is_some_and(|day| day < border))
        && border("after").is_none_or(|border| day.is_some_and(|day| day > border))
}

fn fields(world: &World, call: &Call, task: &str) -> Result<bool, Failure> {
    for (name, wanted) in
        call.query.iter().filter_map(|(name, value)| Some((name.strip_prefix("custom_fields.")?, value)))
    {
        let Some((field, how)) = name.split_once('.') else { continue };
        if !holds_field(world, task, field, how, wanted)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn sort(call: &Call, found: &mut [(&Gid, &Task)]) -> Result<(), Failure> {
    let by = call.query("sort_by").unwrap_or("modified_at");
    let ascending = call.query_flag("sort_ascending")?.unwrap_or(false);
    let key = |task: &Task| -> String {
        let time = |at: Timestamp| format!("{:020}", at.as_millisecond());
        match by {
            "due_date" => task.due_on.clone().unwrap_or_default(),
            "created_at" => time(task.created_at),
            "completed_at" => task.completed.as_ref().map(|(at, _)| time(*at)).unwrap_or_default(),
            "likes" => format!("{:06}", task.likes.len()),
            _ => time(task.modified_at),
        }
    };
    if !["due_date", "created_at", "completed_at", "likes", "modified_at", "relevance"].contains(&by) {
        return Err(Failure::bad(format!("sort_by: Not a recognized sort: {by}")));
    }
    found.sort_by_cached_key(|(gid, task)| (key(task), (*gid).clone()));
    if !ascending {
        found.reverse();
    }
    Ok(())
}
