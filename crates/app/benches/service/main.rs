//! What the always-on service can do: deliveries a second, seconds from a change to its score, bursts, several workers, a large
//! workspace. The real binary against a local Asana; figures go to docs/operations.md.
//!
//! `cargo bench -p app --bench service -- [ingest|latency|burst|workers|crawl|pages]…`, all without a name; `hour` is `crawl` with seventy
//! minutes of quiet after it, by its name alone; `--postgres` for a database on PostgreSQL (`UPNEXT_TEST_POSTGRES`) where one is wanted.
//! Load and service share the machine. Known limit: the local Asana answers at once unless told otherwise, and takes its part of the
//! processor.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets an error has failed")]

#[path = "../../tests/it/app.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod app;
#[path = "../../tests/it/asana.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod asana;
#[path = "../../tests/it/backlog.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod backlog;
mod change;
#[path = "../../tests/it/database.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod database;
mod ingest;
mod many;
mod pages;
#[path = "../../tests/it/served.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod served;

use database::Kind;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let [spike, url] = args.as_slice()
        && spike == "spike"
    {
        return ingest::spike(url);
    }
    let kind = if args.iter().any(|arg| arg == "--postgres") { Kind::Postgres } else { Kind::Sqlite };
    let names: Vec<&str> = args.iter().map(String::as_str).filter(|arg| !arg.starts_with("--")).collect();
    let wanted = |name: &str| names.is_empty() || names.contains(&name);
    println!("database: {kind:?}");
    if wanted("ingest") {
        ingest::run(kind);
    }
    if wanted("latency") {
        change::latency(kind);
    }
    if wanted("burst") {
        change::burst(kind);
    }
    if wanted("workers") {
        many::workers();
    }
    let hourly = names.contains(&"hour");
    if wanted("crawl") || hourly {
        many::crawl(kind, hourly);
    }
    if wanted("pages") {
        pages::run(kind);
    }
}

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "a benchmark is its own composition root")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// The value below which so many percent lie.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}
