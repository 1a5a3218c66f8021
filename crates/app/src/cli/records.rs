//! The arguments of the commands that look at what is kept: plans, the audit, the configuration.
//!
//! Deliberately not here: what they do.

use clap::{Args, Subcommand, ValueEnum};

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
    /// Recompute every hash of the chain, in the store or in an exported file. Needs no token.
    Verify {
        /// A file of `upnext audit export` (JSON lines), instead of the store.
        #[arg(long, value_name = "FILE")]
        file: Option<std::path::PathBuf>,
    },
    /// Print the entries, one a line: as JSON, which can be verified anywhere, or as CSV for a table. Needs no token.
    Export {
        /// Only entries after this number.
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// In which form.
        #[arg(long, value_enum, default_value_t = Form::Json)]
        format: Form,
    },
    /// Tell what was decided in a period and whether a rule, a language model or a person did; with --post as one comment in Asana.
    ///
    /// policy.audit_mirror says how long a period is and where the comment goes. There is one a period, edited in place.
    Mirror {
        /// The project: its gid, or its URL.
        #[arg(value_name = "GID")]
        project: String,
        /// A day of the period, YYYY-MM-DD; the last period that is over when left out.
        #[arg(long, value_name = "DAY")]
        day: Option<jiff::civil::Date>,
        /// Post it.
        #[arg(long)]
        post: bool,
    },
    /// Delete old entries for good; what stays can be verified as before. Needs no token.
    ///
    /// The number and hash of the last deleted entry are kept, signed off by whoever is named, in an entry that stays. Export what
    /// goes before: `upnext audit export > FILE`. Undo does not need the entries.
    Prune {
        /// Entries before this day, YYYY-MM-DD, on the clock of time.zone.
        #[arg(long, value_name = "DAY")]
        before: jiff::civil::Date,
        /// Who signs it off.
        #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
        by: String,
        /// Why; kept in the audit trail.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// Forms of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// One JSON object a line.
    Json,
    /// Comma-separated, with a header. Texts that a spreadsheet would take for a formula begin with an apostrophe.
    Csv,
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

/// `upnext forget`.
#[derive(Debug, Clone, Args)]
pub struct ForgetTexts {
    /// The project, by gid or URL.
    #[arg(long, value_name = "GID")]
    pub project: String,
    /// Only what was read from attachments.
    #[arg(long)]
    pub attachments_only: bool,
}
