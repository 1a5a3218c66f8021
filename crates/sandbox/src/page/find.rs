//! `/find?q=…`: the page of a gid, or what has these words in its name.
//!
//! Looks through the tasks until a page is full.

use super::shell::Shell;
use super::visit::Visit;
use super::words::{Link, link};
use super::{ROWS, html, see_other};
use crate::server::Server;
use crate::world::{Gid, World};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::MutexGuard;

#[derive(Template)]
#[template(path = "find.html")]
struct Find {
    shell: Shell,
    text: String,
    found: Vec<(&'static str, Vec<Link>)>,
    is_cut: bool,
}

pub(super) fn show(server: MutexGuard<'_, Server>, visit: &Visit) -> Response {
    let world = &server.world;
    let text = visit.asked("q").unwrap_or_default().trim();
    if let Some(link) = page_of(world, text) {
        return see_other(&link.href);
    }
    let words = text.to_lowercase();
    let fits = |name: &str| !words.is_empty() && name.to_lowercase().contains(&words);
    let projects =
        named(world, world.projects.iter().map(|(gid, project)| (gid, project.name.as_str())), fits);
    let goals = named(world, world.goals.iter().map(|(gid, goal)| (gid, goal.name.as_str())), fits);
    let portfolios =
        named(world, world.portfolios.iter().map(|(gid, portfolio)| (gid, portfolio.name.as_str())), fits);
    let tasks = named(world, world.tasks.iter().map(|(gid, task)| (gid, task.name.as_str())), fits);
    let is_cut = tasks.len() == ROWS;
    let all = [("Projects", projects), ("Portfolios", portfolios), ("Goals", goals), ("Tasks", tasks)];
    let page = Find {
        shell: Shell::of(&server, "Find", ""),
        text: text.to_owned(),
        found: all.into_iter().filter(|(_, links)| !links.is_empty()).collect(),
        is_cut,
    };
    drop(server);
    html(StatusCode::OK, &page)
}

/// The page a gid is shown on: its own, or that of what it belongs to.
fn page_of(world: &World, gid: &str) -> Option<Link> {
    let holder = || {
        let section = world.sections.get(gid).map(|section| &section.project);
        let story = world.stories.get(gid).map(|story| &story.target);
        section.or(story).or_else(|| Some(&world.attachments.get(gid)?.parent))
    };
    link(world, gid).or_else(|| link(world, holder()?))
}

fn named<'a>(
    world: &World,
    all: impl Iterator<Item = (&'a Gid, &'a str)>,
    fits: impl Fn(&str) -> bool,
) -> Vec<Link> {
    all.filter(|(_, name)| fits(name)).filter_map(|(gid, _)| link(world, gid)).take(ROWS).collect()
}
