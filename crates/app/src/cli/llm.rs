//! The command line of the language model: `llm try | usage | gate | accept | texts`.
//!
//! Deliberately not here: what the commands do.

use super::weights::Who;
use clap::{Subcommand, ValueEnum};

/// What usage is summed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// By day.
    Day,
    /// By run.
    Run,
    /// By project.
    Project,
    /// By task.
    Task,
    /// By model.
    Model,
}

/// `upnext llm …`.
#[derive(Debug, Subcommand)]
pub enum Llm {
    /// Ask the model about one task and show everything: prompt, answer, what is kept of it and what is dropped, cost.
    ///
    /// Asks about the task as the newest groom read it. The answer changes no score; what it used is counted.
    Try {
        /// The task's gid, or its URL.
        task: String,
        /// Ask the larger model.
        #[arg(long)]
        larger: bool,
    },
    /// What the model used: questions, tokens, money. Needs no token.
    Usage {
        /// Only of this project.
        #[arg(long, value_name = "GID")]
        project: Option<String>,
        /// What to sum by.
        #[arg(long, value_enum, default_value_t = By::Day)]
        by: By,
        /// Days to look back.
        #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
    },
    /// Hold the configured model and prompt against the project's golden set. The exit code is 5 when they fall out with it.
    ///
    /// A groom does this by itself before a new model or prompt moves anything; what came of it is remembered.
    Gate {
        /// The project's gid or URL.
        #[arg(long, value_name = "GID")]
        project: String,
    },
    /// Use the configured model for a project although it falls out with the golden set. Needs --reason.
    Accept {
        /// The project's gid or URL.
        #[arg(long, value_name = "GID")]
        project: String,
        /// Who decides, and why.
        #[command(flatten)]
        who: Who,
    },
    /// Questions and answers kept whole while policy.ai.debug_until lies ahead, newest first. Needs no token.
    Texts {
        /// The most to show.
        #[arg(long, value_name = "N", default_value_t = 10)]
        limit: u32,
    },
}
