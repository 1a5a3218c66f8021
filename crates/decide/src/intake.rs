//! The plan of a request: its task, made as somebody asked for it.
//!
//! The description is written as Asana's own forms write theirs, so that triage reads both alike (`judge::learn::form`); its last
//! line names the request, by which the task is found again. A request has one plan, whoever asks how often. Deliberately not here:
//! labels, which follow by a triage, as far as the phase lets them.

use crate::groom::Rules;
use crate::policy::Policy;
use domain::{
    Action, ActionId, Consent, Digest, Moment, Plan, PlanId, PlanKind, PlannedAction, ProjectGid, RequestId,
    Snapshot,
};

/// The line between what was said and where.
const RULE: &str = "———————————————";

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// The name of its task.
    pub name: String,
    /// The description, as [`request_notes`] makes it.
    pub notes: String,
}

/// The one plan of a request.
#[must_use]
pub fn intake_plan_id(project: &ProjectGid, request: &RequestId) -> PlanId {
    PlanId::new(format!("plan_{}", &Digest::of(&("intake", project, request)).as_str()[..16]))
}

/// The description of a request's task: questions with what was answered, those without an answer left out.
#[must_use]
pub fn request_notes(answers: &[(&str, &str)], form: &str, request: &RequestId) -> String {
    let said = answers.iter().map(|(question, answer)| (printable(question), printable(answer)));
    let said = said.filter(|(_, answer)| !answer.trim().is_empty());
    let said: Vec<String> =
        said.map(|(question, answer)| format!("{question}:\n{}", answer.trim())).collect();
    format!("{}\n\n{RULE}\nThis task was submitted through {form} {}", said.join("\n\n"), mark(request))
}

/// Whether a description is that of a request's task.
#[must_use]
pub fn is_marked(notes: &str, request: &RequestId) -> bool {
    notes.trim_end().ends_with(&mark(request))
}

fn mark(request: &RequestId) -> String {
    format!("({request})")
}

/// The text without what no keyboard writes.
fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}

/// The name of a request's task: what was asked for, on one line.
#[must_use]
pub fn request_name(title: &str) -> String {
    printable(title).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Makes the plan of a request.
#[must_use]
pub fn plan_intake(
    snapshot: &Snapshot,
    request: &Request,
    policy: &Policy,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let name = request_name(&request.name);
    let action = Action::FileRequest { request: request.id.clone(), name, notes: request.notes.clone() };
    let planned = PlannedAction {
        id: ActionId::new(format!("act_{}", request.id)),
        action,
        reason: "somebody asked for it".into(),
        consent: Consent::Given,
    };
    Plan {
        id: intake_plan_id(&snapshot.project.gid, &request.id),
        kind: PlanKind::Intake { request: request.id.clone() },
        project: snapshot.project.clone(),
        now,
        phase: policy.project_phase(&snapshot.project.gid),
        rubric: rules.rubric.clone(),
        snapshot: snapshot.digest(),
        actions: vec![planned],
        skipped: vec![],
        kept: vec![],
        notes: vec![],
    }
}
