//! Configuration: the embedded default file with a user's file laid over it.
//!
//! `config.default.toml` is the manual. Unknown keys are refused with their path. Deliberately not here: the
//! environment (`env`) and what is built from all this (`compose`).

use anyhow::{Context, bail};
use decide::{FieldNames, Policy};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The default file, as shipped.
pub const DEFAULT: &str = include_str!("../config.default.toml");

/// What a sign-in asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// All that the person may do.
    Full,
    /// What Upnext's calls need.
    Least,
}

impl From<Profile> for asana::oauth::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Full => Self::Full,
            Profile::Least => Self::Least,
        }
    }
}

/// `[asana]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asana {
    /// Where the API is.
    pub base_url: String,
    /// File with the token; empty for none.
    pub token_file: String,
    /// The app that people sign in with; empty for none.
    pub client_id: String,
    /// File with its secret; empty for none.
    pub client_secret_file: String,
    /// The address it is registered with.
    pub redirect_uri: String,
    /// What a sign-in asks for.
    pub profile: Profile,
    /// Requests a minute; 0 finds out.
    pub requests_per_minute: u32,
    /// Seconds to wait for one answer.
    pub timeout_seconds: u64,
}

/// `[store]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// `sqlite:…`, `postgres://…`, or empty for the default file.
    pub url: String,
}

/// `[time]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Time {
    /// IANA name.
    pub zone: String,
    /// Days on which people work, and how long, where their own fields do not say.
    pub working_days: String,
    /// Dates on which nobody works.
    pub holidays: Vec<String>,
}

impl Time {
    /// When people work whose own fields do not say.
    ///
    /// # Errors
    /// What cannot be understood, by its path.
    pub fn team(&self) -> Result<engine::TeamTime, String> {
        engine::TeamTime::new(&self.zone, &self.working_days, &self.holidays)
    }
}

/// How scores are shown in the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scale {
    /// As stored.
    #[serde(rename = "0-100")]
    Hundred,
    /// One to ten.
    #[serde(rename = "1-10")]
    Ten,
    /// The band alone.
    #[serde(rename = "P0-P3")]
    Band,
}

/// `[display]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Display {
    /// The scale.
    pub scale: Scale,
}

/// `[rubric]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RubricChoice {
    /// One that ships.
    pub preset: String,
    /// A file of one's own; empty for none.
    pub file: String,
}

/// `[similar]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Similar {
    /// Directory of a sentence model; empty for none.
    pub embeddings_dir: String,
}

/// The whole configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Asana.
    pub asana: Asana,
    /// The store.
    pub store: Store,
    /// Time zone, working days, holidays.
    pub time: Time,
    /// Terminal output.
    pub display: Display,
    /// Language model.
    pub model: llm::Settings,
    /// Rubric.
    pub rubric: RubricChoice,
    /// Field names.
    pub fields: FieldNames,
    /// Similar work.
    pub similar: Similar,
    /// Policy.
    pub policy: Policy,
    /// The service.
    pub service: engine::service::ServiceSettings,
}

impl Config {
    /// The defaults alone.
    ///
    /// # Errors
    /// None in a binary whose tests pass: the embedded file is checked there.
    pub fn shipped() -> anyhow::Result<Config> {
        Config::over_default("")
    }

    /// Reads the first configuration file that exists, over the defaults. `asked` must exist when given.
    ///
    /// # Errors
    /// A file that cannot be read, is not TOML, or holds a key or value that is not allowed.
    pub fn load(asked: Option<&Path>, fallbacks: &[PathBuf]) -> anyhow::Result<Config> {
        let path = match asked {
            Some(path) => Some(path),
            None => fallbacks.iter().map(PathBuf::as_path).find(|p| p.exists()),
        };
        let Some(path) = path else { return Config::shipped() };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the configuration file {} cannot be read", path.display()))?;
        Config::over_default(&text).with_context(|| {
            format!(
                "the configuration file {} is not right; `upnext config default` prints the manual",
                path.display()
            )
        })
    }

    fn over_default(text: &str) -> anyhow::Result<Config> {
        let mut whole: toml::Table = toml::from_str(DEFAULT).context("the embedded defaults")?;
        let own: toml::Table = toml::from_str(text).map_err(|e| anyhow::anyhow!("{e}"))?;
        overlay(&mut whole, own);
        let config: Config = serde_path_to_error::deserialize(toml::Value::Table(whole)).map_err(|e| {
            let path = e.path().to_string();
            anyhow::anyhow!("{path}: {}", engine::in_words(e.into_inner().message()))
        })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        if self.asana.timeout_seconds == 0 {
            bail!("asana.timeout_seconds: must be at least 1");
        }
        self.model.check()?;
        if let Some((path, why)) = self.policy.problems().into_iter().next() {
            bail!("policy.{path}: {why}");
        }
        self.time.team().map_err(anyhow::Error::msg)?;
        self.service.check(&self.time.zone).map_err(anyhow::Error::msg)?;
        if let Some((role, _)) = self.fields.0.iter().find(|(_, names)| names.is_empty()) {
            bail!("fields.{}: needs at least one name", role.key());
        }
        Ok(())
    }
}

/// Lays one table over another, key by key; lists are replaced whole.
fn overlay(base: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => overlay(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_the_default_of_every_struct() {
        let config = Config::shipped().expect("the embedded file reads");
        assert_eq!(config.policy, Policy::default());
        assert_eq!(config.fields, FieldNames::default());
        assert_eq!(config.service, engine::service::ServiceSettings::default());
        // Prices are the file's alone: code that knew some would outlive them.
        assert_eq!(llm::Settings { prices: Default::default(), ..config.model }, llm::Settings::default());
    }

    /// The paths of all keys of a table; of a list, its own.
    fn keys(of: &toml::Table, below: &str) -> std::collections::BTreeSet<String> {
        let of_one = |(key, value): (&String, &toml::Value)| {
            let path = format!("{below}{key}");
            match value {
                toml::Value::Table(table) if !table.is_empty() => keys(table, &format!("{path}.")),
                _ => [path].into(),
            }
        };
        of.iter().flat_map(of_one).collect()
    }

    #[test]
    fn every_key_there_is_stands_in_the_shipped_file() {
        let config = Config::shipped().expect("the embedded file reads");
        let all = toml::Table::try_from(&config).expect("a configuration is a table");
        let shipped: toml::Table = toml::from_str(DEFAULT).expect("the embedded file is TOML");
        let (all, shipped) = (keys(&all, ""), keys(&shipped, ""));
        let missing: Vec<&String> = all.difference(&shipped).collect();
        assert!(missing.is_empty(), "not in config.default.toml: {missing:?}");
    }

    #[test]
    fn every_key_of_the_shipped_file_has_a_comment_above_it() {
        let mut commented = false;
        for line in DEFAULT.lines() {
            let text = line.trim();
            if text.starts_with('#') {
                commented = true;
            } else if text.is_empty() {
                commented = false;
            } else if text.contains('=') {
                // Keys that follow one another share the comment above the first.
                assert!(commented, "no comment above: {text}");
            }
        }
    }

    #[test]
    fn unknown_keys_and_wrong_values_are_named_by_their_path() {
        let error = |text: &str| format!("{:#}", Config::over_default(text).expect_err("refused"));
        assert!(
            error("[policy]\nfase = \"auto\"").contains("fase"),
            "{}",
            error("[policy]\nfase = \"auto\"")
        );
        assert!(error("[policy]\nphase = \"loud\"").starts_with("policy.phase"));
        assert!(error("[polcy]\n").contains("polcy"));
        assert!(
            error("[time]\nholidays = [\"2026-12-25\", \"Easter\"]").contains("time.holidays[1]: “Easter”")
        );
        assert!(error("[time]\nworking_days = \"weekdays\"").contains("time.working_days: “weekdays”"));
        assert!(error("[fields]\npriority = []").starts_with("fields.priority"));
        assert!(error("[policy\n").contains("TOML") || error("[policy\n").contains("line 1"));
    }
}
