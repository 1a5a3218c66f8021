//! Reactions: who answered a status update or story with an emoji. The API reads them only.

use super::entries;
use crate::call::{Answer, Call, Route, check_long};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[Route::get("/reactions", list)];

pub(super) const SHAPE: Shape = Shape {
    name: "reaction",
    compact: &["emoji", "user"],
    full: &["emoji", "user"],
    written: &["emoji", "user"],
    field: entries::field,
};

const KIND: Kind = Kind::Reaction;

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let target = call.query("target").ok_or_else(|| Failure::bad("You should specify one of target"))?;
    check_long("target", target)?;
    let kind = world.kind_of(target).ok_or_else(|| Failure::unknown("target", target))?;
    let emoji = call.query("emoji_base").ok_or_else(|| Failure::missing("emoji_base"))?;
    let at = Node::to(kind, Some(&target.to_owned()));
    let found = world.entries_where(KIND, |entry| {
        // A skin tone follows the base character.
        entry.fields.get("target") == Some(&at) && entry.text("emoji").is_some_and(|is| is.starts_with(emoji))
    });
    Ok(Answer::list(KIND, found))
}

impl World {
    /// Lets a user react to a story or status update; answers the reaction's gid.
    pub fn add_reaction(&mut self, target: &str, user: &str, emoji: &str) -> Gid {
        let mut reaction = self.new_entry(user);
        let target =
            self.kinds.get(target).map_or_else(Node::null, |kind| Node::to(*kind, Some(&target.to_owned())));
        reaction.set("target", target);
        reaction.set("user", Node::to(Kind::User, Some(&user.to_owned())));
        reaction.set("emoji", emoji.to_owned());
        self.add_entry(KIND, reaction)
    }
}
