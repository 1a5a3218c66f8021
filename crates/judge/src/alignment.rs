//! Which open goal a task's text speaks of.
//!
//! A goal's name, and with a third of the weight its description, are compared with the task's name and description word by
//! word. How telling a word is follows from the goals alone: were it counted over the tasks, one task's text could change
//! how another is ranked. Deliberately not here: links (`signals::goal_links`), and what an alignment is worth
//! (`signals::goal_text`). Known limit: words that mean the same are not known to; in languages without English endings
//! only the same forms match.

use crate::learn::similar::tokens::stems;
use domain::{Goal, Snapshot, Task};
use std::collections::{BTreeMap, HashSet};

/// What a word of a goal's description weighs beside one of its name: descriptions explain, names say what it is.
const OF_NOTES: f64 = 1.0 / 3.0;
/// Share of a goal's words below which a likeness is an accident: one of three words passes.
const LEAST: f64 = 0.33;
/// Words shown.
const SHOWN: usize = 4;

/// A task's text speaks of a goal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alignment {
    /// The goal's place in the snapshot.
    pub goal: usize,
    /// The share of the goal's words that the task has, by weight, 0–1.
    pub likeness: f64,
    /// Those words, as the task spells them.
    pub words: Vec<String>,
}

/// An open goal as weighed words.
struct Words {
    goal: usize,
    weights: BTreeMap<String, f64>,
    /// The weight of all words of its name.
    name: f64,
}

/// For every task the open goal its text is most like; `worth` is how much each goal counts, 0–1.
pub(crate) fn align(snapshot: &Snapshot, worth: impl Fn(&Goal) -> f64) -> Vec<Option<Alignment>> {
    let goals = words_of(&snapshot.goals);
    if goals.is_empty() {
        return vec![None; snapshot.tasks.len()];
    }
    let best = |task: &Task| {
        let spoken = spoken(task);
        let found = goals.iter().filter_map(|goal| alignment(goal, &spoken));
        let rated = found.map(|found| (found.likeness * worth(&snapshot.goals[found.goal]), found));
        rated.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, found)| found)
    };
    snapshot.tasks.iter().map(best).collect()
}

fn telling(text: &str) -> impl Iterator<Item = (String, &str)> {
    stems(text).into_iter().filter(|(stem, _)| !stem.bytes().all(|byte| byte.is_ascii_digit()))
}

fn words_of(goals: &[Goal]) -> Vec<Words> {
    let open = goals.iter().enumerate().filter(|(_, goal)| goal.status.is_open());
    let read: Vec<(usize, HashSet<String>, HashSet<String>)> = open
        .map(|(at, goal)| {
            let of = |text: &str| telling(text).map(|(stem, _)| stem).collect();
            (at, of(&goal.name), of(&goal.notes))
        })
        .collect();
    let mut goals_with: BTreeMap<&String, usize> = BTreeMap::new();
    for (_, name, notes) in &read {
        name.union(notes).for_each(|stem| *goals_with.entry(stem).or_default() += 1);
    }
    let weight = |stem: &String| 1.0 / goals_with.get(stem).copied().unwrap_or(1) as f64;
    read.iter()
        .map(|(goal, name, notes)| {
            let of_name = name.iter().map(|stem| (stem.clone(), weight(stem)));
            let of_notes = notes.difference(name).map(|stem| (stem.clone(), OF_NOTES * weight(stem)));
            Words {
                goal: *goal,
                name: name.iter().map(weight).sum(),
                weights: of_notes.chain(of_name).collect(),
            }
        })
        .filter(|words| words.name > 0.0)
        .collect()
}

/// The stems of a task's text with how it spells them first.
fn spoken(task: &Task) -> BTreeMap<String, &str> {
    let mut spoken = BTreeMap::new();
    for (stem, word) in telling(&task.name).chain(telling(&task.notes)) {
        spoken.entry(stem).or_insert(word);
    }
    spoken
}

fn alignment(goal: &Words, spoken: &BTreeMap<String, &str>) -> Option<Alignment> {
    let shared = goal.weights.iter().filter_map(|(stem, weight)| Some((*weight, *spoken.get(stem)?)));
    let mut shared: Vec<(f64, &str)> = shared.collect();
    let likeness = (shared.iter().map(|(weight, _)| weight).sum::<f64>() / goal.name).min(1.0);
    if likeness < LEAST {
        return None;
    }
    shared.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let words = shared.iter().take(SHOWN).map(|(_, word)| (*word).to_owned()).collect();
    Some(Alignment { goal: goal.goal, likeness, words })
}
