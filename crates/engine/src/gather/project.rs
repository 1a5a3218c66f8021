//! The project itself: name, workspace, fields, sections.
//!
//! Deliberately not here: its tasks.

use super::to_definition;
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

/// The project's sections, empty ones included.
pub(crate) async fn read_sections(engine: &Engine, gid: &ProjectGid) -> Result<Vec<Section>, EngineError> {
    let sections = engine.asana.projects().sections(gid.as_str()).fields(&["name"]).collect_all().await?;
    let named =
        |s: asana::wire::Section| Named { gid: SectionGid::new(s.gid), name: s.name.unwrap_or_default() };
    Ok(sections.into_iter().map(named).collect())
}
