//! How a plan came out, counted.
//!
//! Deliberately not here: the outcomes themselves (`domain`).

use domain::{Outcome, OutcomeKind, Plan};

/// How a plan came out, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Taken by Asana.
    pub done: usize,
    /// Already as wanted.
    pub already_so: usize,
    /// Left because somebody was there first.
    pub conflicts: usize,
    /// Refused by Asana, or gone.
    pub refused: usize,
    /// Waiting for a person's approval.
    pub waiting: usize,
    /// Still to do: unreachable, skipped or not tried.
    pub open: usize,
}

impl Tally {
    /// Counts outcomes of a plan; actions without one are open.
    pub(crate) fn of(plan: &Plan, outcomes: &[Outcome]) -> Tally {
        let mut tally = Tally::default();
        for outcome in outcomes {
            *match outcome.kind {
                OutcomeKind::Done => &mut tally.done,
                OutcomeKind::AlreadySo => &mut tally.already_so,
                OutcomeKind::Conflict { .. } => &mut tally.conflicts,
                OutcomeKind::Gone | OutcomeKind::Refused { .. } => &mut tally.refused,
                OutcomeKind::WaitingForApproval => &mut tally.waiting,
                _ => &mut tally.open,
            } += 1;
        }
        tally.open += plan.actions.len().saturating_sub(outcomes.len());
        tally
    }

    /// Counts another plan's as well.
    pub(crate) fn add(&mut self, other: &Tally) {
        self.done += other.done;
        self.already_so += other.already_so;
        self.conflicts += other.conflicts;
        self.refused += other.refused;
        self.waiting += other.waiting;
        self.open += other.open;
    }
}
