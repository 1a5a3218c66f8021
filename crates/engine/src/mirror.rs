//! The mirror of the audit trail: reads what was decided in a period, and posts it as one comment when asked to.
//!
//! Posting is a run like any other: planned, checked, journalled, undone. Deliberately not here: wording and the plan (`decide`).
//! Known limit: of entries that name a task and no project, those count whose task was in the project's last ranking.

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::gather;
use crate::posting::{Posting, post};
use crate::recover::recover;
use crate::review::{ReviewPeriod, written};
use crate::views::{Hand, hand, told};
use decide::{MIRROR_ACTION, MirrorEvery, MirrorFacts, MirrorLine, MirrorPeriod, mirror_text, plan_mirror};
use domain::{Moment, Phase, ProjectGid, RunId, Snapshot, TaskGid};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use store::AuditRow;

/// Entries read at a time.
const PAGE: u32 = 1000;

/// A digest of decisions, and what posting it came to.
#[derive(Clone, Debug, Serialize)]
pub struct MirrorReport {
    /// The project.
    pub project: ProjectGid,
    /// The facts.
    #[serde(flatten)]
    pub facts: MirrorFacts,
    /// The same for people.
    pub text: String,
    /// What posting came to.
    #[serde(flatten)]
    pub posting: Posting,
}

/// What was decided in a period, from the store alone.
///
/// # Errors
/// The store's, and a project that was never judged.
pub async fn mirror(
    engine: &Engine,
    project: &ProjectGid,
    period: MirrorPeriod,
    zone: &TimeZone,
) -> Result<MirrorReport, EngineError> {
    let last = match engine.store.last_judged(project).await? {
        Some(saved) => engine.store.snapshot(&saved.plan.snapshot).await?,
        None => None,
    };
    let snapshot = last.ok_or_else(|| {
        EngineError::Unusable(format!("nothing is known of project {project}: groom it first"))
    })?;
    let facts = facts(engine, &snapshot, period, zone).await?;
    Ok(report(&snapshot, facts))
}

fn report(snapshot: &Snapshot, facts: MirrorFacts) -> MirrorReport {
    MirrorReport {
        project: snapshot.project.gid.clone(),
        text: mirror_text(snapshot, &facts),
        facts,
        posting: Posting::default(),
    }
}

/// The same, posted as the period's one comment on the task the policy names.
///
/// # Errors
/// A policy without a mirror, a project in shadow, a period that is not over or whose entries were pruned, and what stops a run as
/// a whole.
pub async fn post_mirror(
    engine: &Engine,
    project: &ProjectGid,
    (period, zone): (MirrorPeriod, &TimeZone),
    now: Moment,
) -> Result<MirrorReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    may_be_posted(engine, project, period, now)?;
    is_whole(engine, period, zone).await?;
    let start = engine.asana.counters();
    recover(engine, project).await?;
    let snapshot = gather(engine, project, now.at).await?.snapshot;
    let facts = facts(engine, &snapshot, period, zone).await?;
    let plan = plan_mirror(&snapshot, &engine.policy, &facts, &engine.rules(), now);
    let posting = post(engine, &plan, &snapshot, start).await?;
    Ok(MirrorReport { posting, ..report(&snapshot, facts) })
}

fn may_be_posted(
    engine: &Engine,
    project: &ProjectGid,
    period: MirrorPeriod,
    now: Moment,
) -> Result<(), EngineError> {
    if let Some(why) = kept_back(engine, project) {
        return Err(EngineError::Unusable(why.into()));
    }
    if period.to >= now.today {
        let problem = "that time is not over: its digest would not be whole";
        return Err(EngineError::Unusable(problem.into()));
    }
    Ok(())
}

/// Why no digest is posted in a project, whatever the period, by the rules that are in force there.
fn kept_back(engine: &Engine, project: &ProjectGid) -> Option<&'static str> {
    let policy = &engine.policy;
    let no_host = policy.audit_mirror.task.is_empty() && policy.host_task.is_empty();
    if policy.audit_mirror.every == MirrorEvery::Never {
        Some("policy.audit_mirror.every is \"never\", so no digest of decisions is posted")
    } else if policy.project_phase(project) == Phase::Shadow {
        Some("the project is in phase shadow, in which nothing is written to Asana: leave out --post")
    } else if no_host {
        Some(
            "policy.audit_mirror.task and policy.host_task are empty, so there is no task to post a digest on",
        )
    } else {
        None
    }
}

/// The periods that a timetable is to post now, oldest first, or why there are none.
pub(crate) async fn periods_due(
    engine: &Engine,
    project: &ProjectGid,
    zone: &TimeZone,
    now: Moment,
) -> Result<Result<Vec<MirrorPeriod>, &'static str>, EngineError> {
    let engine = &engine.for_project(project).await?;
    if let Some(why) = kept_back(engine, project) {
        return Ok(Err(why));
    }
    let done = engine.store.done_like(project, &format!("{MIRROR_ACTION}%")).await?;
    let posted =
        done.iter().filter_map(|action| action.strip_prefix(MIRROR_ACTION)).map(str::to_owned).collect();
    let mut due = vec![];
    for period in MirrorPeriod::since(now.today, engine.policy.audit_mirror.every, &posted) {
        match is_whole(engine, period, zone).await {
            Ok(()) => due.push(period),
            Err(EngineError::Unusable(why)) => tracing::info!(%project, "{why}"),
            Err(error) => return Err(error),
        }
    }
    Ok(Ok(due))
}

/// What was pruned stands in Asana alone: a digest made without it would take its place.
async fn is_whole(engine: &Engine, period: MirrorPeriod, zone: &TimeZone) -> Result<(), EngineError> {
    let begin = days(period, zone).begins(period.from)?;
    match engine.store.pruned_before().await? {
        Some(before) if begin < before => Err(EngineError::Unusable(format!(
            "the audit trail was pruned before {before}, so the digest of {} would not be whole: what was posted of it stays as it is",
            period.name()
        ))),
        _ => Ok(()),
    }
}

fn days(period: MirrorPeriod, zone: &TimeZone) -> ReviewPeriod {
    ReviewPeriod { from: period.from, to: period.to, zone: zone.clone() }
}

async fn facts(
    engine: &Engine,
    snapshot: &Snapshot,
    period: MirrorPeriod,
    zone: &TimeZone,
) -> Result<MirrorFacts, EngineError> {
    let days = days(period, zone);
    let time = (days.begins(period.from)?, days.begins(period.to.saturating_add(1.day()))?);
    let mut reader = Reader { engine, snapshot, runs: HashMap::new() };
    let (mut people, mut head) = (vec![], None);
    let (mut rules, mut ai) = (BTreeMap::new(), BTreeMap::new());
    let mut after = 0;
    loop {
        let rows = engine.store.audit_between(time, after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        head = Some((last.seq, last.hash.clone()));
        for row in &rows {
            let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
            if !reader.concerns(row, &body).await? {
                continue;
            }
            match hand(row, &body) {
                Hand::Person => people.extend(line(row, &body, snapshot)),
                Hand::Rules => count(&mut rules, row, &body),
                Hand::Ai => count(&mut ai, row, &body),
            }
        }
    }
    Ok(MirrorFacts {
        period,
        people,
        rules: written(rules),
        ai: written(ai),
        runs: runs_of(engine, &snapshot.project.gid, time).await?,
        head,
    })
}

/// Runs that began in a time. The mirror's own are left out: the digest of a day is the same however often it is made.
async fn runs_of(
    engine: &Engine,
    project: &ProjectGid,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<(String, usize)>, EngineError> {
    let runs = engine.store.runs_between(project, from, to).await?;
    Ok(runs.into_iter().filter(|(kind, _)| kind != "mirror").collect())
}

/// Which entries are about a project.
struct Reader<'a> {
    engine: &'a Engine,
    snapshot: &'a Snapshot,
    /// Whether runs are the project's.
    runs: HashMap<String, bool>,
}

impl Reader<'_> {
    async fn concerns(&mut self, row: &AuditRow, body: &Value) -> Result<bool, EngineError> {
        let project = &self.snapshot.project.gid;
        if row.kind == "policy" {
            return Ok(true);
        }
        let named = ["/approval/project", "/override/project", "/project"];
        let named = named.iter().find_map(|path| body.pointer(path).and_then(Value::as_str));
        if let Some(named) = named {
            return Ok(named == project.as_str());
        }
        if let Some(of) = row.subject.strip_prefix("project ") {
            return Ok(of == project.as_str());
        }
        if let Some(run) = body["run"].as_str() {
            if let Some(known) = self.runs.get(run) {
                return Ok(*known);
            }
            let found = self.engine.store.run(&RunId::new(run)).await?;
            let is_ours = found.is_some_and(|found| found.project.gid == *project);
            self.runs.insert(run.to_owned(), is_ours);
            return Ok(is_ours);
        }
        let task = row.subject.strip_prefix("task ").map(TaskGid::new);
        Ok(task.is_some_and(|task| self.snapshot.task(&task).is_some()))
    }
}

/// What somebody did, as a line. The plan of it is no deed, and what is carried out of an answer is told as the answer.
fn line(row: &AuditRow, body: &Value, snapshot: &Snapshot) -> Option<MirrorLine> {
    let is_answer = body["kind"] == "approve";
    if row.kind == "plan" || (row.kind == "outcome" && (is_answer || !is_done(body))) {
        return None;
    }
    let task = row.subject.strip_prefix("task ").map(TaskGid::new);
    let name = |task: &TaskGid| snapshot.task(task).map(|task| task.name.clone());
    let what = match told(&row.kind, body) {
        text if text.is_empty() => row.kind.replace('_', " "),
        text => text,
    };
    Some(MirrorLine { who: row.actor.clone(), what, task: task.map(|task| (task.clone(), name(&task))) })
}

fn is_done(body: &Value) -> bool {
    matches!(body.pointer("/outcome/kind/type").and_then(Value::as_str), Some("done" | "already_so"))
}

/// Counts what was written, by action, and what else nobody did. A digest's own comment is no decision.
fn count(sums: &mut BTreeMap<String, u64>, row: &AuditRow, body: &Value) {
    let state = body.pointer("/approval/state").and_then(Value::as_str);
    let action = body.pointer("/action/id").and_then(Value::as_str);
    let action = match (row.kind.as_str(), state) {
        ("policy", _) => Some("act_policy"),
        ("approval", Some("pending")) => Some("act_asked"),
        ("approval", Some("approved")) => Some("act_silence"),
        _ => action.filter(|action| is_done(body) && !action.starts_with(MIRROR_ACTION)),
    };
    if let Some(action) = action {
        *sums.entry(action.to_owned()).or_default() += 1;
    }
}
