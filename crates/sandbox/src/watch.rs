//! Events that follow from what a call did: its target before and after it, and what it made or deleted.
//!
//! Changes of tasks come from their stories (`World::emit_story`); here are the few that leave none, and all other kinds.

use crate::call::{Answer, Call, Route};
use crate::node::{Node, Reader, Ref};
use crate::resources::shape_of;
use crate::world::{Action, FieldChange, Gid, Kind, World};
use axum::http::{Method, StatusCode};

/// Fields of a task that change without a story of that name.
const OF_TASKS: &[&str] = &["parent", "followers", "likes", "external"];
/// Lists that calls below a project, goal or portfolio change.
const LISTS: &[&str] = &["members", "followers", "custom_field_settings"];

/// A call's target as it was.
#[derive(Debug, Default)]
pub(crate) struct Before {
    target: Option<(Kind, Gid)>,
    fields: Vec<(String, Option<Node>)>,
    /// Items of a portfolio, which are told as added to it and removed from it.
    items: Vec<Gid>,
}

/// Looks at the target of a call that may change it. The event of a deletion is made here, while there is something.
pub(crate) fn before(world: &mut World, route: &Route, call: &Call) -> Before {
    if route.method == Method::GET {
        return Before::default();
    }
    let target = call.params.first().and_then(|(_, gid)| Some((world.kind_of(gid)?, gid.clone())));
    let Some((kind, gid)) = target.filter(|(kind, _)| has_events(*kind)) else {
        return Before::default();
    };
    let names = watched(kind, route, call);
    let fields =
        names.into_iter().map(|name| (name.clone(), read(world, call, (kind, &gid), &name))).collect();
    Before { fields, items: world.items_of(&gid), target: Some((kind, gid)) }
}

fn has_events(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Task
            | Kind::Project
            | Kind::Section
            | Kind::Tag
            | Kind::Story
            | Kind::Attachment
            | Kind::Goal
            | Kind::Portfolio
    )
}

fn watched(kind: Kind, route: &Route, call: &Call) -> Vec<String> {
    let below = route.method == Method::POST;
    match kind {
        Kind::Task => OF_TASKS.iter().map(|&name| name.to_owned()).collect(),
        _ if below => LISTS.iter().map(|&name| name.to_owned()).collect(),
        _ => call.data.keys().cloned().collect(),
    }
}

fn read(world: &World, call: &Call, (kind, gid): (Kind, &str), name: &str) -> Option<Node> {
    let reader = Reader { world, user: &call.actor.user, scopes: None, view: None };
    (shape_of(kind).field)(&reader, &Ref::new(kind, gid), name)
}

/// Puts a deletion's event into the outbox before the object is gone; answers how long the outbox was.
pub(crate) fn deleting(world: &mut World, route: &Route, call: &Call, before: &Before) -> usize {
    let length = world.outbox.len();
    if route.method != Method::DELETE {
        return length;
    }
    let user = call.actor.user.as_str();
    if let Some((kind, gid)) = &before.target {
        match kind {
            // A deleted comment is told as removed from its task.
            Kind::Story => {
                let target = world.stories.get(gid).map(|story| story.target.clone());
                let parent = target.and_then(|target| Some((world.kind_of(&target)?, target)));
                world.emit(Some(user), Action::Removed, (*kind, gid), parent, None);
            }
            _ => world.emit(Some(user), Action::Deleted, (*kind, gid), None, None),
        }
    }
    length
}

/// Puts the events of a call that succeeded into the outbox.
pub(crate) fn after(world: &mut World, call: &Call, before: Before, answer: &Answer) {
    let user = call.actor.user.clone();
    if let Answer::Object { at, status: StatusCode::CREATED, .. } = answer {
        created(world, &user, at);
        world.audit(&call.actor, (at.kind, &at.gid), "created");
    }
    if let Some((kind, gid)) = before.target.as_ref().filter(|(kind, gid)| !world.exists(*kind, gid)) {
        world.audit(&call.actor, (*kind, gid), "deleted");
    }
    let Some((kind, gid)) = before.target.filter(|(kind, gid)| world.exists(*kind, gid)) else {
        return;
    };
    for (name, old) in before.fields {
        let new = read(world, call, (kind, &gid), &name);
        if old != new {
            for change in changes(&name, old, new) {
                world.emit(Some(&user), Action::Changed, (kind, &gid), None, Some(change));
            }
        }
    }
    let items = world.items_of(&gid);
    moved(world, &user, &gid, (&before.items, &items), Action::Removed);
    moved(world, &user, &gid, (&items, &before.items), Action::Added);
}

/// Items of a portfolio that are in the first list only.
fn moved(world: &mut World, user: &str, portfolio: &Gid, (here, there): (&[Gid], &[Gid]), action: Action) {
    for item in here.iter().filter(|item| !there.contains(item)) {
        if let Some(kind) = world.kind_of(item) {
            let parent = Some((Kind::Portfolio, portfolio.clone()));
            world.emit(Some(user), action, (kind, item), parent, None);
        }
    }
}

/// One change of a plain field; one for each resource that came to or left a list.
fn changes(name: &str, old: Option<Node>, new: Option<Node>) -> Vec<FieldChange> {
    let (old, new) = match (old, new) {
        (Some(Node::List(old)), Some(Node::List(new))) => (old, new),
        (_, new) => {
            let value = new.filter(|node| matches!(node, Node::Resource(_)));
            return vec![FieldChange::with(name, Action::Changed, value)];
        }
    };
    let only = |here: &[Node], there: &[Node], action: Action| {
        let found = here.iter().filter(|node| !there.contains(node)).cloned();
        found
            .map(|node| {
                let is_resource = matches!(node, Node::Resource(_));
                FieldChange::with(name, action, is_resource.then_some(node))
            })
            .collect::<Vec<_>>()
    };
    let mut changes = only(&old, &new, Action::Removed);
    changes.extend(only(&new, &old, Action::Added));
    changes
}

/// A new object is told as added to what it lies in. Comments and files of tasks are told by their stories.
fn created(world: &mut World, user: &str, at: &Ref) {
    let parent = match at.kind {
        // Its projects are told by stories.
        Kind::Task => {
            world.tasks.get(&at.gid).and_then(|task| task.parent.clone()).map(|gid| (Kind::Task, gid))
        }
        Kind::Section => world.sections.get(&at.gid).map(|section| (Kind::Project, section.project.clone())),
        Kind::Project | Kind::Tag | Kind::Goal | Kind::Portfolio => {
            Some((Kind::Workspace, world.home.clone()))
        }
        _ => return,
    };
    world.emit(Some(user), Action::Added, (at.kind, &at.gid), parent, None);
}
