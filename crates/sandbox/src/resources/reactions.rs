//! Reactions: who answered a status update or story with an emoji. The API reads them only.
//!
//! A thumb up is a like, which a comment's task tells of in a story. Guess: that likes and thumbs are the same.

use super::entries;
use crate::call::{Answer, Call, Route, check_long};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Actor, Gid, Kind, World};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) const ROUTES: &[Route] = &[Route::get("/reactions", list)];

pub(super) const SHAPE: Shape = Shape {
    name: "reaction",
    compact: &["emoji", "user"],
    full: &["emoji", "user"],
    written: &["emoji", "user"],
    field: entries::field,
};

const KIND: Kind = Kind::Reaction;
const LIKE: &str = "👍";

/// The properties that tell of likes and reactions, on stories and status updates.
pub(super) fn field(world: &World, target: &str, user: &str, name: &str) -> Option<Node> {
    let likers = || likers(world, target);
    Some(match name {
        "hearted" | "liked" => likers().iter().any(|liker| liker == user).into(),
        "hearts" | "likes" => super::tasks::likes(&likers()),
        "num_hearts" | "num_likes" => likers().len().into(),
        "reaction_summary" => summary(world, target, user),
        _ => return None,
    })
}

fn on<'a>(world: &'a World, target: &'a str) -> impl Iterator<Item = (&'a str, Option<&'a Gid>)> {
    let all = world.entries_of(KIND).map(|(_, reaction)| reaction);
    let here = all.filter(move |reaction| reaction.gid("target").is_some_and(|gid| gid == target));
    here.filter_map(|reaction| Some((reaction.text("emoji")?, reaction.gid("user"))))
}

fn likers(world: &World, target: &str) -> Vec<Gid> {
    on(world, target)
        .filter(|(emoji, _)| emoji.starts_with(LIKE))
        .filter_map(|(_, user)| user.cloned())
        .collect()
}

/// One row an emoji, in the order of the emoji.
fn summary(world: &World, target: &str, user: &str) -> Node {
    let mut rows: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for (emoji, by) in on(world, target) {
        let (count, reacted) = rows.entry(emoji).or_default();
        *count += 1;
        *reacted |= by.is_some_and(|by| by == user);
    }
    let row = |(emoji, (count, reacted)): (&str, (usize, bool))| {
        let base: String = emoji.chars().take(1).collect();
        json!({ "emoji_base": base, "variant": emoji, "count": count, "reacted": reacted }).into()
    };
    Node::List(rows.into_iter().map(row).collect())
}

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
        let target = target.to_owned();
        let at = self.kinds.get(&target).map_or_else(Node::null, |kind| Node::to(*kind, Some(&target)));
        reaction.set("target", at);
        reaction.set("user", Node::to(Kind::User, Some(&user.to_owned())));
        reaction.set("emoji", emoji.to_owned());
        let story = self.stories.get(&target).filter(|story| story.is_comment && emoji.starts_with(LIKE));
        if let Some(task) = story.map(|story| story.target.clone()) {
            let change = vec![("story", Node::to(Kind::Story, Some(&target)))];
            self.record(
                &task,
                &Actor::of(user, "web"),
                "comment_liked",
                "liked a comment".to_owned(),
                change,
            );
        }
        self.add_entry(KIND, reaction)
    }
}
