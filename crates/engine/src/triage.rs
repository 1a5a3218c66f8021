//! The triage workflow: what new requests are, what they will take, what they repeat, what they do not say; and a plan that
//! fills in the labels.
//!
//! Reads the project's open tasks and what was finished of late, to find what a request repeats. Deliberately not here:
//! finding (`judge`), deciding (`decide`), and asking the requester: the question is shown for people to ask.

use crate::apply::{Applied, Tally, apply};
use crate::approvals::{Ran, ask, with_refused};
use crate::context::Engine;
use crate::enrich::{enrich, in_force};
use crate::error::EngineError;
use crate::gather::{Gathered, gather, list_history};
use crate::groom::{Write, finish_run, require_sound, start_run};
use crate::recover::recover;
use crate::report::{Requests, SkippedTask, Trouble, trouble};
use decide::{Label, plan_triage};
use domain::{
    EffortFinding, ModelKind, Moment, Past, PlanId, Project, ProjectGid, RunId, Snapshot, Task, TaskGid,
};
use jiff::SignedDuration;
use judge::learn::similar::{Index, Text};
use judge::learn::team::{LABELS, TeamTriage};
use judge::learn::triage::{Aspect, Basis, Finding, Triaged};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// How far back finished tasks are read for what a request repeats: older ones are about another product.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 365);
/// Similar tasks shown of each request.
const SIMILAR: usize = 5;
/// The chance from which a similar task is called a likely duplicate.
const DUPLICATE: f64 = 0.5;

/// A task like a request.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TaskAlike {
    /// The task.
    pub gid: TaskGid,
    /// Its name.
    pub name: String,
    /// Whether it is done.
    pub completed: bool,
    /// The chance that the request repeats it, 0–1.
    pub probability: f64,
    /// Whether that is enough to call it a likely duplicate.
    pub duplicate: bool,
    /// Words both have, the most telling first.
    pub shared: Vec<String>,
}

/// All that was found about a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriagedTask {
    /// The task.
    pub gid: TaskGid,
    /// Its name.
    pub name: String,
    /// Labels, the form's answers, and what is missing.
    #[serde(flatten)]
    pub triaged: Triaged,
    /// What it will take, with interval and neighbours; none without a model, or where a person has said so.
    pub effort: Option<EffortFinding>,
    /// Tasks like it, the likeliest duplicate first.
    pub similar: Vec<TaskAlike>,
}

/// What a triage came to.
#[derive(Clone, Debug, Serialize)]
pub struct TriageReport {
    /// The run: what `undo` takes.
    pub run: RunId,
    /// The project.
    pub project: Project,
    /// The plan: what `plan show` takes.
    pub plan: PlanId,
    /// The phase.
    pub phase: domain::Phase,
    /// The model that labels were found by; none while rules alone judge.
    pub model: Option<String>,
    /// The requests.
    pub tasks: Vec<TriagedTask>,
    /// Tasks left alone, each with its reason.
    pub skipped: Vec<SkippedTask>,
    /// Single fields left to people.
    pub kept: Vec<SkippedTask>,
    /// How the writes came out.
    pub outcome: Tally,
    /// Writes that did not come out as planned.
    pub trouble: Vec<Trouble>,
    /// Why the rest was not tried, if it was not.
    pub stopped: Option<String>,
    /// What else a reader should know.
    pub notes: Vec<String>,
    /// Requests made.
    pub requests: Requests,
}

/// Triages tasks of a project: those named, or every open one that lacks a label.
///
/// # Errors
/// A named task that is not open in the project, or what stops the run as a whole.
pub async fn triage(
    engine: &Engine,
    project: &ProjectGid,
    named: &[TaskGid],
    (now, write): (Moment, Write),
) -> Result<TriageReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let engine = &engine.for_project(project).await?;
    let start = engine.asana.counters();
    recover(engine, project).await?;
    let Gathered { snapshot, labels: by_people } = gather(engine, project, now.at).await?;
    let snapshot = with_refused(engine, snapshot).await?;
    let mut snapshot = enrich(engine, snapshot, now).await?;
    let asked = asked(&snapshot, named, &engine.policy.host_task)?;
    let past = list_history(engine, project, now.at - LOOK_BACK).await?;
    let model = in_force::<TeamTriage>(engine, &mut snapshot, ModelKind::Triage).await?;
    let (model, id) = match model {
        Some(found) => (found.model, Some(found.used.id)),
        None => (TeamTriage::untaught(&snapshot), None),
    };
    if LABELS.iter().all(|role| snapshot.roles.field(*role).is_none()) {
        snapshot.notes.push(format!(
            "the project has no field for a category, complexity, initial priority or request type, so nothing is to be \
             labelled: run `upnext setup --project {project}`, or name tasks to see what is found about them"
        ));
    }
    engine.stage("triaging", asked.len());
    let tasks = judged(engine, &snapshot, (&asked, &past), &model);
    let labels: Vec<Label> = tasks.iter().flat_map(|task| labels(task, &snapshot)).collect();
    let run = engine.run_id(project, now);
    start_run(engine, &run, "triage", &snapshot, now).await?;
    let plan = plan_triage(&snapshot, &asked, &labels, (&engine.policy, &engine.rules()), now);
    require_sound(&plan, &snapshot, engine)?;
    engine.store.save_snapshot(&snapshot).await?;
    engine.store.save_plan(&run, &plan, &engine.rules_text()).await?;
    engine.store.record_labels(&run, now.at, project, &by_people).await?;
    let applied = match write {
        Write::PlanOnly => Applied { outcomes: vec![], stopped: None },
        Write::Apply => apply(engine, &run, &plan, &snapshot).await?,
    };
    let outcomes = &applied.outcomes;
    ask(engine, Ran { run: &run, plan: &plan, snapshot: &snapshot, judgements: &[], outcomes }, now).await?;
    let requests = Requests::since(engine, start);
    finish_run(engine, &run, &plan, &applied, (write, requests)).await?;
    Ok(TriageReport {
        run,
        project: plan.project.clone(),
        plan: plan.id.clone(),
        phase: plan.phase,
        model: id,
        tasks,
        skipped: plan.skipped.iter().map(SkippedTask::from).collect(),
        kept: plan.kept.iter().map(SkippedTask::from).collect(),
        outcome: Tally::of(&plan, &applied.outcomes),
        trouble: trouble(&plan, &applied.outcomes),
        stopped: applied.stopped,
        notes: plan.notes,
        requests,
    })
}

/// The tasks to triage.
fn asked(snapshot: &Snapshot, named: &[TaskGid], host_task: &str) -> Result<Vec<TaskGid>, EngineError> {
    if let Some(unknown) = named.iter().find(|gid| snapshot.task(gid).is_none()) {
        let (project, task) = (snapshot.project.gid.clone(), unknown.clone());
        return Err(EngineError::NotInProject { project, task });
    }
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let roles = &snapshot.roles;
    let own = [&snapshot.anchors.host_task, &snapshot.anchors.review_subtask];
    let theirs = |task: &&Task| {
        !own.contains(&&Some(task.gid.clone())) && !task.name.trim().eq_ignore_ascii_case(host_task)
    };
    let lacks = |task: &&Task| {
        LABELS.iter().any(|role| roles.field(*role).is_some() && roles.value(*role, task).is_none())
    };
    Ok(snapshot.tasks.iter().filter(theirs).filter(lacks).map(|task| task.gid.clone()).collect())
}

fn judged(
    engine: &Engine,
    snapshot: &Snapshot,
    (asked, past): (&[TaskGid], &[Past]),
    model: &TeamTriage,
) -> Vec<TriagedTask> {
    let known = Known::of(past.iter().map(|past| &past.task).collect());
    let tasks = asked.iter().filter_map(|gid| snapshot.task(gid));
    tasks
        .map(|task| {
            let findings = snapshot.evidence.tasks.get(&task.gid);
            engine.step(1);
            TriagedTask {
                gid: task.gid.clone(),
                name: task.name.clone(),
                triaged: model.judge(task, engine.policy.triage.precision),
                effort: findings.and_then(|findings| findings.effort.clone()),
                similar: known.like(task),
            }
        })
        .collect()
}

/// The tasks a request may repeat, indexed in the order in which they were written.
struct Known<'a> {
    index: Index,
    tasks: HashMap<&'a str, &'a Task>,
}

impl<'a> Known<'a> {
    fn of(mut tasks: Vec<&'a Task>) -> Self {
        tasks.sort_by_key(|task| (task.created_at, task.gid.numeric_key()));
        let mut index = Index::default();
        for task in &tasks {
            index.add(task.gid.as_str(), &Text { title: &task.name, body: &task.notes, ..Text::default() });
        }
        Self { index, tasks: tasks.into_iter().map(|task| (task.gid.as_str(), task)).collect() }
    }

    fn like(&self, task: &Task) -> Vec<TaskAlike> {
        let found = self.index.best_before(task.gid.as_str(), SIMILAR).into_iter();
        let mut similar: Vec<TaskAlike> = found
            .filter_map(|like| {
                let known = self.tasks.get(like.id.as_str())?;
                Some(TaskAlike {
                    gid: known.gid.clone(),
                    name: known.name.clone(),
                    completed: known.completed,
                    probability: like.probability,
                    duplicate: like.probability >= DUPLICATE,
                    shared: like.shared,
                })
            })
            .collect();
        similar.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        similar
    }
}

/// Tasks of a project that one which is not in it yet may repeat, the likeliest first.
pub(crate) fn alike(tasks: &[&Task], task: &Task) -> Vec<TaskAlike> {
    let mut tasks = tasks.to_vec();
    tasks.push(task);
    Known::of(tasks).like(task)
}

/// The labels of a request that are sure enough, for the fields the project has.
fn labels(task: &TriagedTask, snapshot: &Snapshot) -> Vec<Label> {
    let sure = task.triaged.findings.iter().filter(|finding| finding.quiet.is_none());
    sure.filter_map(|finding| {
        let role = Aspect::ALL.iter().zip(LABELS).find(|(aspect, _)| **aspect == finding.aspect)?.1;
        snapshot.roles.field(role)?;
        let (option, probability) = finding.ranking.first()?;
        let because = because(finding, option, *probability);
        Some(Label { task: task.gid.clone(), role, option: option.clone(), because })
    })
    .collect()
}

fn because(finding: &Finding, option: &str, probability: f64) -> String {
    let aspect = finding.aspect.words();
    match finding.basis {
        Basis::Form => format!("{aspect} {option}: the form says so"),
        Basis::History { tasks } => {
            format!("{aspect} {option}: {:.0} % sure by {tasks} labelled tasks", 100.0 * probability)
        }
        Basis::Rules => format!("{aspect} {option}: by its words"),
    }
}
