//! Scenarios: the same sprint under other conditions, beside the one that is planned.
//!
//! Pure: nothing is read again and nothing of a scenario is written. Deliberately not here: reading what was asked for.

use decide::sprint::{Proof, SprintPlan, Wanted, check_sprint, difference, plan_sprint};
use domain::TaskGid;
use serde::Serialize;

/// One thing that is otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum ScenarioChange {
    /// The probability with which each person is to finish, 0.5 to 0.999.
    Finishing(f64),
    /// Somebody is away all the time: their name or gid.
    Away(String),
    /// A task is left out, whatever asked for it.
    Without(TaskGid),
    /// A task must be taken.
    Must(TaskGid),
    /// The most hours together; none for people's hours alone.
    Velocity(Option<f64>),
}

/// Conditions with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// As it was asked for.
    pub name: String,
    /// What is otherwise.
    pub changes: Vec<ScenarioChange>,
}

/// What a scenario comes to.
#[derive(Clone, Debug, Serialize)]
pub struct ScenarioReport {
    /// Its name; `as planned` for the plan itself.
    pub name: String,
    /// Tasks taken.
    pub tasks: usize,
    /// Their hours.
    pub hours: f64,
    /// Their value.
    pub value: f64,
    /// What no plan exceeds.
    pub bound: f64,
    /// Whether the plan is known to be the best.
    pub proof: Proof,
    /// What it does otherwise than the plan, in sentences.
    pub differs: Vec<String>,
}

impl ScenarioReport {
    /// The plan itself, as the first row of the table.
    pub(super) fn planned(plan: &SprintPlan) -> ScenarioReport {
        ScenarioReport::of("as planned", plan, vec![])
    }

    fn of(name: &str, plan: &SprintPlan, differs: Vec<String>) -> ScenarioReport {
        ScenarioReport {
            name: name.to_owned(),
            tasks: plan.taken.len(),
            hours: plan.taken.iter().map(|taken| taken.hours).sum(),
            value: plan.value,
            bound: plan.bound,
            proof: plan.proof,
            differs,
        }
    }
}

/// Plans a scenario and compares it.
///
/// # Errors
/// A person or task that is not there, in words; a plan that its checker does not let pass.
pub(super) fn compared(
    planned: &SprintPlan,
    wanted: &Wanted,
    scenario: &Scenario,
) -> Result<ScenarioReport, String> {
    let mut other = wanted.clone();
    for change in &scenario.changes {
        apply(&mut other, change).map_err(|why| format!("--compare {}: {why}", scenario.name))?;
    }
    let plan = plan_sprint(&other);
    let wrong = check_sprint(&plan, &other);
    if !wrong.is_empty() {
        return Err(format!(
            "the scenario {} cannot be kept ({}): please report it",
            scenario.name,
            wrong.join("; ")
        ));
    }
    Ok(ScenarioReport::of(&scenario.name, &plan, difference(planned, &plan)))
}

fn apply(wanted: &mut Wanted, change: &ScenarioChange) -> Result<(), String> {
    let candidate = |wanted: &Wanted, gid: &TaskGid| {
        let at = wanted.candidates.iter().position(|candidate| candidate.task == *gid);
        at.ok_or_else(|| format!("task {gid} is not among those a sprint may take"))
    };
    match change {
        ScenarioChange::Finishing(probability) => wanted.finishing = *probability,
        ScenarioChange::Velocity(hours) => wanted.velocity = *hours,
        ScenarioChange::Must(gid) => {
            let at = candidate(wanted, gid)?;
            wanted.candidates[at].must = true;
        }
        ScenarioChange::Without(gid) => {
            let at = candidate(wanted, gid)?;
            wanted.candidates[at].must = false;
            wanted.candidates[at].blocked_by = vec!["what this scenario leaves out".into()];
        }
        ScenarioChange::Away(who) => {
            let is = |person: &domain::Person| {
                person.gid.as_str() == who || person.name.trim().eq_ignore_ascii_case(who.trim())
            };
            let seats: Vec<usize> =
                (0..wanted.people.len()).filter(|at| is(&wanted.people[*at].person)).collect();
            match seats.as_slice() {
                [] => {
                    return Err(format!(
                        "nobody here is called {who}: give a name or gid as the plan shows it"
                    ));
                }
                [one] => wanted.people[*one].hours.iter_mut().for_each(|hours| *hours = 0.0),
                _ => return Err(format!("several people are called {who}: give a gid")),
            }
        }
    }
    Ok(())
}
