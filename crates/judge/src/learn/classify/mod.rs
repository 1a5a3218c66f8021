//! Telling texts apart by a team's own labels: any number of classes, with probabilities, reasons and the right to abstain.
//!
//! A text becomes groups of features ([`features`]), each group a vector of length 1 times its weight; one linear model a
//! class scores it ([`model`]); scores become probabilities by a temperature fitted to rows held out of the fit; and a
//! label is given by itself only where such rows were right often enough ([`abstain`]).
//! Deliberately not here: which labels a team has and what to do with them (`triage`), and learning across teams.
//! Known limit: a label that the history has fewer than twice cannot be held out, so its probability is a guess.

pub mod abstain;
pub mod features;
mod folds;
pub mod model;
pub mod structure;

pub(in crate::learn) use abstain::threshold;
pub use abstain::{HeldOut, Threshold, WhyNone};
pub use features::{Document, Group, Part};
pub use model::{Classifier, Example, Guess, Reason, Recipe};
