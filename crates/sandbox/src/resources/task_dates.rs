//! The date rules of tasks: one of `due_on` and `due_at`, a start only with a due date in the same request.

use crate::call::Call;
use crate::error::Failure;
use crate::world::{Subtype, Task};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A `YYYY-MM-DD` of the body.
pub(super) fn day(call: &Call, key: &str) -> Result<Option<String>, Failure> {
    let Some(text) = call.text(key)? else {
        return Ok(None);
    };
    match text.parse::<Date>() {
        Ok(date) if date.to_string() == text => Ok(Some(text)),
        _ => Err(Failure::bad(format!("{key}: Date must be in ISO-8601 (yyyy-mm-dd) format, not: {text}"))),
    }
}

/// A moment; one without a zone is UTC's, and a bare date means its midnight.
pub(super) fn moment(key: &str, text: &str) -> Result<Timestamp, Failure> {
    // A civil date-time of a bare date is its midnight.
    let without_zone =
        || Some(text.parse::<DateTime>().ok()?.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp());
    text.parse::<Timestamp>()
        .ok()
        .or_else(without_zone)
        .ok_or_else(|| Failure::bad(format!("{key}: Date must be in ISO-8601 format, not: {text}")))
}

fn moment_of(call: &Call, key: &str) -> Result<Option<Timestamp>, Failure> {
    call.text(key)?.map(|text| moment(key, &text)).transpose()
}

/// The UTC day of a moment.
pub(super) fn day_of(at: Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::UTC).date().to_string()
}

/// Applies the date properties of the body to a task.
pub(super) fn apply(call: &Call, task: &mut Task) -> Result<(), Failure> {
    if given(call, "due_on") && given(call, "due_at") {
        return Err(Failure::bad("You may only provide one of due_on or due_at!"));
    }
    if given(call, "start_on") && given(call, "start_at") {
        return Err(Failure::bad("You may only provide one of start_on or start_at!"));
    }
    let has_due = call.has("due_on") || call.has("due_at");
    if (call.has("start_on") || call.has("start_at")) && !has_due {
        let key = if call.has("start_on") { "start_on" } else { "start_at" };
        return Err(Failure::bad(format!(
            "{key}: You must provide a due date (due_on or due_at) in the same request as a start date"
        )));
    }
    if call.has("due_on") && !given(call, "due_at") {
        (task.due_on, task.due_at) = (day(call, "due_on")?, None);
    }
    if call.has("due_at") && !given(call, "due_on") {
        task.due_at = moment_of(call, "due_at")?;
        task.due_on = task.due_at.map(day_of);
    }
    if call.has("start_on") && !given(call, "start_at") {
        (task.start_on, task.start_at) = (day(call, "start_on")?, None);
    }
    if call.has("start_at") && !given(call, "start_on") {
        task.start_at = moment_of(call, "start_at")?;
        task.start_on = task.start_at.map(day_of);
    }
    check(task)
}

fn given(call: &Call, key: &str) -> bool {
    call.data.get(key).is_some_and(|value| !value.is_null())
}

/// What must hold of a task's dates after any write.
pub(super) fn check(task: &Task) -> Result<(), Failure> {
    if task.start_on.is_none() {
        return Ok(());
    }
    if task.subtype == Subtype::Milestone {
        return Err(Failure::bad("start_on: Milestones cannot have a start date"));
    }
    if task.due_on.is_none() {
        return Err(Failure::bad("start_on: A task with a start date must have a due date"));
    }
    if task.start_at.is_some() && task.due_at.is_none() {
        return Err(Failure::bad("start_at: A task with a start time must have a due time"));
    }
    let too_late = match (task.start_at, task.due_at) {
        (Some(start), Some(due)) => start > due,
        _ => task.start_on > task.due_on,
    };
    if too_late {
        return Err(Failure::bad("start_on: The start date must not be after the due date"));
    }
    Ok(())
}
