//! The sprint workflow: which open tasks the coming days take, and who does them.
//!
//! Reads only. Deliberately not here: the planning itself (`decide::sprint`). Known limit: past sprints are not read, so the
//! team's velocity limits a plan only when it is given.

use super::people::key;
use super::{ASSUMED_HOURS, PersonHours, Read, SKILL_FIELDS, read, together};
use crate::context::Engine;
use crate::error::EngineError;
use crate::report::Requests;
use decide::sprint::{Candidate, Seat, SprintPlan, Wanted, check_sprint, plan_sprint};
use domain::{FieldValue, Judgement, Moment, Project, ProjectGid, Snapshot, Task, TaskGid};
use jiff::civil::Date;
use judge::capacity::Capacity;
use judge::risk::{Efforts, Spread};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What sprint is wanted.
#[derive(Clone, Debug)]
pub struct SprintWish {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The probability with which each person is to finish, 0.5 to 0.999.
    pub finishing: f64,
    /// Tasks that must be taken.
    pub must: Vec<TaskGid>,
    /// The most hours together, where the team knows its velocity.
    pub velocity: Option<f64>,
    /// The most tasks of a section, by name.
    pub section_limits: BTreeMap<String, usize>,
}

/// What planning a sprint came to.
#[derive(Clone, Debug, Serialize)]
pub struct SprintReport {
    /// The project.
    pub project: Project,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The plan.
    pub plan: SprintPlan,
    /// Everybody's hours in these days.
    pub people: Vec<PersonHours>,
    /// What could not be read and how it was got round.
    pub notes: Vec<String>,
    /// What reading cost.
    pub requests: Requests,
}

/// Plans a sprint of a project.
///
/// # Errors
/// A task that must be taken and is not open in the project, or what keeps the project or its people from being read.
pub async fn sprint(
    engine: &Engine,
    project: &ProjectGid,
    wish: &SprintWish,
    now: Moment,
) -> Result<SprintReport, EngineError> {
    let engine = &engine.for_project(project).await?;
    let start = engine.asana.counters();
    let Read { snapshot, efforts, colleagues, .. } = read(engine, project, now).await?;
    if let Some(unknown) = wish.must.iter().find(|gid| snapshot.task(gid).is_none()) {
        let problem = format!("task {unknown} is not open in this project, so no sprint of it can take it");
        return Err(EngineError::Unusable(problem));
    }
    let days = (wish.from, wish.to);
    // Tasks of the project are what is given out, so they take nobody's hours beforehand.
    let capacities: Vec<Capacity> =
        colleagues.people.iter().map(|person| person.capacity(project, days, now)).collect();
    let memory = engine.store.last_bands(project).await?;
    let judgements = judge::judge(&snapshot, &engine.rubric, now, &memory);
    let seats = capacities.iter().zip(&colleagues.people).map(|(of, person)| Seat {
        person: of.person.clone(),
        hours: of.days.iter().map(|day| (day.works - day.elsewhere).max(0.0)).collect(),
        skills: person.skills.clone(),
    });
    let people: Vec<Seat> = seats.collect();
    let able = |task: &Task| engine.policy.takes(task, &snapshot) || wish.must.contains(&task.gid);
    let wanted = Wanted {
        candidates: candidates(&snapshot, &judgements, (&efforts, &people), (wish, &able)),
        people,
        section_limits: wish.section_limits.clone(),
        velocity: wish.velocity,
        finishing: wish.finishing,
        ..Wanted::default()
    };
    engine.stage("planning the sprint", wanted.candidates.len());
    let plan = plan_sprint(&wanted);
    let findings = check_sprint(&plan, &wanted);
    if !findings.is_empty() {
        let problem =
            format!("the sprint that was planned cannot be kept ({}): please report it", findings.join("; "));
        return Err(EngineError::Unusable(problem));
    }
    let mut notes = together(capacities.iter().flat_map(|of| of.notes.clone()).chain(colleagues.notes));
    notes.extend(unknown_efforts(&wanted.candidates, &efforts));
    notes.extend(snapshot.notes.iter().cloned());
    Ok(SprintReport {
        project: snapshot.project.clone(),
        from: wish.from,
        to: wish.to,
        plan,
        people: capacities.iter().map(PersonHours::from).collect(),
        notes,
        requests: Requests::since(engine, start),
    })
}

fn unknown_efforts(candidates: &[Candidate], efforts: &Efforts) -> Option<String> {
    let without = candidates.iter().filter(|c| !efforts.contains_key(&c.task)).count();
    let all = candidates.len();
    (without > 0).then(|| {
        format!("{without} of {all} tasks have no effort and are reckoned with {ASSUMED_HOURS} h: fill the effort field or run `upnext learn`")
    })
}

/// Skills a task asks for, by its field of that name.
pub(super) fn skills(snapshot: &Snapshot, task: &Task) -> BTreeSet<String> {
    let named = |name: &&str| snapshot.fields.iter().find(|f| f.name.eq_ignore_ascii_case(name));
    let field = SKILL_FIELDS.iter().find_map(named);
    let value = field.and_then(|f| task.fields.get(&f.gid)).and_then(|state| state.value.as_ref());
    match value {
        Some(FieldValue::MultiEnum(options)) => options.iter().map(|(_, name)| key(name)).collect(),
        Some(FieldValue::Enum { name, .. }) => [key(name)].into(),
        _ => BTreeSet::new(),
    }
}

/// A task's hours with their spread.
pub(super) fn effort(efforts: &Efforts, task: &TaskGid) -> Spread {
    let known = efforts.get(task).copied().or_else(|| Spread::usual(ASSUMED_HOURS));
    known.unwrap_or(Spread { middle: ASSUMED_HOURS, below: 0.0, above: 0.0 })
}

pub(super) fn candidates(
    snapshot: &Snapshot,
    judgements: &[Judgement],
    (efforts, people): (&Efforts, &[Seat]),
    (wish, able): (&SprintWish, &dyn Fn(&Task) -> bool),
) -> Vec<Candidate> {
    let taken: Vec<(&Judgement, &Task)> = judgements
        .iter()
        .filter_map(|judgement| Some((judgement, snapshot.task(&judgement.task)?)))
        .filter(|(_, task)| able(task))
        .collect();
    let at: HashMap<&TaskGid, usize> = taken.iter().enumerate().map(|(at, (_, t))| (&t.gid, at)).collect();
    let section = |task: &Task| {
        let gid = task.section.as_ref()?;
        snapshot.sections.iter().find(|s| s.gid == *gid).map(|s| s.name.clone())
    };
    let named = |gid: &TaskGid| {
        snapshot.task(gid).map_or_else(|| format!("task {gid}, outside the project"), |t| t.name.clone())
    };
    taken
        .iter()
        .map(|(judgement, task)| {
            let (inside, outside): (Vec<&TaskGid>, Vec<&TaskGid>) =
                judgement.waits_for.iter().partition(|gid| at.contains_key(gid));
            Candidate {
                task: task.gid.clone(),
                name: task.name.clone(),
                value: judgement.score.to_f64(),
                effort: effort(efforts, &task.gid),
                section: section(task),
                skills: skills(snapshot, task),
                waits_for: inside.into_iter().map(|gid| at[gid]).collect(),
                blocked_by: outside.into_iter().map(named).collect(),
                must: wish.must.contains(&task.gid),
                owner: task
                    .assignee
                    .as_ref()
                    .and_then(|owner| people.iter().position(|seat| seat.person.gid == owner.gid)),
                carried: false,
            }
        })
        .collect()
}
