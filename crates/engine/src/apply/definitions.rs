//! Making custom fields and putting them on the project.
//!
//! Notifications are off from the start: a score that moves must not ring anybody's bell. Deliberately not here: which
//! fields.

use super::{Work, ending};
use crate::gather::workspace_fields;
use asana::wire::CustomFieldSubtype;
use asana::{NewCustomField, NewEnumOption, NewSetting};
use domain::{ActionId, FieldGid, FieldKind, NewField, NumberFormat, Outcome, OutcomeKind, WorkspaceGid};
use serde_json::json;

const TRIES: usize = 3;

impl Work<'_> {
    /// A field of that name in the workspace: found, or made.
    pub(super) async fn ensure_field(&self, id: &ActionId, field: &NewField) -> Outcome {
        let workspace = self.view.workspace().clone();
        let mut last = OutcomeKind::AlreadySo;
        for attempt in 0..TRIES {
            // The plan was made from a list without this name: look again only when a creation may have landed, or
            // when an earlier attempt of this run was cut off.
            if attempt > 0 || self.outcomes.contains_key(id) {
                match self.find_field(&workspace, &field.name).await {
                    Ok(Some(gid)) => {
                        return Outcome {
                            field: Some(gid),
                            made: true,
                            ..self.outcome(id, OutcomeKind::Done)
                        };
                    }
                    Ok(None) => {}
                    Err(kind) => return self.outcome(id, kind),
                }
            }
            match self.engine.asana.custom_fields().create(to_wire(&workspace, field)).await {
                Ok(made) => {
                    let gid = Some(FieldGid::new(made.gid));
                    return Outcome { field: gid, made: true, ..self.outcome(id, OutcomeKind::Done) };
                }
                Err(asana::Error::MayHaveLanded { reason, .. }) => {
                    last = OutcomeKind::Unreachable { message: reason };
                }
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            }
        }
        self.outcome(id, last)
    }

    async fn find_field(
        &self,
        workspace: &WorkspaceGid,
        name: &str,
    ) -> Result<Option<FieldGid>, OutcomeKind> {
        match workspace_fields(self.engine, workspace).await {
            Ok(fields) => Ok(fields.into_iter().find(|f| f.name.eq_ignore_ascii_case(name)).map(|f| f.gid)),
            Err(error) => Err(OutcomeKind::Unreachable { message: error.to_string() }),
        }
    }

    /// The field on the project.
    pub(super) async fn attach_field(&self, id: &ActionId, field: &FieldGid) -> Outcome {
        let project = self.plan.project.gid.as_str();
        let setting = NewSetting::field(field.as_str());
        match self.engine.asana.projects().add_custom_field_setting(project, setting).await {
            Ok(_) => Outcome { field: Some(field.clone()), ..self.outcome(id, OutcomeKind::Done) },
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }
}

fn to_wire(workspace: &WorkspaceGid, field: &NewField) -> NewCustomField {
    let subtype = match field.kind {
        FieldKind::Text => CustomFieldSubtype::Text,
        FieldKind::Number => CustomFieldSubtype::Number,
        FieldKind::Enum => CustomFieldSubtype::Enum,
        FieldKind::MultiEnum => CustomFieldSubtype::MultiEnum,
        FieldKind::Date => CustomFieldSubtype::Date,
        FieldKind::People => CustomFieldSubtype::People,
        FieldKind::Other => CustomFieldSubtype::Reference,
    };
    let mut new = NewCustomField::new(workspace.as_str(), &subtype, &field.name)
        .description(&field.description)
        .notifications(false);
    if field.kind == FieldKind::Number {
        new = new.precision(field.precision);
        if field.format == NumberFormat::Percentage {
            new = new.set("format", json!("percentage"));
        }
    }
    if !field.options.is_empty() {
        let options = field.options.iter().map(|(name, color)| NewEnumOption::new(name).color(color));
        new = new.options(options.collect());
    }
    new
}
