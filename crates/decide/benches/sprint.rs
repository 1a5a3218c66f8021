//! Planning sprints: gap and time by size, and the gain over greedy insertion on fifty backlogs, as a table.
//!
//! `cargo bench -p decide --bench sprint`; with `--features highs` the larger sizes are solved by HiGHS as well, which takes up to some
//! minutes a backlog: `-- 80 300` plans the sizes of so many tasks alone, and not the fifty.

#![expect(clippy::unwrap_used, reason = "a benchmark that meets an error has failed")]

#[path = "../tests/it/backlogs.rs"]
#[expect(dead_code, reason = "the tests use all of it, the benchmark part of it")]
mod backlogs;

use backlogs::backlog;
use decide::sprint::{check_sprint, plan_sprint};
use std::time::Instant;

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    println!("tasks people links   value   bound    gap  proof     greedy   gain  seconds");
    for (tasks, people, links) in [(30, 4, 8), (80, 6, 15), (200, 10, 30), (300, 12, 40)] {
        if !sizes.is_empty() && !sizes.contains(&tasks) {
            continue;
        }
        for seed in 1..=3 {
            let wanted = backlog(seed, tasks, people, links);
            let begun = Instant::now();
            let plan = plan_sprint(&wanted);
            let took = begun.elapsed().as_secs_f64();
            assert_eq!(check_sprint(&plan, &wanted), Vec::<String>::new());
            println!(
                "{tasks:5} {people:6} {links:5} {:7.0} {:7.1} {:5.2} %  {:8} {:7.0} {:4.1} % {took:8.2}",
                plan.value,
                plan.bound,
                100.0 * plan.gap,
                format!("{:?}", plan.proof),
                plan.greedy,
                100.0 * (plan.value / plan.greedy - 1.0),
            );
        }
    }
    if !sizes.is_empty() {
        return;
    }
    let mut gains = vec![];
    let mut gaps = vec![];
    for seed in 101..=150 {
        let wanted = backlog(seed, 150, 8, 25);
        let plan = plan_sprint(&wanted);
        assert_eq!(check_sprint(&plan, &wanted), Vec::<String>::new());
        gains.push(100.0 * (plan.value / plan.greedy - 1.0));
        gaps.push(100.0 * plan.gap);
    }
    gains.sort_by(f64::total_cmp);
    gaps.sort_by(f64::total_cmp);
    let mean = gains.iter().sum::<f64>() / gains.len() as f64;
    println!(
        "gain over greedy on {} backlogs of 150 tasks for 8 people: mean {mean:.1} %, least {:.1} %, most {:.1} %",
        gains.len(),
        gains[0],
        gains[gains.len() - 1]
    );
    println!("gap on the same: middle {:.2} %, largest {:.2} %", gaps[gaps.len() / 2], gaps[gaps.len() - 1]);
}
