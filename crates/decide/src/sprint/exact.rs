//! The programme given to a solver for integer programmes.
//!
//! `microlp` with the default features, for programmes small enough that it ends; HiGHS with the feature `highs`, for all.
//! Order within the sprint is no part of the programme: a solution that cannot be put in order is forbidden and the programme
//! solved again. The bound is that of the first solution and so holds for every order.
//! Deliberately not here: what is done when no solver is called. Known limit: the built-in solver has nothing to tell before it
//! ends, so a machine that is far too slow keeps the plan of the search.

use super::model::Model;
use super::search::Plan;
use good_lp::variable::UnsolvedProblem;
use good_lp::{Constraint, Expression, ProblemVariables, Variable, constraint, variable};

/// The most variables the built-in solver is given: it ends within a second on nearly all of this size.
#[cfg(not(feature = "highs"))]
const MOST: usize = 150;
/// Seconds after which a solver is no longer waited for.
const PATIENCE: f64 = if cfg!(feature = "highs") { 120.0 } else { 5.0 };
/// Solutions that cannot be put in order after which the search's plan is kept.
const ROUNDS: usize = 20;
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
        let Some((by, gap)) = once(model, &choices, &forbidden, best) else { break };
        let plan = Plan::of(model, &by);
        let bound = *bound.get_or_insert(plan.value * (1.0 + gap));
        if plan.is_feasible(model) {
            return Some(Exact { plan, bound });
        }
        if gap > 0.0 {
            // Its time was up; there is none for another.
            break;
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
    let chosen: Vec<Variable> = choices.iter().map(|_| variables.add(variable().binary())).collect();
    // Whether a task is taken at all is a variable of its own: a solver that branches there settles all people at once.
    let whole: Vec<Variable> = (0..model.len()).map(|_| variables.add(variable().binary())).collect();
    let value: Expression =
        choices.iter().zip(&chosen).map(|((at, person), x)| model.value(*at, *person) * *x).sum();
    let rows = rows(model, choices, (&chosen, &whole), forbidden);
    let begin = choices.iter().map(|(at, person)| best.by[*at] == Some(*person));
    let begin = begin.chain(best.by.iter().map(Option::is_some));
    let (taken, gap) = solved(variables.maximise(value), rows, (&chosen, begin.collect()))?;
    let mut by = vec![None; model.len()];
    for ((at, person), taken) in choices.iter().zip(taken) {
        if taken {
            by[*at] = Some(*person);
        }
    }
    Some((by, gap))
}

/// What the built-in solver takes, when it has proved that nothing is better.
#[cfg(not(feature = "highs"))]
fn solved(
    problem: UnsolvedProblem,
    rows: Vec<Constraint>,
    (chosen, _): (&[Variable], Vec<bool>),
) -> Option<(Vec<bool>, f64)> {
    use good_lp::{Solution as _, SolverModel as _, WithTimeLimit as _, solvers::SolutionStatus};
    let problem = problem.using(good_lp::microlp).with_time_limit(PATIENCE).with_all(rows);
    let solution = problem.solve().ok()?;
    let is_best = matches!(solution.status(), SolutionStatus::Optimal);
    is_best.then(|| (chosen.iter().map(|x| solution.value(*x) > 0.5).collect(), 0.0))
}

/// What HiGHS takes, from a plan it begins with, and how far that may be from the best: it keeps both when its time is up.
#[cfg(feature = "highs")]
fn solved(
    problem: UnsolvedProblem,
    rows: Vec<Constraint>,
    (_, begin): (&[Variable], Vec<bool>),
) -> Option<(Vec<bool>, f64)> {
    use good_lp::SolverModel as _;
    let mut highs = problem.using(good_lp::highs).with_all(rows).try_into_inner().ok()?;
    highs.set_option("time_limit", PATIENCE);
    highs.set_option("mip_rel_gap", 0.0);
    highs.set_option("output_flag", false);
    let begin: Vec<f64> = begin.iter().map(|taken| f64::from(u8::from(*taken))).collect();
    highs.set_solution(Some(&begin), None, None, None);
    let solved = highs.try_solve().ok()?;
    let (gap, solution) = (solved.mip_gap(), solved.get_solution());
    // Columns are in the order in which variables were added.
    let taken = solution.columns().iter().map(|x| *x > 0.5).collect();
    gap.is_finite().then_some((taken, gap.max(0.0)))
}

/// The rows of the programme.
fn rows(
    model: &Model,
    choices: &[(usize, usize)],
    (chosen, whole): (&[Variable], &[Variable]),
    forbidden: &[Vec<(usize, usize)>],
) -> Vec<Constraint> {
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
            rows.push(constraint!(whole[at] <= whole[*blocker]));
        }
        if model.must[at] {
            rows.push(constraint!(whole[at] >= 1.0));
        }
    }
    for set in forbidden {
        let sum: Expression =
            choices.iter().zip(chosen).filter(|(choice, _)| set.contains(choice)).map(|(_, x)| *x).sum();
        rows.push(constraint!(sum <= set.len() as f64 - 1.0));
    }
    rows.extend(tasks.into_iter().zip(whole).map(|(sum, whole)| constraint!(sum == *whole)));
    rows
}
