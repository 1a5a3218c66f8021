//! Custom fields: definitions, where they are set, and the values on tasks and other holders.
//!
//! The rules of reading a value live here (rounding, display, which fields a holder carries); the rules of writing one,
//! which answer with HTTP errors, live in `resources/field_values.rs`.

use super::{Gid, Kind, Plan, World};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The seven kinds of custom field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldType {
    /// Up to 1,024 characters.
    Text,
    /// A number rounded to the field's precision.
    Number,
    /// One of the options.
    Enum,
    /// Any of the options.
    MultiEnum,
    /// A date or a moment.
    Date,
    /// Users.
    People,
    /// Tasks, projects, portfolios or goals.
    Reference,
}

impl FieldType {
    const ALL: [(Self, &str); 7] = [
        (Self::Text, "text"),
        (Self::Number, "number"),
        (Self::Enum, "enum"),
        (Self::MultiEnum, "multi_enum"),
        (Self::Date, "date"),
        (Self::People, "people"),
        (Self::Reference, "reference"),
    ];

    /// Asana's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("text", |(_, word)| word)
    }

    /// The type of a word Asana knows.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

/// One choice of an enum field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumOption {
    /// Its own gid.
    pub gid: Gid,
    /// Shown name.
    pub name: String,
    /// Colour name.
    pub color: String,
    /// Disabled options stay on old tasks and cannot be chosen anew.
    pub enabled: bool,
}

/// A field definition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CustomField {
    /// Shown name, unique in the workspace unless the field is local to one project.
    pub name: String,
    /// Plain description.
    pub description: String,
    /// What it holds.
    pub field_type: FieldType,
    /// The type's word, or `formula` or `custom_id` for values nobody can write.
    pub representation: String,
    /// Digits after the point, 0..=6; numbers only.
    pub precision: u8,
    /// `none`, `identifier`, `percentage`, `currency`, `custom`, `duration`.
    pub format: String,
    /// ISO 4217, for `currency`.
    pub currency_code: Option<String>,
    /// Unit text, for `custom`.
    pub custom_label: Option<String>,
    /// `prefix` or `suffix`.
    pub custom_label_position: Option<String>,
    /// Prefix of generated ids.
    pub id_prefix: Option<String>,
    /// Kinds a reference field may hold.
    pub input_restrictions: Vec<String>,
    /// Options in shown order.
    pub options: Vec<EnumOption>,
    /// In the field library of the workspace (not local to one project).
    pub is_global: bool,
    /// Whether changes notify followers.
    pub has_notifications_enabled: bool,
    /// `public_with_guests`, `public` or `private`.
    pub privacy_setting: String,
    /// `admin`, `editor` or `user`.
    pub default_access_level: String,
    /// The name of Asana's own field, such as `priority`.
    pub asana_created_field: Option<String>,
    /// Maker.
    pub created_by: Option<Gid>,
}

/// The plain parts of a new field; the rest has Asana's defaults.
#[derive(Debug, Clone)]
pub struct NewCustomField {
    /// Shown name.
    pub name: String,
    /// What it holds.
    pub field_type: FieldType,
    /// Digits after the point, numbers only.
    pub precision: u8,
    /// Names of the options, enums only.
    pub options: Vec<String>,
}

/// A field's place on a project, portfolio, goal or other holder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FieldSetting {
    /// The field.
    pub custom_field: Gid,
    /// The holder.
    pub parent: Gid,
    /// Shown on the list view.
    pub is_important: bool,
}

/// The value of one field on one holder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FieldValue {
    /// Text.
    Text(String),
    /// Rounded number.
    Number(f64),
    /// An option.
    Enum(Gid),
    /// Options in the order given.
    MultiEnum(Vec<Gid>),
    /// A day, or a moment with its day.
    Date {
        /// The day.
        date: Date,
        /// The moment, when one was given.
        date_time: Option<Timestamp>,
    },
    /// Users.
    People(Vec<Gid>),
    /// Tasks, projects, portfolios or goals.
    Reference(Vec<Gid>),
}

/// A field on a holder, and whether the holder still carries it (`enabled`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) field: Gid,
    pub(crate) enabled: bool,
}

impl CustomField {
    /// Nobody may write a value: formulas and generated ids.
    pub(crate) fn is_value_read_only(&self) -> bool {
        matches!(self.representation.as_str(), "formula" | "custom_id")
    }

    pub(crate) fn option(&self, gid: &str) -> Option<&EnumOption> {
        self.options.iter().find(|option| option.gid == gid)
    }
}

/// Rounds half away from zero to `precision` digits, as Asana stores numbers.
#[must_use]
pub fn round_to(value: f64, precision: u8) -> f64 {
    let factor = 10_f64.powi(i32::from(precision));
    let rounded = (value * factor).round() / factor;
    if rounded.is_finite() { rounded } else { value }
}

impl World {
    /// Adds a field to the workspace's library; answers its gid.
    pub fn add_custom_field(&mut self, new: NewCustomField) -> Gid {
        let gid = self.issue(Kind::CustomField);
        let mut field = self.new_custom_field(&new);
        field.options = new.options.into_iter().map(|name| self.new_option(&gid, name)).collect();
        self.custom_fields.insert(gid.clone(), field);
        gid
    }

    /// A field with Asana's defaults, not yet in the world and without options.
    pub(crate) fn new_custom_field(&self, new: &NewCustomField) -> CustomField {
        CustomField {
            name: new.name.clone(),
            description: String::new(),
            field_type: new.field_type,
            representation: new.field_type.word().to_owned(),
            precision: new.precision,
            format: "none".to_owned(),
            currency_code: None,
            custom_label: None,
            custom_label_position: None,
            id_prefix: None,
            input_restrictions: Vec::new(),
            options: Vec::new(),
            is_global: true,
            has_notifications_enabled: true,
            privacy_setting: "public_with_guests".to_owned(),
            default_access_level: "editor".to_owned(),
            asana_created_field: None,
            created_by: Some(self.bot.clone()),
        }
    }

    /// Deletes a field with its options, settings and values.
    pub(crate) fn remove_custom_field(&mut self, gid: &str) {
        self.custom_fields.remove(gid);
        self.option_fields.retain(|_, field| field != gid);
        self.settings.retain(|_, setting| setting.custom_field != gid);
        for order in self.settings_of.values_mut() {
            order.retain(|setting| self.settings.contains_key(setting));
        }
        for values in self.values.values_mut() {
            values.remove(gid);
        }
    }

    /// A fresh enabled option of `field`; the caller puts it into the order.
    pub(crate) fn new_option(&mut self, field: &str, name: String) -> EnumOption {
        let gid = self.issue(Kind::EnumOption);
        self.option_fields.insert(gid.clone(), field.to_owned());
        EnumOption { gid, name, color: "none".to_owned(), enabled: true }
    }

    /// Puts a field on a holder, at the end; answers the setting.
    pub fn add_setting(&mut self, parent: &str, field: &str, is_important: bool) -> Gid {
        let gid = self.issue(Kind::CustomFieldSetting);
        self.settings.insert(
            gid.clone(),
            FieldSetting { custom_field: field.to_owned(), parent: parent.to_owned(), is_important },
        );
        self.settings_of.entry(parent.to_owned()).or_default().push(gid.clone());
        self.number_tasks(parent);
        gid
    }

    /// The fields set on a holder, in shown order.
    pub(crate) fn fields_set_on(&self, parent: &str) -> Vec<Gid> {
        self.settings_of
            .get(parent)
            .into_iter()
            .flatten()
            .filter_map(|setting| self.settings.get(setting))
            .map(|setting| setting.custom_field.clone())
            .collect()
    }

    /// Takes all fields off a holder that is being deleted.
    pub(crate) fn remove_settings(&mut self, parent: &str) {
        for setting in self.settings_of.remove(parent).unwrap_or_default() {
            self.settings.remove(&setting);
        }
        self.values.remove(parent);
    }

    /// The holders whose settings give `holder` its fields: a task's projects, a project's portfolios, a goal itself.
    fn field_sources(&self, holder: &str) -> Vec<Gid> {
        match (self.tasks.get(holder), self.kind_of(holder)) {
            (Some(task), _) => task.memberships.iter().map(|membership| membership.project.clone()).collect(),
            (None, Some(Kind::Project)) => self.portfolios_with(holder),
            // A portfolio's fields are for its items, and it takes values of its own for them.
            (None, Some(Kind::Portfolio)) => {
                self.portfolios_with(holder).into_iter().chain([holder.to_owned()]).collect()
            }
            (None, Some(Kind::Goal)) => vec![holder.to_owned()],
            (None, Some(Kind::User)) => vec![self.home.clone()],
            (None, _) => Vec::new(),
        }
    }

    /// The fields a holder shows: those of its sources, then values left over from sources it has left.
    ///
    /// None on the free plan: what was set before the plan lapsed is kept, and hidden.
    pub(crate) fn carried_fields(&self, holder: &str) -> Vec<Carried> {
        let mut carried: Vec<Carried> = Vec::new();
        if self.plan == Plan::Free {
            return carried;
        }
        for source in self.field_sources(holder) {
            for field in self.fields_set_on(&source) {
                if carried.iter().all(|known| known.field != field) {
                    carried.push(Carried { field, enabled: true });
                }
            }
        }
        for field in self.values.get(holder).into_iter().flat_map(|values| values.keys()) {
            if carried.iter().all(|known| known.field != *field) {
                carried.push(Carried { field: field.clone(), enabled: false });
            }
        }
        carried.retain(|carried| self.custom_fields.contains_key(&carried.field));
        carried
    }

    pub(crate) fn value(&self, holder: &str, field: &str) -> Option<&FieldValue> {
        self.values.get(holder)?.get(field)
    }

    /// Stores or clears a value, without any rule or story.
    pub fn set_value(&mut self, holder: &str, field: &str, value: Option<FieldValue>) {
        let values = self.values.entry(holder.to_owned()).or_default();
        match value {
            Some(value) => values.insert(field.to_owned(), value),
            None => values.remove(field),
        };
    }
}
