//! Which two tasks to ask about next.
//!
//! To learn, the pair whose answer tells most of the weights. To check, a pair that the rubric in force and the learned weights
//! put in opposite order as clearly as possible; no task is in two checks. Answers to checks never choose a question.
//! Deliberately not here: asking, and how the answers are used (`fit`, `held_out`).

use super::fit::{Pair, SEED};
use super::held_out::{Answered, Use};
use super::strengths::Strengths;
use crate::learn::preference::{Preference, Trust};
use std::collections::HashSet;

/// Of the questions of one sitting, the share that learns; the others check. With 20 questions that is 13 and 7: the fewest
/// checks of which one may go against the learned weights.
const TO_LEARN: f64 = 0.65;
/// Leads below a tenth of a point of the score are no order.
const LEAST_LEAD: f64 = 1e-3;

/// How many of a sitting's questions are for learning.
#[must_use]
pub fn to_learn(questions: usize) -> usize {
    (questions as f64 * TO_LEARN).round() as usize
}

/// An interview about the tasks of a project.
#[derive(Clone, Debug)]
pub struct Interview {
    /// The criteria in use, by place.
    used: Vec<usize>,
    old: Vec<f64>,
    tasks: Vec<Vec<f64>>,
    belief: Preference,
    asked: Vec<(usize, usize)>,
    checked: HashSet<usize>,
}

impl Interview {
    /// An interview that nothing has been asked in yet.
    #[must_use]
    pub fn about(strengths: &Strengths) -> Interview {
        let used: Vec<usize> =
            (0..strengths.weights.len()).filter(|at| strengths.weights[*at] > 0.0).collect();
        let old: Vec<f64> = used.iter().map(|at| strengths.weights[*at]).collect();
        Interview {
            tasks: strengths.tasks.iter().map(|(_, row)| used.iter().map(|at| row[*at]).collect()).collect(),
            belief: Preference::around(&old, SEED),
            old,
            used,
            asked: vec![],
            checked: HashSet::new(),
        }
    }

    /// How many criteria of the rubric the project uses: below two there is nothing to weigh.
    #[must_use]
    pub fn criteria(&self) -> usize {
        self.used.len()
    }

    /// Takes an answer in; `about` are the two tasks' places, when they are still there.
    pub fn hear(&mut self, answer: &Answered, about: Option<(usize, usize)>) {
        if let Some(pair) = about {
            self.pass(pair);
            if answer.used == Use::Check {
                self.checked.extend([pair.0, pair.1]);
            }
        }
        if answer.used == Use::Check {
            return;
        }
        let Pair { first, second, is_tie, trust } = &answer.pair;
        let row = |strengths: &[f64]| -> Vec<f64> {
            self.used.iter().map(|at| strengths.get(*at).copied().unwrap_or(f64::NAN)).collect()
        };
        let (first, second): (Vec<f64>, Vec<f64>) = (row(first), row(second));
        if *is_tie {
            self.belief.same(&first, &second, *trust);
        } else {
            self.belief.answer(&first, &second, *trust);
        }
    }

    /// Leaves a pair out from now on.
    pub fn pass(&mut self, pair: (usize, usize)) {
        self.asked.push(pair);
    }

    /// The next two tasks, by place; none when no answer would tell anything any more.
    pub fn question(&mut self, used: Use) -> Option<(usize, usize)> {
        match used {
            Use::Learn | Use::Given => self.belief.question(&self.tasks, &self.asked),
            Use::Check => self.contested(),
        }
    }

    fn contested(&self) -> Option<(usize, usize)> {
        let new: Vec<f64> = self.belief.weights().iter().map(|weight| weight.mean).collect();
        let score = |weights: &[f64]| -> Vec<f64> {
            let one = |row: &Vec<f64>| row.iter().zip(weights).map(|(s, w)| s * w).sum();
            self.tasks.iter().map(one).collect()
        };
        let (old, new) = (score(&self.old), score(&new));
        let known: HashSet<(usize, usize)> =
            self.asked.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).collect();
        let open: Vec<usize> = (0..self.tasks.len()).filter(|at| !self.checked.contains(at)).collect();
        let (mut best, mut most) = (None, LEAST_LEAD);
        for (nth, a) in open.iter().enumerate() {
            for b in &open[..nth] {
                let (was, is) = (old[*a] - old[*b], new[*a] - new[*b]);
                let clear = was.abs().min(is.abs());
                if was * is < 0.0 && clear > most && !known.contains(&(*a, *b)) {
                    (best, most) = (Some((*b, *a)), clear);
                }
            }
        }
        best
    }
}

/// An answer to a question that a person was asked.
#[must_use]
pub fn asked(first: &[f64], second: &[f64], is_tie: bool) -> Pair {
    Pair { first: first.to_vec(), second: second.to_vec(), is_tie, trust: Trust::Asked }
}
