//! The draws: the network carried out again and again, each time with other efforts.
//!
//! Draws come in chunks with a seed each, so that the result does not depend on how many threads share them; within a chunk
//! the tasks are the outer loop and the draws the inner one, so that what is worked on stays in the cache. Efforts come from
//! equally probable steps of the normal distribution (4,096 of them: nothing rarer than one in 8,192 is drawn).
//! Deliberately not here: what the draws mean.

use super::Settings;
use super::axis::{NEVER, day};
use super::order::Prepared;
use super::spread::{normal, quantile_of_normal};
use fastrand::Rng;

/// Draws of a chunk: the ends of 2,000 tasks then take a megabyte.
const CHUNK: usize = 128;
/// Steps of the normal distribution.
const STEPS: usize = 4096;
/// Nothing held the task up.
const NOTHING: u32 = u32::MAX;

/// What was drawn.
pub(super) struct Drawn {
    /// How often.
    pub draws: usize,
    /// The day of each task's end, all draws of a task together.
    pub ends: Vec<Vec<u16>>,
    /// The day of the last end in each draw.
    pub last: Vec<u16>,
    /// In how many draws each task carried the last end.
    pub critical: Vec<u32>,
    /// For each task, what held it up in draws in which its due date was missed, and how often.
    pub held_up: Vec<Vec<(Option<usize>, u32)>>,
}

/// The end of days that are told apart: 179 years.
pub(super) const LAST_DAY: u16 = u16::MAX - 1;

/// One chunk's part of it.
struct Part {
    draws: usize,
    ends: Vec<u16>,
    last: Vec<u16>,
    critical: Vec<u32>,
    held_up: Vec<Vec<(u32, u32)>>,
}

/// Draws the network.
pub(super) fn draw(prepared: &Prepared, settings: &Settings) -> Drawn {
    let draws = settings.draws.max(1);
    let steps = steps();
    let sizes: Vec<usize> = (0..draws.div_ceil(CHUNK)).map(|at| CHUNK.min(draws - at * CHUNK)).collect();
    let threads = settings.threads.clamp(1, sizes.len().max(1));
    let mut parts: Vec<(usize, Part)> = std::thread::scope(|scope| {
        let (sizes, steps) = (&sizes, &steps);
        let work = move |thread: usize| {
            let mine = (thread..sizes.len()).step_by(threads);
            mine.map(|at| (at, chunk(prepared, settings, steps, (at, sizes[at])))).collect::<Vec<_>>()
        };
        let others: Vec<_> = (1..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        let mut parts = work(0);
        for other in others {
            // A panic of a thread is a fault of ours: it goes on here.
            parts.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        parts
    });
    parts.sort_by_key(|(at, _)| *at);
    gather(prepared, draws, parts.into_iter().map(|(_, part)| part))
}

fn gather(prepared: &Prepared, draws: usize, parts: impl Iterator<Item = Part>) -> Drawn {
    let count = prepared.order.len();
    let mut drawn = Drawn {
        draws,
        ends: vec![Vec::with_capacity(draws); count],
        last: Vec::with_capacity(draws),
        critical: vec![0; count],
        held_up: vec![vec![]; count],
    };
    for part in parts {
        for task in 0..count {
            drawn.ends[task].extend(&part.ends[task * part.draws..(task + 1) * part.draws]);
            drawn.critical[task] += part.critical[task];
            for (by, times) in &part.held_up[task] {
                let by = (*by != NOTHING).then_some(*by as usize);
                match drawn.held_up[task].iter_mut().find(|(known, _)| *known == by) {
                    Some((_, sum)) => *sum += times,
                    None => drawn.held_up[task].push((by, *times)),
                }
            }
        }
        drawn.last.extend(part.last);
    }
    drawn
}

/// Equally probable values of the standard normal distribution, from the least.
fn steps() -> Vec<f32> {
    let mut z = quantile_of_normal(0.5 / STEPS as f64);
    let mut steps = vec![z as f32];
    for step in 1..STEPS {
        let wanted = (step as f64 + 0.5) / STEPS as f64;
        // Newton's method from the value before; the density is the slope.
        for _ in 0..4 {
            let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
            z += ((wanted - normal(z)) / density).clamp(-0.5, 0.5);
        }
        steps.push(z as f32);
    }
    steps
}

/// Carries the network out `draws` times.
fn chunk(prepared: &Prepared, settings: &Settings, steps: &[f32], (at, draws): (usize, usize)) -> Part {
    let count = prepared.order.len();
    let mut random = Rng::with_seed(settings.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (at as u64 + 1));
    let shared = if settings.shared.is_finite() { settings.shared.clamp(0.0, 1.0) as f32 } else { 0.0 };
    let common: Vec<f32> = (0..draws).map(|_| shared.sqrt() * steps[random.usize(..STEPS)]).collect();
    let mut state = State {
        ends: vec![0.0; count * draws],
        by: vec![NOTHING; count * draws],
        ready: vec![0.0; draws],
        efforts: vec![0.0; draws],
        draws,
    };
    let mut part = Part {
        draws,
        ends: vec![0; count * draws],
        last: vec![],
        critical: vec![0; count],
        held_up: vec![vec![]; count],
    };
    for task in &prepared.order {
        efforts(&mut state.efforts, &mut random, steps, (prepared, *task), (&common, (1.0 - shared).sqrt()));
        state.task(prepared, *task);
        let row = *task * draws..(*task + 1) * draws;
        for (end, at) in part.ends[row.clone()].iter_mut().zip(&state.ends[row]) {
            *end = day(*at).min(u32::from(LAST_DAY)) as u16;
        }
    }
    state.held_up(prepared, &mut part);
    state.critical(prepared, &mut part);
    part
}

/// Draws a task's efforts.
fn efforts(
    efforts: &mut [f32],
    random: &mut Rng,
    steps: &[f32],
    (prepared, task): (&Prepared, usize),
    (common, own): (&[f32], f32),
) {
    let spread = prepared.spreads[task];
    let (middle, below, above) = (spread.middle as f32, spread.below as f32, spread.above as f32);
    for (five, common) in efforts.chunks_mut(5).zip(common.chunks(5)) {
        let mut bits = random.u64(..);
        for (effort, common) in five.iter_mut().zip(common) {
            let z = common + own * steps[bits as usize % STEPS];
            bits >>= 12;
            *effort = middle * (z * if z < 0.0 { below } else { above }).exp();
        }
    }
}

/// The draws of a chunk on their way. Rows of `ends` and `by` are tasks.
struct State {
    ends: Vec<f32>,
    by: Vec<u32>,
    ready: Vec<f32>,
    efforts: Vec<f32>,
    draws: usize,
}

impl State {
    /// Ends the task in every draw: it begins when it may, when the last predecessor is done and its owner has come to it.
    fn task(&mut self, prepared: &Prepared, task: usize) {
        let draws = self.draws;
        let row = task * draws;
        self.ready.fill(prepared.begins[task]);
        for before in prepared.waits_for[task].iter().copied().chain(prepared.after[task]) {
            let theirs = &self.ends[before * draws..(before + 1) * draws];
            let by = &mut self.by[row..row + draws];
            for ((ready, end), by) in self.ready.iter_mut().zip(theirs).zip(by) {
                if *end > *ready {
                    *ready = *end;
                    *by = before as u32;
                }
            }
        }
        let ends = &mut self.ends[row..row + draws];
        if prepared.spreads[task].middle <= 0.0 {
            ends.copy_from_slice(&self.ready);
            return;
        }
        let axis = &prepared.axes[prepared.owner[task]];
        for ((end, ready), effort) in ends.iter_mut().zip(&self.ready).zip(&self.efforts) {
            *end = if *ready >= NEVER { NEVER } else { axis.moment(axis.hours(*ready) + effort) };
        }
    }

    /// Counts what held up tasks in draws in which they were later than they may be.
    fn held_up(&self, prepared: &Prepared, part: &mut Part) {
        for task in 0..prepared.order.len() {
            let latest = prepared.due[task];
            if latest.is_infinite() {
                continue;
            }
            let row = task * self.draws..(task + 1) * self.draws;
            for (end, by) in part.ends[row.clone()].iter().zip(&self.by[row]) {
                if f32::from(*end) > latest {
                    let counts = &mut part.held_up[task];
                    match counts.iter_mut().find(|(known, _)| known == by) {
                        Some((_, times)) => *times += 1,
                        None => counts.push((*by, 1)),
                    }
                }
            }
        }
    }

    /// Goes back from the last end of every draw over what held each task up.
    fn critical(&self, prepared: &Prepared, part: &mut Part) {
        let mut last = vec![(0.0_f32, NOTHING); self.draws];
        for task in 0..prepared.order.len() {
            let row = &self.ends[task * self.draws..(task + 1) * self.draws];
            for (known, end) in last.iter_mut().zip(row) {
                if known.1 == NOTHING || *end > known.0 {
                    *known = (*end, task as u32);
                }
            }
        }
        for (draw, (end, task)) in last.into_iter().enumerate() {
            part.last.push(day(end).min(u32::from(LAST_DAY)) as u16);
            let mut at = task;
            while at != NOTHING {
                part.critical[at as usize] += 1;
                at = self.by[at as usize * self.draws + draw];
            }
        }
    }
}
