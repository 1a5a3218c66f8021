//! What a person needs to see of two tasks to say which comes first.
//!
//! Deliberately not here: which two.

use super::Calibration;
use domain::{FieldValue, Role, TaskGid};
use jiff::civil::Date;
use judge::weights::Use;
use serde::Serialize;

/// One of the two.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// The task.
    pub gid: TaskGid,
    /// Its name.
    pub name: String,
    /// When it is due.
    pub due_on: Option<Date>,
    /// Fields that matter, by name.
    pub fields: Vec<(String, String)>,
    /// The strongest reasons for it.
    pub reasons: Vec<String>,
}

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// One.
    pub a: Side,
    /// The other.
    pub b: Side,
    /// What the answer is used for. A person is not told: it would colour the answer.
    pub used: Use,
}

/// Reasons told of a task.
const REASONS: usize = 2;
/// Fields told of a task.
const FIELDS: usize = 5;

pub(super) fn question(of: &Calibration, (a, b): (usize, usize), used: Use) -> Question {
    Question { a: side(of, a), b: side(of, b), used }
}

fn side(of: &Calibration, at: usize) -> Side {
    let gid = &of.strengths.tasks[at].0;
    let task = of.snapshot.task(gid);
    let reasons = of.judgements.get(gid).map(|j| j.reasons()).unwrap_or_default();
    Side {
        gid: gid.clone(),
        name: task.map(|task| task.name.clone()).unwrap_or_default(),
        due_on: task.and_then(|task| task.due_on),
        fields: fields(of, gid),
        reasons: reasons.into_iter().take(REASONS).map(ToString::to_string).collect(),
    }
}

/// Short values that people set; Upnext's own would tell the person what to think.
fn fields(of: &Calibration, gid: &TaskGid) -> Vec<(String, String)> {
    let Some(task) = of.snapshot.task(gid) else { return vec![] };
    let ours: Vec<_> = Role::AI.iter().flat_map(|role| of.snapshot.roles.candidates(*role)).collect();
    let is_short = |value: &FieldValue| !matches!(value, FieldValue::Text(_));
    let told = of.snapshot.fields.iter().filter(|field| !ours.contains(&&field.gid));
    told.filter_map(|field| {
        let value = task.fields.get(&field.gid)?.value.as_ref().filter(|value| is_short(value))?;
        Some((field.name.clone(), value.to_string()))
    })
    .take(FIELDS)
    .collect()
}
