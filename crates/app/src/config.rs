//! Configuration: the embedded default file with a user's file laid over it.
//!
//! `config.default.toml` is the manual. Unknown keys are refused with their path. Deliberately not here: the
//! environment (`env`) and what is built from all this (`compose`).

use anyhow::{Context, bail};
use decide::{FieldNames, Policy};
use domain::Role;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The longest that a question may wait: what is over it is a slip of the hand.
const LONGEST_DAYS: u32 = 3650;

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
    /// Time zone.
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
            anyhow::anyhow!("{path}: {}", in_words(e.into_inner().message()))
        })?;
        config.check()?;
        config.check_retro()?;
        Ok(config)
    }

    fn check_retro(&self) -> anyhow::Result<()> {
        if !(1..=180).contains(&self.policy.retro_days) {
            bail!("policy.retro_days: must be from 1 to 180");
        }
        Ok(())
    }

    fn check(&self) -> anyhow::Result<()> {
        if self.asana.timeout_seconds == 0 {
            bail!("asana.timeout_seconds: must be at least 1");
        }
        self.model.check()?;
        if self.policy.max_writes == 0 {
            bail!("policy.max_writes: must be at least 1; use phase = \"shadow\" to write nothing");
        }
        if !(0.0..1.0).contains(&self.policy.triage.precision) {
            bail!("policy.triage.precision: must be at least 0 and below 1");
        }
        let labels = [Role::Category, Role::Complexity, Role::InitialPriority, Role::RequestType];
        if let Some(role) = self.policy.triage.fill.iter().find(|role| !labels.contains(role)) {
            bail!(
                "policy.triage.fill: {} is no label; choose from category, complexity, initial_priority, request_type",
                role.key()
            );
        }
        if self.policy.attachments_max_bytes == 0 || self.policy.attachments_per_task == 0 {
            bail!(
                "policy.attachments_max_bytes and attachments_per_task: must be at least 1; use read_attachments = false to read none"
            );
        }
        let ai = &self.policy.ai;
        if !(0.0..=1.0).contains(&ai.cap) {
            bail!("policy.ai.cap: must be from 0 to 1");
        }
        if !(1..=9).contains(&ai.samples) || ai.sampled_percent > 100 {
            bail!("policy.ai: samples must be from 1 to 9, and sampled_percent at most 100");
        }
        if !(-1.0..=1.0).contains(&self.policy.golden_gate) {
            bail!("policy.golden_gate: must be from -1 to 1");
        }
        self.policy.sprint.check().map_err(anyhow::Error::msg)?;
        let approvals = &self.policy.approvals;
        if approvals.expire_days == 0 {
            bail!("policy.approvals.expire_days: must be at least 1; use ask = [] to ask nothing");
        }
        if approvals.expire_days > LONGEST_DAYS {
            bail!("policy.approvals.expire_days: must be at most {LONGEST_DAYS}, ten years");
        }
        if approvals.silence_days >= approvals.expire_days {
            bail!("policy.approvals.silence_days: must be below expire_days, or nothing would come of it");
        }
        if !approvals.field.is_empty() && approvals.approve.eq_ignore_ascii_case(&approvals.reject) {
            bail!("policy.approvals: approve and reject must be two values");
        }
        for rule in &self.policy.phase_for {
            if rule.field.is_some() != rule.value.is_some() {
                bail!("policy.phase_for: a rule for a task type needs both `field` and `value`");
            }
            if rule.project.is_some() && rule.portfolio.is_some() {
                bail!("policy.phase_for: a rule is for a project or for a portfolio, not for both");
            }
        }
        self.service.check(&self.time.zone).map_err(anyhow::Error::msg)?;
        if let Some((role, _)) = self.fields.0.iter().find(|(_, names)| names.is_empty()) {
            bail!("fields.{}: needs at least one name", role.key());
        }
        Ok(())
    }
}

/// The parser's message with the types in people's words.
fn in_words(message: &str) -> String {
    let words = [
        ("a sequence", "a list in brackets"),
        ("a map", "a table"),
        ("usize", "a whole number of 0 or more"),
        ("u64", "a whole number of 0 or more"),
        ("u32", "a whole number of 0 or more"),
        ("u8", "a whole number from 0 to 255"),
        ("f64", "a number"),
    ];
    let Some((found, expected)) = message.rsplit_once("expected ") else { return message.to_owned() };
    let known = words.iter().find(|(theirs, _)| *theirs == expected);
    format!("{found}expected {}", known.map_or(expected, |(_, ours)| ours))
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
        assert!(error("[fields]\npriority = []").starts_with("fields.priority"));
        assert!(error("[policy\n").contains("TOML") || error("[policy\n").contains("line 1"));
    }
}
