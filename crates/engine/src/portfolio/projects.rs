//! What the portfolio judges of a project: its scores, its date against the forecast, its budget, its goals, its people's hours.
//!
//! What a plan or token does not allow is a sentence, and everything goes on without it. Deliberately not here: ranking.

use crate::context::Engine;
use crate::error::EngineError;
use crate::workload::{Foretold, foretell};
use asana::wire;
use domain::{Goal, Moment, Project, ProjectGid, Snapshot, Support, TaskGid};
use jiff::ToSpan as _;
use jiff::civil::Date;
use judge::portfolio::{Budget, Crew, DueTask, Lateness, ProjectFacts, Scored, Waits};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Days over which hours of people and of what is due are compared: a sprint.
pub(super) const DAYS: i64 = 14;
/// Names of a project's fields that tell its budget, and what of it is used.
const BUDGET: [&str; 3] = ["Budget", "Budget Total", "Planned Budget"];
const USED: [&str; 5] = ["Budget Used", "Actual Cost", "Actual Costs", "Spent", "Budget Spent"];
/// Tasks of the critical path that a line names.
const CARRIED: usize = 5;

/// A project as read.
pub(super) struct ReadProject {
    pub facts: ProjectFacts,
    pub crew: Crew,
    /// Due dates of its open tasks, for what waits for them elsewhere.
    pub due: BTreeMap<TaskGid, Option<Date>>,
    pub notes: Vec<String>,
}

/// Reads a project of a portfolio; nothing for one that is completed or archived.
pub(super) async fn read(
    engine: &Engine,
    project: &Project,
    now: Moment,
) -> Result<Option<ReadProject>, EngineError> {
    let _lock = engine.store.lock_project(&project.gid).await?;
    let engine = &engine.for_project(&project.gid).await?;
    let itself = itself(engine, &project.gid).await?;
    if itself.completed.unwrap_or(false) || itself.archived.unwrap_or(false) {
        return Ok(None);
    }
    let Foretold { snapshot, efforts, forecast, capacities, mut notes, .. } =
        foretell(engine, &project.gid, now).await?;
    notes.extend(snapshot.notes.iter().cloned());
    notes.extend(forecast.notes.iter().cloned());
    let budget = match by_fields(&itself) {
        Some(budget) => Some(budget),
        None => by_api(engine, &project.gid, &mut notes).await?,
    };
    let last = now.today.saturating_add((DAYS - 1).days());
    let due_now = |task: &&domain::Task| task.due_on.is_some_and(|due| due <= last);
    let open = snapshot.tasks.iter().filter(|task| !task.completed);
    let crew = Crew {
        project: project.clone(),
        due: open
            .clone()
            .filter(due_now)
            .filter_map(|task| {
                let hours = efforts.get(&task.gid)?.mean();
                Some(DueTask { task: task.gid.clone(), name: task.name.clone(), hours })
            })
            .collect(),
        people: capacities
            .iter()
            .map(|of| {
                let days = of.days.iter().filter(|day| day.date <= last);
                let here = days.map(|day| (day.works - day.elsewhere).max(0.0)).sum();
                (of.person.clone(), here, of.free(now.today, last))
            })
            .collect(),
    };
    let carried_by = forecast.critical_path.iter().rev().take(CARRIED).cloned().collect();
    let lateness = itself.due_on.map(|due| Lateness { due, done: forecast.done, carried_by });
    let facts = ProjectFacts {
        project: project.clone(),
        tasks: scored(engine, &snapshot, now).await?,
        lateness,
        waits: waits(&snapshot),
        budget,
        goals: snapshot.goals_read.then(|| goals(&snapshot)),
    };
    let due = open.map(|task| (task.gid.clone(), task.due_on)).collect();
    Ok(Some(ReadProject { facts, crew, due, notes }))
}

async fn itself(engine: &Engine, project: &ProjectGid) -> Result<wire::Project, EngineError> {
    let fields = ["due_on", "completed", "archived", "custom_fields.name", "custom_fields.number_value"];
    let read = engine.asana.projects().get(project.as_str(), &fields).await;
    read.map_err(|error| crate::context::project_error(project, error))
}

/// Open tasks with their scores, those left alone by policy aside.
async fn scored(engine: &Engine, snapshot: &Snapshot, now: Moment) -> Result<Vec<Scored>, EngineError> {
    let memory = engine.store.last_bands(&snapshot.project.gid).await?;
    let judgements = judge::judge(snapshot, &engine.rubric, now, &memory);
    let taken = judgements.into_iter().filter(|judgement| {
        snapshot.task(&judgement.task).is_some_and(|task| engine.policy.takes(task, snapshot))
    });
    Ok(taken.map(|j| Scored { task: j.task, name: j.name, score: j.score }).collect())
}

/// Tasks that wait for open ones outside the project; nothing where dependencies cannot be read.
fn waits(snapshot: &Snapshot) -> Option<Vec<Waits>> {
    if snapshot.notes.iter().any(|note| note.starts_with("dependencies are not part")) {
        return None;
    }
    let mut found = vec![];
    for task in snapshot.tasks.iter().filter(|task| !task.completed) {
        let outside = task
            .dependencies
            .iter()
            .filter(|d| d.completed == Some(false) && snapshot.task(&d.gid).is_none());
        found.extend(outside.map(|d| Waits {
            task: task.gid.clone(),
            on: d.gid.clone(),
            due: task.due_on,
            on_due: None,
        }));
    }
    Some(found)
}

/// Open goals that the project or one of its tasks supports.
fn goals(snapshot: &Snapshot) -> Vec<Goal> {
    let supports = |support: &Support| match support {
        Support::Project { gid, .. } => *gid == snapshot.project.gid,
        Support::Task { gid, .. } => snapshot.task(gid).is_some(),
    };
    snapshot.goals.iter().filter(|goal| goal.supports.iter().any(supports)).cloned().collect()
}

fn by_fields(project: &wire::Project) -> Option<Budget> {
    let number = |names: &[&str]| {
        names.iter().find_map(|name| {
            let field = project
                .custom_fields
                .iter()
                .find(|f| f.name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(name)))?;
            Some((field.name.clone().unwrap_or_default(), field.number_value?))
        })
    };
    let ((of_total, total), (of_used, used)) = (number(&BUDGET)?, number(&USED)?);
    let source = format!("fields “{of_total}” and “{of_used}”");
    (total > 0.0).then_some(Budget { total, used, unit: "in the field's unit".into(), source })
}

#[derive(Deserialize)]
struct ApiBudget {
    total: Option<Amount>,
    actual: Option<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    value: Option<f64>,
    units: Option<String>,
}

/// Asana's own budget of the project, where the plan has budgets and the project has one.
async fn by_api(
    engine: &Engine,
    project: &ProjectGid,
    notes: &mut Vec<String>,
) -> Result<Option<Budget>, EngineError> {
    let asked = engine.asana.get("/budgets").query("parent", project).fields(&["total", "actual"]);
    let budgets = match asked.send::<Vec<ApiBudget>>().await {
        Ok(budgets) => budgets,
        Err(asana::Error::PaymentRequired { .. }) => {
            notes.push(
                "budgets are not part of this workspace's Asana plan: only budget fields are read".into(),
            );
            return Ok(None);
        }
        Err(asana::Error::Forbidden { .. } | asana::Error::NotFound { .. }) => {
            notes.push("this token may not read budgets: only budget fields are read".into());
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let found = budgets.into_iter().find_map(|budget| {
        let (total, actual) = (budget.total?, budget.actual?);
        let (value, used) = (total.value?, actual.value?);
        let minutes = total.units.as_deref() == Some("minutes");
        let scale = if minutes { 60.0 } else { 1.0 };
        let unit = if minutes { "h".to_owned() } else { total.units.unwrap_or_default() };
        (value > 0.0).then(|| Budget {
            total: value / scale,
            used: used / scale,
            unit,
            source: "Asana's budget".into(),
        })
    });
    Ok(found)
}
