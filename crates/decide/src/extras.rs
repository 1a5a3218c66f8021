//! The host task, the one summary comment on it and the one review subtask under it.
//!
//! One of each, ever: found again, edited in place, reopened. Deliberately not here: per-task comments.

use crate::draft::{without_wording, worded_summary};
use crate::policy::Policy;
use crate::words::{SUMMARY_MARKER, facts, summary, task_link};
use domain::{Action, ActionId, Consent, Judgement, PlannedAction, Snapshot, TaskGid, TaskRef};

/// How many tasks the summary names.
const TOP: usize = 5;

/// The actions for the host task. `writes` tells whether the run writes anything else.
pub(crate) fn extras(
    snapshot: &Snapshot,
    policy: &Policy,
    scored: &[&Judgement],
    writes: bool,
) -> Vec<PlannedAction> {
    let anchors = &snapshot.anchors;
    let due = writes || anchors.review_owed || anchors.review_subtask.is_none();
    let wants_review = !policy.review_subtask.is_empty() && due && !anchors.review_open;
    let comment = policy.summary_comment.then(|| comment_text(snapshot, scored, writes)).flatten();
    if (!wants_review && comment.is_none()) || policy.host_task.is_empty() || scored.is_empty() {
        return vec![];
    }
    let (host, mut actions) = host(snapshot, policy);
    if let Some(text) = comment {
        let expected = snapshot.anchors.summary_text.clone();
        let marker = SUMMARY_MARKER.to_owned();
        let action = Action::PutComment { task: host.clone(), marker, expected, text, mention: None };
        actions.push(planned("act_summary", action, "the five to look at first"));
    }
    if wants_review {
        let name = policy.review_subtask.clone();
        let notes = review_notes(snapshot);
        let action = Action::EnsureSubtask { parent: host, name, notes, assignee: None };
        actions.push(planned("act_review", action, "a person looks before anything moves"));
    }
    actions
}

fn planned(id: &str, action: Action, reason: &str) -> PlannedAction {
    PlannedAction { id: ActionId::new(id), action, reason: reason.to_owned(), consent: Consent::Given }
}

/// The task that carries what Upnext tells about a project, with the action that makes it where there is none.
pub(crate) fn host(snapshot: &Snapshot, policy: &Policy) -> (TaskRef, Vec<PlannedAction>) {
    if let Some(gid) = &snapshot.anchors.host_task {
        return (TaskRef::Existing(gid.clone()), vec![]);
    }
    let notes = "Upnext keeps its summary of this backlog here: one comment, edited in place.".to_owned();
    let action = Action::EnsureTask { name: policy.host_task.clone(), notes };
    let planned = planned("act_host", action, "carries the summary comment and the review subtask");
    (TaskRef::MadeBy(planned.id.clone()), vec![planned])
}

/// Whether an action writes the summary comment.
#[must_use]
pub fn is_summary(action: &Action) -> bool {
    matches!(action, Action::PutComment { marker, .. } if is_summary_marker(marker))
}

/// Whether a comment that begins so is the summary.
#[must_use]
pub fn is_summary_marker(marker: &str) -> bool {
    marker == SUMMARY_MARKER
}

/// What a language model may word the summary from, and the task that comes first; none when there is nothing to sum up.
/// `judgements` are in rank order, as for the plan.
#[must_use]
pub fn summary_facts(
    snapshot: &Snapshot,
    judgements: &[Judgement],
    policy: &Policy,
) -> Option<(TaskGid, String)> {
    let taken = |judgement: &&Judgement| {
        snapshot.task(&judgement.task).is_some_and(|task| policy.takes(task, snapshot))
    };
    let scored: Vec<&Judgement> = judgements.iter().filter(taken).collect();
    Some((scored.first()?.task.clone(), facts(top(&scored), scored.len())))
}

fn top<'a, 'j>(scored: &'a [&'j Judgement]) -> &'a [&'j Judgement] {
    &scored[..scored.len().min(TOP)]
}

/// The new text, or `None` when what is there still says the same to a reader: without other writes, and with the
/// same tasks in the same bands, a tenth of a point is not worth an edit, and another wording never is.
fn comment_text(snapshot: &Snapshot, scored: &[&Judgement], writes: bool) -> Option<String> {
    let text = summary(top(scored), scored.len(), &snapshot.project.gid);
    let says_the_same = |old: &str| old == text || (!writes && outline(old) == outline(&text));
    let old = snapshot.anchors.summary_text.as_deref();
    if old.is_some_and(|old| says_the_same(old) || says_the_same(&without_wording(old))) {
        return None;
    }
    let draft = snapshot.evidence.summary_wording.as_deref();
    let worded = draft.and_then(|draft| worded_summary(draft, &text, &facts(top(scored), scored.len())));
    Some(worded.unwrap_or(text))
}

/// Rank, band and link of each line: what a reader takes from the summary.
fn outline(text: &str) -> Vec<String> {
    let line = |l: &str| match l.trim().strip_prefix("https://") {
        Some(link) => link.to_owned(),
        None => l.split_whitespace().take(2).collect::<Vec<_>>().join(" "),
    };
    text.lines().skip(1).map(line).collect()
}

fn review_notes(snapshot: &Snapshot) -> String {
    let project = &snapshot.project.gid;
    let link = match &snapshot.anchors.host_task {
        Some(host) => task_link(project, host),
        None => format!("https://app.asana.com/0/{project}/list"),
    };
    format!(
        "Sort the project by AI Priority Score and look at the top and at what surprises you: {link}\n\
         Change any AI field that is wrong: it stays as you set it. Set {} to keep Upnext away from a task.\n\
         Complete this subtask when you are done; the next run that changes something reopens it.",
        override_name(snapshot)
    )
}

fn override_name(snapshot: &Snapshot) -> String {
    let field = snapshot.roles.field(domain::Role::ManualOverride).and_then(|gid| snapshot.field(gid));
    field.map_or_else(|| "Manual Override".to_owned(), |f| f.name.clone())
}
