//! The people of a made-up workspace: names, teams, working hours, absences, and what they can do.
//!
//! Skills, focus, capacity and time zone stand in custom fields of users; absences, public holidays among them, are
//! out-of-office entries, half a year into the future.

use super::calendar::{DAY, Hours, day_date, day_number, day_text};
use super::dice::Dice;
use super::words::{AREAS, GIVEN, SURNAMES, TEAMS, ZONES};
use super::{Knobs, Span};
use crate::world::{FieldType, FieldValue, Gid, NewCustomField, World};
use jiff::Timestamp;

/// Absences are known this long before they begin.
const ANNOUNCED_DAYS: i64 = 30;
/// Absences are planned this far ahead.
const AHEAD_DAYS: i64 = 182;

/// One person.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) gid: Gid,
    pub(super) hours: Hours,
    /// Areas whose skill the person has.
    pub(super) areas: Vec<usize>,
    pub(super) is_guest: bool,
    /// How much work comes to the person, compared with others.
    pub(super) pull: f64,
    zone: usize,
}

/// A team and the places of its members among the people.
#[derive(Debug)]
pub(super) struct TeamOf {
    pub(super) gid: Gid,
    pub(super) members: Vec<usize>,
}

/// Everybody, insiders first.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) people: Vec<Person>,
    pub(super) teams: Vec<TeamOf>,
    /// How many are no guests.
    pub(super) insiders: usize,
}

/// Fills the workspace with people and teams.
pub(super) fn hire(world: &mut World, knobs: &Knobs, span: Span, dice: &mut Dice) -> Cast {
    let count = knobs.people as usize;
    let insiders = count - knobs.guests as usize;
    let mut names: Vec<usize> = dice.some_of(GIVEN.len() * SURNAMES.len(), count);
    dice.shuffle(&mut names);
    // They joined over the two years before the history begins.
    let mut joined: Vec<i64> = (0..count).map(|_| span.start - dice.between(10, 730) * DAY).collect();
    joined.sort_unstable();
    let mut people = Vec::with_capacity(count);
    for (nth, (name, at)) in names.into_iter().zip(joined).enumerate() {
        world.clock.stand_at(moment(at));
        people.push(person(world, knobs, (name, nth >= insiders), dice));
    }
    let teams = teams(world, knobs, insiders, &people);
    let mut cast = Cast { people, teams, insiders };
    absences(world, &mut cast, (knobs, span), dice);
    describe(world, knobs, &cast);
    cast
}

/// The moment of a second, which always lies within Asana's years.
pub(super) fn moment(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn person(world: &mut World, knobs: &Knobs, (name, is_guest): (usize, bool), dice: &mut Dice) -> Person {
    let (given, surname) = (GIVEN[name % GIVEN.len()], SURNAMES[name / GIVEN.len()]);
    let domain = if is_guest { "customer.example" } else { "sandbox.example" };
    let address = format!("{given}.{surname}@{domain}").to_lowercase();
    let gid = world.add_user(&format!("{given} {surname}"), &address);
    if let Some(user) = world.users.get_mut(&gid) {
        user.is_guest = is_guest;
    }
    let zone = dice.weighted(&[0.5, 0.15, 0.15, 0.1, 0.1]);
    let mut days = [true, true, true, true, true, false, false];
    if dice.chance(knobs.part_time_share) {
        let off = 1 + dice.index(2);
        for day in dice.some_of(5, off) {
            days[day] = false;
        }
    }
    let areas = dice.between(2, 4).unsigned_abs() as usize;
    Person {
        gid,
        hours: Hours {
            offset: ZONES[zone].hours,
            begin: dice.between(7, 10),
            length: dice.between(8, 9),
            days,
            away: Vec::new(),
        },
        areas: dice.some_of(AREAS.len(), areas),
        is_guest,
        pull: dice.log_normal(1.0, 0.8),
        zone,
    }
}

/// Everybody from inside is in one team; each project's people come from one.
fn teams(world: &mut World, knobs: &Knobs, insiders: usize, people: &[Person]) -> Vec<TeamOf> {
    if let Some(everyone) = world.teams.values_mut().next() {
        everyone.members.retain(|gid| people.iter().all(|person| !person.is_guest || person.gid != *gid));
    }
    let count = knobs.teams as usize;
    let team = |nth: usize, world: &mut World| {
        let members: Vec<usize> = (0..insiders).filter(|person| person % count == nth).collect();
        let gids: Vec<Gid> = members.iter().map(|person| people[*person].gid.clone()).collect();
        let name = TEAMS[nth % TEAMS.len()];
        let round = nth / TEAMS.len() + 1;
        let name = if round > 1 { format!("{name} {round}") } else { name.to_owned() };
        TeamOf { gid: world.add_team(&name, &gids), members }
    };
    (0..count).map(|nth| team(nth, world)).collect()
}

/// Public holidays and leave, as entries and in everybody's hours.
fn absences(world: &mut World, cast: &mut Cast, (knobs, span): (&Knobs, Span), dice: &mut Dice) {
    if knobs.ooo_rate == 0.0 {
        return;
    }
    let (first, last) = (span.start.div_euclid(DAY), span.now.div_euclid(DAY) + AHEAD_DAYS);
    let years = (last - first) as f64 / 365.0;
    for person in &mut cast.people {
        let mut away: Vec<(i64, i64)> = holidays(person.zone, first, last);
        for _ in 0..dice.count(knobs.ooo_rate * years) {
            let begin = dice.between(first, last);
            // A day off, a cold, a week, a fortnight.
            let days = *dice.pick(&[1, 1, 2, 3, 5, 7, 14]);
            away.push((begin, begin + days - 1));
        }
        away.sort_unstable();
        for (begin, end) in &away {
            let known = (begin * DAY - ANNOUNCED_DAYS * DAY).min(span.now);
            world.clock.stand_at(moment(known));
            world.add_ooo_entry(&person.gid, &day_text(*begin), &day_text(*end));
        }
        person.hours.away = away;
    }
}

/// The holidays of a zone that are no weekend matter of their own: the day counts whatever weekday it is.
fn holidays(zone: usize, first: i64, last: i64) -> Vec<(i64, i64)> {
    let years = day_date(first).year()..=day_date(last).year();
    let days = years.flat_map(|year| {
        ZONES[zone].holidays.map(|(month, day)| day_number(jiff::civil::date(year, month, day)))
    });
    days.filter(|day| (first..=last).contains(day)).map(|day| (day, day)).collect()
}

/// What people are like, as custom fields of users.
fn describe(world: &mut World, knobs: &Knobs, cast: &Cast) {
    let skills = knobs.skills as usize;
    let names = AREAS.iter().take(skills).map(|area| area.skill.to_owned()).collect();
    let skill = (skills > 0).then(|| user_field(world, ("Skills", FieldType::MultiEnum), names));
    let areas = AREAS.iter().map(|area| area.name.to_owned()).collect();
    let focus = user_field(world, ("Focus Area", FieldType::Enum), areas);
    let capacity = user_field(world, ("Max Capacity", FieldType::Number), Vec::new());
    let zone = user_field(world, ("Time Zone", FieldType::Text), Vec::new());
    if let Some(field) = world.custom_fields.get_mut(&capacity) {
        field.format = "custom".to_owned();
        field.custom_label = Some("h a week".to_owned());
        field.custom_label_position = Some("suffix".to_owned());
    }
    let options = |world: &World, field: &str| -> Vec<Gid> {
        world.custom_fields[field].options.iter().map(|option| option.gid.clone()).collect()
    };
    let areas = options(world, &focus);
    let known = skill.as_ref().map(|field| options(world, field)).unwrap_or_default();
    for person in &cast.people {
        let own: Vec<Gid> = person.areas.iter().filter_map(|area| known.get(*area).cloned()).collect();
        if let Some(field) = skill.as_ref().filter(|_| !own.is_empty()) {
            world.set_value(&person.gid, field, Some(FieldValue::MultiEnum(own)));
        }
        let days = person.hours.days.iter().filter(|works| **works).count();
        world.set_value(&person.gid, &focus, Some(FieldValue::Enum(areas[person.areas[0]].clone())));
        world.set_value(&person.gid, &capacity, Some(FieldValue::Number(days as f64 * 8.0)));
        world.set_value(&person.gid, &zone, Some(FieldValue::Text(ZONES[person.zone].name.to_owned())));
    }
}

/// A field set on the workspace: users hold it.
fn user_field(world: &mut World, (name, field_type): (&str, FieldType), options: Vec<String>) -> Gid {
    let new = NewCustomField { name: name.to_owned(), field_type, precision: 0, options };
    let field = world.add_custom_field(new);
    let home = world.workspace().clone();
    world.add_setting(&home, &field, true);
    field
}
