//! The tasks of a made-up workspace before their history: what, where, whose, from when to when.
//!
//! Tasks are drafted in order of creation, so that a draft can lean on those before it: a subtask on its parent, a
//! waiting task on what it waits for, a duplicate on its original.

use super::calendar::{DAY, HOUR};
use super::dice::Dice;
use super::people::Cast;
use super::projects::Home;
use super::theme::Theme;
use super::{Knobs, Span};
use crate::world::Subtype;

/// One task.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) project: usize,
    /// A second project.
    pub(super) also: Option<usize>,
    pub(super) parent: Option<usize>,
    /// Whether it stands in the project itself; many subtasks do not.
    pub(super) is_placed: bool,
    pub(super) subtype: Subtype,
    pub(super) theme: Theme,
    pub(super) created: i64,
    pub(super) creator: usize,
    pub(super) assignee: Option<usize>,
    pub(super) done: Option<i64>,
    /// How far an open one is: 0 waiting to 3 in review; 4 is done.
    pub(super) stage: usize,
    /// Work in it.
    pub(super) hours: f64,
    /// How important it is, 0 to 1.
    pub(super) heat: f64,
    /// Tasks it waits for, by their places.
    pub(super) waits: Vec<usize>,
    /// An earlier task that means the same.
    pub(super) twin: Option<usize>,
}

/// Drafts all tasks, oldest first; their links follow in `links.rs`.
pub(super) fn draft(
    (knobs, span): (&Knobs, Span),
    (cast, homes): (&Cast, &[Home]),
    dice: &mut Dice,
) -> Vec<Draft> {
    let weights: Vec<f64> = homes.iter().map(|home| home.weight).collect();
    let mut births: Vec<(i64, usize, usize)> = (0..knobs.tasks)
        .map(|_| {
            let project = dice.weighted(&weights);
            birth(&homes[project], project, (cast, span), dice)
        })
        .collect();
    births.sort_unstable();
    let open = open_ones(&births, (knobs, span), dice);
    let mut drafts: Vec<Draft> = Vec::with_capacity(births.len());
    for (nth, (created, project, creator)) in births.into_iter().enumerate() {
        let mut draft = one((created, project, creator), (knobs, &homes[project]), (cast, &drafts), dice);
        if open[nth] {
            leave_open(&mut draft, (knobs, span), dice);
        } else {
            finish(&mut draft, cast, span, dice);
        }
        drafts.push(draft);
    }
    drafts
}

/// When and by whom a task was made: in somebody's working hours, with more towards the present.
fn birth(home: &Home, project: usize, (cast, span): (&Cast, Span), dice: &mut Dice) -> (i64, usize, usize) {
    let creator = *dice.pick(&home.members);
    let share = dice.share().powf(0.85);
    // The last hour is left to what follows the creation.
    let latest = span.now - HOUR;
    let wanted = home.start + ((latest - home.start) as f64 * share) as i64;
    let mut at = cast.people[creator].hours.moment(wanted, dice);
    if at > latest {
        at = cast.people[creator].hours.moment(wanted - 4 * DAY, dice);
    }
    (at.clamp(home.start, latest.max(home.start)), project, creator)
}

/// Which tasks are open: exactly as many as asked for, the younger ones rather than the older.
fn open_ones(births: &[(i64, usize, usize)], (knobs, span): (&Knobs, Span), dice: &mut Dice) -> Vec<bool> {
    let age = |at: i64| (span.now - at) as f64 / span.seconds() as f64;
    let mut ranked: Vec<(f64, usize)> =
        births.iter().enumerate().map(|(nth, (at, ..))| (age(*at) + 0.3 * dice.normal(), nth)).collect();
    ranked.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let mut open = vec![false; births.len()];
    let count = (births.len() as f64 * knobs.open_share).round() as usize;
    for (_, nth) in ranked.into_iter().take(count) {
        open[nth] = true;
    }
    open
}

fn one(
    (created, project, creator): (i64, usize, usize),
    (knobs, home): (&Knobs, &Home),
    (cast, earlier): (&Cast, &[Draft]),
    dice: &mut Dice,
) -> Draft {
    let area = home.areas[dice.weighted(&[0.7, 0.2, 0.1])];
    let twin = (!earlier.is_empty() && dice.chance(knobs.duplicate_share)).then(|| dice.index(earlier.len()));
    let theme = match twin {
        Some(nth) => earlier[nth].theme.again(),
        None => Theme::draw(area, &home.flow.kinds, dice),
    };
    let special = dice.share();
    let subtype = if special < knobs.milestone_share {
        Subtype::Milestone
    } else if special < knobs.milestone_share + knobs.approval_share {
        Subtype::Approval
    } else {
        Subtype::Default
    };
    let effort = [5.0, 9.0, 6.0, 4.0][theme.kind];
    Draft {
        project,
        also: None,
        parent: None,
        is_placed: true,
        subtype,
        theme,
        created,
        creator,
        assignee: Some(assignee(home, cast, theme, dice)),
        done: None,
        stage: 4,
        hours: dice.log_normal(effort, 0.9).clamp(0.5, 200.0),
        heat: dice.share().powf(1.3),
        waits: Vec::new(),
        twin,
    }
}

/// Somebody who knows the area more likely than others; few have much, many have little.
fn assignee(home: &Home, cast: &Cast, theme: Theme, dice: &mut Dice) -> usize {
    let weight = |nth: &usize| {
        let person = &cast.people[*nth];
        let skilled = if person.areas.contains(&theme.area) { 4.0 } else { 1.0 };
        if person.is_guest { 0.0 } else { person.pull * skilled }
    };
    let weights: Vec<f64> = home.members.iter().map(weight).collect();
    home.members[dice.weighted(&weights)]
}

fn leave_open(draft: &mut Draft, (knobs, span): (&Knobs, Span), dice: &mut Dice) {
    draft.stage = dice.weighted(&[0.6, 0.2, 0.14, 0.06]);
    // Nobody began what came in today.
    if span.now - draft.created < DAY {
        draft.stage = 0;
    }
    if dice.chance(knobs.unassigned_share) {
        draft.stage = 0;
        draft.assignee = None;
    }
}

/// Completed days to months later, by its assignee, in working hours.
fn finish(draft: &mut Draft, cast: &Cast, span: Span, dice: &mut Dice) {
    let hours = &cast.people[draft.assignee.unwrap_or(draft.creator)].hours;
    let lead = (dice.log_normal(8.0, 1.1) * (1.4 - draft.heat) * DAY as f64) as i64;
    let mut done = hours.moment(draft.created + lead.max(HOUR), dice);
    if done > span.now {
        let share = dice.share();
        done = hours.moment(draft.created + ((span.now - draft.created) as f64 * share) as i64, dice);
    }
    if done > span.now {
        done = draft.created + ((span.now - draft.created) as f64 * dice.share()) as i64;
    }
    draft.done = Some(done);
}
