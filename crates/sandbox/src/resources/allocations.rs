//! Allocations: how much of a person's time a project has, from when to when. Enterprise only.
//!
//! Known limit: placeholders are not modelled; every assignee is a user.

use super::entries;
use crate::call::{Answer, Call, Route, user};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Entry, Gid, Kind, Plan, World};
use serde_json::{Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/allocations", list),
    Route::post("/allocations", create),
    Route::get("/allocations/{allocation}", get),
    Route::put("/allocations/{allocation}", update),
    Route::delete("/allocations/{allocation}", delete),
];

const FULL: &[&str] = &[
    "resource_type",
    "resource_subtype",
    "start_date",
    "end_date",
    "effort",
    "assignee",
    "created_by",
    "parent",
];

pub(super) const SHAPE: Shape =
    Shape { name: "allocation", compact: FULL, full: FULL, written: FULL, field: entries::field };

const KIND: Kind = Kind::Allocation;

/// The answer below the Enterprise plan.
pub(super) fn require_enterprise(world: &World, what: &str) -> Result<(), Failure> {
    if world.plan == Plan::Enterprise {
        Ok(())
    } else {
        Err(Failure::payment(format!("{what} are only available to Enterprise users.")))
    }
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = entries::maybe_asked(world, call, "parent", Kind::Project)?;
    let assignee = entries::maybe_user(world, call, "assignee")?;
    let workspace = entries::maybe_asked(world, call, "workspace", Kind::Workspace)?;
    if parent.is_none() && assignee.is_none() && workspace.is_none() {
        return Err(Failure::bad("You should specify one of parent, workspace"));
    }
    if assignee.is_some() && parent.is_none() && workspace.is_none() {
        return Err(Failure::bad("You should specify one of parent, workspace"));
    }
    require_enterprise(world, "Allocations")?;
    let found = world.entries_where(KIND, |entry| {
        (parent.is_none() || entry.gid("parent") == parent.as_ref())
            && (assignee.is_none() || entry.gid("assignee") == assignee.as_ref())
    });
    Ok(Answer::list(KIND, found))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "allocation", KIND)?;
    require_enterprise(world, "Allocations")?;
    Ok(Answer::got(KIND, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = entries::object(world, call, "parent", Kind::Project)?;
    require_enterprise(world, "Allocations")?;
    if !call.has("assignee") {
        return Err(Failure::missing("assignee"));
    }
    let mut entry = blank(world, &call.actor.user, &parent);
    change(world, call, &mut entry)?;
    Ok(Answer::created(KIND, &world.add_entry(KIND, entry)))
}

fn blank(world: &World, user: &str, project: &Gid) -> Entry {
    let mut entry = world.new_entry(user);
    entry.set("resource_subtype", "project_allocation");
    entry.set("parent", Node::to(Kind::Project, Some(project)));
    entry.set("effort", Value::Null);
    entry
}

impl World {
    /// Gives a project a share of a person's time, both days included; answers the allocation's gid.
    pub(crate) fn add_allocation(
        &mut self,
        (by, assignee, project): (&Gid, &Gid, &Gid),
        (start_date, end_date): (String, String),
        percent: u32,
    ) -> Gid {
        let mut entry = blank(self, by, project);
        entry.set("assignee", Node::to(Kind::User, Some(assignee)));
        entry.set("start_date", start_date);
        entry.set("end_date", end_date);
        entry.set("effort", json!({ "type": "percent", "value": percent }));
        self.add_entry(KIND, entry)
    }
}

fn change(world: &World, call: &Call, entry: &mut Entry) -> Result<(), Failure> {
    entries::set_span(call, entry)?;
    if call.has("assignee") {
        let assignee = user(world, call, "assignee", &call.required_gid("assignee")?)?;
        entry.set("assignee", Node::to(Kind::User, Some(&assignee)));
    }
    if call.has("effort") {
        entry.set("effort", effort(call)?);
    }
    Ok(())
}

/// `{"type": "hours" | "percent", "value": …}`.
fn effort(call: &Call) -> Result<Value, Failure> {
    let Some(map) = entries::map(call, "effort")? else {
        return Ok(Value::Null);
    };
    let word = map.get("type").and_then(Value::as_str).filter(|word| matches!(*word, "hours" | "percent"));
    let word = word.ok_or_else(|| Failure::bad("effort: type: Value must be one of hours, percent"))?;
    let value = map.get("value").filter(|value| value.as_f64().is_some_and(|value| value >= 0.0));
    let value = value.ok_or_else(|| Failure::bad("effort: value: Value is not a number"))?;
    Ok(json!({ "type": word, "value": value }))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "allocation", KIND)?;
    require_enterprise(world, "Allocations")?;
    if call.has("parent") {
        let parent = entries::object(world, call, "parent", Kind::Project)?;
        entry.set("parent", Node::to(Kind::Project, Some(&parent)));
    }
    change(world, call, &mut entry)?;
    world.put_entry(KIND, &gid, entry);
    Ok(Answer::written(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "allocation", KIND)?;
    require_enterprise(world, "Allocations")?;
    entries::delete(world, call, "allocation", KIND)
}
