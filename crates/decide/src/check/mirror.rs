//! What the checker knows of the mirror of the audit trail: one comment, on the task the policy names, and nothing else.
//!
//! Deliberately not here: what the comment says.

use super::Checker;
use domain::{Action, PlanKind, PlannedAction, TaskRef};

impl Checker<'_> {
    /// Checks an action of the mirror's plan; others are none of its business.
    pub(super) fn mirrored(&mut self, planned: &PlannedAction) {
        if !matches!(self.plan.kind, PlanKind::Mirror { .. }) {
            return;
        }
        let named = self.policy.audit_mirror.task.as_str();
        let fits = match &planned.action {
            Action::PutComment { task: TaskRef::Existing(task), mention: None, .. } if named.is_empty() => {
                self.snapshot.anchors.host_task.as_ref() == Some(task)
            }
            Action::PutComment { task: TaskRef::Existing(task), mention: None, .. } => task.as_str() == named,
            Action::PutComment { task: TaskRef::MadeBy(_), mention: None, .. } => named.is_empty(),
            Action::EnsureTask { name, .. } => named.is_empty() && *name == self.policy.host_task,
            _ => false,
        };
        if !fits {
            self.error(Some(planned), "the policy names no such place for the digest of decisions".into());
        }
    }
}
