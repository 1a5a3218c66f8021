//! Proposed people as somebody sees them who only looks.
//!
//! Deliberately not here: the choice.

use super::super::assign::{Choice, unlearned};
use super::super::together;
use super::{TaskLink, Tasks};
use decide::assign::{Assignment, Contribution, Terms};
use domain::{Person, Project, Snapshot};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// Points that speak for somebody.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AssignReason {
    /// How many.
    pub points: f64,
    /// Why.
    pub why: String,
}

/// Who is proposed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AssignChosen {
    /// Who.
    pub person: Person,
    /// Their points, 0–100.
    pub points: f64,
    /// What they are made of, the most first.
    pub because: Vec<AssignReason>,
}

/// Who is not.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AssignRejected {
    /// Who.
    pub person: Person,
    /// Why not.
    pub why: String,
}

/// A task that nobody has.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AssignTask {
    /// The task.
    #[serde(flatten)]
    pub task: TaskLink,
    /// Hours set aside for it.
    pub hours: f64,
    /// When it is due.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub due: Option<Date>,
    /// Whether it is urgent work, which is spread over people.
    pub urgent: bool,
    /// Why it is dull work, which is spread as well; none where it is not.
    pub dull: Option<String>,
    /// Who should have it; nobody when nobody may and can.
    pub chosen: Option<AssignChosen>,
    /// Everybody else, those nearest to being chosen first.
    pub rejected: Vec<AssignRejected>,
}

/// Somebody who may be given tasks, as they are before any of these is.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AssignPerson {
    /// Who.
    pub person: Person,
    /// Hours of the coming four weeks that nothing is planned in.
    pub free: f64,
    /// Open tasks they have, of all projects.
    pub open: usize,
    /// The most they want; none for no such limit.
    pub cap: Option<usize>,
    /// Urgent tasks of the project they have.
    pub urgent: usize,
    /// Dull tasks of the project they have.
    pub dull: usize,
    /// Tasks they were given or proposed for in the last four weeks.
    pub lately: usize,
}

/// Who should have the tasks that nobody has.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AssignView {
    /// The project.
    pub project: Project,
    /// When its tasks were read.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// The certainty with which a task is to fit into somebody's free hours, 0–1.
    pub finishing: f64,
    /// Finished tasks that who did what was learned from.
    pub learned_from: usize,
    /// Every open task that nobody has, in the order of their rank.
    pub tasks: Vec<AssignTask>,
    /// Those who may be given tasks.
    pub people: Vec<AssignPerson>,
    /// What was taken for granted.
    pub notes: Vec<String>,
}

impl AssignView {
    /// Of a choice, with what was told of the people it rests on.
    pub(super) fn of(snapshot: &Snapshot, choice: &Choice, notes: &[String]) -> AssignView {
        let tasks = Tasks::of(snapshot);
        let mut notes = notes.to_vec();
        notes.extend(unlearned(choice.learned_from));
        notes.extend(together(choice.capacities.iter().flat_map(|of| of.notes.clone())));
        AssignView {
            project: snapshot.project.clone(),
            at: snapshot.taken_at,
            finishing: Terms::default().finishing,
            learned_from: choice.learned_from,
            tasks: choice.made().into_iter().map(|one| assign_task(&tasks, one, choice)).collect(),
            people: people(choice),
            notes,
        }
    }
}

fn assign_task(tasks: &Tasks<'_>, of: Assignment, choice: &Choice) -> AssignTask {
    let request = choice.requests.iter().find(|request| request.task == of.task);
    let reason = |one: Contribution| AssignReason { points: one.points, why: one.why.to_string() };
    let chosen = of.chosen.map(|chosen| AssignChosen {
        person: chosen.person,
        points: chosen.points,
        because: chosen.because.into_iter().map(reason).collect(),
    });
    AssignTask {
        task: tasks.link(&of.task),
        hours: of.hours,
        due: request.and_then(|request| request.due),
        urgent: request.is_some_and(|request| request.urgent),
        dull: choice.dull.get(&of.task).cloned(),
        chosen,
        rejected: of
            .rejected
            .into_iter()
            .map(|(person, why)| AssignRejected { person, why: why.to_string() })
            .collect(),
    }
}

fn people(choice: &Choice) -> Vec<AssignPerson> {
    let both = choice.people.iter().zip(&choice.capacities);
    let one = both.map(|(person, hours)| AssignPerson {
        person: hours.person.clone(),
        free: hours.days.iter().map(|day| day.free).sum(),
        open: person.open,
        cap: person.cap,
        urgent: person.urgent,
        dull: person.dull,
        lately: person.lately,
    });
    one.collect()
}
