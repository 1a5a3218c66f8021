//! `upnext review`.
//!
//! Deliberately not here: finding and wording what there is to tell.

use super::{Call, gid};
use crate::cli::Review;
use crate::compose;
use crate::exit::Exit;
use anyhow::Context as _;
use domain::ProjectGid;
use engine::ReviewPeriod;
use jiff::ToSpan as _;

pub(super) async fn run(call: &Call<'_>, args: &Review) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let zone = jiff::tz::TimeZone::get(&call.config.time.zone).context("time.zone")?;
    let to = args.to.unwrap_or(now.today);
    let from = args.from.unwrap_or_else(|| to.saturating_sub(6.days()));
    let period = ReviewPeriod { from, to, zone };
    let engine = compose::engine(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(&args.project)?);
    let report = if args.post {
        engine::post_review(&engine, &project, &period, now).await?
    } else {
        engine::review(&engine, &project, &period).await?
    };
    super::posted(call, &report, (&report.text, &report.posting))
}
