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
    /// Tell owners of dates in danger in a comment that is edited in place, and flag the tasks where policy.risk.flag says so.
    #[arg(long)]
    pub apply: bool,
}

/// `upnext assign`.
#[derive(Debug, Clone, Args)]
pub struct Assign {
    /// The project's gid or URL.
    #[arg(value_name = "PROJECT")]
    pub project: String,
    /// Write suggestions into the field for the recommended assignee; with policy.assign.set also the assignee, where the phase allows
    /// it.
    #[arg(long)]
    pub apply: bool,
}

/// `upnext sprint`.
#[derive(Debug, Clone, Args)]
#[command(after_help = COMPARE)]
pub struct Sprint {
    /// The project's gid or URL.
    #[arg(value_name = "PROJECT")]
    pub project: String,
    /// The first day, YYYY-MM-DD; today without it.
    #[arg(long, value_name = "DAY")]
    pub from: Option<Date>,
    /// How many days, weekends included; policy.sprint.days without it.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=180))]
    pub days: Option<u16>,
    /// The probability, in percent, with which each person is to finish what they are given, and the team its velocity;
    /// policy.sprint.finishing without it.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(50..=99))]
    pub finishing: Option<u8>,
    /// A task that must be taken: its gid or URL. May be given several times.
    #[arg(long = "must", value_name = "TASK")]
    pub must: Vec<String>,
    /// The most hours together, in place of what past sprints say.
    #[arg(long, value_name = "HOURS")]
    pub velocity: Option<f64>,
    /// The most tasks of a section, as SECTION=COUNT. May be given several times.
    #[arg(long = "limit", value_name = "SECTION=COUNT")]
    pub limits: Vec<String>,
    /// Show the same sprint under another condition beside it. May be given several times.
    #[arg(long = "compare", value_name = "CONDITIONS")]
    pub compare: Vec<String>,
    /// Fill the sprint in Asana: what the phase allows is written, what it does not is asked.
    #[arg(long, conflicts_with = "post")]
    pub apply: bool,
    /// Post the plan as a comment on the host task, one a first day; nothing else is written.
    #[arg(long, conflicts_with = "compare")]
    pub post: bool,
}

const COMPARE: &str = "Conditions of --compare, several joined by commas:
  finishing=PERCENT   another probability of finishing
  away=PERSON         somebody is away all the time: a name or gid
  without=TASK        a task is left out, also one that must be taken
  must=TASK           a task must be taken
  velocity=HOURS      another limit for all together; velocity=none for people's hours alone

  upnext sprint 1201… --must 1302… --compare finishing=95 --compare away=Ana --compare without=1302…";
