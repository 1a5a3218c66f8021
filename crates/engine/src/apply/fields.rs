//! Writing fields and sections of a task: compare, then set.
//!
//! An answer that got lost is settled by reading the task, never by assuming. Deliberately not here: which values.

use super::{Work, ending};
use crate::gather::read_one;
use asana::{CustomFieldWrite, Place, TaskWrite};
use domain::{
    ActionId, FieldChange, FieldValue, OptionGid, Outcome, OutcomeKind, PlanKind, Role, SectionGid, Task,
    TaskGid, UserGid,
};

impl Work<'_> {
    pub(super) async fn set_fields(&self, id: &ActionId, gid: &TaskGid, changes: &[FieldChange]) -> Outcome {
        let Some(task) = self.view.task(gid) else { return self.outcome(id, OutcomeKind::Gone) };
        if let Some(kind) = self.closed(task).or_else(|| compare(task, changes)).or_else(|| self.kept(task)) {
            return self.outcome(id, kind);
        }
        let mut write = TaskWrite::new();
        for change in changes {
            write = write.custom_field(change.field.as_str(), to_wire(change.new.as_ref()));
        }
        match self.engine.asana.tasks().update(gid.as_str(), write, &["modified_at"]).await {
            Ok(task) => Outcome { modified_at: task.modified_at, ..self.outcome(id, OutcomeKind::Done) },
            Err(error) => self.settle(id, gid, &error, |task| holds_all(task, changes)).await,
        }
    }

    pub(super) async fn move_to_section(
        &self,
        id: &ActionId,
        gid: &TaskGid,
        expected: Option<&SectionGid>,
        (to, place): (&SectionGid, Place),
    ) -> Outcome {
        // A move does not change `modified_at`, so that the look before the chunk may not show one: read the task itself.
        let task = match read_one(self.engine, &self.plan.project.gid, gid).await {
            Ok(Some(task)) => task,
            Ok(None) => return self.outcome(id, OutcomeKind::Gone),
            Err(error) => {
                return self.outcome(id, OutcomeKind::Unreachable { message: error.to_string() });
            }
        };
        if let Some(kind) = self.closed(&task).or_else(|| self.kept(&task)) {
            return self.outcome(id, kind);
        }
        if task.section.as_ref() == Some(to) {
            return self.outcome(id, OutcomeKind::AlreadySo);
        }
        if task.section.as_ref() != expected {
            let found = task.section.as_ref().map(ToString::to_string).unwrap_or_default();
            return self.outcome(id, OutcomeKind::Conflict { what: "the section".into(), found });
        }
        match self.engine.asana.sections().add_task(to.as_str(), gid.as_str(), place).await {
            Ok(()) => self.outcome(id, OutcomeKind::Done),
            Err(error) => self.settle(id, gid, &error, |task| task.section.as_ref() == Some(to)).await,
        }
    }

    /// A task somebody completed since is done being prioritised; undo restores it all the same.
    pub(super) fn closed(&self, task: &Task) -> Option<OutcomeKind> {
        let undo = matches!(self.plan.kind, PlanKind::Undo { .. });
        (task.completed && !undo)
            .then(|| OutcomeKind::Conflict { what: "the task".into(), found: "a completed task".into() })
    }

    /// A manual override that was set since keeps a groom away; undo restores what was there before all the same.
    pub(super) fn kept(&self, task: &Task) -> Option<OutcomeKind> {
        let base = self.view.base();
        let value = base.roles.state(Role::ManualOverride, task).value;
        let value = value.filter(|v| self.plan.kind.judges() && self.engine.policy.is_override(v))?;
        let field = base.roles.field(Role::ManualOverride).and_then(|gid| base.field(gid));
        let what = field.map_or_else(|| "Manual Override".to_owned(), |f| f.name.clone());
        Some(OutcomeKind::Conflict { what, found: value.to_string() })
    }

    /// After an error whose effect is unknown, the task itself tells.
    pub(super) async fn settle(
        &self,
        id: &ActionId,
        gid: &TaskGid,
        error: &asana::Error,
        landed: impl Fn(&Task) -> bool,
    ) -> Outcome {
        let kind = ending::of_error(error);
        if !matches!(kind, OutcomeKind::Unreachable { .. }) || ending::is_final(&error.to_string()) {
            return self.outcome(id, kind);
        }
        match read_one(self.engine, &self.plan.project.gid, gid).await {
            Ok(Some(task)) if landed(&task) => {
                Outcome { modified_at: Some(task.modified_at), ..self.outcome(id, OutcomeKind::Done) }
            }
            Ok(None) => self.outcome(id, OutcomeKind::Gone),
            Ok(Some(_)) | Err(_) => self.outcome(id, kind),
        }
    }
}

fn value_of(task: &Task, change: &FieldChange) -> Option<FieldValue> {
    task.fields.get(&change.field).and_then(|s| s.value.clone())
}

fn holds_all(task: &Task, changes: &[FieldChange]) -> bool {
    changes.iter().all(|c| value_of(task, c) == c.new)
}

/// Why not to write: it is so already, or somebody was there first.
fn compare(task: &Task, changes: &[FieldChange]) -> Option<OutcomeKind> {
    if holds_all(task, changes) {
        return Some(OutcomeKind::AlreadySo);
    }
    let other = changes.iter().find(|c| value_of(task, c) != c.expected)?;
    let found = value_of(task, other).map(|v| domain::fit(&v.to_string(), 80)).unwrap_or_default();
    Some(OutcomeKind::Conflict { what: other.name.clone(), found })
}

fn to_wire(value: Option<&FieldValue>) -> CustomFieldWrite {
    match value {
        None | Some(FieldValue::Other(_)) => CustomFieldWrite::Clear,
        Some(FieldValue::Text(text)) => CustomFieldWrite::Text(text.clone()),
        Some(FieldValue::Number(n)) => CustomFieldWrite::Number(*n),
        Some(FieldValue::Enum { gid, .. }) => CustomFieldWrite::Enum(gid.to_string()),
        Some(FieldValue::MultiEnum(options)) => CustomFieldWrite::MultiEnum(
            options.iter().map(|(gid, _): &(OptionGid, String)| gid.to_string()).collect(),
        ),
        Some(FieldValue::Date(date)) => CustomFieldWrite::Date(*date),
        Some(FieldValue::People(people)) => {
            CustomFieldWrite::People(people.iter().map(|p: &UserGid| p.to_string()).collect())
        }
    }
}
