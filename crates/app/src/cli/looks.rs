//! The arguments of `retro` and `portfolio`: looking back at a sprint, and across projects.
//!
//! Deliberately not here: what the commands do.

use clap::Args;
use jiff::civil::Date;
use std::path::PathBuf;

/// `upnext retro`.
#[derive(Debug, Clone, Args)]
pub struct Retro {
    /// The project's gid or URL.
    #[arg(value_name = "PROJECT")]
    pub project: String,
    /// The sprint: a section of the project, an option of one of its fields, or a project beside it. Without it, the last begun of the
    /// projects that sprints are (policy.sprint.project); else the section of policy.sections.next; else what was due by the last day.
    /// A project that is itself called as a sprint is looked back at whole.
    #[arg(long, value_name = "NAME")]
    pub sprint: Option<String>,
    /// The first day, YYYY-MM-DD. Without it, the first of two dates in the sprint's name, else the day its first task came in; policy.retro_days before the last where no sprint
    /// is named.
    #[arg(long, value_name = "DAY")]
    pub from: Option<Date>,
    /// The last day, YYYY-MM-DD. Without it, the second date in the sprint's name, else the day its last task left it; today where no sprint is
    /// named.
    #[arg(long, value_name = "DAY")]
    pub to: Option<Date>,
    /// Also write the document into this file: HTML if its name ends in .html, Markdown otherwise.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Post it: one comment on the retrospective task, edited in place, with the document attached.
    #[arg(long)]
    pub apply: bool,
}

/// `upnext portfolio`.
#[derive(Debug, Clone, Args)]
pub struct Portfolio {
    /// The portfolio's gid or URL; every portfolio that the token's user owns without it.
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<String>,
    /// Also write the document into this file: HTML if its name ends in .html, Markdown otherwise.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write the priorities into the portfolio's fields and post the status update.
    #[arg(long, requires = "portfolio")]
    pub apply: bool,
}
