//! What another capacity, an absence or another due date would do: ranks, risks and the next sprint, before and after.
//!
//! Reckoned on the last judged snapshot and on what was read of people, both ways with the same draws, so that only what is supposed
//! differs. Nothing is written anywhere. Deliberately not here: reading people (`people`), and changing anything in Asana.
//! Known limits: tasks keep the effort they had; the sprint is limited by people's hours alone, not by the velocity of past ones; fewer draws than `upnext risk` makes, so a risk may differ from its by a few percent.

use super::people::{self, Colleague};
use super::risk::nobody;
use super::wanted::{Asked, seats};
use super::{PersonHours, SprintWish, together};
use crate::context::Engine;
use crate::error::EngineError;
use decide::sprint::{Planned, Wanted, plan_sprint};
use domain::{Judgement, Moment, Person, Project, Snapshot, TaskGid, UserGid};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use judge::Memory;
use judge::capacity::{Away, Calendar, Cap, Capacity};
use judge::risk::{Efforts, Forecast, Settings, TaskForecast, Worker, forecast, network};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Days people's hours are reckoned for.
const AHEAD: i64 = 182;
/// Draws of a forecast: enough for a risk to within two percent, few enough for somebody who waits.
const DRAWS: usize = 2_000;
/// Hours of an ordinary week, of which somebody's are a share.
const WEEK: f64 = 40.0;
/// Suppositions remembered.
const REMEMBERED: usize = 8;
/// The most hours a week that can be supposed.
const MOST_HOURS: f64 = 80.0;

/// A project's last snapshot with its people, read once for any number of suppositions.
pub struct Workload {
    engine: Engine,
    snapshot: Snapshot,
    now: Moment,
    memory: Memory,
    efforts: Efforts,
    colleagues: Vec<Colleague>,
    notes: Vec<String>,
    /// Things as they are, once reckoned.
    as_it_is: OnceLock<Reckoned>,
    /// What was supposed last and came to: whoever did not wait for it looks again.
    told: Mutex<Vec<(Supposed, SupposeReport)>>,
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
    /// Tasks taken into the sprint, before and after.
    pub taken: (usize, usize),
    /// What was taken for granted.
    pub notes: Vec<String>,
}

/// One way things may be.
struct Reckoned {
    judgements: Vec<Judgement>,
    forecast: Forecast,
    hours: Vec<PersonHours>,
    /// Who does which task in the sprint.
    taken: HashMap<TaskGid, String>,
}

/// Reads the people of a project beside its last judged snapshot.
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
    let snapshot = engine.store.snapshot(&saved.plan.snapshot).await?.ok_or_else(never)?;
    let efforts = judge::risk::efforts(&snapshot, &engine.rubric, now);
    let read = people::read(&engine, &snapshot, &efforts).await?;
    let bands = engine.store.last_bands(project).await?;
    Ok(Workload {
        as_it_is: OnceLock::new(),
        told: Mutex::default(),
        snapshot,
        now,
        memory: bands,
        efforts,
        colleagues: read.people,
        notes: read.notes,
        engine,
    })
}

impl Workload {
    /// The people, by name.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        let mut people: Vec<Person> = self.colleagues.iter().map(|one| one.member.person.clone()).collect();
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.gid.clone()));
        people
    }

    /// The open tasks by name, with their due dates.
    #[must_use]
    pub fn tasks(&self) -> Vec<(TaskGid, String, Option<Date>)> {
        let open = self.snapshot.tasks.iter().filter(|task| !task.completed);
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
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, report)) = told.iter().find(|(known, _)| known == supposed) {
            return Ok(report.clone());
        }
        let report = self.compared(supposed);
        if told.len() >= REMEMBERED {
            told.remove(0);
        }
        told.push((supposed.clone(), report.clone()));
        Ok(report)
    }

    fn compared(&self, supposed: &Supposed) -> SupposeReport {
        let nothing = *supposed == Supposed::default();
        let as_it_is = self.as_it_is.get_or_init(|| self.reckon(&Supposed::default()));
        let other = if nothing { None } else { Some(self.reckon(supposed)) };
        let then = other.as_ref().unwrap_or(as_it_is);
        let before: HashMap<&TaskGid, &Judgement> =
            as_it_is.judgements.iter().map(|j| (&j.task, j)).collect();
        let (was, is) = (foretold_by(&as_it_is.forecast), foretold_by(&then.forecast));
        let tasks: Vec<TaskThen> = then
            .judgements
            .iter()
            .filter_map(|j| {
                let foretold = (was.get(&j.task).copied(), is.get(&j.task).copied());
                let sprint = (as_it_is.taken.get(&j.task).cloned(), then.taken.get(&j.task).cloned());
                Some(pair(j, before.get(&j.task)?, (foretold, sprint)))
            })
            .filter(|task| if nothing { task.sprint.0.is_some() } else { task.differs() })
            .collect();
        let late =
            |of: &Reckoned| of.forecast.tasks.iter().filter(|t| t.missed.is_some_and(|m| m > 0.5)).count();
        let (from, to) = self.days();
        let mut notes = together(self.notes.iter().cloned());
        notes.extend(then.forecast.notes.iter().cloned());
        SupposeReport {
            project: self.snapshot.project.clone(),
            at: self.snapshot.taken_at,
            sprint: (from, to),
            all: then.judgements.len(),
            late: (late(as_it_is), late(then)),
            taken: (as_it_is.taken.len(), then.taken.len()),
            people: as_it_is.hours.iter().cloned().zip(then.hours.iter().cloned()).collect(),
            tasks,
            notes,
        }
    }

    fn check(&self, supposed: &Supposed) -> Result<(), EngineError> {
        let unusable = |text: &str| Err(EngineError::Unusable(text.to_owned()));
        let knows = |gid: &UserGid| self.colleagues.iter().any(|one| one.member.person.gid == *gid);
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
        let open = |gid: &TaskGid| self.snapshot.task(gid).is_some_and(|task| !task.completed);
        if supposed.due.as_ref().is_some_and(|(task, _)| !open(task)) {
            return unusable("there is no such open task in the project");
        }
        Ok(())
    }

    /// The sprint that would begin today, as the policy has sprints.
    fn wish(&self) -> SprintWish {
        SprintWish::usual(&self.engine.policy, self.now.today)
    }

    /// Its days.
    fn days(&self) -> (Date, Date) {
        let wish = self.wish();
        (wish.from, wish.to)
    }

    fn reckon(&self, supposed: &Supposed) -> Reckoned {
        let mut snapshot = self.snapshot.clone();
        if let Some((gid, due)) = &supposed.due
            && let Some(task) = snapshot.tasks.iter_mut().find(|task| task.gid == *gid)
        {
            task.due_on = *due;
        }
        let judgements = judge::judge(&snapshot, &self.engine.rubric, self.now, &self.memory);
        let people: Vec<Colleague> = self.colleagues.iter().map(|one| with(one, supposed)).collect();
        let project = &snapshot.project.gid;
        let capacities = |days: (Date, Date)| -> Vec<Capacity> {
            people.iter().map(|person| person.capacity(project, days, self.now)).collect()
        };
        let far = self.now.today.saturating_add(AHEAD.days());
        let workers = capacities((self.now.today, far))
            .into_iter()
            .map(|of| Worker { hours: left(&of), person: of.person });
        let workers: Vec<Worker> = workers.collect();
        let most = workers.iter().map(|worker| worker.hours.len()).max().unwrap_or(0);
        let drawn = network(&snapshot, &self.efforts, self.now, workers, nobody(self.now, most));
        let near = capacities(self.days());
        Reckoned {
            forecast: forecast(&drawn, &Settings { draws: DRAWS, ..Settings::default() }),
            taken: self.taken((&snapshot, &judgements), &people),
            hours: near.iter().map(PersonHours::from).collect(),
            judgements,
        }
    }

    fn taken(
        &self,
        (snapshot, judgements): (&Snapshot, &[Judgement]),
        people: &[Colleague],
    ) -> HashMap<TaskGid, String> {
        let (wish, policy) = (self.wish(), &self.engine.policy.sprint);
        let own = policy.section_of(wish.from, wish.to);
        let planned = Planned {
            policy,
            sections: &snapshot.sections,
            own: own.as_deref(),
            from: wish.from,
            days: i64::from(wish.from.until(wish.to).map_or(0, |span| span.get_days())) + 1,
            now: self.now.at,
        };
        let asked = Asked {
            engine: &self.engine,
            snapshot,
            judgements,
            efforts: &self.efforts,
            people,
            wish: &wish,
            planned: &planned,
        };
        let candidates = asked.candidates();
        let people = seats(people, &candidates, &snapshot.project.gid, (self.days(), self.now));
        let wanted = Wanted { candidates, people, finishing: wish.finishing, ..Wanted::default() };
        plan_sprint(&wanted).taken.into_iter().map(|one| (one.task, one.person.name)).collect()
    }
}

/// Hours a day that other projects leave.
fn left(of: &Capacity) -> Vec<f64> {
    of.days.iter().map(|day| (day.works - day.elsewhere).max(0.0)).collect()
}

/// Somebody as they are supposed to be.
fn with(colleague: &Colleague, supposed: &Supposed) -> Colleague {
    let mut colleague = colleague.clone();
    let gid = colleague.member.person.gid.clone();
    if let Some((_, hours)) = supposed.hours.as_ref().filter(|(whose, _)| *whose == gid) {
        let zone = colleague.zone.clone().unwrap_or(TimeZone::UTC);
        colleague.member.calendar = Some(Calendar::usual(zone).scaled(hours / WEEK));
        colleague.member.cap = Some(Cap { hours: *hours, field: "supposed".into() });
    }
    if let Some((_, from, to)) = supposed.away.as_ref().filter(|(whose, ..)| *whose == gid) {
        colleague.member.away.get_or_insert_default().push(Away { from: *from, to: *to });
    }
    colleague
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
