//! The environment: the only module that reads it.
//!
//! Errors name the variable. Deliberately not here: what the values mean.

use secrecy::SecretString;
use std::path::PathBuf;

/// What the environment says.
#[derive(Debug, Default)]
pub struct Env {
    /// `ASANA_ACCESS_TOKEN`.
    pub token: Option<SecretString>,
    /// `UPNEXT_ASANA_CLIENT_SECRET`: of the app that people sign in with.
    pub client_secret: Option<SecretString>,
    /// `ASANA_BASE_URL`.
    pub base_url: Option<String>,
    /// `DATABASE_URL`.
    pub database_url: Option<String>,
    /// `UPNEXT_MODEL_KEY`: the key of whatever model is configured.
    pub model_key: Option<SecretString>,
    /// `OPENAI_API_KEY`.
    pub openai_key: Option<SecretString>,
    /// `ANTHROPIC_API_KEY`.
    pub anthropic_key: Option<SecretString>,
    /// `UPNEXT_KEY`: what secrets in the store are sealed with.
    pub service_key: Option<SecretString>,
    /// `UPNEXT_TEST_CLOCK`: a clock for tests, `REAL,SHOWN,SPEED`, moments in epoch milliseconds. Not in a release.
    pub test_clock: Option<String>,
    /// `UPNEXT_CONFIG`.
    pub config: Option<PathBuf>,
    /// `UPNEXT_LOG`: a filter such as `debug` or `asana=debug`.
    pub log: Option<String>,
    /// `UPNEXT_LOG_FORMAT`: `text` or `json`.
    pub log_format: Option<String>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: the collector that traces go to.
    pub traces: Option<String>,
    /// `OTEL_SERVICE_NAME`: what traces call this process.
    #[cfg(feature = "traces")]
    pub service_name: Option<String>,
    /// `~/.config` or `XDG_CONFIG_HOME`.
    pub config_home: Option<PathBuf>,
    /// `~/.local/share` or `XDG_DATA_HOME`.
    pub data_home: Option<PathBuf>,
}

impl Env {
    /// Reads the environment of this process. An empty variable counts as not set.
    ///
    /// # Errors
    /// A variable that is not text.
    pub fn read() -> anyhow::Result<Env> {
        let home = text("HOME")?.map(PathBuf::from);
        let under_home = |dir: &str| home.as_ref().map(|h| h.join(dir));
        Ok(Env {
            token: secret("ASANA_ACCESS_TOKEN")?,
            client_secret: secret("UPNEXT_ASANA_CLIENT_SECRET")?,
            base_url: text("ASANA_BASE_URL")?,
            database_url: text("DATABASE_URL")?,
            model_key: secret("UPNEXT_MODEL_KEY")?,
            openai_key: secret("OPENAI_API_KEY")?,
            anthropic_key: secret("ANTHROPIC_API_KEY")?,
            service_key: secret("UPNEXT_KEY")?,
            test_clock: text("UPNEXT_TEST_CLOCK")?.filter(|_| cfg!(debug_assertions)),
            config: text("UPNEXT_CONFIG")?.map(PathBuf::from),
            log: text("UPNEXT_LOG")?,
            log_format: text("UPNEXT_LOG_FORMAT")?,
            traces: text("OTEL_EXPORTER_OTLP_ENDPOINT")?,
            #[cfg(feature = "traces")]
            service_name: text("OTEL_SERVICE_NAME")?,
            config_home: text("XDG_CONFIG_HOME")?.map(PathBuf::from).or_else(|| under_home(".config")),
            data_home: text("XDG_DATA_HOME")?.map(PathBuf::from).or_else(|| under_home(".local/share")),
        })
    }
}

fn secret(name: &str) -> anyhow::Result<Option<SecretString>> {
    Ok(text(name)?.map(|text| SecretString::from(text.trim().to_owned())))
}

#[expect(clippy::disallowed_methods, reason = "this is the module that reads the environment")]
fn text(name: &str) -> anyhow::Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(anyhow::anyhow!("the variable {name} is not text (UTF-8)"))
        }
    }
}
