//! Budgets: at most one for a project, in minutes of time or in money.
//!
//! The actual value is read from the project's tracked time; a cost budget multiplies it by the rates of the people who
//! tracked it. Known limits: the estimate is read from no source and is null; billable filters are kept, not applied.

use super::entries;
use super::projects::choice;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape, View};
use crate::world::{Entry, Gid, Kind, World};
use serde_json::{Map, Value, json};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/budgets", list),
    Route::post("/budgets", create),
    Route::get("/budgets/{budget}", get),
    Route::put("/budgets/{budget}", update),
    Route::delete("/budgets/{budget}", delete),
];

const FULL: &[&str] = &["resource_type", "budget_type", "estimate", "actual", "total", "parent"];

pub(super) const SHAPE: Shape =
    Shape { name: "budget", compact: &["resource_type", "budget_type"], full: FULL, written: FULL, field };

const KIND: Kind = Kind::Budget;
const PAID_ONLY: &str = "Budgets are only available to premium users.";
const FILTERS: &[&str] = &["billable", "non_billable", "any"];
const SOURCES: &[&str] = &["none", "tasks", "capacity_plans"];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let entry = reader.world.entry(KIND, &at.gid)?;
    let kept = |name: &str| match entry.fields.get(name) {
        Some(Node::Plain(Value::Object(map))) => map.clone(),
        _ => Map::new(),
    };
    let units = if entry.text("budget_type") == Some("cost") { "USD" } else { "minutes" };
    let told = |value: Value| {
        let mut part = kept(name);
        part.insert("units".to_owned(), json!(units));
        part.entry("value").or_insert(value);
        Some(Value::Object(part).into())
    };
    match name {
        "estimate" | "total" => told(Value::Null),
        "actual" => told(actual(reader.world, entry)),
        _ => entries::field(reader, at, name),
    }
}

/// What the project's tracked time comes to.
fn actual(world: &World, budget: &Entry) -> Value {
    let project = budget.gid("parent");
    let tracked = world.entries_of(Kind::TimeTrackingEntry);
    let sum: f64 = tracked
        .filter(|(_, entry)| entry.gid("attributable_to") == project)
        .map(|(_, entry)| {
            let minutes = match entry.fields.get("duration_minutes") {
                Some(Node::Plain(minutes)) => minutes.as_f64().unwrap_or_default(),
                _ => 0.0,
            };
            match budget.text("budget_type") {
                Some("cost") => minutes / 60.0 * super::rates::rate(world, project, &entry.created_by),
                _ => minutes,
            }
        })
        .sum();
    super::field_values::number_json(sum)
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = entries::asked(world, call, "parent", Kind::Project)?;
    super::require_paid(world, PAID_ONLY)?;
    let found = world.entries_where(KIND, |entry| entry.gid("parent") == Some(&parent));
    let rows = found.iter().map(|gid| Ref::new(KIND, gid)).collect();
    Ok(Answer::List { rows, view: View::Full })
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "budget", KIND)?;
    super::require_paid(world, PAID_ONLY)?;
    Ok(Answer::got(KIND, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent: Gid = entries::object(world, call, "parent", Kind::Project)?;
    super::require_paid(world, PAID_ONLY)?;
    if !call.has("budget_type") {
        return Err(Failure::missing("budget_type"));
    }
    if world.entries_of(KIND).any(|(_, entry)| entry.gid("parent") == Some(&parent)) {
        return Err(Failure::bad("parent: The project has a budget already"));
    }
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("parent", Node::to(Kind::Project, Some(&parent)));
    entry.set("estimate", json!({ "billable_status_filter": "any", "source": "none", "enabled": false }));
    entry.set("actual", json!({ "billable_status_filter": "any" }));
    entry.set("total", json!({ "enabled": false }));
    change(call, &mut entry)?;
    Ok(Answer::created(KIND, &world.add_entry(KIND, entry)))
}

fn change(call: &Call, entry: &mut Entry) -> Result<(), Failure> {
    if call.has("budget_type") {
        entry.set("budget_type", choice(call, "budget_type", &["cost", "time"])?);
    }
    for part in ["estimate", "actual", "total"] {
        let Some(given) = entries::map(call, part)? else {
            continue;
        };
        let mut kept = match entry.fields.get(part) {
            Some(Node::Plain(Value::Object(kept))) => kept.clone(),
            _ => Map::new(),
        };
        for (key, value) in given {
            let word = |allowed: &[&str]| value.as_str().is_some_and(|word| allowed.contains(&word));
            let fits = match (part, key.as_str()) {
                ("estimate" | "actual", "billable_status_filter") => word(FILTERS),
                ("estimate", "source") => word(SOURCES),
                ("estimate" | "total", "enabled") => value.is_boolean(),
                ("total", "value") => value.is_number(),
                _ => return Err(Failure::bad(format!("{part}: {key}: Cannot write this property"))),
            };
            if !fits {
                return Err(Failure::bad(format!("{part}: {key}: Not a valid value: {value}")));
            }
            kept.insert(key.clone(), value.clone());
        }
        entry.set(part, Value::Object(kept));
    }
    Ok(())
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "budget", KIND)?;
    super::require_paid(world, PAID_ONLY)?;
    change(call, &mut entry)?;
    world.put_entry(KIND, &gid, entry);
    Ok(Answer::written(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "budget", KIND)?;
    super::require_paid(world, PAID_ONLY)?;
    entries::delete(world, call, "budget", KIND)
}
