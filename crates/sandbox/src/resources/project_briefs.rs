//! Project briefs: the page that says what a project is about.

use super::{entries, stories};
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Action, Entry, FieldChange, Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::post("/projects/{project}/project_briefs", create),
    Route::get("/project_briefs/{project_brief}", get),
    Route::put("/project_briefs/{project_brief}", update),
    Route::delete("/project_briefs/{project_brief}", delete),
];

const FULL: &[&str] = &["resource_type", "title", "html_text", "text", "permalink_url", "project"];

pub(super) const SHAPE: Shape = Shape {
    name: "project_brief",
    compact: &["resource_type"],
    full: FULL,
    written: FULL,
    field: entries::field,
};

const KIND: Kind = Kind::ProjectBrief;
const PAID_ONLY: &str = "Project briefs are only available to premium users.";

/// A project's brief, as a property of it.
pub(super) fn of_project(world: &World, project: &str) -> Node {
    let found = world.entries_where(KIND, |entry| entry.gid("project").is_some_and(|gid| gid == project));
    Node::to(KIND, found.first())
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "project_brief", KIND)?;
    super::require_paid(world, PAID_ONLY)?;
    Ok(Answer::got(KIND, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let project = call.target(world, "project", Kind::Project)?;
    super::require_paid(world, PAID_ONLY)?;
    if of_project(world, &project) != Node::null() {
        return Err(Failure::bad("project: It has a project brief already"));
    }
    let mut entry = blank(world, &call.actor.user, &project);
    change(call, &mut entry)?;
    let gid = world.add_entry(KIND, entry);
    tell(world, call, &project);
    Ok(Answer::created(KIND, &gid))
}

fn blank(world: &World, user: &str, project: &str) -> Entry {
    let mut entry = world.new_entry(user);
    entry.set("title", "");
    entry.set("text", "");
    entry.set("html_text", crate::markup::body(""));
    entry.set("project", Node::to(Kind::Project, Some(&project.to_owned())));
    entry.set("permalink_url", format!("https://app.asana.com/0/{project}/brief"));
    entry
}

impl World {
    /// Gives a project its brief; answers the brief's gid.
    pub(crate) fn add_project_brief(
        &mut self,
        (user, project): (&str, &str),
        title: &str,
        text: &str,
    ) -> Gid {
        let mut entry = blank(self, user, project);
        entry.set("title", title);
        entry.set("text", text);
        entry.set("html_text", crate::markup::body(text));
        self.add_entry(KIND, entry)
    }
}

fn change(call: &Call, entry: &mut Entry) -> Result<(), Failure> {
    if let Some(title) = call.text("title")? {
        entry.set("title", title);
    }
    if let Some((text, html)) = stories::written_text(call)? {
        entry.set("html_text", html.unwrap_or_else(|| crate::markup::body(&text)));
        entry.set("text", text);
    }
    Ok(())
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "project_brief", KIND)?;
    super::require_paid(world, PAID_ONLY)?;
    change(call, &mut entry)?;
    let project = entry.gid("project").cloned().unwrap_or_default();
    world.put_entry(KIND, &gid, entry);
    tell(world, call, &project);
    Ok(Answer::written(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, entry) = entries::target(world, call, "project_brief", KIND)?;
    world.remove_entry(KIND, &gid);
    tell(world, call, &entry.gid("project").cloned().unwrap_or_default());
    Ok(Answer::empty())
}

/// Tells the project's stream that its brief came, changed or went. Guess: Asana documents no event of briefs.
fn tell(world: &mut World, call: &Call, project: &str) {
    let brief = of_project(world, project);
    let value = matches!(brief, Node::Resource(_)).then_some(brief);
    let change = FieldChange::with("project_brief", Action::Changed, value);
    world.emit(Some(&call.actor.user), Action::Changed, (Kind::Project, project), None, Some(change));
}
