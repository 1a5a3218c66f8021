//! Teams: read one, list by workspace or user, create and rename.
//!
//! Known limit: access settings are kept, not enforced. Who is in a team is told by `team_memberships.rs`.

use crate::call::{Answer, Call, Route, check_object, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/teams", list_missing),
    Route::post("/teams", create),
    Route::get("/teams/{team}", get),
    Route::put("/teams/{team}", update),
    Route::post("/organizations/{organization}/teams", create_in),
    Route::get("/organizations/{organization}/teams", list_in),
    Route::get("/workspaces/{workspace}/teams", list_of_workspace),
    Route::get("/users/{user}/teams", list_of_user),
];

pub(super) const SHAPE: Shape =
    Shape { name: "team", compact: &["resource_type", "name"], full: FULL, written: FULL, field };

const FULL: &[&str] = &[
    "resource_type",
    "name",
    "organization",
    "permalink_url",
    "visibility",
    "edit_team_name_or_description_access_level",
    "edit_team_visibility_or_trash_team_access_level",
    "member_invite_management_access_level",
    "guest_invite_management_access_level",
    "join_request_management_access_level",
    "team_member_removal_access_level",
    "team_content_management_access_level",
    "endorsed",
    "custom_field_settings",
];
/// Settings with the value a new team has.
const SETTINGS: &[(&str, &[&str])] = &[
    ("visibility", &["request_to_join", "secret", "public"]),
    ("edit_team_name_or_description_access_level", ACCESS),
    ("edit_team_visibility_or_trash_team_access_level", ACCESS),
    ("member_invite_management_access_level", ACCESS),
    ("guest_invite_management_access_level", ACCESS),
    ("join_request_management_access_level", ACCESS),
    ("team_member_removal_access_level", ACCESS),
    ("team_content_management_access_level", &["no_restriction", "only_team_admins"]),
    ("endorsed", &["false", "true"]),
];
const ACCESS: &[&str] = &["all_team_members", "only_team_admins"];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let team = world.teams.get(&at.gid)?;
    Some(match name {
        "name" => team.name.clone().into(),
        "description" => team.description.clone().into(),
        "html_description" => match team.settings.get(name) {
            Some(html) => html.clone().into(),
            None => crate::markup::body(&team.description).into(),
        },
        "organization" => Node::to(Kind::Workspace, Some(&world.home)),
        "permalink_url" => format!("https://app.asana.com/0/{}", at.gid).into(),
        "custom_field_settings" => super::custom_field_settings::nodes(world, &at.gid),
        _ => {
            let (_, words) = SETTINGS.iter().find(|(known, _)| *known == name)?;
            let word = team.settings.get(name).map_or(words[0], String::as_str);
            if name == "endorsed" { (word == "true").into() } else { word.to_owned().into() }
        }
    })
}

fn list_missing(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call
        .query("workspace")
        .or_else(|| call.query("organization"))
        .ok_or_else(|| Failure::bad("You should specify one of workspace, organization"))?;
    check_object(world, Kind::Workspace, "workspace", workspace)?;
    Ok(Answer::list(Kind::Team, world.teams.keys().cloned()))
}

fn list_of_workspace(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    Ok(Answer::list(Kind::Team, world.teams.keys().cloned()))
}

fn list_in(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "organization", Kind::Workspace)?;
    Ok(Answer::list(Kind::Team, world.teams.keys().cloned()))
}

fn list_of_user(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let member = user(world, call, "user", call.param("user"))?;
    let organization =
        call.query("organization").ok_or_else(|| Failure::bad("You should specify one of organization"))?;
    check_object(world, Kind::Workspace, "organization", organization)?;
    let teams: Vec<Gid> = world
        .teams
        .iter()
        .filter(|(_, team)| team.members.contains(&member))
        .map(|(gid, _)| gid.clone())
        .collect();
    Ok(Answer::list(Kind::Team, teams))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "team", Kind::Team)?;
    Ok(Answer::got(Kind::Team, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let organization = call.required_gid("organization")?;
    check_object(world, Kind::Workspace, "organization", &organization)?;
    add(world, call)
}

fn create_in(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "organization", Kind::Workspace)?;
    add(world, call)
}

fn add(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let name = call.text("name")?.ok_or_else(|| Failure::missing("name"))?;
    let settings = settings(call)?;
    let gid = world.add_team(&name, std::slice::from_ref(&call.actor.user));
    set(world, &gid, call, settings)?;
    Ok(Answer::created(Kind::Team, &gid))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "team", Kind::Team)?;
    let settings = settings(call)?;
    if let (Some(name), Some(team)) = (call.text("name")?, world.teams.get_mut(&gid)) {
        team.name = name;
    }
    set(world, &gid, call, settings)?;
    Ok(Answer::written(Kind::Team, &gid))
}

/// The settings of a body.
fn settings(call: &Call) -> Result<Vec<(String, String)>, Failure> {
    let mut given = Vec::new();
    for (name, words) in SETTINGS.iter().filter(|(name, _)| call.has(name)) {
        let word = match *name {
            "endorsed" => call.flag(name)?.unwrap_or_default().to_string(),
            _ => super::words::choice(call, name, words)?,
        };
        given.push(((*name).to_owned(), word));
    }
    Ok(given)
}

fn set(world: &mut World, gid: &str, call: &Call, settings: Vec<(String, String)>) -> Result<(), Failure> {
    let html = call.text("html_description")?;
    let plain = match &html {
        Some(html) => Some(crate::markup::plain("html_description", html)?),
        None => call.text("description")?,
    };
    if let Some(team) = world.teams.get_mut(gid) {
        if let Some(plain) = plain {
            team.description = plain;
            team.settings.remove("html_description");
        }
        team.settings.extend(html.map(|html| ("html_description".to_owned(), html)));
        team.settings.extend(settings);
    }
    Ok(())
}
