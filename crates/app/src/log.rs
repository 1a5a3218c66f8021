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
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// What a command says of itself unless `UPNEXT_LOG` asks for something else.
const QUIET: &str = "warn";
/// The same of a process that runs for months: what it did is seen nowhere else.
const SERVICE: &str = "warn,engine=info,web=info";

/// What still has to be sent when the process ends.
#[must_use]
pub struct Ending {
    #[cfg(feature = "traces")]
    traces: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

impl Ending {
    /// Sends it; a collector that does not answer is not waited for long.
    pub fn end(self) {
        #[cfg(feature = "traces")]
        if let Some(Err(error)) = self.traces.map(|traces| traces.shutdown()) {
            tracing::warn!(%error, "the last traces were not taken");
        }
    }
}

/// Starts the log of this process, and its traces where there is a collector.
///
/// # Errors
/// A filter, a format or an address that is none.
pub fn start(env: &Env, command: &Command) -> anyhow::Result<Ending> {
    let usual = if matches!(command, Command::Serve(_) | Command::Work(_)) { SERVICE } else { QUIET };
    let filter = env.log.as_deref().unwrap_or(usual);
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        UsageError(format!("UPNEXT_LOG: `{filter}` is no filter ({error}); write for example asana=debug"))
    })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match env.log_format.as_deref() {
        None | Some("text") => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        Some("json") => lines.json().flatten_event(true).with_current_span(false).boxed(),
        Some(other) => {
            let message = format!("UPNEXT_LOG_FORMAT: `{other}` is no format: write text or json");
            return Err(UsageError(message).into());
        }
    };
    let registry = tracing_subscriber::registry().with(lines.with_filter(filter));
    traced(registry, env)
}

#[cfg(feature = "traces")]
fn traced<S>(registry: S, env: &Env) -> anyhow::Result<Ending>
where
    S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span> + Send + Sync,
{
    let name = env.service_name.as_deref().unwrap_or("upnext");
    let traces = env.traces.as_deref().map(|endpoint| crate::traces::layer(endpoint, name)).transpose()?;
    let (layer, traces) = traces.unzip();
    registry.with(layer).init();
    Ok(Ending { traces })
}

#[cfg(not(feature = "traces"))]
fn traced<S>(registry: S, env: &Env) -> anyhow::Result<Ending>
where
    S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span> + Send + Sync,
{
    registry.init();
    if env.traces.is_some() {
        tracing::warn!(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but this program was built without `--features traces`"
        );
    }
    Ok(Ending {})
}
