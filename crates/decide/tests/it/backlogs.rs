//! Made-up backlogs to plan sprints from.

use decide::sprint::{Candidate, Seat, Wanted};
use domain::{Person, TaskGid, UserGid};
use fastrand::Rng;
use judge::risk::Spread;
use std::collections::BTreeSet;

const SKILLS: [&str; 4] = ["backend", "design", "frontend", "data"];

pub fn skills(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|s| (*s).to_owned()).collect()
}

/// A task of that value and effort, with the default spread.
pub fn candidate(at: usize, value: f64, hours: f64) -> Candidate {
    Candidate {
        task: TaskGid::new((at + 1).to_string()),
        name: format!("Task {at}"),
        value,
        effort: Spread::usual(hours).unwrap(),
        section: None,
        skills: BTreeSet::new(),
        waits_for: vec![],
        blocked_by: vec![],
        must: false,
        owner: None,
        held: false,
        promised: None,
        carried: false,
    }
}

/// Somebody with the same hours on every day.
pub fn seat(at: usize, days: usize, a_day: f64) -> Seat {
    let person = Person { gid: UserGid::new((900 + at).to_string()), name: format!("Person {at}") };
    Seat { person, hours: vec![a_day; days], skills: None, only_own: false }
}

/// Tasks whose effort is known for sure.
pub fn sure(mut candidate: Candidate) -> Candidate {
    candidate.effort = Spread { below: 0.0, above: 0.0, ..candidate.effort };
    candidate
}

/// A backlog of `tasks` with `links` dependencies for `people` over ten days: skills, part-time people, work in hand, some that
/// must be taken, a limit on a section.
pub fn backlog(seed: u64, tasks: usize, people: usize, links: usize) -> Wanted {
    let mut random = Rng::with_seed(seed);
    let bell = |random: &mut Rng| (0..4).map(|_| random.f64() - 0.5).sum::<f64>() * 1.7;
    let mut candidates: Vec<Candidate> = (0..tasks)
        .map(|at| {
            let hours = (2.0 + 0.7 * bell(&mut random)).exp().clamp(1.0, 40.0);
            let value = (20.0 + 60.0 * random.f64() + 2.0 * hours.sqrt()).round();
            let mut made = candidate(at, value, hours);
            let spread = 0.2 + 0.3 * random.f64();
            made.effort = Spread { middle: hours, below: spread, above: spread * 1.2 };
            if random.bool() {
                made.skills = skills(&[SKILLS[random.usize(..4)]]);
            }
            made.section = Some(format!("Section {}", random.usize(..5)));
            made.owner = (random.f64() < 0.2).then(|| random.usize(..people));
            made.carried = random.f64() < 0.05;
            made
        })
        .collect();
    for must in candidates.iter_mut().take(tasks / 100) {
        must.must = true;
    }
    for _ in 0..links {
        let at = random.usize(1..tasks);
        let before = random.usize(..at);
        candidates[at].waits_for.push(before);
    }
    let people = (0..people)
        .map(|at| {
            let mut made = seat(at, 10, [6.0, 6.0, 5.0, 3.0][random.usize(..4)]);
            let first = random.usize(..4);
            made.skills = Some(skills(&[SKILLS[first], SKILLS[(first + 1) % 4]]));
            made
        })
        .collect();
    let section_limits = [("Section 0".to_owned(), tasks / 20)].into();
    Wanted { candidates, people, section_limits, ..Wanted::default() }
}
