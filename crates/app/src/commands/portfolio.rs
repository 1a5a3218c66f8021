//! `upnext portfolio`.
//!
//! Deliberately not here: ranking, and how the document looks.

use super::{Call, gid};
use crate::cli::Portfolio;
use crate::exit::Exit;
use crate::{compose, progress, show};
use domain::PortfolioGid;
use engine::Write;

pub(super) async fn run(call: &Call<'_>, args: &Portfolio) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let engine = compose::engine(&call.config, call.env).await?;
    let write = if args.apply { Write::Apply } else { Write::PlanOnly };
    let named = args.portfolio.as_deref().map(gid).transpose()?.map(PortfolioGid::new);
    let report = engine::portfolio(&engine, named.as_ref(), (now, write)).await?;
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
        report.written.iter().for_each(|written| super::carried(written, args.apply));
    }
    Ok(report.written.as_ref().map_or(Exit::Ok, |written| super::ending(written, args.apply)))
}
