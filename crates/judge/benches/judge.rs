//! Judging 10,000 tasks on one core: every score with its reasons and counterfactuals.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets an error has failed")]

#[path = "../tests/it/backlog.rs"]
mod backlog;

use backlog::{With, goal, now, project, task};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::{GoalStatus, Snapshot, Task};
use judge::{Memory, judge, preset};

const TASKS: usize = 10_000;

/// As a described backlog is: two thirds with value, half with effort, a third with a date, a tenth with a blocker, a
/// fifth with comments.
fn described(n: usize) -> Task {
    let mut made = task(&n.to_string()).created(n as i64 % 900);
    if !n.is_multiple_of(3) {
        made = made.value((n % 11) as f64);
    }
    if n.is_multiple_of(2) {
        made = made.effort((n % 13) as f64);
    }
    if n.is_multiple_of(3) {
        made = made.due(n as i64 % 200 - 40);
    }
    if n.is_multiple_of(4) {
        made = made.priority(["P0", "P1", "P2", "P3"][n / 4 % 4]);
    }
    if n.is_multiple_of(5) {
        made = made.comment(&(n % 40).to_string(), n as i64 % 60).comment("7", 3).starts(n as i64 % 9 - 4);
    }
    if n % 10 == 9 {
        made = made.waits_for(&[&(n - 7).to_string()]);
    }
    made
}

fn backlog_of(count: usize) -> Snapshot {
    let mut snapshot = project((0..count).map(described).collect());
    snapshot.goals =
        vec![goal("70", GoalStatus::Red, &["1", "2", "3"]), goal("71", GoalStatus::Green, &["4"])];
    snapshot
}

fn judging(c: &mut Criterion) {
    let snapshot = backlog_of(TASKS);
    let rubric = preset("default").expect("it ships");
    let mut group = c.benchmark_group("judge");
    group.sample_size(10);
    group.bench_function(format!("{TASKS} tasks"), |b| {
        b.iter_batched(
            Memory::new,
            |memory| judge(&snapshot, &rubric, now(), &memory),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, judging);
criterion_main!(benches);
