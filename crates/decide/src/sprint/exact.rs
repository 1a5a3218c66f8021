//! The programme given to a solver for integer programmes.
//!
//! `microlp` with the default features, for programmes small enough that it ends; HiGHS with the feature `highs`, for all.
//! Order within the sprint is no part of the programme: a solution that cannot be put in order is forbidden and the programme
//! solved again. The bound is that of the first solution and so holds for every order.
//! Deliberately not here: what is done when no solver is called. Known limit: a solver that meets its time limit is not listened to,
//! so a machine that is far too slow keeps the plan of the search.

use super::model::Model;
use super::search::Plan;
use good_lp::{
    Expression, ProblemVariables, Solution as _, SolverModel as _, Variable, constraint, variable,
};

/// The most variables the built-in solver is given: it ends within a second on nearly all of this size.
#[cfg(not(feature = "highs"))]
const MOST: usize = 150;
/// Seconds after which a solver is no longer waited for.
const PATIENCE: f64 = if cfg!(feature = "highs") { 120.0 } else { 5.0 };
/// Solutions that cannot be put in order after which the search's plan is kept.
const ROUNDS: usize = 20;
/// Variables from which on HiGHS may stop at [`NEAR`].
#[cfg(feature = "highs")]
const MANY: usize = 1500;
/// How near to the best a plan for many variables must be, as a share.
#[cfg(feature = "highs")]
const NEAR: f32 = 5e-4;

/// What a solver found.
pub(super) struct Exact {
    pub plan: Plan,
    pub bound: f64,
}

/// Solves the programme, if it is small enough for the solver there is. `best` is the best plan so far.
pub(super) fn solve(model: &Model, best: &Plan) -> Option<Exact> {
    let choices: Vec<(usize, usize)> =
        (0..model.len()).flat_map(|at| model.eligible[at].iter().map(move |p| (at, *p))).collect();
    #[cfg(not(feature = "highs"))]
    if choices.len() > MOST {
        return None;
    }
    let mut forbidden: Vec<Vec<(usize, usize)>> = vec![];
    let mut bound = None;
    for _ in 0..ROUNDS {
        let (by, gap) = once(model, &choices, &forbidden, best)?;
        let plan = Plan::of(model, &by);
        let bound = *bound.get_or_insert(plan.value * (1.0 + gap));
        if plan.is_feasible(model) {
            return Some(Exact { plan, bound });
        }
        let linked = by.iter().enumerate().filter(|(at, _)| model.linked(*at));
        forbidden.push(linked.filter_map(|(at, person)| Some((at, (*person)?))).collect());
    }
    bound.map(|bound| Exact { plan: best.clone(), bound })
}

/// One solution and how far it may be from the best, as a share; none when the solver did not come to one.
fn once(
    model: &Model,
    choices: &[(usize, usize)],
    forbidden: &[Vec<(usize, usize)>],
    best: &Plan,
) -> Option<(Vec<Option<usize>>, f64)> {
    let mut variables = ProblemVariables::new();
    let chosen: Vec<Variable> = choices
        .iter()
        .map(|(at, person)| {
            let begin = f64::from(u8::from(best.by[*at] == Some(*person)));
            variables.add(variable().binary().initial(begin))
        })
        .collect();
    let value: Expression =
        choices.iter().zip(&chosen).map(|((at, person), x)| model.value(*at, *person) * *x).sum();
    let (mut problem, gap) = solver(variables.maximise(value), choices.len());
    for row in rows(model, choices, &chosen, forbidden) {
        problem = problem.with(row);
    }
    let solution = problem.solve().ok()?;
    if !matches!(
        solution.status(),
        good_lp::solvers::SolutionStatus::Optimal | good_lp::solvers::SolutionStatus::GapLimit
    ) {
        return None;
    }
    let mut by = vec![None; model.len()];
    for ((at, person), x) in choices.iter().zip(&chosen) {
        if solution.value(*x) > 0.5 {
            by[*at] = Some(*person);
        }
    }
    Some((by, gap))
}

#[cfg(not(feature = "highs"))]
fn solver(
    problem: good_lp::variable::UnsolvedProblem,
    _: usize,
) -> (good_lp::solvers::microlp::MicroLpProblem, f64) {
    use good_lp::WithTimeLimit as _;
    (problem.using(good_lp::microlp).with_time_limit(PATIENCE), 0.0)
}

#[cfg(feature = "highs")]
fn solver(
    problem: good_lp::variable::UnsolvedProblem,
    count: usize,
) -> (good_lp::solvers::highs::HighsProblem, f64) {
    let gap = if count > MANY { NEAR } else { 0.0 };
    let problem =
        problem.using(good_lp::highs).set_time_limit(PATIENCE).set_option("mip_rel_gap", f64::from(gap));
    (problem, f64::from(gap))
}

/// The rows of the programme.
fn rows(
    model: &Model,
    choices: &[(usize, usize)],
    chosen: &[Variable],
    forbidden: &[Vec<(usize, usize)>],
) -> Vec<good_lp::Constraint> {
    let mut tasks: Vec<Expression> = vec![Expression::default(); model.len()];
    let mut people: Vec<Expression> = vec![Expression::default(); model.hours.len()];
    let mut shared: Vec<Expression> = vec![Expression::default(); model.rows.len()];
    for ((at, person), x) in choices.iter().zip(chosen) {
        tasks[*at] += *x;
        people[*person] += model.weights[*at][*person] * *x;
        for (sum, row) in shared.iter_mut().zip(&model.rows) {
            if row.takes[*at] > 0.0 {
                *sum += row.takes[*at] * *x;
            }
        }
    }
    let mut rows = vec![];
    rows.extend(people.into_iter().zip(&model.hours).map(|(sum, most)| constraint!(sum <= *most)));
    rows.extend(shared.into_iter().zip(&model.rows).map(|(sum, row)| constraint!(sum <= row.most)));
    for at in 0..model.len() {
        for blocker in &model.waits_for[at] {
            rows.push(constraint!(tasks[at].clone() <= tasks[*blocker].clone()));
        }
        if model.must[at] {
            rows.push(constraint!(tasks[at].clone() >= 1.0));
        }
    }
    for set in forbidden {
        let sum: Expression =
            choices.iter().zip(chosen).filter(|(choice, _)| set.contains(choice)).map(|(_, x)| *x).sum();
        rows.push(constraint!(sum <= set.len() as f64 - 1.0));
    }
    rows.extend(tasks.into_iter().map(|sum| constraint!(sum <= 1.0)));
    rows
}
