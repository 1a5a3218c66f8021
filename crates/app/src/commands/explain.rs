//! `upnext explain`.
//!
//! Deliberately not here: judging afresh.

use super::{Call, gid};
use crate::exit::{Exit, UsageError};
use crate::{compose, show};
use domain::TaskGid;
use engine::Explanation;

pub(super) async fn run(call: &Call<'_>, task: &str) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let task = TaskGid::new(gid(task)?);
    let unknown =
        || UsageError(format!("task {task} has not been judged yet: run `upnext groom --project GID` first"));
    let explanation = engine::explain(&store, &task).await?.ok_or_else(unknown)?;
    if call.json {
        show::json(&explanation)?;
    } else {
        print(&explanation);
    }
    Ok(Exit::Ok)
}

fn print(explanation: &Explanation) {
    let judgement = &explanation.judgement;
    say!("{} ({}), judged {} by {}", judgement.name, judgement.task, explanation.at, explanation.run);
    say!(
        "Rank {} · {} · {} · {} · {}",
        judgement.rank,
        judgement.band,
        judgement.score,
        judgement.sprint.label(),
        judgement.action.label()
    );
    say!("Rubric {}", explanation.rubric);
    say!("{}", show::breakdown(judgement));
    say!("{}", explanation.rationale);
    if !judgement.counterfactuals.is_empty() {
        say!("What would move it to another band:");
    }
    for counterfactual in &judgement.counterfactuals {
        say!("  {counterfactual}");
    }
    for past in explanation.history.iter().skip(1) {
        say!("Before: {} {} at {} ({})", past.band, past.score, past.at, past.run);
    }
}
