//! The setup workflow: provision the fields of a project.
//!
//! Deliberately not here: which fields (`decide`).

use crate::apply::{Applied, Tally, apply};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{actor, read_project, workspace_fields};
use crate::groom::{Write, finish_run, require_sound, start_run};
use crate::recover::recover;
use crate::report::{Requests, Trouble, trouble};
use decide::{ProjectFields, plan_setup};
use domain::{
    Action, Anchors, FieldMap, Moment, Outcome, OutcomeKind, Plan, Project, ProjectGid, RunId, Snapshot,
};
use serde::Serialize;

/// What a setup came to.
#[derive(Clone, Debug, Serialize)]
pub struct SetupReport {
    /// The run.
    pub run: RunId,
    /// The project.
    pub project: Project,
    /// Fields made in the workspace.
    pub created: Vec<String>,
    /// Fields put on the project, made or found.
    pub attached: Vec<String>,
    /// Fields of the brief that were on the project already.
    pub reused: Vec<String>,
    /// What stands in the way.
    pub conflicts: Vec<String>,
    /// How the writes came out.
    pub outcome: Tally,
    /// Writes that did not come out as planned.
    pub trouble: Vec<Trouble>,
    /// Why the rest was not tried, if it was not.
    pub stopped: Option<String>,
    /// Requests made.
    pub requests: Requests,
}

/// Makes and attaches the fields a project lacks. Running it again changes nothing.
///
/// # Errors
/// What stops the run as a whole.
pub async fn setup(engine: &Engine, project: &ProjectGid, now: Moment) -> Result<SetupReport, EngineError> {
    let _lock = engine.store.lock_project(project).await?;
    let start = engine.asana.counters();
    recover(engine, project).await?;
    engine.stage("reading the project", 0);
    let actor = actor(engine).await?;
    let read = read_project(engine, project).await?;
    let in_workspace = workspace_fields(engine, &read.workspace.gid).await.map_err(no_custom_fields)?;
    let fields = ProjectFields { project: read.project.clone(), on_project: read.fields, in_workspace };
    let plan = plan_setup(&fields, (&engine.names, &engine.policy), &engine.rules(), now);
    let base = Snapshot {
        workspace: read.workspace,
        project: read.project,
        taken_at: engine.asana.server_time().unwrap_or(now.at),
        actor,
        sections: vec![],
        fields: fields.on_project.clone(),
        fields_available: true,
        roles: FieldMap::default(),
        tasks: vec![],
        goals: vec![],
        goals_read: false,
        anchors: Anchors::default(),
        notes: vec![],
        evidence: domain::Evidence::default(),
        refused: vec![],
        writers: vec![],
        held: std::collections::BTreeMap::new(),
        sprints: None,
    };
    require_sound(&plan, &base, engine)?;
    let run = engine.run_id(project, now);
    start_run(engine, &run, "setup", &base, now).await?;
    engine.store.save_plan(&run, &plan, &engine.rules_text()).await?;
    let applied = apply(engine, &run, &plan, &base).await?;
    let requests = Requests::since(engine, start);
    finish_run(engine, &run, &plan, &applied, (Write::Apply, requests)).await?;
    Ok(report(engine, run, plan, applied, (fields, requests)))
}

fn no_custom_fields(error: EngineError) -> EngineError {
    match error {
        EngineError::Asana(asana::Error::PaymentRequired { message, .. }) => {
            EngineError::NoCustomFields { message }
        }
        other => other,
    }
}

fn report(
    engine: &Engine,
    run: RunId,
    plan: Plan,
    applied: Applied,
    (fields, requests): (ProjectFields, Requests),
) -> SetupReport {
    let done = |wanted: fn(&Action) -> Option<&str>| names(&plan, &applied.outcomes, wanted);
    let on_project = |name: &str| fields.on_project.iter().any(|f| f.name.eq_ignore_ascii_case(name));
    let reused =
        domain::Role::ALL.iter().map(|role| engine.names.name(*role)).filter(|name| on_project(name));
    SetupReport {
        created: done(|a| match a {
            Action::EnsureField { field } => Some(&field.name),
            _ => None,
        }),
        attached: done(|a| match a {
            Action::AttachField { name, .. } => Some(name),
            _ => None,
        }),
        reused: reused.collect(),
        conflicts: plan.notes.clone(),
        outcome: Tally::of(&plan, &applied.outcomes),
        trouble: trouble(&plan, &applied.outcomes),
        stopped: applied.stopped,
        project: plan.project,
        run,
        requests,
    }
}

fn names(plan: &Plan, outcomes: &[Outcome], wanted: fn(&Action) -> Option<&str>) -> Vec<String> {
    let done = outcomes.iter().filter(|o| o.kind == OutcomeKind::Done);
    let actions = done.filter_map(|o| plan.actions.iter().find(|a| a.id == o.action));
    actions.filter_map(|a| wanted(&a.action)).map(str::to_owned).collect()
}
