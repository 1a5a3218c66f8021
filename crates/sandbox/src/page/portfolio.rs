//! `/portfolio/GID`: a portfolio's items with the portfolio's fields. To look at only.

use super::fields::{self, Cell};
use super::shell::Shell;
use super::words::{Fact, Link, link, minute, named, people, person, spoken};
use super::{ROWS, html, missing};
use crate::server::Server;
use crate::world::{Kind, World};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::MutexGuard;

#[derive(Template)]
#[template(path = "portfolio.html")]
struct PortfolioPage {
    shell: Shell,
    name: String,
    facts: Vec<Fact>,
    /// Names of the fields, and whether they are numbers.
    columns: Vec<(String, bool)>,
    items: Vec<Item>,
    more: usize,
}

struct Item {
    link: Link,
    kind: String,
    owner: String,
    cells: Vec<Cell>,
}

pub(super) fn show(server: MutexGuard<'_, Server>, gid: &str) -> Response {
    let world = &server.world;
    let Some(portfolio) = world.portfolios.get(gid) else {
        return missing(&server, &format!("There is no portfolio {gid}."));
    };
    let fields = world.fields_set_on(gid);
    let columns = fields.iter().filter_map(|field| world.custom_fields.get(field));
    let columns =
        columns.map(|field| (field.name.clone(), field.field_type == crate::world::FieldType::Number));
    let items = world.items_of(gid);
    let known = [
        Some(Fact::new("Owner", person(world, &portfolio.owner))),
        Fact::some("Members", Some(people(world, &portfolio.members))),
        Fact::some("Start", portfolio.start_on.clone()),
        Fact::some("Due", portfolio.due_on.clone()),
        Some(Fact::new("Created", minute(portfolio.created_at))),
        Some(Fact::new("gid", gid)),
    ];
    let page = PortfolioPage {
        shell: Shell::of(&server, &named(&portfolio.name), ""),
        name: named(&portfolio.name),
        facts: known.into_iter().flatten().collect(),
        columns: columns.collect(),
        items: items.iter().take(ROWS).filter_map(|item| shown(world, item, &fields)).collect(),
        more: items.len().saturating_sub(ROWS),
    };
    drop(server);
    html(StatusCode::OK, &page)
}

fn shown(world: &World, gid: &str, fields: &[String]) -> Option<Item> {
    let kind = world.kind_of(gid)?;
    let owner = match kind {
        Kind::Project => world.projects.get(gid)?.owner.clone(),
        _ => world.portfolios.get(gid).map(|portfolio| portfolio.owner.clone()),
    };
    Some(Item {
        link: link(world, gid)?,
        kind: spoken(crate::resources::shape_of(kind).name),
        owner: owner.map(|owner| person(world, &owner)).unwrap_or_default(),
        cells: fields.iter().map(|field| fields::cell(world, gid, field)).collect(),
    })
}
