//! Forecasting a network of 2,000 tasks with 10,000 draws on two threads.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets an error has failed")]

#[path = "../tests/it/truth.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod truth;

use criterion::{Criterion, criterion_group, criterion_main};
use fastrand::Rng;
use judge::risk::{Settings, forecast};

fn forecasting(c: &mut Criterion) {
    let network = truth::project(&mut Rng::with_seed(1), (2000, 12), 0.2).network;
    let mut group = c.benchmark_group("risk");
    group.sample_size(10);
    for threads in [1, 2] {
        group.bench_function(format!("2000 tasks, 10000 draws, threads: {threads}"), |b| {
            b.iter(|| forecast(&network, &Settings { threads, ..Settings::default() }));
        });
    }
    group.finish();
}

criterion_group!(benches, forecasting);
criterion_main!(benches);
