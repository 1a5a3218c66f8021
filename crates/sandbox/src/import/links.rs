//! How the rows of a backlog hang together: subtasks and dependencies.

use super::row::Row;
use super::{ImportError, note};
use crate::resources::{MOST_LEVELS, MOST_LINKS};
use crate::world::{Gid, World};
use std::collections::{HashMap, HashSet};

/// Links between rows, by their places in the list.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// (subtask, parent)
    parents: Vec<(usize, usize)>,
    subtasks: HashSet<usize>,
    /// (waiting, awaited)
    dependencies: Vec<(usize, usize)>,
    /// Parents and dependencies that are in no line.
    strangers: Vec<String>,
    themselves: Vec<String>,
}

/// Resolves ids; refuses ids given twice and parents that go in circles or too deep.
pub(super) fn check(rows: &[Row]) -> Result<Links, ImportError> {
    let mut at: HashMap<&str, usize> = HashMap::with_capacity(rows.len());
    for (nth, row) in rows.iter().enumerate() {
        let Some(id) = row.id.as_deref() else { continue };
        if let Some(first) = at.insert(id, nth) {
            let problem = format!("the id \"{id}\" is taken by line {}", rows[first].line);
            return Err(ImportError::Line { line: row.line, problem });
        }
    }
    let mut links = Links::default();
    for (nth, row) in rows.iter().enumerate() {
        if let Some(parent) = row.parent.as_deref() {
            match at.get(parent) {
                Some(found) => links.parents.push((nth, *found)),
                None => links.strangers.push(format!("{} below {parent}", row.label())),
            }
        }
        for awaited in &row.depends_on {
            match at.get(awaited.as_str()) {
                Some(found) if *found == nth => links.themselves.push(row.label()),
                Some(found) => links.dependencies.push((nth, *found)),
                None => links.strangers.push(format!("{} on {awaited}", row.label())),
            }
        }
    }
    links.subtasks = links.parents.iter().map(|(subtask, _)| *subtask).collect();
    check_levels(rows, &links.parents)?;
    Ok(links)
}

/// Asana nests subtasks only so deep; a circle is deeper than that.
fn check_levels(rows: &[Row], parents: &[(usize, usize)]) -> Result<(), ImportError> {
    let parent_of: HashMap<usize, usize> = parents.iter().copied().collect();
    for (subtask, _) in parents {
        let mut levels = 0;
        let mut above = parent_of.get(subtask);
        while let Some(parent) = above {
            levels += 1;
            if parent == subtask || levels > MOST_LEVELS {
                let problem = if parent == subtask {
                    "`parent` leads back to the task itself".to_owned()
                } else {
                    format!("`parent` nests deeper than {MOST_LEVELS} levels")
                };
                return Err(ImportError::Line { line: rows[*subtask].line, problem });
            }
            above = parent_of.get(parent);
        }
    }
    Ok(())
}

impl Links {
    pub(super) fn is_subtask(&self, nth: usize) -> bool {
        self.subtasks.contains(&nth)
    }

    /// Makes the links, in the order of the lines and as many as Asana holds.
    pub(super) fn apply(&self, world: &mut World, rows: &[Row], tasks: &[Gid]) -> Vec<String> {
        for (subtask, parent) in &self.parents {
            if let Some(task) = world.tasks.get_mut(&tasks[*subtask]) {
                task.parent = Some(tasks[*parent].clone());
            }
            if let Some(task) = world.tasks.get_mut(&tasks[*parent]) {
                task.subtasks.push(tasks[*subtask].clone());
            }
        }
        let mut excess = Vec::new();
        for (waiting, awaited) in &self.dependencies {
            let full = [waiting, awaited].iter().any(|nth| links_of(world, &tasks[**nth]) >= MOST_LINKS);
            if full {
                excess.push(format!("{} on {}", rows[*waiting].label(), rows[*awaited].label()));
                continue;
            }
            if let Some(task) = world.tasks.get_mut(&tasks[*waiting]) {
                task.dependencies.push(tasks[*awaited].clone());
            }
            if let Some(task) = world.tasks.get_mut(&tasks[*awaited]) {
                task.dependents.push(tasks[*waiting].clone());
            }
        }
        let over = format!("dependencies over Asana's cap of {MOST_LINKS} a task");
        [
            note(&over, &excess),
            note("links to ids that are in no line", &self.strangers),
            note("dependencies of tasks on themselves", &self.themselves),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn links_of(world: &World, task: &str) -> usize {
    world.tasks.get(task).map_or(0, |task| task.dependencies.len() + task.dependents.len())
}
