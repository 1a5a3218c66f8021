//! Giving out tasks: who is chosen and why, why each of the others is not, and that nobody is given more than fits.

use crate::backlog::day;
use crate::backlogs::skills;
use decide::assign::{Assignment, Colleague, Rejection, Request, Terms, assign};
use domain::{Person, TaskGid, UserGid};
use judge::capacity::{Capacity, Day};
use judge::risk::Spread;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn colleague(name: &str, a_day: f64) -> Colleague {
    let person = Person { gid: UserGid::new(name), name: name.to_owned() };
    let a_day = |at| Day { date: day(at), works: a_day, elsewhere: 0.0, busy: 0.0, free: a_day };
    let days = (0..5).map(a_day).collect();
    Colleague {
        capacity: Capacity { person, days, over: 0.0, figures: vec![], notes: vec![] },
        member: true,
        skills: None,
        focus: None,
        open: 0,
        cap: None,
        urgent: 0,
        dull: 0,
        lately: 0,
    }
}

fn request(at: usize, hours: f64) -> Request {
    Request {
        task: TaskGid::new((at + 1).to_string()),
        name: format!("Task {at}"),
        effort: Spread { middle: hours, below: 0.0, above: 0.0 },
        from: day(0),
        due: Some(day(4)),
        skills: BTreeSet::new(),
        focus: None,
        urgent: false,
        dull: false,
        learned: BTreeMap::new(),
        refused: BTreeSet::new(),
    }
}

fn who(assignment: &Assignment) -> Option<&str> {
    assignment.chosen.as_ref().map(|chosen| chosen.person.name.as_str())
}

#[test]
fn every_hindrance_is_told_and_the_one_who_can_is_chosen() {
    let mut people = ["Ana", "Ben", "Cem", "Dea", "Eva"].map(|name| colleague(name, 6.0));
    people[0].member = false;
    people[1].skills = Some(skills(&["design"]));
    (people[2].open, people[2].cap) = (3, Some(3));
    people[3].capacity.days.iter_mut().for_each(|d| d.free = 1.0);
    let asked = Request { skills: skills(&["data"]), ..request(0, 12.0) };
    let given = assign(&[asked], &people, &Terms::default());
    assert_eq!(who(&given[0]), Some("Eva"));
    let said: Vec<String> = given[0].rejected.iter().map(|(p, why)| format!("{} {why}", p.name)).collect();
    let wanted = [
        "Dea has 5.0 h free until 2026-06-19, and it needs 12.0 h",
        "Cem has 3 open tasks and wants at most 3",
        "Ben lacks data",
        "Ana is no member of the project",
    ];
    assert_eq!(said, wanted);
    assert!(
        given[0].sentence().starts_with("Eva: has 30 h free where it needs 12 h"),
        "{}",
        given[0].sentence()
    );
}

#[test]
fn past_work_focus_fairness_and_turns_speak_for_people() {
    let chosen = |change: fn(&mut Request, &mut [Colleague; 2])| {
        let (mut asked, mut people) = (request(0, 4.0), ["Ana", "Ben"].map(|name| colleague(name, 6.0)));
        change(&mut asked, &mut people);
        let given = assign(&[asked], &people, &Terms::default());
        let best = given[0].chosen.clone().unwrap();
        let sum: f64 = best.because.iter().map(|c| c.points).sum();
        assert!((best.points - sum).abs() < 1e-9);
        best.person.name
    };
    assert_eq!(chosen(|_, _| {}), "Ana");
    assert_eq!(chosen(|asked, _| asked.learned = [(UserGid::new("Ben"), 0.3)].into()), "Ben");
    assert_eq!(
        chosen(|asked, people| {
            asked.focus = Some("checkout".into());
            people[1].focus = Some("Checkout ".into());
        }),
        "Ben"
    );
    assert_eq!(
        chosen(|asked, people| {
            asked.urgent = true;
            people[0].urgent = 4;
        }),
        "Ben"
    );
    assert_eq!(chosen(|_, people| people[0].lately = 3), "Ben");
    assert_eq!(chosen(|_, people| people[0].capacity.days.iter_mut().for_each(|d| d.free = 2.0)), "Ben");
}

#[test]
fn tasks_given_out_take_hours_and_turns_go_round() {
    let people = ["Ana", "Ben"].map(|name| colleague(name, 2.0));
    let tasks: Vec<Request> = (0..5).map(|at| request(at, 5.0)).collect();
    let given = assign(&tasks, &people, &Terms::default());
    assert_eq!(
        given.iter().map(who).collect::<Vec<_>>(),
        [Some("Ana"), Some("Ben"), Some("Ana"), Some("Ben"), None]
    );
    assert!(given[4].sentence().starts_with("Nobody: Ana has 0.0 h free until"), "{}", given[4].sentence());
    let alone = assign(&tasks[..1], &[], &Terms::default());
    assert_eq!(alone[0].sentence(), "Nobody: there are no people to choose from.");
}

#[test]
fn certainty_asks_for_more_hours() {
    let unsure = Request { effort: Spread::usual(10.0).unwrap(), ..request(0, 1.0) };
    let people = [colleague("Ana", 3.0)];
    let with =
        |finishing| assign(std::slice::from_ref(&unsure), &people, &Terms { finishing, ..Terms::default() });
    assert_eq!(who(&with(0.7)[0]), Some("Ana"));
    assert!(matches!(with(0.9)[0].rejected[0].1, Rejection::NoRoom { .. }));
}

prop_compose! {
    fn any_request()(
        hours in prop_oneof![0.0..30.0_f64, Just(0.0)],
        spread in 0.0..1.0_f64,
        (from, length) in (-3..8_i64, -2..9_i64),
        dated in any::<bool>(),
        (urgent, dull) in (any::<bool>(), any::<bool>()),
        skill in prop::option::of(Just("data")),
        learned in prop_oneof![0.0..1.0_f64, Just(f64::NAN)],
    ) -> Request {
        Request {
            effort: Spread { middle: hours, below: spread, above: spread },
            from: day(from),
            due: dated.then(|| day(from + length)),
            skills: skills(skill.as_slice()),
            urgent,
            dull,
            learned: [(UserGid::new("P1"), learned)].into(),
            ..request(0, hours)
        }
    }
}

proptest! {
    #[test]
    fn nobody_is_ever_given_more_than_they_have(
        requests in prop::collection::vec(any_request(), 1..25),
        hours in prop::collection::vec(0.0..9.0_f64, 0..5),
        cap in prop::option::of(0..6_usize),
        finishing in prop_oneof![0.3..1.0_f64, Just(f64::NAN)],
    ) {
        let mut people: Vec<Colleague> =
            hours.iter().enumerate().map(|(at, h)| colleague(&format!("P{at}"), *h)).collect();
        people.iter_mut().for_each(|p| p.cap = cap);
        let given = assign(&requests, &people, &Terms { finishing, least: 0.0 });
        for person in &people {
            let mine: Vec<(&Request, f64)> = requests.iter().zip(&given)
                .filter(|(_, g)| who(g) == Some(person.capacity.person.name.as_str()))
                .map(|(r, g)| (r, g.hours)).collect();
            prop_assert!(cap.is_none_or(|cap| mine.len() <= cap));
            // Between any two days, what must be done there has hours there.
            for from in -3..5_i64 {
                for to in from..17_i64 {
                    let inside = mine.iter().filter(|(r, _)| {
                        r.from >= day(from) && r.due.unwrap_or(day(4)) <= day(to)
                    });
                    let work: f64 = inside.map(|(_, hours)| hours).sum();
                    prop_assert!(work <= person.capacity.free(day(from), day(to)) + 1e-6);
                }
            }
        }
        for (request, given) in requests.iter().zip(&given) {
            prop_assert_eq!(given.rejected.len() + usize::from(given.chosen.is_some()), people.len());
            prop_assert!(given.hours >= request.effort.middle - 1e-3);
        }
    }
}
