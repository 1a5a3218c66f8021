//! The table of the API: each address with what it takes, what it answers, which scope it asks for, and who answers.
//!
//! Routes and description are both made of it, so neither can say what the other does not. Deliberately not here: the answers.

use super::reads::{self, Current};
use super::{Api, people, planning, requests, writes};
use axum::routing::{MethodRouter, get, post};
use domain::Scope;
use engine::Filed;
use engine::views::{Monitoring, PlanView, ProjectsView, Ranking, RequestView, TaskView, WhatIf};
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Makes the schema of a type.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// One operation.
pub(super) struct Operation {
    /// Below `/api/v1`.
    pub(super) path: &'static str,
    pub(super) method: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) scope: Scope,
    pub(super) query: Option<SchemaOf>,
    pub(super) body: Option<SchemaOf>,
    pub(super) answer: SchemaOf,
    /// What it answers while the work goes on.
    pub(super) accepted: Option<SchemaOf>,
    pub(super) handler: MethodRouter<Api>,
}

impl Operation {
    /// One that reads.
    fn read<T: JsonSchema>(
        path: &'static str,
        (id, summary): (&'static str, &'static str),
        handler: MethodRouter<Api>,
    ) -> Operation {
        Operation {
            path,
            method: "get",
            id,
            summary,
            scope: Scope::Read,
            query: None,
            body: None,
            answer: of::<T>,
            accepted: None,
            handler,
        }
    }

    /// With a query.
    fn asks<Q: JsonSchema>(self) -> Operation {
        Operation { query: Some(of::<Q>), ..self }
    }

    /// By POST, with a body.
    fn takes<B: JsonSchema>(self) -> Operation {
        Operation { method: "post", body: Some(of::<B>), ..self }
    }

    /// One that has something done, which may take longer than a request.
    fn does(self, scope: Scope) -> Operation {
        Operation { scope, accepted: Some(of::<writes::Working>), ..self }
    }

    /// One about requests.
    fn requests(self) -> Operation {
        Operation { scope: Scope::RequestsWrite, ..self }
    }

    /// One that tells the same while it goes on.
    fn in_time(self) -> Operation {
        Operation { accepted: Some(self.answer), ..self }
    }
}

/// All of them.
pub(super) fn all() -> Vec<Operation> {
    let mut all = of_projects();
    all.extend(of_records());
    all.extend(of_requests());
    all
}

fn of_requests() -> Vec<Operation> {
    vec![
        Operation::read::<RequestView>(
            "/projects/{project}/requests/look",
            ("lookAtRequest", "What a request seems to be, lacks and may repeat. Nothing is kept"),
            post(requests::look_at),
        )
        .takes::<requests::RequestSent>()
        .requests(),
        Operation::read::<Filed>(
            "/projects/{project}/requests",
            ("fileRequest", "Asks for a task; sent again with the same id it makes no second one"),
            post(requests::file),
        )
        .takes::<requests::RequestSent>()
        .requests()
        .in_time(),
        Operation::read::<Filed>(
            "/projects/{project}/requests/{request}",
            ("getRequest", "What became of a request"),
            get(requests::stands),
        )
        .requests()
        .in_time(),
    ]
}

fn of_projects() -> Vec<Operation> {
    vec![
        Operation::read::<reads::Me>("/me", ("getMe", "What this key may do"), get(reads::me)),
        Operation::read::<ProjectsView>(
            "/projects",
            ("listProjects", "The projects Upnext knows, and how each stands"),
            get(reads::projects),
        ),
        Operation::read::<Current<Ranking>>(
            "/projects/{project}/ranking",
            ("getRanking", "A project's tasks in order. Filters never change a rank"),
            get(reads::ranking),
        )
        .asks::<reads::RankingAsked>(),
        Operation::read::<Current<TaskView>>(
            "/projects/{project}/tasks/{task}",
            ("getTask", "Why a task has its score, what would change it, and how it came to be"),
            get(reads::task),
        ),
        Operation::read::<Current<WhatIf>>(
            "/projects/{project}/what-if",
            ("whatIf", "What other weights would do to the order. Nothing is written or kept"),
            post(reads::what_if),
        )
        .takes::<reads::Weights>(),
        Operation::read::<planning::Risks>(
            "/projects/{project}/risk",
            ("getRisk", "Which due dates are in danger and why, the critical path, what contradicts itself. Nothing is written"),
            get(planning::risk),
        )
        .asks::<planning::TasksAsked>()
        .does(Scope::Read),
        Operation::read::<planning::Assignments>(
            "/projects/{project}/assignments",
            ("getAssignments", "Who should have the tasks that nobody has, and why not each of the others. Nothing is written"),
            get(planning::assignments),
        )
        .asks::<planning::TasksAsked>()
        .does(Scope::Read),
        Operation::read::<people::Overrides>(
            "/projects/{project}/overrides",
            (
                "listOverrides",
                "What people set in place of Upnext's values, who replaced it later, and whether it stands",
            ),
            get(people::overrides),
        )
        .asks::<people::Part>(),
        Operation::read::<Monitoring>(
            "/monitoring",
            ("getMonitoring", "How well it works: coverage, what people keep and change, requests, cost"),
            get(reads::monitoring),
        ),
    ]
}

fn of_records() -> Vec<Operation> {
    vec![
        Operation::read::<reads::Plans>(
            "/plans",
            ("listPlans", "Plans, the newest first; of all projects at most the newest 10,000"),
            get(reads::plans),
        )
        .asks::<reads::OfProject>(),
        Operation::read::<PlanView>(
            "/plans/{plan}",
            ("getPlan", "A plan: each action before and after, and how far it has come"),
            get(reads::plan),
        )
        .asks::<reads::PlanAsked>(),
        Operation::read::<reads::Runs>(
            "/runs",
            ("listRuns", "Runs, the newest first; of all projects at most the newest 10,000"),
            get(reads::runs),
        )
        .asks::<reads::OfProject>(),
        Operation::read::<writes::Undone>(
            "/runs/{run}/undo",
            ("undoRun", "Takes back what a run wrote, where nobody has changed it since"),
            post(writes::undo),
        )
        .takes::<writes::UndoSent>()
        .does(Scope::RunsUndo),
        Operation::read::<people::Approvals>(
            "/approvals",
            ("listApprovals", "What waits for a person, or what became of it"),
            get(people::approvals),
        )
        .asks::<people::ApprovalsAsked>(),
        Operation::read::<writes::Answered>(
            "/approvals/answer",
            (
                "answerApprovals",
                "Approves or rejects what waits; a yes is written at once, as a run that can be undone",
            ),
            post(writes::answer),
        )
        .takes::<writes::AnswerSent>()
        .does(Scope::ApprovalsWrite),
    ]
}
