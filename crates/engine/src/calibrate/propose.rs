//! From answers to a proposal, with what speaks for it; or the reason why there is none.
//!
//! Deliberately not here: accepting it (`rubrics`).

use super::Calibration;
use crate::context::Engine;
use crate::error::EngineError;
use crate::rubrics::{GoldenEvidence, golden_evidence};
use domain::{Bands, Digest, Moment, Named, ProjectGid, Snapshot};
use judge::Rubric;
use judge::backtest::PastEvidence;
use judge::weights::{
    Answered, Change, HeldOut, LearnedWeight, Pair, Use, change, fit, held_out, next_version, proposed,
};
use serde::{Deserialize, Serialize};
use store::{Origin, RubricState, RubricVersion};

/// Checks below which not even all of them on one side would be more than chance.
const LEAST_CHECKS: usize = 4;
/// Answers below which nothing is fitted: there are about as many weights.
const LEAST_ANSWERS: usize = 8;

/// The answers behind a proposal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswerEvidence {
    /// Answers to questions chosen to learn from.
    pub learn: usize,
    /// Answers to questions chosen to check.
    pub check: usize,
    /// Answers that nobody asked for.
    pub given: usize,
    /// Of all, those that called two tasks equal.
    pub same: usize,
    /// How answers were foretold by weights fitted without them.
    pub held_out: HeldOut,
}

/// What speaks for a proposal. It is kept with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The version of the rubric whose weights were learned anew.
    pub base: String,
    /// Weight by weight.
    pub weights: Vec<LearnedWeight>,
    /// When it was learned from answers.
    pub answers: Option<AnswerEvidence>,
    /// When it was learned from the past.
    pub past: Option<PastEvidence>,
    /// What it would change of the present backlog.
    pub backlog: Option<Change>,
    /// The golden set, when there is one.
    pub golden: Option<GoldenEvidence>,
    /// Other thresholds of the bands, when somebody asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bands: Option<BandChange>,
    /// Why somebody asked for it, when it was not learned and they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Thresholds of the bands before and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BandChange {
    /// In force when it was proposed.
    pub before: Bands,
    /// Proposed.
    pub after: Bands,
}

/// What a calibration came to.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// The project.
    pub project: Named<ProjectGid>,
    /// The version of the rubric in force.
    pub rubric: String,
    /// What was learned and how far it can be trusted, whether it is proposed or not.
    pub evidence: Evidence,
    /// The proposal, when there is one.
    pub proposed: Option<RubricVersion>,
    /// Why there is none.
    pub why_not: Option<String>,
}

impl Calibration {
    /// Fits the weights to the answers, and keeps a proposal when answers that were held out speak for it.
    ///
    /// # Errors
    /// The store's.
    pub async fn propose(&self) -> Result<Proposal, EngineError> {
        let answered: Vec<Answered> = self.answers.iter().filter_map(|answer| self.usable(answer)).collect();
        let of = |used| answered.iter().filter(|answer| answer.used == used).count();
        let found = AnswerEvidence {
            learn: of(Use::Learn),
            check: of(Use::Check),
            given: of(Use::Given),
            same: answered.iter().filter(|answer| answer.pair.is_tie).count(),
            held_out: held_out(&self.engine.rubric, &answered),
        };
        let pairs: Vec<Pair> = answered.into_iter().map(|answer| answer.pair).collect();
        let weights = fit(&self.engine.rubric, &pairs);
        let known = self.engine.store.rubrics(&self.project).await?;
        let version = next_version(self.rubric(), known.iter().map(|known| known.version.as_str()));
        let rubric = proposed(&self.engine.rubric, &weights, &version)
            .map_err(|e| EngineError::Rules(e.to_string()))?;
        let learned = Learned {
            origin: Origin::Answers,
            weights,
            rubric,
            answers: Some(found),
            past: None,
            why_not: against(&found),
        };
        learned.keep(&self.engine, (&self.snapshot, self.now), &self.by).await
    }
}

/// Why the answers do not speak for the learned weights.
fn against(found: &AnswerEvidence) -> Option<String> {
    let (all, held) = (found.learn + found.check + found.given, &found.held_out);
    if all < LEAST_ANSWERS {
        return Some(format!("there are {all} answers, and {LEAST_ANSWERS} are the least to learn from"));
    }
    if found.learn > 0 && found.check < LEAST_CHECKS && held.contested == found.check {
        return Some(format!(
            "there are {} answers to learn from and {} to check what was learned; {LEAST_CHECKS} checks are the least: go \
             on with `upnext calibrate`",
            found.learn, found.check
        ));
    }
    if held.contested == 0 {
        return Some("the answers agree with the rubric in force: there is nothing to change".into());
    }
    (!held.speaks_for_them()).then(|| {
        format!(
            "answers that nothing was fitted on do not speak for other weights: of {} about pairs that the two orders \
             contest, {} side with the learned weights, which thrown coins do {:.0} times in a hundred; of all {}, {:.0} % \
             agree with the rubric in force and {:.0} % with the learned weights",
            held.contested,
            held.sided,
            100.0 * held.chance(),
            held.answers,
            100.0 * held.before,
            100.0 * held.after
        )
    })
}

/// Weights that were learned, from wherever.
pub(super) struct Learned {
    pub(super) origin: Origin,
    pub(super) weights: Vec<LearnedWeight>,
    pub(super) rubric: Rubric,
    pub(super) answers: Option<AnswerEvidence>,
    pub(super) past: Option<PastEvidence>,
    pub(super) why_not: Option<String>,
}

impl Learned {
    /// Completes the evidence on the present backlog, and keeps the proposal unless something speaks against it.
    pub(super) async fn keep(
        self,
        engine: &Engine,
        (snapshot, now): (&Snapshot, Moment),
        by: &str,
    ) -> Result<Proposal, EngineError> {
        let project = &snapshot.project;
        let mut evidence = Evidence {
            base: engine.rubric.version().to_owned(),
            weights: self.weights,
            answers: self.answers,
            past: self.past,
            backlog: None,
            golden: None,
            bands: None,
            reason: None,
        };
        let mut kept = None;
        if self.why_not.is_none() {
            evidence.backlog = Some(change(snapshot, now, &engine.rubric, &self.rubric));
            evidence.golden = golden_evidence(engine, &project.gid, [&engine.rubric, &self.rubric]).await?;
            let proposal = proposal(engine, (&project.gid, self.origin), &self.rubric, &evidence);
            kept = Some(keep_proposal(engine, proposal, by).await?);
        }
        Ok(Proposal {
            project: project.clone(),
            rubric: engine.rubric.version().to_owned(),
            evidence,
            proposed: kept,
            why_not: self.why_not,
        })
    }
}

/// A rubric as a proposal of the project, not kept yet.
pub(crate) fn proposal(
    engine: &Engine,
    (project, origin): (&ProjectGid, Origin),
    rubric: &Rubric,
    evidence: &Evidence,
) -> RubricVersion {
    let (body, at) = (rubric.canonical(), (engine.clock)());
    let digest = Digest::of(&(project, &body, at));
    RubricVersion {
        id: format!("rub_{}", &digest.as_str()[..12]),
        project: project.clone(),
        version: rubric.version().to_owned(),
        body,
        origin,
        proposed_at: at,
        evidence: serde_json::to_value(evidence).unwrap_or_default(),
        state: RubricState::Proposed,
        decided_by: None,
        decided_at: None,
    }
}

/// The same evidence asked for again is the proposal that waits already.
pub(crate) async fn keep_proposal(
    engine: &Engine,
    new: RubricVersion,
    by: &str,
) -> Result<RubricVersion, EngineError> {
    let waiting = engine.store.rubrics(&new.project).await?.into_iter().find(|known| {
        known.state == RubricState::Proposed
            && known.origin == new.origin
            && known.evidence["base"] == new.evidence["base"]
            && known.evidence["weights"] == new.evidence["weights"]
            && known.evidence["bands"] == new.evidence["bands"]
    });
    match waiting {
        Some(waiting) => Ok(waiting),
        None => {
            engine.store.propose_rubric(&new, by).await?;
            Ok(new)
        }
    }
}
