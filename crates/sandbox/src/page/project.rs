//! `/project/GID`: a project's tasks as a table, by section or sorted by a column, with its fields as columns.
//!
//! Without a filter or a column to sort by, only the tasks of the page are looked at, beside a count of the open ones.

use super::rows::{self, Group};
use super::shell::Shell;
use super::visit::Visit;
use super::words::{Badge, Fact, Link, grouped, links, minute, named, people, person, state};
use super::{ROWS, fields, html, missing};
use crate::server::Server;
use crate::world::{FieldType, Gid, Project, World};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::MutexGuard;

#[derive(Template)]
#[template(path = "project.html")]
struct ProjectPage {
    shell: Shell,
    gid: Gid,
    name: String,
    notes: String,
    badges: Vec<Badge>,
    facts: Vec<Fact>,
    portfolios: Vec<Link>,
    ask: Ask,
    columns: Vec<Column>,
    groups: Vec<Group>,
    found: String,
    total: String,
    /// `101–200`, when there is more than a page.
    stretch: String,
    previous: Option<String>,
    next: Option<String>,
}

/// What the visitor wants to see.
#[derive(Debug, Clone, Default)]
pub(super) struct Ask {
    /// In the name, or a gid.
    pub(super) text: String,
    /// `open`, `done`, or empty for both.
    pub(super) state: String,
    /// A column's key; empty for the manual order.
    pub(super) sort: String,
    pub(super) descending: bool,
    pub(super) page: usize,
}

/// A column of the table.
pub(super) struct Column {
    pub(super) key: String,
    title: String,
    is_number: bool,
    href: String,
    /// `ascending`, `descending` or empty: the words of `aria-sort`.
    sorted: &'static str,
}

impl Ask {
    fn of(visit: &Visit) -> Self {
        let word = |name: &str| visit.asked(name).unwrap_or_default().trim().to_owned();
        Self {
            text: word("q"),
            state: word("state"),
            sort: word("sort"),
            descending: visit.asked("dir") == Some("desc"),
            page: visit.page(),
        }
    }

    fn address(&self, project: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        };
        add("q", &self.text);
        add("state", &self.state);
        add("sort", &self.sort);
        add("dir", if self.descending { "desc" } else { "" });
        add("page", &if self.page == 0 { String::new() } else { (self.page + 1).to_string() });
        match query.finish() {
            query if query.is_empty() => format!("/project/{project}"),
            query => format!("/project/{project}?{query}"),
        }
    }

    /// Sorted by that column; the other way round when it is already.
    fn sorted_by(&self, key: &str, project: &str) -> String {
        let descending = if self.sort == key { !self.descending } else { key == "modified" };
        Self { sort: key.to_owned(), descending, page: 0, ..self.clone() }.address(project)
    }

    fn turned(&self, page: usize, project: &str) -> String {
        Self { page, ..self.clone() }.address(project)
    }
}

pub(super) fn show(server: MutexGuard<'_, Server>, visit: &Visit, gid: &str) -> Response {
    let world = &server.world;
    let Some(project) = world.projects.get(gid) else {
        return missing(&server, &format!("There is no project {gid}."));
    };
    let ask = Ask::of(visit);
    let columns = columns(world, &ask, gid);
    let found = rows::find(world, project, &ask);
    let count = found.len();
    let start = ask.page * ROWS;
    let end = count.min(start + ROWS);
    let groups = rows::groups(world, &columns, &found, start..end);
    let total = project.sections.iter().filter_map(|section| world.sections.get(section));
    let page = ProjectPage {
        shell: Shell::of(&server, &named(&project.name), ""),
        gid: gid.to_owned(),
        name: named(&project.name),
        notes: project.notes.clone(),
        badges: badges(world, gid, project),
        facts: facts(world, gid, project),
        portfolios: links(world, &world.portfolios_with(gid)),
        groups,
        found: grouped(count),
        total: grouped(total.map(|section| section.tasks.len()).sum::<usize>()),
        stretch: if count > ROWS && start < count {
            format!("{}–{}", grouped(start + 1), grouped(end))
        } else {
            String::new()
        },
        previous: (ask.page > 0).then(|| ask.turned(ask.page - 1, gid)),
        next: (end < count).then(|| ask.turned(ask.page + 1, gid)),
        columns,
        ask,
    };
    drop(server);
    html(StatusCode::OK, &page)
}

fn columns(world: &World, ask: &Ask, project: &str) -> Vec<Column> {
    let column = |key: &str, title: &str, is_number: bool| Column {
        key: key.to_owned(),
        title: title.to_owned(),
        is_number,
        href: ask.sorted_by(key, project),
        sorted: match (ask.sort == key, ask.descending) {
            (true, false) => "ascending",
            (true, true) => "descending",
            _ => "",
        },
    };
    let mut columns = vec![column("name", "Task", false)];
    if !ask.sort.is_empty() {
        columns.push(column("section", "Section", false));
    }
    columns.push(column("completed", "State", false));
    columns.push(column("assignee", "Assignee", false));
    columns.push(column("due", "Due", false));
    let is_free = world.plan == crate::world::Plan::Free;
    for field in world.fields_set_on(project).iter().filter(|_| !is_free) {
        if let Some(definition) = world.custom_fields.get(field) {
            columns.push(column(field, &definition.name, definition.field_type == FieldType::Number));
        }
    }
    columns.push(column("modified", "Changed", false));
    columns
}

fn badges(world: &World, gid: &str, project: &Project) -> Vec<Badge> {
    let update = world.current_status_update(gid).and_then(|update| world.status_updates.get(&update));
    let mut badges: Vec<Badge> = update.map(|update| state(&update.status_type)).into_iter().collect();
    if project.archived {
        badges.push(Badge::new("Archived", "plain"));
    }
    if project.completed.is_some() {
        badges.push(Badge::new("Completed", "good"));
    }
    badges
}

fn facts(world: &World, gid: &str, project: &Project) -> Vec<Fact> {
    let tasks = project.sections.iter().filter_map(|section| world.sections.get(section));
    let tasks = tasks.flat_map(|section| &section.tasks);
    let open = tasks.filter(|task| world.task(task).is_some_and(|task| task.completed.is_none())).count();
    let own = world.carried_fields(gid).into_iter().filter_map(|carried| {
        let name = &world.custom_fields.get(&carried.field)?.name;
        Fact::some(name, Some(fields::cell(world, gid, &carried.field).text))
    });
    let known = [
        Fact::some("Owner", project.owner.as_ref().map(|gid| person(world, gid))),
        Some(Fact::new("Open tasks", grouped(open))),
        Fact::some("Members", (project.members.len() <= 12).then(|| people(world, &project.members))),
        Fact::some("Start", project.start_on.clone()),
        Fact::some("Due", project.due_on.clone()),
        Some(Fact::new("Created", minute(project.created_at))),
        Some(Fact::new("gid", gid)),
    ];
    known.into_iter().flatten().chain(own).collect()
}
