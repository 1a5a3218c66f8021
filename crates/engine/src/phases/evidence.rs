//! What speaks for letting Upnext do more by itself in a project: people's answers, calibration, the golden set, a backtest.
//!
//! Only what is kept is told; nothing is measured here but the golden set, which needs no reading. Deliberately not here: whether it
//! is enough for a team (a person decides, and may decide without).

use crate::approvals::{answered, count_answer};
use crate::context::Engine;
use crate::error::EngineError;
use crate::rubrics::check_golden;
use domain::{Band, ModelKind, ProjectGid, TaskGid};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use store::{ApprovalQuery, ModelState, Slot, Store};

/// Answers below which a share says little: at 30 and four in five, the true share is within about 15 points.
const ANSWERS_WANTED: usize = 30;
/// The least share of yes among answers.
const YES_WANTED: f64 = 0.8;

/// People's answers on tasks of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BandAnswers {
    /// The band.
    #[schemars(with = "String")]
    pub band: Band,
    /// Approved by a person.
    pub yes: usize,
    /// Rejected.
    pub no: usize,
}

/// What speaks for going on, each left out where there is none yet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PhaseEvidence {
    /// Answers to approvals, by band; bands without any are left out.
    pub answers: Vec<BandAnswers>,
    /// Tasks whose fields Upnext has written.
    pub written: usize,
    /// Of those, tasks where a person replaced a value and nobody has put Upnext's back.
    pub overridden: usize,
    /// Decisions that the confidence in force was measured on; none while it is not calibrated.
    pub calibrated: Option<usize>,
    /// Whether the rubric in force holds against the golden set, and its agreement (Kendall's tau).
    pub golden: Option<(bool, f64)>,
    /// When the last backtest was made, and its verdict: `go`, `no_go`, `undecided`, `too_little`, `too_unclear`.
    pub backtest: Option<(jiff::Timestamp, String)>,
}

impl PhaseEvidence {
    /// The share of yes among answers, 0–1.
    #[must_use]
    pub fn agreement(&self) -> Option<f64> {
        let (yes, all) = self.answers.iter().fold((0, 0), |(yes, all), a| (yes + a.yes, all + a.yes + a.no));
        (all > 0).then(|| yes as f64 / all as f64)
    }

    /// The share of written tasks where a person replaced a value, 0–1.
    #[must_use]
    pub fn override_rate(&self) -> Option<f64> {
        (self.written > 0).then(|| self.overridden as f64 / self.written as f64)
    }

    /// What is lacking before more is done without asking.
    pub(crate) fn lacking(&self) -> Vec<String> {
        let answers: usize = self.answers.iter().map(|a| a.yes + a.no).sum();
        let mut lacking = vec![];
        match self.agreement() {
            None => {
                lacking.push(format!("people have answered no approval yet, {ANSWERS_WANTED} are wanted"))
            }
            Some(_) if answers < ANSWERS_WANTED => {
                lacking
                    .push(format!("people have answered {answers} approvals, {ANSWERS_WANTED} are wanted"));
            }
            Some(share) if share < YES_WANTED => lacking.push(format!(
                "{:.0} % of answers were yes, {:.0} % are wanted",
                100.0 * share,
                100.0 * YES_WANTED
            )),
            Some(_) => {}
        }
        if self.calibrated.is_none() {
            lacking.push("confidence is not calibrated yet (upnext learn)".into());
        }
        match self.golden {
            None => lacking.push("there is no golden set yet (upnext golden freeze)".into()),
            Some((false, _)) => lacking.push("the rubric falls out with the golden set".into()),
            Some((true, _)) => {}
        }
        match &self.backtest {
            None => lacking.push("no backtest was made yet (upnext backtest)".into()),
            Some((_, verdict)) if verdict != "go" => {
                lacking.push(format!("the last backtest said {}", verdict.replace('_', " ")));
            }
            Some(_) => {}
        }
        lacking
    }
}

/// The evidence about a project. `engine` is the one made for it.
pub(super) async fn evidence(engine: &Engine, project: &ProjectGid) -> Result<PhaseEvidence, EngineError> {
    let store = &engine.store;
    let ledger = store.ledger(project).await?;
    let fields = ledger.iter().filter(|((_, slot), e)| matches!(slot, Slot::Field(_)) && e.written.is_some());
    let written: BTreeSet<&TaskGid> = fields.map(|((task, _), _)| task).collect();
    let overrides = store.kept_overrides(project).await?;
    let against = overrides.iter().filter(|one| !one.is_put_back()).map(|one| &one.found.task);
    let overridden: BTreeSet<&TaskGid> = against.filter(|task| written.contains(task)).collect();
    let models = store.models(project).await?;
    let measured =
        models.iter().find(|row| row.used.kind == ModelKind::Confidence && row.state == ModelState::InForce);
    let golden = match store.golden(project).await? {
        Some(_) => {
            let check = check_golden(engine, project, None).await?;
            Some((check.agreement.tau >= check.gate, check.agreement.tau))
        }
        None => None,
    };
    let verdict =
        |body: serde_json::Value| body["verdict"]["verdict"].as_str().unwrap_or("unknown").to_owned();
    Ok(PhaseEvidence {
        answers: answers_by_band(store, project).await?,
        written: written.len(),
        overridden: overridden.len(),
        calibrated: measured.map(|row| row.used.rows),
        golden,
        backtest: store.last_backtest(project).await?.map(|(at, body)| (at, verdict(body))),
    })
}

/// People's answers to approvals in a project, by the band of the task when it was asked; what silence answered is left out.
pub(crate) async fn answers_by_band(
    store: &Store,
    project: &ProjectGid,
) -> Result<Vec<BandAnswers>, EngineError> {
    let query = ApprovalQuery { project: Some(project.clone()), ..ApprovalQuery::default() };
    let mut by_band = Band::ALL.map(|band| BandAnswers { band, yes: 0, no: 0 });
    for one in store.approvals(&query).await? {
        let (Some(band), Some((_, yes))) = (one.ask.band, answered(&one)) else { continue };
        if let Some(of_band) = by_band.iter_mut().find(|answers| answers.band == band) {
            count_answer(yes, (&mut of_band.yes, &mut of_band.no));
        }
    }
    Ok(by_band.into_iter().filter(|answers| answers.yes + answers.no > 0).collect())
}
