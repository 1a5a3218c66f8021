//! Goal metrics: set one, and set where it stands.
//!
//! The answers are the goal, as documented. Known limit: `external` is like `manual`, managed by whoever set it.

use super::field_values::{currency, number_json};
use super::goals::goal_of;
use super::words::choice;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{GoalMetric, Kind, World, round_to};

pub(super) const ROUTES: &[Route] = &[
    Route::post("/goals/{goal}/setMetric", set),
    Route::post("/goals/{goal}/setMetricCurrentValue", set_current),
];

const SOURCES: &[&str] = &[
    "manual",
    "subgoal_progress",
    "project_task_completion",
    "project_milestone_completion",
    "task_completion",
    "external",
];

const ALL: &[&str] = &[
    "resource_type",
    "resource_subtype",
    "precision",
    "unit",
    "currency_code",
    "initial_number_value",
    "target_number_value",
    "current_number_value",
    "current_display_value",
    "progress_source",
    "is_custom_weight",
    "can_manage",
];

/// Its `resource_type` is not documented (the examples say "task"); this one follows the name of its schema.
pub(super) const SHAPE: Shape = Shape { name: "goal_metric", compact: ALL, full: ALL, written: ALL, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let metric = reader.world.goal_metrics.get(&at.gid)?;
    let current = || {
        let goals = &reader.world.goals;
        let (goal, _) = goals.iter().find(|(_, goal)| goal.metric.as_ref() == Some(&at.gid))?;
        reader.world.metric_value(goal)
    };
    Some(match name {
        "resource_subtype" => "number".into(),
        "precision" => metric.precision.into(),
        "unit" => metric.unit.clone().into(),
        "currency_code" => metric.currency_code.clone().into(),
        "initial_number_value" => number_json(metric.initial).into(),
        "target_number_value" => number_json(metric.target).into(),
        "current_number_value" => number_json(current()?).into(),
        "current_display_value" => display(metric, current()?).into(),
        "progress_source" => metric.progress_source.clone().into(),
        "is_custom_weight" => metric.is_custom_weight.into(),
        "can_manage" => (metric.progress_source != "external" || metric.created_by == reader.user).into(),
        _ => return None,
    })
}

/// A value as a person reads it.
fn display(metric: &GoalMetric, value: f64) -> String {
    let digits = usize::from(metric.precision);
    match metric.unit.as_str() {
        "percentage" => format!("{:.digits$}%", value * 100.0),
        "currency" => currency(metric.currency_code.as_deref().unwrap_or_default(), value, digits),
        _ => format!("{value:.digits$}"),
    }
}

fn set(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let goal = goal_of(world, call)?;
    let metric = read(call)?;
    world.set_goal_metric(&goal, metric);
    Ok(Answer::written(Kind::Goal, &goal))
}

/// The metric a body describes; a percentage from 0 to 1 set by hand where it says nothing.
fn read(call: &Call) -> Result<GoalMetric, Failure> {
    let word = |key: &str, allowed: &[&str], default: &str| match call.has(key) {
        true => choice(call, key, allowed),
        false => Ok(default.to_owned()),
    };
    let unit = word("unit", &["none", "currency", "percentage"], "percentage")?;
    let precision = precision(call)?;
    let digits = if unit == "percentage" { precision + 2 } else { precision };
    let value =
        |key: &str, default: f64| Ok::<f64, Failure>(round_to(call.number(key)?.unwrap_or(default), digits));
    let initial = value("initial_number_value", 0.0)?;
    let target = value("target_number_value", 1.0)?;
    if (initial - target).abs() < f64::EPSILON {
        return Err(Failure::bad("target_number_value: Must not be equal to initial_number_value"));
    }
    let currency_code = call.text("currency_code")?;
    if (unit == "currency") != currency_code.is_some() {
        return Err(Failure::bad("currency_code: Must be given if, and only if, unit is currency"));
    }
    Ok(GoalMetric {
        precision,
        unit,
        currency_code,
        initial,
        target,
        current: value("current_number_value", initial)?,
        progress_source: word("progress_source", SOURCES, "manual")?,
        is_custom_weight: call.flag("is_custom_weight")?.unwrap_or(false),
        created_by: call.actor.user.clone(),
    })
}

/// 0 to 6 digits after the point.
fn precision(call: &Call) -> Result<u8, Failure> {
    let Some(given) = call.number("precision")? else {
        return Ok(0);
    };
    (0..=6_u8)
        .find(|digits| (f64::from(*digits) - given).abs() < f64::EPSILON)
        .ok_or_else(|| Failure::bad(format!("precision: Must be between 0 and 6, not: {given}")))
}

fn set_current(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let goal = goal_of(world, call)?;
    let metric = world.goals[&goal].metric.clone();
    let metric = metric.and_then(|gid| world.goal_metrics.get_mut(&gid));
    let metric = metric.ok_or_else(|| Failure::bad("goal: Goal does not have a metric"))?;
    if !matches!(metric.progress_source.as_str(), "manual" | "external") {
        return Err(Failure::bad(format!(
            "current_number_value: The metric is worked out from {}",
            metric.progress_source
        )));
    }
    if metric.progress_source == "external" && metric.created_by != call.actor.user {
        return Err(Failure::forbidden("Only the creator of an external metric can update its value."));
    }
    let value = call.number("current_number_value")?;
    let value = value.ok_or_else(|| Failure::missing("current_number_value"))?;
    metric.current = round_to(value, metric.digits());
    Ok(Answer::written(Kind::Goal, &goal))
}
