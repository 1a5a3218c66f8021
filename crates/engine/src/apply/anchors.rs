//! What Upnext's own things in a project are after an action: the host task, its summary and review, notes to owners.
//!
//! Deliberately not here: finding them again when the store is lost (`gather`). Comments of a week's review are no anchors: they are
//! found by how they begin.

use domain::{Action, Anchors, Card, Danger, Notice, Outcome, StoryGid, TaskGid, TaskRef};
use std::collections::BTreeMap;

/// The notes of the kind that a text is, by task.
fn notes<'a>(anchors: &'a mut Anchors, text: &str) -> &'a mut BTreeMap<TaskGid, Notice> {
    if decide::is_risk_note(text) { &mut anchors.risks } else { &mut anchors.notices }
}

fn is_notice(anchors: &Anchors, story: &StoryGid) -> bool {
    let mut all = anchors.notices.values().chain(anchors.risks.values());
    all.any(|notice| notice.story.as_ref() == Some(story))
}

fn danger(subtask: TaskGid, card: Card) -> Danger {
    let open = Some(!card.completed);
    Danger { subtask, card, open }
}

/// What the anchors are after an action.
pub(crate) fn keep_anchor(anchors: &mut Anchors, action: &Action, outcome: &Outcome) {
    if !outcome.kind.is_settled_well() {
        return;
    }
    match action {
        // The retrospective task is no host: it has no summary and no review.
        Action::EnsureTask { .. } if outcome.action.as_str() == decide::RETRO_TASK => {}
        Action::EnsureTask { .. } => anchors.host_task = outcome.task.clone(),
        Action::EnsureSubtask { parent: TaskRef::Existing(task), notes, assignee: Some(_), .. } => {
            let card = Card { text: notes.clone(), completed: false };
            anchors.dangers.extend(outcome.task.clone().map(|subtask| (task.clone(), danger(subtask, card))));
        }
        Action::TurnSubtask { parent, subtask, new, .. } => {
            anchors.dangers.insert(parent.clone(), danger(subtask.clone(), new.clone()));
        }
        Action::EnsureSubtask { .. } => {
            anchors.review_subtask = outcome.task.clone();
            anchors.review_open = true;
        }
        Action::PutComment { task: TaskRef::Existing(task), text, mention: Some(_), .. } => {
            let story = outcome.story.clone();
            notes(anchors, text).insert(task.clone(), Notice { story, text: text.clone() });
        }
        Action::RunRule { task, text, .. } => {
            notes(anchors, text).insert(task.clone(), Notice { story: None, text: text.clone() });
        }
        Action::RestoreComment { story, text, .. } if is_notice(anchors, story) => {
            let all = anchors.notices.values_mut().chain(anchors.risks.values_mut());
            let told = all.filter(|n| n.story.as_ref() == Some(story));
            told.for_each(|n| n.text.clone_from(text));
        }
        Action::DeleteComment { story, .. } if is_notice(anchors, story) => {
            anchors.notices.retain(|_, notice| notice.story.as_ref() != Some(story));
            anchors.risks.retain(|_, notice| notice.story.as_ref() != Some(story));
        }
        Action::PutComment { text, .. } if decide::is_summary(action) => {
            anchors.summary_comment = outcome.story.clone();
            anchors.summary_text = Some(text.clone());
        }
        Action::RestoreComment { story, text, .. } if anchors.summary_comment.as_ref() == Some(story) => {
            anchors.summary_text = Some(text.clone());
        }
        Action::DeleteComment { story, .. } if anchors.summary_comment.as_ref() == Some(story) => {
            anchors.summary_comment = None;
            anchors.summary_text = None;
        }
        Action::DeleteTask { task, .. } => {
            anchors.dangers.retain(|_, danger| danger.subtask != *task);
            if anchors.host_task.as_ref() == Some(task) {
                let Anchors { notices, risks, dangers, .. } = std::mem::take(anchors);
                *anchors = Anchors { notices, risks, dangers, ..Anchors::default() };
            } else if anchors.review_subtask.as_ref() == Some(task) {
                anchors.review_subtask = None;
                anchors.review_open = false;
            }
        }
        _ => {}
    }
}
