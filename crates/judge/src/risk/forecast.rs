//! What the draws say: dates with their chances, and what is to blame.
//!
//! Deliberately not here: words for people beyond one sentence a finding.

use super::Network;
use super::finding::{Finding, findings};
use super::order::Prepared;
use super::simulate::{Drawn, LAST_DAY};
use domain::TaskGid;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;

/// Dates by how likely it is that something is done by them; `None` is "not within the time that is reckoned with".
///
/// From `tenth` to `ninetieth` lies the end with a probability of 80 %, as nearly as whole days allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// Earlier with a probability of 10 %.
    pub tenth: Option<Date>,
    /// As likely before as after.
    pub middle: Option<Date>,
    /// Later with a probability of 10 %.
    pub ninetieth: Option<Date>,
}

/// What holds a task up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// A task it waits for.
    Predecessor,
    /// Another task of the same owner, which comes before it.
    SameOwner,
    /// Nothing: its own work takes longer than there is time.
    Itself,
}

/// What a due date is missed for most often.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cause {
    /// How it holds the task up.
    pub kind: CauseKind,
    /// The task to blame; the task itself for [`CauseKind::Itself`].
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// In what share of the draws that miss the date it was this, above 0 and at most 1.
    pub share: f64,
}

/// What is foretold of a task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskForecast {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// Its owner's name.
    pub owner: Option<String>,
    /// Its due date.
    pub due: Option<Date>,
    /// When it will be done.
    pub done: Percentiles,
    /// The probability that it is done after its due date, 0–1; none without one.
    pub missed: Option<f64>,
    /// Days it may end later than in the middle case without making anything late; below 0 when something is.
    pub slack: f64,
    /// The share of draws in which it was on the chain that carried the end of the whole, 0–1 (the criticality index of Van
    /// Slyke 1963).
    pub critical: f64,
    /// What the date is missed for, where it ever is.
    pub cause: Option<Cause>,
}

/// What is foretold of a network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// How often it was drawn.
    pub draws: usize,
    /// Every task, in the order of the network.
    pub tasks: Vec<TaskForecast>,
    /// When everything will be done.
    pub done: Percentiles,
    /// The tasks that carry the end of the middle case, first to last.
    pub critical_path: Vec<TaskGid>,
    /// What contradicts itself or is late already.
    pub findings: Vec<Finding>,
    /// What was taken for granted, in sentences.
    pub notes: Vec<String>,
}

pub(super) fn forecast(network: &Network, prepared: &Prepared, drawn: &Drawn) -> Forecast {
    let gid = |at: &usize| network.tasks[*at].task.clone();
    let mut notes = prepared.notes.clone();
    let never = drawn.last.iter().filter(|last| **last == LAST_DAY).count();
    if never > 0 {
        notes.push("somebody who has tasks has no working hours at all: those tasks never end".into());
    }
    Forecast {
        draws: drawn.draws,
        tasks: (0..network.tasks.len()).map(|at| task(network, prepared, drawn, at)).collect(),
        done: percentiles(network, &drawn.last),
        critical_path: prepared.critical.iter().map(gid).collect(),
        findings: findings(network, prepared),
        notes,
    }
}

fn task(network: &Network, prepared: &Prepared, drawn: &Drawn, at: usize) -> TaskForecast {
    let node = &network.tasks[at];
    let due = prepared.due[at];
    let late = drawn.ends[at].iter().filter(|end| f32::from(**end) > due).count();
    TaskForecast {
        task: node.task.clone(),
        name: node.name.clone(),
        owner: node.owner.and_then(|owner| network.people.get(owner)).map(|w| w.person.name.clone()),
        due: node.due,
        done: percentiles(network, &drawn.ends[at]),
        missed: node.due.map(|_| late as f64 / drawn.draws as f64),
        slack: f64::from(prepared.latest[at] - prepared.ends[at]),
        critical: f64::from(drawn.critical[at]) / drawn.draws as f64,
        cause: cause(network, prepared, drawn, at),
    }
}

fn cause(network: &Network, prepared: &Prepared, drawn: &Drawn, at: usize) -> Option<Cause> {
    let counts = &drawn.held_up[at];
    let all: u32 = counts.iter().map(|(_, times)| times).sum();
    let (by, times) = counts.iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let kind = match by {
        None => CauseKind::Itself,
        Some(by) if prepared.waits_for[at].contains(by) => CauseKind::Predecessor,
        Some(_) => CauseKind::SameOwner,
    };
    let node = &network.tasks[by.unwrap_or(at)];
    let share = f64::from(*times) / f64::from(all.max(1));
    Some(Cause { kind, task: node.task.clone(), name: node.name.clone(), share })
}

/// The days whose shares of earlier ends are nearest to a tenth, a half and nine tenths: rounding is as often up as down, so
/// that intervals of whole days hold what they say.
fn percentiles(network: &Network, ends: &[u16]) -> Percentiles {
    let last = ends.iter().copied().max().unwrap_or(0);
    // Draws that ended before each day.
    let mut before = vec![0_u32; usize::from(last) + 2];
    ends.iter().for_each(|day| before[usize::from(*day) + 1] += 1);
    (1..before.len()).for_each(|day| before[day] += before[day - 1]);
    let date = |day: usize| {
        let known = day < usize::from(LAST_DAY);
        known.then(|| network.today.checked_add((day as i64).days()).ok()).flatten()
    };
    let nearest = |share: f64| {
        let place = share * ends.len() as f64;
        let after = before.partition_point(|count| f64::from(*count) < place).min(before.len() - 1);
        let off = |day: usize| (f64::from(before[day]) - place).abs();
        if after > 0 && off(after - 1) <= off(after) { after - 1 } else { after }
    };
    // The first day the interval holds, and the last: the day before the one by which nine tenths have ended.
    let half = ends.len() as u32 / 2;
    let middle = before.partition_point(|count| *count <= half).saturating_sub(1);
    let tenth = nearest(0.1);
    let ninetieth = nearest(0.9).saturating_sub(1);
    Percentiles {
        tenth: date(tenth.min(middle)),
        middle: date(middle),
        ninetieth: date(ninetieth.max(middle)),
    }
}
