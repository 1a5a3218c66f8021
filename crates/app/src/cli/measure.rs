//! The arguments of `backtest` and `eval`: measuring what the judgement is worth.
//!
//! Deliberately not here: what the commands do.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `upnext backtest`.
#[derive(Debug, Clone, Args)]
pub struct Backtest {
    /// The project's gid or URL.
    #[arg(long, value_name = "GID")]
    pub project: String,
    /// The first day, YYYY-MM-DD; half a year ago without it.
    #[arg(long, value_name = "DAY")]
    pub from: Option<jiff::civil::Date>,
    /// The last day, YYYY-MM-DD; today without it.
    #[arg(long, value_name = "DAY")]
    pub to: Option<jiff::civil::Date>,
    /// Days after a judged day in which being taken up counts as "next".
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=90))]
    pub horizon: u16,
    /// Write the report to a file too: Markdown, or a page with plots when the name ends in .html.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `upnext eval SUITE`.
#[derive(Debug, Clone, Args)]
pub struct Eval {
    /// What is measured.
    #[arg(value_enum)]
    pub suite: Suite,
    /// The suite's folder, or one file of it: CSV or JSON lines, gzipped or not.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where the predictions go, as CSV.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// What a row may be learned from.
    #[arg(long, value_enum, default_value_t = Mode::Rolling)]
    pub mode: Mode,
    /// Folder of the tables to learn from, for suites that keep them apart (`sentiment`, `steering`, `detector`, `unseen`).
    #[arg(long, value_name = "DIR")]
    pub train: Option<PathBuf>,
    /// Directory of a sentence model that reads the texts too (`similar`); as similar.embeddings_dir in the configuration.
    #[arg(long, value_name = "DIR")]
    pub embeddings: Option<PathBuf>,
    /// Seed of every chance.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// What a row may be learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// The rows marked train and valid only.
    Split,
    /// Every earlier row of the same table, as a running service has them.
    Rolling,
}

/// What `upnext eval` can measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Suite {
    /// Who takes a task.
    Assignee,
    /// Texts that speak to the machine.
    Injection,
    /// The weights by which a sentence reads like a request to a machine, fitted anew.
    Detector,
    /// Kinds of such texts that are found by weights fitted without them.
    Unseen,
    /// How far texts that speak to the machine move the score of the task they stand in.
    Steering,
    /// Earlier tasks that a task repeats.
    Similar,
    /// What sprints deliver beyond their commitment.
    Velocity,
    /// What a request asks for.
    Type,
    /// The mood of texts.
    Sentiment,
    /// The order of urgency.
    Priority,
    /// Story points of tasks from their texts.
    Effort,
    /// Minutes in progress from story points and texts.
    Time,
}
