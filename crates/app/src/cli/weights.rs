//! The command line of the team's own weights: `calibrate`, `rubric`, `golden`.
//!
//! Deliberately not here: what the commands do.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `upnext calibrate`.
#[derive(Debug, Clone, Args)]
pub struct Calibrate {
    /// The project's gid or URL.
    #[arg(long, value_name = "GID")]
    pub project: String,
    /// How many questions to ask; those answered before count. About two thirds are to learn, the others check.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=200))]
    pub questions: u16,
    /// Take answers from a file instead, one JSON object a line: {"first": GID, "second": GID} says that the first of two open
    /// tasks comes before the second; "same": true says that neither does.
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Learn from the past instead: what was taken up first, where people overruled a score, and what they answered to suggested
    /// priorities. Fits on the earlier weeks and measures on the later ones; reads one request a task.
    #[arg(long, conflicts_with_all = ["answers", "questions"])]
    pub from_history: bool,
    /// The first day of the past, YYYY-MM-DD; half a year ago without it.
    #[arg(long, value_name = "DAY", requires = "from_history")]
    pub from: Option<jiff::civil::Date>,
    /// The last day of the past, YYYY-MM-DD; today without it.
    #[arg(long, value_name = "DAY", requires = "from_history")]
    pub to: Option<jiff::civil::Date>,
    /// Who answers, when it is not the token's user.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// `upnext rubric …`.
#[derive(Debug, Subcommand)]
pub enum Rubric {
    /// The versions of a project, newest first, and which is in force.
    List {
        /// The project's gid or URL.
        #[arg(long, value_name = "GID")]
        project: String,
    },
    /// A version with its weights before and after, and what speaks for it.
    Show {
        /// The project's gid or URL.
        #[arg(long, value_name = "GID")]
        project: String,
        /// The version: `rub_…` or its name.
        rubric: String,
    },
    /// Put a version in force for the project. With a golden set that it falls out with, nothing changes and the exit code is 5.
    Accept {
        /// The version and who decides.
        #[command(flatten)]
        decision: Decision,
        /// Accept it although the golden set falls out with it. Needs --reason.
        #[arg(long, requires = "reason")]
        override_gate: bool,
    },
    /// Turn a proposal down. Its answers stay, and count for the next one.
    Reject {
        /// The version and who decides.
        #[command(flatten)]
        decision: Decision,
    },
    /// Go back to the configured rubric.
    Revert {
        /// The project's gid or URL.
        #[arg(long, value_name = "GID")]
        project: String,
        /// Who decides, and why.
        #[command(flatten)]
        who: Who,
    },
}

/// A decision about a rubric version.
#[derive(Debug, Clone, Args)]
pub struct Decision {
    /// The project's gid or URL.
    #[arg(long, value_name = "GID")]
    pub project: String,
    /// The version: `rub_…` or its name.
    pub rubric: String,
    /// Who decides, and why.
    #[command(flatten)]
    pub who: Who,
}

/// Who decides, and why.
#[derive(Debug, Clone, Args)]
pub struct Who {
    /// Who decides, when it is not the token's user.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Why; kept in the audit trail.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub reason: Option<String>,
}

/// `upnext golden …`.
#[derive(Debug, Subcommand)]
pub enum Golden {
    /// Freeze the newest groomed state of the project with an order; it replaces the set before.
    ///
    /// Without --order, the order is that of the rubric in force: later rubrics are then held to what they change.
    Freeze {
        /// The project's gid or URL.
        #[arg(long, value_name = "GID")]
        project: String,
        /// A person's order: one task's gid or URL a line, first things first; what follows a space or # is ignored.
        #[arg(long, value_name = "FILE")]
        order: Option<PathBuf>,
        /// What to remember about it.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// Who freezes it, when it is not the token's user.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// The set: when, by whom, and its order.
    Show {
        /// The project's gid or URL.
        #[arg(long, value_name = "GID")]
        project: String,
    },
    /// Judge the frozen state with a rubric and compare the orders. The exit code is 5 when it falls out with the set.
    Check {
        /// The project's gid or URL.
        #[arg(long, value_name = "GID")]
        project: String,
        /// A version of the project, or a rubric file; without it, the rubric in force.
        #[arg(long, value_name = "ID|FILE")]
        rubric: Option<String>,
    },
}
