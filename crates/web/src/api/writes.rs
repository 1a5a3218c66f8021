//! What programs may have done: answers to approvals, and runs taken back. As on the pages, and by the same code.
//!
//! Deliberately not here: which scope each takes (`operations`), and any way of writing to Asana.

use super::asked::{At, Sent, no_longer};
use super::caller::Caller;
use super::{Api, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use domain::{ApprovalId, Clearance, RunId, TaskGid};
use engine::{ApprovalReport, Deciding, UndoOnly, UndoReport};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Questions answered at once.
const MOST: usize = 200;

/// Tasks named at once.
const MOST_TASKS: usize = 1000;

/// Fields named at once.
const MOST_FIELDS: usize = 100;

/// Letters of a field's name.
const LONGEST_NAME: usize = 200;

/// Letters of a reason.
const LONGEST: usize = 500;

/// Said while something goes on that takes longer than a request may.
#[derive(Serialize, JsonSchema)]
pub(super) struct Working {
    /// What goes on, and where to see what it comes to.
    pub(super) detail: &'static str,
}

fn answered<T: Serialize>(report: Option<T>) -> Response {
    match report {
        Some(report) => Json(report).into_response(),
        None => {
            let detail = "It is being written: `/api/v1/runs` tells how it ends.";
            (StatusCode::ACCEPTED, Json(Working { detail })).into_response()
        }
    }
}

/// Yes or no.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// The value is written.
    Approve,
    /// It is not, and is not asked for again until it changes.
    Reject,
}

/// An answer to approvals.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerSent {
    /// The approvals, by id.
    #[schemars(length(min = 1, max = 200))]
    ids: Vec<ApprovalId>,
    /// The answer.
    answer: Word,
    /// Why; goes into the audit trail.
    #[serde(default)]
    #[schemars(length(max = 500))]
    reason: Option<String>,
}

/// What the description says an answer comes to.
pub(super) type Answered = ApprovalReport;

pub(super) async fn answer(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Sent(sent): Sent<AnswerSent>,
) -> Result<Response, Problem> {
    if sent.ids.is_empty() || sent.ids.len() > MOST {
        return Err(Problem::bad(format!("ids: from 1 to {MOST}")));
    }
    no_longer("reason", sent.reason.as_deref().unwrap_or_default(), LONGEST)?;
    let known = api.dashboard.store().approvals_named(&sent.ids).await?;
    // What is not to be seen is not there, and one wrong id answers nothing.
    let is_there = |id: &ApprovalId| {
        known.iter().any(|one| one.id == *id && caller.access.may(Clearance::Approver, &one.project))
    };
    if !sent.ids.iter().all(is_there) {
        return Err(Problem::missing("There is no such approval here, or this key may not see it."));
    }
    let reason = sent.reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let how = Deciding { by: Some(caller.key.who()), reason, over_the_gate: false };
    let (ids, yes) = (sent.ids, sent.answer == Word::Approve);
    let report = api
        .dashboard
        .do_it(move |engine, now| async move {
            if yes {
                engine::approve(&engine, &ids, &how, now).await
            } else {
                engine::reject(&engine, &ids, &how, now).await
            }
        })
        .await?;
    Ok(answered(report))
}

/// What of a run is taken back.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UndoSent {
    /// Only on these tasks, by gid; on all without it.
    #[serde(default)]
    #[schemars(length(max = 1000), inner(regex(pattern = "^[0-9]{1,32}$")))]
    tasks: Vec<String>,
    /// Only in the fields of these names, or `section`, `project`, `assignee`, `dates`; in all without it.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(min = 1, max = 200)))]
    fields: Vec<String>,
}

/// What the description says an undo comes to.
pub(super) type Undone = UndoReport;

pub(super) async fn undo(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At(run): At<RunId>,
    Sent(sent): Sent<UndoSent>,
) -> Result<Response, Problem> {
    if sent.tasks.len() > MOST_TASKS {
        return Err(Problem::bad(format!("tasks: at most {MOST_TASKS}")));
    }
    let is_gid =
        |text: &String| (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !sent.tasks.iter().all(is_gid) {
        return Err(Problem::bad("tasks: gids are numbers"));
    }
    if sent.fields.len() > MOST_FIELDS {
        return Err(Problem::bad(format!("fields: at most {MOST_FIELDS}")));
    }
    if !sent.fields.iter().all(|name| (1..=LONGEST_NAME).contains(&name.chars().count())) {
        return Err(Problem::bad(format!("fields: names of 1 to {LONGEST_NAME} letters")));
    }
    let run = api.dashboard.store().run(&run).await?;
    let run = run.filter(|run| caller.access.may(Clearance::Approver, &run.project.gid));
    let run = run.ok_or_else(|| Problem::missing("There is no such run, or this key may not see it."))?;
    let only = UndoOnly { tasks: sent.tasks.into_iter().map(TaskGid::new).collect(), fields: sent.fields };
    let (id, how) = (run.id, Deciding { by: Some(caller.key.who()), ..Deciding::default() });
    let report = api
        .dashboard
        .do_it(move |engine, now| async move { engine::undo_some(&engine, &id, &only, (&how, now)).await })
        .await?;
    Ok(answered(report))
}
