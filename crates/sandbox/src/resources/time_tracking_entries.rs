//! Time tracking: what was worked on a task, when, and for which project.
//!
//! Entries go with their task, and come back with it. Guess: reading a task's own entries needs no paid plan (only the list over tasks documents 402), writing does.

use super::{entries, task_dates};
use crate::call::{Answer, Call, Route, check_object};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Entry, Gid, Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/tasks/{task}/time_tracking_entries", list_of_task),
    Route::post("/tasks/{task}/time_tracking_entries", create),
    Route::get("/time_tracking_entries", list),
    Route::get("/time_tracking_entries/{time_tracking_entry}", get),
    Route::put("/time_tracking_entries/{time_tracking_entry}", update),
    Route::delete("/time_tracking_entries/{time_tracking_entry}", delete),
    Route::get("/time_tracking_categories/{time_tracking_category}/time_tracking_entries", list_of_category),
];

const COMPACT: &[&str] =
    &["resource_type", "duration_minutes", "entered_on", "attributable_to", "categories", "created_by"];
const FULL: &[&str] = &[
    "resource_type",
    "duration_minutes",
    "entered_on",
    "attributable_to",
    "categories",
    "created_by",
    "task",
    "created_at",
    "approval_status",
    "billable_status",
    "description",
];

pub(super) const SHAPE: Shape =
    Shape { name: "time_tracking_entry", compact: COMPACT, full: FULL, written: FULL, field: entries::field };

const KIND: Kind = Kind::TimeTrackingEntry;
const PAID_ONLY: &str = "Time tracking is only available to premium users.";
const BILLABLE: &[&str] = &["billable", "nonBillable", "notApplicable"];
/// Minutes that still fit what a task sums up.
const MOST_MINUTES: f64 = 1_000_000.0;

fn list_of_task(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    Ok(rows(world, world.entries_where(KIND, |entry| entry.gid("task") == Some(&task))))
}

/// Those whose task is not deleted.
fn rows(world: &World, found: Vec<Gid>) -> Answer {
    Answer::list(KIND, found.into_iter().filter(|gid| world.exists(KIND, gid)).collect::<Vec<_>>())
}

fn list_of_category(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let category = call.target(world, "time_tracking_category", Kind::TimeTrackingCategory)?;
    let (from, to) = (entries::asked_day(call, "start_date")?, entries::asked_day(call, "end_date")?);
    let found = world.entries_where(KIND, |entry| {
        entry.gids("categories").contains(&category) && is_within(entry, from.as_deref(), to.as_deref())
    });
    Ok(rows(world, found))
}

fn is_within(entry: &Entry, from: Option<&str>, to: Option<&str>) -> bool {
    let day = entry.text("entered_on").unwrap_or_default();
    from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to)
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    super::require_paid(world, PAID_ONLY)?;
    let task = entries::maybe_asked(world, call, "task", Kind::Task)?;
    let project = entries::maybe_asked(world, call, "attributable_to", Kind::Project)?;
    let portfolio = entries::maybe_asked(world, call, "portfolio", Kind::Portfolio)?;
    let user = entries::maybe_user(world, call, "user")?;
    let workspace = entries::maybe_asked(world, call, "workspace", Kind::Workspace)?;
    let week = entries::maybe_asked(world, call, "timesheet_approval_status", Kind::TimesheetApprovalStatus)?;
    let from = entries::asked_day(call, "entered_on_start_date")?;
    let to = entries::asked_day(call, "entered_on_end_date")?;
    if [&task, &project, &portfolio, &user, &workspace, &week].iter().all(|given| given.is_none()) {
        let names = "task, attributable_to, portfolio, user, workspace";
        return Err(Failure::bad(format!("You should specify one of {names}")));
    }
    if workspace.is_some() && from.is_none() && to.is_none() {
        let names = "entered_on_start_date, entered_on_end_date";
        return Err(Failure::bad(format!("You should specify one of {names}")));
    }
    let in_portfolio = portfolio.map(|portfolio| world.items_of(&portfolio));
    let week = week.and_then(|week| world.entry(Kind::TimesheetApprovalStatus, &week)).cloned();
    let found = world.entries_where(KIND, |entry| {
        let fits = |wanted: &Option<Gid>, name| wanted.is_none() || entry.gid(name) == wanted.as_ref();
        fits(&task, "task")
            && fits(&project, "attributable_to")
            && in_portfolio
                .as_ref()
                .is_none_or(|items| entry.gid("attributable_to").is_some_and(|gid| items.contains(gid)))
            && user.as_ref().is_none_or(|user| entry.created_by == *user)
            && is_within(entry, from.as_deref(), to.as_deref())
            && week.as_ref().is_none_or(|week| {
                week.gid("user") == Some(&entry.created_by)
                    && is_within(entry, week.text("start_date"), week.text("end_date"))
            })
    });
    Ok(rows(world, found))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "time_tracking_entry", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let task = call.target(world, "task", Kind::Task)?;
    super::require_paid(world, PAID_ONLY)?;
    if !call.has("duration_minutes") {
        return Err(Failure::missing("duration_minutes"));
    }
    let mut entry = blank(world, &call.actor.user, &task);
    change(world, call, &mut entry)?;
    let gid = world.add_entry(KIND, entry);
    sum_up(world, &task);
    Ok(Answer::created(KIND, &gid))
}

fn blank(world: &World, user: &str, task: &Gid) -> Entry {
    let mut entry = world.new_entry(user);
    entry.set("task", Node::to(Kind::Task, Some(task)));
    entry.set("entered_on", task_dates::day_of(world.now()));
    let project = world.tasks[task].memberships.first().map(|place| place.project.clone());
    entry.set("attributable_to", Node::to(Kind::Project, project.as_ref()));
    entry.set("categories", Node::empty_list());
    entry.set("approval_status", "DRAFT");
    entry.set("billable_status", "notApplicable");
    entry.set("description", "");
    entry
}

impl World {
    /// Tracks time a person worked on a task on the world's day; answers the entry's gid.
    pub(crate) fn track_time(&mut self, user: &Gid, task: &Gid, minutes: u32) -> Gid {
        let mut entry = blank(self, user, task);
        entry.set("duration_minutes", minutes);
        let gid = self.add_entry(KIND, entry);
        // The new entry is the only one that changed: adding it gives the same sum as adding all.
        if let Some(task) = self.tasks.get_mut(task) {
            task.actual_time_minutes = Some(task.actual_time_minutes.unwrap_or(0) + minutes);
        }
        gid
    }
}

fn change(world: &World, call: &Call, entry: &mut Entry) -> Result<(), Failure> {
    for key in call.data.keys() {
        match key.as_str() {
            "duration_minutes" => {
                let minutes = call.number(key)?.ok_or_else(|| Failure::missing(key))?;
                if minutes.fract() != 0.0 || !(1.0..=MOST_MINUTES).contains(&minutes) {
                    return Err(Failure::bad(format!(
                        "{key}: Must be a whole number above 0, not: {minutes}"
                    )));
                }
                entry.set(key, super::field_values::number_json(minutes));
            }
            "entered_on" => {
                let day = task_dates::day(call, key)?;
                entry.set(key, day.unwrap_or_else(|| task_dates::day_of(world.now())));
            }
            "attributable_to" => {
                let project = call.text(key)?;
                project.iter().try_for_each(|gid| check_object(world, Kind::Project, key, gid))?;
                entry.set(key, Node::to(Kind::Project, project.as_ref()));
            }
            "categories" => {
                let categories = call.words(key)?.unwrap_or_default();
                if categories.len() > 1 {
                    return Err(Failure::bad(format!("{key}: At most one category can be set")));
                }
                let kind = Kind::TimeTrackingCategory;
                categories.iter().try_for_each(|gid| check_category(world, gid))?;
                entry.set(key, Node::all(kind, &categories));
            }
            "billable_status" => entry.set(key, super::words::choice(call, key, BILLABLE)?),
            "description" => entry.set(key, call.text(key)?.unwrap_or_default()),
            _ => {}
        }
    }
    Ok(())
}

/// A category that is still in use.
fn check_category(world: &World, gid: &str) -> Result<(), Failure> {
    let kind = Kind::TimeTrackingCategory;
    check_object(world, kind, "categories", gid)?;
    let category = world.entry(kind, gid);
    match category.and_then(|category| category.fields.get("is_archived")) {
        Some(flag) if *flag == Node::from(true) => {
            Err(Failure::bad(format!("categories: The category is archived: {gid}")))
        }
        _ => Ok(()),
    }
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "time_tracking_entry", KIND)?;
    change(world, call, &mut entry)?;
    let task = entry.gid("task").cloned();
    world.put_entry(KIND, &gid, entry);
    task.iter().for_each(|task| sum_up(world, task));
    Ok(Answer::written(KIND, &gid))
}

fn delete(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, entry) = entries::target(world, call, "time_tracking_entry", KIND)?;
    world.remove_entry(KIND, &gid);
    entry.gid("task").iter().for_each(|task| sum_up(world, task));
    Ok(Answer::empty())
}

/// A task's `actual_time_minutes` is the sum of its entries; nothing when there are none.
fn sum_up(world: &mut World, task: &str) {
    let of_it = world.entries_of(KIND).filter(|(_, entry)| entry.gid("task").is_some_and(|gid| gid == task));
    let minutes: Vec<u64> = of_it
        .filter_map(|(_, entry)| match entry.fields.get("duration_minutes") {
            Some(Node::Plain(minutes)) => minutes.as_u64(),
            _ => None,
        })
        .collect();
    let sum = (!minutes.is_empty()).then(|| minutes.iter().sum::<u64>());
    if let Some(task) = world.tasks.get_mut(task) {
        task.actual_time_minutes = sum.map(|sum| u32::try_from(sum).unwrap_or(u32::MAX));
    }
}
