//! Memberships of goals, projects, portfolios, custom types and custom fields, and their older views by kind.
//!
//! Members are people or teams. One gid names the same membership here and in the lists of projects and portfolios.

use super::entries;
use crate::call::{Answer, Call, Route, check_long, check_object, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Action, FieldChange, Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/memberships", list),
    Route::post("/memberships", create),
    Route::get("/memberships/{membership}", get),
    Route::put("/memberships/{membership}", update),
    Route::delete("/memberships/{membership}", delete),
    Route::get("/project_memberships/{project_membership}", get_of_project),
    Route::get("/projects/{project}/project_memberships", list_of_project),
    Route::get("/portfolio_memberships", list_of_portfolios),
    Route::get("/portfolio_memberships/{portfolio_membership}", get_of_portfolio),
    Route::get("/portfolios/{portfolio}/portfolio_memberships", list_of_portfolio),
];

const FULL: &[&str] = &[
    "resource_type",
    "resource_subtype",
    "parent",
    "member",
    "access_level",
    "role",
    "goal",
    "user",
    "workspace",
];
const COMPACT: &[&str] = &[
    "resource_type",
    "resource_subtype",
    "parent",
    "member",
    "access_level",
    "role",
    "goal",
    "is_commenter",
    "is_editor",
];

pub(super) const SHAPE: Shape =
    Shape { name: "membership", compact: COMPACT, full: FULL, written: FULL, field };

const OF_PROJECT: &[&str] =
    &["resource_type", "parent", "member", "access_level", "user", "project", "write_access"];

pub(super) const PROJECT_SHAPE: Shape = Shape {
    name: "project_membership",
    compact: &["resource_type", "parent", "member", "access_level"],
    full: OF_PROJECT,
    written: OF_PROJECT,
    field,
};

const OF_PORTFOLIO: &[&str] = &["resource_type", "portfolio", "user", "access_level"];

pub(super) const PORTFOLIO_SHAPE: Shape = Shape {
    name: "portfolio_membership",
    compact: OF_PORTFOLIO,
    full: OF_PORTFOLIO,
    written: OF_PORTFOLIO,
    field,
};

const KIND: Kind = Kind::Membership;
const PARENTS: &[Kind] = &[Kind::Goal, Kind::Project, Kind::Portfolio, Kind::CustomType, Kind::CustomField];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let entry = world.entry(KIND, &at.gid)?;
    let parent = entry.gid("parent")?;
    let kind = *world.kinds.get(parent)?;
    let of = |wanted: Kind| (kind == wanted).then(|| Node::to(kind, Some(parent)));
    let level = entry.text("access_level").unwrap_or_default();
    let person = entry.gid("member").filter(|member| world.users.contains_key(*member));
    Some(match name {
        "resource_subtype" => format!("{}_membership", super::shape_of(kind).name).into(),
        "goal" => of(Kind::Goal)?,
        "project" => of(Kind::Project)?,
        "portfolio" => of(Kind::Portfolio)?,
        "user" if kind == Kind::Goal || at.kind != KIND => Node::to(Kind::User, person),
        "workspace" if kind == Kind::Goal => Node::to(Kind::Workspace, Some(&world.home)),
        "role" if kind == Kind::Goal => {
            if level == "commenter" || level == "viewer" { "commenter" } else { "editor" }.into()
        }
        "is_commenter" if kind == Kind::Goal => matches!(level, "commenter" | "editor" | "admin").into(),
        "is_editor" if kind == Kind::Goal => matches!(level, "editor" | "admin").into(),
        "write_access" => {
            if matches!(level, "editor" | "admin") { "full_write" } else { "comment_only" }.into()
        }
        "parent" | "member" | "access_level" => entries::field(reader, &Ref::new(KIND, &at.gid), name)?,
        _ => return None,
    })
}

/// Access levels of a kind of parent.
fn levels(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Goal => &["viewer", "commenter", "editor", "admin"],
        Kind::Project => &["admin", "editor", "commenter", "viewer"],
        Kind::Portfolio => &["admin", "editor", "viewer"],
        Kind::CustomField => &["admin", "editor", "user"],
        _ => &["admin", "editor", "user", "viewer"],
    }
}

fn parent(world: &World, given: &str) -> Result<Kind, Failure> {
    check_long("parent", given)?;
    match world.kind_of(given) {
        Some(kind) if PARENTS.contains(&kind) => Ok(kind),
        Some(_) => Err(Failure::bad(format!("parent: This object has no memberships: {given}"))),
        None => Err(Failure::unknown("parent", given)),
    }
}

/// A team's gid, or whatever names a user.
fn member(world: &World, call: &Call, given: &str) -> Result<(Kind, Gid), Failure> {
    if world.exists(Kind::Team, given) {
        return Ok((Kind::Team, given.to_owned()));
    }
    Ok((Kind::User, user(world, call, "member", given)?))
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let member = call.query("member").map(|given| member(world, call, given)).transpose()?;
    let is_of = |world: &World, gid: &Gid| {
        let entry = world.entry(KIND, gid);
        member.as_ref().is_none_or(|(_, member)| entry.and_then(|entry| entry.gid("member")) == Some(member))
    };
    let Some(given) = call.query("parent") else {
        if member.is_none() || call.query("resource_subtype") != Some("project_membership") {
            return Err(Failure::bad("You should specify one of parent"));
        }
        if member.as_ref().is_some_and(|(kind, _)| *kind != Kind::Team) {
            return Err(Failure::bad("member: Must be a team when parent is not given"));
        }
        let projects: Vec<Gid> = world.projects.keys().cloned().collect();
        let all: Vec<Gid> =
            projects.iter().flat_map(|project| world.memberships_of(Kind::Project, project)).collect();
        return Ok(Answer::list(KIND, all.into_iter().filter(|gid| is_of(world, gid)).collect::<Vec<_>>()));
    };
    let kind = parent(world, given)?;
    let all = world.memberships_of(kind, given);
    Ok(Answer::list(KIND, all.into_iter().filter(|gid| is_of(world, gid)).collect::<Vec<_>>()))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "membership", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

/// The access level of a body; `role` is its older name.
fn level(call: &Call, kind: Kind) -> Result<Option<String>, Failure> {
    let key = if call.has("access_level") { "access_level" } else { "role" };
    match call.text(key)? {
        None => Ok(None),
        Some(word) if levels(kind).contains(&word.as_str()) => Ok(Some(word)),
        Some(word) => {
            let known = levels(kind).join(", ");
            Err(Failure::bad(format!("{key}: Value must be one of {known}, not: {word}")))
        }
    }
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let given = call.required_gid("parent")?;
    let kind = parent(world, &given)?;
    let (member_kind, member) = member(world, call, &call.required_gid("member")?)?;
    let level = level(call, kind)?;
    if let Some(known) = world.membership_of(kind, &given, &member) {
        set_level(world, &known, level);
        return Ok(Answer::created(KIND, &known));
    }
    if let Some(members) = world.members_mut(kind, &given).filter(|_| member_kind == Kind::User) {
        members.push(member.clone());
        let gid = world.membership_of(kind, &given, &member).unwrap_or_default();
        // Documented: who is let into a goal is a commenter unless told otherwise.
        let of_goals = (kind == Kind::Goal).then(|| "commenter".to_owned());
        set_level(world, &gid, level.or(of_goals));
        tell(world, call, (kind, &given), &member, Action::Added);
        return Ok(Answer::created(KIND, &gid));
    }
    let default = if kind == Kind::Goal { "commenter" } else { "editor" };
    let level = level.unwrap_or_else(|| default.to_owned());
    let gid = world.add_membership((kind, &given), (member_kind, &member), &level);
    Ok(Answer::created(KIND, &gid))
}

/// Tells of a person who came to or left a parent's list of members.
fn tell(world: &mut World, call: &Call, (kind, parent): (Kind, &str), member: &Gid, action: Action) {
    let field = if kind == Kind::Goal { "followers" } else { "members" };
    let change = FieldChange::with(field, action, Some(Node::to(Kind::User, Some(member))));
    world.emit(Some(&call.actor.user), Action::Changed, (kind, parent), None, Some(change));
}

fn set_level(world: &mut World, gid: &str, level: Option<String>) {
    if let (Some(level), Some(mut entry)) = (level, world.entry(KIND, gid).cloned()) {
        entry.set("access_level", level);
        world.put_entry(KIND, gid, entry);
    }
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, entry) = entries::target(world, call, "membership", KIND)?;
    let kind = entry.gid("parent").and_then(|parent| world.kind_of(parent)).unwrap_or(Kind::Project);
    let level = level(call, kind)?;
    set_level(world, &gid, level);
    Ok(Answer::written(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, entry) = entries::target(world, call, "membership", KIND)?;
    if let (Some(parent), Some(member)) = (entry.gid("parent"), entry.gid("member")) {
        let kind = world.kind_of(parent).unwrap_or(Kind::Project);
        if let Some(members) = world.members_mut(kind, parent) {
            let before = members.len();
            members.retain(|known| known != member);
            if members.len() < before {
                tell(world, call, (kind, parent), member, Action::Removed);
            }
        }
    }
    world.remove_entry(KIND, &gid);
    Ok(Answer::empty())
}

/// The membership a path names, when its parent is of the kind.
fn of_kind(world: &World, call: &Call, name: &str, wanted: Kind) -> Result<Gid, Failure> {
    let gid = call.param(name);
    let parent = world.entry(KIND, gid).and_then(|entry| entry.gid("parent"));
    match parent.and_then(|parent| world.kind_of(parent)) {
        Some(kind) if kind == wanted => Ok(gid.to_owned()),
        _ => Err(Failure::unknown(name, gid)),
    }
}

fn get_of_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = of_kind(world, call, "project_membership", Kind::Project)?;
    Ok(Answer::got(Kind::ProjectMembership, &gid))
}

fn get_of_portfolio(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = of_kind(world, call, "portfolio_membership", Kind::Portfolio)?;
    Ok(Answer::got(Kind::PortfolioMembership, &gid))
}

/// A parent's memberships, of one user when the query names one.
fn of_parent(world: &mut World, call: &Call, (kind, parent): (Kind, &str)) -> Result<Vec<Gid>, Failure> {
    let user = entries::maybe_user(world, call, "user")?;
    let mut all = world.memberships_of(kind, parent);
    all.retain(|gid| {
        let member = world.entry(KIND, gid).and_then(|entry| entry.gid("member"));
        user.is_none() || member == user.as_ref()
    });
    Ok(all)
}

fn list_of_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = call.target(world, "project", Kind::Project)?;
    Ok(Answer::list(Kind::ProjectMembership, of_parent(world, call, (Kind::Project, &project))?))
}

fn list_of_portfolio(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let portfolio = call.target(world, "portfolio", Kind::Portfolio)?;
    Ok(Answer::list(Kind::PortfolioMembership, of_parent(world, call, (Kind::Portfolio, &portfolio))?))
}

/// By portfolio, by portfolio and user, or by workspace and user.
fn list_of_portfolios(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let portfolios = match (call.query("portfolio"), call.query("workspace"), call.query("user")) {
        (Some(portfolio), _, _) => {
            check_object(world, Kind::Portfolio, "portfolio", portfolio)?;
            vec![portfolio.to_owned()]
        }
        (None, Some(workspace), Some(_)) => {
            check_object(world, Kind::Workspace, "workspace", workspace)?;
            world.portfolios.keys().cloned().collect()
        }
        // Recorded for a call with nothing.
        (None, None, _) => return Err(Failure::bad("You should specify one of workspace")),
        (None, Some(_), None) => return Err(Failure::bad("You should specify one of portfolio, user")),
    };
    let mut found = Vec::new();
    for portfolio in portfolios {
        found.extend(of_parent(world, call, (Kind::Portfolio, &portfolio))?);
    }
    Ok(Answer::list(Kind::PortfolioMembership, found))
}
