//! Duplicating portfolios by a job. Known limit: templates, rules and permissions are not modelled.

use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::world::{Gid, Job, Kind, World};

pub(super) const ROUTES: &[Route] = &[Route::post("/portfolios/{portfolio}/duplicate", duplicate)];

/// What `include` may name.
const PARTS: &[&str] =
    &["description", "members", "permissions", "templates", "rules", "child_projects", "child_portfolios"];

fn duplicate(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let source = call.target(world, "portfolio", Kind::Portfolio)?;
    super::portfolios::require_portfolios(world)?;
    let name = call.text("name")?.ok_or_else(|| Failure::missing("name"))?;
    super::jobs::check_room(world, call)?;
    let parts = super::jobs::included(call, PARTS)?;
    let wants = |part: &str| parts.iter().any(|known| known == part);
    let items: Vec<Gid> = world
        .items_of(&source)
        .into_iter()
        .filter(|item| match world.kind_of(item) {
            Some(Kind::Project) => wants("child_projects"),
            _ => wants("child_portfolios"),
        })
        .collect();
    let gid = world.issue(Kind::Portfolio);
    let mut copy = world.portfolios[&source].clone();
    (copy.name, copy.items, copy.created_at) = (name, items, world.now());
    copy.owner.clone_from(&call.actor.user);
    copy.created_by.clone_from(&call.actor.user);
    if !wants("members") {
        copy.members = vec![call.actor.user.clone()];
    }
    world.portfolios.insert(gid.clone(), copy);
    for field in world.fields_set_on(&source) {
        world.add_setting(&gid, &field, false);
    }
    Ok(Job::start(world, call, "duplicate_portfolio", (Kind::Portfolio, &gid)))
}
