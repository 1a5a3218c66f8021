//! The weekly review: gathers what is kept of a time, and posts it as one comment a week when asked to.
//!
//! Reads the store alone; only posting reads and writes Asana. Deliberately not here: wording and the plan (`decide`).
//! Known limits: disagreements, and names of tasks, are as of the last run; bands are compared between the first and the last run of
//! the time.

use crate::approvals::answered;
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::gather;
use crate::overrides::OverrideRow;
use crate::posting::{Posting, post};
use crate::recover::recover;
use crate::rubrics::check_golden;
use decide::{Answers, Disagreement, ReviewFacts, ReviewTask, plan_review, review_text};
use domain::{Approval, ApprovalState, Band, Judgement, Moment, Phase, ProjectGid, Role, Snapshot, TaskGid};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use store::{ApprovalQuery, UsedBy};

/// The days a review is about, the last included, on a clock.
#[derive(Clone, Debug)]
pub struct ReviewPeriod {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
    /// Whose days.
    pub zone: TimeZone,
}

/// Weeks before the time that it is compared with.
const WEEKS_BEFORE: i64 = 4;

impl ReviewPeriod {
    /// The seven days that end today.
    #[must_use]
    pub fn last_week(now: Moment, zone: TimeZone) -> ReviewPeriod {
        ReviewPeriod { from: now.today.saturating_sub(6.days()), to: now.today, zone }
    }

    pub(crate) fn begins(&self, day: Date) -> Result<Timestamp, EngineError> {
        let begin = day.to_zoned_datetime(self.zone.clone());
        begin.map(|zoned| zoned.timestamp()).map_err(|e| EngineError::Unusable(format!("{day}: {e}")))
    }
}

/// A review, and what posting it came to.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewReport {
    /// The project.
    pub project: ProjectGid,
    /// The facts.
    #[serde(flatten)]
    pub facts: ReviewFacts,
    /// The same for people.
    pub text: String,
    /// What posting came to.
    #[serde(flatten)]
    pub posting: Posting,
}

/// Looks back at a time in a project.
///
/// # Errors
/// The store's, or a period that ends before it begins.
pub async fn review(
    engine: &Engine,
    project: &ProjectGid,
    period: &ReviewPeriod,
) -> Result<ReviewReport, EngineError> {
    let facts = facts(engine, project, period).await?;
    let text = review_text(&facts);
    Ok(ReviewReport { project: project.clone(), facts, text, posting: Posting::default() })
}

/// The same, posted as the week's one comment on the host task.
///
/// # Errors
/// A project in shadow, a policy without a host task, and what stops a run as a whole.
pub async fn post_review(
    engine: &Engine,
    project: &ProjectGid,
    period: &ReviewPeriod,
    now: Moment,
) -> Result<ReviewReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    if let Some(why) = kept_back(engine, project) {
        return Err(EngineError::Unusable(why.into()));
    }
    let start = engine.asana.counters();
    recover(engine, project).await?;
    let report = review(engine, project, period).await?;
    let snapshot = gather(engine, project, now.at).await?.snapshot;
    let plan = plan_review(&snapshot, &engine.policy, &report.facts, &engine.rules(), now);
    let posting = post(engine, &plan, &snapshot, start).await?;
    Ok(ReviewReport { posting, ..report })
}

/// Why no review is posted in a project, by the rules that are in force there.
fn kept_back(engine: &Engine, project: &ProjectGid) -> Option<&'static str> {
    if engine.policy.project_phase(project) == Phase::Shadow {
        Some("the project is in phase shadow, in which nothing is written to Asana: leave out --post")
    } else if engine.policy.host_task.is_empty() {
        Some("policy.host_task is empty, so there is no task to post a review on")
    } else {
        None
    }
}

/// Why a timetable has no review to post in a project; none when it has.
pub(crate) async fn no_review(
    engine: &Engine,
    project: &ProjectGid,
) -> Result<Option<&'static str>, EngineError> {
    Ok(kept_back(&engine.for_project(project).await?, project))
}

/// A time with the weeks before it.
#[derive(Clone, Copy)]
struct Span {
    before: Timestamp,
    begin: Timestamp,
    end: Timestamp,
}

impl Span {
    fn holds(&self, at: Timestamp) -> bool {
        self.begin <= at && at < self.end
    }

    fn is_before(&self, at: Timestamp) -> bool {
        self.before <= at && at < self.begin
    }
}

async fn facts(
    engine: &Engine,
    project: &ProjectGid,
    period: &ReviewPeriod,
) -> Result<ReviewFacts, EngineError> {
    if period.to < period.from {
        let problem = format!("the review would end on {} before it begins on {}", period.to, period.from);
        return Err(EngineError::Unusable(problem));
    }
    let span = Span {
        before: period.begins(period.from.saturating_sub((7 * WEEKS_BEFORE).days()))?,
        begin: period.begins(period.from)?,
        end: period.begins(period.to.saturating_add(1.day()))?,
    };
    let store = &engine.store;
    let last = match store.last_judged(project).await? {
        Some(saved) => store.snapshot(&saved.plan.snapshot).await?,
        None => None,
    };
    let approvals = store
        .approvals(&ApprovalQuery { project: Some(project.clone()), ..ApprovalQuery::default() })
        .await?;
    let overrides = crate::overrides(store, project).await?;
    let at = |one: &OverrideRow| one.at.unwrap_or(one.recorded_at);
    let now_overridden = overrides.iter().filter(|one| span.holds(at(one)));
    let golden = match store.golden(project).await? {
        Some(_) => {
            let check = check_golden(engine, project, None).await?;
            Some((check.agreement.tau, check.agreement.tau >= check.gate))
        }
        None => None,
    };
    let used = model_use(engine, project, period).await?;
    Ok(ReviewFacts {
        from: period.from,
        to: period.to,
        runs: store.runs_between(project, span.begin, span.end).await?,
        writes: written(store.writes_between(project, span.begin, span.end).await?),
        moved: moved(engine, project, span, last.as_ref()).await?,
        overrides: now_overridden.map(overridden).collect(),
        rejections: rejections(&approvals, span),
        expired: ended(&approvals, ApprovalState::Expired, |at| span.holds(at)).count(),
        waiting: approvals.iter().filter(|one| one.state == ApprovalState::Pending).count(),
        disagreements: disagreements(engine, project, last.as_ref()).await?,
        answers: answers(&approvals, |at| span.holds(at)),
        answers_before: answers(&approvals, |at| span.is_before(at)),
        overrides_before: overrides.iter().filter(|one| span.is_before(at(one))).count() as f64
            / WEEKS_BEFORE as f64,
        golden,
        model_questions: used.0,
        model_cost: used.1,
        model_without_cost: used.2,
    })
}

/// Questions, dollars, questions without a known cost.
async fn model_use(
    engine: &Engine,
    project: &ProjectGid,
    period: &ReviewPeriod,
) -> Result<(u64, f64, u64), EngineError> {
    /// A day of the year each; no review is of more.
    const DAYS: u32 = 3660;
    let by_day = engine.store.model_use_by(UsedBy::Day, period.from, Some(project), DAYS).await?;
    let last = period.to.to_string();
    let mut sum = (0, 0.0, 0);
    for day in by_day.into_iter().filter(|day| day.of <= last) {
        sum.0 += day.questions;
        sum.1 += llm::Money::from_units(day.cost).dollars();
        sum.2 += day.without_cost;
    }
    Ok(sum)
}

/// Writes by action, in words for people.
pub(crate) fn written(by_action: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let words = [
        ("act_fields_", "tasks with AI fields"),
        ("act_priority_", "priorities"),
        ("act_section_", "moves"),
        ("act_labels_", "tasks with labels"),
        ("act_notice_", "notes to owners"),
        ("act_summary", "summaries"),
        ("act_undo_", "undone"),
        ("act_suggested_labels_", "approved labels"),
        ("act_review_", "weekly reviews"),
        ("act_mirror_", "digests of decisions"),
        ("act_policy", "policies that came into force"),
        ("act_asked", "questions asked"),
        ("act_silence", "values approved by silence"),
        ("act_review", "review subtasks"),
        ("act_retro", "retrospectives"),
        ("act_portfolio", "portfolios"),
        ("act_suggest_", "suggestions for a sprint"),
        ("act_sprint_section", "sections made"),
        ("act_sprint_project", "projects made"),
        ("act_project_", "tasks put into a sprint's project"),
        ("act_sprint_", "moves into a sprint"),
        ("act_assignee_", "assignees"),
        ("act_dates_", "start and due days"),
        ("act_assign_", "suggested assignees"),
        ("act_risk_", "notes about dates in danger"),
        ("act_flag_", "flags of dates in danger"),
        ("act_host", "host tasks"),
        ("act_field_", "fields made"),
        ("act_attach_", "fields put on the project"),
    ];
    let mut sums: Vec<(String, u64)> = vec![];
    for (action, count) in by_action {
        let word =
            words.iter().find(|(prefix, _)| action.starts_with(prefix)).map_or("others", |(_, word)| word);
        match sums.iter_mut().find(|(known, _)| known == word) {
            Some((_, sum)) => *sum += count,
            None => sums.push((word.to_owned(), count)),
        }
    }
    sums
}

async fn moved(
    engine: &Engine,
    project: &ProjectGid,
    span: Span,
    last: Option<&Snapshot>,
) -> Result<Vec<ReviewTask>, EngineError> {
    let bands = engine.store.bands_between(project, span.begin, span.end).await?;
    let mut moved: Vec<(u8, ReviewTask)> = bands
        .into_iter()
        .filter(|(_, first, last)| first != last)
        .map(|(task, was, is)| {
            let name = last.and_then(|s| s.task(&task)).map_or_else(|| task.to_string(), |t| t.name.clone());
            (distance(was, is), ReviewTask { task, name, what: format!("{was} → {is}") })
        })
        .collect();
    moved.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.task.cmp(&b.1.task)));
    Ok(moved.into_iter().map(|(_, task)| task).collect())
}

fn distance(a: Band, b: Band) -> u8 {
    let place = |band: Band| Band::ALL.iter().position(|b| *b == band).unwrap_or(0);
    u8::try_from(place(a).abs_diff(place(b))).unwrap_or(u8::MAX)
}

fn overridden(found: &OverrideRow) -> ReviewTask {
    let word = |value: &Option<String>| {
        value.as_ref().map_or_else(|| "empty".to_owned(), |v| domain::fit(&v.replace('\n', " "), 40))
    };
    let by = found.by.as_ref().map_or("somebody", |by| by.name.as_str());
    let mut what =
        format!("{by} set {} from {} to {}", found.field_name, word(&found.ours), word(&found.theirs));
    if let Some(reversal) = &found.reversal {
        what.push_str(&format!(", then {} set it to {}", reversal.by.name, word(&reversal.to)));
    }
    ReviewTask { task: found.task.clone(), name: found.name.clone(), what }
}

fn ended(
    approvals: &[Approval],
    state: ApprovalState,
    when: impl Fn(Timestamp) -> bool,
) -> impl Iterator<Item = &Approval> {
    let at = move |one: &&Approval| one.settled.as_ref().is_some_and(|settled| when(settled.at));
    approvals.iter().filter(move |one| one.state == state).filter(at)
}

fn rejections(approvals: &[Approval], span: Span) -> Vec<ReviewTask> {
    let rejected = ended(approvals, ApprovalState::Rejected, move |at| span.holds(at));
    let task = |one: &Approval| {
        let settled = one.settled.as_ref();
        let why = settled.and_then(|s| s.why.as_ref()).map(|why| format!(": {why}")).unwrap_or_default();
        let by = settled.map(|s| s.by.as_str()).unwrap_or_default();
        let what = format!("{} {}, turned down by {by}{why}", one.ask.label, one.ask.new);
        ReviewTask { task: one.ask.task.clone(), name: one.ask.name.clone(), what }
    };
    rejected.map(task).collect()
}

fn answers(approvals: &[Approval], when: impl Fn(Timestamp) -> bool) -> Answers {
    let said: Vec<bool> =
        approvals.iter().filter_map(answered).filter(|(at, _)| when(*at)).map(|(_, yes)| yes).collect();
    let yes = said.iter().filter(|yes| **yes).count();
    Answers { yes, no: said.len() - yes }
}

/// Open tasks whose priority people set farthest from the band of the last run.
async fn disagreements(
    engine: &Engine,
    project: &ProjectGid,
    last: Option<&Snapshot>,
) -> Result<Vec<Disagreement>, EngineError> {
    let Some(snapshot) = last else { return Ok(vec![]) };
    let bands: HashMap<TaskGid, Band> =
        engine.store.last_bands(project).await?.into_iter().map(|(task, (_, band))| (task, band)).collect();
    let options = &engine.policy.priority_options;
    let mut found = vec![];
    for task in &snapshot.tasks {
        let state = snapshot.roles.state(Role::Priority, task);
        let Some(value) = state.value.as_ref().filter(|_| state.owner() == domain::Owner::Person) else {
            continue;
        };
        let theirs = options.iter().find(|(_, option)| option.eq_ignore_ascii_case(&value.to_string()));
        let (Some((theirs, _)), Some(ours)) = (theirs, bands.get(&task.gid)) else { continue };
        // One band apart is a matter of taste.
        let distance = distance(*theirs, *ours);
        if distance > 1 {
            let (task, name) = (task.gid.clone(), task.name.clone());
            found.push(Disagreement { task, name, ours: *ours, theirs: *theirs, distance, because: None });
        }
    }
    found.sort_by(|a, b| b.distance.cmp(&a.distance).then_with(|| a.ours.cmp(&b.ours)));
    for one in found.iter_mut().take(5) {
        let judgement: Option<Judgement> =
            engine.store.judgement(&one.task).await?.map(|(.., judged)| judged);
        one.because = judgement.and_then(|j| j.reasons().first().map(ToString::to_string));
    }
    Ok(found)
}
