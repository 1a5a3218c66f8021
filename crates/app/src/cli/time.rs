//! The arguments of `risk`, `sprint` and `assign`: plans for people's time.
//!
//! Deliberately not here: what the commands do.

use clap::Args;
use jiff::civil::Date;

/// `upnext risk`.
#[derive(Debug, Clone, Args)]
pub struct Risk {
    /// The project's gid or URL.
    #[arg(value_name = "PROJECT")]
    pub project: String,
    /// Tell owners of dates in danger, in the one note their task has.
    #[arg(long)]
    pub apply: bool,
}

/// `upnext assign`.
#[derive(Debug, Clone, Args)]
pub struct Assign {
    /// The project's gid or URL.
    #[arg(value_name = "PROJECT")]
    pub project: String,
    /// Write suggestions into the field for the recommended assignee.
    #[arg(long)]
    pub apply: bool,
}

/// `upnext sprint`.
#[derive(Debug, Clone, Args)]
pub struct Sprint {
    /// The project's gid or URL.
    #[arg(value_name = "PROJECT")]
    pub project: String,
    /// The first day, YYYY-MM-DD; today without it.
    #[arg(long, value_name = "DAY")]
    pub from: Option<Date>,
    /// How many days, weekends included.
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=180))]
    pub days: u16,
    /// The probability, in percent, with which each person is to finish what they are given.
    #[arg(long, value_name = "PERCENT", default_value_t = 80, value_parser = clap::value_parser!(u8).range(50..=99))]
    pub finishing: u8,
    /// A task that must be taken: its gid or URL. May be given several times.
    #[arg(long = "must", value_name = "TASK")]
    pub must: Vec<String>,
    /// The most hours together, where the team knows its velocity.
    #[arg(long, value_name = "HOURS")]
    pub velocity: Option<f64>,
    /// The most tasks of a section, as SECTION=COUNT. May be given several times.
    #[arg(long = "limit", value_name = "SECTION=COUNT")]
    pub limits: Vec<String>,
}
