//! A second look at a planned sprint, which shares no code with the planning.
//!
//! It reads the wishes and the plan and reckons everything again: skills, chances of finishing by the formula with the root,
//! limits, links, and whether the times told can be kept. Deliberately not here: whether the plan is good.

use super::{Filled, SprintPlan, Taken, Wanted};
use judge::risk::spread::normal;
use std::collections::{BTreeMap, HashMap};

/// Room for rounding, in hours, days and probability.
const ROUNDING: f64 = 1e-4;

/// What is wrong with a plan, in sentences; empty when nothing is.
#[must_use]
pub fn check_sprint(plan: &SprintPlan, wanted: &Wanted) -> Vec<String> {
    let mut wrong = vec![];
    let mut by_task: HashMap<usize, &Taken> = HashMap::new();
    for taken in &plan.taken {
        if by_task.insert(taken.candidate, taken).is_some() {
            wrong.push(format!("“{}” is taken twice", taken.name));
        }
        let known = wanted.candidates.get(taken.candidate).is_some_and(|c| c.task == taken.task)
            && wanted.people.get(taken.seat).is_some_and(|p| p.person == taken.person);
        if !known {
            wrong.push(format!("“{}” or who does it is not among what was asked about", taken.name));
            return wrong;
        }
    }
    for taken in &plan.taken {
        task(&mut wrong, wanted, &by_task, taken);
    }
    for seat in 0..wanted.people.len() {
        let mine: Vec<&Taken> = plan.taken.iter().filter(|t| t.seat == seat).collect();
        chance(&mut wrong, wanted, seat, &mine);
        times(&mut wrong, wanted, seat, &mine);
    }
    limits(&mut wrong, wanted, &plan.taken);
    if plan.value > plan.bound + ROUNDING * (1.0 + plan.bound) || plan.value + ROUNDING < plan.greedy {
        wrong.push(format!(
            "{} is not between the greedy {} and the bound {}",
            plan.value, plan.greedy, plan.bound
        ));
    }
    wrong
}

fn task(wrong: &mut Vec<String>, wanted: &Wanted, by_task: &HashMap<usize, &Taken>, taken: &Taken) {
    let candidate = &wanted.candidates[taken.candidate];
    let name = &taken.name;
    own_alone(wrong, wanted, taken);
    if let Some(skills) = &wanted.people[taken.seat].skills
        && candidate.skills.iter().any(|skill| !skills.contains(skill))
    {
        wrong.push(format!("{} lacks a skill of “{name}”", taken.person.name));
    }
    if !candidate.blocked_by.is_empty() {
        wrong.push(format!("“{name}” waits for a task outside"));
    }
    for blocker in candidate.waits_for.iter().filter(|at| **at < wanted.candidates.len()) {
        match by_task.get(blocker) {
            None => wrong.push(format!("“{name}” waits for a task that is not taken")),
            Some(before) if before.ends > taken.ends + ROUNDING => {
                wrong.push(format!("“{name}” ends before what it waits for"));
            }
            // Within one person's day the fraction of the day is the same clock.
            Some(before) if before.ends > taken.begins + ROUNDING && candidate.effort.middle > 0.0 => {
                wrong.push(format!("“{name}” begins before what it waits for ends"));
            }
            Some(_) => {}
        }
    }
}

/// Whoever does not belong to the project has no more of it than what is theirs.
fn own_alone(wrong: &mut Vec<String>, wanted: &Wanted, taken: &Taken) {
    let owner = wanted.candidates[taken.candidate].owner;
    if wanted.people[taken.seat].only_own && owner != Some(taken.seat) {
        wrong.push(format!(
            "{} is no member of the project and does not have “{}”",
            taken.person.name, taken.name
        ));
    }
}

/// The probability with which a person finishes, by the normal approximation of the sum of their tasks.
fn chance(wrong: &mut Vec<String>, wanted: &Wanted, seat: usize, mine: &[&Taken]) {
    let hours: f64 = wanted.people[seat].hours.iter().filter(|h| h.is_finite() && **h > 0.0).sum();
    let effort = |taken: &&Taken| wanted.candidates[taken.candidate].effort;
    let mean: f64 = mine.iter().map(|t| effort(t).mean()).sum();
    let variance: f64 = mine.iter().map(|t| effort(t).variance()).sum();
    let finishes = if variance > 0.0 {
        normal((hours - mean) / variance.sqrt())
    } else {
        f64::from(u8::from(mean <= hours + ROUNDING))
    };
    let wanted_chance = wanted.finishing.clamp(0.5, 0.999);
    if !mine.is_empty() && finishes + ROUNDING < wanted_chance {
        let name = &wanted.people[seat].person.name;
        wrong.push(format!("{name} finishes with a probability of {finishes:.3}, less than {wanted_chance}"));
    }
}

/// Whether the tasks can be worked on within the times told: between any begin and any end there must be hours for all that
/// lies between them (Horn 1974: for work that can be interrupted that is enough).
fn times(wrong: &mut Vec<String>, wanted: &Wanted, seat: usize, mine: &[&Taken]) {
    let days = &wanted.people[seat].hours;
    let until = |at: f64| -> f64 {
        let whole = days.iter().enumerate().map(|(day, hours)| {
            let part = (at - day as f64).clamp(0.0, 1.0);
            if hours.is_finite() { hours.max(0.0) * part } else { 0.0 }
        });
        whole.sum()
    };
    for taken in mine {
        if taken.ends > days.len() as f64 + ROUNDING
            || taken.begins < 0.0
            || taken.begins > taken.ends + ROUNDING
        {
            wrong.push(format!("“{}” has times outside the sprint", taken.name));
        }
    }
    let mut by_end: Vec<(&Taken, f64)> = mine.iter().map(|taken| (*taken, until(taken.ends))).collect();
    by_end.sort_by(|a, b| a.0.ends.total_cmp(&b.0.ends));
    for begin in mine.iter().map(|t| t.begins) {
        let (mut work, mut counted, before) = (0.0, 0, until(begin));
        for (end, has) in by_end.iter().map(|(t, has)| (t.ends, has - before)) {
            while let Some((taken, _)) = by_end.get(counted).filter(|(t, _)| t.ends <= end + ROUNDING) {
                if taken.begins >= begin - ROUNDING {
                    work += wanted.candidates[taken.candidate].effort.mean();
                }
                counted += 1;
            }
            if end >= begin && work > has + 30.0 * ROUNDING {
                let name = &wanted.people[seat].person.name;
                wrong.push(format!("{name} has {work:.2} h of work in {has:.2} h"));
                return;
            }
        }
    }
}

fn limits(wrong: &mut Vec<String>, wanted: &Wanted, taken: &[Taken]) {
    let mut sections: BTreeMap<&str, usize> = BTreeMap::new();
    for section in taken.iter().filter_map(|t| wanted.candidates[t.candidate].section.as_deref()) {
        *sections.entry(section).or_default() += 1;
    }
    for (section, most) in &wanted.section_limits {
        if sections.get(section.as_str()).is_some_and(|count| count > most) {
            wrong.push(format!("section “{section}” has more than {most} tasks"));
        }
    }
    let hours: f64 = taken.iter().map(|t| wanted.candidates[t.candidate].effort.mean()).sum();
    if wanted.velocity.is_some_and(|most| most.is_finite() && hours > most.max(0.0) + ROUNDING) {
        wrong.push(format!("{hours:.1} h are more than the team's velocity allows"));
    }
}

/// What is wrong with a sprint that was kept, as far as it can be seen without its times: tasks and people that were not asked about,
/// skills, hours, what is waited for.
#[must_use]
pub fn check_sprint_of(filled: &Filled, wanted: &Wanted) -> Vec<String> {
    let mut wrong = vec![];
    let mut taken = vec![];
    for one in &filled.tasks {
        let candidate = wanted.candidates.iter().position(|candidate| candidate.task == one.task);
        let seat = wanted.people.iter().position(|seat| seat.person == one.person);
        let (Some(candidate), Some(seat)) = (candidate, seat) else {
            wrong.push(format!("task {} or who does it is not among what was asked about", one.task));
            return wrong;
        };
        let day = |on: jiff::civil::Date| filled.from.until(on).map_or(0, |span| span.get_days());
        let of = &wanted.candidates[candidate];
        taken.push(Taken {
            task: one.task.clone(),
            name: of.name.clone(),
            candidate,
            seat,
            person: one.person.clone(),
            value: of.value,
            hours: of.effort.mean(),
            begins: f64::from(day(one.begins)),
            ends: f64::from(day(one.ends)) + 1.0,
        });
    }
    for seat in 0..wanted.people.len() {
        let mine: Vec<&Taken> = taken.iter().filter(|t| t.seat == seat).collect();
        chance(&mut wrong, wanted, seat, &mine);
    }
    for one in &taken {
        own_alone(&mut wrong, wanted, one);
        let lacks = &wanted.candidates[one.candidate].skills;
        if wanted.people[one.seat].skills.as_ref().is_some_and(|skills| !lacks.is_subset(skills)) {
            wrong.push(format!("{} lacks a skill of “{}”", one.person.name, one.name));
        }
        for blocker in &wanted.candidates[one.candidate].waits_for {
            let before = taken.iter().find(|other| other.candidate == *blocker);
            if before.is_none_or(|before| before.ends > one.ends) {
                wrong.push(format!("“{}” waits for a task that does not end before it", one.name));
            }
        }
    }
    limits(&mut wrong, wanted, &taken);
    wrong
}
