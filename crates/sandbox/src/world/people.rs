//! Workspaces, teams, people and their My Tasks lists.

use super::{Gid, Kind, World};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A workspace; an organization when it has e-mail domains of its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Workspace {
    /// Shown name.
    pub name: String,
    /// Domains of an organization.
    pub email_domains: Vec<String>,
    /// Whether it is an organization (it then has teams).
    pub is_organization: bool,
}

/// A team of the organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Team {
    /// Shown name.
    pub name: String,
    /// Plain description.
    pub description: String,
    /// Members, in the order they joined.
    pub members: Vec<Gid>,
    /// Visibility and access levels that were set, by Asana's names.
    pub settings: BTreeMap<String, String>,
}

/// A person or bot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    /// Shown name.
    pub name: String,
    /// Address; accepted wherever a user gid is.
    pub email: String,
    /// The My Tasks list.
    pub task_list: Gid,
    /// When the user joined.
    pub created_at: Timestamp,
    /// Whether they may manage the workspace.
    pub is_admin: bool,
    /// Whether they are from outside the organization.
    pub is_guest: bool,
    /// Whether their licence only lets them read.
    #[serde(default)]
    pub is_view_only: bool,
    /// What they starred: projects, portfolios, tags, users …
    pub favorites: Vec<Gid>,
}

/// A person's My Tasks list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserTaskList {
    /// Whose it is.
    pub owner: Gid,
    /// Its sections; newly assigned tasks land in the first.
    pub sections: Vec<Gid>,
}

impl World {
    /// Adds a person to the workspace and to its first team; answers the new gid.
    pub fn add_user(&mut self, name: &str, email: &str) -> Gid {
        let gid = self.issue(Kind::User);
        let task_list = self.issue(Kind::UserTaskList);
        let created_at = self.now();
        self.users.insert(
            gid.clone(),
            User {
                name: name.to_owned(),
                email: email.to_owned(),
                task_list: task_list.clone(),
                created_at,
                // The first user made the workspace.
                is_admin: self.users.is_empty(),
                is_guest: false,
                is_view_only: false,
                favorites: Vec::new(),
            },
        );
        self.user_task_lists
            .insert(task_list.clone(), UserTaskList { owner: gid.clone(), sections: Vec::new() });
        let section = self.add_section(&task_list, "Recently assigned");
        if let Some(list) = self.user_task_lists.get_mut(&task_list) {
            list.sections.push(section);
        }
        if let Some(team) = self.teams.values_mut().next() {
            team.members.push(gid.clone());
        }
        gid
    }

    /// Makes a user a guest, who belongs to no team, or gives them a licence that only reads.
    pub fn limit_user(&mut self, user: &str, is_guest: bool, is_view_only: bool) {
        if let Some(user) = self.users.get_mut(user) {
            (user.is_guest, user.is_view_only) = (is_guest, is_view_only);
        }
        if is_guest {
            self.teams.values_mut().for_each(|team| team.members.retain(|member| member != user));
        }
    }

    /// Adds a team that holds the given users.
    pub fn add_team(&mut self, name: &str, members: &[Gid]) -> Gid {
        let gid = self.issue(Kind::Team);
        self.teams.insert(
            gid.clone(),
            Team {
                name: name.to_owned(),
                description: String::new(),
                members: members.to_vec(),
                settings: BTreeMap::new(),
            },
        );
        gid
    }

    /// Takes a person out of the workspace, their tokens with them. What they did stays under their gid.
    pub fn remove_user(&mut self, user: &str) {
        self.users.remove(user);
        self.tokens.retain(|_, token| token.user != user);
        let keep = |members: &mut Vec<Gid>| members.retain(|known| known != user);
        self.teams.values_mut().for_each(|team| keep(&mut team.members));
        self.projects.values_mut().for_each(|project| keep(&mut project.members));
        self.portfolios.values_mut().for_each(|portfolio| keep(&mut portfolio.members));
    }

    /// The user that a gid, an e-mail address or `me` means.
    pub(crate) fn find_user(&self, given: &str, me: &str) -> Option<Gid> {
        if given == "me" {
            return Some(me.to_owned());
        }
        if self.users.contains_key(given) {
            return Some(given.to_owned());
        }
        self.users
            .iter()
            .find(|(_, user)| given.contains('@') && user.email.eq_ignore_ascii_case(given))
            .map(|(gid, _)| gid.clone())
    }
}
