//! Why a task has its score: every point with what it rests on, what would change it, and how it came to be what it is.
//!
//! Of the ranking in force where the task is in it, else of what was stored when it was last judged. Deliberately not here:
//! asking Asana how the task is now.

use super::cache::{Found, Views};
use super::ranked::Ranked;
use crate::error::EngineError;
use crate::overrides::OverrideRow;
use domain::{Contribution, EffortFinding, Judgement, Points, ProjectGid, Rating, RunId, Snapshot, TaskGid};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// Earlier scores told.
const HISTORY: u32 = 40;

/// What a criterion rests on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReadingView {
    /// The signal.
    pub signal: String,
    /// Its strength, percent.
    pub strength: f64,
    /// What was seen.
    pub reason: String,
}

/// What a criterion adds.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ContributionView {
    /// The criterion.
    pub criterion: String,
    /// Points added.
    pub points: f64,
    /// The most it could add.
    pub most: f64,
    /// What it rests on, strongest first.
    pub readings: Vec<ReadingView>,
    /// The part of the points that a language model's rating adds or takes, and what it read.
    pub ai: Option<(f64, String)>,
}

/// A task that is spoken of.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NamedTask {
    /// The task.
    pub gid: TaskGid,
    /// Its name; its gid where it is not known.
    pub name: String,
}

/// A learned effort and what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EffortView {
    /// In its unit, as `5.5 days`.
    pub amount: String,
    /// The interval, as `3 to 8`.
    pub interval: String,
    /// The share of truths the interval is made to hold, percent.
    pub coverage: f64,
    /// The share that recent intervals did hold, percent.
    pub measured: Option<f64>,
    /// Finished tasks it rests on.
    pub history: usize,
    /// Those most like it: task, what it took, likeness in percent.
    pub alike: Vec<(NamedTask, String, f64)>,
}

/// What happened to a task's score.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happened {
    /// It was judged.
    Judged {
        /// The run.
        run: RunId,
        /// The workflow of that run.
        kind: String,
        /// 0–100.
        score: f64,
        /// P0–P3.
        band: &'static str,
        /// Points since the judgement before; none for the first one kept.
        change: Option<f64>,
    },
    /// A person set another value than Upnext's.
    Overruled {
        /// Who, where Asana says.
        who: String,
        /// Which field.
        field: String,
        /// What Upnext had written.
        ours: String,
        /// What they set.
        theirs: String,
    },
    /// A person replaced such a value later.
    Reversed {
        /// Who.
        who: String,
        /// Which field.
        field: String,
        /// What had been set in place of Upnext's.
        from: String,
        /// What they set.
        to: String,
        /// Whether that is what Upnext had written.
        is_ours: bool,
    },
}

/// One line of a task's history.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HistoryEntry {
    /// When.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// What.
    pub what: Happened,
}

/// All that is known of a task's score.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TaskView {
    /// The task.
    pub task: NamedTask,
    /// The project.
    pub project: domain::Project,
    /// When it was judged.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// Place in the project's order, 1 is first.
    pub rank: usize,
    /// Tasks in that order.
    pub of: usize,
    /// 0–100.
    pub score: f64,
    /// P0–P3.
    pub band: &'static str,
    /// Percent.
    pub confidence: u8,
    /// Whether that is measured on the team's decisions.
    pub calibrated: bool,
    /// Decisions it was measured on.
    pub decisions: usize,
    /// Next Sprint, Future Sprint or Backlog.
    pub sprint: &'static str,
    /// What to do next.
    pub action: &'static str,
    /// The rubric's version.
    pub rubric: String,
    /// The same in sentences.
    pub rationale: String,
    /// One a criterion, in the rubric's order.
    pub contributions: Vec<ContributionView>,
    /// What the rubric asked for and did not find.
    pub missing: Vec<String>,
    /// The smallest changes that would move it to another band.
    pub counterfactuals: Vec<String>,
    /// Open tasks it waits for.
    pub waits_for: Vec<NamedTask>,
    /// Tasks it forms a cycle with.
    pub cycle: Vec<NamedTask>,
    /// What finished work says it will take.
    pub effort: Option<EffortView>,
    /// What a language model read in its texts.
    pub ratings: Vec<Rating>,
    /// Why it was left alone, if it was.
    pub left_alone: Option<String>,
    /// Its section.
    pub section: Option<String>,
    /// Who has it.
    pub assignee: Option<String>,
    /// When it is due.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub due_on: Option<Date>,
    /// When Upnext last wrote into it.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub last_written: Option<Timestamp>,
    /// What happened to its score, newest first.
    pub history: Vec<HistoryEntry>,
}

impl Views {
    /// The name of a task of a project's last ranking; none when it is not there.
    ///
    /// # Errors
    /// The store's.
    pub async fn task_name(
        &self,
        project: &ProjectGid,
        task: &TaskGid,
    ) -> Result<Option<String>, EngineError> {
        Ok(match self.ranked(project).await? {
            Found::Ranked { ranking, .. } => ranking.snapshot.task(task).map(|task| task.name.clone()),
            Found::NeverJudged | Found::Forgotten => None,
        })
    }

    /// Why a task of a project has its score; none when the project's ranking does not hold it.
    ///
    /// # Errors
    /// The store's, or saved rules that cannot be read.
    pub async fn task(
        &self,
        project: &ProjectGid,
        task: &TaskGid,
    ) -> Result<Found<Option<TaskView>>, EngineError> {
        let found = self.ranked(project).await?;
        let Found::Ranked { ranking, stale } = found else { return Ok(found.map(|_| None)) };
        let Some(judgement) = ranking.judgement(task) else {
            return Ok(Found::Ranked { ranking: None, stale });
        };
        let mut view = view(&ranking, judgement);
        view.history = self.history_of(project, task).await?;
        view.last_written = self.store.last_written(project, task).await?;
        Ok(Found::Ranked { ranking: Some(view), stale })
    }

    async fn history_of(
        &self,
        project: &ProjectGid,
        task: &TaskGid,
    ) -> Result<Vec<HistoryEntry>, EngineError> {
        let scores = self.store.history(task, Some(project), HISTORY + 1).await?;
        let mut entries = vec![];
        for (at, (run, when, score, band)) in scores.iter().enumerate().take(HISTORY as usize) {
            let before: Option<Points> = scores.get(at + 1).map(|(_, _, score, _)| *score);
            let kind = self.store.run(run).await?.map_or_else(String::new, |run| run.kind);
            let what = Happened::Judged {
                run: run.clone(),
                kind,
                score: score.to_f64(),
                band: band.label(),
                change: before.map(|before| (*score - before).to_f64()),
            };
            entries.push(HistoryEntry { at: *when, what });
        }
        let overrides = crate::overrides::overrides_of(&self.store, project, task).await?;
        entries.extend(overrides.iter().flat_map(told));
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        Ok(entries)
    }
}

/// What an override adds to a task's history: itself where it is known when it was, and who replaced it.
fn told(one: &OverrideRow) -> Vec<HistoryEntry> {
    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let set = one.at.map(|at| {
        let what = Happened::Overruled {
            who: one.by.as_ref().map_or_else(|| "Somebody in Asana".into(), |person| person.name.clone()),
            field: one.field_name.clone(),
            ours: word(&one.ours),
            theirs: word(&one.theirs),
        };
        HistoryEntry { at, what }
    });
    let reversed = one.reversal.as_ref().map(|reversal| {
        let what = Happened::Reversed {
            who: reversal.by.name.clone(),
            field: one.field_name.clone(),
            from: word(&one.theirs),
            to: word(&reversal.to),
            is_ours: reversal.is_ours,
        };
        HistoryEntry { at: reversal.at, what }
    });
    set.into_iter().chain(reversed).collect()
}

fn view(ranked: &Ranked, judgement: &Judgement) -> TaskView {
    // A task that is left alone has no row, but is in the snapshot all the same.
    let task = ranked.snapshot.task(&judgement.task);
    let section = task.and_then(|task| task.section.as_ref());
    let section = ranked.snapshot.sections.iter().find(|known| Some(&known.gid) == section);
    let names: HashMap<&TaskGid, &str> =
        ranked.snapshot.tasks.iter().map(|task| (&task.gid, task.name.as_str())).collect();
    let named = |gid: &TaskGid| NamedTask {
        gid: gid.clone(),
        name: names.get(gid).map_or_else(|| gid.to_string(), |name| (*name).to_owned()),
    };
    let mut missing: Vec<String> = judgement.missing.iter().map(|m| m.input.replace('_', " ")).collect();
    missing.sort();
    missing.dedup();
    let left = ranked.skipped.iter().find(|skipped| skipped.gid == judgement.task);
    TaskView {
        task: NamedTask { gid: judgement.task.clone(), name: judgement.name.clone() },
        project: ranked.project.clone(),
        at: ranked.now.at,
        rank: judgement.rank,
        of: ranked.judgements.len(),
        score: judgement.score.to_f64(),
        band: judgement.band.label(),
        confidence: judgement.confidence.percent,
        calibrated: judgement.confidence.calibrated,
        decisions: judgement.confidence.decisions,
        sprint: judgement.sprint.label(),
        action: judgement.action.label(),
        rubric: ranked.rubric.version().to_owned(),
        rationale: decide::rationale(judgement),
        contributions: judgement.contributions.iter().map(contribution).collect(),
        missing,
        counterfactuals: judgement.counterfactuals.iter().map(ToString::to_string).collect(),
        waits_for: judgement.waits_for.iter().map(named).collect(),
        cycle: judgement.cycle.iter().map(named).collect(),
        effort: judgement.findings.effort.as_ref().map(effort),
        ratings: rated(&ranked.snapshot, &judgement.task),
        left_alone: left.map(|left| left.reason.clone()),
        section: section.map(|section| section.name.clone()),
        assignee: task.and_then(|task| task.assignee.as_ref()).map(|person| person.name.clone()),
        due_on: task.and_then(|task| task.due_on),
        last_written: None,
        history: vec![],
    }
}

fn contribution(contribution: &Contribution) -> ContributionView {
    let readings = contribution.readings.iter().map(|reading| ReadingView {
        signal: reading.signal.replace('_', " "),
        strength: super::ranked::percent(reading.value),
        reason: reading.reason.to_string(),
    });
    ContributionView {
        criterion: contribution.criterion.clone(),
        points: contribution.points.to_f64(),
        most: contribution.most.to_f64(),
        readings: readings.collect(),
        ai: contribution.ai.as_ref().map(|ai| (ai.points.to_f64(), ai.reason.to_string())),
    }
}

pub(super) fn effort(found: &EffortFinding) -> EffortView {
    let (low, high) = (EffortFinding::number(found.low), EffortFinding::number(found.high));
    let alike = found.neighbours.iter().map(|like| {
        let task = NamedTask { gid: like.task.clone(), name: like.name.clone() };
        let took = EffortFinding::amount(&found.unit, like.effort);
        (task, took, super::ranked::percent(like.likeness))
    });
    EffortView {
        amount: EffortFinding::amount(&found.unit, found.effort),
        interval: format!("{low} to {high}"),
        coverage: super::ranked::percent(found.coverage),
        measured: found.measured.map(super::ranked::percent),
        history: found.history,
        alike: alike.collect(),
    }
}

fn rated(snapshot: &Snapshot, task: &TaskGid) -> Vec<Rating> {
    let ratings = snapshot.evidence.tasks.get(task).and_then(|findings| findings.ratings.as_ref());
    let said = |ratings: &domain::Ratings| {
        ratings.rated.iter().filter(|rating| rating.strength().is_some()).cloned().collect()
    };
    ratings.map(said).unwrap_or_default()
}
