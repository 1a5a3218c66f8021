//! The retrospective as people get it: one comment a sprint on the retrospective task, and a document attached to it as HTML, with its
//! charts, and as Markdown.
//!
//! Every number is the retrospective's own (`judge::retro`); nothing is reckoned here but shares. Deliberately not here: finding what
//! there is already (`engine`).

mod comment;
mod outcomes;
mod pages;

pub use comment::{retro_comment, retro_facts};
pub use pages::retro_document;

use crate::groom::Rules;
use crate::policy::Policy;
use domain::{
    Action, ActionId, AttachmentGid, Consent, Digest, Moment, Phase, Plan, PlanId, PlanKind, PlannedAction,
    Snapshot, TaskGid, TaskRef,
};
use jiff::civil::Date;
use judge::retro::Retro;

/// How a retrospective's comment begins; the days follow, and there is one comment a sprint.
pub const RETRO_MARKER: &str = "Upnext · retrospective of";

/// The action that makes the retrospective task.
pub const RETRO_TASK: &str = "act_retro_task";

/// How the comment of a sprint begins.
#[must_use]
pub fn retro_marker(from: Date, to: Date) -> String {
    format!("{RETRO_MARKER} {from} to {to}")
}

/// A form in which the document is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetroForm {
    /// One HTML file, with charts.
    Page,
    /// Markdown, for those who take it elsewhere.
    Markdown,
}

/// The name of the attached document.
#[must_use]
pub fn retro_file((from, to): (Date, Date), form: RetroForm) -> String {
    let ending = match form {
        RetroForm::Page => "html",
        RetroForm::Markdown => "md",
    };
    format!("upnext-retrospective-{from}-to-{to}.{ending}")
}

/// What of a sprint's document is attached already, in one form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attached {
    /// Our files that are still there.
    pub files: Vec<AttachmentGid>,
    /// What the latest of them holds.
    pub content: Option<String>,
}

impl Attached {
    fn is(&self, wanted: &str) -> bool {
        self.files.len() == 1 && self.content.as_deref() == Some(wanted)
    }
}

/// What of a sprint's retrospective is in Asana already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// The open retrospective task.
    pub task: Option<TaskGid>,
    /// The text of our comment on it.
    pub comment: Option<String>,
    /// The document as HTML.
    pub page: Attached,
    /// The document as Markdown.
    pub markdown: Attached,
}

/// What is to be there.
#[derive(Clone, Copy, Debug)]
pub struct ToPost<'a> {
    /// The retrospective.
    pub retro: &'a Retro,
    /// The comment.
    pub comment: &'a str,
    /// The document, HTML.
    pub page: &'a str,
    /// The same, Markdown.
    pub markdown: &'a str,
}

/// The plan that posts a retrospective: a task, one comment and one file of each form, each only where it is not there as it is to be.
#[must_use]
pub fn plan_retro(
    snapshot: &Snapshot,
    policy: &Policy,
    (wanted, posted): (ToPost<'_>, &Posted),
    rules: &Rules,
    now: Moment,
) -> Plan {
    let (from, to) = (wanted.retro.from, wanted.retro.to);
    let (mut actions, mut notes) = (vec![], vec![]);
    let says_it = posted.comment.as_deref() == Some(wanted.comment);
    let forms = [
        (RetroForm::Page, wanted.page, &posted.page, "act_retro_file"),
        (RetroForm::Markdown, wanted.markdown, &posted.markdown, "act_retro_markdown"),
    ];
    let missing = forms.into_iter().filter(|(_, content, there, _)| !there.is(content));
    let missing: Vec<_> = missing.collect();
    let phase = policy.project_phase(&snapshot.project.gid);
    if phase == Phase::Shadow {
        notes.push("the project is in phase shadow: nothing of this is written to Asana".to_owned());
    } else if policy.retro_task.trim().is_empty() {
        notes.push("policy.retro_task is empty: there is no task to write a retrospective on".to_owned());
    } else if wanted.retro.tasks.is_empty() {
        notes.push("no task was of the sprint: there is nothing to write".to_owned());
    } else if !(says_it && missing.is_empty()) {
        let (task, made) = host(posted, policy);
        actions.extend(made);
        if !says_it {
            let action = Action::PutComment {
                task: task.clone(),
                marker: retro_marker(from, to),
                expected: posted.comment.clone(),
                text: wanted.comment.to_owned(),
                mention: None,
            };
            actions.push(planned(format!("act_retro_{from}"), action, "the sprint in retrospect"));
        }
        for (form, content, there, id) in missing {
            let (name, content) = (retro_file((from, to), form), content.to_owned());
            let action =
                Action::AttachFile { task: task.clone(), name, content, replaces: there.files.clone() };
            actions.push(planned(format!("{id}_{from}"), action, "the whole of it, with every task"));
        }
    }
    let digest = snapshot.digest();
    let id = Digest::of(&("retro", &digest, &rules.digest, (from, to), now));
    Plan {
        id: PlanId::new(format!("plan_{}", &id.as_str()[..16])),
        kind: PlanKind::Retro { from, to },
        project: snapshot.project.clone(),
        now,
        phase,
        rubric: rules.rubric.clone(),
        snapshot: digest,
        actions,
        skipped: vec![],
        kept: vec![],
        notes,
    }
}

fn planned(id: String, action: Action, reason: &str) -> PlannedAction {
    PlannedAction { id: ActionId::new(id), action, reason: reason.to_owned(), consent: Consent::Given }
}

/// The retrospective task, with the action that makes it where there is none.
fn host(posted: &Posted, policy: &Policy) -> (TaskRef, Option<PlannedAction>) {
    if let Some(task) = &posted.task {
        return (TaskRef::Existing(task.clone()), None);
    }
    let notes =
        "Upnext keeps retrospectives here: one comment a sprint, and one document as HTML and as Markdown."
            .to_owned();
    let action = Action::EnsureTask { name: policy.retro_task.clone(), notes };
    let planned = planned(RETRO_TASK.to_owned(), action, "carries the retrospective");
    (TaskRef::MadeBy(planned.id.clone()), Some(planned))
}
