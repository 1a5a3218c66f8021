//! `upnext approvals list | approve | reject`.
//!
//! Deliberately not here: what an answer does (`engine`).

use super::rubric::deciding;
use super::{Call, gid};
use crate::cli::{Approvals, Chosen, Narrowed, State, Who};
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use comfy_table::CellAlignment;
use domain::{ApprovalId, ApprovalState, ProjectGid};
use engine::{ApprovalFilter, ApprovalReport, ApprovalView};

pub(super) async fn run(call: &Call<'_>, args: Approvals) -> anyhow::Result<Exit> {
    match args {
        Approvals::List { narrowed, state } => list(call, &narrowed, state).await,
        Approvals::Approve { chosen, who } => answer(call, &chosen, (&who, Answer::Yes)).await,
        Approvals::Reject { chosen, who } => answer(call, &chosen, (&who, Answer::No)).await,
    }
}

fn filter(narrowed: &Narrowed) -> anyhow::Result<ApprovalFilter> {
    Ok(ApprovalFilter {
        project: narrowed.project.as_deref().map(gid).transpose()?.map(ProjectGid::new),
        state: None,
        bands: narrowed.bands.clone(),
        min_confidence: narrowed.min_confidence,
        min_change: narrowed.min_change,
    })
}

async fn list(call: &Call<'_>, narrowed: &Narrowed, state: State) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let filter = ApprovalFilter { state: state.kept(), ..filter(narrowed)? };
    let found = engine::approvals_told(&compose::rules(&call.config, store)?, &filter).await?;
    if call.json {
        show::json(&found)?;
    } else if found.is_empty() {
        say!("Nothing is {}.", filter.state.map_or("there", ApprovalState::word));
    } else {
        print(&found, filter.state == Some(ApprovalState::Pending));
    }
    Ok(Exit::Ok)
}

fn print(found: &[ApprovalView], pending: bool) {
    let last = if pending { "Ends" } else { "Came to" };
    let mut table = show::table(&["Approval", "Band", "Conf.", "Task", "Value", "From", "To", "Asked", last]);
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d");
    for ApprovalView { approval: one, silent_yes_at } in found {
        let came_to = match (&one.settled, silent_yes_at) {
            (Some(settled), _) => {
                format!("{} by {}{}", one.state.word(), settled.by, why(settled.why.as_deref()))
            }
            (None, Some(at)) => format!("{} as a yes", day(*at)),
            (None, None) => day(one.expires_at).to_string(),
        };
        table.add_row([
            one.id.to_string(),
            one.ask.band.map(|band| band.to_string()).unwrap_or_default(),
            one.ask.confidence.map(|sure| format!("{sure} %")).unwrap_or_default(),
            domain::fit(&one.ask.name, 40),
            one.ask.label.clone(),
            domain::fit(one.ask.old.as_deref().unwrap_or("(empty)"), 24),
            domain::fit(&one.ask.new, 24),
            day(one.asked_at).to_string(),
            came_to,
        ]);
    }
    if let Some(column) = table.column_mut(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    say!("{table}");
    if pending {
        say!(
            "{} waiting. Say yes: upnext approvals approve ID… (or --all with the same filters). Say no: upnext approvals \
             reject ID… --reason \"…\"",
            found.len()
        );
        if let Some(at) = found.iter().filter_map(|one| one.silent_yes_at).min() {
            say!("Silence is an answer here: the first counts as a yes on {}, unless rejected.", day(at));
        }
    }
}

fn why(text: Option<&str>) -> String {
    text.map(|text| format!(": {text}")).unwrap_or_default()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
}

async fn answer(call: &Call<'_>, chosen: &Chosen, (who, said): (&Who, Answer)) -> anyhow::Result<Exit> {
    let narrowed = &chosen.narrowed;
    let narrows = narrowed.project.is_some()
        || !narrowed.bands.is_empty()
        || narrowed.min_confidence.is_some()
        || narrowed.min_change.is_some();
    if !chosen.all && narrows {
        let problem = "filters go with --all; without it, name the approvals by their ids";
        return Err(UsageError(problem.into()).into());
    }
    let engine = compose::engine(&call.config, call.env).await?;
    let ids: Vec<ApprovalId> = if chosen.all {
        engine::pending(&engine.store, &filter(narrowed)?).await?.into_iter().map(|one| one.id).collect()
    } else {
        chosen.ids.iter().map(|id| ApprovalId::new(id.trim())).collect()
    };
    let (how, now) = (deciding(who), compose::moment(&call.config)?);
    let report = match said {
        Answer::Yes => engine::approve(&engine, &ids, &how, now).await?,
        Answer::No => engine::reject(&engine, &ids, &how, now).await?,
    };
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        words(&report, said);
    }
    let open = report.stopped.is_some() || report.outcome.open > 0 || report.outcome.refused > 0;
    Ok(if open { Exit::Partly } else { Exit::Ok })
}

/// How many answers are told one by one.
const NAMED: usize = 20;

fn words(report: &ApprovalReport, said: Answer) {
    let word = if said == Answer::Yes { "Approved and written" } else { "Rejected" };
    say!("{word}: {}", report.settled.len());
    for one in report.settled.iter().take(NAMED) {
        let (ask, old) = (&one.ask, one.ask.old.as_deref().unwrap_or("(empty)"));
        say!("  {} · {} {old} → {}", domain::fit(&ask.name, 60), ask.label, ask.new);
    }
    if report.settled.len() > NAMED {
        say!("  … and {} more (--json lists all)", report.settled.len() - NAMED);
    }
    if !report.left.is_empty() {
        say!("Left: {}", report.left.len());
        for left in report.left.iter().take(NAMED) {
            let at = left.at.map(|at| format!(" at {at}")).unwrap_or_default();
            say!("  {} · {} · {}{at}", left.id, domain::fit(&left.name, 50), left.why);
        }
    }
    show::troubles(&report.trouble);
    if let Some(why) = &report.stopped {
        say!("Stopped: {why}");
    }
    for run in &report.runs {
        say!("Undo with: upnext undo {run}");
    }
}
