//! Agents: AI teammates of a workspace. The API reads them only.

use super::entries;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Gid, Kind, World};
use serde_json::Value;

pub(super) const ROUTES: &[Route] =
    &[Route::get("/workspaces/{workspace}/agents", list), Route::get("/agents/{agent}", get)];

const FULL: &[&str] =
    &["resource_type", "resource_subtype", "name", "description", "behavior_guidance", "workspace", "photo"];

pub(super) const SHAPE: Shape = Shape {
    name: "agent",
    compact: &["resource_type", "resource_subtype", "name"],
    full: FULL,
    written: FULL,
    field: entries::field,
};

const KIND: Kind = Kind::Agent;

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    Ok(Answer::list(KIND, world.entries_where(KIND, |_| true)))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "agent", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

impl World {
    /// Adds an AI teammate; answers its gid.
    pub fn add_agent(&mut self, name: &str, description: &str) -> Gid {
        let mut agent = self.new_entry(&self.bot.clone());
        agent.set("resource_subtype", "asana_teammate");
        agent.set("name", name.to_owned());
        agent.set("description", description.to_owned());
        agent.set("behavior_guidance", Value::Null);
        agent.set("workspace", Node::to(Kind::Workspace, Some(&self.home)));
        agent.set("photo", Value::Null);
        self.add_entry(KIND, agent)
    }
}
