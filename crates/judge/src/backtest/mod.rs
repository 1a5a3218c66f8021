//! The backtest: would this rubric have put first what the team really took up next?
//!
//! For every week of the past the backlog is put back to what it was, judged with what was known then, and compared with what
//! happened in the days after: which tasks were moved on or finished. Beside it stand the orders a team has for nothing:
//! its own priority field, first in first out, last in first out, the due date, and WSJF.
//!
//! Deliberately not here: reading history (`engine`), words and plots (`app`). Known limits: goals and their links count as
//! they are now; a task that left the project or was deleted is not seen; being taken up also follows from who was free.

mod answered;
mod pulled;
mod rewind;
mod rivals;
mod verdict;

pub use answered::Answer;
pub use pulled::{FreeOrder, FromPast, Measured, Overruled, PastEvidence, Told, from_past};
pub use rewind::Coverage;
pub use verdict::Verdict;

use crate::learn::metrics::{kendall, ndcg};
use crate::{Memory, Rubric, judge};
use domain::{Happened, Moment, Past, Role, Snapshot, Sprint, TaskGid, UserGid};
use jiff::{SignedDuration, Timestamp};
use rewind::rewind;
pub(crate) use rewind::{rewind_any, was_open};
use rivals::Rival;
use serde::Serialize;
use std::collections::HashMap;
use verdict::{LEAST_COVERAGE, LEAST_WEEKS};

/// The first places of an order that people look at.
const TOP: usize = 10;

/// What to look back at.
#[derive(Clone, Debug)]
pub struct Look<'a> {
    /// The project as it is now: fields, roles, sections, goals; its tasks are not used.
    pub present: &'a Snapshot,
    /// Its tasks, open and done, with what happened to them.
    pub pasts: &'a [Past],
    /// The rubric to try.
    pub rubric: &'a Rubric,
    /// The moments to judge at, oldest first.
    pub moments: &'a [Moment],
    /// Days after a moment in which being taken up counts as "next".
    pub horizon_days: u16,
    /// The user Upnext writes as, whose own writes are nobody's opinion.
    pub ours: &'a UserGid,
}

/// One order's results.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// The order's name.
    pub name: &'static str,
    /// NDCG of the first ten places, by week in which something was taken up; finished counts twice as much.
    pub ndcg: Vec<f64>,
    /// Kendall's tau between the order and how soon tasks were taken up, by the same weeks.
    pub tau: Vec<f64>,
}

/// One moment.
#[derive(Clone, Debug, Serialize)]
pub struct Week {
    /// When.
    pub at: Timestamp,
    /// Tasks that were open.
    pub open: usize,
    /// Of these, taken up or finished within the horizon.
    pub taken_up: usize,
    /// Tasks that would have been recommended for the next sprint.
    pub recommended: usize,
    /// Of these, taken up within the horizon.
    pub recommended_taken_up: usize,
}

/// How the rubric would have done.
#[derive(Clone, Debug, Serialize)]
pub struct Backtest {
    /// The moments in which there was a backlog.
    pub weeks: Vec<Week>,
    /// Upnext first, then its rivals; those without an input are left out.
    pub figures: Vec<Figures>,
    /// How much of the past could be put back.
    pub coverage: Coverage,
    /// Priorities that people raised within the horizon.
    pub raised: usize,
    /// Of these, tasks that stood in the upper half of Upnext's order before.
    pub raised_foreseen: usize,
    /// Values that Upnext wrote, and how many of them people replaced.
    pub written: usize,
    /// See [`Backtest::written`].
    pub overridden: usize,
    /// Whether to go on.
    pub verdict: Verdict,
}

impl Backtest {
    /// Of the tasks recommended next, the share that was taken up, 0–1.
    #[must_use]
    pub fn precision_of_next(&self) -> Option<f64> {
        let sum = |of: fn(&Week) -> usize| self.weeks.iter().map(of).sum::<usize>();
        let recommended = sum(|week| week.recommended);
        (recommended > 0).then(|| sum(|week| week.recommended_taken_up) as f64 / recommended as f64)
    }

    /// Of the values Upnext wrote, the share that people replaced, 0–1.
    #[must_use]
    pub fn override_rate(&self) -> Option<f64> {
        (self.written > 0).then(|| self.overridden as f64 / self.written as f64)
    }
}

/// Looks back.
#[must_use]
pub fn backtest(look: &Look<'_>) -> Backtest {
    let rivals = rivals::rivals();
    let mut figures: Vec<Figures> = std::iter::once("Upnext")
        .chain(rivals.iter().map(|rival| rival.name))
        .map(|name| Figures { name, ndcg: vec![], tau: vec![] })
        .collect();
    let mut result = Backtest {
        weeks: vec![],
        figures: vec![],
        coverage: Coverage::default(),
        raised: 0,
        raised_foreseen: 0,
        written: 0,
        overridden: 0,
        verdict: Verdict::TooLittle { weeks: 0 },
    };
    for moment in look.moments {
        let (then, coverage) = look.at(*moment);
        if then.tasks.is_empty() {
            continue;
        }
        result.coverage.add(coverage);
        look.week(&then, *moment, (&rivals, &mut figures), &mut result);
    }
    // An order that could not be made in some week has fewer values and no fair mean.
    let weeks = figures[0].ndcg.len();
    figures.retain(|figures| figures.ndcg.len() == weeks);
    (result.written, result.overridden) = look.overrides();
    result.verdict = verdict::of(&figures, result.coverage);
    result.figures = figures;
    result
}

impl Look<'_> {
    /// The project as it was.
    pub(crate) fn at(&self, moment: Moment) -> (Snapshot, Coverage) {
        let roles = &self.present.roles;
        let mut coverage = Coverage::default();
        let mut then = Snapshot { tasks: vec![], taken_at: moment.at, notes: vec![], ..self.present.clone() };
        for past in self.pasts {
            if let Some((task, told)) = rewind(past, moment.at, roles) {
                coverage.add(told);
                then.tasks.push(task);
            }
        }
        let open: HashMap<&TaskGid, bool> =
            self.pasts.iter().map(|past| (&past.task.gid, was_open(past, moment.at))).collect();
        let mut waiting: HashMap<TaskGid, Vec<TaskGid>> = HashMap::new();
        for task in &mut then.tasks {
            for other in &mut task.dependencies {
                other.completed = open.get(&other.gid).map(|open| !open).or(other.completed);
                waiting.entry(other.gid.clone()).or_default().push(task.gid.clone());
            }
        }
        for task in &mut then.tasks {
            task.dependents = waiting.remove(&task.gid).unwrap_or_default();
        }
        (then, coverage)
    }

    fn week(
        &self,
        then: &Snapshot,
        moment: Moment,
        (rivals, figures): (&[Rival], &mut [Figures]),
        result: &mut Backtest,
    ) {
        let judgements = judge(then, self.rubric, moment, &Memory::new());
        let places: HashMap<&TaskGid, usize> = judgements.iter().map(|j| (&j.task, j.rank)).collect();
        let pasts: HashMap<&TaskGid, &Past> = self.pasts.iter().map(|past| (&past.task.gid, past)).collect();
        let ends = moment.at + SignedDuration::from_hours(24 * i64::from(self.horizon_days));
        let taken: Vec<Taken> =
            then.tasks.iter().map(|task| Taken::of(pasts[&task.gid], moment.at, (then, self.ours))).collect();
        let within = |taken: &Taken| taken.at.is_some_and(|at| at <= ends);
        let next: Vec<&TaskGid> =
            judgements.iter().filter(|j| j.sprint == Sprint::Next).map(|j| &j.task).collect();
        let hit =
            then.tasks.iter().zip(&taken).filter(|(task, taken)| next.contains(&&task.gid) && within(taken));
        result.weeks.push(Week {
            at: moment.at,
            open: then.tasks.len(),
            taken_up: taken.iter().filter(|taken| within(taken)).count(),
            recommended: next.len(),
            recommended_taken_up: hit.count(),
        });
        self.count_raised(then, (moment.at, ends), &places, result);
        let relevance: Vec<f64> = taken
            .iter()
            .map(|taken| match (within(taken), taken.finished.is_some_and(|at| at <= ends)) {
                (_, true) => 2.0,
                (true, false) => 1.0,
                (false, false) => 0.0,
            })
            .collect();
        if relevance.iter().all(|gain| *gain == 0.0) {
            return;
        }
        // Sooner is larger; what was never taken up is as late as can be.
        let sooner: Vec<f64> =
            taken.iter().map(|taken| taken.at.map_or(f64::MIN, |at| -(at.as_second() as f64))).collect();
        let ours: Vec<f64> = then.tasks.iter().map(|task| -(places[&task.gid] as f64)).collect();
        let orders =
            std::iter::once(Some(ours)).chain(rivals.iter().map(|rival| (rival.order)(then, moment)));
        for (figures, order) in figures.iter_mut().zip(orders) {
            let measured =
                order.and_then(|order| Some((ndcg(&order, &relevance, TOP)?, kendall(&order, &sooner)?)));
            if let Some((gain, tau)) = measured {
                figures.ndcg.push(gain);
                figures.tau.push(tau);
            }
        }
    }

    /// Priorities that people raised, and whether Upnext had placed those tasks high already.
    fn count_raised(
        &self,
        then: &Snapshot,
        (from, to): (Timestamp, Timestamp),
        places: &HashMap<&TaskGid, usize>,
        result: &mut Backtest,
    ) {
        let Some(field) = self.present.roles.field(Role::Priority).and_then(|gid| self.present.field(gid))
        else {
            return;
        };
        let place = |value: &Option<domain::FieldValue>| match value {
            Some(domain::FieldValue::Enum { gid, .. }) => field.options.iter().position(|o| o.gid == *gid),
            _ => None,
        };
        for past in self.pasts.iter().filter(|past| places.contains_key(&past.task.gid)) {
            let raised = past.happenings.iter().any(|happening| {
                let by_people = happening.by.as_ref().is_some_and(|by| by != self.ours);
                let Happened::Field { gid, old, new } = &happening.what else { return false };
                let within = happening.at > from && happening.at <= to;
                // Options stand in the order of their importance, the first is the highest.
                by_people && within && *gid == field.gid && place(new) < place(old) && place(new).is_some()
            });
            if raised {
                result.raised += 1;
                let upper = places[&past.task.gid] * 2 <= then.tasks.len();
                result.raised_foreseen += usize::from(upper);
            }
        }
    }

    /// Values Upnext wrote into its own fields, and those of them that people replaced.
    fn overrides(&self) -> (usize, usize) {
        let ai: Vec<_> = Role::AI.iter().flat_map(|role| self.present.roles.candidates(*role)).collect();
        let (mut written, mut overridden) = (0, 0);
        for past in self.pasts {
            let mut ours: HashMap<&domain::FieldGid, bool> = HashMap::new();
            for happening in &past.happenings {
                let Happened::Field { gid, .. } = &happening.what else { continue };
                if !ai.contains(&gid) {
                    continue;
                }
                if happening.by.as_ref() == Some(self.ours) {
                    written += 1;
                    ours.insert(gid, true);
                } else if ours.insert(gid, false) == Some(true) {
                    overridden += 1;
                }
            }
        }
        (written, overridden)
    }
}

/// When a task was taken up and finished after a moment.
pub(crate) struct Taken {
    pub(crate) at: Option<Timestamp>,
    pub(crate) finished: Option<Timestamp>,
}

impl Taken {
    /// Taken up: moved by a person to a later section of the project, or finished.
    pub(crate) fn of(past: &Past, moment: Timestamp, (then, ours): (&Snapshot, &UserGid)) -> Self {
        let place = |gid: &domain::SectionGid| then.sections.iter().position(|section| section.gid == *gid);
        let later = || past.happenings.iter().filter(|happening| happening.at > moment);
        let moved = later().find(|happening| match &happening.what {
            Happened::Section { old, new } => {
                happening.by.as_ref() != Some(ours)
                    && matches!((place(old), place(new)), (Some(old), Some(new)) if new > old)
            }
            _ => false,
        });
        let finished = later().find(|happening| happening.what == Happened::Completed).map(|found| found.at);
        let finished = finished.or(past.completed_at.filter(|at| *at > moment));
        let at = [moved.map(|found| found.at), finished].into_iter().flatten().min();
        Self { at, finished }
    }
}
