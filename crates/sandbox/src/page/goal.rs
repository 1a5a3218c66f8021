//! `/goal/GID`: a goal's state, what it is measured by and what supports it. To look at only.

use super::history::{self, History};
use super::shell::Shell;
use super::words::{Badge, Fact, Link, link, minute, named, person, state};
use super::{fields, html, missing};
use crate::resources::number_json;
use crate::server::Server;
use crate::world::{Goal, World};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::MutexGuard;

#[derive(Template)]
#[template(path = "goal.html")]
struct GoalPage {
    shell: Shell,
    name: String,
    notes: String,
    status: Option<Badge>,
    facts: Vec<Fact>,
    /// Percent of the way, and in words.
    progress: Option<(String, String)>,
    support: Vec<(Link, String)>,
    supported: Vec<Link>,
    history: History,
}

pub(super) fn show(server: MutexGuard<'_, Server>, gid: &str) -> Response {
    let world = &server.world;
    let Some(goal) = world.goals.get(gid) else {
        return missing(&server, &format!("There is no goal {gid}."));
    };
    let support = world.support_of(gid).into_iter().filter_map(|(_, support)| {
        Some((link(world, &support.supporting)?, number_json(support.weight).to_string()))
    });
    let supported = world.goals_supported_by(gid);
    let page = GoalPage {
        shell: Shell::of(&server, &named(&goal.name), ""),
        name: named(&goal.name),
        notes: goal.notes.clone(),
        status: goal.status.as_deref().map(state),
        facts: facts(world, gid, goal),
        progress: progress(world, gid, goal),
        support: support.collect(),
        supported: super::words::links(world, &supported),
        history: history::of(world, gid, 0),
    };
    drop(server);
    html(StatusCode::OK, &page)
}

fn facts(world: &World, gid: &str, goal: &Goal) -> Vec<Fact> {
    let own = world.carried_fields(gid).into_iter().filter_map(|carried| {
        let name = &world.custom_fields.get(&carried.field)?.name;
        Fact::some(name, Some(fields::cell(world, gid, &carried.field).text))
    });
    let team = goal.team.as_ref().and_then(|team| world.teams.get(team)).map(|team| team.name.clone());
    let known = [
        Fact::some("Owner", goal.owner.as_ref().map(|gid| person(world, gid))),
        Fact::some("Team", team),
        Fact::some("Start", goal.start_on.clone()),
        Fact::some("Due", goal.due_on.clone()),
        Some(Fact::new("Created", minute(goal.created_at))),
        Some(Fact::new("gid", gid)),
    ];
    known.into_iter().flatten().chain(own).collect()
}

fn progress(world: &World, gid: &str, goal: &Goal) -> Option<(String, String)> {
    let metric = world.goal_metrics.get(goal.metric.as_ref()?)?;
    let now = world.metric_value(gid)?;
    let way = (now - metric.initial) / (metric.target - metric.initial);
    let number = |value: f64| match metric.unit.as_str() {
        "percentage" => format!("{}%", number_json(crate::world::round_to(value * 100.0, metric.precision))),
        _ => number_json(value).to_string(),
    };
    let words = format!("{} of {}, from {}", number(now), number(metric.target), number(metric.initial));
    Some((format!("{:.0}", (way * 100.0).clamp(0.0, 100.0)), words))
}
