//! What hangs on a task: dependencies and dependents, followers, tags.
//!
//! Dependency cycles are allowed: Asana is not known to refuse them.

use super::project_people::users;
use super::task_write::{follow, task_list};
use crate::call::{Answer, Call, Route, check_object};
use crate::error::Failure;
use crate::node::Node;
use crate::world::{Actor, Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/tasks/{task}/dependencies", dependencies),
    Route::get("/tasks/{task}/dependents", dependents),
    Route::post("/tasks/{task}/addDependencies", add_dependencies),
    Route::post("/tasks/{task}/removeDependencies", remove_dependencies),
    Route::post("/tasks/{task}/addDependents", add_dependents),
    Route::post("/tasks/{task}/removeDependents", remove_dependents),
    Route::post("/tasks/{task}/addFollowers", add_followers),
    Route::post("/tasks/{task}/removeFollowers", remove_followers),
    Route::post("/tasks/{task}/addTag", add_tag),
    Route::post("/tasks/{task}/removeTag", remove_tag),
];

/// Dependencies and dependents of a task together.
pub(crate) const MOST_LINKS: usize = 30;
const PAID_ONLY: &str = "Dependencies are only available to premium users.";

fn paid_task(world: &World, call: &Call) -> Result<Gid, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    super::require_paid(world, PAID_ONLY)?;
    Ok(task)
}

fn dependencies(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = paid_task(world, call)?;
    let found = world.alive(&world.tasks[&task].dependencies);
    Ok(Answer::list(Kind::Task, found))
}

fn dependents(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = paid_task(world, call)?;
    let found = world.alive(&world.tasks[&task].dependents);
    Ok(Answer::list(Kind::Task, found))
}

fn add_dependencies(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = paid_task(world, call)?;
    let others = task_list(world, call, "dependencies")?;
    let pairs: Vec<_> = others.into_iter().map(|other| (task.clone(), other)).collect();
    link_all(world, &call.actor, pairs)
}

fn add_dependents(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = paid_task(world, call)?;
    let others = task_list(world, call, "dependents")?;
    let pairs: Vec<_> = others.into_iter().map(|other| (other, task.clone())).collect();
    link_all(world, &call.actor, pairs)
}

/// Adds (waiting, awaited) pairs: all of them or, over a cap, none.
fn link_all(world: &mut World, actor: &Actor, mut pairs: Vec<(Gid, Gid)>) -> Result<Answer, Failure> {
    if pairs.iter().any(|(waiting, awaited)| waiting == awaited) {
        return Err(Failure::bad("A task cannot depend on itself"));
    }
    let mut seen: Vec<(Gid, Gid)> = Vec::new();
    pairs.retain(|pair| {
        let new = !world.tasks[&pair.0].dependencies.contains(&pair.1) && !seen.contains(pair);
        seen.push(pair.clone());
        new
    });
    let added = |gid: &Gid| pairs.iter().filter(|(a, b)| a == gid || b == gid).count();
    for gid in pairs.iter().flat_map(|(a, b)| [a, b]) {
        let task = &world.tasks[gid];
        let links = world.alive(&task.dependencies).len() + world.alive(&task.dependents).len();
        if links + added(gid) > MOST_LINKS {
            return Err(Failure::bad(format!(
                "A task may have at most {MOST_LINKS} dependencies and dependents together"
            )));
        }
    }
    for (waiting, awaited) in pairs {
        if let Some(task) = world.tasks.get_mut(&waiting) {
            task.dependencies.push(awaited.clone());
        }
        if let Some(task) = world.tasks.get_mut(&awaited) {
            task.dependents.push(waiting.clone());
        }
        record_link(world, actor, (&waiting, &awaited), "added");
    }
    Ok(Answer::empty())
}

/// Both ends of a link get a story.
pub(crate) fn record_link(world: &mut World, actor: &Actor, (waiting, awaited): (&Gid, &Gid), verb: &str) {
    let subtypes = match verb {
        "added" => ["dependency_added", "dependent_added"],
        _ => ["dependency_removed", "dependent_removed"],
    };
    let ends = [(waiting, awaited, "dependency"), (awaited, waiting, "dependent")];
    for ((task, other, word), subtype) in ends.into_iter().zip(subtypes) {
        let change = vec![("dependency", Node::to(Kind::Task, Some(other)))];
        let text = format!("{verb} a {word}: {}", world.tasks[other].name);
        world.record(task, actor, subtype, text, change);
    }
}

fn remove_dependencies(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = paid_task(world, call)?;
    for other in task_list(world, call, "dependencies")? {
        unlink(world, &call.actor, (&task, &other));
    }
    Ok(Answer::empty())
}

fn remove_dependents(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = paid_task(world, call)?;
    for other in task_list(world, call, "dependents")? {
        unlink(world, &call.actor, (&other, &task));
    }
    Ok(Answer::empty())
}

fn unlink(world: &mut World, actor: &Actor, (waiting, awaited): (&Gid, &Gid)) {
    if !world.tasks[waiting].dependencies.contains(awaited) {
        return;
    }
    if let Some(task) = world.tasks.get_mut(waiting) {
        task.dependencies.retain(|known| known != awaited);
    }
    if let Some(task) = world.tasks.get_mut(awaited) {
        task.dependents.retain(|known| known != waiting);
    }
    record_link(world, actor, (waiting, awaited), "removed");
}

fn named_followers(world: &World, call: &Call) -> Result<Vec<Gid>, Failure> {
    let value = call.data.get("followers").ok_or_else(|| Failure::missing("followers"))?;
    users(world, call, "followers", value)
}

fn add_followers(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    for user in named_followers(world, call)? {
        if world.tasks[&task].followers.contains(&user) {
            continue;
        }
        add_follower(world, &call.actor, &task, &user);
    }
    Ok(Answer::written(Kind::Task, &task))
}

/// Lets somebody follow a task, with its story.
pub(crate) fn add_follower(world: &mut World, actor: &Actor, task: &str, user: &Gid) {
    if let Some(state) = world.tasks.get_mut(task) {
        follow(state, user);
    }
    let change = vec![("follower", Node::to(Kind::User, Some(user)))];
    let text = format!("added {} as a collaborator", world.users[user].name);
    world.record(task, actor, "follower_added", text, change);
}

fn remove_followers(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    let users = named_followers(world, call)?;
    if let Some(state) = world.tasks.get_mut(&task) {
        state.followers.retain(|known| !users.contains(known));
    }
    Ok(Answer::written(Kind::Task, &task))
}

fn add_tag(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (task, tag) = task_and_tag(world, call)?;
    if world.tasks[&task].tags.contains(&tag) {
        return Ok(Answer::empty());
    }
    if let Some(state) = world.tasks.get_mut(&task) {
        state.tags.push(tag.clone());
    }
    record_tag(world, &call.actor, (&task, &tag), "added_to_tag", "added to tag");
    Ok(Answer::empty())
}

fn remove_tag(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (task, tag) = task_and_tag(world, call)?;
    if !world.tasks[&task].tags.contains(&tag) {
        return Ok(Answer::empty());
    }
    if let Some(state) = world.tasks.get_mut(&task) {
        state.tags.retain(|known| *known != tag);
    }
    record_tag(world, &call.actor, (&task, &tag), "removed_from_tag", "removed from tag");
    Ok(Answer::empty())
}

fn task_and_tag(world: &World, call: &Call) -> Result<(Gid, Gid), Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    let tag = call.required_gid("tag")?;
    check_object(world, Kind::Tag, "tag", &tag)?;
    Ok((task, tag))
}

pub(crate) fn record_tag(
    world: &mut World,
    actor: &Actor,
    (task, tag): (&Gid, &Gid),
    subtype: &'static str,
    verb: &str,
) {
    let change = vec![("tag", Node::to(Kind::Tag, Some(tag)))];
    let text = format!("{verb} {}", world.tags[tag].name);
    world.record(task, actor, subtype, text, change);
}
