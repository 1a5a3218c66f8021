//! Access: what a person, or a program for them, may see and do in Upnext itself.
//!
//! One place for the checks. What may be written to Asana is policy's. Deliberately not here: finding out who somebody is.

use crate::ProjectGid;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How far somebody may go; each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clearance {
    /// Reads.
    Viewer,
    /// Decides what waits for a person, and keeps views for everybody.
    Approver,
    /// Everything.
    Admin,
}

impl Clearance {
    /// Every clearance, the least first.
    pub const ALL: [Clearance; 3] = [Clearance::Viewer, Clearance::Approver, Clearance::Admin];

    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Clearance::Viewer => "viewer",
            Clearance::Approver => "approver",
            Clearance::Admin => "admin",
        }
    }
}

/// Which projects somebody sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every project of the store, those to come too.
    All,
    /// These.
    Only(BTreeSet<ProjectGid>),
    /// These, in each as far as is said here.
    Each(BTreeMap<ProjectGid, Clearance>),
}

/// What somebody may see and do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// How far; where the reach says it project by project, the farthest of them.
    pub clearance: Clearance,
    /// Where.
    pub reach: Reach,
}

impl Access {
    /// Everything, everywhere.
    #[must_use]
    pub fn admin() -> Access {
        Access { clearance: Clearance::Admin, reach: Reach::All }
    }

    /// In each project as far as is said; nothing anywhere else.
    #[must_use]
    pub fn each(projects: BTreeMap<ProjectGid, Clearance>) -> Access {
        let clearance = projects.values().copied().max().unwrap_or(Clearance::Viewer);
        Access { clearance, reach: Reach::Each(projects) }
    }

    /// Whether they may read a project.
    #[must_use]
    pub fn sees(&self, project: &ProjectGid) -> bool {
        match &self.reach {
            Reach::All => true,
            Reach::Only(projects) => projects.contains(project),
            Reach::Each(projects) => projects.contains_key(project),
        }
    }

    /// Whether they may go as far as `clearance` in a project.
    #[must_use]
    pub fn may(&self, clearance: Clearance, project: &ProjectGid) -> bool {
        match &self.reach {
            Reach::Each(projects) => projects.get(project).is_some_and(|theirs| *theirs >= clearance),
            Reach::All | Reach::Only(_) => self.clearance >= clearance && self.sees(project),
        }
    }

    /// Whether there is any project they may see, now or to come.
    #[must_use]
    pub fn sees_any(&self) -> bool {
        match &self.reach {
            Reach::All => true,
            Reach::Only(projects) => !projects.is_empty(),
            Reach::Each(projects) => !projects.is_empty(),
        }
    }

    /// Whether they may see what belongs to no single project: jobs of workspaces, costs of all.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        self.reach == Reach::All
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_an_admin_in_one_project_is_none_in_another() {
        let (ours, theirs, else_where) = (ProjectGid::new("1"), ProjectGid::new("2"), ProjectGid::new("3"));
        let each = BTreeMap::from([(ours.clone(), Clearance::Admin), (theirs.clone(), Clearance::Viewer)]);
        let access = Access::each(each);
        assert!(access.may(Clearance::Admin, &ours) && access.sees(&theirs) && !access.sees(&else_where));
        assert!(!access.may(Clearance::Approver, &theirs) && !access.may(Clearance::Viewer, &else_where));
        assert!(!access.sees_all() && !Access::each(BTreeMap::new()).sees(&ours));
    }

    #[test]
    fn nobody_reaches_further_than_their_projects_or_their_clearance() {
        let (ours, theirs) = (ProjectGid::new("1"), ProjectGid::new("2"));
        let approver =
            Access { clearance: Clearance::Approver, reach: Reach::Only(BTreeSet::from([ours.clone()])) };
        assert!(approver.sees(&ours) && !approver.sees(&theirs) && !approver.sees_all());
        assert!(approver.may(Clearance::Viewer, &ours) && approver.may(Clearance::Approver, &ours));
        assert!(!approver.may(Clearance::Admin, &ours) && !approver.may(Clearance::Viewer, &theirs));
        assert!(Clearance::ALL.iter().all(|clearance| Access::admin().may(*clearance, &theirs)));
    }
}
