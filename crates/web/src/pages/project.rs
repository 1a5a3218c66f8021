//! What the pages about one project share: that somebody may see it, its name, and their way about.
//!
//! Deliberately not here: what any of them shows.

use crate::dashboard::{Dashboard, Refusal, Visitor};
use domain::{Clearance, ProjectGid};

/// A project that somebody looks at.
pub(super) struct Here {
    pub(super) gid: ProjectGid,
    pub(super) name: String,
}

impl Here {
    /// The project of an address, when the visitor may see it and anything is known of it.
    pub(super) async fn of(dashboard: &Dashboard, visitor: &Visitor, gid: String) -> Result<Here, Refusal> {
        let gid = ProjectGid::new(gid);
        let name = dashboard.views.project_name(&visitor.access, &gid).await?;
        Ok(Here { name: name.ok_or_else(Refusal::no_project)?, gid })
    }

    /// The same for somebody who must be able to go so far in it.
    pub(super) async fn with(
        dashboard: &Dashboard,
        visitor: &Visitor,
        (gid, clearance): (String, Clearance),
    ) -> Result<Here, Refusal> {
        let here = Here::of(dashboard, visitor, gid).await?;
        visitor.must(clearance, &here.gid)?;
        Ok(here)
    }

    /// The address of one of its pages.
    pub(super) fn page(&self, name: &str) -> String {
        format!("/projects/{}/{name}", self.gid)
    }
}
