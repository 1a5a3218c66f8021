//! Custom fields: definitions, values, and whose a value is.
//!
//! A value is compared the way Asana stores it (numbers after rounding, options by gid). Ownership is the rule that
//! protects people: a value that differs from what Upnext last wrote belongs to a person.
//! Deliberately not here: which field plays which role (`role`), or how values travel over HTTP.

use crate::{FieldGid, OptionGid, UserGid};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// The type of a field, as far as Upnext reads or writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text, at most 1,024 characters.
    Text,
    /// A number, rounded by Asana to the field's precision.
    Number,
    /// One option of a list.
    Enum,
    /// Several options of a list.
    MultiEnum,
    /// A date.
    Date,
    /// People.
    People,
    /// References to other Asana objects, or a type unknown to us: read as text, never written.
    Other,
}

impl FieldKind {
    /// The word Asana uses as `resource_subtype`.
    pub fn asana_name(self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Enum => "enum",
            FieldKind::MultiEnum => "multi_enum",
            FieldKind::Date => "date",
            FieldKind::People => "people",
            FieldKind::Other => "reference",
        }
    }
}

/// How a number field is shown; decides rounding of percentages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// A plain number.
    #[default]
    Plain,
    /// 0.25 means 25 %, and precision counts decimals of the percentage.
    Percentage,
    /// Minutes.
    Duration,
}

/// One option of an enum field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionDef {
    /// The option's gid: what writes must name.
    pub gid: OptionGid,
    /// What people read.
    pub name: String,
    /// Disabled options stay on old tasks but cannot be set.
    pub enabled: bool,
}

/// A custom field that is on the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldDef {
    /// The field.
    pub gid: FieldGid,
    /// Its name, unique in the workspace.
    pub name: String,
    /// Its type.
    pub kind: FieldKind,
    /// Decimals kept by a number field, 0–6.
    pub precision: u8,
    /// How a number is shown.
    pub format: NumberFormat,
    /// The options of an enum field, in their order.
    pub options: Vec<OptionDef>,
    /// Formula and generated fields cannot be written.
    pub read_only: bool,
}

impl FieldDef {
    /// Rounds a number the way Asana will store it.
    pub fn round(&self, number: f64) -> f64 {
        let decimals = match self.format {
            NumberFormat::Percentage => i32::from(self.precision) + 2,
            NumberFormat::Plain | NumberFormat::Duration => i32::from(self.precision),
        };
        let factor = 10f64.powi(decimals);
        (number * factor).round() / factor
    }

    /// The enabled option of that name, ignoring case.
    pub fn option_named(&self, name: &str) -> Option<&OptionDef> {
        self.options.iter().find(|o| o.enabled && o.name.eq_ignore_ascii_case(name))
    }
}

/// The value of a field on a task. An empty field is `None` around it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum FieldValue {
    /// Text as stored.
    Text(String),
    /// A number as stored.
    Number(f64),
    /// One option.
    Enum {
        /// The option's gid.
        gid: OptionGid,
        /// Its name when it was read; for people, not for comparison.
        name: String,
    },
    /// Several options, in the field's order.
    MultiEnum(Vec<(OptionGid, String)>),
    /// A calendar date.
    Date(Date),
    /// People, in Asana's order.
    People(Vec<UserGid>),
    /// Anything else, as Asana displays it.
    Other(String),
}

impl PartialEq for FieldValue {
    fn eq(&self, other: &Self) -> bool {
        use FieldValue::{Date, Enum, MultiEnum, Number, Other, People, Text};
        match (self, other) {
            (Text(a), Text(b)) | (Other(a), Other(b)) => a == b,
            // Asana keeps at most 6 decimals: anything closer is the same stored value.
            (Number(a), Number(b)) => (a - b).abs() < 5e-9,
            (Enum { gid: a, .. }, Enum { gid: b, .. }) => a == b,
            (MultiEnum(a), MultiEnum(b)) => a.iter().map(|o| &o.0).eq(b.iter().map(|o| &o.0)),
            (Date(a), Date(b)) => a == b,
            (People(a), People(b)) => a == b,
            _ => false,
        }
    }
}

impl std::fmt::Display for FieldValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FieldValue::Text(t) | FieldValue::Other(t) => f.write_str(t),
            FieldValue::Number(n) => write!(f, "{n}"),
            FieldValue::Enum { name, .. } => f.write_str(name),
            FieldValue::MultiEnum(options) => {
                f.write_str(&options.iter().map(|o| o.1.as_str()).collect::<Vec<_>>().join(", "))
            }
            FieldValue::Date(d) => write!(f, "{d}"),
            FieldValue::People(p) => {
                f.write_str(&p.iter().map(UserGid::as_str).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// What Upnext last wrote into a field of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// The value written; `None` when we cleared it.
    pub value: Option<FieldValue>,
    /// When.
    pub at: Timestamp,
}

/// Whose a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Empty, and never written by Upnext: free to fill.
    Nobody,
    /// It still holds what Upnext wrote.
    Upnext,
    /// A person (or another integration) set, changed or cleared it.
    Person,
}

/// A field of a task: its value and what we know of who wrote it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldState {
    /// The current value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<FieldValue>,
    /// What Upnext last wrote there, by its journal or by Asana's story of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<Written>,
}

impl FieldState {
    /// Whose the current value is.
    pub fn owner(&self) -> Owner {
        match (&self.value, &self.ours) {
            (None, None) => Owner::Nobody,
            (Some(_), None) => Owner::Person,
            (value, Some(ours)) if *value == ours.value => Owner::Upnext,
            (_, Some(_)) => Owner::Person,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(format: NumberFormat, precision: u8) -> FieldDef {
        FieldDef {
            gid: FieldGid::new("1"),
            name: "n".into(),
            kind: FieldKind::Number,
            precision,
            format,
            options: vec![],
            read_only: false,
        }
    }

    #[test]
    fn percentages_round_on_their_own_scale() {
        assert_eq!(number(NumberFormat::Percentage, 0).round(0.254), 0.25);
        assert_eq!(number(NumberFormat::Percentage, 1).round(0.2514), 0.251);
        assert_eq!(number(NumberFormat::Plain, 0).round(72.6), 73.0);
    }

    #[test]
    fn a_value_that_differs_from_ours_belongs_to_a_person() {
        let ours = |v: Option<f64>| Written { value: v.map(FieldValue::Number), at: Timestamp::UNIX_EPOCH };
        let state = |value: Option<f64>, w: Option<Written>| FieldState {
            value: value.map(FieldValue::Number),
            ours: w,
        };
        assert_eq!(state(None, None).owner(), Owner::Nobody);
        assert_eq!(state(Some(4.0), None).owner(), Owner::Person);
        assert_eq!(state(Some(4.0), Some(ours(Some(4.0)))).owner(), Owner::Upnext);
        assert_eq!(state(Some(5.0), Some(ours(Some(4.0)))).owner(), Owner::Person);
        assert_eq!(state(None, Some(ours(Some(4.0)))).owner(), Owner::Person);
        assert_eq!(state(None, Some(ours(None))).owner(), Owner::Upnext);
    }
}
