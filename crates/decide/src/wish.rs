//! The values Upnext would like a task's AI fields to have.
//!
//! Rounded the way Asana will store them, so that an unchanged judgement is an unchanged value.
//! Deliberately not here: whether they may be written.

use crate::draft::worded;
use crate::words::{rationale, recommendation};
use domain::{FieldDef, FieldKind, FieldValue, Judgement, NumberFormat, OptionDef, Role};

/// The value for a role, or why there is none. `wording` is a language model's words for the rationale, not yet checked.
pub(crate) fn wish(
    role: Role,
    field: &FieldDef,
    judgement: &Judgement,
    wording: Option<&str>,
) -> Result<FieldValue, String> {
    match role {
        Role::AiPriorityScore => number(field, judgement.score.to_f64()),
        Role::AiConfidence => {
            let percent = f64::from(judgement.confidence.percent);
            number(field, if field.format == NumberFormat::Percentage { percent / 100.0 } else { percent })
        }
        Role::AiRationale => {
            let template = rationale(judgement);
            text(field, wording.and_then(|draft| worded(draft, &template)).unwrap_or(template))
        }
        Role::AiRecommendation => text(field, recommendation(judgement)),
        Role::AiSuggestedSprint => option(field, judgement.sprint.label()),
        Role::AiRecommendedAction => option(field, judgement.action.label()),
        Role::SuggestedPriority => option(field, judgement.band.label()),
        _ => Err(format!("{} is not written by a groom", field.name)),
    }
}

fn number(field: &FieldDef, value: f64) -> Result<FieldValue, String> {
    of_kind(field, FieldKind::Number)?;
    Ok(FieldValue::Number(field.round(value)))
}

fn text(field: &FieldDef, value: String) -> Result<FieldValue, String> {
    of_kind(field, FieldKind::Text)?;
    Ok(FieldValue::Text(value))
}

/// An option by name.
pub(crate) fn option(field: &FieldDef, name: &str) -> Result<FieldValue, String> {
    of_kind(field, FieldKind::Enum)?;
    let option = enabled(field, name)?;
    Ok(FieldValue::Enum { gid: option.gid.clone(), name: option.name.clone() })
}

/// An option by name, the only one in a field that may hold several.
pub(crate) fn label(field: &FieldDef, name: &str) -> Result<FieldValue, String> {
    if field.kind != FieldKind::MultiEnum {
        return option(field, name);
    }
    of_kind(field, FieldKind::MultiEnum)?;
    let option = enabled(field, name)?;
    Ok(FieldValue::MultiEnum(vec![(option.gid.clone(), option.name.clone())]))
}

fn enabled<'f>(field: &'f FieldDef, name: &str) -> Result<&'f OptionDef, String> {
    field.option_named(name).ok_or_else(|| {
        format!("the field {} has no enabled option “{name}”: add it, or enable it", field.name)
    })
}

fn of_kind(field: &FieldDef, kind: FieldKind) -> Result<(), String> {
    if field.read_only {
        return Err(format!("the field {} is read-only in Asana", field.name));
    }
    if field.kind != kind {
        let (is, wants) = (field.kind.asana_name(), kind.asana_name());
        return Err(format!("the field {} is of type {is}, but {wants} is needed", field.name));
    }
    Ok(())
}
