//! Users, workspaces and teams.

use serde::{Deserialize, Serialize};

use super::{CustomFieldValue, Ref, nullable};

/// A person, or an agent acting as one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Id.
    pub gid: String,
    /// Full name; read-only.
    #[serde(default)]
    pub name: Option<String>,
    /// Address; hidden from guests.
    #[serde(default)]
    pub email: Option<String>,
    /// Workspaces both the person and the token's user belong to.
    #[serde(default, deserialize_with = "nullable")]
    pub workspaces: Vec<Ref>,
    /// Values of the workspace's user fields, for instance a capacity.
    #[serde(default, deserialize_with = "nullable")]
    pub custom_fields: Vec<CustomFieldValue>,
}

/// A workspace; an organisation when it is bound to e-mail domains.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Id.
    pub gid: String,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it is an organisation, whose projects want a team.
    #[serde(default)]
    pub is_organization: Option<bool>,
    /// Domains of an organisation.
    #[serde(default, deserialize_with = "nullable")]
    pub email_domains: Vec<String>,
}

/// A team of an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Id.
    pub gid: String,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Plain-text description.
    #[serde(default)]
    pub description: Option<String>,
    /// The organisation.
    #[serde(default)]
    pub organization: Option<Ref>,
    /// Web address.
    #[serde(default)]
    pub permalink_url: Option<String>,
}

/// Somebody a project is shared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectMembership {
    /// Id.
    pub gid: String,
    /// A user or a team, which `resource_type` tells.
    #[serde(default)]
    pub member: Option<Ref>,
    /// How far they may go: `admin`, `editor`, `commenter` or `viewer`.
    #[serde(default)]
    pub access_level: Option<String>,
}
