//! Who a form's writes are made as: chosen by the visitor, kept in a cookie.

use super::form::{Choice, Control};
use super::visit::Visit;
use super::words::named;
use super::{missing, see_other};
use crate::server::Server;
use crate::world::{Gid, World};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::sync::MutexGuard;

const COOKIE: &str = "sandbox_acting";
/// Above this a list to choose from is of no use; a gid or an address is asked for.
const MOST_CHOICES: usize = 200;

/// The user the visitor chose; otherwise the first person who is not the bot, an admin if there is one.
pub(super) fn acting(world: &World, visit: &Visit) -> Gid {
    let chosen = visit.cookie(COOKIE).filter(|gid| world.users.contains_key(*gid));
    let mut persons = world.users.iter().filter(|(gid, _)| **gid != world.bot);
    let admin = persons.clone().find(|(_, user)| user.is_admin);
    let mut usual = || admin.or_else(|| persons.next()).map_or(&world.bot, |(gid, _)| gid);
    chosen.map_or_else(|| usual().clone(), str::to_owned)
}

/// Remembers who acts, and goes back.
pub(super) fn act_as(server: MutexGuard<'_, Server>, visit: &Visit) -> Response {
    let world = &server.world;
    let Some(user) = visit.given("value").and_then(|given| world.find_user(given.trim(), &world.bot)) else {
        return missing(&server, "There is no such person.");
    };
    // Only to a page of ours.
    let back = visit.given("back").filter(|back| back.starts_with("/task/")).unwrap_or("/");
    let mut response = see_other(back);
    let cookie = format!("{COOKIE}={user}; Path=/; HttpOnly; SameSite=Strict");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// To choose one person or, where the field may be empty, none.
pub(super) fn one(world: &World, chosen: Option<&Gid>, may_be_empty: bool) -> Control {
    if world.users.len() > MOST_CHOICES {
        return Control::Text(chosen.cloned().unwrap_or_default());
    }
    let nobody = may_be_empty.then(|| Choice::new("", "Nobody", chosen.is_none()));
    let chosen: Vec<Gid> = chosen.cloned().into_iter().collect();
    Control::One(nobody.into_iter().chain(choices(world, &chosen)).collect())
}

/// To choose any number of people.
pub(super) fn many(world: &World, chosen: &[Gid]) -> Control {
    if world.users.len() > MOST_CHOICES {
        return Control::Text(chosen.join(", "));
    }
    Control::Many(choices(world, chosen))
}

/// What to type where nobody can be chosen from a list.
pub(super) fn hint(world: &World) -> &'static str {
    if world.users.len() > MOST_CHOICES { "gid or e-mail address" } else { "" }
}

/// Everybody, and those chosen who have left.
fn choices(world: &World, chosen: &[Gid]) -> Vec<Choice> {
    let here =
        world.users.iter().map(|(gid, user)| Choice::new(gid, &named(&user.name), chosen.contains(gid)));
    let gone = chosen.iter().filter(|gid| !world.users.contains_key(*gid));
    let mut all: Vec<Choice> = here.chain(gone.map(|gid| Choice::new(gid, gid, true))).collect();
    all.sort_by_key(|choice| choice.text.to_lowercase());
    all
}
