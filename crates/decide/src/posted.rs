//! A text that Upnext posts about a project: one comment of its own kind on the host task or on one that the policy names.
//!
//! Deliberately not here: what it says (`review`, `mirror`, `sprint::preview`), and whether anything is posted (`engine`).

use crate::extras::host;
use crate::groom::Rules;
use crate::policy::Policy;
use domain::{
    Action, ActionId, Consent, Digest, Moment, Plan, PlanId, PlanKind, PlannedAction, Snapshot, TaskGid,
    TaskRef,
};

/// What is posted.
pub(crate) struct Post {
    /// Which plan it is; with the snapshot, rules and moment the plan is called by it.
    pub kind: PlanKind,
    /// The action's name.
    pub id: String,
    /// The task it is on; the host task without.
    pub on: Option<TaskGid>,
    /// How the comment begins; there is one that begins so.
    pub marker: String,
    /// What it says.
    pub text: String,
    /// What it is for.
    pub reason: &'static str,
}

/// The plan that posts it.
pub(crate) fn plan_post(
    snapshot: &Snapshot,
    post: Post,
    policy: &Policy,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let (task, mut actions) = match post.on {
        Some(task) => (TaskRef::Existing(task), vec![]),
        None => host(snapshot, policy),
    };
    actions.push(PlannedAction {
        id: ActionId::new(post.id),
        action: Action::PutComment {
            task,
            marker: post.marker,
            expected: None,
            text: post.text,
            mention: None,
        },
        reason: post.reason.to_owned(),
        consent: Consent::Given,
    });
    let digest = snapshot.digest();
    let id = Digest::of(&(&post.kind, &digest, &rules.digest, now));
    Plan {
        id: PlanId::new(format!("plan_{}", &id.as_str()[..16])),
        kind: post.kind,
        project: snapshot.project.clone(),
        now,
        phase: policy.project_phase(&snapshot.project.gid),
        rubric: rules.rubric.clone(),
        snapshot: digest,
        actions,
        skipped: vec![],
        kept: vec![],
        notes: vec![],
    }
}
