//! Hours free by day: calendars, zones, the change of clocks, caps, allocations and open work.

use crate::backlog::{day, now};
use domain::{Moment, Person, ProjectGid, TaskGid, UserGid};
use jiff::civil::{Date, date, time};
use jiff::tz::TimeZone;
use judge::capacity::{
    Allocation, Asked, Away, Calendar, Cap, Capacity, Hours, Member, Source, Week, Work, capacity,
};
use proptest::prelude::*;

fn member() -> Member {
    Member {
        person: Person { gid: UserGid::new("7"), name: "Ana".into() },
        week: None,
        cap: None,
        away: Some(vec![]),
        allocations: Some(vec![]),
        work: vec![],
        all_work: true,
        assumed: vec![],
    }
}

fn work(hours: f64, from: i64, due: i64) -> Work {
    Work {
        task: TaskGid::new("1"),
        project: Some(ProjectGid::new("2")),
        hours: Some(hours),
        from: Some(day(from)),
        due: Some(day(due)),
    }
}

/// Two weeks of the project "2" from midnight of today on, a Monday.
fn asked() -> Asked {
    let at = "2026-06-15T00:00:00Z".parse().unwrap();
    Asked {
        now: Moment { at, ..now() },
        project: Some(ProjectGid::new("2")),
        from: day(0),
        to: day(13),
        usual: usual(Calendar::usual(TimeZone::UTC)),
        assumed_hours: 8.0,
    }
}

fn usual(calendar: Calendar) -> Week {
    Week { calendar, source: Source::Default }
}

fn total(of: &Capacity) -> f64 {
    of.free(day(0), day(13))
}

#[test]
fn nothing_known_is_eight_hours_on_weekdays_and_says_so() {
    let of = capacity(&Member { away: None, allocations: None, ..member() }, &asked());
    assert_eq!(total(&of), 80.0);
    assert_eq!(of.figures[0].source.to_string(), "default 8 h a day, Monday to Friday");
    assert_eq!(of.notes.len(), 3, "{:?}", of.notes);
}

#[test]
fn what_is_not_known_of_somebody_is_said_with_their_name() {
    let assumed = vec!["no time zone is known, so UTC is taken (time.zone)".to_owned()];
    let cap = Some(Cap { hours: 40.0, field: "Max Capacity".into() });
    let of = capacity(&Member { all_work: false, assumed, cap, ..member() }, &asked());
    assert_eq!(of.notes.len(), 2, "{:?}", of.notes);
    assert!(of.notes[0].starts_with("Ana: the open work in other projects is not known"), "{:?}", of.notes);
    assert!(of.notes[1].starts_with("Ana: no time zone is known"), "{:?}", of.notes);
}

#[test]
fn the_hours_of_today_that_have_passed_are_gone() {
    let of = capacity(&member(), &Asked { now: now(), ..asked() });
    assert_eq!(of.days[0].works, 5.0); // noon; the day ends at 17
}

#[test]
fn a_cap_scales_the_week_and_never_raises_a_known_one() {
    let cap = |hours| Some(Cap { hours, field: "Max Capacity".into() });
    let part_time = capacity(&Member { cap: cap(20.0), ..member() }, &asked());
    assert_eq!(total(&part_time), 40.0);
    assert_eq!(part_time.figures[0].source, Source::Field { name: "Max Capacity".into() });
    let week = Some(Calendar::usual(TimeZone::UTC).into());
    let over = capacity(&Member { cap: cap(60.0), week, ..member() }, &asked());
    assert_eq!(total(&over), 80.0);
    assert_eq!(over.figures[0].source, Source::Calendar);
    let nonsense = capacity(&Member { cap: cap(-1.0), ..member() }, &asked());
    assert_eq!(total(&nonsense), 80.0);
    assert!(nonsense.notes[0].contains("Max Capacity"), "{:?}", nonsense.notes);
}

#[test]
fn the_teams_week_holds_for_whoever_has_none_and_a_persons_own_goes_over_it() {
    let four = Calendar::weekly(TimeZone::UTC, Hours::parse("Mon-Thu").unwrap()).with_holidays([day(2)]);
    let written = Source::Written { text: "Mon-Thu".into(), place: "time.working_days".into() };
    let usual = Week { calendar: four.clone(), source: written.clone() };
    let team = Asked { usual, ..asked() };
    let of = capacity(&member(), &team);
    // Two weeks of four days, of which one is a holiday.
    assert_eq!((total(&of), &of.figures[0].source), (56.0, &written));
    assert_eq!(of.notes, Vec::<String>::new(), "somebody said so");
    let cap = Some(Cap { hours: 16.0, field: "Max Capacity".into() });
    assert_eq!(total(&capacity(&Member { cap, ..member() }, &team)), 28.0);
    let own = Calendar::weekly(TimeZone::UTC, Hours::parse("Mon 8, Tue 4").unwrap());
    let cap = Some(Cap { hours: 40.0, field: "Max Capacity".into() });
    let of = capacity(&Member { week: Some(own.clone().into()), cap, ..member() }, &team);
    assert_eq!(total(&of), 24.0, "a cap raises no week that is known");
    let lasting = |calendar: Calendar, hours| {
        total(&capacity(&Member { week: Some(calendar.lasting(hours).into()), ..member() }, &asked()))
    };
    assert_eq!(lasting(own, 6.0), 12.0);
    let never = Calendar::weekly(TimeZone::UTC, Hours::parse("Sat 0").unwrap());
    assert_eq!(lasting(never, 20.0), 40.0);
}

#[test]
fn days_off_holidays_and_other_projects_take_their_hours() {
    let away = Some(vec![Away { from: day(0), to: day(1) }]);
    assert_eq!(total(&capacity(&Member { away, ..member() }, &asked())), 64.0);
    let week = Some(Calendar::usual(TimeZone::UTC).with_holidays([day(2)]).into());
    assert_eq!(total(&capacity(&Member { week, ..member() }, &asked())), 72.0);
    let set_aside = |project: &str, share| Allocation {
        project: ProjectGid::new(project),
        from: day(0),
        to: day(6),
        share,
    };
    let other = Some(vec![set_aside("3", 0.5)]);
    assert_eq!(total(&capacity(&Member { allocations: other, ..member() }, &asked())), 60.0);
    let own = Some(vec![set_aside("2", 0.25)]);
    assert_eq!(total(&capacity(&Member { allocations: own, ..member() }, &asked())), 50.0);
}

#[test]
fn an_allocation_and_the_tasks_it_is_for_are_not_counted_twice() {
    let elsewhere = |hours| Work { project: Some(ProjectGid::new("3")), ..work(hours, 0, 4) };
    let allocations =
        Some(vec![Allocation { project: ProjectGid::new("3"), from: day(0), to: day(4), share: 0.5 }]);
    let within = Member { allocations: allocations.clone(), work: vec![elsewhere(10.0)], ..member() };
    assert_eq!(total(&capacity(&within, &asked())), 60.0);
    let beyond = Member { allocations, work: vec![elsewhere(30.0)], ..member() };
    assert_eq!(total(&capacity(&beyond, &asked())), 50.0);
}

#[test]
fn open_work_is_spread_over_its_time_and_overdue_work_comes_first() {
    let of = capacity(&Member { work: vec![work(20.0, 0, 11)], ..member() }, &asked());
    assert_eq!((of.days[0].busy, of.days[5].busy, of.days[11].busy), (2.0, 0.0, 2.0));
    let late = capacity(&Member { work: vec![work(20.0, -9, -2)], ..member() }, &asked());
    assert_eq!([0, 1, 2, 3].map(|at: usize| late.days[at].busy), [8.0, 8.0, 4.0, 0.0]);
    let beyond = capacity(&Member { work: vec![work(160.0, 0, 27)], ..member() }, &asked());
    assert!((total(&beyond) - 0.0).abs() < 1e-9 && beyond.over < 1e-9);
    let weekend = capacity(&Member { work: vec![work(5.0, 5, 6)], ..member() }, &asked());
    assert_eq!(weekend.over, 5.0);
}

#[test]
fn what_a_day_cannot_hold_goes_to_free_days_of_the_tasks_own_time_and_only_the_rest_is_over() {
    let task = |gid: &str, hours, from, due| Work { task: TaskGid::new(gid), ..work(hours, from, due) };
    let both = vec![task("1", 30.0, 0, 4), task("2", 8.0, 2, 2)];
    let of = capacity(&Member { work: both.clone(), ..member() }, &asked());
    // The first task's share of Wednesday has no room there, and goes to Monday and on.
    assert_eq!([0, 1, 2, 3, 4].map(|at: usize| of.days[at].busy), [8.0, 8.0, 8.0, 8.0, 6.0]);
    assert_eq!((of.over, total(&of)), (0.0, 42.0));
    let turned = capacity(&Member { work: both.iter().rev().cloned().collect(), ..member() }, &asked());
    assert_eq!(turned.days, of.days);
    let more = [both, vec![task("3", 5.0, 3, 4)]].concat();
    let of = capacity(&Member { work: more, ..member() }, &asked());
    assert_eq!((of.over, total(&of)), (3.0, 40.0));
    // What another project has set aside is no room.
    let set_aside = Allocation { project: ProjectGid::new("3"), from: day(0), to: day(0), share: 1.0 };
    let member = Member { allocations: Some(vec![set_aside]), work: vec![work(10.0, 0, 1)], ..member() };
    let of = capacity(&member, &asked());
    assert_eq!((of.days[0].busy, of.days[1].busy, of.over), (0.0, 8.0, 2.0));
}

#[test]
fn days_years_ahead_have_their_hours_and_nothing_of_what_is_open_now() {
    let open = vec![work(40.0, 0, 9), work(8.0, -9, -2), Work { due: None, ..work(30.0, 0, 0) }];
    let far = Asked { from: date(2031, 3, 24), to: date(2031, 3, 30), ..asked() };
    let of = capacity(&Member { work: open.clone(), ..member() }, &far);
    assert_eq!((of.days.len(), of.free(far.from, far.to), of.over), (7, 40.0, 0.0));
    // A month ahead, what is due before is done before.
    let near = Asked { from: day(28), to: day(34), ..asked() };
    let of = capacity(&Member { work: open[..2].to_vec(), ..member() }, &near);
    assert_eq!((of.days.len(), of.free(near.from, near.to), of.over), (7, 40.0, 0.0));
}

#[test]
fn what_begins_beyond_all_days_that_are_looked_at_is_not_over() {
    for (from, due) in [(731, 731), (800, 810)] {
        let of = capacity(&Member { work: vec![work(40.0, from, due)], ..member() }, &asked());
        assert_eq!((of.over, total(&of)), (0.0, 80.0), "from day {from}");
    }
    // The last day that is looked at has eight hours.
    let of = capacity(&Member { work: vec![work(400.0, 728, 729)], ..member() }, &asked());
    assert!(of.over > 300.0, "{}", of.over);
}

#[test]
fn a_night_shift_over_the_change_of_clocks_is_an_hour_shorter_or_longer() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let nights = Calendar::new(zone, [8.0; 7], time(22, 0, 0, 0)).unwrap();
    let on = |date: Date| nights.hours_on(date, "2026-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(on(date(2026, 3, 27)), 8.0);
    assert_eq!(on(date(2026, 3, 28)), 7.0);
    assert_eq!(on(date(2026, 10, 24)), 9.0);
}

#[test]
fn people_in_other_zones_have_their_own_today() {
    let zone = |name| Some(Calendar::usual(TimeZone::get(name).unwrap()).into());
    let noon = Asked { now: now(), ..asked() };
    let works = |name| capacity(&Member { week: zone(name), ..member() }, &noon).days[0].works;
    assert_eq!(works("Asia/Tokyo"), 0.0); // 21 o'clock
    assert_eq!(works("America/Los_Angeles"), 8.0); // 5 o'clock
}

#[test]
fn hours_that_no_day_has_are_refused() {
    let error = Calendar::new(TimeZone::UTC, [8.0, f64::NAN, 8.0, 8.0, 8.0, 0.0, 0.0], time(9, 0, 0, 0));
    assert!(error.unwrap_err().to_string().starts_with("Tuesday has NaN working hours"));
}

proptest! {
    #[test]
    fn free_hours_are_never_below_zero_or_above_those_worked(
        hours in prop::collection::vec(prop_oneof![0.0..500.0_f64, Just(f64::NAN), Just(-3.0), Just(f64::INFINITY)], 0..8),
        (from, length) in (-40..40_i64, -5..60_i64),
        share in prop_oneof![-1.0..2.0_f64, Just(f64::NAN)],
        cap in prop_oneof![0.0..200.0_f64, Just(f64::NAN), Just(-1.0)],
    ) {
        let allocations = Some(vec![Allocation { project: ProjectGid::new("2"), from: day(from), to: day(from + length), share }]);
        let work = hours.iter().map(|h| work(*h, from, from + length)).collect();
        let cap = Some(Cap { hours: cap, field: "Max Capacity".into() });
        let of = capacity(&Member { allocations, work, cap, ..member() }, &asked());
        prop_assert_eq!(of.days.len(), 14);
        prop_assert!(of.days.iter().all(|d| 0.0 <= d.free && d.free <= d.works + 1e-9), "{:?}", of.days);
        prop_assert!(of.over >= 0.0);
        // No hour is lost: what is not on a day until the last is over.
        let asked: f64 = hours.iter().map(|h| if h.is_finite() && *h >= 0.0 { *h } else { 8.0 }).sum();
        let laid: f64 = of.days.iter().map(|d| d.busy).sum();
        if from.max(from + length) <= 13 {
            prop_assert!((laid + of.over - asked).abs() < 1e-6 * asked.max(1.0), "{laid} {} {asked}", of.over);
        }
    }
}
