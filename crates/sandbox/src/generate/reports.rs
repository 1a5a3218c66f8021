//! What is reported and planned about made-up projects: status updates over time, and allocations of people.

use super::Scene;
use super::calendar::{DAY, day_text};
use super::dice::Dice;
use super::people::moment;
use crate::world::{Gid, Kind, StatusUpdate, World};

/// Sentences that end an update, by how things are.
const ENDINGS: [&[&str]; 3] = [
    &["Everything goes as planned.", "The next milestone is safe.", "No help needed."],
    &["We wait for decisions from outside.", "Two people were away; we catch up.", "Estimates were too low."],
    &[
        "We cannot hold the date without help.",
        "The main risk has come true.",
        "We propose to cut the scope.",
    ],
];
const TYPES: [&str; 3] = ["on_track", "at_risk", "off_track"];

/// Status updates of all projects, by their owners, on the days the knob asks for.
pub(super) fn report(world: &mut World, scene: &Scene<'_>, dice: &mut Dice) {
    let every = i64::from(scene.knobs.status_days) * DAY;
    if every == 0 {
        return;
    }
    let mut times: Vec<(Vec<i64>, Vec<i64>)> = vec![Default::default(); scene.homes.len()];
    for draft in &scene.drafts {
        let (born, done) = &mut times[draft.project];
        born.push(draft.created);
        done.extend(draft.done);
    }
    for (home, (born, mut done)) in scene.homes.iter().zip(times) {
        // Drafts are in order of creation already.
        done.sort_unstable();
        let until = |list: &[i64], at: i64| list.partition_point(|known| *known <= at);
        let owner = &scene.cast.people[home.owner];
        let mut state = 0;
        let mut due = home.start + every;
        while due < scene.span.now {
            let at = owner.hours.moment(due, dice);
            if at > scene.span.now {
                break;
            }
            let (closed, all) = (until(&done, at), until(&born, at));
            let lately = closed - until(&done, due - every);
            state = drift(state, dice);
            let text = format!(
                "Since the last update we closed {lately} tasks; {} are open. {}",
                all - closed,
                dice.pick(ENDINGS[state])
            );
            let title = format!("{} on {}", home.name, day_text(owner.hours.day(at)));
            tell(world, (&home.gid, &owner.gid), (TYPES[state], at), (title, text));
            due += every;
        }
    }
}

/// Things stay as they are more often than not, and get better sooner than worse.
pub(super) fn drift(state: usize, dice: &mut Dice) -> usize {
    let step = dice.weighted(&[0.75, 0.15, 0.1]);
    match step {
        0 => state,
        1 => state.saturating_sub(1),
        _ => (state + 1).min(2),
    }
}

/// One update; those of a parent come in order of time.
pub(super) fn tell(
    world: &mut World,
    (parent, by): (&Gid, &Gid),
    (status_type, at): (&str, i64),
    (title, text): (String, String),
) {
    let gid = world.issue(Kind::StatusUpdate);
    world.status_updates.insert(
        gid,
        StatusUpdate {
            parent: parent.clone(),
            title,
            text,
            html_text: None,
            status_type: status_type.to_owned(),
            created_by: by.clone(),
            created_at: moment(at),
        },
    );
}

/// Shares of people's time for the coming months.
pub(super) fn allocate(world: &mut World, scene: &Scene<'_>, dice: &mut Dice) {
    let today = scene.span.now.div_euclid(DAY);
    world.clock.stand_at(moment(scene.span.now - DAY));
    for home in &scene.homes {
        let owner = &scene.cast.people[home.owner].gid;
        for member in &home.members {
            let person = &scene.cast.people[*member];
            if person.is_guest || !dice.chance(scene.knobs.allocation_share) {
                continue;
            }
            let first = today + dice.between(-60, 30);
            let days = (day_text(first), day_text(first + dice.between(30, 120)));
            let percent = dice.between(1, 8).unsigned_abs() as u32 * 10;
            world.add_allocation((owner, &person.gid, &home.gid), days, percent);
        }
    }
}
