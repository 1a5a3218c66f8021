//! The experts: simple ways to say what a task will take, each right for another kind of team.
//!
//! Each is a pure function of what is finished and of the question. Which to believe is for [`super::mixture`].
//! Neighbours are weighed by likeness, by recency and, where both have one, by closeness of size: teams' habits drift, and
//! on 18 public projects recency took a twentieth off the error of plain neighbours.

use super::Question;
use super::history::History;
use super::neighbours::{Neighbour, heaviest};
use crate::learn::metrics::{median, weighted_median};

/// Tasks of the question's kind looked at, and needed.
const KIND: (usize, usize) = (60, 10);
/// Halvings of weight for each doubling between two sizes: on scales such as 1, 2, 3, 5, 8 the next size counts less
/// than a third.
const SIZE_STEEPNESS: f64 = 3.0;
/// Tasks with a size needed before size alone says something.
const ENOUGH_SIZES: usize = 10;
/// Tasks after which a task's size counts half; how long a size takes drifts slower than what is worked on.
const SIZE_HALF_LIFE: f64 = 500.0;

/// A way to say what a task will take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expert {
    /// The median of the last 15 finished.
    Last15,
    /// The median of the last 40.
    Last40,
    /// The median of the last 100.
    Last100,
    /// The median of all.
    All,
    /// The median of the last 60 of the same kind.
    SameKind,
    /// The weighted median of those of like size.
    LikeSize,
    /// The 40 most alike, remembered long.
    Alike,
    /// The 80 most alike, of late.
    AlikeOfLate,
    /// The 80 most alike, less strictly.
    AlikeBroadly,
    /// A linear model of the words that follows the middle.
    Linear,
    /// A linear model of the words that follows ratios.
    LinearRatio,
}

impl Expert {
    /// Whether what it says depends on the task's text or size.
    pub(super) fn reads_the_task(self) -> bool {
        !matches!(self, Self::Last15 | Self::Last40 | Self::Last100 | Self::All | Self::SameKind)
    }
}

/// How a neighbour expert weighs: how many, likeness to which power, and after how many tasks a task counts half.
struct Reach {
    expert: Expert,
    most: usize,
    power: f64,
    half_life: f64,
}

/// Three reaches that were best or next to it on the earlier rows of 18 public projects, among 15–200 neighbours, powers
/// 1–3 and half-lives 40–1500; the mixture chooses among them.
const REACHES: [Reach; 3] = [
    Reach { expert: Expert::Alike, most: 40, power: 2.0, half_life: 250.0 },
    Reach { expert: Expert::AlikeOfLate, most: 80, power: 2.0, half_life: 80.0 },
    Reach { expert: Expert::AlikeBroadly, most: 80, power: 1.5, half_life: 150.0 },
];

/// What every expert that has something to say says, on the history's scale; `linear` is what the linear models say.
pub(super) fn said(
    history: &History,
    question: &Question<'_>,
    like: &[Neighbour],
    linear: impl IntoIterator<Item = (Expert, f64)>,
) -> Vec<(Expert, f64)> {
    let last = |most: usize| median(history.last(most));
    let simple = [
        (Expert::Last15, last(15)),
        (Expert::Last40, last(40)),
        (Expert::Last100, last(100)),
        (Expert::All, last(usize::MAX)),
        (Expert::SameKind, same_kind(history, question)),
        (Expert::LikeSize, like_size(history, question)),
    ];
    let near =
        REACHES.iter().map(|reach| (reach.expert, weighted_median(&weighed(history, question, like, reach))));
    simple
        .into_iter()
        .chain(near)
        .chain(linear.into_iter().map(|(expert, number)| (expert, Some(number))))
        .filter_map(|(expert, number)| Some((expert, number.filter(|number| number.is_finite())?)))
        .collect()
}

/// How far apart the most alike took: weighted mean distance from their weighted median, on the history's scale.
pub(super) fn spread(history: &History, question: &Question<'_>, like: &[Neighbour]) -> Option<f64> {
    let pairs = weighed(history, question, like, &REACHES[2]);
    let middle = weighted_median(&pairs)?;
    let (sum, weights) = pairs.iter().fold((0.0, 0.0), |(sum, weights), (number, weight)| {
        (sum + weight * (number - middle).abs(), weights + weight)
    });
    (weights > 0.0).then(|| sum / weights)
}

fn weighed(history: &History, question: &Question<'_>, like: &[Neighbour], reach: &Reach) -> Vec<(f64, f64)> {
    let count = history.len();
    // Multiplied up rather than raised to a power for each: there are thousands, and each is one step older.
    let step = 0.5_f64.powf(1.0 / reach.half_life);
    let mut recency = vec![1.0; count];
    for at in (0..count.saturating_sub(1)).rev() {
        recency[at] = recency[at + 1] * step;
    }
    let weight = |near: &Neighbour| {
        let alike =
            if reach.power == 2.0 { near.likeness * near.likeness } else { near.likeness.powf(reach.power) };
        alike * recency[near.row] * closeness(question.size, history.size(near.row))
    };
    heaviest(like, reach.most, weight)
        .into_iter()
        .map(|(row, weight)| (history.number(row), weight))
        .collect()
}

fn same_kind(history: &History, question: &Question<'_>) -> Option<f64> {
    let kind = question.kind?;
    let rows = (0..history.len()).rev().filter(|row| history.kind(*row) == Some(kind)).take(KIND.0);
    let numbers: Vec<f64> = rows.map(|row| history.number(row)).collect();
    if numbers.len() < KIND.1 { None } else { median(&numbers) }
}

fn like_size(history: &History, question: &Question<'_>) -> Option<f64> {
    let size = known(question.size)?;
    let count = history.len();
    let pair = |row: usize| {
        let other = known(history.size(row))?;
        let age = (count - row) as f64 / SIZE_HALF_LIFE;
        Some((history.number(row), closeness(Some(size), Some(other)) * 0.5_f64.powf(age)))
    };
    let pairs: Vec<(f64, f64)> = (0..count).filter_map(pair).collect();
    if pairs.len() < ENOUGH_SIZES { None } else { weighted_median(&pairs) }
}

/// How close two sizes are, above 0 and at most 1; 1 when either is unknown.
fn closeness(a: Option<f64>, b: Option<f64>) -> f64 {
    match (known(a), known(b)) {
        (Some(a), Some(b)) => 0.5_f64.powf(SIZE_STEEPNESS * (a / b).log2().abs()).max(1e-6),
        _ => 1.0,
    }
}

fn known(size: Option<f64>) -> Option<f64> {
    size.filter(|size| size.is_finite() && *size > 0.0)
}
