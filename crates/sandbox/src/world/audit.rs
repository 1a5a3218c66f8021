//! The audit log's memory.
//!
//! Known limit: of Asana's event types these are logged: creations and deletions of the kinds below, changes of privacy,
//! people who come and go. The names of the last two groups follow Asana's pattern; not all are confirmed.

use super::{Actor, Gid, Kind, World};
use crate::clock::stamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Newest entries kept.
const MOST_KEPT: usize = 10_000;
/// Below every gid that is issued, so that entries take none away from a seed's sequence.
const FIRST_GID: u64 = 1_000_000_000_000_000;

/// One entry, ready to be shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AuditEvent {
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    pub(crate) body: Value,
}

/// What is told of an object.
#[derive(Debug)]
pub(crate) struct Audited {
    pub(crate) event_type: &'static str,
    pub(crate) category: &'static str,
    pub(crate) details: Value,
}

impl Audited {
    /// Somebody who came to or left the workspace.
    pub(crate) fn user(event_type: &'static str) -> Self {
        Self { event_type, category: "user_update", details: json!({}) }
    }

    /// The creation of an object, where Asana logs such.
    pub(crate) fn created(kind: Kind) -> Option<Self> {
        let event_type = match kind {
            Kind::Project => "project_created",
            Kind::Team => "team_created",
            Kind::Task => "task_created",
            Kind::Goal => "goal_created",
            Kind::Portfolio => "portfolio_created",
            _ => return None,
        };
        Some(Self { event_type, category: "creation", details: json!({}) })
    }

    /// The deletion of an object, where Asana logs such.
    pub(crate) fn deleted(kind: Kind) -> Option<Self> {
        let event_type = match kind {
            Kind::Project => "project_deleted",
            Kind::Team => "team_deleted",
            Kind::Task => "task_deleted",
            Kind::Goal => "goal_deleted",
            Kind::Portfolio => "portfolio_deleted",
            Kind::Attachment => "attachment_deleted",
            Kind::CustomField => "custom_field_deleted",
            Kind::ProjectTemplate => "project_template_deleted",
            Kind::Tag => "tag_deleted",
            _ => return None,
        };
        Some(Self { event_type, category: "deletion", details: json!({}) })
    }

    /// Another privacy setting of an object.
    pub(crate) fn privacy(kind: Kind, old: &Value, new: &Value) -> Option<Self> {
        let event_type = match kind {
            Kind::Project => "project_privacy_settings_changed",
            Kind::Team => "team_privacy_settings_changed",
            Kind::Goal => "goal_privacy_settings_changed",
            Kind::Portfolio => "portfolio_privacy_settings_changed",
            _ => return None,
        };
        let details = json!({ "old_value": old, "new_value": new });
        Some(Self { event_type, category: "access_control", details })
    }
}

impl World {
    /// Logs what somebody did to an object.
    pub(crate) fn audit(&mut self, actor: &Actor, (kind, gid): (Kind, &Gid), what: Audited) {
        let name = crate::resources::shape_of(kind).name;
        let number = self.audit_log.back().map_or(1, |event| event.number + 1);
        let user = self.users.get(&actor.user);
        let method = match (&actor.app, actor.is_service_account) {
            (Some(_), _) => "oauth",
            (None, true) => "service_account",
            (None, false) => "personal_access_token",
        };
        let app = actor.app.as_ref().and_then(|id| self.apps.get(id)).map(|app| app.name.clone());
        let mut context = json!({ "context_type": "api", "api_authentication_method": method });
        if let Some(app) = app {
            context["oauth_app_name"] = json!(app);
        }
        let at = self.now();
        let (actor_name, actor_email) = user.map(|user| (user.name.clone(), user.email.clone())).unzip();
        let shown_name = match kind {
            Kind::User => self.users.get(gid).map(|user| user.name.as_str()),
            Kind::Team => self.teams.get(gid).map(|team| team.name.as_str()),
            _ => self.name_of(gid),
        };
        let body = json!({
            "gid": (FIRST_GID + number).to_string(),
            "created_at": stamp(at),
            "event_type": what.event_type,
            "event_category": what.category,
            "actor": {
                "actor_type": "user",
                "gid": actor.user,
                "name": actor_name,
                "email": actor_email,
            },
            "resource": { "resource_type": name, "gid": gid, "name": shown_name },
            "details": what.details,
            "context": context,
        });
        if self.audit_log.len() == MOST_KEPT {
            self.audit_log.pop_front();
        }
        self.audit_log.push_back(AuditEvent { number, at, body });
    }
}
