//! `upnext retro`.
//!
//! Deliberately not here: looking back, and how the document looks.

use super::{Call, gid};
use crate::cli::Retro;
use crate::exit::Exit;
use crate::{compose, progress, show};
use anyhow::Context as _;
use domain::ProjectGid;
use engine::{RetroWish, Write};
use jiff::tz::TimeZone;

pub(super) async fn run(call: &Call<'_>, args: &Retro) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let zone = TimeZone::get(&call.config.time.zone).context("time.zone")?;
    let wish = RetroWish { sprint: args.sprint.clone(), from: args.from, to: args.to, zone };
    let engine = compose::engine(&call.config, call.env).await?;
    let write = if args.apply { Write::Apply } else { Write::PlanOnly };
    let project = ProjectGid::new(gid(&args.project)?);
    let report = engine::retro(&engine, &project, &wish, (now, write)).await?;
    progress::clear();
    if let Some(file) = &args.out {
        super::keep_document(file, &report.document)?;
    }
    if call.json {
        show::json(&report)?;
    } else {
        say!("{}", report.text());
        say!("");
        if let Some(file) = &args.out {
            say!("Also in {}.", file.display());
        }
        super::carried(&report.written, args.apply);
    }
    Ok(super::ending(&report.written, args.apply))
}
