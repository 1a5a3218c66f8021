//! The rubric: which criteria count, how much, and what feeds them.
//!
//! A versioned TOML file; unknown keys are refused. Weights are shares: they are brought to a sum of 1 on reading.
//! Deliberately not here: reading files, or computing anything but the check that the rubric makes sense.

use crate::formula::Formula;
use crate::signals;
use domain::{Bands, Dimension, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The least a learned weight can be, in hundredths of the score: a criterion of weight 0 would leave the rubric.
const LEAST_SHARE: f64 = 0.1;

/// What is wrong with a rubric.
#[derive(Debug, thiserror::Error)]
pub enum RubricError {
    /// Not TOML, or a key that is unknown or of the wrong type.
    #[error("the rubric cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// No such preset.
    #[error("there is no rubric preset `{0}`: choose default, wsjf, rice or ice, or give a file")]
    UnknownPreset(String),
    /// A criterion cannot work.
    #[error("criterion `{criterion}`: {problem}")]
    Criterion {
        /// Its name.
        criterion: String,
        /// What is wrong and what is allowed.
        problem: String,
    },
    /// The bands are out of order.
    #[error("bands must fall: p0 > p1 > p2 > 0, all at most 100")]
    Bands,
    /// Nothing to score by.
    #[error("the rubric has no criterion with a weight above 0")]
    Empty,
}

/// How the signals of a criterion become one strength.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// Shares add up; a missing signal adds nothing.
    #[default]
    Sum,
    /// The strongest signal, after its share, counts alone.
    Strongest,
}

/// How a formula's value becomes a strength between `min` and `max`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Proportionally.
    #[default]
    Linear,
    /// By the logarithm: products become sums, and their order stays exact. `min` must be above 0.
    Log,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CriterionFile {
    name: String,
    weight: f64,
    /// What a language model's reading of the texts says about it; without one no reading moves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dimension: Option<Dimension>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    combine: Option<Combine>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    signals: BTreeMap<String, f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scale: Option<Scale>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invert: Option<bool>,
}

/// How many tasks may be recommended for the next sprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SprintRule {
    /// At most this many at a time.
    pub next_tasks: usize,
}

/// What a unit of effort means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effort {
    /// Working days in one unit of the effort field. Fields of format duration are minutes and are read as such.
    pub days_per_unit: f64,
    /// Effort in working days from which a task has no ease left.
    pub large_days: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RubricFile {
    version: String,
    description: String,
    bands: Bands,
    sprint: SprintRule,
    effort: Effort,
    /// Weight of named stakeholders, 0–1, by name or gid.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    stakeholders: BTreeMap<String, f64>,
    /// Largest value of a number field, by role or field name; without it the scale is the next of 10, 100, 1,000….
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    largest: BTreeMap<String, f64>,
    /// Numbers for the options of enum fields, by field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, BTreeMap<String, f64>>,
    criterion: Vec<CriterionFile>,
}

/// What feeds a criterion.
#[derive(Clone, Debug)]
pub enum Source {
    /// Signals with their shares, which sum to 1 when they are summed.
    Signals {
        /// How they combine.
        combine: Combine,
        /// Signal and share, in the order of the signal list.
        shares: Vec<(&'static signals::Signal, f64)>,
    },
    /// A formula over the task's fields.
    Formula {
        /// The parsed formula.
        formula: Box<Formula>,
        /// Its scale.
        scale: Scale,
        /// The value that counts as 0.
        min: f64,
        /// The value that counts as 1.
        max: f64,
        /// Whether more is worse.
        invert: bool,
    },
}

/// One criterion, ready to use.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Its name.
    pub name: String,
    /// Its share of the score; all shares sum to 1.
    pub weight: f64,
    /// What a language model is asked that may move it.
    pub dimension: Option<Dimension>,
    /// What feeds it.
    pub source: Source,
}

/// A rubric, checked and ready to use.
#[derive(Clone, Debug)]
pub struct Rubric {
    file: RubricFile,
    criteria: Vec<Criterion>,
}

impl Rubric {
    /// Reads and checks a rubric.
    ///
    /// # Errors
    /// Anything that cannot work, named with what is allowed.
    pub fn parse(text: &str) -> Result<Rubric, RubricError> {
        let file: RubricFile = toml::from_str(text)?;
        fall(&file.bands)?;
        let criteria = criteria(&file)?;
        Ok(Rubric { file, criteria })
    }

    /// The same rubric under another version and with other weights, one a criterion of [`Rubric::criteria`] and in its order;
    /// they are brought to a sum of 100 and rounded to a tenth, and none falls to 0.
    ///
    /// # Errors
    /// Weights that are not all finite, or are not as many as the criteria.
    pub fn with_weights(&self, version: &str, weights: &[f64]) -> Result<Rubric, RubricError> {
        let sum: f64 = weights.iter().map(|weight| weight.max(0.0)).sum();
        let is_usable = weights.len() == self.criteria.len() && sum.is_finite() && sum > 0.0;
        if !is_usable || weights.iter().any(|weight| !weight.is_finite()) {
            return Err(RubricError::Empty);
        }
        let mut file = self.file.clone();
        version.clone_into(&mut file.version);
        for criterion in &mut file.criterion {
            if let Some(at) = self.criteria.iter().position(|known| known.name == criterion.name) {
                let share = (1000.0 * weights[at] / sum).round() / 10.0;
                criterion.weight = share.max(LEAST_SHARE);
            }
        }
        let criteria = criteria(&file)?;
        Ok(Rubric { file, criteria })
    }

    /// The same rubric under another version.
    #[must_use]
    pub fn renamed(&self, version: &str) -> Rubric {
        let mut rubric = self.clone();
        version.clone_into(&mut rubric.file.version);
        rubric
    }

    /// The same rubric with other bands.
    ///
    /// # Errors
    /// Bands that do not fall, or are outside 0 to 100.
    pub fn with_bands(self, bands: Bands) -> Result<Rubric, RubricError> {
        fall(&bands)?;
        Ok(Rubric { file: RubricFile { bands, ..self.file }, ..self })
    }

    /// The version written into every judgement.
    pub fn version(&self) -> &str {
        &self.file.version
    }

    /// One sentence for people.
    pub fn description(&self) -> &str {
        &self.file.description
    }

    /// The bands.
    pub fn bands(&self) -> &Bands {
        &self.file.bands
    }

    /// The sprint rule.
    pub fn sprint(&self) -> SprintRule {
        self.file.sprint
    }

    /// What effort means.
    pub fn effort(&self) -> Effort {
        self.file.effort
    }

    /// Weight of a stakeholder by name or gid, 0 for others.
    pub fn stakeholder(&self, name: &str, gid: &str) -> f64 {
        let known = |key: &str| self.file.stakeholders.get(key).copied();
        known(gid).or_else(|| known(name)).unwrap_or(0.0)
    }

    /// The configured largest value of a field.
    pub fn largest(&self, role: Role, field: &str) -> Option<f64> {
        self.file.largest.get(role.key()).or_else(|| self.file.largest.get(field)).copied()
    }

    /// The configured number of an enum option.
    pub fn option_value(&self, field: &str, option: &str) -> Option<f64> {
        self.file.values.get(field).and_then(|options| options.get(option)).copied()
    }

    /// The criteria, weights summing to 1.
    pub fn criteria(&self) -> &[Criterion] {
        &self.criteria
    }

    /// What a language model is asked about a task, in the order of [`Dimension::ALL`]; empty when no criterion names any.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        let named = |dimension: &Dimension| self.criteria.iter().any(|c| c.dimension == Some(*dimension));
        Dimension::ALL.into_iter().filter(named).collect()
    }

    /// Whether a criterion asks for a signal.
    pub(crate) fn asks_for(&self, name: &str) -> bool {
        self.criteria.iter().any(|criterion| match &criterion.source {
            Source::Signals { shares, .. } => shares.iter().any(|(signal, _)| signal.name == name),
            Source::Formula { .. } => false,
        })
    }

    /// The canonical text: what a judgement can be replayed from.
    pub fn canonical(&self) -> String {
        serde_json::to_string(&self.file).unwrap_or_default()
    }

    /// Reads the canonical text back.
    ///
    /// # Errors
    /// As `parse`; also when the text is not canonical JSON.
    pub fn from_canonical(text: &str) -> Result<Rubric, RubricError> {
        let file: RubricFile = serde_json::from_str(text).map_err(|e| RubricError::Criterion {
            criterion: "(saved rubric)".into(),
            problem: e.to_string(),
        })?;
        let criteria = criteria(&file)?;
        Ok(Rubric { file, criteria })
    }
}

/// Goes on when the bands fall, within 0 to 100.
fn fall(bands: &Bands) -> Result<(), RubricError> {
    let falling = bands.p0 > bands.p1 && bands.p1 > bands.p2 && bands.p2.tenths() > 0;
    let is_within = bands.p0.tenths() <= 1000 && (0..=1000).contains(&bands.hysteresis.tenths());
    if falling && is_within { Ok(()) } else { Err(RubricError::Bands) }
}

fn criteria(file: &RubricFile) -> Result<Vec<Criterion>, RubricError> {
    let bad = |c: &CriterionFile, problem: &str| RubricError::Criterion {
        criterion: c.name.clone(),
        problem: problem.to_owned(),
    };
    let mut seen = std::collections::BTreeSet::new();
    for c in &file.criterion {
        if !(c.weight.is_finite() && c.weight >= 0.0) {
            return Err(bad(c, "weight must be a number of 0 or more"));
        }
        if !seen.insert(&c.name) {
            return Err(bad(c, "the name is used twice"));
        }
    }
    let total: f64 = file.criterion.iter().map(|c| c.weight).sum();
    if total <= 0.0 {
        return Err(RubricError::Empty);
    }
    file.criterion
        .iter()
        .filter(|c| c.weight > 0.0)
        .map(|c| {
            let source = source(c, file).map_err(|problem| bad(c, &problem))?;
            let (name, dimension) = (c.name.clone(), c.dimension);
            Ok(Criterion { name, weight: c.weight / total, dimension, source })
        })
        .collect()
}

fn source(c: &CriterionFile, file: &RubricFile) -> Result<Source, String> {
    match (&c.formula, c.signals.is_empty()) {
        (Some(_), false) => Err("give either `signals` or `formula`, not both".into()),
        (None, true) => Err("give `signals` or a `formula`".into()),
        (Some(text), true) if c.combine.is_none() => formula_source(c, text),
        (Some(_), true) => Err("`combine` belongs to signals".into()),
        (None, false) if c.scale.is_some() || c.min.is_some() || c.max.is_some() || c.invert.is_some() => {
            Err("`scale`, `min`, `max` and `invert` belong to a formula".into())
        }
        (None, false) => signal_source(c, file),
    }
}

fn formula_source(c: &CriterionFile, text: &str) -> Result<Source, String> {
    let scale = c.scale.unwrap_or_default();
    let (Some(min), Some(max)) = (c.min, c.max) else {
        return Err("a formula needs `min` and `max`: the values that count as 0 and as 1".into());
    };
    if !(min.is_finite() && max.is_finite() && min < max) {
        return Err("`min` must be below `max`".into());
    }
    if scale == Scale::Log && min <= 0.0 {
        return Err("on a log scale `min` must be above 0".into());
    }
    Ok(Source::Formula {
        formula: Box::new(Formula::parse(text)?),
        scale,
        min,
        max,
        invert: c.invert.unwrap_or(false),
    })
}

fn signal_source(c: &CriterionFile, file: &RubricFile) -> Result<Source, String> {
    for (name, share) in &c.signals {
        if signals::named(name).is_none() {
            let known: Vec<&str> = signals::SIGNALS.iter().map(|s| s.name).collect();
            return Err(format!("there is no signal `{name}`; known: {}", known.join(", ")));
        }
        if !(share.is_finite() && *share > 0.0 && *share <= 1.0) {
            return Err(format!("the share of `{name}` must be above 0 and at most 1"));
        }
    }
    // A signal the configuration leaves without any subject would only dilute the others.
    let used = |name: &str| name != signals::stakeholders::NAME || !file.stakeholders.is_empty();
    let mut shares: Vec<(&'static signals::Signal, f64)> = signals::SIGNALS
        .iter()
        .filter_map(|s| c.signals.get(s.name).filter(|_| used(s.name)).map(|share| (s, *share)))
        .collect();
    let combine = c.combine.unwrap_or_default();
    if combine == Combine::Sum {
        let sum: f64 = shares.iter().map(|(_, share)| share).sum();
        shares.iter_mut().for_each(|(_, share)| *share /= sum);
    }
    if shares.is_empty() {
        return Err("none of its signals is configured: name stakeholders, or leave the criterion out".into());
    }
    Ok(Source::Signals { combine, shares })
}
