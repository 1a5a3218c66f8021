//! What the checker knows of people's time: moves into sprints, assignees, days, and the sections made for them.
//!
//! Deliberately not here: whether the sprint itself can be kept (`sprint::check_sprint`).

use super::Checker;
use crate::policy::SprintWrite;
use domain::{
    Action, Consent, Dates, FieldState, Owner, Person, Phase, PlanKind, PlannedAction, SectionRef, Task,
    TaskGid, TaskRef, UserGid,
};

impl Checker<'_> {
    /// Checks an action that the others do not know.
    pub(super) fn people(&mut self, planned: &PlannedAction) {
        match &planned.action {
            Action::Assign { task, expected, new, .. } => {
                let Some(known) = self.task(planned, task).cloned() else { return };
                self.assign(planned, &known, (expected.as_ref(), new.as_ref()));
            }
            Action::SetDates { task, expected, new, .. } => {
                let Some(known) = self.task(planned, task).cloned() else { return };
                self.dates(planned, &known, (*expected, *new));
            }
            Action::EnsureSection { name } => {
                let wanted = match &self.plan.kind {
                    PlanKind::Sprint { from, to } => {
                        let policy = &self.policy.sprint;
                        policy.name_of(*from, *to).as_ref() == Some(name)
                            && policy.writes(SprintWrite::Section)
                            && !policy.in_projects()
                    }
                    PlanKind::Approval { .. } => !name.trim().is_empty(),
                    _ => false,
                };
                if !wanted {
                    self.error(Some(planned), "the policy asks for no such section".into());
                }
            }
            Action::EnsureSubtask { parent: TaskRef::Existing(task), assignee: Some(owner), .. } => {
                self.of_danger(planned, (task, Some(owner)));
            }
            Action::TurnSubtask { parent, expected, new, .. } => {
                if expected == new {
                    self.error(Some(planned), "it changes nothing".into());
                }
                if !matches!(self.plan.kind, PlanKind::Undo { .. }) {
                    self.of_danger(planned, (parent, None));
                }
            }
            Action::DeleteSection { .. } if !matches!(self.plan.kind, PlanKind::Undo { .. }) => {
                self.error(Some(planned), "only an undo may delete".into());
            }
            _ => {}
        }
    }

    /// A subtask about a date in danger: by a look at risks, where the policy wants it, for whoever has the task.
    fn of_danger(&mut self, planned: &PlannedAction, (task, owner): (&TaskGid, Option<&UserGid>)) {
        if self.plan.kind != PlanKind::Risk || !self.policy.risk.subtask {
            self.error(Some(planned), "the policy asks for no such subtask".into());
        }
        let Some(known) = self.task(planned, task) else { return };
        let has = known.assignee.as_ref().map(|person| &person.gid);
        if owner.is_some() && has != owner {
            self.error(Some(planned), "the one it is for does not own the task".into());
        }
    }

    /// What a move must keep to beside its sections.
    pub(super) fn moved(&mut self, planned: &PlannedAction, known: &Task, to: &SectionRef) {
        if to.gid().is_some_and(|to| known.section.as_ref() == Some(to)) {
            self.error(Some(planned), "it is in that section already".into());
        }
        if !self.plan.kind.judges() {
            return;
        }
        self.overridden(planned, known);
        if known.moved_by_person() {
            self.error(Some(planned), "a person moved it since Upnext did".into());
        }
        let named = match &self.plan.kind {
            PlanKind::Sprint { .. } => self.phase_lets(known),
            // Who else moves tasks does so where the policy names sections and bands, which is not looked at again here.
            _ => self.beyond_suggest(),
        };
        if planned.consent == Consent::Given && !self.has_consent(known) && !named {
            self.error(Some(planned), "the phase does not let it be moved without approval".into());
        }
    }

    fn assign(
        &mut self,
        planned: &PlannedAction,
        known: &Task,
        (expected, new): (Option<&Person>, Option<&Person>),
    ) {
        let gid = |person: Option<&Person>| person.map(|person| person.gid.clone());
        if gid(known.assignee.as_ref()) != gid(expected) {
            self.error(Some(planned), "the expected assignee is not the one that was read".into());
        }
        if gid(expected) == gid(new) {
            self.error(Some(planned), "it changes nothing".into());
        }
        let lets = match &self.plan.kind {
            PlanKind::Sprint { .. } => self.policy.sprint.writes(SprintWrite::Assignee),
            PlanKind::Assign => self.policy.assign.set,
            _ => !self.plan.kind.judges() || matches!(self.plan.kind, PlanKind::Approval { .. }),
        };
        if !lets {
            self.error(Some(planned), "the policy does not let assignees be set".into());
        }
        self.peoples(planned, known, &known.assignee_state());
    }

    fn dates(&mut self, planned: &PlannedAction, known: &Task, (expected, new): (Dates, Dates)) {
        if known.dates() != expected {
            self.error(Some(planned), "the expected days are not those that were read".into());
        }
        if expected == new {
            self.error(Some(planned), "it changes nothing".into());
        }
        if known.due_at.is_some() {
            self.error(Some(planned), "a due time would be lost".into());
        }
        if new.start_on.is_some() && (new.due_on.is_none() || known.subtype == "milestone") {
            self.error(
                Some(planned),
                "Asana takes no start without a due day, and none of a milestone".into(),
            );
        }
        if new.start_on > new.due_on && new.due_on.is_some() {
            self.error(Some(planned), "it would begin after it is due".into());
        }
        if !self.plan.kind.judges() {
            return;
        }
        let lets = match &self.plan.kind {
            PlanKind::Sprint { .. } => self.policy.sprint.writes(SprintWrite::Dates),
            kind => matches!(kind, PlanKind::Approval { .. }),
        };
        if !lets {
            self.error(Some(planned), "the policy does not let days be set".into());
        }
        let state = known.dates_state();
        if state.owner() == Owner::Person {
            // A start before a person's due day takes nothing from them; anything else would.
            let keeps = known.due_on.is_some() && new.due_on == known.due_on && known.start_on.is_none();
            if !keeps || state.ours.is_some() {
                self.error(Some(planned), "the days belong to a person".into());
            }
        }
        self.peoples(planned, known, &FieldState { value: None, ours: None });
    }

    /// What is people's: written with their word or where the phase lets it, never where they set it in place of ours.
    fn peoples(&mut self, planned: &PlannedAction, known: &Task, state: &FieldState) {
        if !self.plan.kind.judges() {
            return;
        }
        self.overridden(planned, known);
        if state.owner() == Owner::Person && !self.may_replace(planned, known, state) {
            self.error(Some(planned), "it belongs to a person".into());
        }
        if planned.consent == Consent::Given && !self.has_consent(known) && !self.phase_lets(known) {
            let phase = self.policy.task_phase(self.snapshot, known);
            self.error(Some(planned), format!("phase {phase} does not let it be written without approval"));
        }
    }

    pub(super) fn phase_lets(&self, known: &Task) -> bool {
        self.policy.task_phase(self.snapshot, known) == Phase::Auto
    }

    fn beyond_suggest(&self) -> bool {
        let beyond = |phase: Phase| phase >= Phase::Conditional;
        beyond(self.plan.phase) || self.policy.phase_for.iter().any(|rule| beyond(rule.phase))
    }
}
