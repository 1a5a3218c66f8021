//! Portfolios: ordered collections of projects and portfolios.
//!
//! A portfolio's custom fields apply to its items (the projects), not to their tasks.

use super::{Gid, Kind, World};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A portfolio.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Portfolio {
    /// Shown name.
    pub name: String,
    /// Archived portfolios stay readable.
    pub archived: bool,
    /// Colour name, none when absent.
    pub color: Option<String>,
    /// `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// `YYYY-MM-DD`.
    pub start_on: Option<String>,
    /// The owner; only the owner's calls list it.
    pub owner: Gid,
    /// Members, users only.
    pub members: Vec<Gid>,
    /// `public_to_domain` or `members_only`.
    pub privacy_setting: String,
    /// Access a new member gets.
    pub default_access_level: String,
    /// Projects and portfolios in shown order.
    pub items: Vec<Gid>,
    /// Maker.
    pub created_by: Gid,
    /// Creation.
    pub created_at: Timestamp,
}

impl World {
    /// Adds a portfolio that holds the given projects and portfolios; answers its gid.
    pub fn add_portfolio(&mut self, name: &str, owner: &str, items: &[Gid]) -> Gid {
        let gid = self.issue(Kind::Portfolio);
        let mut portfolio = self.new_portfolio(owner);
        name.clone_into(&mut portfolio.name);
        portfolio.items = items.to_vec();
        self.portfolios.insert(gid.clone(), portfolio);
        gid
    }

    /// A portfolio with Asana's defaults, not yet in the world.
    pub(crate) fn new_portfolio(&self, owner: &str) -> Portfolio {
        Portfolio {
            name: String::new(),
            archived: false,
            color: None,
            due_on: None,
            start_on: None,
            owner: owner.to_owned(),
            members: vec![owner.to_owned()],
            privacy_setting: "members_only".to_owned(),
            default_access_level: "viewer".to_owned(),
            items: Vec::new(),
            created_by: owner.to_owned(),
            created_at: self.now(),
        }
    }

    /// Deletes a portfolio; its items stay.
    pub(crate) fn remove_portfolio(&mut self, gid: &str) {
        self.portfolios.remove(gid);
        self.remove_settings(gid);
    }

    /// A portfolio's items that still exist, in shown order.
    pub(crate) fn items_of(&self, portfolio: &str) -> Vec<Gid> {
        let items = self.portfolios.get(portfolio).map_or(&[][..], |portfolio| portfolio.items.as_slice());
        items.iter().filter(|gid| self.kind_of(gid).is_some()).cloned().collect()
    }

    /// The portfolios that hold an item directly.
    pub(crate) fn portfolios_with(&self, item: &str) -> Vec<Gid> {
        let holds = |held: &[Gid]| held.iter().any(|gid| gid == item);
        let found = self.portfolios.iter().filter(|(_, portfolio)| holds(&portfolio.items));
        found.map(|(gid, _)| gid.clone()).collect()
    }

    /// Whether `inner` lies in `outer` at any depth; a portfolio counts as lying in itself.
    pub(crate) fn lies_in(&self, inner: &str, outer: &str) -> bool {
        let mut seen = vec![outer.to_owned()];
        let mut next = 0;
        while let Some(at) = seen.get(next).cloned() {
            if at == inner {
                return true;
            }
            for item in self.items_of(&at) {
                if !seen.contains(&item) {
                    seen.push(item);
                }
            }
            next += 1;
        }
        false
    }
}
