//! Projects whose truth is known: made up, foretold, and carried out by a simulator that shares no code with the forecast.
//!
//! A team's errors are lognormal around a bias of its own, a fifth of their variance common to a whole project. The forecast
//! is given what a team has: estimates, and the conformal interval of its past errors. In the truth people take up, whenever
//! they are free, the ready task that is due first.

use domain::{Person, TaskGid, UserGid};
use fastrand::Rng;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use judge::learn::conformal::Conformal;
use judge::learn::metrics::median;
use judge::risk::spread::quantile_of_normal;
use judge::risk::{Network, Node, Settings, Spread, Worker, forecast};

pub const TODAY: Date = date(2026, 6, 15);

/// A project and what became of it.
pub struct Project {
    pub network: Network,
    /// The day each task was done.
    pub ended: Vec<i64>,
}

fn normal(random: &mut Rng) -> f64 {
    quantile_of_normal(random.f64().clamp(1e-9, 1.0 - 1e-9))
}

/// Hours by day over four years: full or part time, with days off.
fn hours(random: &mut Rng) -> Vec<f64> {
    let a_day = [8.0, 8.0, 6.0, 4.0][random.usize(..4)];
    let day = |at: i32| at % 7 < 5;
    (0..1460).map(|at| if day(at) && random.f64() > 0.05 { a_day } else { 0.0 }).collect()
}

/// A project of `tasks` tasks and `people` people. `shared` is the part of the errors' variance that is common.
pub fn project(random: &mut Rng, (tasks, people): (usize, usize), shared: f64) -> Project {
    let (spread, skew, bias) = (0.3 + 0.5 * random.f64(), 0.8 + 0.6 * random.f64(), 0.3 * normal(random));
    let ratio = |z: f64| (bias + z * spread * if z > 0.0 { skew } else { 1.0 }).exp();
    let mut past = Conformal::new(0.8);
    let ratios: Vec<f64> = (0..150).map(|_| ratio(normal(random))).collect();
    let middle = median(&ratios).unwrap();
    ratios.iter().for_each(|r| past.learn((r / middle).ln()));
    let (low, high) = past.bounds().unwrap();
    let common = normal(random) * shared.sqrt();
    let mut truth = vec![];
    let nodes = (0..tasks).map(|at| {
        let estimate = (2.3 + 0.8 * normal(random)).exp();
        truth.push(estimate * ratio(common + (1.0 - shared).sqrt() * normal(random)));
        let expected = estimate * middle;
        let far = (at as f64 / tasks as f64 * 80.0) as i64;
        Node {
            task: TaskGid::new((at + 1).to_string()),
            name: format!("Task {at}"),
            owner: Some(random.usize(..people)),
            effort: Spread::of(expected, (expected * low.exp(), expected * high.exp()), 0.8),
            starts: (random.f64() < 0.1).then(|| TODAY + random.i64(0..40).days()),
            due: Some(TODAY + (random.i64(0..60) + far).days()),
            waits_for: waits_for(random, at),
            outside: vec![],
        }
    });
    let tasks = nodes.collect();
    let worker =
        |at: usize| Person { gid: UserGid::new((900 + at).to_string()), name: format!("Person {at}") };
    let people = (0..people).map(|at| Worker { person: worker(at), hours: hours(random) }).collect();
    let network = Network { today: TODAY, tasks, people, nobody: vec![8.0; 10] };
    let ended = carry_out(&network, &truth);
    Project { network, ended }
}

fn waits_for(random: &mut Rng, at: usize) -> Vec<usize> {
    let near = at.min(8);
    let links = if near == 0 || random.f64() < 0.4 { 0 } else { random.usize(1..3) };
    (0..links).map(|_| at - 1 - random.usize(..near)).collect()
}

/// The moment at which somebody who begins at `at` has worked `hours`.
fn after(worker: &Worker, mut at: f64, mut hours: f64) -> f64 {
    loop {
        let day = at as usize;
        let a_day = worker.hours.get(day).copied().unwrap_or(5.0);
        let left = (day as f64 + 1.0 - at) * a_day;
        if left >= hours && a_day > 0.0 {
            return at + hours / a_day;
        }
        hours -= left;
        at = day as f64 + 1.0;
    }
}

/// The day each task is done when people take up what is ready and due first.
fn carry_out(network: &Network, truth: &[f64]) -> Vec<i64> {
    let starts: Vec<f64> = (network.tasks.iter())
        .map(|t| t.starts.map_or(0.0, |on| (on.duration_since(TODAY).as_hours() / 24) as f64))
        .collect();
    let mut ends: Vec<Option<f64>> = vec![None; truth.len()];
    let mut busy = vec![0.0_f64; network.people.len()];
    let mut now = 0.0;
    while ends.iter().any(Option::is_none) {
        for (person, free) in busy.iter_mut().enumerate().filter(|(_, free)| **free <= now) {
            let ready = (0..truth.len()).filter(|at| {
                let node = &network.tasks[*at];
                let done = |before: &usize| ends[*before].is_some_and(|end| end <= now);
                ends[*at].is_none()
                    && node.owner == Some(person)
                    && starts[*at] <= now
                    && node.waits_for.iter().all(done)
            });
            if let Some(next) = ready.min_by_key(|at| (network.tasks[*at].due, *at)) {
                *free = after(&network.people[person], now, truth[next]);
                ends[next] = Some(*free);
            }
        }
        let events = ends.iter().flatten().chain(&busy).chain(&starts).copied().filter(|at| *at > now);
        now = events.fold(f64::INFINITY, f64::min);
        assert!(now.is_finite() || ends.iter().all(Option::is_some));
    }
    ends.into_iter().flatten().map(|end| (end - 1e-9) as i64).collect()
}

/// What was foretold against what came.
#[derive(Debug)]
pub struct Against {
    /// The share of ends within the 80 % interval.
    pub inside: f64,
    /// By tenths of the chance of a missed date: how many dates, the mean chance told, the share that was missed.
    pub bins: Vec<(usize, f64, f64)>,
}

impl Against {
    /// The expected calibration error: the gap of each tenth, weighed by its dates (Naeini et al. 2015).
    pub fn error(&self) -> f64 {
        let count: usize = self.bins.iter().map(|bin| bin.0).sum();
        self.bins.iter().map(|bin| bin.0 as f64 * (bin.1 - bin.2).abs()).sum::<f64>() / count as f64
    }
}

/// Foretells made-up projects of 20 to 70 tasks for 3 to 6 people and counts what came true.
pub fn against_truth(projects: usize, shared: f64, settings: &Settings) -> Against {
    let mut random = Rng::with_seed(11);
    let (mut inside, mut all) = (0.0, 0.0);
    let mut bins = vec![(0_usize, 0.0, 0.0); 10];
    for _ in 0..projects {
        let size = (random.usize(20..70), random.usize(3..7));
        let made = project(&mut random, size, shared);
        let told = forecast(&made.network, settings);
        for (task, ended) in told.tasks.iter().zip(&made.ended) {
            let ended = TODAY + ended.days();
            let (low, high) = (task.done.tenth.unwrap(), task.done.ninetieth.unwrap());
            inside += f64::from(u8::from(low <= ended && ended <= high));
            all += 1.0;
            let chance = task.missed.unwrap();
            let bin = &mut bins[((chance * 10.0) as usize).min(9)];
            bin.0 += 1;
            bin.1 += chance;
            bin.2 += f64::from(u8::from(ended > task.due.unwrap()));
        }
    }
    let mean = |(count, chance, missed): (usize, f64, f64)| {
        (count, chance / count.max(1) as f64, missed / count.max(1) as f64)
    };
    Against { inside: inside / all, bins: bins.into_iter().map(mean).collect() }
}
