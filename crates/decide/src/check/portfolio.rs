//! What the checker knows of portfolios: values on projects and status updates.
//!
//! It rests on what was read of each project (`Snapshot::held`). Deliberately not here: which values are right.

use super::{Checker, value_problem};
use domain::{Action, FieldChange, Owner, Phase, PlanKind, PlannedAction, ProjectGid};

impl Checker<'_> {
    /// What is written beside tasks: by a portfolio's plan, or back again by an undo, and each field once.
    pub(super) fn of_portfolio(&mut self, planned: &PlannedAction) {
        let is_undo = matches!(self.plan.kind, PlanKind::Undo { .. });
        if self.plan.kind != PlanKind::Portfolio && !is_undo {
            self.error(Some(planned), "only a portfolio's plan may write to projects".into());
        }
        if let Action::PostStatus { parent, .. } = &planned.action {
            return self.status(planned, parent);
        }
        let Action::SetProjectFields { project, changes, .. } = &planned.action else { return };
        if changes.is_empty() {
            self.error(Some(planned), "it changes nothing".into());
        }
        if !is_undo {
            self.held(planned, project, changes);
        }
        for change in changes {
            let field = self.fields.get(change.field.as_str()).copied();
            let problem = match field {
                None => Some("the field is not on the portfolio".to_owned()),
                Some(field) if field.read_only => Some("the field is read-only".to_owned()),
                Some(_) if change.expected == change.new => Some("the new value is the old one".to_owned()),
                Some(field) => change.new.as_ref().and_then(|value| value_problem(field, value)),
            };
            if let Some(problem) = problem {
                self.error(Some(planned), format!("{}: {problem}", change.name));
            }
        }
    }

    /// A status update goes to the portfolio itself, and to none in shadow.
    fn status(&mut self, planned: &PlannedAction, parent: &str) {
        if parent != self.snapshot.project.gid.as_str() {
            self.error(Some(planned), "it is posted elsewhere than on the portfolio".into());
        }
        if self.plan.phase == Phase::Shadow || self.policy.phase == Phase::Shadow {
            self.error(Some(planned), "the portfolio is in phase shadow".into());
        }
    }

    /// What a portfolio's plan writes on a project: not in shadow, over what was read there, and over nothing that is not ours.
    fn held(&mut self, planned: &PlannedAction, project: &ProjectGid, changes: &[FieldChange]) {
        let held = self.snapshot.held.get(project);
        if held.is_none_or(|held| held.phase == Phase::Shadow) {
            self.error(Some(planned), "the project is in phase shadow, or its phase is not known".into());
        }
        let Some(values) = held.and_then(|held| held.fields.as_ref()) else {
            return self.error(Some(planned), "the project's values were not read".into());
        };
        for change in changes {
            let state = values.get(&change.field).cloned().unwrap_or_default();
            if state.value != change.expected {
                let problem = "the expected value is not the one that was read";
                self.error(Some(planned), format!("{}: {problem}", change.name));
            }
            if state.value.is_some() && state.owner() == Owner::Person {
                self.error(Some(planned), format!("{}: the value is not Upnext's", change.name));
            }
        }
    }
}
