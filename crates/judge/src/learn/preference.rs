//! Which criterion counts how much, learned from "which of these two first?".
//!
//! A person's answer follows the weighted sum of the criteria's strengths, through a logistic curve (Bradley and Terry 1952,
//! "Rank analysis of incomplete block designs"), and is a slip with a known chance. Weights are positive and sum to 1; what is
//! believed before the first answer is the rubric in force. The belief is a cloud of weights, moved by each answer
//! (Chopin 2002, "A sequential particle filter method for static models"), so every weight comes with its uncertainty.
//! The next question is the one whose answer is expected to tell most (Houlsby et al. 2011, "Bayesian active learning for
//! classification and preference learning").
//!
//! Deliberately not here: which tasks to ask about, and what is done with the result: a person accepts the new rubric.

use fastrand::Rng;
use std::f64::consts::TAU;

/// Points of the cloud: with them the planted order of five criteria comes back with a median tau of 0.95 (see the test).
const POINTS: usize = 400;
/// How far from the rubric in force weights may be, as the standard deviation of their logarithm: a factor of four is usual.
const SPREAD: f64 = 1.4;
/// A weight of 0 in the rubric must be able to grow.
const LEAST_WEIGHT: f64 = 0.02;
/// How sharply people tell tasks apart: a difference of a tenth of the scale is told right nine times in ten.
const SHARPNESS: f64 = 22.0;
/// Steps of each point after the cloud was thinned.
const STEPS: usize = 4;
/// Pairs looked at for the next question, which keeps it under a tenth of a second.
const MOST_PAIRS: usize = 600;

/// How likely an answer of a kind is a slip.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Trust {
    /// A person was asked.
    Asked,
    /// A person put one value in the place of another.
    Overrode,
    /// A person accepted what was suggested of the one and turned down what was suggested of the other.
    Accepted,
    /// One task was taken up before the other.
    Pulled,
}

impl Trust {
    /// Chance that the answer says the opposite of what the person holds to be right. Asked people contradict themselves in
    /// about one pair of ten; what is accepted may not have been read; what is pulled first also follows from who is free.
    fn slip(self) -> f64 {
        match self {
            Self::Asked => 0.08,
            Self::Overrode => 0.15,
            Self::Accepted | Self::Pulled => 0.3,
        }
    }
}

/// A weight as far as the answers tell it.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Weight {
    /// The mean, 0–1; all weights sum to 1.
    pub mean: f64,
    /// Nine of ten points of the cloud lie above it.
    pub low: f64,
    /// Nine of ten points of the cloud lie below it.
    pub high: f64,
}

#[derive(Clone, Debug)]
struct Answer {
    /// Strengths of the task that comes first less those of the other.
    lead: Vec<f64>,
    slip: f64,
    /// Whether the two were called equal.
    is_tie: bool,
}

/// What is believed about a team's weights.
#[derive(Clone, Debug)]
pub struct Preference {
    /// Logarithms of the rubric's weights.
    centre: Vec<f64>,
    points: Vec<Vec<f64>>,
    masses: Vec<f64>,
    answers: Vec<Answer>,
    random: Rng,
}

impl Preference {
    /// Before the first answer: around the rubric's weights; what is no number or below 0 counts as 0.
    #[must_use]
    pub fn around(weights: &[f64], seed: u64) -> Self {
        // No weight a person would write; the sum of such stays finite.
        const MOST: f64 = 1e9;
        let known = |weight: &f64| if weight.is_finite() { weight.clamp(0.0, MOST) } else { 0.0 };
        let sum: f64 = weights.iter().map(known).sum::<f64>().max(LEAST_WEIGHT);
        let centre: Vec<f64> =
            weights.iter().map(|weight| (known(weight) / sum).max(LEAST_WEIGHT).ln()).collect();
        let mut random = Rng::with_seed(seed);
        let points = (0..POINTS)
            .map(|_| centre.iter().map(|mean| mean + SPREAD * normal(&mut random)).collect())
            .collect();
        Self { centre, points, masses: vec![1.0 / POINTS as f64; POINTS], answers: Vec::new(), random }
    }

    /// How many answers it rests on.
    #[must_use]
    pub fn answers(&self) -> usize {
        self.answers.len()
    }

    /// Takes in that a task of strengths `first` comes before one of strengths `second`; strengths are 0–1, one a criterion.
    pub fn answer(&mut self, first: &[f64], second: &[f64], trust: Trust) {
        self.hear(Answer { lead: lead(first, second), slip: trust.slip(), is_tie: false });
    }

    /// Takes in that neither of two tasks comes first. The chance of that is the geometric mean of the chances of both orders,
    /// as in Davidson (1970), "On extending the Bradley-Terry model to accommodate ties in paired comparison experiments".
    pub fn same(&mut self, one: &[f64], other: &[f64], trust: Trust) {
        self.hear(Answer { lead: lead(one, other), slip: trust.slip(), is_tie: true });
    }

    fn hear(&mut self, answer: Answer) {
        if answer.lead.len() != self.centre.len() || answer.lead.iter().any(|part| !part.is_finite()) {
            return;
        }
        for (mass, point) in self.masses.iter_mut().zip(&self.points) {
            *mass *= likelihood(&softmax(point), &answer);
        }
        self.answers.push(answer);
        let sum: f64 = self.masses.iter().sum();
        self.masses.iter_mut().for_each(|mass| *mass /= sum);
        let alike = 1.0 / self.masses.iter().map(|mass| mass * mass).sum::<f64>();
        if alike < POINTS as f64 / 2.0 {
            self.renew();
        }
    }

    /// The pair, by place in `tasks` (their strengths), whose answer tells most; none when no answer would tell anything.
    pub fn question(&mut self, tasks: &[Vec<f64>], asked: &[(usize, usize)]) -> Option<(usize, usize)> {
        let clouds: Vec<Vec<f64>> = self.points.iter().map(|point| softmax(point)).collect();
        let mut best: Option<((usize, usize), f64)> = None;
        for pair in self.pairs(tasks.len()) {
            if asked.iter().any(|known| *known == pair || *known == (pair.1, pair.0)) {
                continue;
            }
            let tells = self.tells(&clouds, &lead(&tasks[pair.0], &tasks[pair.1]));
            if tells > best.map_or(1e-6, |(_, most)| most) {
                best = Some((pair, tells));
            }
        }
        best.map(|(pair, _)| pair)
    }

    /// All pairs, or as many drawn ones.
    fn pairs(&mut self, tasks: usize) -> Vec<(usize, usize)> {
        let all = tasks.saturating_mul(tasks.saturating_sub(1)) / 2;
        if all <= MOST_PAIRS {
            return (0..tasks).flat_map(|a| (0..a).map(move |b| (b, a))).collect();
        }
        (0..MOST_PAIRS)
            .filter_map(|_| {
                let (a, b) = (self.random.usize(0..tasks), self.random.usize(0..tasks));
                (a != b).then(|| (a.min(b), a.max(b)))
            })
            .collect()
    }

    /// Mutual information between the answer and the weights, in nats.
    fn tells(&self, clouds: &[Vec<f64>], lead: &[f64]) -> f64 {
        if lead.len() != self.centre.len() || lead.iter().any(|part| !part.is_finite()) {
            return 0.0;
        }
        let (mut mean, mut known) = (0.0, 0.0);
        for (mass, weights) in self.masses.iter().zip(clouds) {
            let chance = chance(weights, lead, Trust::Asked.slip());
            mean += mass * chance;
            known += mass * entropy(chance);
        }
        entropy(mean) - known
    }

    /// The weights as the answers tell them.
    #[must_use]
    pub fn weights(&self) -> Vec<Weight> {
        let clouds: Vec<Vec<f64>> = self.points.iter().map(|point| softmax(point)).collect();
        (0..self.centre.len())
            .map(|at| {
                let mut column: Vec<(f64, f64)> =
                    clouds.iter().zip(&self.masses).map(|(weights, mass)| (weights[at], *mass)).collect();
                column.sort_by(|a, b| a.0.total_cmp(&b.0));
                Weight {
                    mean: column.iter().map(|(weight, mass)| weight * mass).sum(),
                    low: reached(&column, 0.1),
                    high: reached(&column, 0.9),
                }
            })
            .collect()
    }

    /// Draws the cloud anew from itself and lets each point walk, so that it covers what is still possible.
    fn renew(&mut self) {
        let spread = self.spread();
        let start = self.random.f64();
        let (mut points, mut sum, mut at) = (Vec::with_capacity(POINTS), self.masses[0], 0);
        for nth in 0..POINTS {
            let wanted = (nth as f64 + start) / POINTS as f64;
            while sum < wanted && at + 1 < POINTS {
                at += 1;
                sum += self.masses[at];
            }
            points.push(self.points[at].clone());
        }
        for point in &mut points {
            self.walk(point, &spread);
        }
        self.points = points;
        self.masses = vec![1.0 / POINTS as f64; POINTS];
    }

    /// Metropolis steps towards and within what the answers allow.
    fn walk(&mut self, point: &mut Vec<f64>, spread: &[f64]) {
        // The size of step that Roberts, Gelman and Gilks (1997) found best.
        let size = 2.38 / (spread.len() as f64).sqrt();
        let mut here = self.belief(point);
        for _ in 0..STEPS {
            let mut next = point.clone();
            for (value, spread) in next.iter_mut().zip(spread) {
                *value += size * spread * normal(&mut self.random);
            }
            let there = self.belief(&next);
            if self.random.f64().max(f64::MIN_POSITIVE).ln() < there - here {
                (*point, here) = (next, there);
            }
        }
    }

    /// The logarithm of how believable a point is, up to a constant.
    fn belief(&self, point: &[f64]) -> f64 {
        let far: f64 = point.iter().zip(&self.centre).map(|(a, b)| ((a - b) / SPREAD).powi(2)).sum();
        let weights = softmax(point);
        let heard: f64 = self.answers.iter().map(|answer| likelihood(&weights, answer).ln()).sum();
        heard - far / 2.0
    }

    /// The cloud's standard deviation along each axis.
    fn spread(&self) -> Vec<f64> {
        (0..self.centre.len())
            .map(|at| {
                let values = || self.points.iter().zip(&self.masses).map(|(point, mass)| (point[at], mass));
                let mean: f64 = values().map(|(value, mass)| value * mass).sum();
                values().map(|(value, mass)| mass * (value - mean).powi(2)).sum::<f64>().sqrt().max(0.05)
            })
            .collect()
    }
}

fn lead(first: &[f64], second: &[f64]) -> Vec<f64> {
    first.iter().zip(second).map(|(a, b)| a - b).collect()
}

/// A point's weights: positive, summing to 1.
fn softmax(point: &[f64]) -> Vec<f64> {
    let top = point.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let parts: Vec<f64> = point.iter().map(|value| (value - top).exp()).collect();
    let sum: f64 = parts.iter().sum();
    parts.into_iter().map(|part| part / sum).collect()
}

/// Chance that the task with the lead is put first.
fn chance(weights: &[f64], lead: &[f64], slip: f64) -> f64 {
    let lead: f64 = weights.iter().zip(lead).map(|(weight, part)| weight * part).sum();
    slip + (1.0 - 2.0 * slip) * super::linear::logistic(SHARPNESS * lead)
}

fn likelihood(weights: &[f64], answer: &Answer) -> f64 {
    let first = chance(weights, &answer.lead, answer.slip);
    if answer.is_tie { (first * (1.0 - first)).sqrt() } else { first }
}

fn entropy(chance: f64) -> f64 {
    let part = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    part(chance) + part(1.0 - chance)
}

fn reached(column: &[(f64, f64)], share: f64) -> f64 {
    let mut sum = 0.0;
    let found = column.iter().find(|(_, mass)| {
        sum += mass;
        sum >= share
    });
    found.or(column.last()).map_or(0.0, |(weight, _)| *weight)
}

/// A draw from the standard normal distribution (Box and Muller 1958).
fn normal(random: &mut Rng) -> f64 {
    let radius = (-2.0 * random.f64().max(f64::MIN_POSITIVE).ln()).sqrt();
    radius * (TAU * random.f64()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::metrics::{kendall, median};

    /// Tasks with five criteria, as backlogs have them: some criteria are mostly 0.
    fn backlog(random: &mut Rng) -> Vec<Vec<f64>> {
        (0..60)
            .map(|_| {
                (0..5).map(|at| if at % 2 == 0 || random.f64() < 0.5 { random.f64() } else { 0.0 }).collect()
            })
            .collect()
    }

    fn score(weights: &[f64], task: &[f64]) -> f64 {
        weights.iter().zip(task).map(|(weight, strength)| weight * strength).sum()
    }

    /// Kendall's tau between the planted order and the learned one after 25 answers, one in ten of them wrong.
    fn simulate(seed: u64, chosen: bool) -> f64 {
        let mut random = Rng::with_seed(seed);
        let mut planted: Vec<f64> = (0..5).map(|_| -random.f64().max(1e-9).ln()).collect();
        let sum: f64 = planted.iter().sum();
        planted.iter_mut().for_each(|weight| *weight /= sum);
        let tasks = backlog(&mut random);
        let mut learned = Preference::around(&[0.2; 5], seed);
        let mut asked = Vec::new();
        for _ in 0..25 {
            let pair = if chosen {
                learned.question(&tasks, &asked).expect("a question")
            } else {
                (random.usize(0..30), random.usize(30..60))
            };
            asked.push(pair);
            let right = score(&planted, &tasks[pair.0]) > score(&planted, &tasks[pair.1]);
            let said = if random.f64() < 0.1 { !right } else { right };
            let (first, second) = if said { pair } else { (pair.1, pair.0) };
            learned.answer(&tasks[first], &tasks[second], Trust::Asked);
        }
        let weights: Vec<f64> = learned.weights().iter().map(|weight| weight.mean).collect();
        let by = |weights: &[f64]| tasks.iter().map(|task| score(weights, task)).collect::<Vec<_>>();
        kendall(&by(&planted), &by(&weights)).expect("an order")
    }

    #[test]
    fn planted_weights_are_recovered_and_chosen_questions_beat_random_ones() {
        let all = |chosen| median(&(0..50).map(|seed| simulate(seed, chosen)).collect::<Vec<_>>()).unwrap();
        let (chosen, random) = (all(true), all(false));
        assert!(chosen >= 0.85, "{chosen} with chosen questions, {random} with random ones");
        assert!(chosen > random + 0.01, "{chosen} with chosen questions, {random} with random ones");
    }

    #[test]
    fn without_answers_the_rubric_holds_and_weights_sum_to_one() {
        let learned = Preference::around(&[0.5, 0.3, 0.2], 1);
        let weights = learned.weights();
        assert!((weights.iter().map(|weight| weight.mean).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(weights[0].mean > weights[1].mean && weights[1].mean > weights[2].mean);
        assert!(weights.iter().all(|weight| weight.low <= weight.mean && weight.mean <= weight.high));
    }

    #[test]
    fn nonsense_is_left_out() {
        let mut learned = Preference::around(&[f64::NAN, 0.0], 1);
        learned.answer(&[f64::NAN, 1.0], &[0.0, 0.0], Trust::Asked);
        learned.answer(&[1.0], &[0.0], Trust::Asked);
        assert_eq!(learned.answers(), 0);
        assert_eq!(learned.question(&[vec![0.5, 0.5], vec![0.5, 0.5]], &[]), None);
        assert!(learned.weights().iter().all(|weight| weight.mean.is_finite()));
    }
}
