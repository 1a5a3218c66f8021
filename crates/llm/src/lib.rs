//! Language models as careful witnesses: so far only the setting that says there is none.
//!
//! Rules alone score everything without a model; this crate will ask one typed questions and check its answers. It
//! deliberately never sees a token of Asana and never writes anything.

use serde::{Deserialize, Serialize};

/// Who answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Nobody: rules alone.
    #[default]
    None,
}

/// `[model]` of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who answers.
    pub provider: Provider,
}

impl Settings {
    /// What the setting means for scores, for people.
    pub fn describe(&self) -> &'static str {
        match self.provider {
            Provider::None => "no model configured: rules alone score everything",
        }
    }
}
