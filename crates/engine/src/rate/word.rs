//! Word: rationales in plain sentences, where the policy wants them, from the judgement's own facts alone.
//!
//! Asked after judging, about tasks whose rationale the plan would write. The wording becomes part of the evidence, so that a
//! plan replays; whether it may be used is decided by `decide::worded`. Remembered by the facts it words, within the same
//! ceilings as ratings. Deliberately not here: the check, or any fact.

use super::check::WORDS;
use super::{Asking, ModelUse, Session, ask};
use crate::context::Engine;
use crate::error::EngineError;
use decide::LONGEST_DRAFT;
use domain::{Action, Judgement, Plan, Role, Snapshot, TaskGid};
use llm::{Budget, Kind, Part, Prompt, Question, Schema};
use std::collections::{BTreeMap, HashSet};

const TASK: &str = "You turn the reasons behind a task's priority, given as terse facts, into two or three plain sentences for \
the people who own the task. Use only what the facts state. Use no number that is not among them, give no advice, add no link, \
no name and no formatting. Keep words in quotation marks as they are.";

fn prompt() -> Option<Prompt> {
    let about = "The sentences.".to_owned();
    let words = Part { name: WORDS.to_owned(), about, kind: Kind::Words(LONGEST_DRAFT) };
    Some(Prompt::new("word_rationale", TASK, Schema::new(vec![words]).ok()?))
}

/// The snapshot with wordings for the rationales that the plan writes. Whatever fails leaves the template's words.
pub(crate) async fn word(
    engine: &Engine,
    mut snapshot: Snapshot,
    (judgements, plan): (&[Judgement], &Plan),
    asking: Asking<'_>,
) -> Result<(Snapshot, ModelUse), EngineError> {
    let nothing = ModelUse { dollars: Some(0.0), ..ModelUse::default() };
    let (Some(model), Some(prompt)) = (&engine.model, prompt()) else { return Ok((snapshot, nothing)) };
    let written = written(&snapshot, plan);
    let asking = Asking { purpose: "word", ..asking };
    let budget = Budget::new(ask::left(engine, model, asking).await?);
    let project = snapshot.project.gid.clone();
    let mut session = Session::begin(engine, (model, &prompt), &project, (asking, &budget)).await?;
    let mut facts: Vec<(TaskGid, Question<'_>)> = vec![];
    for judgement in judgements.iter().filter(|judgement| written.contains(&judgement.task)) {
        let text = session.clean(&decide::rationale(judgement));
        facts.push((judgement.task.clone(), Question::new(&prompt).source("reasons", text)));
    }
    let found: BTreeMap<TaskGid, String> = session.ask_for_words(facts).await?;
    snapshot.evidence.wordings = found;
    Ok((snapshot, session.report()))
}

/// Tasks whose rationale the plan writes.
fn written<'p>(snapshot: &Snapshot, plan: &'p Plan) -> HashSet<&'p TaskGid> {
    let Some(field) = snapshot.roles.field(Role::AiRationale) else { return HashSet::new() };
    let of = |action: &'p Action| match action {
        Action::SetFields { task, changes, .. } if changes.iter().any(|change| change.field == *field) => {
            Some(task)
        }
        _ => None,
    };
    plan.actions.iter().filter_map(|planned| of(&planned.action)).collect()
}
