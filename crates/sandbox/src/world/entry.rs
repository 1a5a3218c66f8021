//! Small records whose rules all live in their resource file: roles, budgets, templates, time off and the like.
//!
//! They hold their properties by Asana's names, ready to be shown. What other parts of the world work with (tasks,
//! projects, people …) has a struct of its own.

use super::{Gid, Kind, World};
use crate::node::Node;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One small record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Creation.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Gid,
    /// Properties by name.
    pub(crate) fields: BTreeMap<String, Node>,
}

impl Entry {
    /// The object a property points at.
    pub(crate) fn gid(&self, name: &str) -> Option<&Gid> {
        match self.fields.get(name) {
            Some(Node::Resource(at)) => Some(&at.gid),
            _ => None,
        }
    }

    /// The objects a property lists.
    pub(crate) fn gids(&self, name: &str) -> Vec<Gid> {
        let nodes = match self.fields.get(name) {
            Some(Node::List(nodes)) => nodes.as_slice(),
            _ => &[],
        };
        let gids = nodes.iter().map(|node| match node {
            Node::Resource(at) => Some(at.gid.clone()),
            _ => None,
        });
        gids.flatten().collect()
    }

    /// A property that is text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.fields.get(name) {
            Some(Node::Plain(value)) => value.as_str(),
            _ => None,
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<Node>) {
        self.fields.insert(name.to_owned(), value.into());
    }
}

impl World {
    /// A record that somebody makes now, not yet in the world.
    pub(crate) fn new_entry(&self, created_by: &str) -> Entry {
        Entry { created_at: self.now(), created_by: created_by.to_owned(), fields: BTreeMap::new() }
    }

    /// Puts a record into the world; answers its gid.
    pub(crate) fn add_entry(&mut self, kind: Kind, entry: Entry) -> Gid {
        let gid = self.issue(kind);
        self.put_entry(kind, &gid, entry);
        gid
    }

    /// Puts a changed record back.
    pub(crate) fn put_entry(&mut self, kind: Kind, gid: &str, entry: Entry) {
        self.entries.entry(kind).or_default().insert(gid.to_owned(), entry);
    }

    pub(crate) fn entry(&self, kind: Kind, gid: &str) -> Option<&Entry> {
        self.entries.get(&kind)?.get(gid)
    }

    /// All records of a kind, in order of creation.
    pub(crate) fn entries_of(&self, kind: Kind) -> impl Iterator<Item = (&Gid, &Entry)> {
        self.entries.get(&kind).into_iter().flatten()
    }

    pub(crate) fn remove_entry(&mut self, kind: Kind, gid: &str) {
        if let Some(entries) = self.entries.get_mut(&kind) {
            entries.remove(gid);
        }
    }

    /// Gids of the records of a kind that fit.
    pub(crate) fn entries_where(&self, kind: Kind, fits: impl Fn(&Entry) -> bool) -> Vec<Gid> {
        self.entries_of(kind).filter(|(_, entry)| fits(entry)).map(|(gid, _)| gid.clone()).collect()
    }
}
