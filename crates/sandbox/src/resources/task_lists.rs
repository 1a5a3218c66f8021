//! Lists of tasks: by project, section, tag, My Tasks list, assignee or parent.
//!
//! Project order is the manual order; subtasks are listed only where they were put into a project themselves.

use super::task_dates::moment;
use crate::call::{Answer, Call, Route, check_object, user};
use crate::error::Failure;
use crate::paginate;
use crate::world::{Gid, Kind, World};
use jiff::Timestamp;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/workspaces/{workspace}/tasks/custom_id/{custom_id}", with_custom_id),
    Route::get("/tasks", list),
    Route::get("/projects/{project}/tasks", of_project),
    Route::get("/sections/{section}/tasks", of_section),
    Route::get("/tags/{tag}/tasks", of_tag),
    Route::get("/user_task_lists/{user_task_list}/tasks", of_user_task_list),
    Route::get("/tasks/{task}/subtasks", of_task),
];

const EXACTLY_ONE: &str =
    "Must specify exactly one of project, tag, section, user task list, or assignee + workspace";

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let place = |key: &str| call.query(key).map(str::to_owned);
    let given = [
        ("project", Kind::Project),
        ("section", Kind::Section),
        ("tag", Kind::Tag),
        ("user_task_list", Kind::UserTaskList),
    ];
    let places: Vec<_> = given.into_iter().filter_map(|(key, kind)| Some((key, kind, place(key)?))).collect();
    let tasks = match (places.as_slice(), place("assignee"), place("workspace")) {
        ([(key, kind, gid)], None, _) => {
            check_object(world, *kind, key, gid)?;
            let sections = match kind {
                Kind::Project => world.sections_of(gid),
                Kind::Section => vec![gid.clone()],
                _ => Vec::new(),
            };
            if let Some(answer) = in_order(world, call, &sections).filter(|_| !sections.is_empty()) {
                return answer;
            }
            tasks_in(world, *kind, gid)
        }
        ([], Some(assignee), Some(workspace)) => {
            check_object(world, Kind::Workspace, "workspace", &workspace)?;
            let assignee = user(world, call, "assignee", &assignee)?;
            let mut mine = assigned_to(world, &assignee);
            mine.retain(|task| world.is_within(task, &workspace));
            mine
        }
        ([], None, None) => {
            return Err(Failure::bad(
                "You should specify one of workspace, project, tag, section, user_task_list",
            ));
        }
        _ => return Err(Failure::bad(EXACTLY_ONE)),
    };
    filtered(world, call, tasks)
}

fn tasks_in(world: &World, kind: Kind, gid: &str) -> Vec<Gid> {
    match kind {
        Kind::Project => world.project_tasks(gid),
        Kind::Section => match world.user_task_lists.get(&world.sections[gid].project) {
            Some(list) => {
                let mine = assigned_to(world, &list.owner).into_iter();
                mine.filter(|task| world.tasks[task].assignee_section.as_deref() == Some(gid)).collect()
            }
            None => world.sections[gid].tasks.clone(),
        },
        Kind::Tag => alive_where(world, |task| task.tags.iter().any(|tag| tag == gid)),
        Kind::UserTaskList => assigned_to(world, &world.user_task_lists[gid].owner),
        _ => Vec::new(),
    }
}

fn alive_where(world: &World, fits: impl Fn(&crate::world::Task) -> bool) -> Vec<Gid> {
    world.tasks.iter().filter(|(_, task)| !task.trashed && fits(task)).map(|(gid, _)| gid.clone()).collect()
}

fn assigned_to(world: &World, user: &str) -> Vec<Gid> {
    alive_where(world, |task| task.assignee.as_deref() == Some(user))
}

/// Keeps tasks that pass `completed_since` and `modified_since`, both inclusive.
fn filtered(world: &World, call: &Call, tasks: Vec<Gid>) -> Result<Answer, Failure> {
    let completed_since = match call.query("completed_since") {
        Some("now") => Some(world.now()),
        Some(text) => Some(moment("completed_since", text)?),
        None => None,
    };
    let modified_since: Option<Timestamp> = match call.query("modified_since") {
        Some("now") => Some(world.now()),
        Some(text) => Some(moment("modified_since", text)?),
        None => None,
    };
    let kept = tasks.into_iter().filter(|gid| {
        world.task(gid).is_some_and(|task| {
            let completed = task.completed.as_ref().map(|(at, _)| *at);
            completed_since.is_none_or(|since| completed.is_none_or(|at| at >= since))
                && modified_since.is_none_or(|since| task.modified_at >= since)
        })
    });
    Ok(Answer::list(Kind::Task, kept.collect::<Vec<_>>()))
}

/// A whole project or section, page by page: the lists that grow long.
fn in_order(world: &World, call: &Call, sections: &[Gid]) -> Option<Result<Answer, Failure>> {
    let is_filtered = call.query("completed_since").or_else(|| call.query("modified_since")).is_some();
    let is_mine = |gid: &Gid| {
        let section = world.sections.get(gid);
        section.is_some_and(|section| world.user_task_lists.contains_key(&section.project))
    };
    if is_filtered || sections.iter().any(is_mine) {
        return None;
    }
    // What is trashed is taken out of every order, so these are alive.
    let tasks = sections.iter().filter_map(|gid| world.sections.get(gid)).flat_map(|section| &section.tasks);
    let tasks: Vec<&Gid> = tasks.collect();
    Some(paginate::window(world, call, Kind::Task, &tasks).map(Answer::Page))
}

fn of_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "project", Kind::Project)?;
    if let Some(answer) = in_order(world, call, &world.projects[&gid].sections) {
        return answer;
    }
    filtered(world, call, tasks_in(world, Kind::Project, &gid))
}

fn of_section(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "section", Kind::Section)?;
    if let Some(answer) = in_order(world, call, std::slice::from_ref(&gid)) {
        return answer;
    }
    filtered(world, call, tasks_in(world, Kind::Section, &gid))
}

fn of_tag(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "tag", Kind::Tag)?;
    filtered(world, call, tasks_in(world, Kind::Tag, &gid))
}

fn of_user_task_list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "user_task_list", Kind::UserTaskList)?;
    filtered(world, call, tasks_in(world, Kind::UserTaskList, &gid))
}

fn of_task(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "task", Kind::Task)?;
    let subtasks = world.alive(&world.tasks[&gid].subtasks);
    Ok(Answer::list(Kind::Task, subtasks))
}

/// The one task with a generated id.
fn with_custom_id(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    let id = call.param("custom_id");
    let gid = world.task_with_id(id).ok_or_else(|| Failure::unknown("custom_id", id))?;
    Ok(Answer::got(Kind::Task, &gid))
}
