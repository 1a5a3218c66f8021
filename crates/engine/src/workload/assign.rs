//! The assign workflow: who should have the tasks that nobody has, in the order of their rank.
//!
//! Turns, caps and what was turned down hold over runs. Deliberately not here: the choice itself (`decide::assign`).

use super::carry::{Carried, Ground, Inputs, carry};
use super::lately::turns;
use super::wanted::{effort, section, skills};
use super::{PersonHours, Read, people, read, together};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::list_history;
use crate::groom::Write;
use crate::recover::recover;
use crate::report::Requests;
use decide::assign::{Assignment, Colleague, Request, Terms, assign, dull};
use domain::{
    Band, FieldValue, Judgement, Moment, Owner, Past, Person, Project, ProjectGid, Role, Snapshot, Task,
    TaskGid, UserGid,
};
use jiff::{SignedDuration, ToSpan as _};
use judge::capacity::{Agenda, Capacity};
use judge::learn::assignee::{self, History};
use judge::risk::{Efforts, Spread};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Days ahead a task without due date may be done in.
pub(super) const AHEAD: i64 = 28;
/// How far back it is learned who did what: two years.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 730);
/// People ranked by what they did before.
const RANKED: usize = 50;

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct AssignReport {
    /// The project.
    pub project: Project,
    /// Every open task that nobody has, in the order of their rank.
    pub tasks: Vec<Assignment>,
    /// Why some of them count as dull work, by task.
    pub dull: BTreeMap<TaskGid, String>,
    /// Finished tasks that who did what was learned from.
    pub learned_from: usize,
    /// Everybody's hours in the coming four weeks.
    pub people: Vec<PersonHours>,
    /// What is, or would be, suggested in the field.
    pub written: Carried,
    /// What could not be read and how it was got round.
    pub notes: Vec<String>,
    /// What reading cost.
    pub requests: Requests,
}

/// Chooses people for the open tasks of a project that nobody has.
///
/// # Errors
/// What keeps the project, its people or its past from being read, or stops the run as a whole.
pub async fn assignments(
    engine: &Engine,
    project: &ProjectGid,
    (now, write): (Moment, Write),
) -> Result<AssignReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    let start = engine.asana.counters();
    recover(engine, project).await?;
    let Read { snapshot, labels, efforts, colleagues } = read(engine, project, now).await?;
    let colleagues = colleagues.who_may_be_given(engine, &snapshot);
    let choice = choice(engine, (&snapshot, &efforts), &colleagues.people, now).await?;
    let tasks = choice.made();
    let Choice { judgements, requests, people, capacities, learned_from, mut dull } = choice;
    dull.retain(|task, _| requests.iter().any(|request| request.task == *task));
    let ground = Ground {
        snapshot: &snapshot,
        labels: &labels,
        judgements: &judgements,
        inputs: Inputs::Assign { requests, people },
    };
    let written = carry(engine, ground, (now, write), start).await?;
    let mut notes = together(capacities.iter().flat_map(|of| of.notes.clone()).chain(colleagues.notes));
    notes.extend(unlearned(learned_from));
    notes.extend(snapshot.notes.iter().cloned());
    Ok(AssignReport {
        project: snapshot.project.clone(),
        tasks,
        dull,
        learned_from,
        people: capacities.iter().map(PersonHours::from).collect(),
        written,
        notes,
        requests: Requests::since(engine, start),
    })
}

/// Said where nothing is known of who did what.
pub(super) fn unlearned(learned_from: usize) -> Option<String> {
    let said = "no finished task has an owner, so nothing is known of who does such work";
    (learned_from == 0).then(|| said.to_owned())
}

/// What people are chosen for, and from.
pub(super) struct Choice {
    pub judgements: Vec<Judgement>,
    pub requests: Vec<Request>,
    pub people: Vec<Colleague>,
    pub capacities: Vec<Capacity>,
    pub learned_from: usize,
    /// Why open tasks count as dull work, whoever has them.
    pub dull: BTreeMap<TaskGid, String>,
}

impl Choice {
    /// Who is chosen, in the order of the requests.
    pub fn made(&self) -> Vec<Assignment> {
        assign(&self.requests, &self.people, &Terms::default())
    }
}

/// Makes the requests and looks at the people. Reads what was finished; writes nothing.
pub(super) async fn choice(
    engine: &Engine,
    (snapshot, efforts): (&Snapshot, &Efforts),
    colleagues: &[people::Colleague],
    now: Moment,
) -> Result<Choice, EngineError> {
    let project = &snapshot.project.gid;
    let past = list_history(engine, project, now.at - LOOK_BACK).await?;
    let (history, learned_from) = learn(snapshot, &past);
    let days = (now.today, now.today.saturating_add(AHEAD.days()));
    let agendas: Vec<Agenda> = colleagues.iter().map(|person| person.agenda(project, days, now)).collect();
    let capacities: Vec<Capacity> = agendas.iter().map(Agenda::capacity).collect();
    let memory = engine.store.last_bands(project).await?;
    let judgements = judge::judge(snapshot, &engine.rubric, now, &memory);
    let is_urgent = |judgement: &&Judgement| matches!(judgement.band, Band::P0 | Band::P1);
    let dull: BTreeMap<TaskGid, String> =
        snapshot.tasks.iter().filter_map(|task| Some((task.gid.clone(), dull(snapshot, task)?))).collect();
    let spread = ToSpread {
        urgent: judgements.iter().filter(is_urgent).map(|judgement| &judgement.task).collect(),
        dull: dull.keys().collect(),
    };
    let asked = judgements.iter().filter_map(|judgement| snapshot.task(&judgement.task));
    let asked = asked.filter(|task| task.assignee.is_none() && engine.policy.takes(task, snapshot));
    let everybody: Vec<&Person> = capacities.iter().map(|of| &of.person).collect();
    let requests: Vec<Request> = asked
        .map(|task| Request {
            refused: refused(snapshot, task, &everybody),
            ..request(snapshot, (task, efforts), &history, (&spread, now))
        })
        .collect();
    let lately = turns(engine, project, (snapshot, now), &requests).await?;
    let cap = Some(engine.policy.assign.max_open).filter(|most| *most > 0);
    let both = agendas.iter().zip(colleagues);
    let people = both.map(|both| colleague(snapshot, both, &spread, (&lately, cap))).collect();
    engine.stage("choosing people", requests.len());
    Ok(Choice { people, requests, capacities, learned_from, dull, judgements })
}

/// Tasks that are to be spread over people, whoever has them.
struct ToSpread<'a> {
    urgent: BTreeSet<&'a TaskGid>,
    dull: BTreeSet<&'a TaskGid>,
}

/// A task as somebody is asked for it.
fn request(
    snapshot: &Snapshot,
    (task, efforts): (&Task, &Efforts),
    history: &History,
    (spread, now): (&ToSpread<'_>, Moment),
) -> Request {
    Request {
        task: task.gid.clone(),
        name: task.name.clone(),
        effort: effort(efforts, &task.gid),
        // As it is read of whoever has it.
        hours: efforts.get(&task.gid).map(Spread::mean),
        from: task.start_on.map_or(now.today, |on| on.max(now.today)),
        due: task.due_on,
        skills: skills(snapshot, task),
        focus: section(snapshot, task),
        urgent: spread.urgent.contains(&task.gid),
        dull: spread.dull.contains(&task.gid),
        learned: ranks(snapshot, history, task),
        refused: BTreeSet::new(),
    }
}

/// Who is not proposed for a task again: whom Upnext gave it to or proposed before a person put somebody else or nobody there,
/// whose suggestion was undone, and whom a question about it was answered with no.
fn refused(snapshot: &Snapshot, task: &Task, everybody: &[&Person]) -> BTreeSet<UserGid> {
    let proposed = snapshot.roles.state(Role::RecommendedAssignee, task);
    let mut refused = BTreeSet::new();
    for state in [task.assignee_state(), proposed] {
        if state.owner() == Owner::Person
            && let Some(FieldValue::People(people)) = state.ours.and_then(|written| written.value)
        {
            refused.extend(people);
        }
    }
    let of_task = snapshot.refused.iter().filter(|one| one.task == task.gid && one.what == "assignee");
    for one in of_task {
        let named = everybody.iter().filter(|person| person.name.eq_ignore_ascii_case(&one.value));
        refused.extend(named.map(|person| person.gid.clone()));
    }
    // A suggestion that an undo took back: people are written as their gids.
    let field = snapshot.roles.field(Role::RecommendedAssignee);
    let taken_back = snapshot.refused.iter().filter(|one| {
        one.task == task.gid && field.is_some() && one.field.as_ref() == field && one.what.is_empty()
    });
    refused.extend(taken_back.flat_map(|one| one.value.split(", ").map(UserGid::new)));
    refused
}

/// Somebody as they are asked. `cap` is the most open tasks of whoever has none of their own.
fn colleague(
    snapshot: &Snapshot,
    (of, person): (&Agenda, &people::Colleague),
    spread: &ToSpread<'_>,
    (lately, cap): (&BTreeMap<UserGid, usize>, Option<usize>),
) -> Colleague {
    let mine = |such: &BTreeSet<&TaskGid>| {
        let open = snapshot.tasks.iter().filter(|task| !task.completed);
        open.filter(|task| task.assignee.as_ref() == Some(&of.person) && such.contains(&task.gid)).count()
    };
    Colleague {
        agenda: of.clone(),
        member: person.of_project,
        skills: person.skills.clone(),
        focus: person.focus.clone(),
        open: person.member.work.len(),
        cap: person.most_open.or(cap),
        urgent: mine(&spread.urgent),
        dull: mine(&spread.dull),
        lately: lately.get(&of.person.gid).copied().unwrap_or_default(),
    }
}

/// Who did what, in the order it was finished.
fn learn(snapshot: &Snapshot, past: &[Past]) -> (History, usize) {
    let mut history = History::default();
    let mut done: Vec<(&Past, &UserGid)> = past
        .iter()
        .filter(|past| past.completed_at.is_some())
        .filter_map(|past| Some((past, &past.task.assignee.as_ref()?.gid)))
        .collect();
    done.sort_by(|a, b| a.0.completed_at.cmp(&b.0.completed_at).then(a.0.task.gid.cmp(&b.0.task.gid)));
    for (past, who) in &done {
        described(snapshot, &past.task, |task| history.learn(task, who.as_str()));
    }
    (history, done.len())
}

fn ranks(snapshot: &Snapshot, history: &History, task: &Task) -> BTreeMap<UserGid, f64> {
    let ranked = described(snapshot, task, |task| history.rank(task, RANKED));
    ranked.into_iter().map(|r| (UserGid::new(r.person), r.probability)).collect()
}

/// A task as it is learned from.
fn described<T>(snapshot: &Snapshot, task: &Task, with: impl FnOnce(&assignee::Task<'_>) -> T) -> T {
    let section = section(snapshot, task).unwrap_or_default();
    let labels: Vec<&str> = task.tags.iter().map(String::as_str).collect();
    let components = if section.is_empty() { vec![] } else { vec![section.as_str()] };
    with(&assignee::Task {
        id: task.gid.as_str(),
        title: &task.name,
        body: &task.notes,
        kind: &task.subtype,
        components: &components,
        labels: &labels,
    })
}
