//! `/`: the workspace at a glance.
//!
//! Counts come from one pass over the tasks.

use super::calls::{self, Row};
use super::shell::Shell;
use super::words::{Badge, Fact, Link, grouped, link, minute, named, person, state};
use super::{ROWS, html};
use crate::server::Server;
use crate::world::{Gid, Plan, World};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::MutexGuard;

const RECENT_CALLS: usize = 10;
const MOST_PEOPLE: usize = 50;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    shell: Shell,
    facts: Vec<Fact>,
    projects: Vec<ProjectRow>,
    more_projects: usize,
    portfolios: Vec<PortfolioRow>,
    goals: Vec<GoalRow>,
    people: Vec<PersonRow>,
    more_people: usize,
    calls: Vec<Row>,
}

struct ProjectRow {
    link: Link,
    owner: String,
    open: String,
    total: String,
    changed: String,
    is_archived: bool,
}

struct PortfolioRow {
    link: Link,
    owner: String,
    items: usize,
}

struct GoalRow {
    link: Link,
    owner: String,
    status: Option<Badge>,
    due: String,
}

struct PersonRow {
    gid: Gid,
    name: String,
    email: String,
    role: &'static str,
}

/// What one pass over the tasks tells of a project.
#[derive(Default)]
struct Tally {
    open: usize,
    total: usize,
    changed: Option<Timestamp>,
}

pub(super) fn show(server: MutexGuard<'_, Server>) -> Response {
    let world = &server.world;
    let (tallies, all) = tally(world);
    let page = Overview {
        shell: Shell::of(&server, "Overview", "overview"),
        facts: facts(&server, &all),
        projects: projects(world, &tallies),
        more_projects: world.projects.len().saturating_sub(ROWS),
        portfolios: portfolios(world),
        goals: goals(world),
        people: people(world),
        more_people: world.users.len().saturating_sub(MOST_PEOPLE),
        calls: calls::newest(&server, RECENT_CALLS),
    };
    drop(server);
    html(StatusCode::OK, &page)
}

fn tally(world: &World) -> (HashMap<&Gid, Tally>, Tally) {
    let mut tallies: HashMap<&Gid, Tally> = HashMap::new();
    let mut all = Tally::default();
    for task in world.tasks.values().filter(|task| !task.trashed) {
        let open = usize::from(task.completed.is_none());
        (all.open, all.total) = (all.open + open, all.total + 1);
        for place in &task.memberships {
            let tally = tallies.entry(&place.project).or_default();
            (tally.open, tally.total) = (tally.open + open, tally.total + 1);
            tally.changed = tally.changed.max(Some(task.modified_at));
        }
    }
    (tallies, all)
}

fn facts(server: &Server, all: &Tally) -> Vec<Fact> {
    let world = &server.world;
    let plan = match world.plan {
        Plan::Free => "Free",
        Plan::Paid => "Paid",
        Plan::Enterprise => "Enterprise",
    };
    vec![
        Fact::new("Open tasks", format!("{} of {}", grouped(all.open), grouped(all.total))),
        Fact::new("Projects", grouped(world.projects.len())),
        Fact::new("People", grouped(world.users.len())),
        Fact::new("Comments and changes", grouped(world.stories.len())),
        Fact::new("Webhooks", grouped(world.webhooks.len())),
        Fact::new("Calls", grouped(server.journal.counters.reads + server.journal.counters.writes)),
        Fact::new("Plan", plan),
        Fact::new("Workspace gid", world.home.as_str()),
    ]
}

/// The last changed ones first.
fn projects(world: &World, tallies: &HashMap<&Gid, Tally>) -> Vec<ProjectRow> {
    let none = Tally::default();
    let mut rows: Vec<_> = world
        .projects
        .iter()
        .map(|(gid, project)| {
            let tally = tallies.get(gid).unwrap_or(&none);
            (tally.changed.max(Some(project.modified_at)), tally, gid, project)
        })
        .collect();
    rows.sort_by_key(|(changed, ..)| std::cmp::Reverse(*changed));
    rows.truncate(ROWS);
    let rows = rows.into_iter().filter_map(|(changed, tally, gid, project)| {
        Some(ProjectRow {
            link: link(world, gid)?,
            owner: project.owner.as_ref().map(|gid| person(world, gid)).unwrap_or_default(),
            open: grouped(tally.open),
            total: grouped(tally.total),
            changed: changed.map(minute).unwrap_or_default(),
            is_archived: project.archived,
        })
    });
    rows.collect()
}

fn portfolios(world: &World) -> Vec<PortfolioRow> {
    let rows = world.portfolios.iter().take(ROWS).filter_map(|(gid, portfolio)| {
        Some(PortfolioRow {
            link: link(world, gid)?,
            owner: person(world, &portfolio.owner),
            items: world.items_of(gid).len(),
        })
    });
    rows.collect()
}

fn goals(world: &World) -> Vec<GoalRow> {
    let rows = world.goals.iter().take(ROWS).filter_map(|(gid, goal)| {
        Some(GoalRow {
            link: link(world, gid)?,
            owner: goal.owner.as_ref().map(|gid| person(world, gid)).unwrap_or_default(),
            status: goal.status.as_deref().map(state),
            due: goal.due_on.clone().unwrap_or_default(),
        })
    });
    rows.collect()
}

fn people(world: &World) -> Vec<PersonRow> {
    let rows = world.users.iter().take(MOST_PEOPLE).map(|(gid, user)| PersonRow {
        gid: gid.clone(),
        name: named(&user.name),
        email: user.email.clone(),
        role: match (*gid == world.bot, user.is_admin, user.is_guest) {
            (true, ..) => "bot",
            (_, true, _) => "admin",
            (.., true) => "guest",
            _ => "",
        },
    });
    rows.collect()
}
