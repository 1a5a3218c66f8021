//! Timesheet approval statuses: how far a user's week of tracked time is.
//!
//! Guess: which steps are allowed. A draft is submitted; a submitted week is approved, rejected or recalled; a rejected
//! or approved one can only go back to draft.

use super::entries;
use super::words::choice;
use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::node::{Node, Shape};
use crate::world::{Kind, World};
use jiff::civil::{Date, Weekday};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/timesheet_approval_statuses", list),
    Route::post("/timesheet_approval_statuses", create),
    Route::get("/timesheet_approval_statuses/{timesheet_approval_status}", get),
    Route::put("/timesheet_approval_statuses/{timesheet_approval_status}", update),
];

const FULL: &[&str] =
    &["resource_type", "user", "workspace", "start_date", "end_date", "approval_status", "created_at"];

pub(super) const SHAPE: Shape = Shape {
    name: "timesheet_approval_status",
    compact: FULL,
    full: FULL,
    written: FULL,
    field: entries::field,
};

const KIND: Kind = Kind::TimesheetApprovalStatus;
const STATUSES: &[&str] = &["draft", "submitted", "approved", "rejected"];
const PAID_ONLY: &str = "Timesheets are only available to premium users.";

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    entries::asked(world, call, "workspace", Kind::Workspace)?;
    let user = entries::maybe_user(world, call, "user")?;
    let (from, to) = (entries::asked_day(call, "from_date")?, entries::asked_day(call, "to_date")?);
    let wanted: Option<Vec<String>> = call
        .query_list("approval_statuses")
        .map(|words| words.iter().map(|word| word.to_uppercase()).collect());
    let found = world.entries_where(KIND, |entry| {
        let status = entry.text("approval_status").unwrap_or_default();
        (user.is_none() || entry.gid("user") == user.as_ref())
            && entries::touches(entry, from.as_deref(), to.as_deref())
            && wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|word| word == status))
    });
    Ok(Answer::list(KIND, found))
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, _) = entries::target(world, call, "timesheet_approval_status", KIND)?;
    Ok(Answer::got(KIND, &gid))
}

fn create(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace = entries::object(world, call, "workspace", Kind::Workspace)?;
    super::require_paid(world, PAID_ONLY)?;
    let user = entries::person(world, call, "user")?;
    let mut entry = world.new_entry(&call.actor.user);
    entries::set_span(call, &mut entry)?;
    let day = |name: &str| entry.text(name).and_then(|day| day.parse::<Date>().ok());
    let (start, end) = (day("start_date"), day("end_date"));
    let is_monday = start.is_some_and(|day| day.weekday() == Weekday::Monday);
    let is_week = start.and_then(|day| day.checked_add(jiff::Span::new().days(6)).ok()) == end;
    if !is_monday || !is_week {
        return Err(Failure::bad("start_date: Must be a Monday, and end_date the following Sunday"));
    }
    let start = entry.text("start_date");
    if world
        .entries_of(KIND)
        .any(|(_, known)| known.gid("user") == Some(&user) && known.text("start_date") == start)
    {
        return Err(Failure::bad("start_date: There is a timesheet for this week already"));
    }
    entry.set("user", Node::to(Kind::User, Some(&user)));
    entry.set("workspace", Node::to(Kind::Workspace, Some(&workspace)));
    entry.set("approval_status", "DRAFT");
    Ok(Answer::created(KIND, &world.add_entry(KIND, entry)))
}

fn update(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let (gid, mut entry) = entries::target(world, call, "timesheet_approval_status", KIND)?;
    super::require_paid(world, PAID_ONLY)?;
    if !call.has("approval_status") {
        return Err(Failure::missing("approval_status"));
    }
    let new = choice(call, "approval_status", STATUSES)?.to_uppercase();
    let old = entry.text("approval_status").unwrap_or_default().to_owned();
    let allowed: &[&str] = match old.as_str() {
        "DRAFT" => &["SUBMITTED"],
        "SUBMITTED" => &["DRAFT", "APPROVED", "REJECTED"],
        _ => &["DRAFT"],
    };
    if !allowed.contains(&new.as_str()) {
        return Err(Failure::bad(format!("approval_status: Cannot go from {old} to {new}")));
    }
    entry.set("approval_status", new.clone());
    set_entries(world, &entry, &new);
    world.put_entry(KIND, &gid, entry);
    Ok(Answer::written(KIND, &gid))
}

/// The week's time tracking entries have the week's status.
fn set_entries(world: &mut World, week: &crate::world::Entry, status: &str) {
    let (start, end) = (week.text("start_date"), week.text("end_date"));
    let of_week = world.entries_where(Kind::TimeTrackingEntry, |entry| {
        let day = entry.text("entered_on");
        week.gid("user") == Some(&entry.created_by) && day >= start && day <= end
    });
    for gid in of_week {
        if let Some(mut entry) = world.entry(Kind::TimeTrackingEntry, &gid).cloned() {
            entry.set("approval_status", status.to_owned());
            world.put_entry(Kind::TimeTrackingEntry, &gid, entry);
        }
    }
}
