//! The audit log's memory.

use super::{Actor, Gid, Kind, World};
use crate::clock::stamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Newest entries kept.
const MOST_KEPT: usize = 10_000;

/// One entry, ready to be shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AuditEvent {
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    pub(crate) body: Value,
}

impl World {
    /// Logs that somebody made (`created`) or deleted (`deleted`) an object.
    pub(crate) fn audit(&mut self, actor: &Actor, (kind, gid): (Kind, &Gid), verb: &str) {
        let name = crate::resources::shape_of(kind).name;
        let number = self.audit_log.back().map_or(1, |event| event.number + 1);
        let category = if verb == "deleted" { "deletion" } else { "creation" };
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
        let own_gid = self.secret();
        let body = json!({
            "gid": own_gid[..16],
            "created_at": stamp(at),
            "event_type": format!("{name}_{verb}"),
            "event_category": category,
            "actor": {
                "actor_type": "user",
                "gid": actor.user,
                "name": actor_name,
                "email": actor_email,
            },
            "resource": { "resource_type": name, "gid": gid, "name": self.name_of(gid) },
            "details": {},
            "context": context,
        });
        if self.audit_log.len() == MOST_KEPT {
            self.audit_log.pop_front();
        }
        self.audit_log.push_back(AuditEvent { number, at, body });
    }
}
