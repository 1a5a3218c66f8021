//! Why a plan is as it is: what holds it back, and why each task left out was.
//!
//! Deliberately not here: finding plans.

use super::SprintPlan;
use super::bound::Prices;
use super::model::Model;
use super::search::Plan;
use super::timeline::in_order;
use domain::TaskGid;
use serde::Serialize;
use std::collections::BTreeMap;

/// A limit that more of would make the plan better.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Binding {
    /// The limit, in words.
    pub limit: String,
    /// Value that one more hour or place would bring, by the relaxation.
    pub price: f64,
}

/// A task left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Left {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Why.
    pub why: Why,
}

/// Why a task was left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Why {
    /// It waits for open tasks that are no candidates.
    WaitsOutside {
        /// Their names.
        names: Vec<String>,
    },
    /// It waits for itself over others.
    Cycle,
    /// Nobody has its skills.
    NoSkill {
        /// The skills it asks for.
        skills: Vec<String>,
    },
    /// Everybody who is looked at belongs to other projects and keeps what they have of this one.
    NoMember,
    /// Nobody who could do it has hours for it alone.
    TooLarge {
        /// The hours it takes.
        hours: f64,
    },
    /// It waits for a task that is not in the plan.
    Waits {
        /// That task's name.
        name: String,
    },
    /// A limit that tasks share is reached.
    Limit {
        /// The limit.
        limit: String,
    },
    /// Those who could do it are full.
    Full {
        /// Who has most room.
        person: String,
        /// The task of theirs that brings least by the hour, where there is one.
        lost_to: Option<String>,
        /// Whether others could do it and are full as well.
        others: usize,
    },
    /// It would have to be done after tasks it waits for, and there is no time left then.
    NoTime,
    /// There is room for it, but only in place of more value.
    NotWorth,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Why::WaitsOutside { names } => {
                let named: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
                write!(f, "waits for {}, which cannot be in this sprint", named.join(", "))
            }
            Why::Cycle => f.write_str("part of a dependency cycle: break it to plan it"),
            Why::NoSkill { skills } => write!(f, "nobody has the skills it asks for ({})", skills.join(", ")),
            Why::NoMember => f.write_str("nobody who belongs to the project could do it"),
            Why::TooLarge { hours } => write!(f, "takes {hours:.0} h, more than anybody who could do it has"),
            Why::Waits { name } => write!(f, "waits for “{name}”, which is not in this sprint"),
            Why::Limit { limit } => f.write_str(limit),
            Why::Full { person, lost_to, others } => {
                write!(f, "{person} is full")?;
                if *others > 0 {
                    write!(f, ", as {others} more who could do it are")?;
                }
                match lost_to {
                    Some(name) => write!(f, ": it lost its slot to “{name}”"),
                    None => Ok(()),
                }
            }
            Why::NoTime => f.write_str("what it waits for leaves no time for it within the sprint"),
            Why::NotWorth => f.write_str("other tasks bring more in the same hours"),
        }
    }
}

/// Prices below this share of the value of an hour are rounding.
const CHEAP: f64 = 1e-3;

pub(super) fn binding(model: &Model, plan: &Plan, prices: &Prices) -> Vec<Binding> {
    let hours: f64 = plan.load.iter().sum();
    let cheap = CHEAP * plan.value / hours.max(1.0);
    let people = prices.people.iter().enumerate().map(|(at, price)| Binding {
        limit: format!("{} is full", model.wanted.people[at].person.name),
        price: *price,
    });
    let rows = prices
        .rows
        .iter()
        .zip(&model.rows)
        .map(|(price, row)| Binding { limit: row.words.clone(), price: *price });
    let mut binding: Vec<Binding> = people.chain(rows).filter(|b| b.price > cheap).collect();
    binding.sort_by(|a, b| b.price.total_cmp(&a.price).then(a.limit.cmp(&b.limit)));
    binding
}

pub(super) fn left(model: &Model, plan: &Plan) -> Vec<Left> {
    let out = (0..model.len()).filter(|at| plan.by[*at].is_none());
    let mut left: Vec<(usize, Left)> = out
        .map(|at| {
            let candidate = &model.wanted.candidates[at];
            let (task, name) = (candidate.task.clone(), candidate.name.clone());
            (at, Left { task, name, value: candidate.value, why: why(model, plan, at) })
        })
        .collect();
    left.sort_by(|a, b| b.1.value.total_cmp(&a.1.value).then(a.0.cmp(&b.0)));
    left.into_iter().map(|(_, left)| left).collect()
}

fn why(model: &Model, plan: &Plan, at: usize) -> Why {
    if let Some(why) = &model.never[at] {
        return why.clone();
    }
    if let Some(blocker) = model.waits_for[at].iter().find(|blocker| plan.by[**blocker].is_none()) {
        return Why::Waits { name: model.wanted.candidates[*blocker].name.clone() };
    }
    let reached =
        model.rows.iter().zip(&plan.rows).find(|(row, takes)| **takes + row.takes[at] > row.most + 1e-9);
    if let Some((row, _)) = reached {
        return Why::Limit { limit: row.words.clone() };
    }
    let room = |person: &usize| model.hours[*person] - plan.load[*person] - model.weights[at][*person];
    let Some(person) = model.eligible[at].iter().copied().max_by(|a, b| room(a).total_cmp(&room(b))) else {
        return Why::TooLarge { hours: model.means[at] };
    };
    if room(&person) >= 0.0 {
        let mut with = plan.by.clone();
        with[at] = Some(person);
        return if in_order(model, &with) { Why::NotWorth } else { Why::NoTime };
    }
    let mine = (0..model.len()).filter(|other| plan.by[*other] == Some(person));
    let rate = |at: usize| model.value(at, person) / model.weights[at][person].max(1e-9);
    let least = mine.min_by(|a, b| rate(*a).total_cmp(&rate(*b)));
    Why::Full {
        person: model.wanted.people[person].person.name.clone(),
        lost_to: least.map(|other| model.wanted.candidates[other].name.clone()),
        others: model.eligible[at].len() - 1,
    }
}

/// What one plan does differently from another, in sentences: for scenarios side by side.
#[must_use]
pub fn difference(from: &SprintPlan, to: &SprintPlan) -> Vec<String> {
    let by = |plan: &SprintPlan| -> BTreeMap<TaskGid, (String, String)> {
        plan.taken.iter().map(|t| (t.task.clone(), (t.name.clone(), t.person.name.clone()))).collect()
    };
    let (before, after) = (by(from), by(to));
    let mut lines = vec![format!("value {:.1} instead of {:.1}", to.value, from.value)];
    for (task, (name, person)) in &after {
        match before.get(task) {
            None => lines.push(format!("takes “{name}” ({person})")),
            Some((_, other)) if other != person => {
                lines.push(format!("gives “{name}” to {person} instead of {other}"));
            }
            Some(_) => {}
        }
    }
    let gone = before.iter().filter(|(task, _)| !after.contains_key(*task));
    lines.extend(gone.map(|(_, (name, _))| format!("leaves out “{name}”")));
    lines
}
