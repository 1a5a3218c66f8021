//! How drafted tasks hang together: subtasks, dependencies, second projects.
//!
//! A completed task waits for completed ones only, and was done after them; a completed parent has no open subtasks.
//! Without `cycles` every task waits for older ones, so there is no circle.

use super::calendar::{DAY, HOUR};
use super::dice::Dice;
use super::projects::Home;
use super::tasks::Draft;
use super::{Knobs, Span};
use crate::resources::MOST_LINKS;
use crate::world::Subtype;

/// Draws before a partner is given up: few suitable ones mean few links, never a long search.
const TRIES: usize = 16;
/// Partners are sought among so many of the project's latest tasks: people link what they remember.
const REMEMBERED: usize = 200;
/// Levels of subtasks that people use.
const DEEPEST: usize = 3;

/// Adds all links.
pub(super) fn tie((knobs, span): (&Knobs, Span), homes: &[Home], drafts: &mut [Draft], dice: &mut Dice) {
    let mut seen: Vec<Vec<usize>> = vec![Vec::new(); homes.len()];
    let mut links = vec![0_usize; drafts.len()];
    let mut depth = vec![0_usize; drafts.len()];
    for nth in 0..drafts.len() {
        let project = drafts[nth].project;
        if dice.chance(knobs.subtask_share) {
            nest(drafts, (nth, &seen[project]), &mut depth, dice);
        }
        for _ in 0..dice.count(knobs.dependency_density) {
            let across = homes.len() > 1 && dice.chance(knobs.cross_project_share);
            let from = if across { other(homes.len(), project, dice) } else { project };
            wait(drafts, (nth, &seen[from]), &mut links, (span, dice));
        }
        if drafts[nth].is_placed && homes.len() > 1 && dice.chance(knobs.multi_home_share) {
            drafts[nth].also = Some(other(homes.len(), project, dice));
        }
        seen[project].push(nth);
    }
    for _ in 0..knobs.cycles {
        circle(drafts, (homes.len(), &seen), &mut links, dice);
    }
}

/// Another project.
fn other(projects: usize, than: usize, dice: &mut Dice) -> usize {
    (than + 1 + dice.index(projects - 1)) % projects
}

/// One of the latest.
fn remembered(from: &[usize], dice: &mut Dice) -> Option<usize> {
    let window = from.len().min(REMEMBERED);
    (window > 0).then(|| from[from.len() - 1 - dice.index(window)])
}

/// Makes a task a subtask of an earlier one.
fn nest(drafts: &mut [Draft], (nth, from): (usize, &[usize]), depth: &mut [usize], dice: &mut Dice) {
    for _ in 0..TRIES {
        let Some(parent) = remembered(from, dice) else { return };
        let above = &drafts[parent];
        let fits = match (above.done, drafts[nth].done) {
            (None, _) => true,
            (Some(done), Some(_)) => done > drafts[nth].created + HOUR,
            (Some(_), None) => false,
        };
        // A chain of subtasks is rarer than a single level.
        let is_too_deep = depth[parent] + 1 > DEEPEST || (depth[parent] > 0 && dice.chance(0.7));
        if !fits || is_too_deep || above.subtype != Subtype::Default {
            continue;
        }
        let (until, theme) = (above.done, above.theme);
        depth[nth] = depth[parent] + 1;
        let draft = &mut drafts[nth];
        draft.parent = Some(parent);
        draft.subtype = Subtype::Default;
        draft.theme.area = theme.area;
        draft.theme.object = theme.object;
        draft.twin = None;
        draft.is_placed = dice.chance(0.3);
        if !draft.is_placed {
            draft.stage = if draft.done.is_some() { 4 } else { 0 };
        }
        draft.done = draft.done.map(|done| until.map_or(done, |until| done.min(until)));
        draft.hours = (draft.hours / 2.0).max(0.5);
        return;
    }
}

/// Lets a task wait for an earlier one.
fn wait(
    drafts: &mut [Draft],
    (nth, from): (usize, &[usize]),
    links: &mut [usize],
    (span, dice): (Span, &mut Dice),
) {
    for _ in 0..TRIES {
        let Some(mut awaited) = remembered(from, dice) else { return };
        // Half of the links make a chain longer.
        if dice.chance(0.5) && drafts[awaited].waits.is_empty() {
            awaited = remembered(from, dice).unwrap_or(awaited);
        }
        let was_open = drafts[awaited].done.is_none_or(|done| done > drafts[nth].created);
        let is_family = drafts[nth].parent == Some(awaited) || drafts[awaited].parent == Some(nth);
        let is_full = links[nth] >= MOST_LINKS || links[awaited] >= MOST_LINKS;
        if !was_open || is_family || is_full || drafts[nth].waits.contains(&awaited) {
            continue;
        }
        match (drafts[nth].done, drafts[awaited].done) {
            (Some(_), None) => continue,
            (Some(done), Some(earlier)) if done < earlier + HOUR => {
                let until = drafts[nth].parent.and_then(|parent| drafts[parent].done).unwrap_or(span.now);
                if earlier + HOUR > until {
                    continue;
                }
                drafts[nth].done = Some(dice.between(earlier + HOUR, until.min(earlier + 3 * DAY)));
            }
            _ => {}
        }
        drafts[nth].waits.push(awaited);
        links[nth] += 1;
        links[awaited] += 1;
        return;
    }
}

/// Lets two or three open tasks of a project wait for each other.
fn circle(
    drafts: &mut [Draft],
    (projects, seen): (usize, &[Vec<usize>]),
    links: &mut [usize],
    dice: &mut Dice,
) {
    for _ in 0..TRIES * projects {
        let from = &seen[dice.index(projects)];
        let mut ring: Vec<usize> = (0..3).filter_map(|_| remembered(from, dice)).collect();
        ring.sort_unstable();
        ring.dedup();
        ring.retain(|nth| drafts[*nth].done.is_none() && links[*nth] + 2 <= MOST_LINKS);
        let pairs: Vec<(usize, usize)> =
            (0..ring.len()).map(|at| (ring[at], ring[(at + 1) % ring.len()])).collect();
        if ring.len() < 2 || pairs.iter().any(|(nth, awaited)| drafts[*nth].waits.contains(awaited)) {
            continue;
        }
        for (nth, awaited) in pairs {
            drafts[nth].waits.push(awaited);
            links[nth] += 1;
            links[awaited] += 1;
        }
        return;
    }
}
