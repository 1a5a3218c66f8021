//! Budgets: at most one for a project, in minutes of time or in money.
//!
//! The actual value is read from the project's tracked time; a cost budget multiplies it by the rates of the people who
//! tracked it. The estimate is read from the tasks' field "Estimated time", in minutes.
//! Known limits: tasks are not told apart by billable status, and there are no capacity plans.

use super::entries;
use super::words::choice;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape, View};
use crate::world::{Entry, FieldValue, Gid, Kind, World};
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
const TYPES: &[&str] = &["cost", "time"];
/// The field that holds what a task is estimated at.
const ESTIMATE: &str = "Estimated time";
const FILTERS: &[&str] = &["billable", "non_billable", "any"];
const SOURCES: &[&str] = &["none", "tasks", "capacity_plans"];

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let entry = reader.world.entry(KIND, &at.gid)?;
    let mut part = kept(entry, name);
    let kind = entry.text("budget_type").unwrap_or("time");
    let units = json!(if kind == "cost" { "USD" } else { "minutes" });
    let (value, units) = match name {
        "actual" => (actual(reader.world, entry, part.get("billable_status_filter")), units),
        "estimate" if part.get("source") == Some(&json!("none")) => (Value::Null, Value::Null),
        "estimate" => (estimate(reader.world, entry, part.get("source")), units),
        "total" => {
            // One value for each type, so that going back to a type finds its own.
            let own = part.remove(kind).unwrap_or_default();
            TYPES.iter().for_each(|other| drop(part.remove(*other)));
            let is_on = part.get("enabled") == Some(&json!(true));
            if is_on { (own, units) } else { (Value::Null, Value::Null) }
        }
        _ => return entries::field(reader, at, name),
    };
    part.insert("value".to_owned(), value);
    part.insert("units".to_owned(), units);
    Some(Value::Object(part).into())
}

fn kept(entry: &Entry, part: &str) -> Map<String, Value> {
    match entry.fields.get(part) {
        Some(Node::Plain(Value::Object(map))) => map.clone(),
        _ => Map::new(),
    }
}

/// Minutes of a person as the budget counts them.
fn counted(world: &World, budget: &Entry, minutes: f64, user: Option<&Gid>) -> f64 {
    match (budget.text("budget_type"), user) {
        (Some("cost"), Some(user)) => minutes / 60.0 * super::rates::rate(world, budget.gid("parent"), user),
        (Some("cost"), None) => 0.0,
        _ => minutes,
    }
}

/// What the project's tracked time comes to, as far as the filter lets it count.
fn actual(world: &World, budget: &Entry, filter: Option<&Value>) -> Value {
    let filter = filter.and_then(Value::as_str).unwrap_or("billable");
    let counts = |entry: &Entry| match filter {
        "billable" => entry.text("billable_status") == Some("billable"),
        "non_billable" => entry.text("billable_status") == Some("nonBillable"),
        _ => true,
    };
    let tracked = world.entries_of(Kind::TimeTrackingEntry);
    let sum: f64 = tracked
        .filter(|(gid, _)| world.exists(Kind::TimeTrackingEntry, gid))
        .filter(|(_, entry)| entry.gid("attributable_to") == budget.gid("parent") && counts(entry))
        .map(|(_, entry)| {
            let minutes = match entry.fields.get("duration_minutes") {
                Some(Node::Plain(minutes)) => minutes.as_f64().unwrap_or_default(),
                _ => 0.0,
            };
            counted(world, budget, minutes, Some(&entry.created_by))
        })
        .sum();
    super::field_values::number_json(sum)
}

/// What the tasks of the project are estimated at; capacity plans hold nothing here.
fn estimate(world: &World, budget: &Entry, source: Option<&Value>) -> Value {
    let tasks = match (source.and_then(Value::as_str), budget.gid("parent")) {
        (Some("tasks"), Some(project)) => world.project_tasks(project),
        _ => Vec::new(),
    };
    let sum: f64 = tasks
        .iter()
        .filter_map(|gid| world.task(gid).map(|task| (estimated_minutes(world, gid), task.assignee.as_ref())))
        .map(|(minutes, assignee)| counted(world, budget, minutes, assignee))
        .sum();
    super::field_values::number_json(sum)
}

/// The value of a task's number field of the name Asana gives to estimates.
fn estimated_minutes(world: &World, task: &str) -> f64 {
    let values = world.values.get(task).into_iter().flatten();
    values
        .filter_map(|(field, value)| match (world.custom_fields.get(field), value) {
            (Some(field), FieldValue::Number(number)) if field.name.eq_ignore_ascii_case(ESTIMATE) => {
                Some(*number)
            }
            _ => None,
        })
        .sum()
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let parent = entries::asked(world, call, "parent", Kind::Project)?;
    super::require_paid(world, PAID_ONLY)?;
    let found = world.entries_where(KIND, |entry| entry.gid("parent") == Some(&parent));
    let rows = found.iter().map(|gid| Ref::new(KIND, gid)).collect();
    // Documented without pages.
    Ok(Answer::Whole { rows, view: View::Full })
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
    let estimate = json!({ "billable_status_filter": "billable", "source": "none", "enabled": false });
    entry.set("estimate", estimate);
    entry.set("actual", json!({ "billable_status_filter": "billable" }));
    entry.set("total", json!({ "enabled": false }));
    change(call, &mut entry)?;
    Ok(Answer::created(KIND, &world.add_entry(KIND, entry)))
}

fn change(call: &Call, entry: &mut Entry) -> Result<(), Failure> {
    if call.has("budget_type") {
        entry.set("budget_type", choice(call, "budget_type", TYPES)?);
    }
    for part in ["estimate", "actual", "total"] {
        let Some(given) = entries::map(call, part)? else {
            continue;
        };
        let mut kept = kept(entry, part);
        let own = entry.text("budget_type").unwrap_or("time").to_owned();
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
            let slot = if key == "value" { own.clone() } else { key.clone() };
            kept.insert(slot, value.clone());
        }
        if part == "estimate" && kept["enabled"] == json!(true) && kept["source"] == json!("none") {
            return Err(Failure::bad("estimate: source: Must not be none when the estimate is enabled"));
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
