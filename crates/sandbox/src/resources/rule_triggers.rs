//! Rule triggers: running a project's rule by a call ("incoming web request").
//!
//! Rules themselves have no API; [`World::add_rule_trigger`] makes one. What it does is the work of the rule's owner and
//! shows up in stories and events like any other change.

use super::{entries, field_values};
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Actor, Gid, Kind, World};
use serde_json::{Value, json};

pub(super) const ROUTES: &[Route] = &[Route::post("/rule_triggers/{rule_trigger}/run", run)];

/// Never shown: no call reads a rule.
pub(super) const SHAPE: Shape =
    Shape { name: "rule_trigger", compact: &[], full: &[], written: &[], field: entries::field };

const KIND: Kind = Kind::RuleTrigger;

fn run(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (_, rule) = entries::target(world, call, "rule_trigger", KIND)?;
    super::require_paid(world, "Rules are only available to premium users.")?;
    let task = entries::object(world, call, "resource", Kind::Task)?;
    if entries::map(call, "action_data")?.is_none() {
        return Err(Failure::missing("action_data"));
    }
    let places = &world.tasks[&task].memberships;
    if places.iter().all(|place| rule.gid("project") != Some(&place.project)) {
        return Err(Failure::bad(format!("resource: Task {task} is not in the rule's project")));
    }
    if let Some(Node::Plain(values @ Value::Object(_))) = rule.fields.get("custom_fields") {
        let owner = Actor::of(&rule.created_by, "unknown");
        field_values::write(world, &owner, &task, values)?;
    }
    Ok(Answer::Data(json!({ "message": "Rule triggered successfully" })))
}

impl World {
    /// Adds a rule to a project that sets these custom fields (`{"<gid>": value}`) when it is run; answers the gid of
    /// its trigger.
    pub fn add_rule_trigger(&mut self, project: &str, owner: &str, custom_fields: Value) -> Gid {
        let mut rule = self.new_entry(owner);
        rule.set("project", Node::to(Kind::Project, Some(&project.to_owned())));
        rule.set("custom_fields", custom_fields);
        self.add_entry(KIND, rule)
    }
}
