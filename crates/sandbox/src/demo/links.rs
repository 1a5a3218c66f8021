//! Which task waits for which: later ones for earlier ones of the same component, so never in a circle.

use super::some_of;
use crate::import::Row;
use fastrand::Rng;
use std::collections::BTreeMap;

/// Longest chain, in links: enough to see a blocker inherit from what it blocks.
const DEEPEST: usize = 4;
/// Chains of exactly that depth, in the largest component.
const CHAINS: usize = 2;
/// Further single links.
const LINKS: usize = 26;

/// Adds the dependencies to the rows, which are in order of creation.
pub(super) fn wait(rows: &mut [Row], random: &mut Rng) {
    let groups = components(rows);
    let mut links: Vec<(usize, usize)> = Vec::new();
    if let Some(largest) = groups.iter().max_by_key(|group| group.len()) {
        let mut free = largest.clone();
        for _ in 0..CHAINS {
            let chain = some_of(free.iter().copied(), DEEPEST + 1, random);
            free.retain(|nth| !chain.contains(nth));
            links.extend(chain.windows(2).map(|pair| (pair[1], pair[0])));
        }
    }
    let wanted = links.len() + LINKS;
    // Far more draws than are needed; the bound only says that it ends.
    for _ in 0..LINKS * 20 {
        let Some(group) = random.choice(&groups).filter(|_| links.len() < wanted) else {
            break;
        };
        if let [earlier, later] = some_of(group.iter().copied(), 2, random)[..]
            && !links.contains(&(later, earlier))
        {
            links.push((later, earlier));
            if depth(&links) > DEEPEST {
                links.pop();
            }
        }
    }
    for (later, earlier) in links {
        let awaited = rows[earlier].id.clone();
        rows[later].depends_on.extend(awaited);
    }
}

/// The tasks of each component with at least two, by their first component.
fn components(rows: &[Row]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (nth, row) in rows.iter().enumerate() {
        if let Some(component) = row.components.first() {
            groups.entry(component).or_default().push(nth);
        }
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// Links in the longest chain; every link leads from a later row to an earlier one.
fn depth(links: &[(usize, usize)]) -> usize {
    let mut ordered = links.to_vec();
    ordered.sort_unstable();
    let mut below: BTreeMap<usize, usize> = BTreeMap::new();
    for (later, earlier) in ordered {
        let through = below.get(&earlier).copied().unwrap_or(0) + 1;
        let known = below.entry(later).or_default();
        *known = (*known).max(through);
    }
    below.into_values().max().unwrap_or(0)
}
