//! `upnext`: the command line, the configuration and the composition root.
//!
//! Commands are thin: they build an engine, call one workflow and show what it tells. Deliberately not here: anything a
//! second front end would need too.

/// Prints a line of a command's result.
macro_rules! say {
    ($($text:tt)*) => { $crate::show::line(format_args!($($text)*)) };
}

mod cli;
mod commands;
mod compose;
mod config;
mod env;
mod exit;
mod log;
mod mcp;
mod progress;
mod show;
#[cfg(feature = "traces")]
mod traces;

use exit::Exit;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::read();
    // Before any thread, connection or file of ours is there.
    if let cli::Command::ExtractText { name, limits } = &cli.command {
        return extract_text(name, limits).into();
    }
    let json = cli.json;
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    progress::clear();
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            let exit = Exit::of(&error);
            show::failure(&error, exit, json);
            exit.into()
        }
    }
}

/// The hidden command; what it finds goes to the parent, which says it to people.
fn extract_text(name: &str, limits: &str) -> Exit {
    match serde_json::from_str(limits) {
        Ok(limits) => extract::serve(name, &limits).map_or(Exit::Failed, |()| Exit::Ok),
        Err(_) => Exit::Usage,
    }
}

async fn run(cli: cli::Cli) -> anyhow::Result<Exit> {
    let env = env::Env::read()?;
    compose::set_clock(&env)?;
    let ending = log::start(&env, &cli.command)?;
    let ended = commands::run(cli, &env).await;
    compose::close_stores().await;
    ending.end();
    ended
}
