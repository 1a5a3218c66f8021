//! The learn workflow: read a project's history, learn its models, keep each with its figures, and put in force those that
//! are no worse than what they replace.
//!
//! Reads only: tasks a hundred a request, and the stories of those whose story is needed. What was in force stays in force
//! when a candidate is refused. Deliberately not here: learning itself (`judge::learn::team`).

use crate::context::Engine;
use crate::enrich::in_force;
use crate::error::EngineError;
use crate::gather::{actor, gather_frame, list_history, provenance, read_stories};
use crate::report::Requests;
use crate::rubrics::falls_out;
use domain::{
    Approval, ApprovalState, Digest, Measure, ModelKind, ModelUsed, Moment, Named, Past, ProjectGid, Role,
    Snapshot, TaskGid,
};
use jiff::Timestamp;
use judge::learn::team::{self, Decisions, History, Learned, Overruled, Report, Stated, Verdict};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use store::{ApprovalQuery, ModelRow, ModelState, Override, Slot};

/// The seed of every chance in learning: the same history gives the same models.
const SEED: u64 = 1;

/// What became of one kind of model.
#[derive(Clone, Debug, Serialize)]
pub struct LearnedKind {
    /// The kind.
    pub kind: ModelKind,
    /// The id it is kept by; none when there was too little to learn from.
    pub model: Option<String>,
    /// The model in force now, which may be an older one.
    pub in_force: Option<String>,
    /// How it did.
    pub report: Report,
}

/// What a learning run did.
#[derive(Clone, Debug, Serialize)]
pub struct LearnReport {
    /// The project.
    pub project: Named<ProjectGid>,
    /// The moment from which finished tasks were read.
    pub since: Timestamp,
    /// Tasks read, open and done.
    pub tasks: usize,
    /// One a kind.
    pub models: Vec<LearnedKind>,
    /// What else a reader should know.
    pub notes: Vec<String>,
    /// What reading it cost.
    pub requests: Requests,
}

/// Learns a project's models from what was finished since a moment.
///
/// # Errors
/// What keeps the project or its history from being read, or a model from being kept.
pub async fn learn(
    engine: &Engine,
    project: &ProjectGid,
    since: Timestamp,
    now: Moment,
) -> Result<LearnReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    let start = engine.asana.counters();
    let mut frame = gather_frame(engine, project, now.at).await?;
    let (pasts, judged) = read(engine, &frame, since).await?;
    let decisions = decisions(engine, &frame, &pasts, &judged).await?;
    engine.stage("learning", 0);
    let history = (pasts, decisions);
    let mut models = vec![];
    for kind in ModelKind::ALL {
        models.push(one(engine, &mut frame, kind, (&history, now)).await?);
    }
    Ok(LearnReport {
        project: frame.project,
        since,
        tasks: history.0.len(),
        models,
        notes: frame.notes,
        requests: Requests::since(engine, start),
    })
}

type Known = (Vec<Past>, Vec<team::Decision>);

async fn one(
    engine: &Engine,
    frame: &mut Snapshot,
    kind: ModelKind,
    (known, now): (&Known, Moment),
) -> Result<LearnedKind, EngineError> {
    let (pasts, decisions) = known;
    match kind {
        ModelKind::Effort => {
            let live = live(engine, frame, kind).await?;
            let history = History { frame, rubric: &engine.rubric, pasts };
            let mut learned = team::effort(&history, live.as_ref(), SEED);
            if let (Some(model), Verdict::Promoted { .. }) = (&learned.model, &learned.report.verdict)
                && let Some(why) = falls_out(engine, &frame.project.gid, model).await?
            {
                learned.report.verdict = Verdict::Refused { why };
            }
            keep(engine, frame, kind, (learned, now)).await
        }
        ModelKind::Triage => {
            let live = live(engine, frame, kind).await?;
            let history = History { frame, rubric: &engine.rubric, pasts };
            let how = (engine.policy.triage.precision, SEED);
            keep(engine, frame, kind, (team::triage(&history, live.as_ref(), how), now)).await
        }
        ModelKind::Confidence => {
            let live = live(engine, frame, kind).await?;
            keep(engine, frame, kind, (team::confidence(decisions, live.as_ref()), now)).await
        }
    }
}

async fn live<M: DeserializeOwned>(
    engine: &Engine,
    frame: &mut Snapshot,
    kind: ModelKind,
) -> Result<Option<M>, EngineError> {
    Ok(in_force(engine, frame, kind).await?.map(|found| found.model))
}

/// Keeps a candidate with its report; promoted, it takes the place of the one before.
async fn keep<M: Serialize>(
    engine: &Engine,
    frame: &Snapshot,
    kind: ModelKind,
    (learned, now): (Learned<M>, Moment),
) -> Result<LearnedKind, EngineError> {
    let project = &frame.project.gid;
    let Learned { model, report } = learned;
    let mut kept = None;
    if let (Some(model), Some((from, to))) = (model, report.window) {
        let content = serde_json::to_vec(&model).unwrap_or_default();
        let digest = Digest::of(&(project, kind, Digest::of_bytes(&content), now.at));
        let id = format!("model_{}", &digest.as_str()[..12]);
        let used = ModelUsed { id: id.clone(), kind, fitted_at: now.at, from, to, rows: report.rows };
        let promoted = matches!(report.verdict, Verdict::Promoted { .. });
        let state = if promoted { ModelState::InForce } else { ModelState::Refused };
        let row = ModelRow { used, state, report: serde_json::to_value(&report).unwrap_or_default() };
        engine.store.save_model(project, &row, &content).await?;
        kept = Some(id);
    }
    let versions = engine.store.models(project).await?;
    let in_force = versions.into_iter().find(|row| row.used.kind == kind && row.state == ModelState::InForce);
    let in_force = in_force.map(|row| row.used.id);
    Ok(LearnedKind { kind, model: kept, in_force, report })
}

/// The tasks, with the stories of those that need them: of judged ones what people decided, of finished ones how long they
/// took, if nothing else tells their effort. Answers which tasks hold a value of ours, too.
async fn read(
    engine: &Engine,
    frame: &Snapshot,
    since: Timestamp,
) -> Result<(Vec<Past>, HashSet<TaskGid>), EngineError> {
    let project = &frame.project.gid;
    let ledger = engine.store.ledger(project).await?;
    let written: HashSet<TaskGid> = ledger
        .iter()
        .filter(|((_, slot), entry)| matches!(slot, Slot::Field(_)) && entry.written.is_some())
        .map(|((task, _), _)| task.clone())
        .collect();
    let mut pasts = list_history(engine, project, since).await?;
    let ours: Vec<domain::FieldGid> =
        Role::AI.iter().filter_map(|role| frame.roles.field(*role).cloned()).collect();
    for past in &mut pasts {
        provenance::mark(std::slice::from_mut(&mut past.task), &ledger);
    }
    let judged: HashSet<TaskGid> = pasts
        .iter()
        .filter(|past| {
            written.contains(&past.task.gid) && ours.iter().any(|gid| past.task.fields.contains_key(gid))
        })
        .map(|past| past.task.gid.clone())
        .collect();
    let told = |measure| team::measurable(&History { frame, rubric: &engine.rubric, pasts: &pasts }, measure);
    let untold = told(Measure::EffortField).max(told(Measure::ActualTime)) < team::EFFORT_NEEDED;
    let wanted = |past: &Past| judged.contains(&past.task.gid) || (untold && past.task.completed);
    let pasts = read_stories(engine, project, pasts, wanted).await?;
    Ok((pasts, judged))
}

/// What people did with suggestions that were written.
async fn decisions(
    engine: &Engine,
    frame: &Snapshot,
    pasts: &[Past],
    judged: &HashSet<TaskGid>,
) -> Result<Vec<team::Decision>, EngineError> {
    let project = &frame.project.gid;
    let stated: Vec<Stated> = engine
        .store
        .stated(project)
        .await?
        .into_iter()
        .filter(|(task, ..)| judged.contains(task))
        .map(|(task, at, percent, band)| Stated { task, at, percent, band })
        .collect();
    let overrides = engine.store.kept_overrides(project).await?.into_iter();
    let against = overrides.filter(|one| !one.is_put_back() && of_judgement(engine, frame, &one.found));
    let mut overruled: Vec<Overruled> =
        against.map(|one| Overruled { task: one.found.task, at: one.found.at }).collect();
    let answers = answers(engine, project).await?;
    let of = |state: ApprovalState| {
        let said = answers.iter().filter(move |one| one.state == state);
        said.filter_map(|one| Some((one.ask.task.clone(), one.settled.as_ref()?.at)))
    };
    // Who turns a suggestion down overrules it as much as who replaces it.
    let turned_down = of(ApprovalState::Rejected).map(|(task, at)| Overruled { task, at: Some(at) });
    overruled.extend(turned_down);
    let approved: Vec<(TaskGid, Timestamp)> = of(ApprovalState::Approved).collect();
    let decisions = Decisions {
        stated: &stated,
        overruled: &overruled,
        approved: &approved,
        pasts,
        priority: frame.roles.field(Role::Priority),
        options: &engine.policy.priority_options,
        ours: &actor(engine).await?.gid,
    };
    Ok(decisions.all())
}

/// The roles whose values say how important a task is. Who words a rationale anew or names somebody else does not doubt that.
const JUDGED: [Role; 3] = [Role::AiPriorityScore, Role::SuggestedPriority, Role::Priority];

/// Whether an override speaks of how the task was judged: moves do where the section follows from the score.
fn of_judgement(engine: &Engine, frame: &Snapshot, one: &Override) -> bool {
    if one.slot() == Slot::Section {
        let targets = &engine.policy.sections;
        let put_into = one.ours.as_ref().map(ToString::to_string).unwrap_or_default();
        return [&targets.next, &targets.future, &targets.backlog]
            .into_iter()
            .any(|target| put_into.eq_ignore_ascii_case(target));
    }
    JUDGED.iter().any(|role| frame.roles.candidates(*role).contains(&one.field))
}

/// What people answered about judged values of a project; silence is no answer.
async fn answers(engine: &Engine, project: &ProjectGid) -> Result<Vec<Approval>, EngineError> {
    let query = ApprovalQuery { project: Some(project.clone()), ..ApprovalQuery::default() };
    let mut answers = engine.store.approvals(&query).await?;
    let said = |one: &Approval| one.settled.as_ref().is_some_and(|settled| settled.by != crate::SILENCE);
    answers.retain(|one| one.ask.band.is_some() && said(one));
    Ok(answers)
}
