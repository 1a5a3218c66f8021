//! The command line of what people decide: approvals.
//!
//! Deliberately not here: what the commands do.

use super::Who;
use clap::{Args, Subcommand, ValueEnum};

/// `upnext approvals …`.
#[derive(Debug, Subcommand)]
pub enum Approvals {
    /// What waits for a person: old and new value, band, confidence, since when. Needs no token.
    List {
        /// Which.
        #[command(flatten)]
        narrowed: Narrowed,
        /// In which state.
        #[arg(long, value_enum, default_value_t = State::Pending)]
        state: State,
    },
    /// Say yes: write what was asked about, as a run that can be undone.
    ///
    /// What changed since it was asked is left as it is and told. Saying it twice writes once.
    Approve {
        /// Which.
        #[command(flatten)]
        chosen: Chosen,
        /// Who decides, and why.
        #[command(flatten)]
        who: Who,
    },
    /// Say no: it is not asked again until another value is suggested, and Upnext learns from it.
    Reject {
        /// Which.
        #[command(flatten)]
        chosen: Chosen,
        /// Who decides, and why.
        #[command(flatten)]
        who: Who,
    },
}

/// Which approvals.
#[derive(Debug, Clone, Default, Args)]
pub struct Narrowed {
    /// Of this project only, by gid or URL.
    #[arg(long, value_name = "GID")]
    pub project: Option<String>,
    /// Of tasks in this band: P0, P1, P2 or P3; may be repeated.
    #[arg(long = "band", value_name = "BAND", value_parser = band)]
    pub bands: Vec<domain::Band>,
    /// With at least this confidence, percent. Labels have none and are left out.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub min_confidence: Option<u8>,
    /// Whose priority moves at least so many bands, 1 to 3; one that is empty yet counts as moving all the way.
    #[arg(long, value_name = "BANDS", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub min_change: Option<u8>,
}

/// Approvals by id, or all that a filter takes.
#[derive(Debug, Clone, Args)]
pub struct Chosen {
    /// The approvals: `apr_…`.
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub ids: Vec<String>,
    /// All that wait, narrowed by the filters.
    #[arg(long)]
    pub all: bool,
    /// Which of all.
    #[command(flatten)]
    pub narrowed: Narrowed,
}

/// States of an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// Waits for a person.
    Pending,
    /// Approved and written.
    Approved,
    /// Turned down.
    Rejected,
    /// Not answered in time.
    Expired,
    /// Replaced by a newer plan's question.
    Superseded,
    /// Void, because the task or its judgement changed.
    Invalidated,
    /// All of them.
    All,
}

impl State {
    /// As it is kept; none for all.
    pub fn kept(self) -> Option<domain::ApprovalState> {
        use domain::ApprovalState as Kept;
        Some(match self {
            State::Pending => Kept::Pending,
            State::Approved => Kept::Approved,
            State::Rejected => Kept::Rejected,
            State::Expired => Kept::Expired,
            State::Superseded => Kept::Superseded,
            State::Invalidated => Kept::Invalidated,
            State::All => return None,
        })
    }
}

fn band(text: &str) -> Result<domain::Band, String> {
    domain::Band::from_label(&text.to_ascii_uppercase()).ok_or_else(|| "P0, P1, P2 or P3".to_owned())
}

/// `upnext phase …`.
#[derive(Debug, Subcommand)]
pub enum PhaseCommand {
    /// The phase in force, who or what says so, what the next would change, and what speaks for it.
    Show {
        #[command(flatten)]
        place: PhasePlace,
    },
    /// Put a phase in force for a project, or for some of its tasks.
    ///
    /// A decision on the whole project takes the place of all that was said before, in the configuration too; one on a task type or
    /// a section adds to it. On the way up to conditional or auto, evidence is asked for. With --portfolio it is decided for the whole
    /// of each project that the portfolio holds now.
    #[command(allow_missing_positional = true)]
    Set {
        #[command(flatten)]
        place: PhasePlace,
        /// The phase.
        #[arg(value_enum)]
        phase: PhaseWord,
        /// Only for tasks whose field has this value, such as "Type=Bug".
        #[arg(long = "type", value_name = "FIELD=VALUE")]
        task_type: Option<String>,
        /// Only for tasks in this section.
        #[arg(long, value_name = "NAME")]
        section: Option<String>,
        /// Decide it although evidence is lacking; what was lacking is kept with the decision.
        #[arg(long)]
        anyway: bool,
        /// Who decides, and why.
        #[command(flatten)]
        who: Who,
    },
    /// Take the newest decision back: what was in force before is in force again.
    ///
    /// With --portfolio, in each project where the newest decision is one for that portfolio.
    Back {
        #[command(flatten)]
        place: PhasePlace,
        /// Who decides, and why.
        #[command(flatten)]
        who: Who,
    },
}

/// A project, or all of a portfolio.
#[derive(Clone, Debug, Args)]
pub struct PhasePlace {
    /// The project's gid or URL.
    pub project: Option<String>,
    /// All projects of this portfolio instead: its gid or URL.
    #[arg(long, value_name = "GID", conflicts_with = "project")]
    pub portfolio: Option<String>,
}

/// Phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PhaseWord {
    /// Nothing is written to Asana.
    Shadow,
    /// AI fields are written; official values are asked about.
    Suggest,
    /// As suggest, plus what policy.conditional names.
    Conditional,
    /// Everything the policy allows.
    Auto,
}

impl PhaseWord {
    /// The phase.
    pub fn meant(self) -> domain::Phase {
        match self {
            PhaseWord::Shadow => domain::Phase::Shadow,
            PhaseWord::Suggest => domain::Phase::Suggest,
            PhaseWord::Conditional => domain::Phase::Conditional,
            PhaseWord::Auto => domain::Phase::Auto,
        }
    }
}

/// `upnext overrides …`.
#[derive(Debug, Subcommand)]
pub enum Overrides {
    /// Who set what in place of which value, when, why if it was said, and whether it still stands. Needs no token.
    List {
        /// The project's gid or URL.
        project: String,
    },
    /// Say why an override was made; kept with it and in the audit trail.
    Note {
        /// The override: `ovr_…`.
        id: String,
        /// Why.
        #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
        reason: String,
        /// Who says so, when it is not the token's user.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Give a value back to Upnext: what a person set stays until a run has a better one.
    ///
    /// For AI fields, the official priority and `section`. Manual Override is cleared in Asana: Upnext then judges the task again.
    Release {
        /// The task's gid or URL.
        task: String,
        /// The field's name, or `section`.
        field: String,
        /// Who decides, and why.
        #[command(flatten)]
        who: Who,
    },
}

/// `upnext undo`.
#[derive(Debug, Clone, Args)]
pub struct Undo {
    /// The run: `run_…`.
    pub run: String,
    /// Only on this task, by gid or URL; may be repeated.
    #[arg(long = "task", value_name = "GID")]
    pub tasks: Vec<String>,
    /// Only in the field of this name, or `section`, `project`, `assignee`, `dates`; may be repeated.
    #[arg(long = "field", value_name = "NAME")]
    pub fields: Vec<String>,
    /// Who decides, and why.
    #[command(flatten)]
    pub who: Who,
}

/// `upnext review`.
#[derive(Debug, Clone, Args)]
pub struct Review {
    /// The project's gid or URL.
    pub project: String,
    /// The first day, YYYY-MM-DD; six days before the last without it.
    #[arg(long, value_name = "DAY")]
    pub from: Option<jiff::civil::Date>,
    /// The last day, YYYY-MM-DD; today without it.
    #[arg(long, value_name = "DAY")]
    pub to: Option<jiff::civil::Date>,
    /// Post it in Asana.
    #[arg(long)]
    pub post: bool,
}
