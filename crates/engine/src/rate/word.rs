//! Word: rationales and the summary in plain sentences, where the policy wants them, from the judgements' own facts alone.
//!
//! Asked after judging, about tasks whose rationale the plan would write, and about the summary when the plan would write it.
//! The wording becomes part of the evidence, so that a plan replays; whether it may be used is decided by `decide`. Remembered
//! by the facts it words, within the same ceilings as ratings. Reasons name tasks and fields and quote comments: where the policy
//! keeps any of these from the model, nothing is worded. Deliberately not here: the check, or any fact.

use super::check::WORDS;
use super::{Asking, ModelUse, Session};
use crate::context::Engine;
use crate::error::EngineError;
use decide::{AiPolicy, LONGEST_DRAFT, is_summary, summary_facts};
use domain::{Action, Judgement, Plan, Role, Snapshot, TaskGid};
use llm::{Budget, Kind, Part, Prompt, Question, Schema};
use std::collections::{BTreeMap, HashSet};

/// What is worded: the prompt's name, what the model is told, and the name of the facts.
type Wording = (&'static str, &'static str, &'static str);

const RATIONALE: Wording = (
    "word_rationale",
    "You turn the reasons behind a task's priority, given as terse facts, into two or three plain sentences for \
the people who own the task. Use only what the facts state. Use no number that is not among them, give no advice, add no link, \
no name and no formatting. Keep words in quotation marks as they are.",
    "reasons",
);

const SUMMARY: Wording = (
    "word_summary",
    "You write one short paragraph of at most three plain sentences that opens a comment about a team's backlog; the list \
itself stands below it. You are given the tasks that come first, first things first, each with its band, score, name and reasons. \
Say what they have in common, or what presses most. Use only what the facts state. Use no number that is not among them, give no \
advice, add no link, no mention of anybody and no formatting. Copy names as they are, in quotation marks.",
    "top",
);

const RETRO: Wording = (
    "word_retro",
    "You write one short paragraph of at most three plain sentences that opens a retrospective of a team's sprint; the figures \
themselves stand below it. Say what stands out in them. Use only what the figures state. Use no number that is not among them, \
blame nobody, give no advice, add no link, no name and no formatting.",
    "figures",
);

/// A paragraph above a retrospective, from its figures alone: they name no task, person or text. `facts` are kept under a task.
pub(crate) async fn word_retro(
    engine: &Engine,
    snapshot: &Snapshot,
    facts: (TaskGid, String),
    within: (Asking<'_>, &Budget),
) -> Result<(Option<String>, ModelUse), EngineError> {
    let (words, used) = words(engine, snapshot, (RETRO, vec![facts]), within).await?;
    Ok((words.into_values().next(), used))
}

/// The snapshot with wordings for what the plan writes. Whatever fails leaves the template's words.
pub(crate) async fn word(
    engine: &Engine,
    mut snapshot: Snapshot,
    (judgements, plan): (&[Judgement], &Plan),
    (asking, budget): (Asking<'_>, &Budget),
) -> Result<(Snapshot, ModelUse), EngineError> {
    let asking = Asking { purpose: "word", ..asking };
    let (ai, within) = (&engine.policy.ai, (asking, budget));
    let mut used = ModelUse { dollars: Some(0.0), ..ModelUse::default() };
    if !shows_reasons(ai) {
        return Ok((snapshot, used));
    }
    if ai.word_summary && plan.actions.iter().any(|planned| is_summary(&planned.action)) {
        let facts = summary_facts(&snapshot, judgements, &engine.policy).into_iter().collect();
        let (words, by_summary) = words(engine, &snapshot, (SUMMARY, facts), within).await?;
        snapshot.evidence.summary_wording = words.into_values().next();
        used = used.plus(&by_summary);
    }
    if ai.word_rationales && used.stopped.is_none() {
        let written = written(&snapshot, plan);
        let of = judgements.iter().filter(|judgement| written.contains(&judgement.task));
        let facts = of.map(|judgement| (judgement.task.clone(), decide::rationale(judgement))).collect();
        let (words, by_rationales) = words(engine, &snapshot, (RATIONALE, facts), within).await?;
        snapshot.evidence.wordings = words;
        used = used.plus(&by_rationales);
    }
    Ok((snapshot, used))
}

/// Whether reasons hold nothing that the policy keeps from the model.
fn shows_reasons(policy: &AiPolicy) -> bool {
    let unquoted =
        |what: &String| ["description", "attachments"].iter().any(|it| what.eq_ignore_ascii_case(it));
    policy.exclude.iter().all(unquoted)
}

/// Words for facts about tasks, as far as they come.
async fn words(
    engine: &Engine,
    snapshot: &Snapshot,
    ((name, task, source), facts): (Wording, Vec<(TaskGid, String)>),
    within: (Asking<'_>, &Budget),
) -> Result<(BTreeMap<TaskGid, String>, ModelUse), EngineError> {
    let part =
        Part { name: WORDS.to_owned(), about: "The sentences.".to_owned(), kind: Kind::Words(LONGEST_DRAFT) };
    // One part always fits; no model is no wording.
    let (Some(model), Ok(schema)) = (&engine.model, Schema::new(vec![part])) else {
        return Ok((BTreeMap::new(), ModelUse { dollars: Some(0.0), ..ModelUse::default() }));
    };
    let prompt = Prompt::new(name, task, schema);
    let mut session = Session::begin(engine, (model, &prompt), &snapshot.project.gid, within).await?;
    let ask = |(task, facts): (TaskGid, String)| {
        (task, Question::new(&prompt).source(source, session.clean(&facts)))
    };
    let questions = facts.into_iter().map(ask).collect();
    let found = session.ask_for_words(questions).await?;
    Ok((found, session.report()))
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
