//! Goals: create, read, change, delete, list by what they belong to or what supports them, comments and followers.
//!
//! Metrics are in `goal_metrics.rs`, support in `goal_relationships.rs`. On the free plan every call that is otherwise
//! well-formed answers 402 but changing a goal, which documents none.

use super::project_people::users;
use super::{custom_field_settings, stories};
use crate::call::{Answer, Call, Route, check_object, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Goal, Kind, NewGoal, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/goals", list),
    Route::post("/goals", create),
    Route::get("/goals/{goal}", get),
    Route::put("/goals/{goal}", update),
    Route::delete("/goals/{goal}", delete),
    Route::post("/goals/{goal}/addFollowers", add_followers),
    Route::post("/goals/{goal}/removeFollowers", remove_followers),
    Route::get("/goals/{goal}/stories", list_stories),
    Route::post("/goals/{goal}/stories", comment),
    Route::get("/goals/{goal}/custom_field_settings", settings),
    Route::post("/goals/{goal}/addCustomFieldSetting", add_setting),
    Route::post("/goals/{goal}/removeCustomFieldSetting", remove_setting),
];

const PAID_ONLY: &str = "Goals are not available for free users.";

const STATUSES: &[&str] = &["green", "yellow", "red", "achieved", "partial", "missed", "dropped"];

const FULL: &[&str] = &[
    "resource_type",
    "name",
    "owner",
    "notes",
    "html_notes",
    "due_on",
    "start_on",
    "is_workspace_level",
    "liked",
    "likes",
    "num_likes",
    "team",
    "workspace",
    "followers",
    "time_period",
    "metric",
    "current_status_update",
    "status",
    "privacy_setting",
    "default_access_level",
    "custom_fields",
    "custom_field_settings",
];

pub(super) const SHAPE: Shape =
    Shape { name: "goal", compact: &["resource_type", "name", "owner"], full: FULL, written: FULL, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let goal = world.goals.get(&at.gid)?;
    Some(match name {
        "name" => goal.name.clone().into(),
        "notes" => goal.notes.clone().into(),
        "html_notes" => match &goal.html_notes {
            Some(html) => html.clone().into(),
            None => crate::markup::body(&goal.notes).into(),
        },
        "due_on" => goal.due_on.clone().into(),
        "start_on" => goal.start_on.clone().into(),
        "status" => goal.status.clone().into(),
        "privacy_setting" => goal.privacy_setting.clone().into(),
        "default_access_level" => goal.default_access_level.clone().into(),
        "liked" => goal.likes.iter().any(|user| user == reader.user).into(),
        "likes" => super::tasks::likes(&goal.likes),
        "num_likes" => goal.likes.len().into(),
        "owner" => Node::to(Kind::User, goal.owner.as_ref()),
        "followers" => Node::all(Kind::User, &goal.followers),
        "workspace" => Node::to(Kind::Workspace, Some(world.workspace_of(&at.gid))),
        "metric" => Node::to(Kind::GoalMetric, goal.metric.as_ref()),
        "current_status_update" => super::status_updates::current(world, &at.gid),
        "time_period" => Node::to(Kind::TimePeriod, goal.time_period.as_ref()),
        "custom_fields" => super::projects::custom_fields(world, &at.gid),
        "custom_field_settings" => custom_field_settings::nodes(world, &at.gid),
        // Both are documented as there in organizations only.
        "is_workspace_level" | "team" if !world.workspaces.get(&world.home)?.is_organization => return None,
        "is_workspace_level" => goal.is_workspace_level.into(),
        "team" => Node::to(Kind::Team, goal.team.as_ref()),
        _ => return None,
    })
}

/// The goal of the path, on a plan that has goals.
pub(super) fn goal_of(world: &World, call: &Call) -> Result<Gid, Failure> {
    require_goals(world)?;
    call.target(world, "goal", Kind::Goal)
}

/// Refuses on a plan without goals.
pub(super) fn require_goals(world: &World) -> Result<(), Failure> {
    super::require_paid(world, PAID_ONLY)
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let supporting = [("portfolio", Kind::Portfolio), ("project", Kind::Project), ("task", Kind::Task)];
    let scopes = [("workspace", Kind::Workspace), ("team", Kind::Team)];
    let mut is_narrowed = false;
    for (name, kind) in supporting.into_iter().chain(scopes) {
        if let Some(gid) = call.query(name) {
            check_object(world, kind, name, gid)?;
            is_narrowed = true;
        }
    }
    if !is_narrowed {
        return Err(Failure::bad("You should specify one of portfolio, project, workspace, team"));
    }
    let level = call.query_flag("is_workspace_level")?;
    if level.is_some() && call.query("workspace").is_none() {
        return Err(Failure::bad("is_workspace_level: Must be used with the workspace parameter"));
    }
    require_goals(world)?;
    let supported: Vec<Vec<Gid>> = supporting
        .iter()
        .filter_map(|(name, _)| call.query(name))
        .map(|gid| world.goals_supported_by(gid))
        .collect();
    let (team, workspace) = (call.query("team"), call.query("workspace"));
    let periods = call.query_list("time_periods");
    let in_period = |goal: &Goal| {
        periods.as_ref().is_none_or(|any| goal.time_period.as_ref().is_some_and(|one| any.contains(one)))
    };
    let goals: Vec<Gid> = world
        .goals
        .iter()
        .filter(|(_, goal)| level.is_none_or(|level| goal.is_workspace_level == level))
        .filter(|(_, goal)| team.is_none() || goal.team.as_deref() == team)
        .filter(|(_, goal)| in_period(goal))
        .filter(|(gid, _)| workspace.is_none_or(|workspace| world.is_within(gid, workspace)))
        .filter(|(gid, _)| supported.iter().all(|goals| goals.contains(gid)))
        .map(|(gid, _)| gid.clone())
        .collect();
    Ok(Answer::list(Kind::Goal, goals))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = goal_of(world, call)?;
    Ok(Answer::got(Kind::Goal, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let team = call.text("team")?;
    let workspace = call.text("workspace")?;
    match &workspace {
        Some(workspace) => check_object(world, Kind::Workspace, "workspace", workspace)?,
        None if team.is_none() => return Err(Failure::missing("workspace")),
        None => {}
    }
    require_goals(world)?;
    let owner = Some(call.actor.user.clone());
    let mut goal =
        world.new_goal(NewGoal { owner, is_workspace_level: team.is_none(), ..NewGoal::default() });
    change(world, call, &mut goal)?;
    let gid = world.issue(Kind::Goal);
    world.goals.insert(gid.clone(), goal);
    workspace.iter().for_each(|workspace| world.settle(&gid, workspace));
    Ok(Answer::created(Kind::Goal, &gid))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "goal", Kind::Goal)?;
    let mut goal = world.goals[&gid].clone();
    change(world, call, &mut goal)?;
    if let Some(values) = call.data.get("custom_fields").filter(|values| !values.is_null()) {
        super::field_values::write(world, &call.actor, &gid, values)?;
    }
    world.goals.insert(gid.clone(), goal);
    Ok(Answer::written(Kind::Goal, &gid))
}

/// Applies the writable properties of the body.
fn change(world: &World, call: &Call, goal: &mut Goal) -> Result<(), Failure> {
    for (key, value) in &call.data {
        match key.as_str() {
            "name" => goal.name = call.text(key)?.unwrap_or_default(),
            "notes" => {
                goal.notes = call.text(key)?.unwrap_or_default();
                goal.html_notes = None;
            }
            "html_notes" => {
                let html = call.text(key)?.unwrap_or_else(|| "<body></body>".to_owned());
                goal.notes = crate::markup::plain(key, &html)?;
                goal.html_notes = Some(html);
            }
            "due_on" => goal.due_on = super::task_dates::day(call, key)?,
            "start_on" => goal.start_on = super::task_dates::day(call, key)?,
            "owner" => {
                goal.owner = call.text(key)?.map(|given| user(world, call, key, &given)).transpose()?
            }
            "followers" => goal.followers = users(world, call, key, value)?,
            "is_workspace_level" => goal.is_workspace_level = call.flag(key)?.unwrap_or(false),
            "team" => goal.team = call.text(key)?,
            "status" => goal.status = status(call, goal)?,
            "liked" => like(goal, &call.actor.user, call.flag(key)?.unwrap_or(false)),
            "time_period" => {
                goal.time_period = call.text(key)?;
                if let Some(period) = &goal.time_period {
                    check_object(world, Kind::TimePeriod, key, period)?;
                }
            }
            _ => {}
        }
    }
    check_place_and_dates(world, goal)
}

/// Open or closed, or null; only a goal with a metric has a status that can be written.
fn status(call: &Call, goal: &Goal) -> Result<Option<String>, Failure> {
    if goal.metric.is_none() {
        return Err(Failure::bad("status: Can only be set on a goal that has a metric"));
    }
    match call.data.get("status") {
        Some(value) if value.is_null() => Ok(None),
        _ => super::words::choice(call, "status", STATUSES).map(Some),
    }
}

fn like(goal: &mut Goal, user: &str, is_liked: bool) {
    goal.likes.retain(|known| known != user);
    if is_liked {
        goal.likes.push(user.to_owned());
    }
}

fn check_place_and_dates(world: &World, goal: &mut Goal) -> Result<(), Failure> {
    if goal.is_workspace_level {
        goal.team = None;
    }
    match &goal.team {
        Some(team) => check_object(world, Kind::Team, "team", team)?,
        None if !goal.is_workspace_level => {
            return Err(Failure::bad("team: A goal that is not at workspace level needs a team"));
        }
        None => {}
    }
    match (&goal.start_on, &goal.due_on) {
        (Some(_), None) => Err(Failure::bad("start_on: Cannot be set without a due date")),
        (Some(start), Some(due)) if start >= due => {
            Err(Failure::bad("start_on: Start date must be before the due date"))
        }
        _ => Ok(()),
    }
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = goal_of(world, call)?;
    world.remove_goal(&gid);
    Ok(Answer::empty())
}

fn add_followers(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    follow(world, call, true)
}

fn remove_followers(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    follow(world, call, false)
}

fn follow(world: &mut World, call: &Call, is_added: bool) -> Result<Answer, Failure> {
    let gid = goal_of(world, call)?;
    let value = call.data.get("followers").ok_or_else(|| Failure::missing("followers"))?;
    let named = users(world, call, "followers", value)?;
    if let Some(goal) = world.goals.get_mut(&gid) {
        goal.followers.retain(|known| !named.contains(known));
        if is_added {
            goal.followers.extend(named);
        }
    }
    Ok(Answer::written(Kind::Goal, &gid))
}

fn list_stories(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = goal_of(world, call)?;
    Ok(Answer::list(Kind::Story, world.stories_of.get(&gid).cloned().unwrap_or_default()))
}

fn comment(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = goal_of(world, call)?;
    let story = stories::comment(world, call, &gid)?;
    Ok(Answer::created(Kind::Story, &story))
}

fn settings(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = goal_of(world, call)?;
    custom_field_settings::list(world, &gid)
}

fn add_setting(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = goal_of(world, call)?;
    custom_field_settings::add(world, call, &gid)
}

fn remove_setting(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = goal_of(world, call)?;
    custom_field_settings::remove(world, call, &gid)
}
