//! Portfolios: create, read, change, delete, list one's own, items, members and custom field settings.
//!
//! On the free plan every call that is otherwise well-formed answers 402. Ordinary tokens list only
//! portfolios they own, and `owner` has to be said; service accounts list all, or those of an owner.
//! A portfolio holds values of the fields that are set on it and on the portfolios it lies in.
//! Known limit: `project_templates` is always empty.

use super::project_people::users;
use super::words::choice;
use super::{anchors, custom_field_settings};
use crate::call::{Answer, Call, Route, check_long, check_object, user};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape, View};
use crate::world::{Gid, Kind, Portfolio, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/portfolios", list),
    Route::post("/portfolios", create),
    Route::get("/portfolios/{portfolio}", get),
    Route::put("/portfolios/{portfolio}", update),
    Route::delete("/portfolios/{portfolio}", delete),
    Route::get("/portfolios/{portfolio}/items", items),
    Route::post("/portfolios/{portfolio}/addItem", add_item),
    Route::post("/portfolios/{portfolio}/removeItem", remove_item),
    Route::post("/portfolios/{portfolio}/addMembers", add_members),
    Route::post("/portfolios/{portfolio}/removeMembers", remove_members),
    Route::get("/portfolios/{portfolio}/custom_field_settings", settings),
    Route::post("/portfolios/{portfolio}/addCustomFieldSetting", add_setting),
    Route::post("/portfolios/{portfolio}/removeCustomFieldSetting", remove_setting),
];

const PAID_ONLY: &str = "Portfolios are not available for free users.";

/// Documented limits of one portfolio.
const MOST_ITEMS: usize = 1500;
const MOST_FIELDS: usize = 20;

/// `archived` must be asked for by name.
const FULL: &[&str] = &[
    "resource_type",
    "name",
    "color",
    "created_at",
    "created_by",
    "current_status_update",
    "custom_field_settings",
    "custom_fields",
    "default_access_level",
    "due_on",
    "members",
    "owner",
    "permalink_url",
    "privacy_setting",
    "project_templates",
    "public",
    "start_on",
    "workspace",
];

pub(super) const SHAPE: Shape =
    Shape { name: "portfolio", compact: &["resource_type", "name"], full: FULL, written: FULL, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let portfolio = world.portfolios.get(&at.gid)?;
    Some(match name {
        "name" => portfolio.name.clone().into(),
        "archived" => portfolio.archived.into(),
        "color" => portfolio.color.clone().into(),
        "due_on" => portfolio.due_on.clone().into(),
        "start_on" => portfolio.start_on.clone().into(),
        "created_at" => Node::at(Some(portfolio.created_at)),
        "created_by" => Node::to(Kind::User, Some(&portfolio.created_by)),
        "owner" => Node::to(Kind::User, Some(&portfolio.owner)),
        "members" => Node::all(Kind::User, &portfolio.members),
        "privacy_setting" => portfolio.privacy_setting.clone().into(),
        "public" => (portfolio.privacy_setting == "public_to_domain").into(),
        "default_access_level" => portfolio.default_access_level.clone().into(),
        "workspace" => Node::to(Kind::Workspace, Some(world.workspace_of(&at.gid))),
        "permalink_url" => {
            format!("https://app.asana.com/1/{}/portfolio/{}", world.workspace_of(&at.gid), at.gid).into()
        }
        "current_status_update" => super::status_updates::current(world, &at.gid),
        "project_templates" => Node::empty_list(),
        "custom_fields" => super::projects::custom_fields(world, &at.gid),
        "custom_field_settings" => custom_field_settings::nodes(world, &at.gid),
        _ => return None,
    })
}

/// The portfolio of the path, on a plan that has portfolios.
fn target(world: &World, call: &Call) -> Result<Gid, Failure> {
    require_portfolios(world)?;
    call.target(world, "portfolio", Kind::Portfolio)
}

/// Refuses on a plan without portfolios.
pub(super) fn require_portfolios(world: &World) -> Result<(), Failure> {
    super::require_paid(world, PAID_ONLY)
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace =
        call.query("workspace").ok_or_else(|| Failure::bad("You should specify one of workspace"))?;
    check_object(world, Kind::Workspace, "workspace", workspace)?;
    require_portfolios(world)?;
    let owner = match call.query("owner") {
        Some(given) => Some(user(world, call, "owner", given)?),
        None if call.actor.is_service_account => None,
        None => return Err(Failure::bad("You should specify one of owner")),
    };
    let sees_all = call.actor.is_service_account;
    if owner.as_ref().is_some_and(|owner| !sees_all && *owner != call.actor.user) {
        return Err(Failure::forbidden("owner: You can only list portfolios that you own."));
    }
    let portfolios: Vec<Gid> = world
        .portfolios
        .iter()
        .filter(|(gid, _)| world.is_within(gid, workspace))
        .filter(|(_, portfolio)| owner.as_ref().is_none_or(|owner| portfolio.owner == *owner))
        .map(|(gid, _)| gid.clone())
        .collect();
    Ok(Answer::list(Kind::Portfolio, portfolios))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    Ok(Answer::got(Kind::Portfolio, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = call.required_gid("workspace")?;
    check_object(world, Kind::Workspace, "workspace", &workspace)?;
    require_portfolios(world)?;
    if !call.has("name") {
        return Err(Failure::missing("name"));
    }
    let mut portfolio = world.new_portfolio(&call.actor.user);
    change(call, &mut portfolio)?;
    let gid = world.issue(Kind::Portfolio);
    world.portfolios.insert(gid.clone(), portfolio);
    world.settle(&gid, &workspace);
    Ok(Answer::created(Kind::Portfolio, &gid))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    let mut portfolio = world.portfolios[&gid].clone();
    change(call, &mut portfolio)?;
    if let Some(values) = call.data.get("custom_fields").filter(|values| !values.is_null()) {
        super::field_values::write(world, &call.actor, &gid, values)?;
    }
    world.portfolios.insert(gid.clone(), portfolio);
    Ok(Answer::written(Kind::Portfolio, &gid))
}

/// Applies the writable properties of the body.
fn change(call: &Call, portfolio: &mut Portfolio) -> Result<(), Failure> {
    for key in call.data.keys() {
        match key.as_str() {
            "name" => portfolio.name = call.text(key)?.unwrap_or_default(),
            "archived" => portfolio.archived = call.flag(key)?.unwrap_or(false),
            "color" => portfolio.color = super::words::color(call, false)?,
            "due_on" => portfolio.due_on = super::task_dates::day(call, key)?,
            "start_on" => portfolio.start_on = super::task_dates::day(call, key)?,
            "default_access_level" => {
                portfolio.default_access_level = choice(call, key, &["admin", "editor", "viewer"])?;
            }
            "privacy_setting" => {
                portfolio.privacy_setting = choice(call, key, &["public_to_domain", "members_only"])?;
            }
            "public" => {
                let public = call.flag(key)?.unwrap_or(false);
                portfolio.privacy_setting =
                    if public { "public_to_domain" } else { "members_only" }.to_owned();
            }
            _ => {}
        }
    }
    if call.has("start_on") && !call.has("due_on") {
        return Err(Failure::bad("start_on: due_on must be present in the same request"));
    }
    match (&portfolio.start_on, &portfolio.due_on) {
        (Some(_), None) => Err(Failure::bad("start_on: Cannot be set without a due date")),
        (Some(start), Some(due)) if start >= due => {
            Err(Failure::bad("start_on: Start date must be before the due date"))
        }
        _ => Ok(()),
    }
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    world.remove_portfolio(&gid);
    Ok(Answer::empty())
}

fn items(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    let of_kind = |gid: &Gid| Some(Ref::new(world.kind_of(gid)?, gid));
    let rows = world.items_of(&gid).iter().filter_map(of_kind).collect();
    Ok(Answer::List { rows, view: View::Compact })
}

/// The project or portfolio of the body.
fn item(world: &World, call: &Call) -> Result<Gid, Failure> {
    let gid = call.required_gid("item")?;
    check_long("item", &gid)?;
    match world.kind_of(&gid) {
        Some(Kind::Project | Kind::Portfolio) => Ok(gid),
        _ => Err(Failure::unknown("item", &gid)),
    }
}

/// Adds an item; one that is in already moves to its anchor.
fn add_item(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    let item = item(world, call)?;
    if world.lies_in(&gid, &item) {
        return Err(Failure::bad("item: A portfolio cannot contain itself"));
    }
    let mut order = world.items_of(&gid);
    order.retain(|known| *known != item);
    if order.len() >= MOST_ITEMS {
        return Err(Failure::bad(format!("item: A portfolio can have at most {MOST_ITEMS} items")));
    }
    order.insert(anchors::slot(call, &order)?, item);
    if let Some(portfolio) = world.portfolios.get_mut(&gid) {
        portfolio.items = order;
    }
    Ok(Answer::empty())
}

fn remove_item(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    let item = item(world, call)?;
    if !world.items_of(&gid).contains(&item) {
        return Err(Failure::bad(format!("item: {item} is not in the portfolio")));
    }
    if let Some(portfolio) = world.portfolios.get_mut(&gid) {
        portfolio.items.retain(|known| *known != item);
    }
    Ok(Answer::empty())
}

fn add_members(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    members(world, call, true)
}

fn remove_members(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    members(world, call, false)
}

fn members(world: &mut World, call: &Call, are_added: bool) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    let value = call.data.get("members").ok_or_else(|| Failure::missing("members"))?;
    let named = users(world, call, "members", value)?;
    if let Some(portfolio) = world.portfolios.get_mut(&gid) {
        portfolio.members.retain(|known| !named.contains(known));
        if are_added {
            portfolio.members.extend(named);
        }
    }
    Ok(Answer::written(Kind::Portfolio, &gid))
}

fn settings(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    custom_field_settings::list(world, &gid)
}

fn add_setting(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    if world.fields_set_on(&gid).len() >= MOST_FIELDS {
        return Err(Failure::bad(format!(
            "custom_field: A portfolio can have at most {MOST_FIELDS} custom fields"
        )));
    }
    custom_field_settings::add(world, call, &gid)
}

fn remove_setting(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    custom_field_settings::remove(world, call, &gid)
}
