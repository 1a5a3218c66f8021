//! The people of a backlog: known by name or address, made when new.

use crate::world::{Gid, World};
use std::collections::{HashMap, HashSet};

/// People by name and by address, in lower case.
#[derive(Debug)]
pub(super) struct People {
    known: HashMap<String, Gid>,
    met: Vec<Gid>,
    seen: HashSet<Gid>,
}

impl People {
    /// Those the world has; of two with one name the older is meant.
    pub(super) fn of(world: &World) -> Self {
        let mut known = HashMap::new();
        for (gid, user) in &world.users {
            for key in [&user.name, &user.email] {
                known.entry(key.to_lowercase()).or_insert_with(|| gid.clone());
            }
        }
        Self { known, met: Vec::new(), seen: HashSet::new() }
    }

    /// The person a name or address means.
    pub(super) fn find_or_add(&mut self, world: &mut World, given: &str) -> Gid {
        let gid = match self.known.get(&given.to_lowercase()) {
            Some(gid) => gid.clone(),
            None => self.add(world, given),
        };
        if self.seen.insert(gid.clone()) {
            self.met.push(gid.clone());
        }
        gid
    }

    fn add(&mut self, world: &mut World, given: &str) -> Gid {
        let (name, email) = match given.split_once('@') {
            Some((name, domain)) if !name.is_empty() && domain.contains('.') => {
                (name.to_owned(), given.to_owned())
            }
            _ => (given.to_owned(), self.free_address(given)),
        };
        let gid = world.add_user(&name, &email);
        for key in [given, &email] {
            self.known.insert(key.to_lowercase(), gid.clone());
        }
        gid
    }

    /// `Ann O'Hara` becomes `ann.o.hara@example.invalid`, numbered when somebody has that.
    fn free_address(&self, name: &str) -> String {
        let lower = name.to_lowercase();
        let parts: Vec<&str> =
            lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
        let stem = if parts.is_empty() { "person".to_owned() } else { parts.join(".") };
        let numbered = (2_usize..).map(|nth| format!("{stem}.{nth}@example.invalid"));
        std::iter::once(format!("{stem}@example.invalid"))
            .chain(numbered)
            .find(|address| !self.known.contains_key(address))
            .unwrap_or_default()
    }

    /// The given people, then everybody met, each once.
    pub(super) fn met(&self, first: &[Gid]) -> Vec<Gid> {
        let others = self.met.iter().filter(|gid| !first.contains(gid));
        first.iter().chain(others).cloned().collect()
    }

    pub(super) fn count(&self) -> usize {
        self.met.len()
    }
}
