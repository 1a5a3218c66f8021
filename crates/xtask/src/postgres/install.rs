//! Installs PostgreSQL where it is missing.

use super::{Programs, REMEDY};
use crate::apt;
use anyhow::Context as _;

/// Installs the package `postgresql`. Errors say what to install by hand.
pub(super) fn install() -> anyhow::Result<Programs> {
    apt::install(&["postgresql"], REMEDY)?;
    Programs::find()
        .with_context(|| format!("`postgresql` is installed, but its initdb is nowhere: {REMEDY}"))
}
