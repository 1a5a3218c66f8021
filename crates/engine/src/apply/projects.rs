//! What is written beside tasks: a portfolio's fields on its projects, and status updates.
//!
//! A project's values are read before they are written, as a task's are. Deliberately not here: which values.

use super::fields::to_wire;
use super::{Work, ending};
use crate::context::Engine;
use crate::gather::field_value;
use asana::wire::StatusUpdate;
use domain::{
    ActionId, FieldChange, FieldGid, FieldValue, Outcome, OutcomeKind, ProjectGid, StatusUpdateGid, UserGid,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How often a creation with an unknown outcome is looked for and tried again.
const TRIES: usize = 3;

/// The values of a project's own fields.
pub(crate) async fn project_values(
    engine: &Engine,
    project: &ProjectGid,
) -> Result<BTreeMap<FieldGid, Option<FieldValue>>, asana::Error> {
    let fields = [
        "custom_fields.resource_subtype",
        "custom_fields.number_value",
        "custom_fields.text_value",
        "custom_fields.enum_value.name",
        "custom_fields.display_value",
    ];
    let read = engine.asana.projects().get(project.as_str(), &fields).await?;
    let value = |field: &asana::wire::CustomFieldValue| (FieldGid::new(&*field.gid), field_value(field));
    Ok(read.custom_fields.iter().map(value).collect())
}

/// Status updates of ours with that title, oldest first: a day has one, whatever it says.
pub(crate) async fn find_status(
    engine: &Engine,
    parent: &str,
    title: &str,
    actor: &UserGid,
) -> Result<Vec<StatusUpdate>, asana::Error> {
    let fields = ["title", "text", "created_at", "created_by.gid"];
    let mut updates = engine.asana.status_updates().of(parent).fields(&fields).collect_all().await?;
    updates.retain(|update| {
        update.title.as_deref() == Some(title)
            && update.created_by.as_ref().is_some_and(|by| by.gid == actor.as_str())
    });
    updates.sort_by_key(|update| update.created_at);
    Ok(updates)
}

impl Work<'_> {
    pub(super) async fn set_project_fields(
        &self,
        id: &ActionId,
        project: &ProjectGid,
        changes: &[FieldChange],
    ) -> Outcome {
        let now = match project_values(self.engine, project).await {
            Ok(now) => now,
            Err(error) => return self.outcome(id, ending::of_error(&error)),
        };
        let value = |change: &FieldChange| now.get(&change.field).cloned().flatten();
        if changes.iter().all(|change| value(change) == change.new) {
            return self.outcome(id, OutcomeKind::AlreadySo);
        }
        if let Some(other) = changes.iter().find(|change| value(change) != change.expected) {
            let found = value(other).map(|v| domain::fit(&v.to_string(), 80)).unwrap_or_default();
            return self.outcome(id, OutcomeKind::Conflict { what: other.name.clone(), found });
        }
        let fields: Map<String, Value> = changes
            .iter()
            .map(|change| (change.field.to_string(), to_wire(change.new.as_ref()).into()))
            .collect();
        let write = Map::from_iter([("custom_fields".to_owned(), Value::Object(fields))]);
        match self.engine.asana.projects().update(project.as_str(), write, &["name"]).await {
            Ok(_) => self.outcome(id, OutcomeKind::Done),
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }

    pub(super) async fn post_status(
        &self,
        id: &ActionId,
        parent: &str,
        (title, text): (&str, &str),
        status: &str,
    ) -> Outcome {
        let mut last = OutcomeKind::AlreadySo;
        for attempt in 0..TRIES {
            match find_status(self.engine, parent, title, &self.actor.gid).await {
                Ok(found) => {
                    if let Some(update) = found.first() {
                        // There before the first try of this run, or with another text, it was not made by it.
                        let tried = attempt > 0 || self.outcomes.contains_key(id);
                        let made = tried && update.text.as_deref() == Some(text);
                        let kind = if made { OutcomeKind::Done } else { OutcomeKind::AlreadySo };
                        let status_update = Some(StatusUpdateGid::new(&*update.gid));
                        return Outcome { status_update, made, ..self.outcome(id, kind) };
                    }
                }
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            }
            match self.engine.asana.status_updates().create(parent, (title, text), status).await {
                Ok(update) => {
                    let status_update = Some(StatusUpdateGid::new(update.gid));
                    return Outcome { status_update, made: true, ..self.outcome(id, OutcomeKind::Done) };
                }
                Err(asana::Error::MayHaveLanded { reason, .. }) => {
                    last = OutcomeKind::Unreachable { message: reason };
                }
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            }
        }
        self.outcome(id, last)
    }

    /// Undo: takes our status update away while it still has our text.
    pub(super) async fn delete_status(
        &self,
        id: &ActionId,
        update: &StatusUpdateGid,
        expected: &str,
    ) -> Outcome {
        let updates = self.engine.asana.status_updates();
        match updates.get(update.as_str(), &["text"]).await {
            Ok(now) if now.text.as_deref() == Some(expected) => {}
            Ok(now) => {
                let found = domain::fit(&now.text.unwrap_or_default(), 60);
                return self.outcome(id, OutcomeKind::Conflict { what: "our status update".into(), found });
            }
            Err(asana::Error::NotFound { .. }) => return self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => return self.outcome(id, ending::of_error(&error)),
        }
        match updates.delete(update.as_str()).await {
            Ok(()) => self.outcome(id, OutcomeKind::Done),
            Err(asana::Error::NotFound { .. }) => self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }
}
