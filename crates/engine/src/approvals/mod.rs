//! Approvals: what a run asks people, their answers, and what silence comes to.
//!
//! A yes carries out the action of the saved plan, as a run of its own that can be undone. Deliberately not here: which questions
//! a plan asks and when one is void (`decide`). Known limit: a question whose value was approved, written and then undone is asked
//! again by the next groom.

mod answer;
mod refused;
mod room;
mod saved;
mod told;

pub use answer::{ApprovalReport, Left, SILENCE, approve, reject};
pub(crate) use answer::{answered_by_silence, settle_approvals};
pub(crate) use refused::with_refused;
pub use told::{ApprovalView, approvals_told};

use crate::context::Engine;
use crate::error::EngineError;
use decide::{Asked, Step, asks, reconcile};
use domain::{
    ActionId, Approval, ApprovalId, ApprovalState, Band, Digest, Judgement, Moment, Outcome, Plan,
    ProjectGid, Role, RunId, Settled, Snapshot,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use store::{ApprovalQuery, Store};

/// Which approvals are wanted; what is left out does not narrow them.
#[derive(Clone, Debug, Default)]
pub struct ApprovalFilter {
    /// Of this project.
    pub project: Option<ProjectGid>,
    /// In this state.
    pub state: Option<ApprovalState>,
    /// Of tasks judged to be in one of these bands.
    pub bands: Vec<Band>,
    /// With at least this confidence, percent. What has none, a label, is not among them.
    pub min_confidence: Option<u8>,
    /// Whose priority moves at least so many bands; one that has none yet counts as moving all the way, and so does what is no
    /// priority. A priority that stands for no band is not among them.
    pub min_change: Option<u8>,
}

impl ApprovalFilter {
    /// Whether an approval is among those wanted; project and state are the store's to find.
    fn takes(&self, approval: &Approval) -> bool {
        let ask = &approval.ask;
        (self.bands.is_empty() || ask.band.is_some_and(|band| self.bands.contains(&band)))
            && self.min_confidence.is_none_or(|least| ask.confidence.is_some_and(|sure| sure >= least))
            && self.min_change.is_none_or(|least| {
                let first = ask.old.is_none() || ask.what != Role::Priority.key();
                ask.moves.map_or(first, |moves| moves >= least)
            })
    }
}

/// The approvals that a filter takes: the highest bands first, of each the largest moves first, then as they were asked.
///
/// # Errors
/// The store's.
pub async fn approvals(store: &Store, filter: &ApprovalFilter) -> Result<Vec<Approval>, EngineError> {
    let query = ApprovalQuery { project: filter.project.clone(), state: filter.state, settled_since: None };
    let mut found = store.approvals(&query).await?;
    found.retain(|approval| filter.takes(approval));
    found.sort_by_key(|one| (one.ask.band.is_none(), one.ask.band, std::cmp::Reverse(one.ask.moves)));
    Ok(found)
}

/// What waits for a person, as [`approvals`].
///
/// # Errors
/// The store's.
pub async fn pending(store: &Store, filter: &ApprovalFilter) -> Result<Vec<Approval>, EngineError> {
    approvals(store, &ApprovalFilter { state: Some(ApprovalState::Pending), ..filter.clone() }).await
}

/// What a run judged, planned and did.
pub(crate) struct Ran<'a> {
    pub run: &'a RunId,
    pub plan: &'a Plan,
    pub snapshot: &'a Snapshot,
    pub judgements: &'a [Judgement],
    pub outcomes: &'a [Outcome],
}

/// Keeps what a run asks, and ends what it makes void; ends what is too old, too. Returns how many questions are new.
pub(crate) async fn ask(engine: &Engine, ran: Ran<'_>, now: Moment) -> Result<usize, EngineError> {
    let project = &ran.plan.project.gid;
    expire(&engine.store, project, now.at).await?;
    let query = ApprovalQuery {
        project: Some(project.clone()),
        state: Some(ApprovalState::Pending),
        ..ApprovalQuery::default()
    };
    let pending = engine.store.approvals(&query).await?;
    let ended = engine.store.last_approvals(project).await?;
    let well = |id: &ActionId| ran.outcomes.iter().any(|o| o.action == *id && o.kind.is_settled_well());
    let questions = asks(ran.plan, ran.snapshot, ran.judgements, &engine.policy);
    let asked = Asked { pending: &pending, ended: &ended };
    let steps = reconcile((ran.plan, ran.snapshot, &engine.policy), questions, asked, well);
    let mut known: HashMap<ApprovalId, Approval> =
        pending.into_iter().map(|approval| (approval.id.clone(), approval)).collect();
    let (mut changed, mut new) = (vec![], vec![]);
    for step in steps {
        match step {
            Step::Ask(ask) => {
                let days = i64::from(engine.policy.approvals.expire_days.max(1));
                let id = Digest::of(&(project, &ask, now.at));
                new.push(Approval {
                    id: ApprovalId::new(format!("apr_{}", &id.as_str()[..12])),
                    project: project.clone(),
                    ask,
                    state: ApprovalState::Pending,
                    asked_at: now.at,
                    expires_at: now.at + SignedDuration::from_hours(24 * days),
                    settled: None,
                });
            }
            Step::Renew(id, ask) => changed.extend(known.remove(&id).map(|a| Approval { ask, ..a })),
            Step::End { id, state, by, why } => {
                let run = (state == ApprovalState::Approved).then(|| ran.run.clone());
                let settled = Settled { by, at: now.at, why: Some(why), run };
                changed.extend(known.remove(&id).map(|a| Approval { state, settled: Some(settled), ..a }));
            }
        }
    }
    engine.store.keep_approvals(now.at, &changed, &new).await?;
    Ok(new.len())
}

/// Counts an answer to the one or the other.
pub(crate) fn count_answer(yes: bool, counts: (&mut usize, &mut usize)) {
    *(if yes { counts.0 } else { counts.1 }) += 1;
}

/// A person's answer: when, and whether it is a yes; nothing of what is open, void, or answered by silence.
pub(crate) fn answered(one: &Approval) -> Option<(Timestamp, bool)> {
    let settled = one.settled.as_ref().filter(|settled| settled.by != SILENCE)?;
    match one.state {
        ApprovalState::Approved => Some((settled.at, true)),
        ApprovalState::Rejected => Some((settled.at, false)),
        _ => None,
    }
}

/// Ends what waits in a project and is too old. Returns how many did.
///
/// # Errors
/// The store's.
pub async fn expire(store: &Store, project: &ProjectGid, now: Timestamp) -> Result<usize, EngineError> {
    let filter = ApprovalFilter { project: Some(project.clone()), ..ApprovalFilter::default() };
    let waiting = pending(store, &filter).await?.into_iter().filter(|one| one.expires_at <= now);
    let over: Vec<Approval> = waiting
        .map(|one| {
            let days = one.expires_at.duration_since(one.asked_at).as_hours() / 24;
            let why = format!("nobody answered within {days} days");
            let settled = Settled { by: decide::UPNEXT.into(), at: now, why: Some(why), run: None };
            Approval { state: ApprovalState::Expired, settled: Some(settled), ..one }
        })
        .collect();
    Ok(store.keep_approvals(now, &over, &[]).await?.len())
}
