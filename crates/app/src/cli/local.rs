//! The arguments of the commands that run a local Asana.
//!
//! Deliberately not here: what they do.

use super::EXIT_CODES;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `upnext demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Keep the local Asana running afterwards, so that you can try the commands on it.
    #[arg(long)]
    pub serve: bool,
    /// Seed of everything that is made up.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
}

/// The plan of the local Asana's workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AsanaPlan {
    /// No custom fields, search, goals or dependencies; 150 requests a minute.
    Free,
    /// Custom fields, search, goals, portfolios; 1,500 requests a minute.
    Paid,
    /// Everything.
    Enterprise,
}

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// `upnext sandbox`.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = format!("{}\n\n{EXIT_CODES}", sandbox::knobs_help()))]
pub struct Sandbox {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 8377)]
    pub port: u16,
    /// A backlog to import as a project: one JSON object a line. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub import: Vec<PathBuf>,
    /// Seed of gids and chance.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The workspace's plan.
    #[arg(long, value_enum, default_value_t = AsanaPlan::Paid)]
    pub plan: AsanaPlan,
    /// Faults to inject, a TOML file.
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// A further token of the bot user, beside `sandbox-token`.
    #[arg(long)]
    pub token: Option<String>,
    /// Whether Asana's request limits are enforced.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    pub limits: Switch,
    /// Start with the demo's workspace.
    #[arg(long)]
    pub demo: bool,
    /// Start with a made-up workspace: `default`, knobs such as `people=40,tasks=5000`, or a TOML file of them.
    ///
    /// People, projects, tasks, dependencies, goals and months of history are drawn from the seed. With `--state`, the
    /// workspace is made up when the file is not there yet.
    #[arg(long, value_name = "KNOBS", conflicts_with = "demo")]
    pub generate: Option<String>,
    /// A saved world: read at the start when it is there, written at the end.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["import", "demo"])]
    pub state: Option<PathBuf>,
    /// Whether webhooks may have targets on this machine; Asana answers 403 to them.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    pub loopback_webhooks: Switch,
    /// Whether the authorize page of OAuth asks; otherwise every app is let in at once.
    #[arg(long, value_enum, default_value_t = Switch::Off)]
    pub oauth_asks: Switch,
}
