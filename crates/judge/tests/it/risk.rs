//! Forecasts of networks: dates, chances, causes, contradictions, and whether chances come true.

use crate::backlog::{With, day, now, project as snapshot, task};
use crate::truth::{TODAY, against_truth, project};
use domain::{Person, TaskGid, UserGid};
use fastrand::Rng;
use jiff::ToSpan as _;
use judge::preset;
use judge::risk::{CauseKind, Finding, Network, Node, Settings, Spread, Worker, efforts, forecast, network};
use proptest::prelude::*;

fn node(at: usize, hours: f64, waits_for: &[usize]) -> Node {
    Node {
        task: TaskGid::new(at.to_string()),
        name: format!("Task {at}"),
        owner: None,
        effort: Spread::usual(hours),
        starts: None,
        due: None,
        waits_for: waits_for.to_vec(),
        outside: vec![],
    }
}

fn worker(name: &str, a_day: f64) -> Worker {
    let person = Person { gid: UserGid::new(name), name: name.to_owned() };
    Worker { person, hours: (0..400).map(|at| if at % 7 < 5 { a_day } else { 0.0 }).collect() }
}

/// Everybody works eight hours on weekdays; today is a Monday.
fn of(tasks: Vec<Node>) -> Network {
    let nobody = worker("", 8.0).hours;
    Network { today: TODAY, tasks, people: vec![worker("Ana", 8.0), worker("Ben", 8.0)], nobody }
}

fn few() -> Settings {
    Settings { draws: 1000, ..Settings::default() }
}

fn exactly(mut node: Node) -> Node {
    node.effort = node.effort.map(|effort| Spread { below: 0.0, above: 0.0, ..effort });
    node
}

#[test]
fn a_chain_ends_when_its_work_does_and_the_weekend_is_no_working_time() {
    let chain =
        of(vec![exactly(node(0, 16.0, &[])), exactly(node(1, 24.0, &[0])), exactly(node(2, 8.0, &[1]))]);
    let told = forecast(&chain, &few());
    let ends: Vec<_> = told.tasks.iter().map(|t| t.done.middle.unwrap()).collect();
    assert_eq!(ends, [1, 4, 7].map(|d: i64| TODAY + d.days()));
    assert_eq!(told.done.tenth, told.done.ninetieth);
    assert_eq!(told.critical_path.len(), 3);
    assert!(told.tasks.iter().all(|t| t.critical == 1.0));
}

#[test]
fn one_owner_does_one_thing_after_the_other() {
    let mut tasks = vec![exactly(node(0, 40.0, &[])), exactly(node(1, 40.0, &[]))];
    let apart = forecast(&of(tasks.clone()), &few());
    assert_eq!(apart.done.middle, Some(TODAY + 4.days()));
    tasks.iter_mut().for_each(|t| t.owner = Some(0));
    tasks[1].due = Some(TODAY + 4.days());
    tasks[0].due = Some(TODAY + 5.days());
    let told = forecast(&of(tasks), &few());
    assert_eq!(told.done.middle, Some(TODAY + 11.days()));
    assert_eq!((told.tasks[0].missed, told.tasks[1].missed), (Some(1.0), Some(0.0)));
    let cause = told.tasks[0].cause.clone().unwrap();
    assert_eq!((cause.kind, cause.task.as_str()), (CauseKind::SameOwner, "1"));
    let load = told.findings.iter().find(|f| matches!(f, Finding::OverloadedOwner { .. })).unwrap();
    assert_eq!(load.to_string(), "Ana has 80 h of work due by 2026-06-20 and 40 h until then");
}

#[test]
fn the_predecessor_that_causes_a_delay_is_named() {
    let mut tasks = vec![node(0, 80.0, &[]), node(1, 4.0, &[]), node(2, 8.0, &[0, 1])];
    tasks[2].due = Some(TODAY + 10.days());
    let told = forecast(&of(tasks), &few());
    let cause = told.tasks[2].cause.clone().unwrap();
    assert_eq!((cause.kind, cause.name.as_str(), cause.share), (CauseKind::Predecessor, "Task 0", 1.0));
    assert!(told.tasks[0].critical > 0.99 && told.tasks[1].critical < 0.01);
    assert!(told.tasks[1].slack > 9.0 && told.tasks[0].slack < 1.0, "{:?}", told.tasks);
}

#[test]
fn a_cycle_is_told_and_the_rest_is_foretold() {
    let tasks = vec![
        node(0, 8.0, &[2]),
        node(1, 8.0, &[0]),
        node(2, 8.0, &[1]),
        node(3, 8.0, &[2]),
        node(4, 8.0, &[4]),
    ];
    let told = forecast(&of(tasks), &few());
    let cycles: Vec<String> = told.findings.iter().map(ToString::to_string).collect();
    assert_eq!(cycles.len(), 3, "{cycles:?}"); // and a blocker that nobody has
    assert!(cycles[0].starts_with("“Task 0”, “Task 1”, “Task 2” wait for each other"), "{cycles:?}");
    assert!(told.tasks.iter().all(|t| t.done.middle.is_some()));
}

#[test]
fn dates_that_contradict_each_other_are_found() {
    let mut tasks = vec![node(0, 8.0, &[]), node(1, 8.0, &[0]), node(2, 8.0, &[0]), node(3, 8.0, &[1])];
    tasks[0].due = Some(TODAY - 3.days());
    tasks[1].due = Some(TODAY + 9.days());
    tasks[2].starts = Some(TODAY + 9.days());
    tasks[2].due = Some(TODAY + 8.days());
    tasks[3].due = Some(TODAY + 5.days());
    tasks[3].outside = vec![TaskGid::new("77")];
    tasks.iter_mut().for_each(|t| t.owner = Some(0));
    let told = forecast(&of(tasks), &few());
    let words: Vec<String> = told.findings.iter().map(ToString::to_string).collect();
    let wanted = [
        "“Task 1” waits for “Task 0”, which is 3 days overdue",
        "“Task 2” waits for “Task 0”, which is 3 days overdue",
        "“Task 2” is to begin 2026-06-24, after it is due (2026-06-23)",
        "“Task 3” is due 2026-06-20, but waits for “Task 1”, which is due 2026-06-24",
        "“Task 3” waits for 1 open task outside what was read: the forecast does not wait for them",
    ];
    assert_eq!(words, wanted);
}

#[test]
fn what_nobody_can_work_on_never_ends_and_says_so() {
    let mut network = of(vec![node(0, 8.0, &[]), node(1, 8.0, &[0])]);
    network.people[0].hours = vec![0.0; 30];
    network.tasks[0].owner = Some(0);
    network.tasks[1].due = Some(TODAY + 300.days());
    let told = forecast(&network, &few());
    assert_eq!((told.tasks[1].done.middle, told.tasks[1].missed), (None, Some(1.0)));
    assert!(told.notes.iter().any(|n| n.contains("no working hours")), "{:?}", told.notes);
}

#[test]
fn the_network_of_a_project_has_its_links_owners_and_efforts() {
    let tasks = vec![
        task("1").effort(2.0).due(9),
        task("2").waits_for(&["1", "99"]),
        task("3").waits_for(&["2"]).starts(4),
    ];
    let read = snapshot(tasks);
    let known = efforts(&read, &preset("default").unwrap(), now());
    assert_eq!(known.len(), 1);
    assert_eq!(known[&TaskGid::new("1")].middle, 16.0);
    let of = network(&read, &known, now(), vec![], vec![8.0; 100]);
    assert_eq!((of.tasks[0].due, of.tasks[2].starts), (Some(day(9)), Some(day(4))));
    assert_eq!((of.tasks[1].waits_for.as_slice(), of.tasks[2].waits_for.as_slice()), (&[0][..], &[1][..]));
    let told = forecast(&of, &few());
    assert!(
        told.notes[0].starts_with("2 of 3 tasks have no effort and are reckoned with 16.0 h"),
        "{:?}",
        told.notes
    );
}

#[test]
fn the_same_seed_gives_the_same_forecast_on_any_number_of_threads() {
    let network = project(&mut Rng::with_seed(5), (60, 4), 0.2).network;
    let told = |threads, seed| forecast(&network, &Settings { threads, seed, ..few() });
    assert_eq!(told(1, 1), told(3, 1));
    assert_ne!(told(1, 1).tasks, told(1, 2).tasks);
}

#[test]
fn eighty_percent_intervals_hold_eighty_percent_and_chances_come_true() {
    let found = against_truth(300, 0.2, &few());
    assert!((0.76..=0.84).contains(&found.inside), "{found:?}");
    assert!(found.error() < 0.04, "{found:?}");
    assert_eq!(found.bins.len(), 10);
}

prop_compose! {
    /// Any node, links in every direction.
    fn any_node(count: usize)(
        hours in prop_oneof![Just(None), (0.0..300.0_f64).prop_map(Some), Just(Some(f64::NAN)), Just(Some(1e300))],
        owner in prop::option::of(0..5_usize),
        (starts, due) in (prop::option::of(-400..4000_i64), prop::option::of(-400..4000_i64)),
        waits_for in prop::collection::vec(0..count + 2, 0..4),
    ) -> Node {
        let on = |days: i64| TODAY + days.days();
        Node { effort: hours.and_then(Spread::usual), owner, starts: starts.map(on), due: due.map(on), ..node(0, 1.0, &waits_for) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn any_network_is_foretold(
        tasks in (1..30_usize).prop_flat_map(|count| prop::collection::vec(any_node(count), count)),
        hours in prop::collection::vec(prop_oneof![0.0..30.0_f64, Just(f64::NAN)], 0..20),
    ) {
        let mut network = of(tasks);
        network.people[1].hours = hours.clone();
        network.nobody = hours;
        let settings = Settings { draws: 200, ..few() };
        let told = forecast(&network, &settings);
        for task in &told.tasks {
            prop_assert!(task.missed.is_none_or(|p| (0.0..=1.0).contains(&p)));
            prop_assert!((0.0..=1.0).contains(&task.critical));
            if let (Some(low), Some(middle), Some(high)) = (task.done.tenth, task.done.middle, task.done.ninetieth) {
                prop_assert!(low <= middle && middle <= high);
            }
        }
    }
}
