//! Ranks, risks and the next sprint of a project under a supposition, from what was read once.
//!
//! The sprint is limited as `upnext sprint` limits it: by hours, skills, links, sections and the velocity of past sprints; the token's
//! own user is given nothing unless they own some of the project. Risks are drawn with everybody. Pure but for the log. Deliberately
//! not here: reading, and comparing (`suppose`).

use super::people::Colleague;
use super::risk::nobody;
use super::suppose::Supposed;
use super::wanted::{Asked, seats};
use super::{PersonHours, SprintWish};
use crate::context::Engine;
use crate::error::EngineError;
use decide::Policy;
use decide::sprint::{
    PastSprint, Place, Planned, SprintPlan, Wanted, check_sprint, places, plan_sprint, velocity,
};
use domain::{Judgement, Moment, Snapshot, TaskGid};
use jiff::ToSpan as _;
use jiff::civil::Date;
use judge::capacity::{Away, Cap, Capacity, Week};
use judge::risk::{Efforts, Forecast, Settings, Worker, forecast, network};
use judge::{Memory, Rubric};
use std::collections::HashMap;

/// Days people's hours are reckoned for.
const AHEAD: i64 = 182;
/// Draws of a forecast: enough for a risk to within two percent, few enough for somebody who waits.
const DRAWS: usize = 2_000;

/// What is reckoned with.
pub(super) struct Ground {
    pub engine: Engine,
    pub snapshot: Snapshot,
    pub now: Moment,
    pub memory: Memory,
    /// Whole efforts, for risks.
    pub efforts: Efforts,
    /// What is left of them, for the sprint.
    pub left: Efforts,
    /// Everybody.
    pub everybody: Vec<Colleague>,
    /// Those who may be given tasks.
    pub given: Vec<Colleague>,
    /// Past sprints.
    pub sprints: Vec<PastSprint>,
    /// Who open questions would give tasks to, by name.
    pub promised: HashMap<TaskGid, String>,
}

/// One way things may be.
pub(super) struct Reckoned {
    pub judgements: Vec<Judgement>,
    pub forecast: Forecast,
    /// Of those who may be given tasks, in the days of the sprint.
    pub hours: Vec<PersonHours>,
    pub plan: SprintPlan,
    pub notes: Vec<String>,
}

impl Ground {
    /// The days of the sprint that would begin today.
    pub fn days(&self) -> (Date, Date) {
        let wish = SprintWish::usual(&self.engine.policy, self.now.today);
        (wish.from, wish.to)
    }
}

/// The sprint that is planned, as the past is compared with it.
pub(super) fn planned_for<'a>(
    (policy, places): (&'a Policy, &'a [Place]),
    own: Option<&'a str>,
    (wish, now): (&SprintWish, Moment),
) -> Planned<'a> {
    Planned {
        policy: &policy.sprint,
        places,
        own,
        from: wish.from,
        days: i64::from(wish.from.until(wish.to).map_or(0, |span| span.get_days())) + 1,
        now: now.at,
    }
}

/// Reckons. Takes a core for some seconds in a large project.
pub(super) fn reckon(ground: &Ground, supposed: &Supposed, rubric: &Rubric) -> Result<Reckoned, EngineError> {
    let mut snapshot = ground.snapshot.clone();
    if let Some((gid, due)) = &supposed.due
        && let Some(task) = snapshot.tasks.iter_mut().find(|task| task.gid == *gid)
    {
        task.due_on = *due;
    }
    let judgements = judge::judge(&snapshot, rubric, ground.now, &ground.memory);
    let forecast = foreseen(ground, &snapshot, supposed, DRAWS);
    let given: Vec<Colleague> = ground.given.iter().map(|one| with(one, supposed)).collect();
    let (plan, note) = sprint(ground, (&snapshot, &judgements), (&given, supposed))?;
    let near = given.iter().map(|one| one.capacity(&snapshot.project.gid, ground.days(), ground.now));
    let mut notes = forecast.notes.clone();
    notes.extend(note);
    notes.extend(plan.notes.iter().cloned());
    Ok(Reckoned { hours: near.map(|of| PersonHours::from(&of)).collect(), judgements, forecast, plan, notes })
}

/// The forecast as `upnext risk` makes it, of the last judged snapshot.
pub(super) fn foretold(ground: &Ground) -> Forecast {
    foreseen(ground, &ground.snapshot, &Supposed::default(), Settings::default().draws)
}

fn foreseen(ground: &Ground, snapshot: &Snapshot, supposed: &Supposed, draws: usize) -> Forecast {
    let (project, now) = (&snapshot.project.gid, ground.now);
    let far = (now.today, now.today.saturating_add(AHEAD.days()));
    let workers = ground.everybody.iter().map(|one| {
        let of = with(one, supposed).capacity(project, far, now);
        Worker { hours: left(&of), person: of.person }
    });
    let workers: Vec<Worker> = workers.collect();
    let most = workers.iter().map(|worker| worker.hours.len()).max().unwrap_or(0);
    let drawn = network(snapshot, &ground.efforts, now, workers, nobody(&ground.engine, now, most));
    forecast(&drawn, &Settings { draws, ..Settings::default() })
}

/// The sprint, once its checker has let it pass, and what is said of its velocity.
fn sprint(
    ground: &Ground,
    (snapshot, judgements): (&Snapshot, &[Judgement]),
    (people, supposed): (&[Colleague], &Supposed),
) -> Result<(SprintPlan, Option<String>), EngineError> {
    let policy = &ground.engine.policy;
    let usual = SprintWish::usual(policy, ground.now.today);
    let wish = SprintWish { finishing: supposed.finishing.unwrap_or(usual.finishing), ..usual };
    let own = policy.sprint.name_of(wish.from, wish.to);
    let places = places(snapshot, &policy.sprint);
    let planned = planned_for((policy, &places), own.as_deref(), (&wish, ground.now));
    let asked = Asked {
        engine: &ground.engine,
        snapshot,
        judgements,
        efforts: &ground.left,
        people,
        wish: &wish,
        planned: &planned,
        promised: &ground.promised,
    };
    let candidates = asked.candidates();
    let people = seats(people, &candidates, &snapshot.project.gid, (ground.days(), ground.now));
    let (limit, note) = match supposed.velocity {
        Some(hours) => (Some(hours), None),
        None => match velocity(ground.sprints.clone(), planned.days, wish.finishing) {
            Ok(known) => (Some(known.hours), Some(known.source)),
            Err(why) => (None, Some(why)),
        },
    };
    let wanted =
        Wanted { candidates, people, velocity: limit, finishing: wish.finishing, ..Wanted::default() };
    let plan = plan_sprint(&wanted);
    let findings = check_sprint(&plan, &wanted);
    if findings.is_empty() {
        return Ok((plan, note));
    }
    let problem = format!("the sprint cannot be kept ({}): please report it", findings.join("; "));
    Err(EngineError::Unusable(problem))
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
        let Week { calendar, .. } = colleague.member.week.take().unwrap_or_else(|| colleague.usual.clone());
        colleague.member.week = Some(calendar.lasting(*hours).into());
        colleague.member.cap = Some(Cap { hours: *hours, field: "supposed".into() });
    }
    if let Some((_, from, to)) = supposed.away.as_ref().filter(|(whose, ..)| *whose == gid) {
        colleague.member.away.get_or_insert_default().push(Away { from: *from, to: *to });
    }
    colleague
}
