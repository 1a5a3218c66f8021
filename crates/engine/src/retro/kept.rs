//! What the store and Asana have of a sprint already: warnings, overrides, and what an earlier run posted.
//!
//! Only files that the journal knows as ours are looked for. Deliberately not here: what is to be posted.

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{actor, find_comment};
use decide::{Attached, Posted, RetroForm, retro_file, retro_marker, warns_of_date};
use domain::{Action, AttachmentGid, Outcome, OutcomeKind, Plan, PlanKind, ProjectGid, TaskGid};
use jiff::civil::Date;
use judge::retro::{Overruled, Warned};

/// Dates that owners were told to be in danger.
pub(super) async fn warned(engine: &Engine, project: &ProjectGid) -> Result<Vec<Warned>, EngineError> {
    let mut warned = vec![];
    for (plan, outcomes) in carried_out(engine, project, "risk").await? {
        let done = outcomes.iter().filter(|outcome| outcome.kind == OutcomeKind::Done);
        for outcome in done {
            let action = plan.actions.iter().find(|planned| planned.id == outcome.action);
            let task = action.filter(|a| warns_of_date(&a.action)).and_then(|a| a.action.task());
            warned.extend(task.map(|task| Warned { task: task.clone(), at: outcome.at }));
        }
    }
    Ok(warned)
}

/// Values that people set in place of Upnext's, and that nobody took back.
pub(super) async fn overruled(engine: &Engine, project: &ProjectGid) -> Result<Vec<Overruled>, EngineError> {
    let kept = engine.store.kept_overrides(project).await?;
    let one = |one: store::KeptOverride| Overruled {
        at: one.found.at.unwrap_or(one.recorded_at),
        task: one.found.task,
        name: one.found.name,
        field: one.found.field_name,
        ours: one.found.ours,
        theirs: one.found.theirs,
    };
    Ok(kept.into_iter().filter(|kept| !kept.is_put_back()).map(one).collect())
}

/// What is there of this sprint's retrospective.
pub(super) async fn posted(
    engine: &Engine,
    project: &ProjectGid,
    task: Option<TaskGid>,
    (from, to): (Date, Date),
) -> Result<Posted, EngineError> {
    let Some(task) = task else { return Ok(Posted::default()) };
    let ours = actor(engine).await?.gid;
    let comment = find_comment(engine, &task, &retro_marker(from, to), &ours).await?;
    let mut files: Vec<(AttachmentGid, String, String)> = vec![];
    for (plan, outcomes) in carried_out(engine, project, "retro").await? {
        if plan.kind != (PlanKind::Retro { from, to }) {
            continue;
        }
        for outcome in outcomes {
            let planned = plan.actions.iter().find(|planned| planned.id == outcome.action);
            if let (Some(file), Some(Action::AttachFile { name, content, .. })) =
                (outcome.attachment, planned.map(|planned| &planned.action))
            {
                files.push((file, name.clone(), content.clone()));
            }
        }
    }
    let mut there = vec![];
    for file in files {
        match engine.asana.attachments().get(file.0.as_str(), &["parent"]).await {
            // A file stays where it was attached, or is gone.
            Ok(found) if found.parent.as_ref().is_some_and(|parent| parent.gid == task.as_str()) => {
                there.push(file)
            }
            Ok(_) | Err(asana::Error::NotFound { .. }) => {}
            // Nobody can say that it went: the journal's word counts.
            Err(asana::Error::Forbidden { .. } | asana::Error::PaymentRequired { .. }) => there.push(file),
            Err(error) => return Err(error.into()),
        }
    }
    let attached = |form: RetroForm| {
        let name = retro_file((from, to), form);
        let of_form: Vec<_> = there.iter().filter(|(_, called, _)| *called == name).collect();
        let content = of_form.first().map(|(_, _, content)| content.clone());
        Attached { content, files: of_form.into_iter().map(|(file, ..)| file.clone()).collect() }
    };
    Ok(Posted {
        comment: comment.first().and_then(|story| story.text.clone()),
        page: attached(RetroForm::Page),
        markdown: attached(RetroForm::Markdown),
        task: Some(task),
    })
}

/// What another run has written of a sprint's retrospective since a plan was made that has not, as a sentence: carried out all the same,
/// it would attach a second file.
pub(crate) async fn written_since(engine: &Engine, plan: &Plan) -> Result<Option<String>, EngineError> {
    for (other, outcomes) in carried_out(engine, &plan.project.gid, "retro").await? {
        let since = |outcome: &Outcome| outcome.kind == OutcomeKind::Done && outcome.at > plan.now.at;
        if other.id != plan.id && other.kind == plan.kind && outcomes.iter().any(since) {
            let why = "a retrospective of the same days was written since it was made; make a new one with `upnext retro`";
            return Ok(Some(why.to_owned()));
        }
    }
    Ok(None)
}

/// The sprints whose retrospectives were written: those with a comment, whatever became of the file. A sprint without dates of its own
/// would otherwise be another one the next day, with a comment of its own.
pub(super) async fn periods(engine: &Engine, project: &ProjectGid) -> Result<Vec<(Date, Date)>, EngineError> {
    let plans = carried_out(engine, project, "retro").await?;
    let written = plans.into_iter().filter(|(plan, outcomes)| is_written(plan, outcomes));
    let period = |(plan, _): (Plan, _)| match plan.kind {
        PlanKind::Retro { from, to } => Some((from, to)),
        _ => None,
    };
    Ok(written.filter_map(period).collect())
}

fn is_written(plan: &Plan, outcomes: &[Outcome]) -> bool {
    let says = |o: &Outcome| {
        let action = plan.actions.iter().find(|planned| planned.id == o.action);
        action.is_some_and(|planned| matches!(planned.action, Action::PutComment { .. }))
    };
    // A plan without a comment was made where the comment was there already.
    match outcomes.iter().find(|outcome| says(outcome)) {
        Some(comment) => comment.kind.is_settled_well(),
        None => outcomes.iter().all(|outcome| outcome.kind.is_settled_well()),
    }
}

/// Plans of a kind with what came of them, the latest first.
async fn carried_out(
    engine: &Engine,
    project: &ProjectGid,
    kind: &str,
) -> Result<Vec<(Plan, Vec<Outcome>)>, EngineError> {
    let mut found = vec![];
    for row in engine.store.plans(Some(project), u32::MAX).await?.into_iter().filter(|row| row.kind == kind) {
        let outcomes = engine.store.outcomes(&row.run).await?;
        if !outcomes.is_empty()
            && let Some(saved) = engine.store.plan(&row.id).await?
        {
            found.push((saved.plan, outcomes));
        }
    }
    Ok(found)
}
