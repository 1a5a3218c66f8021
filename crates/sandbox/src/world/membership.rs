//! Memberships: who belongs to what, as records with gids of their own.
//!
//! The truth is in the lists of members themselves (`Project::members` and so on); the records are brought in line with
//! them before they are read. Teams are members by their record alone: Asana's lists of members name people only.

use super::{Entry, Gid, Kind, World};
use crate::node::Node;

impl World {
    /// The people a parent's own list names, each with the access they start with.
    fn named_members(&self, kind: Kind, parent: &str) -> Vec<(Gid, String)> {
        let of = |members: &[Gid], owner: Option<&Gid>, access: &str| {
            let level = |user: &Gid| if Some(user) == owner { "admin" } else { access };
            members.iter().map(|user| (user.clone(), level(user).to_owned())).collect()
        };
        match kind {
            Kind::Project => self.projects.get(parent).map_or_else(Vec::new, |project| {
                of(&project.members, project.owner.as_ref(), &project.default_access_level)
            }),
            Kind::Portfolio => self.portfolios.get(parent).map_or_else(Vec::new, |portfolio| {
                of(&portfolio.members, Some(&portfolio.owner), &portfolio.default_access_level)
            }),
            Kind::Goal => self.goals.get(parent).map_or_else(Vec::new, |goal| {
                of(&goal.followers, goal.owner.as_ref(), &goal.default_access_level)
            }),
            Kind::Team => {
                self.teams.get(parent).map_or_else(Vec::new, |team| of(&team.members, None, "editor"))
            }
            Kind::Workspace => self.users.keys().map(|user| (user.clone(), "editor".to_owned())).collect(),
            _ => Vec::new(),
        }
    }

    /// The kind of record that tells of membership in a kind of parent.
    pub(crate) fn membership_kind(parent: Kind) -> Kind {
        match parent {
            Kind::Team => Kind::TeamMembership,
            Kind::Workspace => Kind::WorkspaceMembership,
            _ => Kind::Membership,
        }
    }

    /// Memberships of a parent, in order of joining, after bringing them in line with its list of members.
    pub(crate) fn memberships_of(&mut self, parent_kind: Kind, parent: &str) -> Vec<Gid> {
        let kind = Self::membership_kind(parent_kind);
        let named = self.named_members(parent_kind, parent);
        let is_listed = matches!(
            parent_kind,
            Kind::Project | Kind::Portfolio | Kind::Goal | Kind::Team | Kind::Workspace
        );
        let of_parent = |entry: &Entry| entry.gid("parent").is_some_and(|gid| gid == parent);
        let mut known: Vec<Gid> = Vec::new();
        for gid in self.entries_where(kind, of_parent) {
            let member =
                self.entry(kind, &gid).and_then(|entry| entry.gid("member")).cloned().unwrap_or_default();
            let is_gone = is_listed
                && self.users.contains_key(&member)
                && named.iter().all(|(user, _)| *user != member);
            if is_gone || self.kind_of(&member).is_none() {
                self.remove_entry(kind, &gid);
            } else {
                known.push(member);
            }
        }
        for (user, access) in named.into_iter().filter(|(user, _)| !known.contains(user)).collect::<Vec<_>>()
        {
            self.add_membership((parent_kind, parent), (Kind::User, &user), &access);
        }
        self.entries_where(kind, of_parent)
    }

    /// Puts a record of membership into the world; the parent's own list is the caller's to change.
    pub(crate) fn add_membership(
        &mut self,
        (parent_kind, parent): (Kind, &str),
        (member_kind, member): (Kind, &str),
        access_level: &str,
    ) -> Gid {
        let mut entry = self.new_entry(&self.bot.clone());
        entry.set("parent", Node::to(parent_kind, Some(&parent.to_owned())));
        entry.set("member", Node::to(member_kind, Some(&member.to_owned())));
        entry.set("access_level", access_level.to_owned());
        self.add_entry(Self::membership_kind(parent_kind), entry)
    }

    /// The record of one member of a parent.
    pub(crate) fn membership_of(&mut self, parent_kind: Kind, parent: &str, member: &str) -> Option<Gid> {
        let kind = Self::membership_kind(parent_kind);
        let all = self.memberships_of(parent_kind, parent);
        all.into_iter().find(|gid| {
            self.entry(kind, gid).and_then(|entry| entry.gid("member")).is_some_and(|known| known == member)
        })
    }

    /// The list of members a parent keeps itself.
    pub(crate) fn members_mut(&mut self, kind: Kind, parent: &str) -> Option<&mut Vec<Gid>> {
        match kind {
            Kind::Project => self.projects.get_mut(parent).map(|project| &mut project.members),
            Kind::Portfolio => self.portfolios.get_mut(parent).map(|portfolio| &mut portfolio.members),
            Kind::Goal => self.goals.get_mut(parent).map(|goal| &mut goal.followers),
            Kind::Team => self.teams.get_mut(parent).map(|team| &mut team.members),
            _ => None,
        }
    }
}
