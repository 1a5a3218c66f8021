//! One file per command; this list is the table of contents.
//!
//! Deliberately not here: anything two commands share beyond the reading of their arguments.

mod api_key;
mod approvals;
mod assign;
mod audit;
mod backtest;
mod backup;
mod calibrate;
mod config;
mod connect;
mod demo;
mod doctor;
mod eval;
mod explain;
mod forget;
mod golden;
mod groom;
mod jobs;
mod learn;
mod llm;
mod mcp;
mod model;
mod overrides;
mod phase;
mod plan;
mod portfolio;
mod retro;
mod review;
mod risk;
mod rubric;
mod sandbox;
mod serve;
mod setup;
mod sign_in;
mod similar;
mod sprint;
mod triage;
mod undo;

use crate::cli::{Cli, Command, Scope};
use crate::env::Env;
use crate::exit::{Exit, UsageError};
use crate::{compose, config as configuration, show};
use domain::{PortfolioGid, ProjectGid};
use engine::Engine;

/// What every command is given.
pub struct Call<'a> {
    /// The configuration in force.
    pub config: configuration::Config,
    /// The environment.
    pub env: &'a Env,
    /// Whether to print JSON.
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// Whatever stops it.
pub async fn run(cli: Cli, env: &Env) -> anyhow::Result<Exit> {
    let call = Call { config: compose::config(cli.config, env)?, env, json: cli.json };
    match cli.command {
        Command::Demo(args) => demo::run(&call, &args).await,
        Command::Sandbox(args) => sandbox::run(&call, args).await,
        Command::Setup { scope } => setup::run(&call, &scope).await,
        Command::Groom { scope, apply } => groom::run(&call, &scope, apply).await,
        Command::Triage(args) => triage::run(&call, &args).await,
        Command::Risk(args) => risk::run(&call, &args).await,
        Command::Sprint(args) => sprint::run(&call, &args).await,
        Command::Assign(args) => assign::run(&call, &args).await,
        Command::Plan(args) => plan::run(&call, args).await,
        Command::Approvals(args) => approvals::run(&call, args).await,
        Command::Phase(args) => phase::run(&call, args).await,
        Command::Overrides(args) => overrides::run(&call, args).await,
        Command::Undo(args) => undo::run(&call, args).await,
        Command::Explain { task } => explain::run(&call, &task).await,
        Command::SignIn => sign_in::sign_in(&call).await,
        Command::SignOut => sign_in::sign_out(&call).await,
        Command::Doctor { projects } => doctor::run(&call, &projects).await,
        Command::Backtest(args) => backtest::run(&call, &args).await,
        Command::Learn { scope, since } => learn::run(&call, &scope, since).await,
        Command::Model(args) => model::run(&call, args).await,
        Command::Llm(args) => llm::run(&call, args).await,
        Command::Calibrate(args) => calibrate::run(&call, &args).await,
        Command::Rubric(args) => rubric::run(&call, args).await,
        Command::Golden(args) => golden::run(&call, args).await,
        Command::Eval(args) => eval::run(call.json, &args),
        Command::Similar(args) => similar::run(&call, &args).await,
        Command::Forget(args) => forget::run(&call, &args).await,
        Command::Review(args) => review::run(&call, &args).await,
        Command::Portfolio(args) => portfolio::run(&call, &args).await,
        Command::Retro(args) => retro::run(&call, &args).await,
        Command::Audit(args) => audit::run(&call, args).await,
        Command::Backup { file } => backup::make(&call, &file).await,
        Command::Restore { file, over } => backup::restore(&call, &file, over).await,
        Command::Config { part } => config::run(&call, part),
        Command::Serve(args) => serve::serve(&call, &args).await,
        Command::Dashboard { listen } => serve::dashboard(&call, listen).await,
        Command::AdminToken => serve::admin_token(&call).await,
        Command::ApiKey(args) => api_key::run(&call, args).await,
        Command::Work(args) => serve::work(&call, &args).await,
        Command::Connect { scope } => connect::connect(&call, &scope).await,
        Command::Disconnect { projects } => connect::disconnect(&call, &projects).await,
        Command::Connections => connect::list(&call).await,
        Command::Jobs(args) => jobs::run(&call, args).await,
        Command::Mcp { projects } => mcp::run(&call, &projects).await,
        Command::Key => {
            say!("{}", engine::unguessable()?);
            Ok(Exit::Ok)
        }
        Command::ExtractText { .. } => {
            Err(UsageError("extract-text does not run beside others".into()).into())
        }
    }
}

/// The projects a command is about: those named, then the portfolio's.
///
/// # Errors
/// A gid that cannot be one, or a portfolio that cannot be read.
async fn projects(engine: &Engine, scope: &Scope) -> anyhow::Result<Vec<ProjectGid>> {
    let mut gids = vec![];
    for text in &scope.projects {
        gids.push(ProjectGid::new(gid(text)?));
    }
    if let Some(portfolio) = &scope.portfolio {
        let portfolio = PortfolioGid::new(gid(portfolio)?);
        for project in engine::projects_of(engine, &portfolio).await? {
            if !gids.contains(&project.gid) {
                gids.push(project.gid);
            }
        }
    }
    Ok(gids)
}

/// Says what came of a plan about people's time.
fn carried(of: &engine::Carried, applied: bool) {
    show::left_alone("Left alone", &of.skipped);
    show::left_alone("Left to people", &of.kept);
    show::notes(&of.notes);
    if !of.asks.is_empty() {
        let (count, again) = (of.asks.len(), if applied { "" } else { " once it is applied" });
        say!("{count} to be asked of people{again}: upnext approvals list shows them");
    }
    if applied {
        show::tally(&of.outcome);
        show::troubles(&of.trouble);
        if let Some(why) = &of.stopped {
            say!("Stopped: {why}");
        }
        say!("Undo with: upnext undo {}", of.run);
    } else if of.actions.is_empty() {
        say!("Nothing to write.");
    } else {
        say!("{} to write: upnext plan show {}, upnext plan apply {}", of.actions.len(), of.plan, of.plan);
    }
}

/// How a command ends that came to that.
fn ending(of: &engine::Carried, applied: bool) -> Exit {
    let open = of.stopped.is_some() || of.outcome.open > 0 || of.outcome.refused > 0;
    if applied && open { Exit::Partly } else { Exit::Ok }
}

/// A gid as typed, or the last one in an Asana URL.
///
/// # Errors
/// Anything without a number.
fn gid(text: &str) -> anyhow::Result<String> {
    let last = text.trim().split(['/', '?', '#']).rfind(|part| is_gid(part));
    let wrong = || {
        UsageError(format!("`{text}` is no gid: give the number from the URL in Asana, or the URL itself"))
    };
    Ok(last.map(str::to_owned).ok_or_else(wrong)?)
}

/// Asana's gids are numbers; short ones (`0`, `1` in URLs) are not gids.
fn is_gid(part: &str) -> bool {
    part.len() > 2 && part.bytes().all(|b| b.is_ascii_digit())
}

/// Writes a document into a file: a page where it is to end in `.html`, else Markdown.
fn keep_document(file: &std::path::Path, document: &decide::document::Document) -> anyhow::Result<()> {
    let is_page = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("html"));
    let text = if is_page { decide::document::html(document) } else { decide::document::markdown(document) };
    anyhow::Context::with_context(std::fs::write(file, text), || format!("writing {}", file.display()))
}

/// Says what posting a text on a task came to; the report is for scripts.
fn posted(
    call: &Call<'_>,
    report: &impl serde::Serialize,
    (text, posting): (&str, &engine::Posting),
) -> anyhow::Result<Exit> {
    crate::progress::clear();
    if call.json {
        show::json(report)?;
    } else {
        say!("{text}");
        show::troubles(&posting.trouble);
        if let Some(why) = &posting.stopped {
            say!("Stopped: {why}");
        }
        if let Some(run) = &posting.run {
            say!("\nPosted. Undo with: upnext undo {run}");
        }
    }
    let open = posting.stopped.is_some() || posting.outcome.open > 0 || posting.outcome.refused > 0;
    Ok(if open { Exit::Partly } else { Exit::Ok })
}

#[cfg(test)]
mod tests {
    use super::gid;

    #[test]
    fn gids_are_taken_from_urls_of_both_kinds() {
        assert_eq!(gid("1201").expect("a gid"), "1201");
        assert_eq!(gid("https://app.asana.com/0/1201/1302").expect("an old URL"), "1302");
        assert_eq!(gid("https://app.asana.com/1/55/project/1201/list?x=1").expect("a new URL"), "1201");
        assert!(gid("backlog").is_err());
    }
}
