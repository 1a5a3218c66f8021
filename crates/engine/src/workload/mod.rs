//! The workflows about people's time: risks of dates, a sprint, who should do what. They read, reckon, show and write.
//!
//! All three begin alike: the project is read and enriched as for a groom, then the people. Deliberately not here: reckoning
//! (`judge::capacity`, `judge::risk`, `decide::sprint`, `decide::assign`).

mod assign;
mod carry;
mod foretell;
mod lately;
mod past;
mod people;
mod post;
mod reckon;
mod risk;
mod scenario;
mod seen;
mod sprint;
mod still;
mod suppose;
mod team;
mod wanted;

pub use assign::{AssignReport, assignments};
pub use carry::Carried;
pub(crate) use carry::{Inputs, ask_of, carry_plan};
pub(crate) use foretell::{Foretold, foretell};
pub(crate) use lately::sprint_in_hand;
pub use people::PersonHours;
pub use post::{SprintPosted, post_sprint};
pub use risk::{RiskReport, risk};
pub use scenario::{Scenario, ScenarioChange, ScenarioReport};
pub use seen::{
    AssignChosen, AssignPerson, AssignReason, AssignRejected, AssignTask, AssignView, EndsBetween, HeldUpBy,
    RiskCause, RiskFinding, RiskTask, RiskView, TaskLink,
};
pub use sprint::{SprintReport, SprintWish, sprint};
pub(crate) use still::{Promise, unable};
pub use suppose::{SupposeReport, Supposed, TaskThen, Workload, workload};
pub use team::TeamTime;

use crate::approvals::with_refused;
use crate::context::Engine;
use crate::enrich::enrich;
use crate::error::EngineError;
use crate::gather::{Gathered, gather};
use domain::{Moment, ProjectGid, Snapshot, UserGid};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use judge::risk::Efforts;
use people::Colleagues;
use std::collections::BTreeMap;

/// Hours a task is reckoned with where nothing says what it takes: a working day.
const ASSUMED_HOURS: f64 = 8.0;
/// Field names that tell a person's or a task's skills.
const SKILL_FIELDS: [&str; 3] = ["Skills", "Skill Tags", "Skill"];

/// What all three work with.
struct Read {
    snapshot: Snapshot,
    labels: store::Labels,
    efforts: Efforts,
    colleagues: Colleagues,
}

async fn read(engine: &Engine, project: &ProjectGid, now: Moment) -> Result<Read, EngineError> {
    let Gathered { snapshot, labels } = gather(engine, project, now.at).await?;
    let snapshot = with_refused(engine, snapshot).await?;
    let snapshot = enrich(engine, snapshot, now).await?;
    let efforts = judge::risk::efforts(&snapshot, &engine.rubric, now);
    let colleagues = people::read(engine, &snapshot, &efforts).await?;
    Ok(Read { snapshot, labels, efforts, colleagues })
}

/// Hours each person works from one day to another, by their calendars and days out of office, and how that was found.
pub(crate) async fn works_within(
    engine: &Engine,
    snapshot: &Snapshot,
    days: (Date, Date),
    now: Moment,
) -> Result<(BTreeMap<UserGid, f64>, Vec<String>), EngineError> {
    let colleagues = people::read(engine, snapshot, &Efforts::new()).await?;
    // At the beginning of the first day, all of its hours are still to come.
    let then = Moment { at: now.at.min(begin_of(days.0)), today: days.0 };
    let hours = colleagues.people.iter().map(|person| {
        let capacity = person.capacity(&snapshot.project.gid, days, then);
        (person.member.person.gid.clone(), capacity.works(days.0, days.1))
    });
    Ok((hours.collect(), colleagues.notes))
}

/// A moment that is before the day's work everywhere.
fn begin_of(day: Date) -> Timestamp {
    let begin = day.saturating_sub(1.day()).to_zoned_datetime(TimeZone::UTC);
    begin.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// Sentences about several people that say the same are said once.
pub(crate) fn together(notes: impl IntoIterator<Item = String>) -> Vec<String> {
    together_of(notes.into_iter().map(|note| match note.split_once(": ") {
        Some((who, what)) => (who.to_owned(), what.to_owned()),
        None => (String::new(), note),
    }))
}

/// The same of notes that say apart whom they are about, whose name may have any letters.
pub(crate) fn together_of(notes: impl IntoIterator<Item = (String, String)>) -> Vec<String> {
    let mut said: Vec<(String, Vec<String>)> = vec![];
    for (who, what) in notes {
        match said.iter_mut().find(|(known, _)| *known == what) {
            Some((_, people)) if !people.contains(&who) => people.push(who),
            Some(_) => {}
            None => said.push((what, vec![who])),
        }
    }
    let line = |(what, people): (String, Vec<String>)| match people.as_slice() {
        [one] if one.is_empty() => what,
        [one] => format!("{one}: {what}"),
        [one, two] => format!("{one} and {two}: {what}"),
        [one, two, more @ ..] => format!("{one}, {two} and {} more: {what}", more.len()),
        [] => what,
    };
    said.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{together, together_of};

    #[test]
    fn what_is_said_of_several_people_is_said_once() {
        let notes = ["Ana: no hours", "Ben: no hours", "nothing is known", "Cem: no hours", "Ana: late"];
        let said = together(notes.map(str::to_owned));
        assert_eq!(said, ["Ana, Ben and 1 more: no hours", "nothing is known", "Ana: late"]);
        let notes = [("Q4: Launch", "no goals"), ("Q4: Care", "no goals")];
        let said = together_of(notes.map(|(who, what)| (who.to_owned(), what.to_owned())));
        assert_eq!(said, ["Q4: Launch and Q4: Care: no goals"]);
    }
}
