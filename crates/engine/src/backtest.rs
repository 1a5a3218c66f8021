//! The backtest workflow: read a project's past, and see how the rubric would have done. Reads only; nothing is saved.
//!
//! Deliberately not here: judging the past (`judge`), how the report looks (the CLI's).

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{actor, gather_frame, read_history};
use crate::report::Requests;
use domain::{Moment, Named, ProjectGid};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use judge::backtest::{Backtest, Look};
use serde::Serialize;

/// What to look back at.
#[derive(Clone, Debug)]
pub struct Period {
    /// The first day judged.
    pub from: Date,
    /// The last day judged, at the latest.
    pub to: Date,
    /// The team's time zone.
    pub zone: TimeZone,
    /// Days after a judged day in which being taken up counts.
    pub horizon_days: u16,
}

/// Days between two judged moments: a sprint is planned once a week or more rarely.
const STEP_DAYS: i64 = 7;

impl Period {
    /// When the first day begins.
    pub(crate) fn begin(&self, now: Timestamp) -> Timestamp {
        self.from.to_zoned_datetime(self.zone.clone()).map_or(now, |zoned| zoned.timestamp())
    }

    /// The judged moments: the first day's morning and every week after, as long as their horizon has passed.
    pub(crate) fn moments(&self, now: Timestamp) -> Vec<Moment> {
        let mut moments = vec![];
        let mut day = self.from;
        while day <= self.to {
            // Nobody has planned before nine.
            let at = day.at(9, 0, 0, 0).to_zoned_datetime(self.zone.clone()).map(|zoned| zoned.timestamp());
            let ends = day.checked_add(Span::new().days(i64::from(self.horizon_days)));
            let (Ok(at), Ok(ends)) = (at, ends) else { break };
            if ends > now.to_zoned_datetime(self.zone.clone()).date() {
                break;
            }
            moments.push(Moment { at, today: day });
            let Ok(next) = day.checked_add(Span::new().days(STEP_DAYS)) else { break };
            day = next;
        }
        moments
    }
}

/// What a backtest found.
#[derive(Clone, Debug, Serialize)]
pub struct BacktestReport {
    /// The project.
    pub project: Named<ProjectGid>,
    /// The rubric that was tried.
    pub rubric: String,
    /// The first day asked for.
    pub from: Date,
    /// The last day asked for.
    pub to: Date,
    /// Days in which being taken up counted.
    pub horizon_days: u16,
    /// Tasks whose past was read.
    pub tasks: usize,
    /// The findings.
    pub findings: Backtest,
    /// What the plan or token kept from being read, for people.
    pub notes: Vec<String>,
    /// What reading it cost.
    pub requests: Requests,
}

/// Looks back at a project.
///
/// # Errors
/// What keeps the project or its history from being read.
pub async fn backtest(
    engine: &Engine,
    project: &ProjectGid,
    period: &Period,
    now: Moment,
) -> Result<BacktestReport, EngineError> {
    let engine = &engine.for_project(project).await?;
    let start = engine.asana.counters();
    let present = gather_frame(engine, project, now.at).await?;
    let pasts = read_history(engine, project, period.begin(now.at)).await?;
    let moments = period.moments(now.at);
    engine.stage("judging the past", moments.len());
    let ours = actor(engine).await?.gid;
    let look = Look {
        present: &present,
        pasts: &pasts,
        rubric: &engine.rubric,
        moments: &moments,
        horizon_days: period.horizon_days,
        ours: &ours,
    };
    let findings = judge::backtest::backtest(&look);
    let kept = serde_json::json!({
        "rubric": engine.rubric.version(), "from": period.from, "to": period.to, "verdict": findings.verdict,
    });
    engine.store.keep_backtest(project, now.at, &kept).await?;
    Ok(BacktestReport {
        project: present.project.clone(),
        rubric: engine.rubric.version().to_owned(),
        from: period.from,
        to: period.to,
        horizon_days: period.horizon_days,
        tasks: pasts.len(),
        findings,
        notes: present.notes.clone(),
        requests: Requests::since(engine, start),
    })
}
