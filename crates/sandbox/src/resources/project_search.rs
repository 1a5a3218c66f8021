//! Searching projects: a paid feature, without paging like the search for tasks.
//!
//! Guess: what is not documented (order of equal keys, the default of `sort_by`) is as with tasks.

use super::task_dates::{day_of, moment};
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::world::{Gid, Kind, Project, World};
use jiff::Timestamp;

pub(super) const ROUTES: &[Route] = &[Route::get("/workspaces/{workspace}/projects/search", search)];

const MOST: usize = 100;

fn search(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    super::require_paid(world, "Search is only available to premium users.")?;
    let mut found: Vec<(&Gid, &Project)> = Vec::new();
    for (gid, project) in &world.projects {
        if world.is_within(gid, &workspace) && holds(world, call, gid, project)? {
            found.push((gid, project));
        }
    }
    let key = |project: &Project| -> String {
        let at = |at: Timestamp| crate::clock::stamp(at);
        match call.query("sort_by") {
            Some("due_date") => project.due_on.clone().unwrap_or_default(),
            Some("created_at") => at(project.created_at),
            Some("completed_at") => project.completed.as_ref().map(|(done, _)| at(*done)).unwrap_or_default(),
            _ => at(project.modified_at),
        }
    };
    found.sort_by_key(|(_, project)| key(project));
    if call.query_flag("sort_ascending")? != Some(true) {
        found.reverse();
    }
    let limit = call.query("limit").and_then(|text| text.parse().ok()).unwrap_or(MOST).min(MOST);
    Ok(Answer::list(
        Kind::Project,
        found.into_iter().take(limit).map(|(gid, _)| gid.clone()).collect::<Vec<_>>(),
    ))
}

fn holds(world: &World, call: &Call, gid: &str, project: &Project) -> Result<bool, Failure> {
    let text = call.query("text").is_none_or(|text| {
        let within = format!("{} {}", project.name, project.notes).to_lowercase();
        text.to_lowercase().split_whitespace().all(|word| within.contains(word))
    });
    let one = |gid: &Option<Gid>| gid.iter().cloned().collect::<Vec<_>>();
    let any = |name: &str, has: &[Gid]| {
        call.query(name).is_none_or(|list| {
            list.split(',').map(str::trim).any(|wanted| {
                let wanted = world.find_user(wanted, &call.actor.user).unwrap_or_else(|| wanted.to_owned());
                has.contains(&wanted)
            })
        })
    };
    let is_unwanted = call.query("members.not").is_some() && any("members.not", &project.members);
    let completed = call.query_flag("completed")?;
    Ok(text
        && completed.is_none_or(|wanted| wanted == project.completed.is_some())
        && any("teams.any", &one(&project.team))
        && any("owner.any", &one(&project.owner))
        && any("members.any", &project.members)
        && !is_unwanted
        && any("portfolios.any", &world.portfolios_with(gid))
        && moments(call, "completed", project.completed.as_ref().map(|(at, _)| *at))?
        && moments(call, "created", Some(project.created_at))?
        && days(call, "due_on", project.due_on.as_deref())?
        && days(call, "start_on", project.start_on.as_deref())?)
}

/// `<name>_on`, its `.before` and `.after`, and the same of `<name>_at`.
fn moments(call: &Call, name: &str, at: Option<Timestamp>) -> Result<bool, Failure> {
    let day = at.map(day_of);
    if !days(call, &format!("{name}_on"), day.as_deref())? {
        return Ok(false);
    }
    for (side, is_before) in [("before", true), ("after", false)] {
        let key = format!("{name}_at.{side}");
        if let Some(text) = call.query(&key) {
            let limit = moment(&key, text)?;
            if !at.is_some_and(|at| if is_before { at < limit } else { at > limit }) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn days(call: &Call, name: &str, day: Option<&str>) -> Result<bool, Failure> {
    let asked = |suffix: &str| super::entries::asked_day(call, &format!("{name}{suffix}"));
    let exact = match call.query(name) {
        Some("null") => return Ok(day.is_none()),
        _ => asked("")?,
    };
    Ok(exact.is_none_or(|wanted| day == Some(wanted.as_str()))
        && asked(".before")?.is_none_or(|limit| day.is_some_and(|day| day < limit.as_str()))
        && asked(".after")?.is_none_or(|limit| day.is_some_and(|day| day > limit.as_str())))
}
