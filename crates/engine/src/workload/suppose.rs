//! What another capacity, an absence or another due date would do: ranks, risks and the next sprint, before and after.
//!
//! Reckoned on the last judged snapshot and on what was read of people and of the past, both ways with the same draws, so that only
//! what is supposed differs. Nothing is written anywhere. Deliberately not here: reading people (`people`), the reckoning itself
//! (`reckon`), and changing anything in Asana. Known limits: tasks keep the effort they had; fewer draws than `upnext risk` makes, so a
//! risk may differ from its by a few percent.

use super::past::{self, History};
use super::people;
use super::reckon::{Ground, Reckoned, planned_for, reckon};
use super::seen::RiskView;
use super::wanted::promised;
use super::{PersonHours, SprintWish, together};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{list_sections, with_sprints};
use crate::rubrics::{RubricWish, Weight};
use decide::sprint::{SprintPlan, difference, places};
use domain::{Judgement, Moment, Person, Project, TaskGid, UserGid};
use jiff::Timestamp;
use jiff::civil::Date;
use judge::risk::{Forecast, TaskForecast};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Suppositions remembered.
const REMEMBERED: usize = 8;
/// The most hours a week that can be supposed.
const MOST_HOURS: f64 = 80.0;
/// The most hours of a sprint together that can be.
const MOST_TOGETHER: f64 = 100_000.0;

/// A project's last snapshot with its people, read once for any number of suppositions.
pub struct Workload {
    pub(super) ground: Ground,
    pub(super) notes: Vec<String>,
    /// Things as they are, once reckoned.
    as_it_is: OnceLock<Reckoned>,
    /// What was supposed last and came to: whoever did not wait for it looks again.
    told: Mutex<Vec<(Supposed, SupposeReport)>>,
    /// Its risks, once foretold.
    pub(super) risks: OnceLock<Arc<RiskView>>,
}

/// What is supposed; nothing of it for things as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Supposed {
    /// Somebody's hours a week.
    pub hours: Option<(UserGid, f64)>,
    /// Somebody's days out of office, the last included.
    pub away: Option<(UserGid, Date, Date)>,
    /// Another due date of a task; none takes it away.
    pub due: Option<(TaskGid, Option<Date>)>,
    /// Other weights and thresholds.
    pub rubric: RubricWish,
    /// The probability with which each person is to finish the sprint, 0.5 to 0.999.
    pub finishing: Option<f64>,
    /// The most hours of the sprint together, in place of what past sprints say.
    pub velocity: Option<f64>,
}

/// A task before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskThen {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// Its place.
    pub rank: (usize, usize),
    /// Its score, points.
    pub score: (f64, f64),
    /// Its band.
    pub band: (&'static str, &'static str),
    /// The probability that it misses its due date, percent; none without one.
    pub risk: (Option<f64>, Option<f64>),
    /// The day by which it is done with a probability of 90 %.
    pub done: (Option<Date>, Option<Date>),
    /// Who does it in the sprint; none when it is not taken.
    pub sprint: (Option<String>, Option<String>),
}

impl TaskThen {
    /// Whether anything differs that a person would call a difference: a rank, a band, who does it, a risk by five percent.
    fn differs(&self) -> bool {
        let risk = match self.risk {
            (Some(before), Some(after)) => (before - after).abs() >= 5.0,
            (before, after) => before.is_some() != after.is_some(),
        };
        risk || self.rank.0 != self.rank.1 || self.band.0 != self.band.1 || self.sprint.0 != self.sprint.1
    }
}

/// What a supposition comes to.
#[derive(Clone, Debug, Serialize)]
pub struct SupposeReport {
    /// The project.
    pub project: Project,
    /// When its tasks were read.
    pub at: Timestamp,
    /// Whether anything is supposed that is not so.
    pub supposed: bool,
    /// The days of the sprint.
    pub sprint: (Date, Date),
    /// Everybody's hours in these days, before and after.
    pub people: Vec<(PersonHours, PersonHours)>,
    /// Tasks of which anything differs, in the order after; every task of the sprint when nothing is supposed.
    pub tasks: Vec<TaskThen>,
    /// Open tasks.
    pub all: usize,
    /// Tasks more likely late than not, before and after.
    pub late: (usize, usize),
    /// The sprint, before and after.
    pub plans: (SprintPlan, SprintPlan),
    /// What the sprint after does otherwise, in sentences; empty when nothing is supposed.
    pub differs: Vec<String>,
    /// What was taken for granted.
    pub notes: Vec<String>,
}

/// Reads the people of a project and what it has finished, beside its last judged snapshot.
///
/// # Errors
/// A project that was never judged, or what keeps its people from being read.
pub async fn workload(
    engine: &Engine,
    project: &domain::ProjectGid,
    now: Moment,
) -> Result<Workload, EngineError> {
    let engine = engine.for_project(project).await?;
    let never = || EngineError::Unusable("the project was never judged: groom it first".into());
    let saved = engine.store.last_judged(project).await?.ok_or_else(never)?;
    let mut snapshot = engine.store.snapshot(&saved.plan.snapshot).await?.ok_or_else(never)?;
    let efforts = judge::risk::efforts(&snapshot, &engine.rubric, now);
    let read = people::read(&engine, &snapshot, &efforts).await?;
    let everybody = read.people.clone();
    let given = read.who_may_be_given(&engine, &snapshot);
    // Those of past sprints hold finished tasks alone, and a snapshot knows the sections of open ones.
    if let Some(all) = list_sections(&engine, project).await? {
        snapshot.sections = all;
    }
    let wish = SprintWish::usual(&engine.policy, now.today);
    let own = engine.policy.sprint.name_of(wish.from, wish.to);
    let snapshot = with_sprints(&engine, snapshot, &[]).await?;
    let places = places(&snapshot, &engine.policy.sprint);
    let planned = planned_for((&engine.policy, &places), own.as_deref(), (&wish, now));
    let History { sprints, efforts: left, notes: told } =
        past::read(&engine, &snapshot, (&planned, now), efforts.clone()).await?;
    let mut notes = together(given.notes);
    notes.extend(told);
    let memory = engine.store.last_bands(project).await?;
    let promised = promised(&engine, project).await?;
    let given = given.people;
    let ground = Ground { snapshot, now, memory, efforts, left, everybody, given, sprints, promised, engine };
    let (as_it_is, risks) = (OnceLock::new(), OnceLock::new());
    Ok(Workload { ground, notes, as_it_is, told: Mutex::default(), risks })
}

impl Workload {
    /// The people, by name.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        let mut people: Vec<Person> =
            self.ground.everybody.iter().map(|one| one.member.person.clone()).collect();
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.gid.clone()));
        people
    }

    /// The open tasks by name, with their due dates.
    #[must_use]
    pub fn tasks(&self) -> Vec<(TaskGid, String, Option<Date>)> {
        let open = self.ground.snapshot.tasks.iter().filter(|task| !task.completed);
        let mut tasks: Vec<_> = open.map(|task| (task.gid.clone(), task.name.clone(), task.due_on)).collect();
        tasks.sort_by_cached_key(|(gid, name, _)| (name.to_lowercase(), gid.clone()));
        tasks
    }

    /// What a supposition would do. Takes a core for some seconds in a large project.
    ///
    /// # Errors
    /// Somebody or a task that the project does not have, hours that nobody works, an absence that ends before it begins.
    pub fn suppose(&self, supposed: &Supposed) -> Result<SupposeReport, EngineError> {
        self.check(supposed)?;
        let supposed = &self.settled(supposed)?;
        let in_force = &self.ground.engine.rubric;
        // Weights are told to the tenth of a percent: asked for like that, those in force would move a score.
        let is_in_force = supposed.rubric == RubricWish::default();
        let rubric = if is_in_force { in_force.clone() } else { supposed.rubric.of(in_force, "what-if")? };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, report)) = told.iter().find(|(known, _)| known == supposed) {
            return Ok(report.clone());
        }
        let report = self.compared(supposed, &rubric)?;
        if told.len() >= REMEMBERED {
            told.remove(0);
        }
        told.push((supposed.clone(), report.clone()));
        Ok(report)
    }

    /// The same without what is as it is anyway: a form sends all it shows.
    fn settled(&self, supposed: &Supposed) -> Result<Supposed, EngineError> {
        let mut settled = supposed.clone();
        if !supposed.rubric.differs_from(&self.ground.engine.rubric)? {
            settled.rubric = RubricWish::default();
        }
        settled.finishing =
            supposed.finishing.filter(|chance| (100.0 * chance - f64::from(self.finishing())).abs() > 1e-9);
        Ok(settled)
    }

    fn compared(&self, supposed: &Supposed, rubric: &judge::Rubric) -> Result<SupposeReport, EngineError> {
        let nothing = *supposed == Supposed::default();
        let as_it_is = match self.as_it_is.get() {
            Some(known) => known,
            None => {
                let reckoned = reckon(&self.ground, &Supposed::default(), &self.ground.engine.rubric)?;
                self.as_it_is.get_or_init(|| reckoned)
            }
        };
        let other = if nothing { None } else { Some(reckon(&self.ground, supposed, rubric)?) };
        let then = other.as_ref().unwrap_or(as_it_is);
        let late =
            |of: &Reckoned| of.forecast.tasks.iter().filter(|t| t.missed.is_some_and(|m| m > 0.5)).count();
        let mut notes = self.notes.clone();
        notes.extend(then.notes.iter().cloned());
        let differs = if nothing { vec![] } else { difference(&as_it_is.plan, &then.plan) };
        Ok(SupposeReport {
            project: self.ground.snapshot.project.clone(),
            at: self.ground.snapshot.taken_at,
            supposed: !nothing,
            sprint: self.ground.days(),
            all: then.judgements.len(),
            late: (late(as_it_is), late(then)),
            plans: (as_it_is.plan.clone(), then.plan.clone()),
            differs,
            people: as_it_is.hours.iter().cloned().zip(then.hours.iter().cloned()).collect(),
            tasks: changed(as_it_is, then, nothing),
            notes,
        })
    }

    /// The rubric's weights as they are and as they are supposed to be.
    ///
    /// # Errors
    /// As [`Workload::suppose`].
    pub fn weights(&self, supposed: &Supposed) -> Result<Vec<Weight>, EngineError> {
        supposed.rubric.weights_of(&self.ground.engine.rubric)
    }

    /// The probability with which each person is to finish a sprint, percent, as the policy has it.
    #[must_use]
    pub fn finishing(&self) -> u8 {
        self.ground.engine.policy.sprint.finishing
    }

    fn check(&self, supposed: &Supposed) -> Result<(), EngineError> {
        let unusable = |text: &str| Err(EngineError::Unusable(text.to_owned()));
        let knows = |gid: &UserGid| self.ground.everybody.iter().any(|one| one.member.person.gid == *gid);
        let people =
            [supposed.hours.as_ref().map(|(gid, _)| gid), supposed.away.as_ref().map(|(gid, ..)| gid)];
        if people.into_iter().flatten().any(|gid| !knows(gid)) {
            return unusable("there is no such person in the project");
        }
        if supposed.hours.as_ref().is_some_and(|(_, hours)| !(0.0..=MOST_HOURS).contains(hours)) {
            return unusable("hours a week are a number from 0 to 80");
        }
        if supposed.away.as_ref().is_some_and(|(_, from, to)| to < from) {
            return unusable("the absence would end before it begins");
        }
        let open = |gid: &TaskGid| self.ground.snapshot.task(gid).is_some_and(|task| !task.completed);
        if supposed.due.as_ref().is_some_and(|(task, _)| !open(task)) {
            return unusable("there is no such open task in the project");
        }
        if supposed.finishing.is_some_and(|chance| !(0.5..=0.999).contains(&chance)) {
            return unusable("people finish with a probability from 50 to 99.9 percent");
        }
        if supposed.velocity.is_some_and(|hours| !(0.0..=MOST_TOGETHER).contains(&hours)) {
            return unusable("the hours of a sprint together are a number from 0 to 100,000");
        }
        Ok(())
    }
}

/// Tasks of which anything differs, in the order after; those of the sprint when nothing is supposed.
fn changed(as_it_is: &Reckoned, then: &Reckoned, nothing: bool) -> Vec<TaskThen> {
    let before: HashMap<&TaskGid, &Judgement> = as_it_is.judgements.iter().map(|j| (&j.task, j)).collect();
    let (was, is) = (foretold_by(&as_it_is.forecast), foretold_by(&then.forecast));
    let (took, takes) = (who_does(&as_it_is.plan), who_does(&then.plan));
    let named = |of: &HashMap<&TaskGid, &Person>, gid: &TaskGid| of.get(gid).map(|one| one.name.clone());
    let tasks = then.judgements.iter().filter_map(|j| {
        let foretold = (was.get(&j.task).copied(), is.get(&j.task).copied());
        let sprint = (named(&took, &j.task), named(&takes, &j.task));
        Some(pair(j, before.get(&j.task)?, (foretold, sprint)))
    });
    tasks.filter(|task| if nothing { task.sprint.0.is_some() } else { task.differs() }).collect()
}

fn who_does(plan: &SprintPlan) -> HashMap<&TaskGid, &Person> {
    plan.taken.iter().map(|taken| (&taken.task, &taken.person)).collect()
}

type Both<T> = (Option<T>, Option<T>);

fn foretold_by(forecast: &Forecast) -> HashMap<&TaskGid, &TaskForecast> {
    forecast.tasks.iter().map(|task| (&task.task, task)).collect()
}

fn pair(
    then: &Judgement,
    before: &Judgement,
    (foretold, sprint): (Both<&TaskForecast>, Both<String>),
) -> TaskThen {
    let risk = |of: Option<&TaskForecast>| of?.missed.map(|missed| (100.0 * missed).round());
    let done = |of: Option<&TaskForecast>| of?.done.ninetieth;
    TaskThen {
        task: then.task.clone(),
        name: then.name.clone(),
        rank: (before.rank, then.rank),
        score: (before.score.to_f64(), then.score.to_f64()),
        band: (before.band.label(), then.band.label()),
        risk: (risk(foretold.0), risk(foretold.1)),
        done: (done(foretold.0), done(foretold.1)),
        sprint,
    }
}
