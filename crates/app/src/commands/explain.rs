//! `upnext explain`.
//!
//! Deliberately not here: judging afresh.

use super::{Call, gid};
use crate::exit::{Exit, UsageError};
use crate::{compose, show};
use domain::{EffortFinding, TaskGid};
use engine::Explanation;

/// Ways of estimating shown; the rest count little.
const OPINIONS: usize = 4;

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
    if let Some(effort) = &judgement.findings.effort {
        learned_effort(effort, explanation);
    }
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

/// What a learned effort rests on: nothing learned is shown as a bare number.
fn learned_effort(effort: &EffortFinding, explanation: &Explanation) {
    let told = |value: f64| EffortFinding::amount(&effort.unit, value);
    say!(
        "Learned effort: {}, {:.0} % from {} to {}",
        told(effort.effort),
        100.0 * effort.coverage,
        EffortFinding::number(effort.low),
        EffortFinding::number(effort.high)
    );
    if let Some(measured) = effort.measured {
        say!("  of recent intervals {:.0} % held what was then done", 100.0 * measured);
    }
    say!("  read: {}", effort.inputs.join(", "));
    for like in &effort.neighbours {
        say!(
            "  like: {} · {} ({:.0} % alike) https://app.asana.com/0/0/{}/f",
            told(like.effort),
            like.name,
            100.0 * like.likeness,
            like.task
        );
    }
    for opinion in effort.opinions.iter().take(OPINIONS) {
        say!("  {:.0} %: {} says {}", 100.0 * opinion.weight, opinion.of, told(opinion.effort));
    }
    let used = explanation.models.iter().find(|model| model.used.id == effort.model).map(|model| &model.used);
    match used {
        Some(used) => {
            say!("  by {} from {} finished tasks up to {}", used.id, effort.history, used.to);
        }
        None => {
            say!("  by {}, which is no longer kept, from {} finished tasks", effort.model, effort.history)
        }
    }
}
