//! Portfolios: which projects they hold, and which of these need attention first.
//!
//! Portfolios inside portfolios are followed; a project in several is taken once. Deliberately not here: ranking (`judge`).

mod held;
mod look;
mod projects;
mod seen;

pub(crate) use held::phases_changed;
pub use look::{PortfolioReport, look_at_portfolios, portfolio};
pub use seen::{PortfolioLook, PortfolioSeen, SeenPortfolio};

use crate::context::Engine;
use crate::error::EngineError;
use domain::{Named, PortfolioGid, ProjectGid};

/// The projects of a portfolio in its order.
///
/// # Errors
/// Asana's: 402 on plans without portfolios, 404 for an unknown one.
pub async fn projects_of(
    engine: &Engine,
    portfolio: &PortfolioGid,
) -> Result<Vec<Named<ProjectGid>>, EngineError> {
    let mut found: Vec<Named<ProjectGid>> = vec![];
    let mut seen = vec![portfolio.to_string()];
    let mut open = vec![portfolio.to_string()];
    while let Some(gid) = open.pop() {
        let fields = ["name", "resource_type"];
        for item in engine.asana.portfolios().items(&gid).fields(&fields).collect_all().await? {
            if item.resource_type.as_deref() == Some("portfolio") {
                if !seen.contains(&item.gid) {
                    seen.push(item.gid.clone());
                    open.push(item.gid);
                }
            } else if !found.iter().any(|p| p.gid.as_str() == item.gid) {
                found.push(Named { gid: ProjectGid::new(item.gid), name: item.name.unwrap_or_default() });
            }
        }
    }
    Ok(found)
}
