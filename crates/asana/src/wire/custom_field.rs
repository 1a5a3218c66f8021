//! Custom fields: definitions, their place on a project, and values on a task, project or goal.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Ref, nullable};

open_enum! {
    /// Which value key of a field counts.
    CustomFieldSubtype {
        /// `text_value`, at most 1,024 characters.
        Text = "text",
        /// `number_value`, rounded to the field's precision.
        Number = "number",
        /// `enum_value`.
        Enum = "enum",
        /// `multi_enum_values`.
        MultiEnum = "multi_enum",
        /// `date_value`.
        Date = "date",
        /// `people_value`.
        People = "people",
        /// `reference_value`.
        Reference = "reference",
    }
}

/// One choice of an enum field. Options are never deleted, only disabled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumOption {
    /// Id; what writes take.
    pub gid: String,
    /// Label.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it can still be chosen.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Colour word.
    #[serde(default)]
    pub color: Option<String>,
}

/// The definition of a field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomField {
    /// Id.
    pub gid: String,
    /// Name, unique in the workspace.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Which kind of value it holds.
    #[serde(default)]
    pub resource_subtype: Option<CustomFieldSubtype>,
    /// The older name of `resource_subtype`; some lists give only this.
    #[serde(default, rename = "type")]
    pub field_type: Option<CustomFieldSubtype>,
    /// As `resource_subtype`, plus `formula` and `custom_id`.
    #[serde(default)]
    pub representation_type: Option<String>,
    /// Choices of an enum or multi-enum field, disabled ones included.
    #[serde(default, deserialize_with = "nullable")]
    pub enum_options: Vec<EnumOption>,
    /// Decimal places of a number, 0 to 6.
    #[serde(default)]
    pub precision: Option<u8>,
    /// `none`, `percentage`, `currency`, `duration`, …
    #[serde(default)]
    pub format: Option<String>,
    /// Computed by Asana, so never written.
    #[serde(default)]
    pub is_formula_field: Option<bool>,
    /// Whether changes of it notify followers.
    #[serde(default)]
    pub has_notifications_enabled: Option<bool>,
    /// Whether it is in the workspace's library rather than local to one project.
    #[serde(default)]
    pub is_global_to_workspace: Option<bool>,
    /// Set on fields that Asana itself made, for instance `priority` or `estimated_time`.
    #[serde(default)]
    pub asana_created_field: Option<String>,
    /// Who made it.
    #[serde(default)]
    pub created_by: Option<Ref>,
}

impl CustomField {
    /// The kind of value, under whichever key Asana gave it.
    pub fn subtype(&self) -> Option<&CustomFieldSubtype> {
        self.resource_subtype.as_ref().or(self.field_type.as_ref())
    }
}

/// A field's place on a project, portfolio or goal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomFieldSetting {
    /// Id of the place, not of the field.
    pub gid: String,
    /// The field; compact unless `custom_field.…` was asked for.
    #[serde(default)]
    pub custom_field: Option<CustomField>,
    /// The object that carries it.
    #[serde(default)]
    pub parent: Option<Ref>,
    /// The project that carries it.
    #[serde(default)]
    pub project: Option<Ref>,
    /// Whether it shows in the list view.
    #[serde(default)]
    pub is_important: Option<bool>,
}

/// A date value; `date_time` stands beside `date` when a time was given. In stories the OpenAPI file names the two
/// `due_on` and `due_at`, as tasks do: both are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateValue {
    /// The day.
    #[serde(default, alias = "due_on")]
    pub date: Option<Date>,
    /// The moment.
    #[serde(default, alias = "due_at")]
    pub date_time: Option<Timestamp>,
}

/// A field's value on one object, beside a compact definition. `gid` is the field's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomFieldValue {
    /// Id of the field.
    pub gid: String,
    /// Name of the field.
    #[serde(default)]
    pub name: Option<String>,
    /// Which value key counts.
    #[serde(default)]
    pub resource_subtype: Option<CustomFieldSubtype>,
    /// The older name of `resource_subtype`.
    #[serde(default, rename = "type")]
    pub field_type: Option<CustomFieldSubtype>,
    /// As `resource_subtype`, plus `formula` and `custom_id`.
    #[serde(default)]
    pub representation_type: Option<String>,
    /// False when the object left every project with the field: it can be cleared, not changed.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Computed by Asana, so never written.
    #[serde(default)]
    pub is_formula_field: Option<bool>,
    /// Not writable by the token's user.
    #[serde(default)]
    pub is_value_read_only: Option<bool>,
    /// Decimal places of a number, 0 to 6.
    #[serde(default)]
    pub precision: Option<u8>,
    /// The value as a person reads it.
    #[serde(default)]
    pub display_value: Option<String>,
    /// Value of a text field.
    #[serde(default)]
    pub text_value: Option<String>,
    /// Value of a number field; a percentage of 25 % is 0.25.
    #[serde(default)]
    pub number_value: Option<f64>,
    /// Value of an enum field; may be an option that is disabled by now.
    #[serde(default)]
    pub enum_value: Option<EnumOption>,
    /// Value of a multi-enum field.
    #[serde(default, deserialize_with = "nullable")]
    pub multi_enum_values: Vec<EnumOption>,
    /// Value of a date field.
    #[serde(default)]
    pub date_value: Option<DateValue>,
    /// Value of a people field.
    #[serde(default, deserialize_with = "nullable")]
    pub people_value: Vec<Ref>,
    /// Value of a reference field.
    #[serde(default, deserialize_with = "nullable")]
    pub reference_value: Vec<Ref>,
    /// Choices of an enum field, where asked for.
    #[serde(default, deserialize_with = "nullable")]
    pub enum_options: Vec<EnumOption>,
}

impl CustomFieldValue {
    /// The kind of value, under whichever key Asana gave it.
    pub fn subtype(&self) -> Option<&CustomFieldSubtype> {
        self.resource_subtype.as_ref().or(self.field_type.as_ref())
    }
}
