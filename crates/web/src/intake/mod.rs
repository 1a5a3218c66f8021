//! The intake: a project's own form for requests, for people without an account. The same by the API (`api::requests`).
//!
//! Off until the configuration names the project. In two steps: what is asked is looked at and questions are shown, then it is sent.
//! What is sent is kept as a job before it is acknowledged, and its task is made by the job. A stranger is told nothing of other tasks
//! unless the configuration says so. Deliberately not here: making tasks (`engine::file_request`).

mod ask;
mod form;
mod stamp;

pub(crate) use ask::{Asking, Said, look, send};

use crate::dashboard::{Dashboard, Refusal, block};
use crate::limit::Limit;
use axum::Router;
use axum::routing::get;
use domain::ProjectGid;
use engine::Sealer;
use engine::service::IntakeRule;
use jiff::Timestamp;
use std::net::IpAddr;

/// Forms a minute that one client may send: somebody who mends a form a few times.
const OF_ONE: u32 = 10;

/// Forms a minute of all clients: each look takes a core for a moment.
const OF_ALL: u32 = 60;

/// What takes requests, and how often.
#[derive(Debug)]
pub(crate) struct Intake {
    rules: Vec<IntakeRule>,
    of_one: Limit,
    of_all: Limit,
    sealer: Option<Sealer>,
}

impl Intake {
    /// Projects that take requests, and what forms are sealed with.
    pub(crate) fn new(rules: Vec<IntakeRule>, sealer: Option<Sealer>) -> Intake {
        Intake { rules, of_one: Limit::new(OF_ONE), of_all: Limit::new(OF_ALL), sealer }
    }

    /// The rule of a project that takes requests.
    pub(crate) fn of(&self, project: &ProjectGid) -> Option<&IntakeRule> {
        self.rules.iter().find(|rule| rule.project == *project)
    }

    /// The rule whose form is at a link.
    fn at(&self, link: &str) -> Result<&IntakeRule, Refusal> {
        let found = self.rules.iter().find(|rule| !rule.link.is_empty() && rule.link == link);
        found.ok_or(Refusal::Missing(
            "There is no such form. The address may have been changed: ask who gave it to you.",
        ))
    }

    /// Goes on when a client has not sent too much lately.
    fn take(&self, client: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        let wait = self.of_one.take(&block(client).to_string(), now).or_else(|| self.of_all.take("", now));
        wait.map_or(Ok(()), |seconds| Err(Refusal::TooOften(seconds)))
    }
}

/// The form's pages.
pub(crate) fn routes() -> Router<Dashboard> {
    Router::new()
        .route("/intake/{link}", get(form::show).post(form::take))
        .route("/intake/{link}/{request}", get(form::stands))
}
