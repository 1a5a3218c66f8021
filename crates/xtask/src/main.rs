//! `cargo xtask`: the project's own commands – the tidy checks, the whole test run, the benchmarks, the evaluation.
//!
//! What each does is in the library beside this file; here are only the command line and the exit code.

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use xtask::{Verdict, bench, browser, check, clients, conformance, eval, fuzz, model, test, workspace};

/// Checks, tests and measures the workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Format, clippy and the tidy rules
    Check,
    /// The tidy rules alone, in a second
    Tidy,
    /// Every test, with a PostgreSQL found, started or installed for them
    Test {
        /// A server whose user may create databases; otherwise one is found or started
        #[arg(long, value_name = "URL", env = "UPNEXT_TEST_POSTGRES")]
        postgres: Option<String>,
        /// Start a private server even where one answers on 127.0.0.1:5432
        #[arg(long, conflicts_with = "postgres")]
        private_postgres: bool,
        /// Passed to `cargo test` in place of `--workspace`, such as `-p store`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Asana's SDKs against the sandbox; part of `test`
    Clients {
        /// Run third-party programs instead (tap-asana, airbyte-source-asana, mcp-server-asana): minutes, no part of `test`
        #[arg(long)]
        third_party: bool,
    },
    /// A real language model, small, on a real server: the client against llama.cpp; part of `test`
    Model,
    /// The dashboard in a real browser, with pictures of every page; part of `test`
    Browser {
        /// Measure the main pages with Lighthouse instead: minutes, no part of `test`
        #[arg(long, conflicts_with = "args")]
        lighthouse: bool,
        /// Passed to Playwright, such as `journeys` or `-g keyboard`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Requests to OpenAI and Anthropic against their published descriptions; part of `test`
    Conformance,
    /// The API against its own description: requests that schemathesis makes up; part of `test`
    Fuzz,
    /// The benchmarks behind the published figures, in release
    Bench {
        /// Passed to `cargo bench`, such as `-- --save-baseline before`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// How good the learned judgement is: measures public data, writes the table and plots of docs/quality.md
    ///
    /// Needs python3 for the data's own scoring scripts. A suite whose data is missing is named and left out; its figures
    /// stay as they were. The whole run takes about a quarter of an hour.
    Eval {
        /// A folder that holds `public/SUITE` with the tables and `score` with the scripts; `../shared/data` if it is there
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Only these suites; the figures of all others stay as they were
        #[arg(long, value_enum, value_name = "SUITE", num_args = 1.., value_delimiter = ',')]
        only: Vec<eval::Suite>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<Verdict> {
    let root = workspace::root();
    match command {
        Command::Check => check::run(&root),
        Command::Tidy => check::tidy(&root),
        Command::Test { postgres, private_postgres, args } => {
            test::run(&root, test::server(postgres, private_postgres), &args)
        }
        Command::Clients { third_party: true } => clients::third_party(&root),
        Command::Clients { third_party: false } => clients::run(&root),
        Command::Model => model::run(&root),
        Command::Browser { lighthouse: true, .. } => browser::lighthouse(&root),
        Command::Browser { args, .. } => browser::run(&root, &args),
        Command::Conformance => conformance::run(&root),
        Command::Fuzz => fuzz::run(&root),
        Command::Bench { args } => bench::run(&root, &args),
        Command::Eval { data, only } => eval::run(&root, data.as_deref(), &only),
    }
}
