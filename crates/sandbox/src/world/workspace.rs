//! Further workspaces beside the first: what lies in which.
//!
//! Projects with their sections and tasks, fields, goals and portfolios belong to one, and fields and tasks are not shared between
//! them. Known limits: everybody is in all of them; a further one is no organization, so it has no teams; tags, templates, typeahead
//! and the small records are the same in all.

use super::{Gid, Kind, Workspace, World};

impl World {
    /// Adds a workspace that is no organization; answers its gid.
    pub(crate) fn add_workspace(&mut self, name: &str) -> Gid {
        let gid = self.issue(Kind::Workspace);
        let workspace = Workspace { name: name.to_owned(), email_domains: vec![], is_organization: false };
        self.workspaces.insert(gid.clone(), workspace);
        gid
    }

    /// Notes that something lies in a workspace.
    pub(crate) fn settle(&mut self, gid: &str, workspace: &str) {
        if workspace != self.home {
            self.apart.insert(gid.to_owned(), workspace.to_owned());
        }
    }

    /// The workspace something lies in; the first where nothing else is known.
    pub(crate) fn workspace_of(&self, gid: &str) -> &Gid {
        let holder = || {
            if let Some(section) = self.sections.get(gid) {
                return Some(&section.project);
            }
            let task = self.tasks.get(gid)?;
            task.memberships.first().map(|place| &place.project).or(task.parent.as_ref())
        };
        match self.apart.get(gid) {
            Some(workspace) => workspace,
            None => holder().map_or(&self.home, |holder| self.workspace_of(holder)),
        }
    }

    /// Whether something lies in that workspace.
    pub(crate) fn is_within(&self, gid: &str, workspace: &str) -> bool {
        self.workspace_of(gid) == workspace
    }
}
