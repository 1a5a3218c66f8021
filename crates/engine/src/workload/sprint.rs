//! The sprint workflow: which open tasks the coming days take, and who does them; written where policy and people allow.
//!
//! Deliberately not here: the planning itself (`decide::sprint`).

use super::carry::{Carried, Ground, Inputs, carry};
use super::past::{self, History};
use super::scenario::{Scenario, ScenarioReport, compared};
use super::wanted::{Asked, promised, seats};
use super::{ASSUMED_HOURS, PersonHours, Read, read, together};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{list_sections, with_sprints};
use crate::groom::Write;
use crate::recover::recover;
use crate::report::Requests;
use decide::Policy;
use decide::sprint::{
    Candidate, Filled, Planned, SprintPlan, Velocity, Wanted, check_sprint, places, plan_sprint, velocity,
};
use domain::{Judgement, Moment, Project, ProjectGid, Snapshot, TaskGid};
use jiff::ToSpan as _;
use jiff::civil::Date;
use judge::capacity::Capacity;
use judge::risk::Efforts;
use serde::Serialize;
use std::collections::BTreeMap;

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
    /// The most hours together; what past sprints say without it.
    pub velocity: Option<f64>,
    /// The most tasks of a section, by name.
    pub section_limits: BTreeMap<String, usize>,
    /// What to compare the plan with.
    pub compare: Vec<Scenario>,
}

impl SprintWish {
    /// The sprint that begins on a day, as the policy has sprints.
    #[must_use]
    pub fn usual(policy: &Policy, from: Date) -> SprintWish {
        SprintWish {
            from,
            to: from.saturating_add((i64::from(policy.sprint.days.max(1)) - 1).days()),
            finishing: f64::from(policy.sprint.finishing) / 100.0,
            must: vec![],
            velocity: None,
            section_limits: BTreeMap::new(),
            compare: vec![],
        }
    }
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
    /// What past sprints say; none where there are too few, or where it was given.
    pub velocity: Option<Velocity>,
    /// Tasks taken over from earlier sprints.
    pub carried: Vec<TaskGid>,
    /// The plan beside the scenarios that were asked for; empty when none was.
    pub scenarios: Vec<ScenarioReport>,
    /// What is, or would be, written.
    pub written: Carried,
    /// What could not be read and how it was got round.
    pub notes: Vec<String>,
    /// What reading cost.
    pub requests: Requests,
}

/// A sprint that was planned, before anything of it is written.
pub(super) struct Thought {
    pub snapshot: Snapshot,
    pub labels: store::Labels,
    pub judgements: Vec<Judgement>,
    pub wanted: Wanted,
    pub plan: SprintPlan,
    pub capacities: Vec<Capacity>,
    pub velocity: Option<Velocity>,
    pub notes: Vec<String>,
}

/// Plans a sprint of a project, and writes it when asked.
///
/// # Errors
/// A task that must be taken and is not open in the project, what keeps the project or its people from being read, or what stops the
/// run as a whole.
pub async fn sprint(
    engine: &Engine,
    project: &ProjectGid,
    wish: &SprintWish,
    (now, write): (Moment, Write),
) -> Result<SprintReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    let start = engine.asana.counters();
    recover(engine, project).await?;
    let Thought { snapshot, labels, judgements, wanted, plan, capacities, velocity, notes } =
        think(engine, project, wish, now).await?;
    let mut scenarios = vec![];
    if !wish.compare.is_empty() {
        scenarios.push(ScenarioReport::planned(&plan));
        engine.stage("planning scenarios", wish.compare.len());
    }
    for scenario in &wish.compare {
        scenarios.push(compared(&plan, &wanted, scenario).map_err(EngineError::Unusable)?);
        engine.step(1);
    }
    let carried = plan.taken.iter().filter(|taken| wanted.candidates[taken.candidate].carried);
    let carried = carried.map(|taken| taken.task.clone()).collect();
    let filled = Filled::of(&plan, (wish.from, wish.to));
    let ground = Ground {
        snapshot: &snapshot,
        labels: &labels,
        judgements: &judgements,
        inputs: Inputs::Sprint { wanted: Box::new(wanted), filled },
    };
    let written = carry(engine, ground, (now, write), start).await?;
    Ok(SprintReport {
        project: snapshot.project.clone(),
        from: wish.from,
        to: wish.to,
        plan,
        people: capacities.iter().map(PersonHours::from).collect(),
        velocity,
        carried,
        scenarios,
        written,
        notes,
        requests: Requests::since(engine, start),
    })
}

/// Reads and plans. The project's lock is held, the engine made for it.
pub(super) async fn think(
    engine: &Engine,
    project: &ProjectGid,
    wish: &SprintWish,
    now: Moment,
) -> Result<Thought, EngineError> {
    let Read { snapshot, labels, efforts, colleagues } = read_whole(engine, project, &wish.must, now).await?;
    let colleagues = colleagues.who_may_be_given(engine, &snapshot);
    let days = (wish.from, wish.to);
    let capacities: Vec<Capacity> =
        colleagues.people.iter().map(|person| person.capacity(project, days, now)).collect();
    let memory = engine.store.last_bands(project).await?;
    let judgements = judge::judge(&snapshot, &engine.rubric, now, &memory);
    let own = engine.policy.sprint.name_of(wish.from, wish.to);
    let places = places(&snapshot, &engine.policy.sprint);
    let planned = Planned {
        policy: &engine.policy.sprint,
        places: &places,
        own: own.as_deref(),
        from: wish.from,
        days: i64::from(wish.from.until(wish.to).map_or(0, |span| span.get_days())) + 1,
        now: now.at,
    };
    let History { sprints, efforts, notes: told } =
        past::read(engine, &snapshot, (&planned, now), efforts).await?;
    let asked = Asked {
        engine,
        snapshot: &snapshot,
        judgements: &judgements,
        efforts: &efforts,
        people: &colleagues.people,
        wish,
        planned: &planned,
        promised: &promised(engine, project).await?,
    };
    let candidates = asked.candidates();
    let people = seats(&colleagues.people, &candidates, project, (days, now));
    let mut notes = notes_of(&asked, &candidates, &efforts);
    notes.extend(told);
    let known = match wish.velocity {
        Some(_) => None,
        None => velocity(sprints, planned.days, wish.finishing).map_err(|why| notes.push(why)).ok(),
    };
    notes.extend(known.iter().map(|known| known.source.clone()));
    let wanted = Wanted {
        candidates,
        people,
        section_limits: wish.section_limits.clone(),
        velocity: wish.velocity.or(known.as_ref().map(|known| known.hours)),
        finishing: wish.finishing,
        ..Wanted::default()
    };
    let plan = sound_plan(engine, &wanted)?;
    let of_people = capacities.iter().flat_map(|of| of.notes.clone()).chain(colleagues.notes);
    let mut all = together(of_people);
    all.extend(notes);
    all.extend(snapshot.notes.iter().cloned());
    Ok(Thought { snapshot, labels, judgements, wanted, plan, capacities, velocity: known, notes: all })
}

/// The plan, once its checker has let it pass.
fn sound_plan(engine: &Engine, wanted: &Wanted) -> Result<SprintPlan, EngineError> {
    engine.stage("planning the sprint", wanted.candidates.len());
    let plan = plan_sprint(wanted);
    let findings = check_sprint(&plan, wanted);
    if findings.is_empty() {
        return Ok(plan);
    }
    let problem =
        format!("the sprint that was planned cannot be kept ({}): please report it", findings.join("; "));
    Err(EngineError::Unusable(problem))
}

/// The project and its people, with all its sections: the sprint's own may be empty, and those of past sprints hold finished tasks alone.
/// With the projects of sprints too, where the policy has them so.
async fn read_whole(
    engine: &Engine,
    project: &ProjectGid,
    must: &[TaskGid],
    now: Moment,
) -> Result<Read, EngineError> {
    let mut read = read(engine, project, now).await?;
    if let Some(unknown) = must.iter().find(|gid| read.snapshot.task(gid).is_none()) {
        let problem = format!("task {unknown} is not open in this project, so no sprint of it can take it");
        return Err(EngineError::Unusable(problem));
    }
    match list_sections(engine, project).await? {
        Some(all) => read.snapshot.sections = all,
        None => read.snapshot.notes.push(
            "this token may not list sections, so none is made for the sprint and past ones are not known"
                .into(),
        ),
    }
    read.snapshot = with_sprints(engine, read.snapshot, &[]).await?;
    Ok(read)
}

/// What is to be known of the tasks a sprint may take.
fn notes_of(asked: &Asked<'_>, candidates: &[Candidate], efforts: &Efforts) -> Vec<String> {
    let mut notes = vec![];
    let all = candidates.len();
    let without = candidates.iter().filter(|c| !efforts.contains_key(&c.task)).count();
    if without > 0 {
        notes.push(format!(
            "{without} of {all} tasks have no effort and are reckoned with {ASSUMED_HOURS} h: fill the effort field or run `upnext learn`"
        ));
    }
    let mut earlier: BTreeMap<&str, usize> = BTreeMap::new();
    for task in asked.snapshot.tasks.iter().filter(|task| !task.completed) {
        if let Some(section) = asked.planned.earlier(task) {
            *earlier.entry(section).or_default() += 1;
        }
    }
    for (section, count) in earlier {
        let tasks = if count == 1 { "task is" } else { "tasks are" };
        notes.push(format!(
            "{count} open {tasks} left over from “{section}”: each counts a tenth more, and another tenth with whoever has it"
        ));
    }
    let held = candidates.iter().filter(|candidate| candidate.held).count();
    if held > 0 {
        notes.push(format!(
            "{held} tasks are in the sprint's {} already and stay, with whoever has them",
            if asked.planned.policy.in_projects() { "project" } else { "section" }
        ));
    }
    let away = asked.snapshot.tasks.iter().filter(|task| !task.completed && asked.taken_away(task)).count();
    if away > 0 {
        notes.push(format!(
            "{away} tasks were taken by people from where Upnext had put them and are left where they are, out of this sprint"
        ));
    }
    if !asked.snapshot.tasks.iter().any(|task| task.due_on.is_some()) && all > 0 {
        notes.push(
            "no open task has a due date: the order within the sprint follows links and value alone".into(),
        );
    }
    notes
}
