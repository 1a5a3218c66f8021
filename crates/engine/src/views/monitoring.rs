//! How well it all works: what is covered and what is left out and why, what people keep and change, what it costs.
//!
//! Counts are of the last snapshot and of the store; nothing is estimated. Known limits: days are UTC's; whether a value still holds
//! is as of the last snapshot, so a change made since is seen with the next run.

use super::cache::Views;
use super::calibration::CalibrationView;
use super::course::WeekOfPeople;
use super::pace::{Churn, RunTimes};
use super::ranked::{BandCounts, Ranked, percent};
use crate::error::EngineError;
use crate::overrides::Names;
use crate::phases::{BandAnswers, answers_by_band};
use domain::{Access, FieldValue, Owner, ProjectGid, Role};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{UsedBy, UsedSum};

/// Days that are told of.
const DAYS: i64 = 30;

/// Overrides told of.
const OVERRIDES: u32 = 12;

/// The ledger keeps millionths of a millionth of a dollar.
const MONEY_PER_DOLLAR: f64 = 1e12;

/// How many tasks were left alone for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReasonCount {
    /// The reason.
    pub reason: String,
    /// How many.
    pub tasks: usize,
}

/// What of a project is scored.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Coverage {
    /// Open tasks that are scored.
    pub scored: usize,
    /// Open tasks left alone.
    pub left_alone: usize,
    /// Why, the most frequent first.
    pub reasons: Vec<ReasonCount>,
    /// Tasks whose score rests on everything the rubric asks for.
    pub complete: usize,
    /// Mean confidence, percent; none without tasks.
    pub confidence: Option<f64>,
    /// Tasks by band.
    pub bands: BandCounts,
}

/// What became of the values Upnext wrote into one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldFate {
    /// The field.
    pub field: String,
    /// Open tasks where the value is still Upnext's.
    pub stands: usize,
    /// Open tasks where a person has put another, or none.
    pub changed: usize,
}

/// A value a person put in the place of Upnext's.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct OverrideView {
    /// When it was found.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// The task.
    pub task: domain::TaskGid,
    /// Its name.
    pub name: String,
    /// The field.
    pub field: String,
    /// What Upnext had written.
    pub ours: String,
    /// What the person set.
    pub theirs: String,
    /// Who, where Asana says.
    pub who: Option<String>,
}

/// One project.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProjectMonitoring {
    /// The project.
    pub gid: ProjectGid,
    /// Its name.
    pub name: String,
    /// Why its figures cannot be told, if they cannot.
    pub problem: Option<String>,
    /// What is scored; none when it was never judged.
    pub coverage: Option<Coverage>,
    /// What became of what Upnext wrote, field by field.
    pub fates: Vec<FieldFate>,
    /// Open tasks whose official priority a person set, and of those the ones that agree with the suggestion; a priority that Upnext
    /// wrote, asked or not, is none of them.
    pub official: (usize, usize),
    /// People's answers to what was suggested, by band; bands without any are left out.
    pub answers: Vec<BandAnswers>,
    /// How unsteady the order was; none when it was never judged.
    pub churn: Option<Churn>,
    /// How long runs took, by kind.
    pub run_times: Vec<RunTimes>,
    /// The last values people changed, newest first.
    pub overrides: Vec<OverrideView>,
    /// What people did with suggestions week by week, oldest first; empty when its figures cannot be told.
    pub course: Vec<WeekOfPeople>,
    /// How often a stated confidence was right.
    pub calibration: Option<CalibrationView>,
    /// What a language model cost for it in these days.
    pub cost: CostView,
}

/// What a language model was asked and what it cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct CostView {
    /// Questions.
    pub questions: u64,
    /// Those without an answer.
    pub unanswered: u64,
    /// Tokens of questions and answers.
    pub tokens: u64,
    /// Dollars, of questions whose cost is known.
    pub dollars: f64,
    /// Questions whose cost is not known.
    pub without_cost: u64,
}

/// A day's cost.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DayCost {
    /// The day, YYYY-MM-DD.
    pub day: String,
    /// What it came to.
    pub cost: CostView,
}

/// Requests of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DayRequests {
    /// The day's first moment, UTC.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub day: Timestamp,
    /// Runs.
    pub runs: u64,
    /// Requests that read.
    pub reads: u64,
    /// Requests that wrote.
    pub writes: u64,
}

/// How well it all works.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Monitoring {
    /// Days told of.
    pub days: i64,
    /// Project by project, by name.
    pub projects: Vec<ProjectMonitoring>,
    /// Requests to Asana by runs, one entry a day, oldest first; days without any too.
    pub requests: Vec<DayRequests>,
    /// What language models cost, one entry a day that had questions, oldest first; of all projects, so only for who sees all.
    pub costs: Vec<DayCost>,
}

impl From<&UsedSum> for CostView {
    fn from(sum: &UsedSum) -> CostView {
        CostView {
            questions: sum.questions,
            unanswered: sum.unanswered,
            tokens: sum.tokens(),
            dollars: sum.cost as f64 / MONEY_PER_DOLLAR,
            without_cost: sum.without_cost,
        }
    }
}

impl Views {
    /// How well it works in the projects somebody may see.
    ///
    /// # Errors
    /// The store's.
    pub async fn monitoring(&self, access: &Access, now: Timestamp) -> Result<Monitoring, EngineError> {
        let since = now - SignedDuration::from_hours(24 * (DAYS - 1));
        let today = jiff::tz::TimeZone::UTC.to_datetime(since).date();
        let mut projects = vec![];
        let mut requests = days(since, now);
        for known in self.store.known_projects().await? {
            if !access.sees(&known.project) {
                continue;
            }
            for day in self.store.days_of_runs(Some(&known.project), since).await? {
                if let Some(sum) = requests.iter_mut().find(|sum| sum.day == day.day) {
                    sum.runs += day.runs;
                    sum.reads += day.reads;
                    sum.writes += day.writes;
                }
            }
            let named = (known.project, known.name);
            // What is wrong with one project must not hide the others.
            let found = self.of_project(named.clone(), (since, now)).await;
            projects.push(found.unwrap_or_else(|error| broken(named, &error)));
        }
        projects.sort_by_cached_key(|project| (project.name.to_lowercase(), project.gid.clone()));
        let mut costs = vec![];
        if access.sees_all() {
            let sums = self.store.model_use_by(UsedBy::Day, today, None, DAYS as u32 + 1).await?;
            costs = sums.iter().map(|sum| DayCost { day: sum.of.clone(), cost: sum.into() }).collect();
            costs.reverse();
        }
        Ok(Monitoring { days: DAYS, projects, requests, costs })
    }

    async fn of_project(
        &self,
        (gid, name): (ProjectGid, String),
        (since, now): (Timestamp, Timestamp),
    ) -> Result<ProjectMonitoring, EngineError> {
        let day = jiff::tz::TimeZone::UTC.to_datetime(since).date();
        let figures = self.figures(&gid).await?;
        let used = self.store.model_use_by(UsedBy::Project, day, Some(&gid), 1).await?;
        let overrides = self.store.overrides_since(&gid, since, OVERRIDES).await?;
        let names = figures.as_ref().map(|figures| figures.names.clone()).unwrap_or_default();
        let names = names.with(overrides.iter().map(|row| &row.found));
        Ok(ProjectMonitoring {
            problem: None,
            official: figures.as_ref().map(|figures| figures.official).unwrap_or_default(),
            answers: answers_by_band(&self.store, &gid).await?,
            churn: figures.as_ref().map(|figures| figures.churn),
            run_times: self.run_times(&gid, since).await?,
            fates: figures.as_ref().map(|figures| figures.fates.clone()).unwrap_or_default(),
            coverage: figures.map(|figures| figures.coverage),
            overrides: overrides.into_iter().map(|row| overridden(row, &names)).collect(),
            course: self.course(&gid, now).await?,
            calibration: self.calibration(&gid).await?,
            cost: used.first().map(CostView::from).unwrap_or_default(),
            gid,
            name,
        })
    }
}

/// What is told of a project's newest ranking; kept with the ranking's plan, so that it is counted once.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    coverage: Coverage,
    fates: Vec<FieldFate>,
    official: (usize, usize),
    churn: Churn,
    names: Names,
}

impl Figures {
    pub(crate) fn of(ranked: &Ranked, churn: Churn) -> Figures {
        let names = Names::of(Some(&ranked.snapshot));
        Figures { coverage: coverage(ranked), fates: fates(ranked), official: official(ranked), churn, names }
    }
}

fn broken((gid, name): (ProjectGid, String), error: &EngineError) -> ProjectMonitoring {
    tracing::warn!(%error, project = %gid, "the figures of a project cannot be told");
    ProjectMonitoring {
        gid,
        name,
        problem: Some(error.to_string()),
        coverage: None,
        fates: vec![],
        official: (0, 0),
        answers: vec![],
        churn: None,
        run_times: vec![],
        overrides: vec![],
        course: vec![],
        calibration: None,
        cost: CostView::default(),
    }
}

/// Every day from one moment to another, without requests yet.
fn days(since: Timestamp, now: Timestamp) -> Vec<DayRequests> {
    const DAY: i64 = 86_400_000;
    let (first, last) = (since.as_millisecond().div_euclid(DAY), now.as_millisecond().div_euclid(DAY));
    (first..=last)
        .filter_map(|day| Timestamp::from_millisecond(day * DAY).ok())
        .map(|day| DayRequests { day, runs: 0, reads: 0, writes: 0 })
        .collect()
}

fn overridden(row: store::OverrideRow, names: &Names) -> OverrideView {
    let word = |value: Option<FieldValue>| value.map_or_else(|| "nothing".into(), |value| names.word(&value));
    OverrideView {
        at: row.found.at.unwrap_or(row.recorded_at),
        task: row.found.task,
        name: row.found.name,
        field: row.found.field_name,
        ours: word(row.found.ours),
        theirs: word(row.found.theirs),
        who: row.found.by.map(|person| person.name),
    }
}

fn coverage(ranked: &Ranked) -> Coverage {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for skipped in &ranked.skipped {
        *reasons.entry(skipped.reason.as_str()).or_default() += 1;
    }
    let mut reasons: Vec<ReasonCount> =
        reasons.into_iter().map(|(reason, tasks)| ReasonCount { reason: reason.to_owned(), tasks }).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.tasks));
    let sum: f64 = ranked.rows.iter().map(|row| f64::from(row.confidence)).sum();
    let whole = |row: &&super::RankedTask| {
        ranked.judgement(&row.gid).is_some_and(|judgement| judgement.missing.is_empty())
    };
    Coverage {
        scored: ranked.rows.len(),
        left_alone: ranked.skipped.len(),
        reasons,
        complete: ranked.rows.iter().filter(whole).count(),
        confidence: (!ranked.rows.is_empty()).then(|| sum / ranked.rows.len() as f64),
        bands: ranked.bands,
    }
}

/// Values Upnext wrote into open tasks, by field: those that are still its own, and those that are a person's now.
fn fates(ranked: &Ranked) -> Vec<FieldFate> {
    let snapshot = &ranked.snapshot;
    let fate = |role: &Role| {
        let field = snapshot.field(snapshot.roles.field(*role)?)?;
        let mut fate = FieldFate { field: field.name.clone(), stands: 0, changed: 0 };
        for task in snapshot.tasks.iter().filter(|task| !task.completed) {
            let Some(state) = task.fields.get(&field.gid).filter(|state| state.ours.is_some()) else {
                continue;
            };
            match state.owner() {
                Owner::Upnext => fate.stands += 1,
                Owner::Person => fate.changed += 1,
                Owner::Nobody => {}
            }
        }
        (fate.stands + fate.changed > 0).then_some(fate)
    };
    Role::AI.iter().filter_map(fate).collect()
}

/// Tasks whose official priority a person set to one of those that stand for a band, and of those the ones with the band that is
/// suggested. What Upnext wrote would agree with itself.
fn official(ranked: &Ranked) -> (usize, usize) {
    let snapshot = &ranked.snapshot;
    let (mut set, mut agree) = (0, 0);
    for task in &snapshot.tasks {
        let Some(judgement) = ranked.judgement(&task.gid) else { continue };
        let Some((field, FieldValue::Enum { name, .. })) = snapshot.roles.value(Role::Priority, task) else {
            continue;
        };
        if task.fields.get(field).is_none_or(|state| state.owner() != Owner::Person) {
            continue;
        }
        let named = ranked.priorities.iter().find(|(_, option)| option.eq_ignore_ascii_case(name));
        if let Some((band, _)) = named {
            set += 1;
            agree += usize::from(*band == judgement.band);
        }
    }
    (set, agree)
}

/// A part of a whole, percent; none of nothing.
#[must_use]
pub fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| percent(part as f64 / whole as f64))
}
