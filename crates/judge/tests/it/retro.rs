//! Looking back at sprints whose past is known, and at pasts nobody could have lived.
//!
//! The sprint has the section “Ready” (32) and runs from 1 to 14 June 2026; now is noon on the 15th.

use crate::backlog::{EFFORT, With as _, now, project, task};
use domain::{
    Comment, Elsewhere, FieldGid, FieldState, FieldValue, Happened, Happening, OptionGid, Past, Privacy,
    ProjectGid, SectionGid, Snapshot, SprintProject, SprintProjects, Task, TaskGid, UserGid,
};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use judge::preset;
use judge::retro::{
    Cause, Ending, Judged, Membership, Overruled, Retro, RetroLook, SprintSpan, Warned, retro,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const BOT: &str = "900";

/// A moment of June, at nine.
fn june(day: i8) -> Timestamp {
    date(2026, 6, 1).at(9, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).unwrap().timestamp()
        + (24 * i64::from(day - 1)).hours()
}

fn section(gid: &str) -> Membership {
    Membership::Section { section: SectionGid::new(gid), name: "Ready".into() }
}

fn span(membership: Membership) -> SprintSpan {
    SprintSpan { from: date(2026, 6, 1), to: date(2026, 6, 14), zone: TimeZone::UTC, membership }
}

struct World {
    present: Snapshot,
    span: SprintSpan,
    hours: BTreeMap<UserGid, f64>,
    warned: Vec<Warned>,
    overruled: Vec<Overruled>,
}

impl World {
    fn new() -> World {
        let (hours, warned, overruled) = (BTreeMap::new(), vec![], vec![]);
        World { present: project(vec![]), span: span(section("32")), hours, warned, overruled }
    }

    fn look(&self, pasts: &[Past]) -> Retro {
        retro(&RetroLook {
            present: &self.present,
            pasts,
            sprint: &self.span,
            now: now().at,
            rubric: &preset("default").unwrap(),
            ours: &UserGid::new(BOT),
            hours: &self.hours,
            warned: &self.warned,
            overruled: &self.overruled,
        })
    }
}

fn at(day: i8, what: Happened) -> Happening {
    Happening { at: june(day), by: Some(UserGid::new("7")), what }
}

fn moved(old: &str, new: &str) -> Happened {
    Happened::Section { old: SectionGid::new(old), new: SectionGid::new(new) }
}

/// A task of May that lies in a section.
fn lies(gid: &str, section: &str) -> Task {
    Task { section: Some(SectionGid::new(section)), ..task(gid).created(40) }
}

fn past(task: Task, happenings: Vec<Happening>) -> Past {
    Past { task, completed_at: None, actual_minutes: None, happenings }
}

fn done(mut past: Past, day: i8) -> Past {
    past.task.completed = true;
    past.completed_at = Some(june(day));
    past.happenings.push(at(day, Happened::Completed));
    past.happenings.sort_by_key(|happening| happening.at);
    past
}

fn owned(mut task: Task, by: &str) -> Task {
    task.assignee = Some(domain::Person { gid: UserGid::new(by), name: "Ana".into() });
    task
}

fn gids(tasks: &[TaskGid]) -> Vec<&str> {
    tasks.iter().map(TaskGid::as_str).collect()
}

fn of<'r>(found: &'r Retro, gid: &str) -> &'r judge::retro::RetroTask {
    found.tasks.iter().find(|task| task.task.as_str() == gid).unwrap()
}

#[test]
fn what_was_there_on_the_first_day_is_planned_and_what_was_moved_when_done_stays_done() {
    let pasts = [
        done(past(lies("1", "33"), vec![at(9, moved("32", "33"))]), 8),
        past(lies("2", "32"), vec![]),
        // In since noon of the first day; out again on the tenth.
        past(lies("3", "31"), vec![at(1, moved("31", "32")), at(10, moved("32", "31"))]),
        past(lies("4", "32"), vec![at(5, moved("31", "32"))]),
        done(past(lies("5", "32"), vec![at(5, moved("31", "32"))]), 12),
        past(lies("6", "31"), vec![]),
        // Done before, and done after.
        done(past(lies("7", "32"), vec![]), -3),
        done(past(lies("8", "32"), vec![]), 15),
    ];
    let found = World::new().look(&pasts);
    assert_eq!(gids(&found.planned.tasks), ["1", "2", "3", "8"]);
    assert_eq!(gids(&found.kept.tasks), ["1"]);
    assert_eq!(gids(&found.missed.tasks), ["2", "3", "8"]);
    assert_eq!(gids(&found.added.tasks), ["4", "5"]);
    assert_eq!(gids(&found.added_done.tasks), ["5"]);
    assert_eq!(gids(&found.removed.tasks), ["3"]);
    assert!(found.ended);
    assert_eq!(of(&found, "3").ending, Ending::MovedOut { to: "Inbox".into(), on: date(2026, 6, 10) });
    assert_eq!(of(&found, "1").ending, Ending::Done { on: date(2026, 6, 8) });
    assert!(of(&found, "4").causes.contains(&Cause::AddedLate { on: date(2026, 6, 5) }));
}

#[test]
fn a_project_of_the_sprints_own_is_put_back_from_who_came_and_went() {
    let own = |project: &str| ProjectGid::new(project);
    let put = |project: &str, enters| Happened::Elsewhere { project: own(project), enters };
    let in_project = |gid: &str, projects: &[&str]| {
        let elsewhere = projects.iter().map(|gid| Elsewhere { project: own(gid), section: None });
        Task { elsewhere: elsewhere.collect(), ..lies(gid, "31") }
    };
    let pasts = [
        done(past(in_project("1", &["91"]), vec![at(1, put("91", true))]), 8),
        // Made there, and in it ever since.
        past(in_project("2", &["91"]), vec![]),
        // Carried over on the tenth.
        past(
            in_project("3", &["92"]),
            vec![at(1, put("91", true)), at(10, put("92", true)), at(10, put("91", false))],
        ),
        past(in_project("4", &["91"]), vec![at(5, put("91", true))]),
        past(in_project("5", &["93"]), vec![at(1, put("93", true))]),
        // In and out again before the first day was over.
        past(in_project("6", &[]), vec![at(-2, put("91", true)), at(1, put("91", false))]),
    ];
    let mut world = World {
        span: span(Membership::Project { project: own("91"), name: "Sprint 1".into() }),
        ..World::new()
    };
    let there = ["91", "92"].map(|gid| SprintProject {
        gid: own(gid),
        name: format!("Sprint {gid}"),
        archived: false,
        privacy: Privacy::PrivateToTeam,
        unshared: false,
    });
    world.present.sprints =
        Some(SprintProjects { team: None, privacy: Privacy::PrivateToTeam, there: there.to_vec() });
    let found = world.look(&pasts);
    assert_eq!((gids(&found.planned.tasks), gids(&found.kept.tasks)), (vec!["1", "2", "3"], vec!["1"]));
    assert_eq!((gids(&found.added.tasks), gids(&found.removed.tasks)), (vec!["4"], vec!["3"]));
    assert_eq!(of(&found, "3").ending, Ending::MovedOut { to: "Sprint 92".into(), on: date(2026, 6, 10) });
    // Of the project that is the sprint's, everything is, from when it came in.
    world.span = span(Membership::Whole);
    let late = past(lies("7", "31"), vec![at(6, Happened::Joined)]);
    let found = world.look(&[past(lies("8", "31"), vec![]), late]);
    assert_eq!((gids(&found.planned.tasks), gids(&found.added.tasks)), (vec!["8"], vec!["7"]));
}

#[test]
fn a_due_date_that_is_pushed_takes_a_task_out() {
    let dates = |old: Date, new: Date| Happened::Dates { old: (None, Some(old)), new: (None, Some(new)) };
    let mut task = lies("1", "31");
    task.due_on = Some(date(2026, 7, 1));
    let pushed = past(task, vec![at(9, dates(date(2026, 6, 10), date(2026, 7, 1)))]);
    let world = World { span: span(Membership::DueDate), ..World::new() };
    let found = world.look(&[pushed, past(lies("2", "31"), vec![])]);
    assert_eq!(gids(&found.missed.tasks), ["1"]);
    let to = "due 2026-07-01".to_owned();
    assert_eq!(of(&found, "1").causes[0], Cause::MovedOut { to, on: date(2026, 6, 9) });
}

#[test]
fn an_option_of_a_field_makes_a_sprint_too() {
    let field = FieldGid::new("777");
    let value = |name: &str| Some(FieldValue::Enum { gid: OptionGid::new("7"), name: name.into() });
    let mut task = lies("1", "31");
    task.fields.insert(field.clone(), FieldState { value: value("Sprint 13"), ours: None });
    let happened = Happened::Field { gid: field.clone(), old: value("Sprint 12"), new: value("Sprint 13") };
    let membership = Membership::Option { field, name: "Sprint".into(), option: "sprint 12".into() };
    let world = World { span: span(membership), ..World::new() };
    let found = world.look(&[past(task, vec![at(12, happened)])]);
    assert_eq!(of(&found, "1").ending, Ending::MovedOut { to: "Sprint 13".into(), on: date(2026, 6, 12) });
}

#[test]
fn waiting_is_counted_once_while_any_blocker_is_open() {
    // 1 waits for 2 until it is done on the 5th, and for 3 from the 3rd to the 7th.
    let waits = |on: &str, begins| Happened::Waits { on: TaskGid::new(on), begins };
    let mut waiting = lies("1", "32");
    waiting.dependencies.push(domain::Dependency { gid: TaskGid::new("2"), completed: Some(true) });
    let pasts = [
        past(waiting, vec![at(3, waits("3", true)), at(7, waits("3", false))]),
        done(past(lies("2", "31"), vec![]), 5),
        past(lies("3", "31"), vec![]),
    ];
    let found = World::new().look(&pasts);
    let [waited] = &found.blocked.tasks[..] else { panic!("{:?}", found.blocked) };
    // From midnight of the first to nine on the seventh.
    assert!((waited.days - 6.375).abs() < 1e-6, "{waited:?}");
    assert_eq!(waited.by.iter().map(|(gid, _)| gid.as_str()).collect::<Vec<_>>(), ["2", "3"]);
    let Cause::BlockedBy { name, days, .. } = &of(&found, "1").causes[0] else { panic!() };
    assert_eq!((name.as_str(), (days * 1000.0).round()), ("Task 2", 4375.0));
}

#[test]
fn a_blocker_outside_the_project_that_is_done_is_told_to_be_unknown() {
    let mut waiting = lies("1", "32");
    waiting.dependencies.push(domain::Dependency { gid: TaskGid::new("99"), completed: Some(true) });
    let found = World::new().look(&[past(waiting, vec![])]);
    assert_eq!((gids(&found.blocked.unknown), found.blocked.tasks.len()), (vec!["99"], 0));
}

#[test]
fn estimates_are_those_of_planning_and_are_measured_on_tracked_time_alone() {
    let effort = |value: f64| Some(FieldValue::Number(value));
    let raised = Happened::Field { gid: FieldGid::new(EFFORT), old: effort(1.0), new: effort(3.0) };
    let tracked = |hours: f64, past: Past| Past { actual_minutes: Some(60.0 * hours), ..past };
    let pasts = [
        tracked(12.0, done(past(lies("1", "32").effort(1.0), vec![]), 4)),
        tracked(4.0, done(past(lies("2", "32").effort(1.0), vec![]), 4)),
        done(past(lies("3", "32").effort(1.0), vec![]), 4),
        past(owned(lies("4", "32").effort(3.0), "7"), vec![at(6, raised)]),
    ];
    let unit = 8.0 * preset("default").unwrap().effort().days_per_unit;
    let found = World::new().look(&pasts);
    assert_eq!(gids(&found.estimates.tasks), ["1", "2"]);
    assert_eq!(gids(&found.estimates.unmeasured), ["3"]);
    assert!((found.estimates.bias.unwrap() - (8.0 - unit)).abs() < 1e-9, "{:?}", found.estimates);
    assert_eq!(of(&found, "4").hours, Some(unit));
    assert_eq!(of(&found, "4").hours_at_end, Some(3.0 * unit));
    assert_eq!(gids(&found.scope.raised.tasks), ["4"]);
    assert!(of(&found, "4").causes.contains(&Cause::ScopeGrew { from: unit, to: 3.0 * unit }));
    assert!((found.planned.hours - 4.0 * unit).abs() < 1e-9);
    let busy = World { hours: BTreeMap::from([(UserGid::new("7"), unit)]), ..World::new() };
    let given = Cause::OwnerOverloaded { given: 3.0 * unit, hours: unit };
    assert!(of(&busy.look(&pasts), "4").causes.contains(&given));
}

#[test]
fn time_is_counted_by_section_within_the_sprint_and_the_first_is_no_bottleneck() {
    let pasts: Vec<Past> = ["1", "2", "3"]
        .iter()
        .map(|gid| {
            let moves = vec![at(2, moved("31", "32")), at(4, moved("32", "33"))];
            done(past(lies(gid, "33"), moves), 13)
        })
        .collect();
    let world = World { span: span(section("32")), ..World::new() };
    let found = world.look(&pasts);
    let flow = &found.flow;
    assert_eq!(
        flow.sections.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(),
        ["Inbox", "Ready", "Later"]
    );
    assert!((flow.sections[1].days - 6.0).abs() < 1e-6 && (flow.sections[2].median_days - 9.0).abs() < 1e-6);
    assert_eq!(flow.bottleneck.as_deref(), Some("Later"));
    assert!((flow.cycle_days.unwrap() - 11.0).abs() < 1e-6, "{flow:?}");
    // Where all was in one section, none is narrower than the rest.
    let pasts: Vec<Past> =
        ["1", "2", "3"].iter().map(|gid| done(past(lies(gid, "32"), vec![]), 13)).collect();
    let alone = world.look(&pasts).flow;
    assert_eq!((alone.sections.len(), &alone.bottleneck), (1, &None), "{alone:?}");
}

#[test]
fn comments_that_say_alike_are_a_theme_and_nothing_in_them_is_more_than_text() {
    let say = |text: &str, day| Comment { author: None, at: june(day), text: text.into() };
    let mut first = lies("1", "32");
    first.comments = vec![
        say("The staging database is down again\u{1b}[31m, see https://evil.example/x", 3),
        say("Upnext · note to the owner (automatic; people decide)", 3),
        say("Unrelated praise", 4),
        say("Staging database was slow in May", -20),
    ];
    let mut second = lies("2", "32");
    second.comments = vec![say("staging database down, we are blocked by it", 5)];
    let found = World::new().look(&[past(first, vec![]), past(second, vec![])]);
    let themes = &found.themes;
    assert_eq!((themes.comments, themes.alone), (3, 1), "{themes:?}");
    let [theme] = &themes.themes[..] else { panic!("{themes:?}") };
    assert!(theme.words.contains(&"staging".to_owned()) && theme.words.contains(&"database".to_owned()));
    assert_eq!((theme.comments, gids(&theme.tasks)), (2, vec!["1", "2"]));
    assert!(theme.pressing >= 1);
    for quote in &theme.quotes {
        assert!(!quote.text.contains("://") && !quote.text.contains('\u{1b}'), "{quote:?}");
    }
}

#[test]
fn warnings_and_overrides_are_judged_by_what_happened() {
    let due = |task: Task, day: i8| Task { due_on: Some(date(2026, 6, day)), ..task };
    let pasts = [
        past(due(lies("1", "32"), 10), vec![]),
        done(past(due(lies("2", "32"), 10), vec![]), 9),
        past(due(lies("3", "32"), 28), vec![]),
        past(due(lies("4", "32"), 12), vec![]),
        past(lies("5", "33"), vec![at(6, moved("32", "33"))]),
    ];
    let warned = |gid: &str| Warned { task: TaskGid::new(gid), at: june(3) };
    let says = |name: &str| Some(FieldValue::Enum { gid: OptionGid::new("1"), name: name.into() });
    let overruled = |gid: &str, ours: &str, theirs: &str| Overruled {
        task: TaskGid::new(gid),
        name: format!("Task {gid}"),
        field: "Suggested Priority".into(),
        ours: says(ours),
        theirs: says(theirs),
        at: june(3),
    };
    let world = World {
        warned: ["1", "2", "3"].map(warned).to_vec(),
        overruled: vec![
            overruled("5", "P2", "P0"),
            overruled("3", "P2", "P0"),
            overruled("4", "P0", "P3"),
            overruled("1", "blue", "red"),
        ],
        ..World::new()
    };
    let found = world.look(&pasts);
    let judged: Vec<Judged> = found.warnings.warned.iter().map(|one| one.judged).collect();
    assert_eq!(judged, [Judged::Right, Judged::Wrong, Judged::Unknown]);
    assert_eq!(gids(&found.warnings.unwarned), ["4"]);
    let judged: Vec<(&str, Judged)> =
        found.overruled.iter().map(|one| (one.task.as_str(), one.judged)).collect();
    let expected = [("1", Judged::Unknown), ("3", Judged::Wrong), ("4", Judged::Right), ("5", Judged::Right)];
    assert_eq!(judged, expected);
}

#[test]
fn nothing_to_look_back_at_is_no_trouble() {
    let found = World::new().look(&[]);
    assert!(found.tasks.is_empty() && found.themes.themes.is_empty() && found.scope.percent.is_none());
    assert_eq!(found.coverage.share(), 1.0);
    let early = World {
        span: SprintSpan { from: date(2027, 1, 1), to: date(2027, 1, 14), ..span(section("32")) },
        ..World::new()
    };
    assert!(early.look(&[past(lies("1", "32"), vec![])]).tasks.is_empty());
}

/// Section, what happened, what was said, the day it was done, minutes, what it waits for.
type Raw = (u8, Vec<Happening>, Vec<Comment>, Option<i8>, Option<f64>, Vec<u8>);

/// Tasks with any past: moves, ends, links to themselves and in circles, dates and none, in any order of time.
fn pasts() -> impl Strategy<Value = Vec<Past>> {
    let what = prop_oneof![
        (31..34u8, 31..34u8).prop_map(|(old, new)| moved(&old.to_string(), &new.to_string())),
        Just(Happened::Completed),
        Just(Happened::Reopened),
        Just(Happened::Joined),
        Just(Happened::Notes),
        (1..8u8, any::<bool>())
            .prop_map(|(on, begins)| Happened::Waits { on: TaskGid::new(on.to_string()), begins }),
        (0.0..20.0f64, 0.0..20.0f64).prop_map(|(old, new)| Happened::Field {
            gid: FieldGid::new(EFFORT),
            old: Some(FieldValue::Number(old)),
            new: Some(FieldValue::Number(new)),
        }),
        (1..28i8, 1..28i8).prop_map(|(old, new)| Happened::Dates {
            old: (None, Some(date(2026, 6, old))),
            new: (None, Some(date(2026, 6, new))),
        }),
        Just(Happened::Assignee(None)),
        Just(Happened::Assignee(Some(UserGid::new("7")))),
    ];
    let happening = (-30..20i8, what).prop_map(|(day, what)| at(day, what));
    let comment =
        ("[a-d ]{0,12}", 1..15i8).prop_map(|(text, day)| Comment { author: None, at: june(day), text });
    let one = (
        31..34u8,
        prop::collection::vec(happening, 0..6),
        prop::collection::vec(comment, 0..3),
        prop::option::of(-10..20i8),
        prop::option::of(0.0..500.0f64),
        prop::collection::vec(1..8u8, 0..3),
    );
    prop::collection::vec(one, 0..8).prop_map(|all| {
        let task = |(nth, one): (usize, Raw)| {
            let (section, mut happenings, comments, done, tracked, waits) = one;
            happenings.sort_by_key(|happening| happening.at);
            let mut task = lies(&(nth + 1).to_string(), &section.to_string());
            task.comments = comments;
            let link = |on: &u8| domain::Dependency { gid: TaskGid::new(on.to_string()), completed: None };
            task.dependencies = waits.iter().map(link).collect();
            task.completed = done.is_some();
            Past { task, completed_at: done.map(june), actual_minutes: tracked, happenings }
        };
        all.into_iter().enumerate().map(task).collect()
    })
}

proptest! {
    /// Counts add up, every figure is a number, and every task counted is one of the sprint.
    #[test]
    fn counts_add_up(pasts in pasts(), by_due in any::<bool>()) {
        let membership = if by_due { Membership::DueDate } else { section("32") };
        let world = World { span: span(membership), ..World::new() };
        let found = world.look(&pasts);
        let count = |of: &judge::retro::Count| of.tasks.len();
        prop_assert_eq!(count(&found.planned) + count(&found.added), found.tasks.len());
        prop_assert_eq!(count(&found.kept) + count(&found.missed), count(&found.planned));
        let hours: f64 = found.tasks.iter().filter_map(|task| task.hours).sum();
        prop_assert!((found.planned.hours + found.added.hours - hours).abs() < 1e-6);
        for task in &found.tasks {
            prop_assert_eq!(task.ending.is_done(), task.causes.is_empty());
            prop_assert!(task.blocked_days >= 0.0 && task.blocked_days <= 15.0);
        }
        let days: f64 = found.blocked.tasks.iter().map(|waited| waited.days).sum();
        prop_assert!((days - found.blocked.days).abs() < 1e-6);
        for section in &found.flow.sections {
            prop_assert!(section.days >= 0.0 && section.median_days <= 15.0);
            prop_assert!(section.tasks.iter().all(|gid| found.tasks.iter().any(|task| task.task == *gid)));
        }
        let grouped: usize = found.themes.themes.iter().map(|theme| theme.comments).sum();
        prop_assert!(grouped + found.themes.alone <= found.themes.read);
        prop_assert_eq!(found.advice.followed.len() + found.advice.left.len(), found.advice.recommended.len());
    }

    /// Whatever order tasks come in, the same is found.
    #[test]
    fn order_does_not_matter(pasts in pasts(), turn in 0..8usize) {
        let world = World::new();
        let mut other = pasts.clone();
        other.reverse();
        if !other.is_empty() {
            let turn = turn % other.len();
            other.rotate_left(turn);
        }
        prop_assert_eq!(world.look(&pasts), world.look(&other));
    }
}
