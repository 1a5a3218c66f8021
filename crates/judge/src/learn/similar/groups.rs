//! Tasks that people have confirmed to be the same.
//!
//! Deliberately without a guess: a group is made by confirmation alone.

use std::collections::BTreeMap;

/// Groups of task numbers.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    of: BTreeMap<u32, u32>,
    members: BTreeMap<u32, Vec<u32>>,
}

impl Groups {
    /// Puts the groups of two tasks together.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.name(a), self.name(b));
        if a == b {
            return;
        }
        let moved = self.members.remove(&b).unwrap_or_else(|| vec![b]);
        for member in &moved {
            self.of.insert(*member, a);
        }
        self.of.insert(a, a);
        let members = self.members.entry(a).or_insert_with(|| vec![a]);
        members.extend(moved);
        members.sort_unstable();
    }

    /// Takes a task out of its group.
    pub fn forget(&mut self, task: u32) {
        let name = self.name(task);
        self.of.remove(&task);
        let Some(mut left) = self.members.remove(&name) else { return };
        left.retain(|member| *member != task);
        left.iter().for_each(|member| {
            self.of.remove(member);
        });
        if let [first, second, ..] = left[..] {
            self.join(first, second);
            left[2..].iter().for_each(|member| self.join(first, *member));
        }
    }

    /// What the group of a task is called; a task alone is its own group.
    pub fn name(&self, task: u32) -> u32 {
        self.of.get(&task).copied().unwrap_or(task)
    }

    /// The members of a task's group, rising; empty for a task alone.
    pub fn members(&self, task: u32) -> &[u32] {
        self.members.get(&self.name(task)).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;

    #[test]
    fn groups_grow_together_and_lose_the_forgotten() {
        let mut groups = Groups::default();
        groups.join(1, 2);
        groups.join(4, 5);
        groups.join(2, 5);
        assert_eq!(groups.members(4), [1, 2, 4, 5]);
        groups.forget(1);
        assert_eq!(groups.members(5), [2, 4, 5]);
        assert!(groups.members(1).is_empty());
        groups.forget(2);
        groups.forget(4);
        assert!(groups.members(5).is_empty());
        assert_eq!(groups.name(5), 5);
    }
}
