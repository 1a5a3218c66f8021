//! Custom types of tasks: a project's own kinds of task, each with its own steps. The API reads them only.

use super::entries;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Ref, Shape, View};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] =
    &[Route::get("/custom_types", list), Route::get("/custom_types/{custom_type}", get)];

pub(super) const SHAPE: Shape = Shape {
    name: "custom_type",
    compact: &["resource_type", "name"],
    full: &["resource_type", "name", "status_options"],
    written: &["resource_type", "name", "status_options"],
    field: entries::field,
};

const OPTION: &[&str] = &["resource_type", "name", "completion_state", "enabled", "color"];

pub(super) const OPTION_SHAPE: Shape = Shape {
    name: "custom_type_status_option",
    compact: OPTION,
    full: OPTION,
    written: OPTION,
    field: entries::field,
};

const KIND: Kind = Kind::CustomType;

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = entries::asked(world, call, "project", Kind::Project)?;
    let found = world.entries_where(KIND, |entry| entry.gids("projects").contains(&project));
    let rows = found.iter().map(|gid| Ref::new(KIND, gid)).collect();
    Ok(Answer::List { rows, view: View::Full })
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "custom_type", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

impl World {
    /// Adds a custom type to a project: its name, and its steps with whether a task in them is complete.
    pub fn add_custom_type(&mut self, project: &str, name: &str, steps: &[(&str, bool)]) -> Gid {
        let bot = self.bot.clone();
        let mut options = Vec::new();
        for (step, is_complete) in steps {
            let mut option = self.new_entry(&bot);
            option.set("name", (*step).to_owned());
            option.set("completion_state", if *is_complete { "complete" } else { "incomplete" });
            option.set("enabled", true);
            option.set("color", if *is_complete { "green" } else { "none" });
            options.push(self.add_entry(Kind::CustomTypeStatusOption, option));
        }
        let mut custom_type = self.new_entry(&bot);
        custom_type.set("name", name.to_owned());
        custom_type.set("status_options", Node::all(Kind::CustomTypeStatusOption, &options));
        custom_type.set("projects", Node::all(Kind::Project, &[project.to_owned()]));
        self.add_entry(KIND, custom_type)
    }
}
