//! The log: lines on standard error, for people or as one JSON object each.
//!
//! A JSON line has `timestamp`, `level`, `target`, `message`, what the event names (`run`, `project`, `task`, `job`, …) and `spans`,
//! among them the job it happened in. Nothing that is logged holds a secret: tokens and keys are of a type that does not print.
//! Deliberately not here: files and rotation, which whoever runs the process does better.

use crate::cli::Command;
use crate::env::Env;
use crate::exit::UsageError;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// What a command says of itself unless `UPNEXT_LOG` asks for something else.
const QUIET: &str = "warn";
/// The same of a process that runs for months: what it did is seen nowhere else.
const SERVICE: &str = "warn,engine=info,web=info";

/// Starts the log of this process.
///
/// # Errors
/// A filter or a format that is none.
pub fn start(env: &Env, command: &Command) -> anyhow::Result<()> {
    let usual = if matches!(command, Command::Serve(_) | Command::Work) { SERVICE } else { QUIET };
    let filter = env.log.as_deref().unwrap_or(usual);
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        UsageError(format!("UPNEXT_LOG: `{filter}` is no filter ({error}); write for example asana=debug"))
    })?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match env.log_format.as_deref() {
        None | Some("text") => lines.with_ansi(std::io::stderr().is_terminal()).init(),
        Some("json") => lines.json().flatten_event(true).with_current_span(false).init(),
        Some(other) => {
            let message = format!("UPNEXT_LOG_FORMAT: `{other}` is no format: write text or json");
            return Err(UsageError(message).into());
        }
    }
    Ok(())
}
