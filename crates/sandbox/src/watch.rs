//! Events that follow from what a call did: its target before and after it, and what it made or deleted.
//!
//! Guess: what supports a goal is told like the items of a portfolio, as added to it and removed from it.
//! Changes of tasks come from their stories (`World::emit_story`); here are the few that leave none, and all other kinds.

use crate::call::{Answer, Call, Route};
use crate::node::{Node, Reader, Ref};
use crate::resources::shape_of;
use crate::world::{Action, Audited, FieldChange, Gid, GoalMetric, Kind, World};
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
    /// Items of a portfolio and what supports a goal, which are told as added to it and removed from it.
    items: Vec<Gid>,
    metric: Option<GoalMetric>,
    privacy: Option<Node>,
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
    Before {
        fields,
        items: held(world, kind, &gid),
        metric: metric(world, &gid),
        privacy: read(world, call, (kind, &gid), privacy_of(kind)),
        target: Some((kind, gid)),
    }
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
            | Kind::StatusUpdate
            // Only its privacy is told of, in the audit log.
            | Kind::Team
    )
}

fn watched(kind: Kind, route: &Route, call: &Call) -> Vec<String> {
    let below = route.method == Method::POST;
    match kind {
        Kind::Task => OF_TASKS.iter().map(|&name| name.to_owned()).collect(),
        Kind::Team => Vec::new(),
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
            Kind::Team => {}
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
        if let Some(what) = Audited::created(at.kind) {
            world.audit(&call.actor, (at.kind, &at.gid), what);
        }
    }
    if let Some((kind, gid)) = before.target.as_ref().filter(|(kind, gid)| !world.exists(*kind, gid))
        && let Some(what) = Audited::deleted(*kind)
    {
        world.audit(&call.actor, (*kind, gid), what);
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
    if metric(world, &gid) != before.metric {
        let now = world.goals.get(&gid).and_then(|goal| goal.metric.clone());
        let value = now.map(|metric| Node::Resource(Ref::new(Kind::GoalMetric, &metric)));
        let change = FieldChange::with("metric", Action::Changed, value);
        world.emit(Some(&user), Action::Changed, (kind, &gid), None, Some(change));
    }
    tell_privacy(world, call, (kind, &gid), before.privacy);
    let items = held(world, kind, &gid);
    moved(world, &user, (kind, &gid), (&before.items, &items), Action::Removed);
    moved(world, &user, (kind, &gid), (&items, &before.items), Action::Added);
}

/// What a portfolio holds or a goal is supported by.
fn held(world: &World, kind: Kind, gid: &str) -> Vec<Gid> {
    match kind {
        Kind::Goal => world.support_of(gid).into_iter().map(|(_, link)| link.supporting.clone()).collect(),
        _ => world.items_of(gid),
    }
}

fn metric(world: &World, goal: &str) -> Option<GoalMetric> {
    world.goal_metrics.get(world.goals.get(goal)?.metric.as_ref()?).cloned()
}

/// The property that says who sees it.
fn privacy_of(kind: Kind) -> &'static str {
    if kind == Kind::Team { "visibility" } else { "privacy_setting" }
}

/// Logs another privacy setting.
fn tell_privacy(world: &mut World, call: &Call, (kind, gid): (Kind, &Gid), old: Option<Node>) {
    let new = read(world, call, (kind, gid), privacy_of(kind));
    if let (Some(Node::Plain(old)), Some(Node::Plain(new))) = (old, new)
        && old != new
        && let Some(what) = Audited::privacy(kind, &old, &new)
    {
        world.audit(&call.actor, (kind, gid), what);
    }
}

/// Items that are in the first list only.
fn moved(
    world: &mut World,
    user: &str,
    (kind, holder): (Kind, &Gid),
    (here, there): (&[Gid], &[Gid]),
    action: Action,
) {
    for item in here.iter().filter(|item| !there.contains(item)) {
        if let Some(of_item) = world.kind_of(item) {
            let parent = Some((kind, holder.clone()));
            world.emit(Some(user), action, (of_item, item), parent, None);
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
        Kind::Task => match world.tasks.get(&at.gid).map(|task| (task.parent.clone(), &task.memberships)) {
            Some((None, places)) if !places.is_empty() => return,
            found => found.and_then(|(parent, _)| parent).map(|gid| (Kind::Task, gid)),
        },
        Kind::StatusUpdate | Kind::ProjectStatus => {
            let parent = world.status_updates.get(&at.gid).map(|update| update.parent.clone());
            let Some(parent) = parent.and_then(|gid| Some((world.kind_of(&gid)?, gid))) else { return };
            current_status(world, user, parent.clone());
            world.emit(Some(user), Action::Added, (Kind::StatusUpdate, &at.gid), Some(parent), None);
            return;
        }
        Kind::Section => world.sections.get(&at.gid).map(|section| (Kind::Project, section.project.clone())),
        Kind::Project | Kind::Tag | Kind::Goal | Kind::Portfolio => {
            Some((Kind::Workspace, world.home.clone()))
        }
        _ => return,
    };
    world.emit(Some(user), Action::Added, (at.kind, &at.gid), parent, None);
}

/// The parent of a new status update has another current one.
fn current_status(world: &mut World, user: &str, (kind, gid): (Kind, Gid)) {
    let current = world.current_status_update(&gid);
    let value = current.map(|update| Node::Resource(Ref::new(Kind::StatusUpdate, &update)));
    let change = FieldChange::with("current_status_update", Action::Changed, value);
    world.emit(Some(user), Action::Changed, (kind, &gid), None, Some(change));
}
