//! Roles: what kinds of member an organization has, and what each may do.
//!
//! Known limit: permissions are kept, not enforced.

use super::entries;
use super::words::choice;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Entry, Kind, World};
use serde_json::{Map, Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/roles", list),
    Route::post("/roles", create),
    Route::get("/roles/{role}", get),
    Route::put("/roles/{role}", update),
    Route::delete("/roles/{role}", delete),
];

const FULL: &[&str] = &[
    "resource_type",
    "name",
    "description",
    "is_standard_role",
    "base_role_type",
    "creation_time",
    "modified_at",
    "permissions",
    "workspace",
];

pub(super) const SHAPE: Shape = Shape {
    name: "role",
    compact: &["resource_type", "name", "description", "is_standard_role"],
    full: FULL,
    written: FULL,
    field,
};

const KIND: Kind = Kind::Role;
const BASES: &[&str] = &["guest", "member", "admin", "super_admin"];
/// What a role may or may not.
const SWITCHES: &[&str] = &[
    "create_app_authorization",
    "create_pat_authorization",
    "share_goal_with_domain",
    "share_portfolios_with_org",
    "assign_roles",
    "manage_roles",
    "export_project_data",
    "download_mobile_attachments",
    "import_data",
    "create_global_custom_fields",
    "upload_attachments",
    "create_team",
    "create_and_edit_ai_automations",
    "proactive_ai",
    "standard_ai",
    "create_and_edit_ai_teammates",
    "share_teams_with_org",
    "create_goal",
    "create_project",
    "create_read_only_link",
    "create_portfolio",
    "view_public_teams",
    "view_shared_with_org_projects",
    "view_shared_with_org_tasks",
    "view_shared_with_org_portfolios",
];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    match name {
        "creation_time" => entries::field(reader, at, "created_at"),
        "workspace" => Some(Node::to(Kind::Workspace, Some(&reader.world.home))),
        _ => entries::field(reader, at, name),
    }
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::maybe_asked(world, call, "workspace", Kind::Workspace)?;
    // Nothing archives a role here.
    let found = match call.query_flag("archived")? {
        Some(true) => Vec::new(),
        _ => world.entries_where(KIND, |_| true),
    };
    Ok(Answer::list(KIND, found))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "role", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::object(world, call, "workspace", Kind::Workspace)?;
    for key in ["name", "description", "base_role_type"] {
        entries::required_text(call, key)?;
    }
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("is_standard_role", call.flag("is_standard_role")?.unwrap_or(false));
    entry.set("permissions", Value::Object(all_permissions()));
    change(world, call, &mut entry)?;
    Ok(Answer::created(KIND, &world.add_entry(KIND, entry)))
}

fn all_permissions() -> Map<String, Value> {
    let mut all: Map<String, Value> = SWITCHES.iter().map(|&name| (name.to_owned(), json!(true))).collect();
    all.insert("task_deletion_policy".to_owned(), json!("all"));
    all.insert("allowed_guest_invites".to_owned(), json!("all"));
    all
}

fn change(world: &World, call: &Call, entry: &mut Entry) -> Result<(), Failure> {
    for key in ["name", "description"] {
        if call.has(key) {
            entry.set(key, entries::required_text(call, key)?);
        }
    }
    if call.has("base_role_type") {
        entry.set("base_role_type", choice(call, "base_role_type", BASES)?);
    }
    if let Some(given) = entries::map(call, "permissions")? {
        let mut kept = match entry.fields.get("permissions") {
            Some(Node::Plain(Value::Object(kept))) => kept.clone(),
            _ => all_permissions(),
        };
        for (name, value) in given {
            let fits = match name.as_str() {
                "task_deletion_policy" => matches!(value.as_str(), Some("all" | "owned" | "none")),
                "allowed_guest_invites" => matches!(value.as_str(), Some("all" | "none")),
                _ => SWITCHES.contains(&name.as_str()) && value.is_boolean(),
            };
            if !fits {
                return Err(Failure::bad(format!("permissions: {name}: Not a valid value: {value}")));
            }
            kept.insert(name.clone(), value.clone());
        }
        entry.set("permissions", Value::Object(kept));
    }
    entry.set("modified_at", Node::at(Some(world.now())));
    Ok(())
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "role", KIND)?;
    change(world, call, &mut entry)?;
    world.put_entry(KIND, &gid, entry);
    Ok(Answer::written(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::delete(world, call, "role", KIND)
}
