//! What tasks take, from what the team's finished tasks took.
//!
//! The team's effort field is taken where enough finished tasks have it, else tracked time, else the days from being taken
//! up to completion. The held-back figures are made as the service would have made them: every task estimated before it was
//! learned. Deliberately not here: the estimator (`effort`).
//! Known limits: a description is read as it is now, not as it was at the start; cycle time counts waiting as work.

use super::{HELD_BACK, History, LEAST_ROWS, Learned, Metric, Report, incomparable, verdict};
use crate::learn::effort::{EffortModel, Estimate, Expert, Finished, MOST_EFFORT, Question, Scale, Settings};
use crate::learn::metrics::{mean_absolute_error, median, spearman};
use domain::{
    EffortFinding, FieldGid, FieldValue, Happened, Measure, Neighbour, NumberFormat, Opinion, Past, Role,
    Snapshot, Task, TaskGid,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Finished tasks it takes: those the estimator needs, and as many again to check it on.
pub const EFFORT_NEEDED: usize = EffortModel::MIN_HISTORY + LEAST_ROWS;
/// Held-back tasks that are estimated for the figures; more do not change them.
const MOST_CHECKED: usize = 1_000;
const MINUTES_PER_DAY: f64 = 1_440.0;
/// Opinions that count for less than a hundredth are not told.
const LEAST_WEIGHT: f64 = 0.01;

/// A held-back task: what was said before it was known, and what it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Checked {
    task: TaskGid,
    at: Timestamp,
    truth: f64,
    estimate: f64,
    inside: bool,
    /// The median of all before it.
    middle: f64,
}

/// A team's estimator as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TeamEffort {
    measure: Measure,
    unit: String,
    /// What the estimator's unit is divided by to come to `unit`.
    per_unit: f64,
    scale: Scale,
    names: BTreeMap<String, String>,
    model: EffortModel,
    checked: Vec<Checked>,
    until: Timestamp,
}

/// A finished task and what it took.
struct Row<'a> {
    past: &'a Past,
    at: Timestamp,
    effort: f64,
}

/// How many finished tasks tell their effort by a measure.
#[must_use]
pub fn measurable(history: &History<'_>, measure: Measure) -> usize {
    rows(history, measure).len()
}

/// Learns what tasks take. `live` is the model in force.
#[must_use]
pub fn effort(history: &History<'_>, live: Option<&TeamEffort>, seed: u64) -> Learned<TeamEffort> {
    let measures = [Measure::EffortField, Measure::ActualTime, Measure::CycleTime];
    let enough = |measure: &Measure| measurable(history, *measure) >= EFFORT_NEEDED;
    let Some(measure) = measures.into_iter().find(enough) else {
        let have = measures.iter().map(|measure| measurable(history, *measure)).max().unwrap_or(0);
        let report = Report::not_enough(have, EFFORT_NEEDED, "finished tasks whose effort is known");
        return Learned { model: None, report };
    };
    let rows = rows(history, measure);
    let mut model = new_model(history, measure, &rows, seed);
    let first_checked = rows.len() - held_back(rows.len());
    let mut before = vec![];
    for (at, row) in rows.iter().enumerate() {
        let asked = Asked::of(history.frame, &row.past.task, measure);
        if at >= first_checked {
            model.check(row, &asked, &before);
        }
        model.learn(row, &asked);
        before.push(row.effort);
    }
    let report = report(&rows, &model, live, history);
    Learned { model: Some(model), report }
}

fn held_back(rows: usize) -> usize {
    ((rows as f64 * HELD_BACK) as usize).clamp(LEAST_ROWS, MOST_CHECKED)
}

fn new_model(history: &History<'_>, measure: Measure, rows: &[Row<'_>], seed: u64) -> TeamEffort {
    let field = effort_field(history);
    let minutes = field.is_some_and(|field| field.format == NumberFormat::Duration);
    let (unit, scale, per_unit) = match measure {
        Measure::EffortField if minutes => ("minutes".to_owned(), Scale::Ratio, 1.0),
        Measure::EffortField => {
            (field.map(|field| field.name.clone()).unwrap_or_default(), Scale::Difference, 1.0)
        }
        Measure::ActualTime => ("minutes".to_owned(), Scale::Ratio, 1.0),
        Measure::CycleTime => ("days".to_owned(), Scale::Ratio, MINUTES_PER_DAY),
    };
    TeamEffort {
        measure,
        unit,
        per_unit,
        scale,
        names: rows.iter().map(|row| (row.past.task.gid.to_string(), row.past.task.name.clone())).collect(),
        model: EffortModel::new(Settings { scale, seed, ..Settings::default() }),
        checked: vec![],
        until: rows.last().map_or(Timestamp::UNIX_EPOCH, |row| row.at),
    }
}

/// The effort field that most finished tasks have a number in. The others may count in another unit, so they teach nothing.
fn effort_field<'a>(history: &History<'a>) -> Option<&'a domain::FieldDef> {
    let done: Vec<&Task> =
        history.pasts.iter().map(|past| &past.task).filter(|task| task.completed).collect();
    let candidates = history.frame.roles.candidates(Role::EffortEstimate).iter();
    let known = |gid: &&FieldGid| done.iter().filter(|task| by_field(history, gid, task).is_some()).count();
    // Of equals the first counts: it is the one the team is asked to fill.
    let best = candidates.rev().max_by_key(known)?;
    history.frame.field(best)
}

/// Finished work with its effort in the estimator's unit, in the order in which it was finished.
fn rows<'a>(history: &History<'a>, measure: Measure) -> Vec<Row<'a>> {
    let field = effort_field(history).map(|field| &field.gid);
    let work = history.pasts.iter().filter(|past| !matches!(&*past.task.subtype, "milestone" | "approval"));
    let mut rows: Vec<Row<'a>> = work
        .filter(|past| past.task.completed)
        .filter_map(|past| {
            let at = past.completed_at?;
            let effort = match measure {
                Measure::EffortField => by_field(history, field?, &past.task)?,
                Measure::ActualTime => past.actual_minutes.filter(|minutes| *minutes > 0.0)?,
                Measure::CycleTime => cycle_minutes(past, at)?,
            };
            // What is beyond belief is a slip, and would spoil every mean.
            (0.0..=MOST_EFFORT).contains(&effort).then_some(Row { past, at, effort })
        })
        .collect();
    rows.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.past.task.gid.cmp(&b.past.task.gid)));
    rows
}

fn by_field(history: &History<'_>, gid: &FieldGid, task: &Task) -> Option<f64> {
    match task.fields.get(gid)?.value.as_ref()? {
        FieldValue::Number(number) => Some(*number),
        FieldValue::Enum { name, .. } => {
            let field = history.frame.field(gid)?;
            history.rubric.option_value(&field.name, name).or_else(|| name.trim().parse().ok())
        }
        FieldValue::Text(text) | FieldValue::Other(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|effort| (0.0..=MOST_EFFORT).contains(effort))
}

/// Minutes from when somebody took it up: its first move to another section or its first assignment.
fn cycle_minutes(past: &Past, done: Timestamp) -> Option<f64> {
    let begins = past.happenings.iter().find_map(|happening| match &happening.what {
        Happened::Section { .. } | Happened::Assignee(Some(_)) => Some(happening.at),
        _ => None,
    });
    let minutes = done.duration_since(begins?).as_secs_f64() / 60.0;
    (minutes > 0.0).then_some(minutes)
}

/// A task as the estimator is asked about it.
struct Asked<'a> {
    title: &'a str,
    description: &'a str,
    kind: Option<String>,
    labels: Vec<&'a str>,
    size: Option<f64>,
}

impl<'a> Asked<'a> {
    fn of(frame: &Snapshot, task: &'a Task, measure: Measure) -> Self {
        let value = |role: Role| frame.roles.value(role, task).map(|(_, value)| value.to_string());
        let kind = value(Role::RequestType).or_else(|| value(Role::Category));
        let size = match frame.roles.value(Role::EffortEstimate, task) {
            Some((_, FieldValue::Number(number))) if measure != Measure::EffortField => Some(*number),
            _ => None,
        };
        let labels = task.tags.iter().map(String::as_str).collect();
        Self { title: &task.name, description: &task.notes, kind, labels, size }
    }

    fn question(&self) -> Question<'_> {
        Question {
            title: self.title,
            description: self.description,
            kind: self.kind.as_deref(),
            labels: &self.labels,
            size: self.size,
        }
    }

    /// What of the task was read, for people.
    fn inputs(&self) -> Vec<String> {
        let mut inputs = vec!["name".to_owned()];
        if !self.description.trim().is_empty() {
            inputs.push(format!("description ({} characters)", self.description.chars().count()));
        }
        inputs.extend(self.kind.iter().map(|kind| format!("type {kind}")));
        if !self.labels.is_empty() {
            inputs.push(format!("tags {}", self.labels.join(", ")));
        }
        inputs.extend(self.size.map(|size| format!("effort field {size}")));
        inputs
    }
}

impl TeamEffort {
    fn check(&mut self, row: &Row<'_>, asked: &Asked<'_>, before: &[f64]) {
        let (Ok(said), Some(middle)) = (self.model.estimate(&asked.question()), median(before)) else {
            return;
        };
        self.checked.push(Checked {
            task: row.past.task.gid.clone(),
            at: row.at,
            truth: row.effort,
            estimate: said.effort,
            inside: (said.low..=said.high).contains(&row.effort),
            middle,
        });
    }

    fn learn(&mut self, row: &Row<'_>, asked: &Asked<'_>) {
        let task = asked.question();
        let finished = Finished { id: row.past.task.gid.as_str(), task, effort: row.effort };
        // Rows hold no effort that the model refuses.
        let _ = self.model.observe(&finished);
    }

    /// What a task will take, by this model under the id it is kept by; nothing where the team's own field says so already.
    #[must_use]
    pub fn finding(&self, id: &str, snapshot: &Snapshot, task: &Task) -> Option<EffortFinding> {
        if self.measure == Measure::EffortField && snapshot.roles.value(Role::EffortEstimate, task).is_some()
        {
            return None;
        }
        let asked = Asked::of(snapshot, task, self.measure);
        let mut said = self.model.estimate(&asked.question()).ok()?;
        // A task that was done once and is open again is no likeness of itself.
        said.similar.retain(|like| like.id != task.gid.as_str());
        let found = self.told(id, &said, asked.inputs());
        [found.low, found.effort, found.high].iter().all(|number| number.is_finite()).then_some(found)
    }

    fn told(&self, id: &str, said: &Estimate, inputs: Vec<String>) -> EffortFinding {
        let unit = |effort: f64| effort / self.per_unit;
        let neighbour = |like: &crate::learn::effort::Similar| Neighbour {
            task: TaskGid::new(&*like.id),
            name: self.names.get(&like.id).cloned().unwrap_or_default(),
            effort: unit(like.effort),
            likeness: like.likeness,
        };
        let mut opinions: Vec<Opinion> = said
            .said
            .iter()
            .filter(|one| one.weight >= LEAST_WEIGHT)
            .map(|one| Opinion {
                of: words(one.expert).to_owned(),
                effort: unit(one.effort),
                weight: one.weight,
            })
            .collect();
        opinions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        EffortFinding {
            model: id.to_owned(),
            measure: self.measure,
            unit: self.unit.clone(),
            effort: unit(said.effort),
            low: unit(said.low),
            high: unit(said.high),
            coverage: said.coverage,
            measured: said.measured,
            history: said.history,
            inputs,
            neighbours: said.similar.iter().map(neighbour).collect(),
            opinions,
        }
    }

    /// Mean absolute error on the scale the unit is felt on: differences of points, ratios of minutes.
    fn error(&self, said: &[f64], truths: &[f64]) -> f64 {
        let number = |effort: &f64| match self.scale {
            Scale::Difference => *effort,
            Scale::Ratio => effort.max(1.0).ln(),
        };
        let numbers = |efforts: &[f64]| efforts.iter().map(number).collect::<Vec<f64>>();
        mean_absolute_error(&numbers(said), &numbers(truths)).unwrap_or(0.0)
    }

    /// What this model says, or said when it was held back, of a task that another is checked on.
    fn said_of(&self, row: &Checked, history: &History<'_>) -> Option<f64> {
        if row.at <= self.until {
            return self.checked.iter().find(|own| own.task == row.task).map(|own| own.estimate);
        }
        let past = history.pasts.iter().find(|past| past.task.gid == row.task)?;
        let asked = Asked::of(history.frame, &past.task, self.measure);
        self.model.estimate(&asked.question()).ok().map(|said| said.effort)
    }
}

fn report(rows: &[Row<'_>], model: &TeamEffort, live: Option<&TeamEffort>, history: &History<'_>) -> Report {
    let checked = &model.checked;
    let truths: Vec<f64> = checked.iter().map(|row| row.truth).collect();
    let said: Vec<f64> = checked.iter().map(|row| row.estimate).collect();
    let middles: Vec<f64> = checked.iter().map(|row| row.middle).collect();
    let error = |said: &[f64], truths: &[f64]| model.error(said, truths);
    let (ours, theirs) = (error(&said, &truths), error(&middles, &truths));
    let alike = live.filter(|live| live.measure == model.measure && live.unit == model.unit);
    let both = alike.map(|live| {
        let pairs = checked.iter().filter_map(|row| Some((row, live.said_of(row, history)?)));
        pairs.map(|(row, live)| (row.estimate, live, row.truth)).collect::<Vec<_>>()
    });
    let compared = both.filter(|pairs| pairs.len() >= LEAST_ROWS).map(|pairs| {
        let of = |which: fn(&(f64, f64, f64)) -> f64| pairs.iter().map(which).collect::<Vec<f64>>();
        let truths = of(|pair| pair.2);
        (error(&of(|pair| pair.0), &truths), error(&of(|pair| pair.1), &truths))
    });
    // On the rows both speak of the candidate may be better or worse than over all: that comparison decides.
    let in_force = compared.map(|(candidate, live)| ours + live - candidate);
    let baseline = "the median of what was finished before";
    let inside = checked.iter().filter(|row| row.inside).count() as f64 / checked.len().max(1) as f64;
    let name = match model.scale {
        Scale::Difference => "mean absolute error",
        Scale::Ratio => "mean absolute error of the logarithm",
    };
    let mut mean = Metric::new(name, ours, checked.len()).beside(baseline, theirs);
    mean.in_force = in_force;
    let mut metrics = vec![mean, Metric::new("share inside the 80 % interval", inside, checked.len())];
    metrics.extend(spearman(&said, &truths).map(|order| Metric::new("Spearman's rho", order, checked.len())));
    Report {
        window: rows.first().zip(rows.last()).map(|(first, last)| (first.at, last.at)),
        rows: rows.len(),
        features: ["name", "description", "type", "tags", "likeness to finished tasks", "recent medians"]
            .map(str::to_owned)
            .to_vec(),
        metrics,
        verdict: match (live, in_force) {
            (Some(_), None) => incomparable(),
            _ => verdict(ours, (baseline, theirs), in_force),
        },
    }
}

/// What people call a way of estimating.
fn words(expert: Expert) -> &'static str {
    match expert {
        Expert::Last15 => "median of the last 15 finished",
        Expert::Last40 => "median of the last 40 finished",
        Expert::Last100 => "median of the last 100 finished",
        Expert::All => "median of all finished",
        Expert::SameKind => "median of the last of the same category",
        Expert::LikeSize => "tasks of like size",
        Expert::Alike => "tasks with the most similar text",
        Expert::AlikeOfLate => "recent tasks with similar text",
        Expert::AlikeBroadly => "tasks with broadly similar text",
        Expert::Linear => "words of the text",
        Expert::LinearRatio => "words of the text, by ratio",
    }
}
