//! Planning and checking the groom of 10,000 judged tasks on one core.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets an error has failed")]

#[path = "../../judge/tests/it/backlog.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod backlog;
#[path = "../tests/it/plan.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod plan;

use backlog::{With, now, task};
use criterion::{Criterion, criterion_group, criterion_main};
use decide::{Policy, check, plan_groom};

const TASKS: u32 = 10_000;

fn planning(c: &mut Criterion) {
    let tasks = (0..TASKS).map(|n| task(&n.to_string()).value(f64::from(n % 11)).due(i64::from(n % 90)));
    let snapshot = plan::set_up(tasks.collect());
    let judgements = plan::judged(&snapshot);
    let (policy, rules) = (Policy::default(), plan::rules());
    let mut group = c.benchmark_group("decide");
    group.sample_size(10);
    group.bench_function(format!("plan {TASKS} tasks"), |b| {
        b.iter(|| plan_groom(&snapshot, &judgements, &policy, &rules, now()));
    });
    let made = plan_groom(&snapshot, &judgements, &policy, &rules, now());
    group.bench_function(format!("check a plan of {TASKS} tasks"), |b| {
        b.iter(|| check(&made, &snapshot, &policy));
    });
    group.finish();
}

criterion_group!(benches, planning);
criterion_main!(benches);
