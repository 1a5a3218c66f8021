//! Rollups: jobs that make parent tasks span the dates of their subtasks.

use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::world::{Gid, Job, Kind, Subtype, World};

pub(super) const ROUTES: &[Route] =
    &[Route::post("/tasks/{task}/rollup", of_task), Route::post("/projects/{project}/rollup", of_project)];

fn of_task(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    super::jobs::check_room(world, call)?;
    roll_up(world, call, &task);
    Ok(Job::start(world, call, "rollup_task", (Kind::Task, &task)))
}

fn of_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = call.target(world, "project", Kind::Project)?;
    super::jobs::check_room(world, call)?;
    for task in world.project_tasks(&project) {
        roll_up(world, call, &task);
    }
    Ok(Job::start(world, call, "rollup_project", (Kind::Project, &project)))
}

/// From the leaves up; answers the first and last day of the task and all below it.
fn roll_up(world: &mut World, call: &Call, gid: &Gid) -> (Option<String>, Option<String>) {
    let Some(old) = world.task(gid).cloned() else {
        return (None, None);
    };
    let below: Vec<_> =
        world.alive(&old.subtasks).iter().map(|subtask| roll_up(world, call, subtask)).collect();
    let (mut first, mut last) = (old.start_on.clone().or_else(|| old.due_on.clone()), old.due_on.clone());
    for (start, end) in below {
        // Days in this form sort as they follow each other; nothing sorts first.
        first = [first, start].into_iter().flatten().min();
        last = last.max(end);
    }
    if !old.subtasks.is_empty() && last != old.due_on || first < old.start_on {
        let mut new = old.clone();
        if new.due_on != last {
            (new.due_on, new.due_at) = (last.clone(), None);
        }
        if new.subtype != Subtype::Milestone && first < last && first.is_some() {
            (new.start_on, new.start_at) = (first.clone(), None);
        }
        world.tasks.insert(gid.clone(), new.clone());
        super::task_history::record(world, &call.actor, gid, (&old, &new));
    }
    (first, last)
}
