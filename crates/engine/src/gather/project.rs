//! The project itself: name, workspace, fields, sections.
//!
//! Deliberately not here: its tasks.

use super::{read_open, to_definition};
use crate::context::{Engine, project_error};
use crate::error::EngineError;
use domain::{FieldDef, Named, Project, ProjectGid, Section, SectionGid, WorkspaceGid};

/// A project without its tasks.
pub(crate) struct ProjectRead {
    pub workspace: Named<WorkspaceGid>,
    pub project: Project,
    pub fields: Vec<FieldDef>,
}

const DEFINITION: [&str; 9] = [
    "name",
    "resource_subtype",
    "representation_type",
    "precision",
    "format",
    "is_formula_field",
    "enum_options.name",
    "enum_options.enabled",
    "enum_options.gid",
];

/// Reads a project and its fields: one request. A project without custom fields on its plan has none.
pub(crate) async fn read_project(engine: &Engine, gid: &ProjectGid) -> Result<ProjectRead, EngineError> {
    let mut fields: Vec<String> = vec!["name".into(), "workspace.name".into()];
    fields.extend(DEFINITION.iter().map(|f| format!("custom_field_settings.custom_field.{f}")));
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let wire = engine.asana.projects().get(gid.as_str(), &fields).await.map_err(|e| project_error(gid, e))?;
    let workspace = wire.workspace.unwrap_or_default();
    Ok(ProjectRead {
        workspace: Named { gid: WorkspaceGid::new(workspace.gid), name: workspace.name.unwrap_or_default() },
        project: Named { gid: gid.clone(), name: wire.name.unwrap_or_default() },
        fields: wire
            .custom_field_settings
            .into_iter()
            .filter_map(|setting| setting.custom_field)
            .map(to_definition)
            .collect(),
    })
}

/// Whether the workspace's plan has custom fields at all. Costs a request; ask only when the project shows none.
pub(crate) async fn has_custom_fields(
    engine: &Engine,
    workspace: &WorkspaceGid,
) -> Result<bool, EngineError> {
    let path = format!("/workspaces/{workspace}/custom_fields");
    match engine.asana.get(&path).query("limit", 1).send::<serde::de::IgnoredAny>().await {
        Ok(_) => Ok(true),
        Err(asana::Error::PaymentRequired { .. }) => Ok(false),
        // Whatever else is wrong is told where it matters.
        Err(_) => Ok(true),
    }
}

/// All custom fields of a workspace.
pub(crate) async fn workspace_fields(
    engine: &Engine,
    workspace: &WorkspaceGid,
) -> Result<Vec<FieldDef>, EngineError> {
    let list = engine.asana.custom_fields().in_workspace(workspace.as_str()).fields(&DEFINITION);
    Ok(list.collect_all().await?.into_iter().map(to_definition).collect())
}

/// What is said where a token may not list sections.
pub(super) const UNLISTED: &str = "this token may not list sections: those without an open task are not known, and no task is moved to them";

/// The project's sections, empty ones included; `None` for a token that may not list them.
pub(crate) async fn list_sections(
    engine: &Engine,
    gid: &ProjectGid,
) -> Result<Option<Vec<Section>>, EngineError> {
    let listed = engine.asana.projects().sections(gid.as_str()).fields(&["name"]).collect_all().await;
    let named =
        |s: asana::wire::Section| Named { gid: SectionGid::new(s.gid), name: s.name.unwrap_or_default() };
    match listed {
        Ok(sections) => Ok(Some(sections.into_iter().map(named).collect())),
        Err(asana::Error::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The project's sections, and a sentence where only those with open tasks can be known.
pub(super) async fn read_sections(
    engine: &Engine,
    gid: &ProjectGid,
) -> Result<(Vec<Section>, Option<String>), EngineError> {
    match list_sections(engine, gid).await? {
        Some(sections) => Ok((sections, None)),
        None => Ok((read_open(engine, gid).await?.sections, Some(UNLISTED.to_owned()))),
    }
}
