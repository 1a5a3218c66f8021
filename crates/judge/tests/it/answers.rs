//! Weights from the past with a simulated manager who also answers to suggestions: what the accepted ones add, and what they cost
//! where nobody read them. The figures of `docs/learning.md` are what this prints:
//! `cargo test -p judge --test it answers -- --nocapture`.

use crate::backlog::{PRIORITY, now};
use crate::weights::{described, drawn};
use domain::{
    Band, FieldGid, FieldState, FieldValue, Happened, Happening, Moment, OptionGid, Past, Snapshot, Task,
    TaskGid, UserGid,
};
use fastrand::Rng;
use jiff::{Timestamp, ToSpan as _};
use judge::backtest::{Answer, FromPast, Look, Told, from_past};
use judge::learn::metrics::median;
use judge::weights::{agreement, strengths};
use judge::{Memory, Rubric, judge, preset};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const SEEDS: u64 = 40;
const WEEKS: i64 = 30;
/// Suggestions answered in a sitting, one sitting a week.
const ASKED: usize = 6;
/// How often work goes another way than the manager's order: where it tells much of that order, and where it tells little.
const ON_COURSE: f64 = 0.3;
const ASTRAY: f64 = 0.8;
const BOT: &str = "900";

/// How a manager answers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Manager {
    /// By weights of their own, one answer in ten the wrong way round.
    Reads,
    /// Reads three in ten, and accepts the others.
    Skims,
    /// Accepts everything.
    AcceptsAll,
    /// Throws a coin.
    ThrowsCoins,
}

struct World {
    present: Snapshot,
    pasts: Vec<Past>,
    answers: Vec<Answer>,
    /// The order the manager holds to be right, of all tasks.
    planted: Vec<TaskGid>,
}

fn rubric() -> Rubric {
    preset("default").unwrap()
}

fn moment(weeks_ago: i64) -> Moment {
    Moment { at: now().at - (24 * 7 * weeks_ago).hours(), today: now().today - (7 * weeks_ago).days() }
}

fn moments() -> Vec<Moment> {
    (2..=WEEKS).rev().map(moment).collect()
}

fn option(band: Band) -> FieldValue {
    let at = Band::ALL.iter().position(|one| *one == band).unwrap();
    FieldValue::Enum { gid: OptionGid::new(format!("{PRIORITY}{at}")), name: band.label().into() }
}

/// The band of a place among so many: a tenth, a third, two thirds.
fn band_at(place: usize, of: usize) -> Band {
    match place as f64 / of as f64 {
        share if share < 0.1 => Band::P0,
        share if share < 0.33 => Band::P1,
        share if share < 0.67 => Band::P2,
        _ => Band::P3,
    }
}

/// Every open task's band in an order by weights.
fn banded(rows: &[(TaskGid, Vec<f64>)], weights: &[f64]) -> HashMap<TaskGid, Band> {
    let score =
        |row: &[f64]| -> f64 { weights.iter().zip(row).map(|(weight, strength)| weight * strength).sum() };
    let mut order: Vec<(f64, &TaskGid)> = rows.iter().map(|(task, row)| (score(row), task)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let count = order.len();
    order.into_iter().enumerate().map(|(at, (_, task))| (task.clone(), band_at(at, count))).collect()
}

fn official(past: &Past) -> Option<Band> {
    match past.task.fields.get(&FieldGid::new(PRIORITY))?.value.as_ref()? {
        FieldValue::Enum { name, .. } => Band::from_label(name),
        _ => None,
    }
}

fn distance(a: Band, b: Band) -> usize {
    let place = |band| Band::ALL.iter().position(|one| *one == band).unwrap();
    place(a).abs_diff(place(b))
}

/// A manager's answer to the step from what stands to what is suggested.
fn answer(manager: Manager, (mine, from, to): (Band, Option<Band>, Band), random: &mut Rng) -> bool {
    // An empty priority is filled in by whatever is near enough.
    let read = |random: &mut Rng| {
        let right = match from {
            Some(from) if distance(mine, from) == distance(mine, to) => return random.bool(),
            Some(from) => distance(mine, to) < distance(mine, from),
            None => mine == to,
        };
        right != (random.f64() < 0.1)
    };
    match manager {
        Manager::Reads => read(random),
        Manager::Skims => random.f64() >= 0.3 || read(random),
        Manager::AcceptsAll => true,
        Manager::ThrowsCoins => random.bool(),
    }
}

/// Half a year: every week some suggestions are answered, and what the manager holds to be most urgent is taken up, or, so often,
/// anything else instead.
fn world(seed: u64, (manager, astray): (Manager, f64)) -> World {
    let mut random = Rng::with_seed(seed);
    let weights = drawn(&mut random);
    let whole = described(seed);
    let planted = rubric().with_weights("planted", &weights).unwrap();
    let planted = judge(&whole, &planted, now(), &Memory::new()).into_iter().map(|j| j.task).collect();
    let present = Snapshot { tasks: vec![], ..whole.clone() };
    let alive = |task: Task| Past {
        task: Task { created_at: moment(WEEKS + 5).at, ..task },
        completed_at: None,
        actual_minutes: None,
        happenings: vec![],
    };
    let mut world =
        World { present, pasts: whole.tasks.into_iter().map(alive).collect(), answers: vec![], planted };
    let mut asked: HashSet<TaskGid> = HashSet::new();
    for weeks_ago in (1..=WEEKS).rev() {
        world.week(moment(weeks_ago), (manager, astray, &weights), (&mut asked, &mut random));
    }
    world
}

impl World {
    fn look<'a>(&'a self, (rubric, moments, ours): (&'a Rubric, &'a [Moment], &'a UserGid)) -> Look<'a> {
        let (present, pasts) = (&self.present, &self.pasts);
        Look { present, pasts, rubric, moments, horizon_days: 14, ours }
    }

    /// What is open, with what had been said by then.
    fn open(&self, at: Timestamp) -> Snapshot {
        let open = self.pasts.iter().filter(|past| !past.task.completed);
        let mut tasks: Vec<Task> = open.map(|past| past.task.clone()).collect();
        tasks.iter_mut().for_each(|task| task.comments.retain(|comment| comment.at <= at));
        Snapshot { tasks, ..self.present.clone() }
    }

    fn week(
        &mut self,
        now: Moment,
        (manager, astray, weights): (Manager, f64, &[f64]),
        (asked, random): (&mut HashSet<TaskGid>, &mut Rng),
    ) {
        let (open, rubric) = (self.open(now.at), rubric());
        let rows = strengths(&open, &rubric, now).tasks;
        let mine = banded(&rows, weights);
        let suggested: HashMap<TaskGid, Band> =
            judge(&open, &rubric, now, &Memory::new()).into_iter().map(|j| (j.task, j.band)).collect();
        let mut waiting: Vec<usize> = (0..self.pasts.len())
            .filter(|at| {
                let past = &self.pasts[*at];
                let to = suggested.get(&past.task.gid);
                to.is_some() && to.copied() != official(past) && !asked.contains(&past.task.gid)
            })
            .collect();
        random.shuffle(&mut waiting);
        for (nth, at) in waiting.into_iter().take(ASKED).enumerate() {
            let (task, from) = (self.pasts[at].task.gid.clone(), official(&self.pasts[at]));
            let to = suggested[&task];
            let yes = answer(manager, (mine[&task], from, to), random);
            let now = Moment { at: now.at + (nth as i64).minutes(), ..now };
            asked.insert(task.clone());
            if yes {
                self.write(at, (from, to), now);
            }
            let (by, option) = ("Ada".to_owned(), to.label().to_owned());
            self.answers.push(Answer { task, now, by, from, to, option, yes });
        }
        let score = |row: &[f64]| -> f64 { weights.iter().zip(row).map(|(w, s)| w * s).sum() };
        let best = rows.iter().max_by(|a, b| score(&a.1).total_cmp(&score(&b.1)));
        let any = random.usize(0..rows.len());
        let taken = if random.f64() < astray { &rows[any] } else { best.unwrap() };
        let past = self.pasts.iter_mut().find(|past| past.task.gid == taken.0).unwrap();
        past.completed_at = Some(now.at + 48.hours());
        past.task.completed = true;
    }

    /// Upnext writes what was accepted.
    fn write(&mut self, at: usize, (from, to): (Option<Band>, Band), now: Moment) {
        let (gid, past) = (FieldGid::new(PRIORITY), &mut self.pasts[at]);
        let what = Happened::Field { gid: gid.clone(), old: from.map(option), new: Some(option(to)) };
        past.happenings.push(Happening { at: now.at + 1.second(), by: Some(UserGid::new(BOT)), what });
        past.task.fields.insert(gid, FieldState { value: Some(option(to)), ours: None });
    }

    fn learned(&self, answers: &[Answer]) -> FromPast {
        let (rubric, moments, ours) = (rubric(), moments(), UserGid::new(BOT));
        let told = Told { overruled: &[], answers };
        from_past(&self.look((&rubric, &moments, &ours)), &told, "default-3+team-1").unwrap()
    }

    /// Kendall's tau between the planted order of the whole backlog and a rubric's.
    fn tau(&self, rubric: &Rubric, seed: u64) -> f64 {
        agreement(&self.planted, &judge(&described(seed), rubric, now(), &Memory::new())).tau
    }
}

/// Kendall's tau to the planted order, one a backlog: of the rubric in force, and of weights learned from what was pulled alone and
/// from that and the answers.
#[derive(Debug, Default)]
struct Found {
    before: Vec<f64>,
    pulled: Vec<f64>,
    answered: Vec<f64>,
    yes: usize,
    pairs: usize,
}

fn found(manager: Manager, astray: f64) -> Found {
    let mut found = Found::default();
    for seed in 0..SEEDS {
        let world = world(seed, (manager, astray));
        let all = world.learned(&world.answers);
        found.before.push(world.tau(&rubric(), seed));
        found.pulled.push(world.tau(&world.learned(&[]).rubric, seed));
        found.answered.push(world.tau(&all.rubric, seed));
        found.yes += all.evidence.yes;
        found.pairs += all.evidence.accepted;
    }
    println!(
        "{manager:?}, {astray} astray: mean tau {:.3} before, {:.3} by what was pulled, {:.3} with answers; median {:.3}, {:.3}, \
         {:.3}; {} accepted gave {} pairs",
        mean(&found.before),
        mean(&found.pulled),
        mean(&found.answered),
        median(&found.before).unwrap(),
        median(&found.pulled).unwrap(),
        median(&found.answered).unwrap(),
        found.yes,
        found.pairs
    );
    found
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

impl Found {
    /// What the answers add to the mean tau.
    fn gain(&self) -> f64 {
        mean(&self.answered) - mean(&self.pulled)
    }
}

#[test]
fn answers_of_a_manager_who_reads_help_where_the_order_of_work_tells_little() {
    let found = found(Manager::Reads, ASTRAY);
    assert!(found.pairs > 0 && found.gain() > 0.01, "{}", found.gain());
}

#[test]
fn answers_of_a_manager_who_reads_do_no_harm_where_the_order_of_work_tells_much() {
    let found = found(Manager::Reads, ON_COURSE);
    assert!(found.gain() > -0.01, "{}", found.gain());
}

#[test]
fn answers_that_are_half_read_or_thrown_harm_little() {
    for (manager, astray) in [(Manager::Skims, ON_COURSE), (Manager::ThrowsCoins, ON_COURSE)] {
        let gain = found(manager, astray).gain();
        assert!(gain > -0.015, "{manager:?} {gain}");
    }
}

#[test]
fn what_was_accepted_without_a_no_beside_it_changes_nothing() {
    let found = found(Manager::AcceptsAll, ON_COURSE);
    assert!(found.yes > 100 && found.pairs == 0, "{found:?}");
    assert_eq!(found.answered, found.pulled);
}

/// Any answers at all to any tasks of a past: by one of two people, on one of some days.
fn any_answers() -> impl Strategy<Value = Vec<Answer>> {
    let band = || prop::sample::select(Band::ALL.to_vec());
    let one =
        (0..60usize, 3..20i64, 0..600i64, any::<bool>(), prop::option::of(band()), band(), any::<bool>());
    let made = one.prop_map(|(task, weeks_ago, minutes, is_ada, from, to, yes)| {
        let then = moment(weeks_ago);
        Answer {
            task: TaskGid::new(format!("{}", 1000 + task)),
            now: Moment { at: then.at + minutes.minutes(), ..then },
            by: if is_ada { "Ada" } else { "Grace" }.into(),
            from,
            to,
            option: to.label().into(),
            yes,
        }
    });
    prop::collection::vec(made, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn each_answer_gives_one_pair_at_most(answers in any_answers()) {
        static WORLD: LazyLock<World> = LazyLock::new(|| world(7, (Manager::Reads, ON_COURSE)));
        let found = WORLD.learned(&answers);
        let sum: f64 = found.weights.iter().map(|weight| weight.after).sum();
        prop_assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        let (evidence, count) = (&found.evidence, |yes: bool| answers.iter().filter(|one| one.yes == yes).count());
        prop_assert!(evidence.yes <= count(true) && evidence.no <= count(false), "{evidence:?}");
        prop_assert!(evidence.accepted <= evidence.yes.min(evidence.no), "{evidence:?}");
        // Without anybody who ever says no, nothing is learned of answers.
        let yes: Vec<Answer> = answers.into_iter().filter(|one| one.yes).collect();
        prop_assert_eq!(WORLD.learned(&yes).weights, WORLD.learned(&[]).weights);
    }
}
