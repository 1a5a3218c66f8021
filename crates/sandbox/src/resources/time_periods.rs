//! Time periods: list and read; nobody makes or changes them.
//!
//! Known limit: `start_on` and `end_on` of the list keep the periods that lie within them, which Asana does not document.

use crate::call::{Answer, Call, Route, check_object};
use crate::error::Failure;
use crate::node::{Node, Reader, Ref, Shape};
use crate::world::{Gid, Kind, World};
use jiff::civil::Date;

pub(super) const ROUTES: &[Route] =
    &[Route::get("/time_periods", list), Route::get("/time_periods/{time_period}", get)];

const COMPACT: &[&str] = &["resource_type", "end_on", "start_on", "period", "display_name"];
const FULL: &[&str] = &["resource_type", "end_on", "start_on", "period", "display_name", "parent"];

pub(super) const SHAPE: Shape =
    Shape { name: "time_period", compact: COMPACT, full: FULL, written: FULL, field };

fn field(reader: &Reader<'_>, at: &Ref, name: &str) -> Option<Node> {
    let period = reader.world.time_periods.get(&at.gid)?;
    Some(match name {
        "display_name" => period.display_name().into(),
        "period" => period.period.clone().into(),
        "start_on" => period.start_on.to_string().into(),
        "end_on" => period.end_on.to_string().into(),
        "parent" => Node::to(Kind::TimePeriod, period.parent.as_ref()),
        _ => return None,
    })
}

fn list(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let workspace =
        call.query("workspace").ok_or_else(|| Failure::bad("You should specify one of workspace"))?;
    check_object(world, Kind::Workspace, "workspace", workspace)?;
    let (from, to) = (day(call, "start_on")?, day(call, "end_on")?);
    let within = world.time_periods.iter().filter(|(_, period)| {
        from.is_none_or(|from| period.start_on >= from) && to.is_none_or(|to| period.end_on <= to)
    });
    Ok(Answer::list(Kind::TimePeriod, within.map(|(gid, _)| gid.clone()).collect::<Vec<Gid>>()))
}

fn day(call: &Call, name: &str) -> Result<Option<Date>, Failure> {
    let refused = |text: &str| {
        Failure::bad(format!("{name}: Date must be in ISO-8601 (yyyy-mm-dd) format, not: {text}"))
    };
    call.query(name).map(|text| text.parse().map_err(|_| refused(text))).transpose()
}

fn get(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    let gid = call.target(world, "time_period", Kind::TimePeriod)?;
    Ok(Answer::got(Kind::TimePeriod, &gid))
}
