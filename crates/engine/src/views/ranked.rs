//! A ranking as it is kept in memory: the last snapshot of a project, judged again exactly as the plan was made, and a row for
//! each task that everything else is filtered from.
//!
//! Judging is pure, so this is what the plan said, to the last tenth. Deliberately not here: reading it (`cache`).

use crate::error::EngineError;
use crate::replay::SavedRules;
use decide::Policy;
use domain::{Band, Judgement, Moment, Phase, PlanId, Points, Project, RunId, Snapshot, Task, TaskGid, fit};
use jiff::civil::Date;
use judge::{Memory, Rubric};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use store::SavedPlan;

/// Letters of the strongest reason that a row shows.
const SHORT: usize = 140;

/// One criterion of the rubric a ranking was made by.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CriterionView {
    /// Its name.
    pub name: String,
    /// Its share of the score, percent.
    pub weight: f64,
}

/// What a task was before this judgement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Was {
    /// 0–100.
    pub score: f64,
    /// P0–P3.
    pub band: &'static str,
}

/// A task in its place.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RankedTask {
    /// The task.
    pub gid: TaskGid,
    /// Its name when it was judged.
    pub name: String,
    /// Place in the project's order, 1 is first.
    pub rank: usize,
    /// 0–100.
    pub score: f64,
    /// P0–P3.
    pub band: &'static str,
    /// What it was before, when it was judged before.
    pub was: Option<Was>,
    /// Percent.
    pub confidence: u8,
    /// Whether that is measured on the team's decisions.
    pub calibrated: bool,
    /// Next Sprint, Future Sprint or Backlog.
    pub sprint: &'static str,
    /// What to do next.
    pub action: &'static str,
    /// Points of each criterion, in the order of the ranking's criteria; they sum to the score.
    pub points: Vec<f64>,
    /// The strongest reason.
    pub reason: String,
    /// Its section.
    pub section: Option<String>,
    /// Who has it.
    pub assignee: Option<String>,
    /// When it is due.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub due_on: Option<Date>,
    /// Open tasks it waits for.
    pub waits_for: usize,
}

/// A task, or a field of it, that was left alone.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LeftAlone {
    /// The task.
    pub gid: TaskGid,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// How many tasks are in each band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BandCounts {
    /// Now.
    pub p0: usize,
    /// Next.
    pub p1: usize,
    /// Worth doing.
    pub p2: usize,
    /// Not now.
    pub p3: usize,
}

impl BandCounts {
    /// The counts of some bands.
    pub(crate) fn of(bands: impl Iterator<Item = Band>) -> BandCounts {
        let mut counts = BandCounts::default();
        for band in bands {
            match band {
                Band::P0 => counts.p0 += 1,
                Band::P1 => counts.p1 += 1,
                Band::P2 => counts.p2 += 1,
                Band::P3 => counts.p3 += 1,
            }
        }
        counts
    }

    /// Band by band, the highest first.
    #[must_use]
    pub fn each(&self) -> [(&'static str, usize); 4] {
        [("P0", self.p0), ("P1", self.p1), ("P2", self.p2), ("P3", self.p3)]
    }

    /// All together.
    #[must_use]
    pub fn all(&self) -> usize {
        self.p0 + self.p1 + self.p2 + self.p3
    }
}

/// A ranking with all it was made of.
#[derive(Debug)]
pub struct Ranked {
    pub(crate) plan: PlanId,
    pub(crate) run: RunId,
    pub(crate) project: Project,
    pub(crate) now: Moment,
    pub(crate) phase: Phase,
    pub(crate) rubric: Rubric,
    pub(crate) memory: Memory,
    pub(crate) snapshot: Snapshot,
    pub(crate) judgements: Vec<Judgement>,
    pub(crate) skipped: Vec<LeftAlone>,
    pub(crate) kept: Vec<LeftAlone>,
    pub(crate) notes: Vec<String>,
    pub(crate) rows: Vec<RankedTask>,
    pub(crate) places: HashMap<TaskGid, usize>,
    pub(crate) bands: BandCounts,
    /// The option of the official priority for each band.
    pub(crate) priorities: BTreeMap<Band, String>,
}

impl Ranked {
    /// Judges a saved plan's snapshot again. Takes about a second for 10,000 tasks.
    ///
    /// # Errors
    /// Rules that cannot be read back.
    pub(crate) fn again(saved: SavedPlan, snapshot: Snapshot) -> Result<Ranked, EngineError> {
        let (rubric, policy, memory) = read_rules(&saved.rules)?;
        let plan = saved.plan;
        let judgements = judge::judge(&snapshot, &rubric, plan.now, &memory);
        let left = |skipped: &domain::Skipped| LeftAlone {
            gid: skipped.task.clone(),
            name: skipped.name.clone(),
            reason: skipped.reason.to_string(),
        };
        let skipped: Vec<LeftAlone> = plan.skipped.iter().map(left).collect();
        let left_alone: std::collections::HashSet<&TaskGid> =
            plan.skipped.iter().map(|skipped| &skipped.task).collect();
        let places = judgements.iter().enumerate().map(|(at, j)| (j.task.clone(), at)).collect();
        let tasks: HashMap<&TaskGid, &Task> = snapshot.tasks.iter().map(|task| (&task.gid, task)).collect();
        let row = |judgement: &Judgement| {
            let task = tasks.get(&judgement.task).copied();
            row(judgement, task, &snapshot, memory.get(&judgement.task).copied())
        };
        let rows: Vec<RankedTask> =
            judgements.iter().filter(|j| !left_alone.contains(&j.task)).map(row).collect();
        let bands = judgements.iter().filter(|j| !left_alone.contains(&j.task)).map(|j| j.band);
        Ok(Ranked {
            bands: BandCounts::of(bands),
            priorities: policy.priority_options,
            kept: plan.kept.iter().map(left).collect(),
            plan: plan.id,
            run: saved.run,
            project: plan.project,
            now: plan.now,
            phase: plan.phase,
            notes: plan.notes,
            rubric,
            memory,
            skipped,
            rows,
            places,
            snapshot,
            judgements,
        })
    }

    /// The judgement of a task.
    pub(crate) fn judgement(&self, task: &TaskGid) -> Option<&Judgement> {
        self.places.get(task).and_then(|at| self.judgements.get(*at))
    }

    /// The criteria with their weights.
    pub(crate) fn criteria(&self) -> Vec<CriterionView> {
        let view = |c: &judge::Criterion| CriterionView { name: c.name.clone(), weight: percent(c.weight) };
        self.rubric.criteria().iter().map(view).collect()
    }
}

/// A share as percent, to the tenth.
pub(crate) fn percent(share: f64) -> f64 {
    (share * 1000.0).round() / 10.0
}

/// Rubric, policy and remembered bands of a saved plan.
pub(crate) fn read_rules(text: &str) -> Result<(Rubric, Policy, Memory), EngineError> {
    let bad = |e: String| EngineError::Rules(e);
    let saved: SavedRules = serde_json::from_str(text).map_err(|e| bad(e.to_string()))?;
    let rubric =
        Rubric::from_canonical(&saved.rules["rubric"].to_string()).map_err(|e| bad(e.to_string()))?;
    let policy = serde_json::from_value(saved.rules["policy"].clone()).map_err(|e| bad(e.to_string()))?;
    Ok((rubric, policy, saved.memory))
}

fn row(
    judgement: &Judgement,
    task: Option<&Task>,
    snapshot: &Snapshot,
    was: Option<(Points, Band)>,
) -> RankedTask {
    let section = task.and_then(|task| task.section.as_ref());
    let section = section.and_then(|gid| snapshot.sections.iter().find(|section| section.gid == *gid));
    let assignee = task.and_then(|task| task.assignee.as_ref()).map(|person| person.name.clone());
    let reason = judgement.reasons().first().map(|reason| fit(&reason.to_string(), SHORT));
    RankedTask {
        gid: judgement.task.clone(),
        name: judgement.name.clone(),
        rank: judgement.rank,
        score: judgement.score.to_f64(),
        band: judgement.band.label(),
        was: was.map(|(score, band)| Was { score: score.to_f64(), band: band.label() }),
        confidence: judgement.confidence.percent,
        calibrated: judgement.confidence.calibrated,
        sprint: judgement.sprint.label(),
        action: judgement.action.label(),
        points: judgement.contributions.iter().map(|c| c.points.to_f64()).collect(),
        reason: reason.unwrap_or_default(),
        section: section.map(|section| section.name.clone()),
        assignee,
        due_on: task.and_then(|task| task.due_on),
        waits_for: judgement.waits_for.len(),
    }
}
