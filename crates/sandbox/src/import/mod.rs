//! Importing a backlog: one JSON object a line becomes one project with its tasks, people, fields and comments.
//!
//! | key | becomes |
//! |---|---|
//! | `id` | what `parent` and `depends_on` of other lines name; not shown in Asana |
//! | `title`, `description` | name and notes |
//! | `created`, `resolved` | creation; completion by the assignee |
//! | `assignee` | assignee; `dev7` gets the address `dev7@example.invalid` |
//! | `section` | section, made in order of appearance; "Backlog" without one |
//! | `due`, `start` | due and start, a day or a moment; a start needs a due date not before it |
//! | `priority`, `type` | enum fields "Priority" (highest first) and "Type" |
//! | `components` | multi-enum field "Components" |
//! | `story_points` | number field "Story Points" |
//! | `in_progress_min` | `actual_time_minutes` |
//! | `labels`, `tags` | tags |
//! | `parent` | subtask; it stands in the project itself, and carries fields, only when its line names a `section` |
//! | `depends_on` | dependencies, up to Asana's 30 a task |
//! | `comments` | `{author, at, text}`: comments with their times |
//! | `fields` | `{name: value}`: custom fields, typed by their values; a field the workspace has keeps its type |
//!
//! Every key may be missing or null; others are ignored. Everything is checked before anything is made, so a refused
//! file leaves the world as it was. The same seed and files give the same gids.
//! Deliberately not here: reading files. Known limit: no history is made up; comments are the only stories.

mod dates;
mod fields;
mod links;
mod people;
mod row;
mod typing;

pub(crate) use dates::When;
pub(crate) use row::{Comment, Row, parse};

use crate::world::{Gid, Kind, NewProject, NewTask, Story, Tag, World};
use fields::Columns;
use jiff::Timestamp;
use links::Links;
use people::People;
use std::collections::HashMap;

/// Where tasks without a `section` go.
const DEFAULT_SECTION: &str = "Backlog";

/// What an import made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ImportReport {
    /// Gid of the new project.
    pub project: Gid,
    /// Its name.
    pub name: String,
    /// Tasks made, subtasks included.
    pub tasks: usize,
    /// People named in the backlog, whether new or known before.
    pub users: usize,
    /// Names of the custom fields set on the project.
    pub fields: Vec<String>,
    /// What was left out or changed, a sentence each.
    pub notes: Vec<String>,
}

/// Why a backlog was refused; nothing of it was imported. The caller knows the file's name and puts it in front.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// There is no line with a task.
    #[error("there is nothing to import: expected one JSON object a line, such as {{\"title\": \"…\"}}")]
    Empty,
    /// A line cannot be understood.
    #[error("line {line}: {problem}")]
    Line {
        /// Counted from 1, empty lines included.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// Lines that were understood, and how their project should be.
#[derive(Debug)]
pub(crate) struct Backlog {
    pub(crate) name: String,
    /// Sections that stand first; others follow in order of appearance.
    pub(crate) sections: Vec<String>,
    /// Owner of the project and maker of the tasks; the bot when absent.
    pub(crate) owner: Option<String>,
    pub(crate) rows: Vec<Row>,
}

/// The report, and the tasks in the order of the rows.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) report: ImportReport,
    pub(crate) tasks: Vec<Gid>,
}

impl World {
    /// Makes a project of a backlog, the text of a file of one JSON object a line (see the module's table).
    ///
    /// # Errors
    ///
    /// [`ImportError`] for the first line that cannot be understood; the world is then unchanged.
    pub fn import_backlog(&mut self, name: &str, text: &str) -> Result<ImportReport, ImportError> {
        let rows = parse(text)?;
        let backlog = Backlog { name: name.to_owned(), sections: Vec::new(), owner: None, rows };
        load(self, &backlog).map(|loaded| loaded.report)
    }
}

/// Checks the rows against each other and the world, then makes everything.
pub(crate) fn load(world: &mut World, backlog: &Backlog) -> Result<Loaded, ImportError> {
    let rows = &backlog.rows;
    let links = links::check(rows)?;
    let columns = Columns::check(world, rows)?;

    let mut people = People::of(world);
    let mut tags = Tags::of(world);
    let places = places(rows, &links);
    let project = project(world, &mut people, backlog, &places);
    let tasks = tasks(world, (&mut people, &mut tags), rows, (&project, &places));
    let mut notes = columns.apply(world, &mut people, &mut tags, (&project, &tasks));
    notes.extend(links.apply(world, rows, &tasks));
    notes.extend(bad_starts(rows));
    for (row, gid) in rows.iter().zip(&tasks) {
        history(world, &mut people, row, gid);
    }
    if let Some(project) = world.projects.get_mut(&project) {
        project.members = people.met(&project.members);
    }
    let report = ImportReport {
        project,
        name: backlog.name.clone(),
        tasks: tasks.len(),
        users: people.count(),
        fields: columns.names(),
        notes,
    };
    Ok(Loaded { report, tasks })
}

/// The section each row stands in; a subtask that names none stands in none.
fn places<'a>(rows: &'a [Row], links: &Links) -> Vec<Option<&'a str>> {
    rows.iter()
        .enumerate()
        .map(|(nth, row)| row.section.as_deref().or((!links.is_subtask(nth)).then_some(DEFAULT_SECTION)))
        .collect()
}

/// The empty project, as old as its oldest task.
fn project(world: &mut World, people: &mut People, backlog: &Backlog, places: &[Option<&str>]) -> Gid {
    let owner = backlog.owner.as_ref().map(|name| people.find_or_add(world, name));
    let mut sections = backlog.sections.clone();
    for name in places.iter().flatten() {
        if !sections.iter().any(|known| known == name) {
            sections.push((*name).to_owned());
        }
    }
    let oldest = backlog.rows.iter().filter_map(|row| row.created).min();
    let gid = world.add_project(NewProject { name: backlog.name.clone(), sections, owner });
    let now = world.now();
    if let Some(project) = world.projects.get_mut(&gid) {
        project.created_at = oldest.unwrap_or(now).min(now);
        project.modified_at = project.created_at;
        let created_at = project.created_at;
        for section in project.sections.clone() {
            world.sections.entry(section).and_modify(|section| section.created_at = created_at);
        }
    }
    gid
}

/// The tasks in the order of the rows, made by the project's owner.
fn tasks(
    world: &mut World,
    (people, tags): (&mut People, &mut Tags),
    rows: &[Row],
    (project, places): (&Gid, &[Option<&str>]),
) -> Vec<Gid> {
    let sections = world.sections_of(project).into_iter();
    let sections: HashMap<String, Gid> =
        sections.map(|gid| (world.sections[&gid].name.clone(), gid)).collect();
    let author = world.projects[project].owner.clone();
    let mut made = Vec::with_capacity(rows.len());
    for (row, place) in rows.iter().zip(places) {
        let section = place.and_then(|name| sections.get(name)).cloned();
        let gid = task(world, people, row, section);
        if let Some(task) = world.tasks.get_mut(&gid) {
            task.created_by.clone_from(&author);
        }
        for label in &row.tags {
            tags.put(world, &gid, label);
        }
        made.push(gid);
    }
    made
}

/// A task with everything that needs no other row.
fn task(world: &mut World, people: &mut People, row: &Row, section: Option<Gid>) -> Gid {
    let assignee = row.assignee.as_ref().map(|name| people.find_or_add(world, name));
    let gid = world.add_task(NewTask {
        name: row.title.clone(),
        notes: row.description.clone(),
        sections: section.into_iter().collect(),
        assignee: assignee.clone(),
        due_on: row.due.map(When::day),
        parent: None,
    });
    let completer = assignee.clone().unwrap_or_else(|| world.bot().clone());
    if let Some(task) = world.tasks.get_mut(&gid) {
        task.created_at = row.created.unwrap_or(task.created_at);
        task.completed = row.resolved.map(|at| (at, completer));
        task.due_at = row.due.and_then(When::moment);
        if let Some(start) = row.usable_start() {
            task.start_on = Some(start.day());
            // Asana has no start time without a due time.
            task.start_at = start.moment().filter(|_| task.due_at.is_some());
        }
        task.actual_time_minutes = row.in_progress_min;
        task.followers = assignee.into_iter().collect();
    }
    gid
}

/// Comments, oldest first, and the moment of the last change.
fn history(world: &mut World, people: &mut People, row: &Row, gid: &Gid) {
    let created = world.tasks[gid].created_at;
    let mut latest = created.max(row.resolved.unwrap_or(created));
    let mut comments: Vec<(Timestamp, &Comment)> =
        row.comments.iter().map(|comment| (comment.at.unwrap_or(created), comment)).collect();
    comments.sort_by_key(|(at, _)| *at);
    for (at, comment) in comments {
        latest = latest.max(at);
        let author = comment.author.as_ref().map(|name| people.find_or_add(world, name));
        if let (Some(author), Some(task)) = (&author, world.tasks.get_mut(gid))
            && !task.followers.contains(author)
        {
            task.followers.push(author.clone());
        }
        world.store_story(Story::comment(gid, at, author, &comment.text));
    }
    if let Some(task) = world.tasks.get_mut(gid) {
        task.modified_at = latest;
    }
}

fn bad_starts(rows: &[Row]) -> Option<String> {
    let bad: Vec<String> = rows
        .iter()
        .filter(|row| row.start.is_some() && row.usable_start().is_none())
        .map(|row| format!("line {}", row.line))
        .collect();
    note("start dates without a due date or after it", &bad)
}

/// `12 links left out: a, b, c …`, or nothing when there is nothing to tell.
fn note(what: &str, named: &[String]) -> Option<String> {
    const MOST_NAMED: usize = 20;
    let shown = named.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = if named.len() > MOST_NAMED { " …" } else { "" };
    (!named.is_empty()).then(|| format!("{} {what} left out: {shown}{more}", named.len()))
}

/// The workspace's tags by name.
#[derive(Debug)]
struct Tags(HashMap<String, Gid>);

impl Tags {
    fn of(world: &World) -> Self {
        Self(world.tags.iter().map(|(gid, tag)| (tag.name.clone(), gid.clone())).collect())
    }

    /// Puts a tag on a task, making it when it is new.
    fn put(&mut self, world: &mut World, task: &Gid, name: &str) {
        let gid = match self.0.get(name) {
            Some(gid) => gid.clone(),
            None => {
                let gid = world.issue(Kind::Tag);
                let tag = Tag {
                    name: name.to_owned(),
                    color: None,
                    notes: String::new(),
                    followers: Vec::new(),
                    created_at: world.now(),
                };
                world.tags.insert(gid.clone(), tag);
                self.0.insert(name.to_owned(), gid.clone());
                gid
            }
        };
        if let Some(task) = world.tasks.get_mut(task)
            && !task.tags.contains(&gid)
        {
            task.tags.push(gid);
        }
    }
}
