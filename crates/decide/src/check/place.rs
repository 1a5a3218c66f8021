//! What the checker knows of projects beside the plan's: which may be made, what may be put into them, and that nothing is taken out.
//!
//! Deliberately not here: sections (`time`).

use super::Checker;
use crate::policy::SprintWrite;
use domain::{Action, ActionId, Consent, NewProject, PlanKind, PlannedAction, ProjectRef, TaskGid};
use std::collections::BTreeSet;

impl Checker<'_> {
    /// Checks an action on a project beside the plan's, or one that the others do not know. `made` are the actions before it.
    pub(super) fn beside(&mut self, planned: &PlannedAction, made: &BTreeSet<&ActionId>) {
        match &planned.action {
            Action::EnsureProject { project } => self.new_project(planned, project),
            Action::AddToProject { task, to, to_name, .. } => {
                self.put_into(planned, task, (to, to_name));
                if let ProjectRef::MadeBy { made_by } = to
                    && !made.contains(made_by)
                {
                    self.error(Some(planned), format!("it needs {made_by}, which does not come before it"));
                }
            }
            Action::RemoveFromProject { task, from, .. } => {
                let is_in = self.task(planned, task).is_some_and(|task| task.is_in(from));
                if !is_in {
                    self.error(Some(planned), "the task is not in that project".into());
                }
                self.only_undone(planned, "only an undo may take a task out of a project");
            }
            Action::DeleteProject { .. } => self.only_undone(planned, "only an undo may delete"),
            _ => self.people(planned),
        }
    }

    fn only_undone(&mut self, planned: &PlannedAction, problem: &str) {
        if !matches!(self.plan.kind, PlanKind::Undo { .. }) {
            self.error(Some(planned), problem.to_owned());
        }
    }

    /// Whether the policy has sprints in projects, and this name for one of them.
    fn is_of_sprint(&self, name: &str) -> bool {
        let policy = &self.policy.sprint;
        let named = match &self.plan.kind {
            PlanKind::Sprint { from, to } => policy.name_of(*from, *to).as_deref() == Some(name),
            PlanKind::Approval { .. } => !name.trim().is_empty(),
            _ => false,
        };
        named && policy.in_projects() && policy.writes(SprintWrite::Section)
    }

    fn new_project(&mut self, planned: &PlannedAction, project: &NewProject) {
        if !self.is_of_sprint(&project.name) {
            self.error(Some(planned), "the policy asks for no such project".into());
        }
        let Some(known) = &self.snapshot.sprints else {
            return self.error(Some(planned), "the projects beside this one were not read".into());
        };
        let called = |name: &str| name.trim().eq_ignore_ascii_case(&project.name);
        if known.there.iter().any(|one| !one.archived && !one.unshared && called(&one.name)) {
            self.error(Some(planned), "there is a project of that name".into());
        }
        if project.privacy > known.privacy || project.team != known.team {
            self.error(Some(planned), "others than see this project would see the new one".into());
        }
    }

    fn put_into(&mut self, planned: &PlannedAction, task: &TaskGid, (to, name): (&ProjectRef, &str)) {
        if !self.is_of_sprint(name) {
            self.error(Some(planned), "the policy names no such project for it".into());
        }
        let Some(known) = self.task(planned, task).cloned() else { return };
        if let ProjectRef::Existing(gid) = to {
            let beside = self.snapshot.sprints.as_ref();
            let there = beside.and_then(|beside| {
                let one = beside.there.iter().find(|one| one.gid == *gid)?;
                (!one.archived && one.privacy <= beside.privacy).then_some(one)
            });
            if !there.is_some_and(|one| one.name.trim().eq_ignore_ascii_case(name)) {
                self.error(Some(planned), "there is no such project, or more people see it".into());
            }
            if known.is_in(gid) {
                self.error(Some(planned), "it is in that project already".into());
            }
            if known.taken_out_of(gid) {
                self.error(Some(planned), "a person took it out of that project".into());
            }
        }
        self.overridden(planned, &known);
        if planned.consent == Consent::Given && !self.has_consent(&known) && !self.phase_lets(&known) {
            self.error(Some(planned), "the phase does not let it be put there without approval".into());
        }
    }
}
