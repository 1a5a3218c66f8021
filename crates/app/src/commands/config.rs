//! `upnext config`.
//!
//! Deliberately not here: secrets (no key holds one; the token comes from the environment or its file).

use super::Call;
use crate::cli::ConfigPart;
use crate::exit::Exit;
use crate::{config, show};

pub(super) fn run(call: &Call<'_>, part: ConfigPart) -> anyhow::Result<Exit> {
    match part {
        ConfigPart::Default => say!("{}", config::DEFAULT.trim_end()),
        ConfigPart::Rubric => say!("{}", rubric_text(call)?.trim_end()),
        ConfigPart::InForce if call.json => show::json(&call.config)?,
        ConfigPart::InForce => say!("{}", toml::to_string_pretty(&call.config)?.trim_end()),
    }
    Ok(Exit::Ok)
}

fn rubric_text(call: &Call<'_>) -> anyhow::Result<String> {
    let choice = &call.config.rubric;
    if !choice.file.is_empty() {
        return Ok(std::fs::read_to_string(&choice.file)?);
    }
    let preset = judge::PRESETS.iter().find(|(name, _)| *name == choice.preset);
    Ok(preset.map(|(_, text)| (*text).to_owned()).unwrap_or_default())
}
