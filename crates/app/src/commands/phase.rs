//! `upnext phase show | set | back`.
//!
//! Deliberately not here: what a phase lets through, and what a decision does (`engine`).

use super::rubric::deciding;
use super::{Call, gid};
use crate::cli::{PhaseCommand, PhasePlace};
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use domain::{Access, PortfolioGid, ProjectGid};
use engine::{Engine, NewPhase, PhaseEvidence, PhaseReport, PortfolioPhases};
use store::PhaseScope;

pub(super) async fn run(call: &Call<'_>, args: PhaseCommand) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    match place_of(&args)? {
        Place::Project(project) => of_project(call, &engine, args, &project).await,
        Place::Portfolio(portfolio) => of_portfolio(call, &engine, args, &portfolio).await,
    }
}

/// What a command is about.
enum Place {
    Project(ProjectGid),
    Portfolio(PortfolioGid),
}

fn place_of(args: &PhaseCommand) -> anyhow::Result<Place> {
    let (PhaseCommand::Show { place } | PhaseCommand::Set { place, .. } | PhaseCommand::Back { place, .. }) =
        args;
    match place {
        PhasePlace { portfolio: Some(portfolio), .. } => {
            Ok(Place::Portfolio(PortfolioGid::new(gid(portfolio)?)))
        }
        PhasePlace { project: Some(project), .. } => Ok(Place::Project(ProjectGid::new(gid(project)?))),
        PhasePlace { .. } => {
            Err(UsageError("name a project, or a portfolio with --portfolio GID".into()).into())
        }
    }
}

async fn of_project(
    call: &Call<'_>,
    engine: &Engine,
    args: PhaseCommand,
    project: &ProjectGid,
) -> anyhow::Result<Exit> {
    let report = match args {
        PhaseCommand::Show { .. } => engine::phase_of(engine, project).await?,
        PhaseCommand::Set { phase, task_type, section, anyway, who, .. } => {
            let scope = scope(task_type.as_deref(), section)?;
            let new = NewPhase { scope, phase: phase.meant(), anyway };
            engine::set_phase(engine, project, new, &deciding(&who)).await?
        }
        PhaseCommand::Back { who, .. } => {
            let (taken, report) = engine::phase_back(engine, project, &deciding(&who)).await?;
            if !call.json {
                say!(
                    "Taken back: {} for {}, decided by {} at {}",
                    taken.phase,
                    taken.scope,
                    taken.by,
                    taken.at
                );
            }
            report
        }
    };
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        print(&report);
    }
    Ok(Exit::Ok)
}

async fn of_portfolio(
    call: &Call<'_>,
    engine: &Engine,
    args: PhaseCommand,
    portfolio: &PortfolioGid,
) -> anyhow::Result<Exit> {
    // Whoever may run the command may decide.
    let of = (portfolio, &Access::admin());
    let report = match args {
        PhaseCommand::Show { .. } => engine::phases_of_portfolio(engine, portfolio).await?,
        PhaseCommand::Set { phase, task_type, section, anyway, who, .. } => {
            if task_type.is_some() || section.is_some() {
                let problem =
                    "with --portfolio a phase is decided for whole projects: leave out --type and --section";
                return Err(UsageError(problem.into()).into());
            }
            let new = NewPhase { scope: PhaseScope::default(), phase: phase.meant(), anyway };
            engine::set_for_portfolio(engine, of, &new, &deciding(&who)).await?
        }
        PhaseCommand::Back { who, .. } => engine::back_for_portfolio(engine, of, &deciding(&who)).await?,
    };
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        print_all(&report);
    }
    Ok(Exit::Ok)
}

fn print_all(report: &PortfolioPhases) {
    for (project, report) in &report.projects {
        say!("{}: phase {} ({})", project.name, report.whole.phase, report.whole.said());
        report.parts.iter().for_each(|part| say!("  {} for {} ({})", part.phase, part.tasks, part.said()));
        if !report.lacking.is_empty() {
            say!("  lacking for conditional or auto: {}", report.lacking.join("; "));
        }
    }
    for project in &report.left {
        say!("Left as it is, because something was decided there since: {project}");
    }
    say!("Each project: upnext phase show GID. Go back: upnext phase back --portfolio {}", report.portfolio);
}

/// `Field=Value` and a section's name.
fn scope(task_type: Option<&str>, section: Option<String>) -> anyhow::Result<PhaseScope> {
    let Some(text) = task_type else { return Ok(PhaseScope { section, ..PhaseScope::default() }) };
    let halves = text.split_once('=').map(|(field, value)| (field.trim(), value.trim()));
    let Some((field, value)) = halves.filter(|(field, value)| !field.is_empty() && !value.is_empty()) else {
        let problem = format!("--type `{text}`: give a field and its value, such as --type \"Type=Bug\"");
        return Err(UsageError(problem).into());
    };
    Ok(PhaseScope { field: Some(field.to_owned()), value: Some(value.to_owned()), section })
}

fn print(report: &PhaseReport) {
    say!("Phase {} for {} ({})", report.whole.phase, report.whole.tasks, report.whole.said());
    for part in &report.parts {
        say!("  {} for {} ({})", part.phase, part.tasks, part.said());
    }
    if let Some(next) = &report.next {
        let on = next.plan.as_ref().map(|plan| format!(", counted on {plan}")).unwrap_or_default();
        say!("Next: {}{on}", next.phase);
        match next.adds.as_slice() {
            [] if next.plan.is_some() => say!("  writes nothing more than now"),
            adds => {
                adds.iter().for_each(|(what, tasks)| say!("  writes {what} of {tasks} more tasks by itself"))
            }
        }
        if let Some(note) = &next.note {
            say!("  {note}");
        }
    }
    evidence(&report.evidence);
    if report.lacking.is_empty() {
        say!("Nothing is lacking for conditional or auto.");
    } else {
        say!("Lacking for conditional or auto:");
        report.lacking.iter().for_each(|what| say!("  {what}"));
    }
    let project = &report.project;
    say!("Change it: upnext phase set {project} PHASE. Go back: upnext phase back {project}");
}

fn evidence(evidence: &PhaseEvidence) {
    let share = |share: f64| format!("{:.0} %", 100.0 * share);
    say!("Evidence:");
    match evidence.agreement() {
        Some(yes) => {
            let bands: Vec<String> = evidence
                .answers
                .iter()
                .map(|a| format!("{} {} of {}", a.band, a.yes, a.yes + a.no))
                .collect();
            say!("  Answers to approvals: {} yes ({})", share(yes), bands.join(", "));
        }
        None => say!("  Answers to approvals: none yet"),
    }
    match evidence.override_rate() {
        Some(rate) => say!(
            "  Overrides: on {} of {} written tasks ({})",
            evidence.overridden,
            evidence.written,
            share(rate)
        ),
        None => say!("  Overrides: none yet, nothing was written"),
    }
    match evidence.calibrated {
        Some(decisions) => say!("  Confidence: measured on {decisions} decisions"),
        None => say!("  Confidence: not calibrated yet"),
    }
    match evidence.golden {
        Some((holds, tau)) => {
            let word = if holds { "holds" } else { "falls out" };
            say!("  Golden set: the rubric in force {word}, agreement {tau:.2}");
        }
        None => say!("  Golden set: none yet"),
    }
    match &evidence.backtest {
        Some((at, verdict)) => say!("  Last backtest: {}, made {at}", verdict.replace('_', " ")),
        None => say!("  Backtest: none yet"),
    }
}
