//! The official values of a project that people turned down, or took back with an undo.
//!
//! A later yes to the same value lifts it. Deliberately not here: what follows from it (`decide`: such a value is only ever asked
//! about). Known limit: what an undo took back stays so until somebody approves it.

use crate::context::Engine;
use crate::error::EngineError;
use domain::{Action, Approval, ApprovalState, FieldGid, Refused, Role, Section, Snapshot};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Puts them into a snapshot, in order.
pub(crate) async fn with_refused(engine: &Engine, snapshot: Snapshot) -> Result<Snapshot, EngineError> {
    let project = &snapshot.project.gid;
    let mut found: BTreeMap<Refused, Timestamp> = BTreeMap::new();
    for saved in engine.store.undos(project).await? {
        // A section that the undo deleted is in no project any more.
        let mut sections = snapshot.sections.clone();
        sections.extend(saved.plan.actions.iter().filter_map(|planned| match &planned.action {
            Action::DeleteSection { section, name } => {
                Some(Section { gid: section.clone(), name: name.clone() })
            }
            _ => None,
        }));
        let of = saved.plan.actions.iter();
        let taken_back = of.flat_map(|planned| undone(&planned.action, (&snapshot, &sections)));
        found.extend(taken_back.map(|refused| (refused, saved.plan.now.at)));
    }
    let said = engine.store.last_approvals(project).await?;
    let place = |one: &Approval| Refused {
        task: one.ask.task.clone(),
        field: one.ask.field.clone(),
        what: what(&one.ask.what),
        value: one.ask.new.clone(),
    };
    for one in said {
        let at = one.settled.as_ref().map_or(one.asked_at, |settled| settled.at);
        let place = place(&one);
        if one.state == ApprovalState::Rejected {
            found.insert(place, at);
        } else if one.state == ApprovalState::Approved && found.get(&place).is_some_and(|before| *before < at)
        {
            found.remove(&place);
        }
    }
    Ok(Snapshot { refused: found.into_keys().collect(), ..snapshot })
}

/// The official values that an action of an undo takes away.
fn undone(action: &Action, (snapshot, sections): (&Snapshot, &[Section])) -> Vec<Refused> {
    let is_ai = |field: &FieldGid| Role::AI.iter().any(|role| snapshot.roles.field(*role) == Some(field));
    match action {
        Action::SetFields { task, changes, .. } => changes
            .iter()
            .filter(|change| !is_ai(&change.field))
            .filter_map(|change| {
                let value = change.expected.as_ref()?.to_string();
                Some(Refused {
                    task: task.clone(),
                    field: Some(change.field.clone()),
                    what: String::new(),
                    value,
                })
            })
            .collect(),
        Action::MoveToSection { task, expected, .. } => {
            let section = sections.iter().find(|section| Some(&section.gid) == expected.as_ref());
            section
                .map(|section| Refused {
                    task: task.clone(),
                    field: None,
                    what: String::new(),
                    value: section.name.clone(),
                })
                .into_iter()
                .collect()
        }
        Action::RemoveFromProject { task, from_name, .. } => {
            vec![Refused { task: task.clone(), field: None, what: String::new(), value: from_name.clone() }]
        }
        Action::Assign { task, expected: Some(person), .. } => vec![Refused {
            task: task.clone(),
            field: None,
            what: "assignee".into(),
            value: person.name.clone(),
        }],
        Action::SetDates { task, expected, .. } => vec![Refused {
            task: task.clone(),
            field: None,
            what: "dates".into(),
            value: expected.to_string(),
        }],
        _ => vec![],
    }
}

/// The kind of value of a question as it is remembered: a field, section or project needs no word.
fn what(of: &str) -> String {
    match of {
        "assignee" | "dates" => of.to_owned(),
        _ => String::new(),
    }
}
