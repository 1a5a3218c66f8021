//! Requests by programs: looked at, sent, and what became of them. The same as by a project's form.
//!
//! Deliberately not here: the form (`intake`). Names of other tasks are for keys that may read.

use super::asked::{At, Sent};
use super::caller::Caller;
use super::{Api, Problem};
use crate::intake::{Asking, Said, look, send};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use domain::{Digest, ProjectGid, RequestId, Scope};
use engine::service::IntakeRule;
use engine::views::RequestView;
use engine::{EngineError, Filed, unguessable};
use schemars::JsonSchema;
use serde::Deserialize;

/// Letters of a request's id.
const ID: usize = 20;

/// A question and its answer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AnswerTo {
    /// The question, on one line.
    #[schemars(length(min = 1, max = 200))]
    question: String,
    /// The answer.
    #[schemars(length(max = 500))]
    answer: String,
}

/// What is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestSent {
    /// The program's own id for it: sent again with the same id it is the same request, and makes no second task.
    #[serde(default)]
    #[schemars(regex(pattern = "^[A-Za-z0-9-]{8,64}$"))]
    id: Option<String>,
    /// The name of its task.
    #[schemars(length(min = 1, max = 200), regex(pattern = "\\S"))]
    title: String,
    /// What is needed, and why.
    #[schemars(length(min = 1, max = 4000), regex(pattern = "\\S"))]
    description: String,
    /// Who asks, and how to reach them.
    #[serde(default)]
    #[schemars(length(max = 200))]
    requester: Option<String>,
    /// Answers to what a look asked.
    #[serde(default)]
    #[schemars(length(max = 4))]
    answers: Vec<AnswerTo>,
}

impl RequestSent {
    fn asking(self) -> Result<(Option<String>, Asking), Problem> {
        let is_id = |id: &String| {
            (8..=64).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if self.id.as_ref().is_some_and(|id| !is_id(id)) {
            return Err(Problem::bad("id: from 8 to 64 of A-Z, a-z, 0-9 and -"));
        }
        let said = |one: AnswerTo| Said { question: one.question, answer: one.answer };
        let asking = Asking {
            title: self.title,
            description: self.description,
            requester: self.requester.unwrap_or_default(),
            answers: self.answers.into_iter().map(said).collect(),
        };
        let empty = asking.answers.iter().any(|said| said.question.is_empty());
        match asking.problem().or_else(|| empty.then(|| "A question is empty.".into())) {
            Some(problem) => Err(Problem::bad(problem)),
            None => Ok((self.id, asking)),
        }
    }
}

/// The rule of a project that the key sees and that takes requests.
fn rule<'a>(api: &'a Api, caller: &Caller, project: &ProjectGid) -> Result<&'a IntakeRule, Problem> {
    caller.sees(project)?;
    api.dashboard.intake().of(project).ok_or_else(|| {
        Problem::missing(
            "This project takes no requests: `service.intake` of the configuration names those that do.",
        )
    })
}

pub(super) async fn look_at(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At(project): At<ProjectGid>,
    Sent(sent): Sent<RequestSent>,
) -> Result<Json<RequestView>, Problem> {
    let rule = rule(&api, &caller, &project)?;
    let (_, asking) = sent.asking()?;
    let sees_tasks = rule.show_similar || caller.key.scopes.contains(&Scope::Read);
    Ok(Json(look(&api.dashboard, &project, &asking, sees_tasks).await?))
}

pub(super) async fn file(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At(project): At<ProjectGid>,
    Sent(sent): Sent<RequestSent>,
) -> Result<Response, Problem> {
    let rule = rule(&api, &caller, &project)?;
    let (id, asking) = sent.asking()?;
    // Two programs that count alike do not meet.
    let id = match id {
        Some(id) => Digest::of(&(&caller.key.id, &project, &id)).to_string(),
        None => unguessable().map_err(|error| EngineError::Stopped(error.to_string()))?,
    };
    let request = RequestId::new(format!("req_{}", &id[..ID]));
    Ok(told(send(&api.dashboard, rule, (request, &asking), &caller.key.who()).await?))
}

pub(super) async fn stands(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    At((project, request)): At<(ProjectGid, RequestId)>,
) -> Result<Response, Problem> {
    rule(&api, &caller, &project)?;
    let filed = engine::filed(api.dashboard.store(), &project, &request).await?;
    Ok(told(filed.ok_or_else(|| Problem::missing("There is no such request here."))?))
}

fn told(filed: Filed) -> Response {
    let status = if filed.task.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    (status, Json(filed)).into_response()
}
