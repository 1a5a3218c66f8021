//! Forecasting a network of 2,000 tasks with 10,000 draws on one and two threads; and whether what is foretold comes true.
//!
//! The second is no matter of time: 300 made-up projects are foretold and carried out, and what came of it is printed and left in
//! `risk-calibration.json` for `cargo xtask eval`.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets an error has failed")]

#[path = "../tests/it/truth.rs"]
mod truth;

use criterion::{Criterion, criterion_group, criterion_main};
use fastrand::Rng;
use judge::risk::{Settings, forecast};
use serde_json::json;

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

fn calibration(_: &mut Criterion) {
    let settings = Settings { draws: 1000, ..Settings::default() };
    let found = truth::against_truth(300, 0.2, &settings);
    println!(
        "80 % intervals held {:.1} %; expected calibration error {:.3}",
        100.0 * found.inside,
        found.error()
    );
    println!("dates  foretold  missed");
    found.bins.iter().for_each(|(count, told, missed)| println!("{count:5}  {told:8.3}  {missed:6.3}"));
    for shared in [0.0, 0.4] {
        let other = truth::against_truth(100, shared, &settings);
        println!("with {shared} of the errors shared: {:.1} %", 100.0 * other.inside);
    }
    let bins: Vec<_> = (found.bins.iter())
        .map(|(n, stated, right)| json!({ "n": n, "stated": stated, "right": right }))
        .collect();
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/risk-calibration.json");
    let left = json!({ "inside": found.inside, "ece": found.error(), "bins": bins });
    std::fs::write(file, left.to_string()).unwrap();
}

criterion_group!(benches, forecasting, calibration);
criterion_main!(benches);
