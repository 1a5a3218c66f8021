//! Judgement: what a task is worth doing next, taken apart into exact contributions.
//!
//! Pure: no I/O, no async, no clock, no environment; the same snapshot, rubric and moment give the same judgements,
//! byte for byte. It deliberately never decides what is written (`decide`) and never reads anything (`engine`).
//! Known limit: a dependency on a task outside the project is seen, but nothing is inherited through it.

mod alignment;
pub mod backtest;
pub mod capacity;
mod comparison;
mod confidence;
mod counterfactual;
mod criterion;
mod facts;
mod formula;
mod graph;
mod in_use;
pub mod learn;
pub mod portfolio;
mod presets;
mod recommend;
pub mod retro;
pub mod risk;
mod rubric;
mod score;
pub mod signals;
mod tone;
pub mod weights;

pub use facts::MINUTES_PER_WORKING_DAY;
pub use presets::{PRESETS, preset};
pub use rubric::{Combine, Criterion, Effort, Rubric, RubricError, Scale, Source, SprintRule};
pub use score::{Memory, judge};
