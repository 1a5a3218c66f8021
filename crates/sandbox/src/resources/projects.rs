//! Projects: create, read, change, delete, list, members and followers, task counts.
//!
//! Deleting a project keeps its tasks (they lose their place in it), as in Asana.
//! Known limit: `privacy_setting` is stored, not enforced.

use super::project_write::change;
use crate::call::{Answer, Call, Route, check_object};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape, View};
use crate::world::{Carried, Gid, Kind, NewProject, Plan, Project, Subtype, World};
use serde_json::{Map, Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/projects", list),
    Route::post("/projects", create),
    Route::get("/projects/{project}", get),
    Route::put("/projects/{project}", update),
    Route::delete("/projects/{project}", delete),
    Route::get("/projects/{project}/task_counts", task_counts),
    Route::get("/workspaces/{workspace}/projects", list_of_workspace),
    Route::post("/workspaces/{workspace}/projects", create_in_workspace),
    Route::get("/teams/{team}/projects", list_of_team),
    Route::post("/teams/{team}/projects", create_in_team),
    Route::get("/tasks/{task}/projects", list_of_task),
];

const WRITTEN: &[&str] = &[
    "resource_type",
    "created_at",
    "modified_at",
    "due_date",
    "due_on",
    "notes",
    "archived",
    "default_view",
    "default_access_level",
    "minimum_access_level_for_customization",
    "minimum_access_level_for_sharing",
    "start_on",
    "color",
    "completed",
    "completed_at",
    "completed_by",
    "public",
    "privacy_setting",
    "current_status_update",
    "name",
    "icon",
    "permalink_url",
    "current_status",
    "workspace",
    "owner",
    "team",
    "members",
    "followers",
];

/// `icon` is in the answer to writes only and `custom_fields` in reads only, as recorded.
const FULL: &[&str] = &[
    "archived",
    "color",
    "completed",
    "completed_at",
    "created_at",
    "current_status",
    "current_status_update",
    "custom_fields",
    "custom_field_settings",
    "default_access_level",
    "default_view",
    "due_on",
    "due_date",
    "followers",
    "members",
    "minimum_access_level_for_customization",
    "minimum_access_level_for_sharing",
    "modified_at",
    "name",
    "notes",
    "owner",
    "permalink_url",
    "privacy_setting",
    "public",
    "resource_type",
    "start_on",
    "team",
    "workspace",
];

pub(super) const SHAPE: Shape =
    Shape { name: "project", compact: &["resource_type", "name"], full: FULL, written: WRITTEN, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let project = world.projects.get(&at.gid)?;
    Some(match name {
        "custom_fields" => custom_fields(world, &at.gid),
        // Recorded: on the free plan the record has no such key, unless it is asked for.
        "custom_field_settings" if reader.view.is_some() && world.plan == Plan::Free => return None,
        "custom_field_settings" => super::custom_field_settings::nodes(world, &at.gid),
        "current_status_update" => super::status_updates::current(world, &at.gid),
        "current_status" => super::project_statuses::current(world, &at.gid),
        "project_brief" => super::project_briefs::of_project(world, &at.gid),
        "created_from_template" => {
            let template = project.created_from_template.as_ref();
            Node::to(Kind::ProjectTemplate, template.filter(|gid| world.exists(Kind::ProjectTemplate, gid)))
        }
        "owner" => Node::to(Kind::User, project.owner.as_ref()),
        "team" => Node::to(Kind::Team, project.team.as_ref()),
        "members" => Node::all(Kind::User, &project.members),
        "followers" => Node::all(Kind::User, &project.followers),
        "workspace" => Node::to(Kind::Workspace, Some(world.workspace_of(&at.gid))),
        "completed_by" => Node::to(Kind::User, project.completed.as_ref().map(|(_, by)| by)),
        "permalink_url" => {
            format!("https://app.asana.com/1/{}/project/{}", world.workspace_of(&at.gid), at.gid).into()
        }
        "color" if project.color.is_none() && reader.view != Some(View::Written) => "none".into(),
        _ => return plain(project, name),
    })
}

fn plain(project: &Project, name: &str) -> Option<Node> {
    Some(match name {
        "name" => project.name.clone().into(),
        "notes" => project.notes.clone().into(),
        "html_notes" => match &project.html_notes {
            Some(html) => html.clone().into(),
            None => crate::markup::body(&project.notes).into(),
        },
        "archived" => project.archived.into(),
        "color" => project.color.clone().into(),
        "icon" => project.icon.clone().into(),
        "default_view" => project.default_view.clone().into(),
        "privacy_setting" => project.privacy_setting.clone().into(),
        "public" => (project.privacy_setting == "public_to_workspace").into(),
        "default_access_level" => project.default_access_level.clone().into(),
        "minimum_access_level_for_customization" => {
            project.minimum_access_level_for_customization.clone().into()
        }
        "minimum_access_level_for_sharing" => project.minimum_access_level_for_sharing.clone().into(),
        "due_on" | "due_date" => project.due_on.clone().into(),
        "start_on" => project.start_on.clone().into(),
        "completed" => project.completed.is_some().into(),
        "completed_at" => Node::at(project.completed.as_ref().map(|(at, _)| *at)),
        "created_at" => Node::at(Some(project.created_at)),
        "modified_at" => Node::at(Some(project.modified_at)),
        _ => return None,
    })
}

/// Fields with their values on a holder.
pub(super) fn custom_fields(world: &World, holder: &str) -> Node {
    let carried = world.carried_fields(holder).into_iter();
    Node::List(carried.map(|Carried { field, .. }| Node::Resource(Ref::value(&field, holder))).collect())
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    match (call.query("workspace"), call.query("team")) {
        (None, None) => return Err(Failure::bad("Need to specify a workspace to paginate!")),
        (Some(workspace), _) => check_object(world, Kind::Workspace, "workspace", workspace)?,
        (None, Some(_)) => {}
    }
    if let Some(team) = call.query("team") {
        check_object(world, Kind::Team, "team", team)?;
    }
    filtered(world, call, (call.query("workspace"), call.query("team")))
}

fn list_of_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    filtered(world, call, (Some(&workspace), None))
}

fn list_of_team(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let team = call.target(world, "team", Kind::Team)?;
    filtered(world, call, (None, Some(&team)))
}

fn filtered(
    world: &World,
    call: &Call,
    (workspace, team): (Option<&str>, Option<&str>),
) -> Result<Answer, Failure> {
    let archived = call.query_flag("archived")?;
    let projects: Vec<Gid> = world
        .projects
        .iter()
        .filter(|(_, project)| archived.is_none_or(|archived| project.archived == archived))
        .filter(|(gid, _)| workspace.is_none_or(|workspace| world.is_within(gid, workspace)))
        .filter(|(_, project)| team.is_none_or(|team| project.team.as_deref() == Some(team)))
        .map(|(gid, _)| gid.clone())
        .collect();
    Ok(Answer::list(Kind::Project, projects))
}

fn list_of_task(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    let projects: Vec<Gid> =
        world.tasks[&task].memberships.iter().map(|membership| membership.project.clone()).collect();
    Ok(Answer::list(Kind::Project, projects))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "project", Kind::Project)?;
    Ok(Answer::got(Kind::Project, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let team = call.text("team")?;
    let workspace = match call.text("workspace")? {
        Some(workspace) => {
            check_object(world, Kind::Workspace, "workspace", &workspace)?;
            workspace
        }
        None if team.is_none() => return Err(Failure::missing("workspace")),
        None => world.home.clone(),
    };
    // The other two creating calls are recorded as answering 201 without a team.
    if team.is_none() && world.workspaces[&workspace].is_organization {
        return Err(Failure::bad("team: Missing required team field"));
    }
    add(world, call, (&workspace, team))
}

fn create_in_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call.target(world, "workspace", Kind::Workspace)?;
    add(world, call, (&workspace, call.text("team")?))
}

fn create_in_team(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let team = call.target(world, "team", Kind::Team)?;
    let home = world.home.clone();
    add(world, call, (&home, Some(team)))
}

fn add(world: &mut World, call: &Call, (workspace, team): (&str, Option<Gid>)) -> Result<Answer, Failure> {
    if let Some(team) = &team {
        check_object(world, Kind::Team, "team", team)?;
        if workspace != world.home {
            return Err(Failure::bad("team: The team is not in the workspace"));
        }
    }
    let blank = NewProject { owner: Some(call.actor.user.clone()), ..NewProject::default() };
    // Checked on a copy first, so that a refused call leaves nothing behind.
    let mut project = world.new_project(&blank);
    change(world, call, &mut project)?;
    if team.is_some() || workspace != world.home {
        project.team = team;
    }
    // A new project is in no portfolio, so it carries no fields yet.
    if let Some(values) = call.data.get("custom_fields").filter(|values| !values.is_null()) {
        super::field_values::check(world, &call.actor, &[], values)?;
    }
    let gid = world.add_project(blank);
    world.settle(&gid, workspace);
    project.sections = world.sections_of(&gid);
    world.projects.insert(gid.clone(), project);
    Ok(Answer::created(Kind::Project, &gid))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "project", Kind::Project)?;
    let mut project = world.projects[&gid].clone();
    change(world, call, &mut project)?;
    if let Some(values) = call.data.get("custom_fields") {
        super::field_values::write(world, &call.actor, &gid, values)?;
    }
    if let Some(Value::Object(status)) = call.data.get("current_status") {
        super::project_statuses::set(world, &Call { data: status.clone(), ..call.clone() }, &gid)?;
    }
    project.modified_at = world.now();
    world.projects.insert(gid.clone(), project);
    Ok(Answer::written(Kind::Project, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "project", Kind::Project)?;
    let sections = world.sections_of(&gid);
    for section in &sections {
        world.sections.remove(section);
    }
    for task in world.tasks.values_mut() {
        task.memberships.retain(|membership| membership.project != gid);
    }
    world.remove_settings(&gid);
    world.projects.remove(&gid);
    Ok(Answer::empty())
}

fn task_counts(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "project", Kind::Project)?;
    let tasks = world.project_tasks(&gid);
    let count = |milestones: Option<bool>, completed: Option<bool>| {
        tasks
            .iter()
            .filter_map(|gid| world.task(gid))
            .filter(|task| milestones.is_none_or(|yes| (task.subtype == Subtype::Milestone) == yes))
            .filter(|task| completed.is_none_or(|yes| task.completed.is_some() == yes))
            .count()
    };
    let counts = [
        ("num_tasks", count(None, None)),
        ("num_incomplete_tasks", count(None, Some(false))),
        ("num_completed_tasks", count(None, Some(true))),
        ("num_milestones", count(Some(true), None)),
        ("num_incomplete_milestones", count(Some(true), Some(false))),
        ("num_completed_milestones", count(Some(true), Some(true))),
    ];
    // Every count must be asked for by name.
    let asked: Map<String, Value> = counts
        .into_iter()
        .filter(|(name, _)| call.fields.names(name))
        .map(|(name, count)| (name.to_owned(), json!(count)))
        .collect();
    Ok(Answer::Data(Value::Object(asked)))
}
