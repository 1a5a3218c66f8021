//! What the checker knows of phases where rules make some parts differ from the rest: nothing is written where the phase is `shadow`.
//!
//! Deliberately not here: what the phases above let through, which each kind of write knows best.

use super::Checker;
use domain::{Action, Phase, PlanKind, PlannedAction, Task};

impl Checker<'_> {
    /// Refuses a write in `shadow`: by the task's own phase where it is about one, else by the project's.
    pub(super) fn shadowed(&mut self, planned: &PlannedAction) {
        // Setup and undo are a person's own acts; a portfolio's writes are looked at project by project.
        let asked = matches!(
            self.plan.kind,
            PlanKind::Setup | PlanKind::Undo { .. } | PlanKind::Portfolio | PlanKind::Intake { .. }
        );
        // Without rules the plan has one phase, which is looked at as a whole.
        if asked || self.policy.phase_for.is_empty() {
            return;
        }
        let task = planned.action.task().and_then(|gid| self.tasks.get(gid)).copied();
        let phase = match (task.filter(|task| !self.carries(task)), &planned.action) {
            (Some(task), _) => self.policy.task_phase(self.snapshot, task),
            // It is made for tasks, which are looked at by themselves.
            (None, Action::EnsureSection { .. } | Action::EnsureProject { .. }) => return,
            (None, _) => self.policy.project_phase(&self.snapshot.project.gid),
        };
        if phase == Phase::Shadow {
            self.error(Some(planned), "nothing may be written there in phase shadow".into());
        }
    }

    /// Whether a task is there to carry what Upnext tells of the project.
    fn carries(&self, task: &Task) -> bool {
        let anchors = &self.snapshot.anchors;
        let named = |name: &str| !name.is_empty() && task.name.trim().eq_ignore_ascii_case(name);
        [&anchors.host_task, &anchors.review_subtask].contains(&&Some(task.gid.clone()))
            || named(&self.policy.host_task)
            || named(&self.policy.retro_task)
    }
}
