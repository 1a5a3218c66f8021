//! One action of a plan as people see it: what it touches, before and after, why, and how far it has come.
//!
//! Deliberately not here: which actions there are (`domain::Action`).

use domain::{
    Action, Consent, FieldGid, FieldValue, NumberFormat, OutcomeKind, PlannedAction, SectionGid, Snapshot,
    TaskGid,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::Attempted;

/// How far an action has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    /// A person must approve it first.
    Waiting,
    /// It may be done, and was not tried.
    Given,
    /// It was begun and has no end yet, or could not be done yet.
    Open,
    /// It is as the plan wants it.
    Done,
    /// It ended for good in another way: somebody was there first, it is gone, Asana refused.
    Otherwise,
}

impl ActionState {
    /// Every state, in the order they are come to.
    pub const ALL: [ActionState; 5] = [
        ActionState::Waiting,
        ActionState::Given,
        ActionState::Open,
        ActionState::Done,
        ActionState::Otherwise,
    ];

    /// One word, as addresses have it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ActionState::Waiting => "waiting",
            ActionState::Given => "given",
            ActionState::Open => "open",
            ActionState::Done => "done",
            ActionState::Otherwise => "otherwise",
        }
    }

    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            ActionState::Waiting => "asked for approval",
            ActionState::Given => "may be done",
            ActionState::Open => "not done yet",
            ActionState::Done => "done",
            ActionState::Otherwise => "left alone",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<ActionState> {
        ActionState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// One field, text or place before and after.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ChangeView {
    /// What changes.
    pub what: String,
    /// What is expected there; none when it is empty.
    pub before: Option<String>,
    /// What will be there; none when it is cleared.
    pub after: Option<String>,
}

/// An action.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlannedView {
    /// Its id within the plan.
    pub id: String,
    /// The task it touches, when that is one that exists.
    pub task: Option<TaskGid>,
    /// What it is about: a task's name, or what it does.
    pub title: String,
    /// What it does, when the changes do not say it.
    pub what: String,
    /// Before and after.
    pub changes: Vec<ChangeView>,
    /// Why.
    pub reason: String,
    /// How far it has come.
    pub state: ActionState,
    /// How it ended, in words; none when it was not tried.
    pub ending: Option<String>,
    /// When it was last tried.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub at: Option<Timestamp>,
}

/// What a plan names by gid, as people know it; empty where no ranking of the project is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// Decimals of fields that are shown in percent.
    percents: HashMap<FieldGid, usize>,
    sections: HashMap<SectionGid, String>,
}

impl Known {
    pub(crate) fn of(snapshot: &Snapshot) -> Known {
        let percents = snapshot.fields.iter().filter(|field| field.format == NumberFormat::Percentage);
        Known {
            percents: percents.map(|field| (field.gid.clone(), usize::from(field.precision))).collect(),
            sections: snapshot.sections.iter().map(|s| (s.gid.clone(), s.name.clone())).collect(),
        }
    }

    fn value(&self, field: &FieldGid, value: Option<&FieldValue>) -> Option<String> {
        match (value?, self.percents.get(field)) {
            (FieldValue::Number(share), Some(decimals)) => {
                Some(format!("{:.decimals$}\u{a0}%", 100.0 * share))
            }
            (value, _) => Some(value.to_string()),
        }
    }

    fn section(&self, section: Option<&SectionGid>) -> Option<String> {
        let gid = section?;
        Some(self.sections.get(gid).cloned().unwrap_or_else(|| format!("section {gid}")))
    }
}

impl PlannedView {
    pub(crate) fn of(planned: &PlannedAction, attempted: Option<&Attempted>, known: &Known) -> PlannedView {
        let (title, what) = words(&planned.action);
        let outcome = attempted.and_then(|attempt| attempt.outcome.as_ref());
        let ending = match (attempted, outcome) {
            (Some(_), None) => Some("begun, and no end noted yet".to_owned()),
            (_, outcome) => outcome.map(|outcome| outcome.kind.to_string()),
        };
        PlannedView {
            id: planned.id.to_string(),
            task: planned.action.task().cloned(),
            title,
            what,
            changes: changes(&planned.action, known),
            reason: planned.reason.clone(),
            state: state(planned, attempted),
            ending,
            at: attempted.map(|attempt| attempt.at),
        }
    }
}

/// How far an action has come.
pub(crate) fn state(planned: &PlannedAction, attempted: Option<&Attempted>) -> ActionState {
    let untried = match planned.consent {
        Consent::Waiting => ActionState::Waiting,
        Consent::Given => ActionState::Given,
    };
    let Some(attempt) = attempted else { return untried };
    match attempt.outcome.as_ref().map(|outcome| &outcome.kind) {
        None => ActionState::Open,
        Some(OutcomeKind::WaitingForApproval) => ActionState::Waiting,
        Some(kind) if kind.is_settled_well() => ActionState::Done,
        Some(kind) if kind.is_open() => ActionState::Open,
        Some(_) => ActionState::Otherwise,
    }
}

/// The title, and what is done where the changes do not say it.
fn words(action: &Action) -> (String, String) {
    match action {
        Action::SetFields { name, .. }
        | Action::MoveToSection { name, .. }
        | Action::AddToProject { name, .. }
        | Action::RemoveFromProject { name, .. }
        | Action::Assign { name, .. }
        | Action::SetDates { name, .. } => (name.clone(), String::new()),
        Action::RunRule { name, text, .. } => (name.clone(), format!("start the team’s rule with: {text}")),
        Action::DeleteTask { name, .. } => (name.clone(), "delete it, as it is our own".into()),
        Action::FileRequest { name, .. } => (name.clone(), "make it, as it was asked for".into()),
        Action::EnsureTask { name, .. } | Action::EnsureSubtask { name, .. } => {
            (name.clone(), "find it, or make it".into())
        }
        other => (capital(&other.summary()), String::new()),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn changes(action: &Action, known: &Known) -> Vec<ChangeView> {
    match action {
        Action::SetFields { changes, .. } => changes
            .iter()
            .map(|change| ChangeView {
                what: change.name.clone(),
                before: known.value(&change.field, change.expected.as_ref()),
                after: known.value(&change.field, change.new.as_ref()),
            })
            .collect(),
        Action::MoveToSection { expected, to_name, .. } => {
            let before = known.section(expected.as_ref());
            vec![ChangeView { what: "Section".into(), before, after: Some(to_name.clone()) }]
        }
        Action::AddToProject { to_name, .. } => {
            vec![ChangeView { what: "Project".into(), before: None, after: Some(to_name.clone()) }]
        }
        Action::RemoveFromProject { from_name, .. } => {
            vec![ChangeView { what: "Project".into(), before: Some(from_name.clone()), after: None }]
        }
        Action::Assign { expected, new, .. } => {
            let who = |person: &Option<domain::Person>| person.as_ref().map(|person| person.name.clone());
            vec![ChangeView { what: "Assignee".into(), before: who(expected), after: who(new) }]
        }
        Action::SetDates { expected, new, .. } => {
            let days = |of: &domain::Dates| of.value().map(|value| value.to_string());
            vec![ChangeView { what: "Days".into(), before: days(expected), after: days(new) }]
        }
        Action::PutComment { expected, text, .. } => {
            vec![ChangeView { what: "Comment".into(), before: expected.clone(), after: Some(text.clone()) }]
        }
        Action::FileRequest { notes, .. } => {
            vec![ChangeView { what: "Description".into(), before: None, after: Some(notes.clone()) }]
        }
        Action::RestoreComment { expected, text, .. } => vec![ChangeView {
            what: "Comment".into(),
            before: Some(expected.clone()),
            after: Some(text.clone()),
        }],
        Action::DeleteComment { expected, .. } => {
            vec![ChangeView { what: "Comment".into(), before: Some(expected.clone()), after: None }]
        }
        _ => vec![],
    }
}
