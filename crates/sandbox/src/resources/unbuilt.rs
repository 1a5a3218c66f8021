//! Routes real Asana has and the sandbox does not model yet: they answer as if there were no such object.
//!
//! Malformed gids and missing parameters get Asana's own answers, so a client's mistakes show; a well-formed gid is 404
//! "Unknown object", a list is empty, and nothing can be created. Building a resource means taking its rows out here.

use crate::call::{Answer, Call, Handler, Route, check_long};
use crate::error::Failure;
use crate::world::{Kind, World};

const fn g(pattern: &'static str, handler: Handler) -> Route {
    Route::get(pattern, handler)
}

pub(super) const ROUTES: &[Route] = &[
    g("/access_requests", need_target),
    Route::post("/access_requests", need_target_in_body),
    Route::post("/access_requests/{access_request_gid}/approve", unknown),
    Route::post("/access_requests/{access_request_gid}/reject", unknown),
    g("/agents/{agent}", unknown),
    g("/workspaces/{workspace}/agents", none),
    g("/allocations", need_parent_or_workspace),
    Route::post("/allocations", need_parent_in_body),
    g("/allocations/{allocation}", unknown),
    Route::put("/allocations/{allocation}", unknown),
    Route::delete("/allocations/{allocation}", unknown),
    g("/budgets", need_parent),
    Route::post("/budgets", need_parent_in_body),
    g("/budgets/{budget}", unknown),
    Route::put("/budgets/{budget}", unknown),
    Route::delete("/budgets/{budget}", unknown),
    g("/custom_types", need_project),
    g("/custom_types/{custom_type}", unknown),
    g("/events", need_resource),
    g("/goal_relationships/{goal_relationship}", unknown),
    g("/goals", need_goal_scope),
    Route::post("/goals", need_workspace_in_body),
    g("/goals/{goal}", unknown),
    Route::put("/goals/{goal}", unknown),
    Route::delete("/goals/{goal}", unknown),
    g("/goals/{goal}/stories", unknown),
    g("/jobs/{job}", unknown),
    g("/memberships", need_parent),
    Route::post("/memberships", need_parent_in_body),
    g("/memberships/{membership}", unknown),
    Route::put("/memberships/{membership}", unknown),
    Route::delete("/memberships/{membership}", unknown),
    g("/ooo_entries", need_workspace),
    g("/ooo_entries/{ooo_entry}", unknown),
    g("/organization_exports/{organization_export}", unknown),
    g("/portfolio_memberships", need_workspace),
    g("/portfolio_memberships/{portfolio_membership}", unknown),
    g("/portfolios", need_workspace),
    Route::post("/portfolios", need_workspace_in_body),
    g("/portfolios/{portfolio}", unknown),
    Route::put("/portfolios/{portfolio}", unknown),
    Route::delete("/portfolios/{portfolio}", unknown),
    g("/portfolios/{portfolio}/items", unknown),
    g("/portfolios/{portfolio}/custom_field_settings", unknown),
    g("/portfolios/{portfolio}/portfolio_memberships", unknown),
    g("/project_briefs/{project_brief}", unknown),
    g("/project_memberships/{project_membership}", unknown),
    g("/projects/{project}/project_memberships", none),
    g("/project_statuses/{project_status}", unknown),
    Route::delete("/project_statuses/{project_status}", unknown),
    g("/projects/{project}/project_statuses", none),
    Route::post("/projects/{project}/project_statuses", unknown),
    g("/project_templates", need_workspace),
    g("/project_templates/{project_template}", unknown),
    g("/rates", need_parent_or_workspace),
    g("/rates/{rate}", unknown),
    Route::put("/rates/{resource_project_rate}", unknown),
    Route::delete("/rates/{resource_project_rate}", unknown),
    g("/reactions", need_target),
    g("/roles", need_workspace),
    g("/roles/{role}", unknown),
    Route::post("/rule_triggers/{rule_trigger}/run", unknown),
    g("/status_updates", need_parent),
    Route::post("/status_updates", need_parent_in_body),
    g("/status_updates/{status_update}", unknown),
    Route::delete("/status_updates/{status_update}", unknown),
    g("/task_templates", need_project),
    g("/task_templates/{task_template}", unknown),
    Route::delete("/task_templates/{task_template}", unknown),
    Route::post("/task_templates/{task_template}/instantiateTask", unknown),
    g("/team_memberships", need_team),
    g("/team_memberships/{team_membership}", unknown),
    g("/teams/{team}/team_memberships", none),
    g("/time_periods", need_workspace),
    g("/time_periods/{time_period}", unknown),
    g("/tasks/{task}/time_tracking_entries", none),
    Route::post("/tasks/{task}/time_tracking_entries", unknown),
    g("/time_tracking_entries", need_workspace),
    g("/time_tracking_entries/{time_tracking_entry}", unknown),
    Route::put("/time_tracking_entries/{time_tracking_entry}", unknown),
    Route::delete("/time_tracking_entries/{time_tracking_entry}", unknown),
    g("/time_tracking_categories", need_workspace),
    g("/time_tracking_categories/{time_tracking_category}", unknown),
    g("/webhooks", need_workspace),
    Route::post("/webhooks", need_resource_in_body),
    g("/webhooks/{webhook}", unknown),
    Route::put("/webhooks/{webhook}", unknown),
    Route::delete("/webhooks/{webhook}", unknown),
    g("/workspace_memberships/{workspace_membership}", unknown),
    g("/workspaces/{workspace}/workspace_memberships", none),
];

/// The first object of the path does not exist.
fn unknown(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (name, gid) = call.params.first().ok_or_else(Failure::no_route)?;
    Err(Failure::unknown(name, gid))
}

/// A list below an object that may exist: nothing in it.
fn none(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (name, gid) = call.params.first().ok_or_else(Failure::no_route)?;
    nothing_in(world, name, gid)
}

fn nothing_in(world: &World, name: &str, gid: &str) -> Result<Answer, Failure> {
    check_long(name, gid)?;
    match world.kind_of(gid) {
        Some(_) => Ok(Answer::list(Kind::Workspace, Vec::new())),
        None => Err(Failure::unknown(name, gid)),
    }
}

/// A list that must be narrowed by one of these query parameters.
fn need(world: &World, call: &Call, names: &[&str]) -> Result<Answer, Failure> {
    let given = names.iter().find_map(|name| Some((*name, call.query(name)?)));
    match given {
        Some((name, gid)) => nothing_in(world, name, gid),
        None => Err(Failure::bad(format!("You should specify one of {}", names.join(", ")))),
    }
}

/// A creating call: what it hangs on is missing or, as far as this resource goes, unknown.
fn need_in_body(call: &Call, name: &str) -> Result<Answer, Failure> {
    let gid = call.required_gid(name)?;
    Err(Failure::unknown(name, &gid))
}

fn need_target(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["target"])
}

fn need_parent(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["parent"])
}

fn need_parent_or_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["parent", "workspace"])
}

fn need_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["project"])
}

fn need_resource(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["resource"])
}

fn need_team(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["team"])
}

fn need_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["workspace"])
}

fn need_goal_scope(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["portfolio", "project", "workspace", "team"])
}

fn need_target_in_body(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need_in_body(call, "target")
}

fn need_parent_in_body(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need_in_body(call, "parent")
}

fn need_resource_in_body(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need_in_body(call, "resource")
}

fn need_workspace_in_body(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need_in_body(call, "workspace")
}
