//! The policy as people look at it: what was in force since when, and what a draft would say in the configuration file.
//!
//! Nothing here changes a policy: it stands in a file that only who runs the service reaches. Deliberately not here: what a draft
//! would do to a project (`views`), and what a policy lets through (`decide`).

mod draft;
mod text;

pub use draft::{PolicyDraft, PolicySetting, SettingKind, in_words};
pub use text::PolicyChange;
pub(crate) use text::settings;
use text::{changes, lines, tables};

use crate::context::Engine;
use crate::error::EngineError;
use decide::Policy;
use domain::{Access, Clearance, ProjectGid};
use jiff::Timestamp;
use serde::Serialize;
use store::PolicyVersion;

/// Versions that are told.
const VERSIONS: u32 = 30;

/// A policy that was in force, and what it changed.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyEpoch {
    /// Its number, rising.
    pub number: u64,
    /// From when on.
    pub began_at: Timestamp,
    /// What ran by it first.
    pub noticed_by: String,
    /// What was otherwise before, as far as the reader may see it; none for the first that is known.
    pub changes: Option<Vec<PolicyChange>>,
    /// Whether its text can still be read.
    pub readable: bool,
}

impl Engine {
    /// Notes that something runs by the configured policy, when the one noted last is another.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn note_policy(&self, who: &str) -> Result<(), EngineError> {
        let body = serde_json::to_string(&*self.configured).unwrap_or_default();
        self.store.note_policy(&body, who, (self.clock)()).await?;
        Ok(())
    }
}

/// A policy as somebody who sees the project may read it: of other projects nothing that they may not see. Viewers are told neither
/// which project comes first, nor what sets off a rule in Asana.
pub(crate) fn seen(policy: &Policy, project: &ProjectGid, access: &Access) -> toml::Table {
    let mut policy = policy.clone();
    policy.phase_for.retain(|rule| rule.is_of(project));
    policy.home_projects.retain(|home| access.sees(home));
    let mut seen = tables(&policy);
    if !access.may(Clearance::Approver, project) {
        seen.remove("home_projects");
        if let Some(toml::Value::Table(notices)) = seen.get_mut("notices") {
            notices.remove("rule_trigger");
        }
    }
    seen
}

/// The policies that were in force last, the newest first, as somebody who sees the project may read them.
///
/// # Errors
/// The store's.
pub async fn policy_history(
    engine: &Engine,
    project: &ProjectGid,
    access: &Access,
) -> Result<Vec<PolicyEpoch>, EngineError> {
    let versions = engine.store.policies(VERSIONS + 1).await?;
    let read = |version: &PolicyVersion| {
        let policy = serde_json::from_str::<Policy>(&version.body).ok();
        policy.map(|policy| seen(&policy, project, access))
    };
    let read: Vec<Option<toml::Table>> = versions.iter().map(read).collect();
    let epoch = |(at, version): (usize, &PolicyVersion)| {
        let pair = read[at].as_ref().zip(read.get(at + 1).and_then(Option::as_ref));
        PolicyEpoch {
            number: version.number,
            began_at: version.began_at,
            noticed_by: version.noticed_by.clone(),
            changes: pair.map(|(after, before)| changes(before, after)),
            readable: read[at].is_some(),
        }
    };
    Ok(versions.iter().enumerate().take(VERSIONS as usize).map(epoch).collect())
}

/// What a draft changes of the configured policy, and the lines that say so in the configuration file.
#[must_use]
pub fn policy_diff(configured: &Policy, draft: &Policy) -> (Vec<PolicyChange>, String) {
    let changes = changes(&tables(configured), &tables(draft));
    let text = lines(&changes);
    (changes, text)
}
