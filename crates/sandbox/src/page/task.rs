//! `/task/GID`: everything about a task, with a form for what a manager may change.

use super::form::{Choice, Control, Edit};
use super::history::{self, History};
use super::shell::Shell;
use super::visit::Visit;
use super::words::{Badge, Fact, Link, link, links, minute, named, people as names, person, second, spoken};
use super::{fields, html, missing, people};
use crate::error::Failure;
use crate::server::Server;
use crate::world::{Attachment, Gid, Kind, Subtype, Task, World};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::MutexGuard;

/// Linked tasks shown of each sort.
const MOST_LINKS: usize = 100;

#[derive(Template)]
#[template(path = "task.html")]
struct TaskPage {
    shell: Shell,
    gid: Gid,
    name: String,
    badges: Vec<Badge>,
    projects: Vec<Link>,
    parent: Option<Link>,
    /// The API's words, when it refused a change.
    refusal: Option<String>,
    acting: Edit,
    edits: Vec<Edit>,
    values: Vec<Edit>,
    facts: Vec<Fact>,
    related: Vec<(&'static str, Vec<Link>)>,
    attachments: Vec<File>,
    history: History,
    commented: bool,
    /// A comment that was refused.
    draft: String,
}

struct File {
    name: String,
    /// An uploaded file's own address; addresses elsewhere are shown, not followed.
    href: Option<String>,
    text: String,
}

pub(super) fn show(server: MutexGuard<'_, Server>, visit: &Visit, gid: &str) -> Response {
    match page(&server, visit, gid) {
        Some(page) => {
            drop(server);
            html(StatusCode::OK, &page)
        }
        None => missing(&server, &format!("There is no task {gid}.")),
    }
}

/// The page with what the API said to a change, and with what was entered.
pub(super) fn refused(
    server: MutexGuard<'_, Server>,
    visit: &Visit,
    what: &str,
    failure: &Failure,
) -> Response {
    let gid = visit.parts().get(1).copied().unwrap_or_default();
    let Some(page) = page(&server, visit, gid) else {
        return missing(&server, &format!("There is no task {gid}."));
    };
    drop(server);
    let entered = visit.given("value").unwrap_or_default();
    let kept = |edits: Vec<Edit>| -> Vec<Edit> {
        let keep = |edit: Edit| if edit.id == what { edit.with_entered(entered) } else { edit };
        edits.into_iter().map(keep).collect()
    };
    let page = TaskPage {
        refusal: Some(format!("{} {}", failure.status.as_u16(), failure.message)),
        draft: if what == "comment" { entered.to_owned() } else { String::new() },
        edits: kept(page.edits),
        values: kept(page.values),
        ..page
    };
    html(failure.status, &page)
}

fn page(server: &Server, visit: &Visit, gid: &str) -> Option<TaskPage> {
    let world = &server.world;
    let task = world.task(gid)?;
    let acting = people::one(world, Some(&people::acting(world, visit)), false);
    let saved = visit.asked("saved").unwrap_or_default();
    let mark = |edits: Vec<Edit>| -> Vec<Edit> {
        edits.into_iter().map(|edit| Edit { saved: edit.id == saved, ..edit }).collect()
    };
    let newer = visit.asked("newer").and_then(|newer| newer.parse().ok()).unwrap_or(0);
    Some(TaskPage {
        shell: Shell::of(server, &named(&task.name), ""),
        gid: gid.to_owned(),
        name: named(&task.name),
        badges: badges(task),
        projects: task.memberships.iter().filter_map(|place| link(world, &place.project)).collect(),
        parent: task.parent.as_ref().and_then(|parent| link(world, parent)),
        refusal: None,
        acting: Edit::new(gid, "acting", "Acting as", acting).with_hint(people::hint(world)),
        edits: mark(edits(world, gid, task)),
        values: mark(fields::edits(world, gid)),
        facts: facts(world, gid, task),
        related: related(world, task),
        attachments: attachments(world, gid),
        history: history::of(world, gid, newer),
        commented: saved == "comment",
        draft: String::new(),
    })
}

fn badges(task: &Task) -> Vec<Badge> {
    let mut badges = vec![match task.completed {
        Some(_) => Badge::new("Completed", "good"),
        None => Badge::new("Open", "info"),
    }];
    if task.subtype != Subtype::Default {
        badges.push(Badge::new(&spoken(task.subtype.word()), "plain"));
    }
    if let Some(approval) = &task.approval_status {
        let tone = match approval.as_str() {
            "approved" => "good",
            "rejected" => "bad",
            _ => "warn",
        };
        badges.push(Badge::new(&spoken(approval), tone));
    }
    badges
}

fn edits(world: &World, gid: &str, task: &Task) -> Vec<Edit> {
    let completion = match &task.completed {
        Some((at, by)) => {
            let shown = format!("Completed {} by {}", minute(*at), person(world, by));
            Control::Press { shown, button: "Reopen", value: "false" }
        }
        None => Control::Press { shown: "Open".to_owned(), button: "Complete", value: "true" },
    };
    let due = Control::Date(task.due_on.clone().unwrap_or_default());
    let due_hint = task.due_at.map(|at| format!("now {} UTC; a day takes its place", second(at)));
    let mut edits = vec![
        Edit::new(gid, "name", "Name", Control::Text(task.name.clone())),
        Edit::new(gid, "completed", "Completion", completion),
        Edit::new(gid, "assignee", "Assignee", people::one(world, task.assignee.as_ref(), true))
            .with_hint(people::hint(world)),
        Edit::new(gid, "due_on", "Due date", due).with_hint(due_hint.unwrap_or_default()),
    ];
    for place in &task.memberships {
        let sections = world.sections_of(&place.project);
        let choices = sections.iter().filter_map(|gid| {
            Some(Choice::new(gid, &named(&world.sections.get(gid)?.name), *gid == place.section))
        });
        let project = named(world.name_of(&place.project).unwrap_or_default());
        let control = Control::One(choices.collect());
        edits.push(
            Edit::new(gid, &format!("section/{}", place.project), "Section", control).with_hint(project),
        );
    }
    let markup = task.html_notes.as_ref().map(|_| "has markup, which plain text takes the place of");
    edits.push(
        Edit::new(gid, "notes", "Description", Control::Area(task.notes.clone()))
            .with_hint(markup.unwrap_or_default()),
    );
    edits
}

fn facts(world: &World, gid: &str, task: &Task) -> Vec<Fact> {
    let tags: Vec<&str> =
        task.tags.iter().filter_map(|tag| Some(world.tags.get(tag)?.name.as_str())).collect();
    let by = |at, who: Option<&Gid>| match who {
        Some(who) => format!("{} by {}", second(at), person(world, who)),
        None => second(at),
    };
    let known = [
        Some(Fact::new("gid", gid)),
        Some(Fact::new("Created", by(task.created_at, task.created_by.as_ref()))),
        Some(Fact::new("Changed", second(task.modified_at))),
        Fact::some("Start", task.start_at.map(second).or_else(|| task.start_on.clone())),
        Fact::some("Assigned by", task.assigned_by.as_ref().map(|gid| person(world, gid))),
        Fact::some("Followers", Some(names(world, &task.followers))),
        Fact::some("Liked by", Some(names(world, &task.likes))),
        Fact::some("Tags", Some(tags.join(", "))),
        Fact::some("Tracked time", task.actual_time_minutes.map(|minutes| format!("{minutes} min"))),
        Fact::some("External", task.external.as_ref().map(ToString::to_string)),
    ];
    known.into_iter().flatten().collect()
}

/// Only what there is.
fn related(world: &World, task: &Task) -> Vec<(&'static str, Vec<Link>)> {
    let some = |gids: &[Gid]| links(world, &gids[..gids.len().min(MOST_LINKS)]);
    let all = [
        ("Waits for", some(&task.dependencies)),
        ("Blocks", some(&task.dependents)),
        ("Subtasks", some(&task.subtasks)),
    ];
    all.into_iter().filter(|(_, links)| !links.is_empty()).collect()
}

fn attachments(world: &World, gid: &str) -> Vec<File> {
    let of_task = world.attachments.iter().filter(|(_, file)| file.parent == gid);
    of_task.map(|(attachment, file)| shown_file(world, attachment, file)).collect()
}

fn shown_file(world: &World, gid: &str, file: &Attachment) -> File {
    let is_file = file.resource_subtype == "asana" && world.exists(Kind::Attachment, gid);
    File {
        name: named(&file.name),
        href: is_file.then(|| crate::upload::address(world, gid)).flatten(),
        text: match &file.view_url {
            Some(url) => url.clone(),
            None => format!("{} bytes, {}", file.content.len(), minute(file.created_at)),
        },
    }
}
