//! How projects lie in portfolios: one setting for each pair, brought in line with the portfolio's items when read.

use super::entries;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/project_portfolio_settings/{project_portfolio_setting}", get),
    Route::put("/project_portfolio_settings/{project_portfolio_setting}", update),
    Route::get("/projects/{project}/project_portfolio_settings", list_of_project),
    Route::get("/portfolios/{portfolio}/project_portfolio_settings", list_of_portfolio),
];

pub(super) const SHAPE: Shape = Shape {
    name: "project_portfolio_setting",
    compact: &["resource_type", "project", "portfolio", "is_access_control_inherited"],
    full: &["resource_type", "project", "portfolio", "is_access_control_inherited", "created_at"],
    written: &["resource_type", "project", "portfolio", "is_access_control_inherited", "created_at"],
    field: entries::field,
};

const KIND: Kind = Kind::ProjectPortfolioSetting;

/// The settings of the pairs, each made when it is missing.
fn of_pairs(world: &mut World, pairs: Vec<(Gid, Gid)>) -> Vec<Gid> {
    let mut found = Vec::new();
    for (portfolio, project) in pairs {
        let of_pair = |entry: &crate::world::Entry| {
            entry.gid("portfolio") == Some(&portfolio) && entry.gid("project") == Some(&project)
        };
        let known = world.entries_where(KIND, of_pair).into_iter().next();
        found.push(known.unwrap_or_else(|| {
            let mut entry = world.new_entry(&world.bot.clone());
            entry.set("portfolio", Node::to(Kind::Portfolio, Some(&portfolio)));
            entry.set("project", Node::to(Kind::Project, Some(&project)));
            entry.set("is_access_control_inherited", false);
            world.add_entry(KIND, entry)
        }));
    }
    found
}

fn list_of_project(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = call.target(world, "project", Kind::Project)?;
    let portfolios = world.portfolios_with(&project);
    let pairs = portfolios.into_iter().map(|portfolio| (portfolio, project.clone())).collect();
    Ok(Answer::list(KIND, of_pairs(world, pairs)))
}

fn list_of_portfolio(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let portfolio = call.target(world, "portfolio", Kind::Portfolio)?;
    let items = world.items_of(&portfolio);
    let projects = items.into_iter().filter(|item| world.exists(Kind::Project, item));
    let pairs = projects.map(|project| (portfolio.clone(), project)).collect();
    Ok(Answer::list(KIND, of_pairs(world, pairs)))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "project_portfolio_setting", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "project_portfolio_setting", KIND)?;
    if let Some(flag) = call.flag("is_access_control_inherited")? {
        entry.set("is_access_control_inherited", flag);
    }
    world.put_entry(KIND, &gid, entry);
    Ok(Answer::written(KIND, &gid))
}
