//! `GET /workspaces/{gid}/typeahead`: objects of one type by a part of their name. Not paged.
//!
//! Known limit: real Asana ranks by recent use; here the order is that of creation.

use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Ref, View};
use crate::project::record;
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[Route::get("/workspaces/{workspace}/typeahead", find)];

const DEFAULT_COUNT: usize = 20;
const MOST: usize = 100;

fn find(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    let word = call.query("resource_type").or_else(|| call.query("type"));
    let word = word.ok_or_else(|| Failure::bad("You should specify one of resource_type"))?;
    let count = match call.query("count").map(str::parse::<usize>) {
        None => DEFAULT_COUNT,
        Some(Ok(count)) if (1..=MOST).contains(&count) => count,
        Some(_) => return Err(Failure::bad(format!("count: Must be between 1 and {MOST}"))),
    };
    let candidates = named(world, word)?;
    let wanted = call.query("query").unwrap_or_default().to_lowercase();
    let reader = crate::http::reader(world, call);
    let found = candidates
        .into_iter()
        .filter(|(_, name)| name.to_lowercase().contains(&wanted))
        .take(count)
        .map(|(at, _)| record(&reader, &at, &call.fields, View::Compact))
        .collect();
    Ok(Answer::Data(found))
}

/// Everything of a type, with its name.
fn named(world: &World, word: &str) -> Result<Vec<(Ref, String)>, Failure> {
    fn all<'a, T: 'a>(
        kind: Kind,
        map: impl IntoIterator<Item = (&'a Gid, &'a T)>,
        name: fn(&T) -> &String,
    ) -> Vec<(Ref, String)> {
        map.into_iter().map(|(gid, found)| (Ref::new(kind, gid), name(found).clone())).collect()
    }
    let entries = |kind: Kind| {
        let found = world.entries_of(kind);
        found
            .map(move |(gid, entry)| (Ref::new(kind, gid), entry.text("name").unwrap_or_default().to_owned()))
    };
    let users = || all(Kind::User, &world.users, |user| &user.name);
    Ok(match word {
        "task" => all(Kind::Task, world.tasks.iter().filter(|(_, task)| !task.trashed), |task| &task.name),
        "project" => all(Kind::Project, &world.projects, |project| &project.name),
        "user" => users(),
        "actor" => users().into_iter().chain(entries(Kind::Agent)).collect(),
        "agent" => entries(Kind::Agent).collect(),
        "project_template" => entries(Kind::ProjectTemplate).collect(),
        "tag" => all(Kind::Tag, &world.tags, |tag| &tag.name),
        "team" => all(Kind::Team, &world.teams, |team| &team.name),
        "custom_field" => all(Kind::CustomField, &world.custom_fields, |field| &field.name),
        "goal" => all(Kind::Goal, &world.goals, |goal| &goal.name),
        "portfolio" => all(Kind::Portfolio, &world.portfolios, |portfolio| &portfolio.name),
        _ => return Err(Failure::bad(format!("resource_type: Not a valid type: {word}"))),
    })
}
