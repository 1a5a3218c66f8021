//! Routes real Asana has and the sandbox does not model yet: they answer as if there were no such object.
//!
//! Malformed gids and missing parameters get Asana's own answers, so a client's mistakes show; a well-formed gid is 404
//! "Unknown object", a list is empty, and nothing can be created. Building a resource means taking its rows out here.

use crate::call::{Answer, Call, Route, check_long};
use crate::error::Failure;
use crate::world::{Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/access_requests", need_target),
    Route::post("/access_requests", need_target_in_body),
    Route::post("/access_requests/{access_request_gid}/approve", unknown),
    Route::post("/access_requests/{access_request_gid}/reject", unknown),
    Route::get("/agents/{agent}", unknown),
    Route::get("/workspaces/{workspace}/agents", none),
    Route::get("/allocations", need_parent_or_workspace),
    Route::post("/allocations", need_parent_in_body),
    Route::get("/allocations/{allocation}", unknown),
    Route::put("/allocations/{allocation}", unknown),
    Route::delete("/allocations/{allocation}", unknown),
    Route::get("/workspaces/{workspace}/audit_log_events", none),
    Route::get("/budgets", need_parent),
    Route::post("/budgets", need_parent_in_body),
    Route::get("/budgets/{budget}", unknown),
    Route::put("/budgets/{budget}", unknown),
    Route::delete("/budgets/{budget}", unknown),
    Route::get("/custom_types", need_project),
    Route::get("/custom_types/{custom_type}", unknown),
    Route::post("/exports/graph", need_parent_in_body),
    Route::post("/exports/resource", need_workspace_in_body),
    Route::get("/memberships", need_parent),
    Route::post("/memberships", need_parent_in_body),
    Route::get("/memberships/{membership}", unknown),
    Route::put("/memberships/{membership}", unknown),
    Route::delete("/memberships/{membership}", unknown),
    Route::get("/ooo_entries", need_workspace),
    Route::post("/ooo_entries", need_workspace_in_body),
    Route::get("/ooo_entries/{ooo_entry}", unknown),
    Route::put("/ooo_entries/{ooo_entry}", unknown),
    Route::delete("/ooo_entries/{ooo_entry}", unknown),
    Route::post("/organization_exports", need_organization_in_body),
    Route::get("/organization_exports/{organization_export}", unknown),
    Route::get("/portfolio_memberships", need_workspace),
    Route::get("/portfolio_memberships/{portfolio_membership}", unknown),
    Route::post("/portfolios/{portfolio}/duplicate", unknown),
    Route::get("/portfolios/{portfolio}/portfolio_memberships", none),
    Route::get("/portfolios/{portfolio}/project_portfolio_settings", none),
    Route::get("/project_briefs/{project_brief}", unknown),
    Route::put("/project_briefs/{project_brief}", unknown),
    Route::delete("/project_briefs/{project_brief}", unknown),
    Route::post("/projects/{project}/project_briefs", unknown),
    Route::get("/project_memberships/{project_membership}", unknown),
    Route::get("/projects/{project}/project_memberships", none),
    Route::get("/project_portfolio_settings/{project_portfolio_setting}", unknown),
    Route::put("/project_portfolio_settings/{project_portfolio_setting}", unknown),
    Route::get("/projects/{project}/project_portfolio_settings", none),
    Route::get("/project_statuses/{project_status}", unknown),
    Route::delete("/project_statuses/{project_status}", unknown),
    Route::get("/projects/{project}/project_statuses", none),
    Route::post("/projects/{project}/project_statuses", unknown),
    Route::get("/project_templates", need_workspace),
    Route::get("/project_templates/{project_template}", unknown),
    Route::delete("/project_templates/{project_template}", unknown),
    Route::post("/project_templates/{project_template}/instantiateProject", unknown),
    Route::get("/teams/{team}/project_templates", none),
    Route::post("/projects/{project}/duplicate", unknown),
    Route::post("/projects/{project}/saveAsTemplate", unknown),
    Route::get("/workspaces/{workspace}/projects/search", search),
    Route::get("/rates", need_parent_or_workspace),
    Route::post("/rates", need_parent_in_body),
    Route::get("/rates/{rate}", unknown),
    Route::put("/rates/{resource_project_rate}", unknown),
    Route::delete("/rates/{resource_project_rate}", unknown),
    Route::get("/reactions", need_target),
    Route::get("/roles", need_workspace),
    Route::post("/roles", need_workspace_in_body),
    Route::get("/roles/{role}", unknown),
    Route::put("/roles/{role}", unknown),
    Route::delete("/roles/{role}", unknown),
    Route::post("/rule_triggers/{rule_trigger}/run", unknown),
    Route::get("/workspaces/{workspace}/tasks/custom_id/{custom_id}", unknown),
    Route::get("/task_templates", need_project),
    Route::get("/task_templates/{task_template}", unknown),
    Route::delete("/task_templates/{task_template}", unknown),
    Route::post("/task_templates/{task_template}/instantiateTask", unknown),
    Route::get("/team_memberships", need_team),
    Route::get("/team_memberships/{team_membership}", unknown),
    Route::get("/teams/{team}/team_memberships", none),
    Route::get("/users/{user}/team_memberships", unknown),
    Route::post("/teams/{team}/addUser", unknown),
    Route::post("/teams/{team}/removeUser", unknown),
    Route::get("/tasks/{task}/time_tracking_entries", none),
    Route::post("/tasks/{task}/time_tracking_entries", unknown),
    Route::get("/time_tracking_entries", need_workspace),
    Route::get("/time_tracking_entries/{time_tracking_entry}", unknown),
    Route::put("/time_tracking_entries/{time_tracking_entry}", unknown),
    Route::delete("/time_tracking_entries/{time_tracking_entry}", unknown),
    Route::get("/time_tracking_categories", need_workspace),
    Route::post("/time_tracking_categories", need_workspace_in_body),
    Route::get("/time_tracking_categories/{time_tracking_category}", unknown),
    Route::put("/time_tracking_categories/{time_tracking_category}", unknown),
    Route::delete("/time_tracking_categories/{time_tracking_category}", unknown),
    Route::get("/time_tracking_categories/{time_tracking_category}/time_tracking_entries", unknown),
    Route::get("/timesheet_approval_statuses", need_workspace),
    Route::post("/timesheet_approval_statuses", need_workspace_in_body),
    Route::get("/timesheet_approval_statuses/{timesheet_approval_status}", unknown),
    Route::put("/timesheet_approval_statuses/{timesheet_approval_status}", unknown),
    Route::put("/users/{user}", unknown),
    Route::get("/users/{user}/favorites", unknown),
    Route::get("/users/{user}/workspace_memberships", unknown),
    Route::put("/workspaces/{workspace}/users/{user}", unknown),
    Route::get("/workspace_memberships/{workspace_membership}", unknown),
    Route::get("/workspaces/{workspace}/workspace_memberships", none),
    Route::put("/workspaces/{workspace}", unknown),
    Route::post("/workspaces/{workspace}/addUser", unknown),
    Route::post("/workspaces/{workspace}/removeUser", unknown),
];

/// The first object of the path does not exist.
fn unknown(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (name, gid) = call.params.first().ok_or_else(Failure::no_route)?;
    Err(Failure::unknown(name, gid))
}

/// Search is a paid feature.
fn search(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, "Search is only available to premium users.")?;
    unknown(world, call)
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

fn need_team(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["team"])
}

fn need_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need(world, call, &["workspace"])
}

fn need_target_in_body(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need_in_body(call, "target")
}

fn need_parent_in_body(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need_in_body(call, "parent")
}

fn need_workspace_in_body(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need_in_body(call, "workspace")
}

fn need_organization_in_body(_world: &mut World, call: &Call) -> Result<Answer, Failure> {
    need_in_body(call, "organization")
}
