//! Giving out tasks: who is chosen and why, why each of the others is not, and that nobody is given more than fits.

use crate::backlog::{With as _, day, list, project, task};
use crate::backlogs::skills;
use decide::assign::{
    Assignment, Colleague, For, Holder, Rejection, Request, Such, Terms, assign, dull, still_able,
};
use domain::{FieldGid, Moment, Person, ProjectGid, Role, Task, TaskGid, UserGid};
use jiff::civil::time;
use jiff::tz::TimeZone;
use judge::capacity::{Agenda, Asked, Calendar, Member, Week, Work};
use judge::risk::Spread;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody with so many hours on each of five days, and with that work.
fn busy(name: &str, a_day: f64, work: Vec<Work>) -> Colleague {
    let person = Person { gid: UserGid::new(name), name: name.to_owned() };
    let calendar = Calendar::new(TimeZone::UTC, [a_day; 7], time(0, 0, 0, 0)).ok();
    let week = calendar.map(Week::from);
    let open = work.len();
    let (away, allocations) = (Some(vec![]), Some(vec![]));
    let (all_work, assumed) = (true, vec![]);
    let member = Member { person, week, cap: None, away, allocations, work, all_work, assumed };
    let asked = Asked {
        now: Moment { at: "2026-06-15T00:00:00Z".parse().unwrap(), today: day(0) },
        project: Some(ProjectGid::new("9")),
        from: day(0),
        to: day(4),
        usual: Calendar::usual(TimeZone::UTC).into(),
        assumed_hours: 8.0,
    };
    Colleague {
        agenda: Agenda::of(&member, &asked),
        member: true,
        skills: None,
        focus: None,
        open,
        cap: None,
        urgent: 0,
        dull: 0,
        lately: 0,
    }
}

fn colleague(name: &str, a_day: f64) -> Colleague {
    busy(name, a_day, vec![])
}

fn request(at: usize, hours: f64) -> Request {
    Request {
        task: TaskGid::new((at + 1).to_string()),
        name: format!("Task {at}"),
        effort: Spread { middle: hours, below: 0.0, above: 0.0 },
        hours: Some(hours),
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
    people[3] = colleague("Dea", 1.0);
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
fn a_promise_is_kept_while_there_are_hours_for_it_and_no_further() {
    let task = |at: usize, hours: f64| Work {
        task: TaskGid::new((at + 1).to_string()),
        project: Some(ProjectGid::new("9")),
        hours: Some(hours),
        from: None,
        due: Some(day(4)),
    };
    let holder = |name, member, open, cap| Holder { agenda: colleague(name, 2.0).agenda, member, open, cap };
    let people =
        [holder("Ana", true, 0, None), holder("Ben", true, 1, Some(2)), holder("Cem", false, 0, None)];
    let given =
        [("Ana", 6.0), ("Ana", 6.0), ("Ana", 4.0), ("Ben", 1.0), ("Ben", 1.0), ("Cem", 1.0), ("Dea", 1.0)];
    let given: Vec<(UserGid, Work)> = given
        .into_iter()
        .enumerate()
        .map(|(at, (who, hours))| (UserGid::new(who), task(at, hours)))
        .collect();
    let said: Vec<Option<String>> =
        still_able(&given, &people).into_iter().map(|why| Some(why?.to_string())).collect();
    let told = [
        None,
        Some("would no longer do 2.0 h of their work in time"),
        None,
        None,
        Some("has 2 open tasks and wants at most 2"),
        Some("is no member of the project"),
        Some("is no member of the project"),
    ];
    assert_eq!(said, told.map(|words| words.map(str::to_owned)));
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
    assert_eq!(
        chosen(|asked, people| {
            asked.dull = true;
            people[0].dull = 1;
        }),
        "Ben"
    );
    assert_eq!(chosen(|_, people| people[0].lately = 3), "Ben");
    assert_eq!(chosen(|_, people| people[0] = colleague("Ana", 2.0)), "Ben");
}

/// Turns alone would give one all the chores and the other all the rest.
#[test]
fn dull_work_goes_round_like_urgent_work_and_its_reason_is_told() {
    let people = ["Ana", "Ben"].map(|name| colleague(name, 8.0));
    let tasks: Vec<Request> = (0..8).map(|at| Request { dull: at % 2 == 0, ..request(at, 4.0) }).collect();
    let given = assign(&tasks, &people, &Terms::default());
    let has = |name: &str| {
        let dull = tasks.iter().zip(&given).filter(|(task, _)| task.dull);
        dull.filter(|(_, given)| who(given) == Some(name)).count()
    };
    assert_eq!((has("Ana"), has("Ben")), (2, 2), "{given:#?}");
    let why = &given[2].chosen.as_ref().unwrap().because;
    let fair = why.iter().find(|one| matches!(one.why, For::Fair { of: Such::Dull, has: 0, .. })).unwrap();
    assert_eq!(fair.why.to_string(), "has 0 dull tasks where others have 1.0");
    // What is urgent and dull is spread by both, and counts no more than either.
    let both = Request { urgent: true, dull: true, ..request(0, 4.0) };
    let mut people = people;
    (people[0].urgent, people[0].dull, people[1].urgent) = (2, 2, 1);
    let given = assign(&[both], &people, &Terms::default());
    let fair = |one: &&decide::assign::Contribution| matches!(one.why, For::Fair { .. });
    let chosen = given[0].chosen.as_ref().unwrap();
    assert_eq!(who(&given[0]), Some("Ben"));
    let points: f64 = chosen.because.iter().filter(fair).map(|one| one.points).sum();
    assert!(chosen.because.iter().filter(fair).count() == 2 && points <= 10.0, "{chosen:#?}");
}

#[test]
fn dull_work_is_told_by_what_people_call_it() {
    let mut snapshot = project(vec![]);
    snapshot.fields.push(list("77", "Request Type", &["Feature", "Chore", "Documentation"]));
    snapshot.roles.0.insert(Role::RequestType, vec![FieldGid::new("77")]);
    let why = |task: Task| dull(&snapshot, &task);
    let named = |name: &str| Task { name: name.into(), ..task("1") };
    let tagged = |tag: &str| Task { tags: vec![tag.into()], ..task("1") };
    assert_eq!(why(task("1").option("77", "771", "Chore")).as_deref(), Some("Request Type is Chore"));
    assert!(why(task("1").option("77", "772", "Documentation")).is_some());
    // The type has the last word, whatever else speaks of chores.
    assert_eq!(why(tagged("docs").option("77", "770", "Feature")), None);
    assert_eq!(why(tagged("Tech-Debt")).as_deref(), Some("tagged Tech-Debt"));
    assert_eq!(why(tagged("doctor")), None);
    for name in [
        "docs: say how to sign in",
        "Chore(deps): update",
        "[maintenance] Rotate the logs",
        "chore!: drop 1.0",
    ] {
        assert!(why(named(name)).is_some(), "{name}");
    }
    let others =
        ["feat: docs for all", "Documentation for the API", "Note: see the docs", "chore", ": x", "[", ""];
    for name in others {
        assert_eq!(why(named(name)), None, "{name}");
    }
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

#[test]
fn a_task_is_not_given_to_whose_other_work_would_be_late_for_it() {
    let other = Work {
        task: TaskGid::new("77"),
        project: None,
        hours: Some(3.5),
        from: Some(day(2)),
        due: Some(day(3)),
    };
    let given = |hours: f64| {
        let asked = Request { due: Some(day(2)), ..request(0, hours) };
        assign(&[asked], &[busy("Ana", 2.0, vec![other.clone()])], &Terms::default()).remove(0)
    };
    assert_eq!(who(&given(1.5)), Some("Ana"));
    let refused = given(3.0);
    assert_eq!(refused.rejected[0].1, Rejection::Late { over: 0.5 });
    assert_eq!(refused.sentence(), "Nobody: Ana would no longer do 0.5 h of their work in time.");
}

prop_compose! {
    fn any_request()(
        hours in prop_oneof![0.0..30.0_f64, Just(0.0)],
        spread in 0.0..1.8_f64,
        (from, length) in (-3..8_i64, 0..9_i64),
        dated in any::<bool>(),
        (urgent, dull) in (any::<bool>(), any::<bool>()),
        skill in prop::option::of(Just("data")),
        learned in prop_oneof![0.0..1.0_f64, Just(f64::NAN)],
    ) -> Request {
        let effort = Spread { middle: hours, below: spread, above: spread };
        Request {
            hours: Some(effort.mean()),
            effort,
            from: day(from.max(0)),
            due: dated.then(|| day(from + length)),
            skills: skills(skill.as_slice()),
            urgent,
            dull,
            learned: [(UserGid::new("P1"), learned)].into(),
            ..request(0, hours)
        }
    }
}

prop_compose! {
    fn any_work()(
        hours in prop::option::of(0.0..20.0_f64),
        (from, length) in (-6..8_i64, 0..12_i64),
        (begins, ends) in (any::<bool>(), any::<bool>()),
        own in any::<bool>(),
        gid in 1000..1_000_000_u32,
    ) -> Work {
        Work {
            task: TaskGid::new(gid.to_string()),
            project: own.then(|| ProjectGid::new("9")),
            hours,
            from: begins.then(|| day(from)),
            due: ends.then(|| day(from + length)),
        }
    }
}

prop_compose! {
    fn any_people()(
        hours in prop::collection::vec((0.0..9.0_f64, prop::collection::vec(any_work(), 0..4)), 0..5),
        cap in prop::option::of(0..6_usize),
    ) -> Vec<Colleague> {
        let one = |(at, (hours, work)): (usize, (f64, Vec<Work>))| {
            Colleague { cap, ..busy(&format!("P{at}"), hours, work) }
        };
        hours.into_iter().enumerate().map(one).collect()
    }
}

/// Everybody with what they were given, as the next look at them finds it.
fn afterwards(people: &[Colleague], requests: &[Request], given: &[Assignment]) -> Vec<Colleague> {
    let mut people = people.to_vec();
    for (request, given) in requests.iter().zip(given) {
        let Some(person) = people.iter_mut().find(|p| Some(p.agenda.person.name.as_str()) == who(given))
        else {
            continue;
        };
        let work = Work {
            task: request.task.clone(),
            project: person.agenda.project.clone(),
            hours: request.hours,
            // Read from Asana, where a task without a start has none.
            from: (request.from > day(0)).then_some(request.from),
            due: request.due,
        };
        // In another order than they were given.
        person.agenda.work.insert(0, work);
        (person.open, person.lately) = (person.open + 1, person.lately + 1);
        person.urgent += usize::from(request.urgent);
        person.dull += usize::from(request.dull);
    }
    people
}

/// The requests with numbers of their own.
fn numbered(requests: Vec<Request>) -> Vec<Request> {
    let numbered =
        |(at, request): (usize, Request)| Request { task: TaskGid::new((at + 1).to_string()), ..request };
    requests.into_iter().enumerate().map(numbered).collect()
}

proptest! {
    #[test]
    fn nobody_alike_is_left_with_the_dull_work(
        dulls in prop::collection::vec(any::<bool>(), 1..30),
        count in 2..5_usize,
    ) {
        let people: Vec<Colleague> = (0..count).map(|at| colleague(&format!("P{at}"), 20.0)).collect();
        let tasks: Vec<Request> =
            dulls.iter().enumerate().map(|(at, dull)| Request { dull: *dull, ..request(at, 2.0) }).collect();
        let given = assign(&tasks, &people, &Terms::default());
        let has = |name: &str| {
            let dull = tasks.iter().zip(&given).filter(|(task, _)| task.dull);
            dull.filter(|(_, given)| who(given) == Some(name)).count()
        };
        let counts: Vec<usize> = people.iter().map(|one| has(&one.agenda.person.name)).collect();
        let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
        prop_assert!(most - least <= 1, "{counts:?} of {dulls:?}");
    }

    #[test]
    fn nobody_is_ever_given_more_than_they_have(
        requests in prop::collection::vec(any_request(), 1..25).prop_map(numbered),
        people in any_people(),
        finishing in prop_oneof![0.3..1.0_f64, Just(f64::NAN)],
    ) {
        let given = assign(&requests, &people, &Terms { finishing, least: 0.0 });
        let after = afterwards(&people, &requests, &given);
        for (before, after) in people.iter().zip(&after) {
            prop_assert!(after.cap.is_none_or(|cap| after.open <= cap.max(before.open)));
            let (had, has) = (before.agenda.capacity(), after.agenda.capacity());
            // All that was given is done within its own time, and nothing else later than before.
            prop_assert!(has.over <= had.over + 1e-5 * requests.len() as f64);
            prop_assert!(has.days.iter().all(|d| d.busy + d.elsewhere <= d.works + 1e-6), "{:?}", has.days);
            let mine = |from: i64, to: i64| -> f64 {
                let mine = requests.iter().zip(&given).filter(|(request, given)| {
                    who(given) == Some(before.agenda.person.name.as_str())
                        && request.from >= day(from)
                        && request.due.filter(|due| *due >= day(0)).unwrap_or(day(4)) <= day(to)
                });
                mine.map(|(request, _)| request.hours.unwrap()).sum()
            };
            // Between any two days, what must be done there has hours there.
            for from in 0..5_i64 {
                for to in from..5_i64 {
                    prop_assert!(mine(from, to) <= had.works(day(from), day(to)) + 1e-5);
                }
            }
        }
        for (request, given) in requests.iter().zip(&given) {
            prop_assert_eq!(given.rejected.len() + usize::from(given.chosen.is_some()), people.len());
            prop_assert!(given.hours >= request.hours.unwrap() - 1e-9);
        }
    }

    #[test]
    fn a_second_assignment_finds_nothing_that_the_first_left(
        requests in prop::collection::vec(any_request(), 1..25).prop_map(numbered),
        people in any_people(),
    ) {
        let terms = Terms::default();
        let given = assign(&requests, &people, &terms);
        let people = afterwards(&people, &requests, &given);
        let left: Vec<Request> =
            requests.iter().zip(&given).filter(|(_, g)| g.chosen.is_none()).map(|(r, _)| r.clone()).collect();
        let again = assign(&left, &people, &terms);
        prop_assert!(again.iter().all(|one| one.chosen.is_none()), "{again:#?}");
    }
}
