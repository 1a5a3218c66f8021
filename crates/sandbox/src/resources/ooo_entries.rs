//! Out-of-office entries: the days a person is away.

use super::entries;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/ooo_entries", list),
    Route::post("/ooo_entries", create),
    Route::get("/ooo_entries/{ooo_entry}", get),
    Route::put("/ooo_entries/{ooo_entry}", update),
    Route::delete("/ooo_entries/{ooo_entry}", delete),
];

const FULL: &[&str] = &["resource_type", "start_date", "end_date", "user", "created_by"];

pub(super) const SHAPE: Shape =
    Shape { name: "ooo_entry", compact: FULL, full: FULL, written: FULL, field: entries::field };

const KIND: Kind = Kind::OooEntry;

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    // Recorded: the workspace is asked for first.
    entries::asked(world, call, "workspace", Kind::Workspace)?;
    let user = entries::maybe_user(world, call, "user")?;
    let user = user.ok_or_else(|| Failure::bad("You should specify one of user"))?;
    let (from, to) = (entries::asked_day(call, "start_date")?, entries::asked_day(call, "end_date")?);
    let found = world.entries_where(KIND, |entry| {
        entry.gid("user") == Some(&user) && entries::touches(entry, from.as_deref(), to.as_deref())
    });
    Ok(Answer::list(KIND, found))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "ooo_entry", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::object(world, call, "workspace", Kind::Workspace)?;
    let user = entries::person(world, call, "user")?;
    let mut entry = world.new_entry(&call.actor.user);
    entry.set("user", Node::to(Kind::User, Some(&user)));
    entries::set_span(call, &mut entry)?;
    Ok(Answer::created(KIND, &world.add_entry(KIND, entry)))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "ooo_entry", KIND)?;
    entries::set_span(call, &mut entry)?;
    world.put_entry(KIND, &gid, entry);
    Ok(Answer::written(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::delete(world, call, "ooo_entry", KIND)
}

impl World {
    /// Lets a user be away, both days included; answers the entry's gid.
    pub fn add_ooo_entry(&mut self, user: &str, start_date: &str, end_date: &str) -> Gid {
        let mut entry = self.new_entry(user);
        entry.set("user", Node::to(Kind::User, Some(&user.to_owned())));
        entry.set("start_date", start_date);
        entry.set("end_date", end_date);
        self.add_entry(KIND, entry)
    }
}
