//! Counterfactuals: the smallest single change that would move a task to another band, computed, not guessed.
//!
//! Every candidate is scored by the same code that scored the task. Candidates: the due date, the business value, the
//! effort, a person's priority, a link to an open goal. What would bring an input into use that no task of the project has
//! is no candidate: it would change the weights of all. Deliberately not here: pairs of changes, and changes to other
//! tasks. Known limits: a change that would also change what blockers inherit is shown for this task alone; lowering the
//! one value that sets the scale of business value is shown on the scale as it is.

use crate::facts::{Facts, Overlay, days_between};
use crate::score::imagined;
use domain::{Band, Change, Counterfactual, FieldGid, FieldKind, Measure, Points, Role};
use jiff::ToSpan;

/// Days a due date may be moved each way: beyond a quarter it is another plan, not a nudge.
const REACH_DAYS: i64 = 90;
/// What counts as one whole step of effort for people: a change of everything. Costs below are fractions of it.
const GOAL_COST: f64 = 0.5;
/// At most this many are kept: the nearest up, the nearest down, and one alternative.
const KEPT: usize = 3;

struct Candidate {
    overlay: Overlay,
    change: Change,
    /// How big the change is to a person, 0–1.
    cost: f64,
}

/// The task as imagined would change the weights of all.
fn changes_weights(facts: &Facts, overlay: &Overlay) -> bool {
    let imagined = Facts { overlay: Some(overlay), ..*facts };
    facts.cx.unused.iter().any(|input| input.fed_by(&imagined))
}

/// The smallest changes found, smallest first.
pub(crate) fn counterfactuals(facts: &Facts, score: Points, band: Band) -> Vec<Counterfactual> {
    let bands = facts.cx.rubric.bands();
    let mut found: Vec<(f64, Counterfactual)> = vec![];
    for candidates in [due_dates(facts, score, band), numbers(facts, score, band)] {
        found.extend(candidates);
    }
    for candidate in options(facts).into_iter().chain(goals(facts)) {
        let new = imagined(facts, &candidate.overlay);
        let to = bands.with_memory(new, Some(band));
        if to != band && !changes_weights(facts, &candidate.overlay) {
            let change = candidate.change;
            found.push((
                candidate.cost,
                Counterfactual { change, adds: new - score, score: new, from: band, to },
            ));
        }
    }
    nearest(found)
}

/// The cheapest upward one, the cheapest downward one, then the rest, as far as there is room.
fn nearest(mut found: Vec<(f64, Counterfactual)>) -> Vec<Counterfactual> {
    found.sort_by(|a, b| {
        a.0.total_cmp(&b.0).then(a.1.adds.distance(Points::ZERO).cmp(&b.1.adds.distance(Points::ZERO)))
    });
    let mut kept: Vec<Counterfactual> = vec![];
    for up in [true, false] {
        let first = found.iter().position(|(_, c)| (c.to < c.from) == up);
        kept.extend(first.map(|at| found.remove(at).1));
    }
    kept.extend(found.into_iter().map(|(_, c)| c));
    kept.truncate(KEPT);
    kept
}

/// The smallest `step` in `1..=reach` at which `at(step)` leaves the band, if the last one does. The score moves one way
/// with the step, so the border is found by halving.
fn border(reach: i64, leaves: impl Fn(i64) -> bool) -> Option<i64> {
    if reach < 1 || !leaves(reach) {
        return None;
    }
    let (mut low, mut high) = (0, reach);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if leaves(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

fn due_dates(facts: &Facts, score: Points, band: Band) -> Vec<(f64, Counterfactual)> {
    let bands = facts.cx.rubric.bands();
    let today = facts.cx.now.today;
    // Without a date the imagined one starts at the far end of the reach and moves nearer.
    let start = facts.due_on().or_else(|| today.checked_add(REACH_DAYS.days()).ok());
    let Some(start) = start else { return vec![] };
    let earlier = days_between(today, start).clamp(0, REACH_DAYS);
    let later = if facts.due_on().is_some() { REACH_DAYS } else { 0 };
    let mut found = vec![];
    for (reach, sign) in [(earlier, -1), (later, 1)] {
        let date = |step: i64| start.checked_add((sign * step).days()).ok();
        let scored = |step: i64| date(step).map_or(score, |d| imagined(facts, &Overlay::Due(d)));
        let leaves = |step: i64| bands.with_memory(scored(step), Some(band)) != band;
        let Some(step) = border(reach, leaves) else { continue };
        let (Some(to), new) = (date(step), scored(step)) else { continue };
        if changes_weights(facts, &Overlay::Due(to)) {
            continue;
        }
        let cost = if facts.due_on().is_some() { step as f64 / REACH_DAYS as f64 } else { 0.4 };
        let change = Change::DueDate { from: facts.due_on(), to };
        let to_band = bands.with_memory(new, Some(band));
        found.push((cost, Counterfactual { change, adds: new - score, score: new, from: band, to: to_band }));
    }
    found
}

/// Whole-number moves of business value and effort, each way.
fn numbers(facts: &Facts, score: Points, band: Band) -> Vec<(f64, Counterfactual)> {
    let bands = facts.cx.rubric.bands();
    let mut found = vec![];
    for role in [Role::BusinessValue, Role::EffortEstimate] {
        let Some((gid, from, largest)) = number_field(facts, role) else { continue };
        // Where the team has no number, the learned one is what a change is measured from.
        let learned = (role == Role::EffortEstimate).then(|| learned_in_units(facts)).flatten();
        let start = from.or(learned).unwrap_or(0.0);
        for (reach, sign) in [((largest - start).floor() as i64, 1.0), (start.floor() as i64, -1.0)] {
            let overlay = |step: i64| Overlay::Number(gid.clone(), start + sign * step as f64);
            let leaves = |step: i64| bands.with_memory(imagined(facts, &overlay(step)), Some(band)) != band;
            let Some(step) = border(reach.min(1_000_000), leaves) else { continue };
            if changes_weights(facts, &overlay(step)) {
                continue;
            }
            let new = imagined(facts, &overlay(step));
            let field = facts.cx.field(&gid).map_or_else(String::new, |f| f.name.clone());
            let change = Change::Number { field, from, to: start + sign * step as f64 };
            let to = bands.with_memory(new, Some(band));
            let cost = step as f64 / largest.max(1.0);
            found.push((cost, Counterfactual { change, adds: new - score, score: new, from: band, to }));
        }
    }
    found
}

/// The learned effort as a whole number of the effort field's units, if it was learned from that field.
fn learned_in_units(facts: &Facts) -> Option<f64> {
    let learned = facts.learned_effort().filter(|learned| learned.measure == Measure::EffortField)?;
    Some(learned.effort.round())
}

/// The number field that plays the role, its value, and the top of its range.
fn number_field(facts: &Facts, role: Role) -> Option<(FieldGid, Option<f64>, f64)> {
    let candidates = facts.cx.snapshot.roles.candidates(role);
    let with_value = facts.role_number(role).map(|(gid, n)| (gid.clone(), Some(n)));
    let (gid, from) = with_value.or_else(|| candidates.first().map(|gid| (gid.clone(), None)))?;
    let field = facts.cx.field(&gid).filter(|f| f.kind == FieldKind::Number)?;
    let largest = match role {
        Role::BusinessValue => facts.cx.top_of_value(),
        _ if field.format == domain::NumberFormat::Duration => facts.cx.rubric.effort().large_days * 480.0,
        _ => facts.cx.rubric.effort().large_days / facts.cx.rubric.effort().days_per_unit,
    };
    Some((gid, from, largest))
}

fn options(facts: &Facts) -> Vec<Candidate> {
    let roles = &facts.cx.snapshot.roles;
    let Some(gid) = facts.priority().map(|(gid, _)| gid).or_else(|| roles.field(Role::Priority)) else {
        return vec![];
    };
    let Some(field) = facts.cx.field(gid) else { return vec![] };
    let now = facts.option_name(gid);
    let place = |name: &str| field.options.iter().position(|o| o.name == name);
    let here = now.and_then(place);
    let others = field.options.iter().enumerate().filter(|(_, o)| o.enabled && Some(o.name.as_str()) != now);
    others
        .map(|(at, option)| Candidate {
            overlay: Overlay::Option(gid.clone(), option.gid.clone()),
            change: Change::Option {
                field: field.name.clone(),
                from: now.map(str::to_owned),
                to: option.name.clone(),
            },
            cost: here.map_or(0.3, |here| here.abs_diff(at) as f64 / field.options.len() as f64),
        })
        .collect()
}

fn goals(facts: &Facts) -> Vec<Candidate> {
    let linked: Vec<_> = facts.goals().filter(|(.., own)| *own).map(|(goal, ..)| &goal.gid).collect();
    let open = facts.cx.snapshot.goals.iter().enumerate().filter(|(_, goal)| goal.status.is_open());
    open.filter(|(_, goal)| !linked.contains(&&goal.gid))
        .map(|(at, goal)| Candidate {
            overlay: Overlay::Goal(at),
            change: Change::LinkGoal { goal: goal.name.clone() },
            cost: GOAL_COST,
        })
        .collect()
}
