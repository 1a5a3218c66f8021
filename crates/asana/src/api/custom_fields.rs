//! `/custom_fields`: definitions and their options. Placing a field on a project is in `projects`.

use serde_json::{Map, Value, json};

use crate::request::Method;
use crate::wire::{CustomField, CustomFieldSubtype, EnumOption};
use crate::{Client, Error, List};

/// Calls about field definitions. See [`Client::custom_fields`].
#[derive(Clone, Copy, Debug)]
pub struct CustomFields<'c>(&'c Client);

impl Client {
    /// Calls about field definitions.
    pub fn custom_fields(&self) -> CustomFields<'_> {
        CustomFields(self)
    }
}

impl CustomFields<'_> {
    /// One definition with its options.
    ///
    /// # Errors
    /// As any read; `PaymentRequired` on plans without custom fields.
    pub async fn get(self, field: &str, fields: &[&str]) -> Result<CustomField, Error> {
        self.0.call(Method::Get, &["custom_fields", field]).fields(fields).send().await
    }

    /// The workspace's library of fields.
    pub fn in_workspace(self, workspace: &str) -> List<CustomField> {
        List::new(self.0.call(Method::Get, &["workspaces", workspace, "custom_fields"]))
    }

    /// Makes a field in the workspace's library. Not repeatable.
    ///
    /// # Errors
    /// As any write; `BadRequest` when the name is taken, `PaymentRequired` on plans without custom fields.
    pub async fn create(self, new: NewCustomField) -> Result<CustomField, Error> {
        self.0.call(Method::Post, &["custom_fields"]).data(new.0).send().await
    }

    /// Adds an option at the end of an enum or multi-enum field; at most 500, disabled ones included. Not repeatable.
    ///
    /// # Errors
    /// As any write.
    pub async fn create_enum_option(self, field: &str, new: NewEnumOption) -> Result<EnumOption, Error> {
        self.0.call(Method::Post, &["custom_fields", field, "enum_options"]).data(new.0).send().await
    }

    /// Changes an option: name, colour, enabled.
    ///
    /// # Errors
    /// As any write.
    pub async fn update_enum_option(self, option: &str, changes: NewEnumOption) -> Result<EnumOption, Error> {
        self.0.call(Method::Put, &["enum_options", option]).data(changes.0).send().await
    }
}

/// A field to make.
#[derive(Clone, Debug)]
pub struct NewCustomField(Map<String, Value>);

impl NewCustomField {
    /// A field of this kind. Its name is unique in the workspace and not that of a built-in such as "Due Date".
    pub fn new(workspace: &str, subtype: &CustomFieldSubtype, name: &str) -> Self {
        Self(Map::new())
            .set("workspace", json!(workspace))
            .set("resource_subtype", json!(subtype))
            .set("name", json!(name))
    }

    /// What it is for.
    pub fn description(self, text: &str) -> Self {
        self.set("description", json!(text))
    }

    /// Decimal places of a number, 0 to 6.
    pub fn precision(self, places: u8) -> Self {
        self.set("precision", json!(places))
    }

    /// Options of an enum or multi-enum field, in order.
    pub fn options(self, options: Vec<NewEnumOption>) -> Self {
        let options: Vec<Value> = options.into_iter().map(|option| Value::Object(option.0)).collect();
        self.set("enum_options", Value::Array(options))
    }

    /// Whether changes of it notify followers; score fields want `false`.
    pub fn notifications(self, on: bool) -> Self {
        self.set("has_notifications_enabled", json!(on))
    }

    /// Any other key.
    pub fn set(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }
}

/// An option to make or change.
#[derive(Clone, Debug)]
pub struct NewEnumOption(Map<String, Value>);

impl NewEnumOption {
    /// With this label.
    pub fn new(name: &str) -> Self {
        Self(Map::from_iter([("name".to_owned(), json!(name))]))
    }

    /// Colour word, for instance `red`.
    pub fn color(mut self, color: &str) -> Self {
        self.0.insert("color".to_owned(), json!(color));
        self
    }

    /// Whether it can be chosen.
    pub fn enabled(mut self, yes: bool) -> Self {
        self.0.insert("enabled".to_owned(), json!(yes));
        self
    }
}
