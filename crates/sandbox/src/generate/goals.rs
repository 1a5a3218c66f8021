//! Goals of a made-up workspace: companies' goals with teams' goals below, measured, owned, and supported by work.

use super::Scene;
use super::calendar::{DAY, day_date, day_number};
use super::dice::Dice;
use super::people::moment;
use super::reports::{drift, tell};
use super::words::AREAS;
use crate::world::{Gid, GoalMetric, NewGoal, World, round_to};

/// One goal in so many is a goal of the whole company.
const COMPANY_SHARE: usize = 4;

/// What a company wants; `{}` is the area.
const WISHES: [&str; 6] = [
    "Halve the failures of {}",
    "Make {} the reason people choose us",
    "Answer every question about {} within a day",
    "Earn more with {}",
    "Bring {} to three new countries",
    "Make {} twice as fast",
];

/// Makes the goals and what supports them.
pub(super) fn aim(world: &mut World, scene: &Scene<'_>, tasks: &[Gid], dice: &mut Dice) -> Vec<Gid> {
    let count = scene.knobs.goals as usize;
    let company = count.div_ceil(COMPANY_SHARE);
    let mut made: Vec<Gid> = Vec::with_capacity(count);
    for nth in 0..count {
        world.clock.stand_at(moment(scene.span.start + dice.between(0, DAY * 20)));
        let gid = goal(world, scene, (nth, nth < company), dice);
        if nth >= company {
            // Below one of the company's, or below another team's goal.
            let above = if dice.chance(0.75) { dice.index(company) } else { dice.index(made.len()) };
            world.support_goal(&made[above], &gid, 1.0);
        }
        support(world, scene, (&gid, nth, tasks), dice);
        made.push(gid);
    }
    made
}

fn goal(world: &mut World, scene: &Scene<'_>, (nth, is_company): (usize, bool), dice: &mut Dice) -> Gid {
    let owner = if is_company { 0 } else { dice.index(scene.cast.insiders) };
    let person = &scene.cast.people[owner];
    let area = AREAS[nth % AREAS.len()].name;
    // A fifth were for a period that is over.
    let is_over = nth % 5 == 4;
    let day = scene.span.now.div_euclid(DAY) - if is_over { 100 } else { 0 };
    let word = if is_company { "FY" } else { "Q" };
    let period = world.time_periods.iter().find(|(_, period)| {
        period.period.starts_with(word) && period.start_on <= day_date(day) && day_date(day) <= period.end_on
    });
    let period = period.map(|(gid, period)| (gid.clone(), period.start_on, period.end_on));
    let gid = world.add_goal(NewGoal {
        name: WISHES[(nth + nth / AREAS.len()) % WISHES.len()].replace("{}", area),
        status: None,
        due_on: period.as_ref().map(|(_, _, end)| end.to_string()),
        owner: Some(person.gid.clone()),
        is_workspace_level: is_company,
    });
    let team = scene.cast.teams.get(nth % scene.cast.teams.len().max(1)).map(|team| team.gid.clone());
    if let Some(goal) = world.goals.get_mut(&gid) {
        goal.notes = format!("Agreed in planning. It stands for what we want of {area}.");
        goal.start_on = period.as_ref().map(|(_, start, _)| start.to_string());
        goal.time_period = period.as_ref().map(|(gid, ..)| gid.clone());
        goal.followers.push(scene.cast.people[dice.index(scene.cast.insiders)].gid.clone());
        goal.followers.dedup();
        if !is_company {
            goal.team = team.or(goal.team.take());
        }
    }
    let reached = dice.share();
    measure(world, (&gid, &person.gid), (is_company, reached), dice);
    let since = period.map_or(scene.span.start, |(_, start, _)| day_number(start) * DAY);
    tell_status(world, scene, (&gid, owner), (since, is_over, reached), dice);
    gid
}

fn measure(
    world: &mut World,
    (goal, owner): (&Gid, &Gid),
    (is_company, reached): (bool, f64),
    dice: &mut Dice,
) {
    let (unit, target) = match dice.index(3) {
        0 => ("percentage", 1.0),
        1 => ("currency", dice.between(5, 50) as f64 * 10_000.0),
        _ => ("none", dice.between(2, 40) as f64 * 10.0),
    };
    let source = match (is_company, dice.index(3)) {
        (true, 0) => "subgoal_progress",
        (false, 0) => "project_task_completion",
        (false, 1) => "task_completion",
        _ => "manual",
    };
    // Progress that is worked out is shown as a share.
    let (unit, target) = if source == "manual" { (unit, target) } else { ("percentage", 1.0) };
    let digits = if unit == "percentage" { 2 } else { 0 };
    world.set_goal_metric(
        goal,
        GoalMetric {
            unit: unit.to_owned(),
            precision: 0,
            currency_code: (unit == "currency").then(|| "EUR".to_owned()),
            initial: 0.0,
            target,
            current: round_to(target * reached, digits),
            progress_source: source.to_owned(),
            is_custom_weight: false,
            created_by: owner.clone(),
        },
    );
}

/// Monthly updates; the last one is the goal's status, and closes it when its period is over.
fn tell_status(
    world: &mut World,
    scene: &Scene<'_>,
    (goal, owner): (&Gid, usize),
    (since, is_over, reached): (i64, bool, f64),
    dice: &mut Dice,
) {
    const WORDS: [(&str, &str); 3] = [("on_track", "green"), ("at_risk", "yellow"), ("off_track", "red")];
    let person = &scene.cast.people[owner];
    let (mut state, mut at) = (0, since.max(scene.span.start) + 20 * DAY);
    let mut status = None;
    while scene.knobs.status_days > 0 && at < scene.span.now {
        let now = person.hours.moment(at, dice).min(scene.span.now);
        let is_last = at + 30 * DAY >= scene.span.now;
        state = drift(state, dice);
        let closed = match reached {
            share if share > 0.7 => "achieved",
            share if share > 0.3 => "partial",
            _ => "missed",
        };
        let (word, shown) = if is_last && is_over { (closed, closed) } else { WORDS[state] };
        let text = format!("We are at {:.0} % of what we want.", reached * 100.0);
        tell(world, (goal, &person.gid), (word, now), ("Monthly review".to_owned(), text));
        status = Some(shown.to_owned());
        at += 30 * DAY;
    }
    if let Some(goal) = world.goals.get_mut(goal) {
        goal.status = status;
    }
}

/// Projects of the goal's area first, and a few single tasks.
fn support(world: &mut World, scene: &Scene<'_>, (goal, nth, tasks): (&Gid, usize, &[Gid]), dice: &mut Dice) {
    let area = nth % AREAS.len();
    let fitting = scene.homes.iter().filter(|home| home.areas.contains(&area));
    let mut projects: Vec<&Gid> = fitting.take(2).map(|home| &home.gid).collect();
    if projects.is_empty() {
        projects.push(&dice.pick(&scene.homes).gid);
    }
    for project in projects {
        let weight = *dice.pick(&[0.5, 1.0]);
        world.support_goal(goal, project, weight);
    }
    let of_area: Vec<usize> =
        scene.by_area[area].iter().copied().filter(|task| scene.drafts[*task].is_placed).collect();
    // Up to five: enough to tell strong support from weak.
    for at in dice.some_of(of_area.len(), 5) {
        let weight = *dice.pick(&[0.25, 0.5, 1.0]);
        world.support_goal(goal, &tasks[of_area[at]], weight);
    }
}
