//! What every workflow is given: the client, the store, the rules, the reader of files, the clock, someone to tell.
//!
//! Deliberately not here: how any of it is configured (the composition root's).

use crate::EngineError;
use asana::Client;
use decide::{FieldNames, Policy, Rules};
use domain::{Digest, Moment, ProjectGid, RunId};
use jiff::Timestamp;
use judge::Rubric;
use std::sync::Arc;
use store::Store;

/// Something worth showing while a run works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A stage begins; `total` steps are expected, 0 when unknown.
    Stage {
        /// What it does, for people.
        name: &'static str,
        /// Steps expected.
        total: u64,
    },
    /// Steps of the stage that are done.
    Step(u64),
}

/// Someone to tell. It must not block.
pub type Progress = Arc<dyn Fn(Event) + Send + Sync>;

/// The time, for the journal. The pure core gets its `Moment` as an argument instead.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Everything a workflow works with.
#[derive(Clone)]
pub struct Engine {
    /// Asana.
    pub asana: Client,
    /// The store.
    pub store: Store,
    /// The rubric in force.
    pub rubric: Rubric,
    /// The policy in force.
    pub policy: Policy,
    /// The policy as it is configured, before what people decided about a project.
    pub configured: Arc<Policy>,
    /// Field names by role.
    pub names: FieldNames,
    /// When people work whose own fields do not say.
    pub team: Arc<crate::TeamTime>,
    /// The language model, if one is configured.
    pub model: Option<crate::Model>,
    /// Reads files, each in a process of its own.
    pub reader: extract::Reader,
    /// The user whose token it is, once asked for.
    pub me: Arc<tokio::sync::OnceCell<domain::Person>>,
    /// The time.
    pub clock: Clock,
    /// Someone to tell.
    pub progress: Progress,
}

impl Engine {
    /// Rubric and policy as one text, kept with every plan so that it can be replayed.
    pub(crate) fn rules_text(&self) -> String {
        let policy = serde_json::to_value(&self.policy).unwrap_or_default();
        let rubric = serde_json::from_str::<serde_json::Value>(&self.rubric.canonical()).unwrap_or_default();
        serde_json::json!({ "rubric": rubric, "policy": policy }).to_string()
    }

    /// The rules' names and fingerprint.
    pub(crate) fn rules(&self) -> Rules {
        Rules {
            rubric: self.rubric.version().to_owned(),
            digest: Digest::of_bytes(self.rules_text().as_bytes()),
        }
    }

    /// A new run id: unique by time, project and process.
    pub(crate) fn run_id(&self, project: &ProjectGid, now: Moment) -> RunId {
        let at = (self.clock)().as_nanosecond().to_string();
        let digest = Digest::of(&(at, project, now, std::process::id()));
        RunId::new(format!("run_{}", &digest.as_str()[..12]))
    }

    pub(crate) fn stage(&self, name: &'static str, total: usize) {
        (self.progress)(Event::Stage { name, total: total as u64 });
    }

    pub(crate) fn step(&self, steps: usize) {
        (self.progress)(Event::Step(steps as u64));
    }
}

/// A 404 (or a gid Asana cannot parse) on the project itself is a mistyped or unshared project, and is said so.
pub(crate) fn project_error(project: &ProjectGid, error: asana::Error) -> EngineError {
    match error {
        asana::Error::NotFound { .. } | asana::Error::Forbidden { .. } => {
            EngineError::UnknownProject { project: project.clone() }
        }
        asana::Error::BadRequest { ref message, .. } if message.contains("Not a Long") => {
            EngineError::UnknownProject { project: project.clone() }
        }
        other => EngineError::Asana(other),
    }
}
