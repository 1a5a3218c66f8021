//! From when on silence is a yes.
//!
//! Deliberately not here: carrying that yes out, which is for the next groom or the service (`engine`).

use crate::policy::Policy;
use domain::{Approval, ApprovalState};
use jiff::{SignedDuration, Timestamp};

/// The moment from which a question counts as answered with yes, unless somebody rejects it before. None where the policy takes
/// no silence for a yes, where the question ends by itself before, and once it has ended.
#[must_use]
pub fn silent_yes_at(approval: &Approval, policy: &Policy) -> Option<Timestamp> {
    let days = i64::from(policy.approvals.silence_days);
    let at = approval.asked_at + SignedDuration::from_hours(24 * days);
    (days > 0 && approval.state == ApprovalState::Pending && at < approval.expires_at).then_some(at)
}
