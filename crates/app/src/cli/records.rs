//! The arguments of the commands that look at what is kept: plans, the audit, the configuration.
//!
//! Deliberately not here: what they do.

use clap::{Subcommand, ValueEnum};

/// `upnext plan …`.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Saved plans, newest first.
    List {
        /// Of this project only.
        #[arg(long, value_name = "GID")]
        project: Option<String>,
        /// At most this many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// A plan, action by action.
    Show {
        /// The plan: `plan_…`.
        plan: String,
    },
    /// Carry out what is still open of a plan. Values that changed since are left alone.
    Apply {
        /// The plan: `plan_…`.
        plan: String,
    },
    /// Make a plan again from what was saved and compare it byte for byte.
    Replay {
        /// The plan: `plan_…`.
        plan: String,
    },
}

/// `upnext audit …`.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Recompute every hash of the chain.
    Verify,
    /// Print the entries as JSON, one a line.
    Export {
        /// Only entries after this number.
        #[arg(long, default_value_t = 0)]
        after: u64,
    },
}

/// Parts of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConfigPart {
    /// What is in force now.
    InForce,
    /// The shipped file: the manual.
    Default,
    /// The rubric in force, as text to copy.
    Rubric,
}
