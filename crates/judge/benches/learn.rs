//! Learning from 5,000 tasks on one core: seconds to fit, milliseconds to ask, and the most memory either takes.
//!
//! The tasks are made up, as long as those of public trackers (8 words of title, 75 of description) and with words as
//! unevenly frequent. Times are those the one thread spent on a core, so that what else the machine does counts little; where
//! Linux does not tell them, those of the clock. Memory is the peak of the whole process while one model is fitted and asked:
//! the texts are in it, and what the allocator kept of the models before. Linux alone tells it. It is left in
//! `learn-memory.json` for `cargo xtask eval`.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets an error has failed")]

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, SamplingMode};
use fastrand::Rng;
use judge::learn::effort::{EffortModel, Finished, Question, Settings};
use judge::learn::similar::{Index, Text};
use judge::learn::triage::{Labelled, Request, Triage};
use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const TASKS: usize = 5_000;
/// Words there are: the 18 public projects have 5,000 to 40,000 each.
const WORDS: usize = 20_000;
const TITLE: usize = 8;
const DESCRIPTION: usize = 75;

/// A task as tracked.
struct Task {
    id: String,
    title: String,
    description: String,
    points: f64,
    labels: [&'static str; 4],
}

fn word(random: &mut Rng) -> String {
    // Zipf's law: the n-th word is n times rarer than the first.
    let rank = (WORDS as f64).powf(random.f64()) as usize;
    let mut letters = Rng::with_seed(rank as u64);
    (0..letters.usize(3..10)).map(|_| letters.lowercase()).collect()
}

fn text(random: &mut Rng, mean: usize) -> String {
    let count = random.usize(1..2 * mean);
    (0..count).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

fn tasks() -> Vec<Task> {
    let mut random = Rng::with_seed(7);
    (0..TASKS)
        .map(|nth| Task {
            id: nth.to_string(),
            title: text(&mut random, TITLE),
            description: text(&mut random, DESCRIPTION),
            points: *random.choice(&[1.0, 2.0, 3.0, 5.0, 8.0, 13.0]).unwrap(),
            labels: [
                random.choice(["Bug", "Feature", "Question"]).unwrap(),
                random.choice(["Web", "Mobile", "Server", "Billing", "Search", "Login"]).unwrap(),
                random.choice(["Small", "Medium", "Large"]).unwrap(),
                random.choice(["P0", "P1", "P2", "P3"]).unwrap(),
            ],
        })
        .collect()
}

fn question(task: &Task) -> Question<'_> {
    Question { title: &task.title, description: &task.description, ..Question::default() }
}

fn effort(tasks: &[Task]) -> EffortModel {
    let mut model = EffortModel::new(Settings::default());
    for task in tasks {
        model.observe(&Finished { id: &task.id, task: question(task), effort: task.points }).unwrap();
    }
    model
}

fn request(task: &Task) -> Request<'_> {
    Request { title: &task.title, notes: &task.description, facts: &[] }
}

fn triage(tasks: &[Task]) -> Triage {
    let history: Vec<Labelled<'_>> =
        tasks.iter().map(|task| Labelled { request: request(task), labels: task.labels.map(Some) }).collect();
    Triage::fit(&history, Default::default(), 1)
}

fn similar(tasks: &[Task]) -> Index {
    let mut index = Index::default();
    tasks.iter().for_each(|task| index.add(&task.id, &searched(task)));
    index
}

fn searched(task: &Task) -> Text<'_> {
    Text { title: &task.title, body: &task.description, ..Text::default() }
}

/// Time on a core.
struct OnCore;

impl Measurement for OnCore {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        on_core()
    }

    fn end(&self, start: Duration) -> Duration {
        on_core().saturating_sub(start)
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        // A thread's account is settled with every tick; a sample of nothing would be none.
        value.as_nanos().max(1) as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// What this thread has spent on a core so far.
fn on_core() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.as_deref().and_then(|told| told.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// Most memory of this process in MB while `work` runs; none where Linux does not say.
fn peak(work: impl FnOnce()) -> Option<f64> {
    // Sets the peak back to what is in use now.
    fs::write("/proc/self/clear_refs", "5").ok()?;
    work();
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1000.0)
}

fn memory(tasks: &[Task]) {
    let asked = &tasks[0];
    let measured = BTreeMap::from([
        ("effort", peak(|| drop(black_box(effort(tasks).estimate(&question(asked)))))),
        ("triage", peak(|| drop(black_box(triage(tasks).judge(&request(asked), 0.9))))),
        ("similar", peak(|| drop(black_box(similar(tasks).best(&searched(asked), 10))))),
    ]);
    for (what, megabytes) in &measured {
        match megabytes {
            Some(megabytes) => println!("{what}: at most {megabytes:.0} MB"),
            None => println!("{what}: memory is not measured here"),
        }
    }
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/learn-memory.json");
    fs::write(file, serde_json::to_string(&measured).unwrap()).unwrap();
}

fn measure<M>(
    criterion: &mut Criterion<OnCore>,
    name: &str,
    tasks: &[Task],
    (fit, ask): (impl Fn(&[Task]) -> M, impl Fn(&M, &Task)),
) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(5));
    group.bench_function("fit", |bencher| bencher.iter_with_large_drop(|| fit(tasks)));
    let model = fit(tasks);
    let mut at = 0;
    group.bench_function("ask", |bencher| {
        bencher.iter(|| {
            at = (at + 1) % tasks.len();
            ask(&model, &tasks[at]);
        });
    });
    group.finish();
}

fn main() {
    let tasks = tasks();
    memory(&tasks);
    let mut criterion = Criterion::default().with_measurement(OnCore).configure_from_args();
    let asked = |model: &EffortModel, task: &Task| drop(black_box(model.estimate(&question(task))));
    measure(&mut criterion, "effort", &tasks, (effort, asked));
    let asked = |model: &Triage, task: &Task| drop(black_box(model.judge(&request(task), 0.9)));
    measure(&mut criterion, "triage", &tasks, (triage, asked));
    let asked = |index: &Index, task: &Task| drop(black_box(index.best(&searched(task), 10)));
    measure(&mut criterion, "similar", &tasks, (similar, asked));
    criterion.final_summary();
}
