//! The demo's workspace: a real backlog, made to look alive around a given moment.
//!
//! *Real* (`data/demo.jsonl`, see `data/README.md`): title, description, priority, type, components and assignee of every
//! task, and how far apart the tasks were created.
//!
//! *Added*, drawn by the seed and never real: when it all happens (the newest task is three days old, the oldest about 18
//! months), due and start dates, sections, "Business Value" and "Effort Estimate", dependencies, comments, goals, the
//! portfolio, and who owns what.
//!
//! The same seed and moment give the same workspace. Nothing here reads a clock.

mod dates;
mod goals;
mod links;
mod talk;
mod values;

use crate::import::{self, Backlog, ImportError, Row};
use crate::world::{DEFAULT_TOKEN, Gid, Plan, World};
use fastrand::Rng;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The embedded backlog.
const BACKLOG: &str = include_str!("../../data/demo.jsonl");
const PROJECT_NAME: &str = "Camel Backlog";
const PORTFOLIO_NAME: &str = "Integration Platform";
/// The token of the person who owns the project.
pub(crate) const PERSON_TOKEN: &str = "sandbox-person-token";

/// What is where in the demo's workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// Gid of the workspace.
    pub workspace: Gid,
    /// Gid of the project.
    pub project: Gid,
    /// Its name.
    pub project_name: String,
    /// How many tasks it has.
    pub tasks: usize,
    /// Gid of the portfolio that holds the project.
    pub portfolio: Gid,
    /// Gids of the goals: on track, at risk, off track, achieved.
    pub goals: Vec<Gid>,
    /// Token of the bot, `sandbox-token`.
    pub bot_token: String,
    /// Token of the person who owns the project.
    pub person_token: String,
    /// That person's gid.
    pub person: Gid,
    /// That person's name.
    pub person_name: String,
}

/// Builds the demo's workspace around `now`, on a paid plan.
///
/// # Errors
///
/// [`ImportError`] when the embedded backlog cannot be read; the tests see to it that it can.
pub fn demo_world(seed: u64, now: Timestamp) -> Result<(World, Demo), ImportError> {
    let mut random = Rng::with_seed(seed);
    let mut rows = import::parse(BACKLOG)?;
    let person_name = busiest(&rows);
    dates::age(&mut rows, now);
    dates::plan(&mut rows, now, &mut random);
    values::place(&mut rows, &mut random);
    values::estimate(&mut rows, &mut random);
    links::wait(&mut rows, &mut random);
    talk::comment(&mut rows, now, &mut random);

    let mut world = World::new(seed, Plan::Paid, now);
    let backlog = Backlog {
        name: PROJECT_NAME.to_owned(),
        sections: values::SECTIONS.map(str::to_owned).to_vec(),
        owner: Some(person_name.clone()),
        rows,
    };
    let loaded = import::load(&mut world, &backlog)?;
    let project = loaded.report.project;
    let person = owner(&mut world, &project);
    world.add_token(PERSON_TOKEN, &person);
    let work = (&backlog.rows[..], &loaded.tasks[..]);
    let goals = goals::aim(&mut world, (&project, &person), work, dates::today(now), &mut random);
    let portfolio = portfolio(&mut world, &project, &person, now);
    let demo = Demo {
        workspace: world.workspace().clone(),
        project,
        project_name: PROJECT_NAME.to_owned(),
        tasks: loaded.tasks.len(),
        portfolio,
        goals,
        bot_token: DEFAULT_TOKEN.to_owned(),
        person_token: PERSON_TOKEN.to_owned(),
        person,
        person_name,
    };
    Ok((world, demo))
}

/// Who has the most tasks.
fn busiest(rows: &[Row]) -> String {
    let mut load: BTreeMap<&str, usize> = BTreeMap::new();
    for name in rows.iter().filter_map(|row| row.assignee.as_deref()) {
        *load.entry(name).or_default() += 1;
    }
    let most = load.into_iter().max_by_key(|(_, tasks)| *tasks);
    most.map(|(name, _)| name.to_owned()).unwrap_or_default()
}

/// The project's owner; the bot becomes a member beside them.
fn owner(world: &mut World, project: &str) -> Gid {
    let bot = world.bot().clone();
    let Some(project) = world.projects.get_mut(project) else {
        return bot;
    };
    project.members.push(bot.clone());
    project.owner.clone().unwrap_or(bot)
}

fn portfolio(world: &mut World, project: &Gid, person: &Gid, now: Timestamp) -> Gid {
    let bot = world.bot().clone();
    let gid = world.add_portfolio(PORTFOLIO_NAME, person, std::slice::from_ref(project));
    if let Some(portfolio) = world.portfolios.get_mut(&gid) {
        portfolio.members.push(bot);
        portfolio.created_at = now;
    }
    gid
}

/// Some of the rows, by place and in their order.
fn some_of(candidates: impl IntoIterator<Item = usize>, count: usize, random: &mut Rng) -> Vec<usize> {
    let mut drawn: Vec<usize> = candidates.into_iter().collect();
    random.shuffle(&mut drawn);
    drawn.truncate(count);
    drawn.sort_unstable();
    drawn
}
