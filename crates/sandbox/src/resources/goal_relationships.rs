//! Goal relationships: which goals, projects, tasks and portfolios support a goal, in which order and how much.
//!
//! A goal can not support itself, not even through others. Support by something that was deleted is no longer shown.

use super::goals::{goal_of, require_goals};
use super::{anchors, field_values::number_json};
use crate::call::{Answer, Call, Route, check_long, check_object};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape, View};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/goal_relationships", list),
    Route::get("/goal_relationships/{goal_relationship}", get),
    Route::put("/goal_relationships/{goal_relationship}", update),
    Route::post("/goals/{goal}/addSupportingRelationship", add),
    Route::post("/goals/{goal}/removeSupportingRelationship", remove),
    Route::get("/goals/{goal}/parentGoals", parent_goals),
];

const FULL: &[&str] =
    &["resource_type", "resource_subtype", "supporting_resource", "contribution_weight", "supported_goal"];

pub(super) const SHAPE: Shape = Shape {
    name: "goal_relationship",
    compact: &["resource_type", "resource_subtype", "supporting_resource", "contribution_weight"],
    full: FULL,
    written: FULL,
    field,
};

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let world = reader.world;
    let link = world.goal_relationships.get(&at.gid)?;
    Some(match name {
        "resource_subtype" => subtype(world, &link.supporting).into(),
        "supporting_resource" => Node::to(world.kind_of(&link.supporting)?, Some(&link.supporting)),
        "supported_goal" => Node::to(Kind::Goal, Some(&link.supported)),
        "contribution_weight" => number_json(link.weight).into(),
        _ => return None,
    })
}

fn subtype(world: &World, supporting: &str) -> &'static str {
    match world.kind_of(supporting) {
        Some(Kind::Goal) => "subgoal",
        _ => "supporting_work",
    }
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let goal = call
        .query("supported_goal")
        .ok_or_else(|| Failure::bad("You should specify one of supported_goal"))?;
    check_object(world, Kind::Goal, "supported_goal", goal)?;
    let wanted = call.query("resource_subtype");
    if let Some(word) = wanted.filter(|word| !matches!(*word, "subgoal" | "supporting_work")) {
        return Err(Failure::bad(format!(
            "resource_subtype: Value must be one of subgoal, supporting_work, not: {word}"
        )));
    }
    require_goals(world)?;
    let links: Vec<Gid> = world
        .support_of(goal)
        .into_iter()
        .filter(|(_, link)| wanted.is_none_or(|wanted| subtype(world, &link.supporting) == wanted))
        .map(|(gid, _)| gid)
        .collect();
    Ok(Answer::list(Kind::GoalRelationship, links))
}

/// The relationship of the path; one whose supporting object is gone is gone too.
fn target(world: &World, call: &Call) -> Result<Gid, Failure> {
    require_goals(world)?;
    let gid = call.target(world, "goal_relationship", Kind::GoalRelationship)?;
    match world.kind_of(&world.goal_relationships[&gid].supporting) {
        Some(_) => Ok(gid),
        None => Err(Failure::unknown("goal_relationship", &gid)),
    }
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    Ok(Answer::got(Kind::GoalRelationship, &gid))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = target(world, call)?;
    if let (Some(weight), Some(link)) = (weight(call)?, world.goal_relationships.get_mut(&gid)) {
        link.weight = weight;
    }
    Ok(Answer::written(Kind::GoalRelationship, &gid))
}

fn weight(call: &Call) -> Result<Option<f64>, Failure> {
    match call.number("contribution_weight")? {
        Some(weight) if !(0.0..=1.0).contains(&weight) => {
            Err(Failure::bad(format!("contribution_weight: Must be between 0 and 1, not: {weight}")))
        }
        weight => Ok(weight),
    }
}

fn add(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let goal = goal_of(world, call)?;
    let supporting = supporting(world, call)?;
    let weight = weight(call)?.unwrap_or(0.0);
    if world.supports(&goal, &supporting) {
        return Err(Failure::bad(
            "supporting_resource: A goal cannot support itself or a goal it is part of",
        ));
    }
    if world.support_of(&goal).iter().any(|(_, link)| link.supporting == supporting) {
        return Err(Failure::bad(format!(
            "supporting_resource: {supporting} already supports the goal {goal}"
        )));
    }
    let at = slot(world, call, &goal, &supporting)?;
    let gid = world.support_goal(&goal, &supporting, weight);
    if let Some(goal) = world.goals.get_mut(&goal) {
        goal.supported_by.retain(|link| *link != gid);
        goal.supported_by.insert(at.min(goal.supported_by.len()), gid.clone());
    }
    Ok(Answer::written(Kind::GoalRelationship, &gid))
}

/// Where the relationship goes among the goal's others; anchors are subgoals, and only subgoals have them.
fn slot(world: &World, call: &Call, goal: &str, supporting: &str) -> Result<usize, Failure> {
    let has_anchor = call.text("insert_before")?.is_some() || call.text("insert_after")?.is_some();
    if has_anchor && subtype(world, supporting) != "subgoal" {
        return Err(Failure::bad("insert_before and insert_after are only supported when adding a subgoal"));
    }
    let links = &world.goals[goal].supported_by;
    // Anything that is not a subgoal keeps its position and fits no anchor.
    let order: Vec<Gid> = links
        .iter()
        .map(|link| world.goal_relationships[link].supporting.clone())
        .map(|gid| if subtype(world, &gid) == "subgoal" { gid } else { Gid::new() })
        .collect();
    anchors::slot(call, &order)
}

/// The goal, project, task or portfolio of the body.
fn supporting(world: &World, call: &Call) -> Result<Gid, Failure> {
    let gid = call.required_gid("supporting_resource")?;
    check_long("supporting_resource", &gid)?;
    match world.kind_of(&gid) {
        Some(Kind::Goal | Kind::Project | Kind::Task | Kind::Portfolio) => Ok(gid),
        _ => Err(Failure::unknown("supporting_resource", &gid)),
    }
}

fn remove(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let goal = goal_of(world, call)?;
    let supporting = supporting(world, call)?;
    let found = world.support_of(&goal).into_iter().find(|(_, link)| link.supporting == supporting);
    let (gid, _) = found.ok_or_else(|| {
        Failure::bad(format!("supporting_resource: {supporting} does not support the goal {goal}"))
    })?;
    world.goal_relationships.remove(&gid);
    if let Some(goal) = world.goals.get_mut(&goal) {
        goal.supported_by.retain(|link| *link != gid);
    }
    Ok(Answer::empty())
}

/// Documented without pages.
fn parent_goals(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let goal = goal_of(world, call)?;
    let parents = world.goals_supported_by(&goal);
    let rows = parents.iter().map(|gid| Ref::new(Kind::Goal, gid)).collect();
    Ok(Answer::Whole { rows, view: View::Compact })
}
