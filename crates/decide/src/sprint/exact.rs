//! The programme given to a solver for integer programmes.
//!
//! `microlp` with the default features, for programmes small enough that it ends; HiGHS with the feature `highs`, for all.
//! Order within the sprint is no part of the programme: a solution that cannot be put in order is forbidden and the programme
//! solved again. The bound is that of the first solution and so holds for every order.
//! Deliberately not here: what is done when no solver is called. Known limit: the built-in solver has nothing to tell before it
//! ends, so a machine that is far too slow keeps the plan of the search.

use super::bound::Prices;
use super::model::Model;
#[cfg(feature = "highs")]
use super::repack::repack;
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
/// How often a part of a plan is solved anew at most, the seconds after which it is no longer waited for, and how often in a row it may
/// be in vain.
#[cfg(feature = "highs")]
const PARTS: (usize, f64, usize) = (240, 4.0, 80);
/// How many people a part is of.
#[cfg(feature = "highs")]
const PART: std::ops::Range<usize> = 3..8;
/// Rounds in which hours left over are brought together before each part: a third of a second.
#[cfg(feature = "highs")]
const BETWEEN: usize = 1000;
/// What a solver found.
pub(super) struct Exact {
    pub plan: Plan,
    pub bound: f64,
}

/// Solves the programme, if it is small enough for the solver there is. `best` is the best plan so far.
#[cfg_attr(not(feature = "highs"), expect(unused_variables, reason = "the built-in solver needs no prices"))]
pub(super) fn solve(model: &Model, prices: &Prices, best: &Plan) -> Option<Exact> {
    let choices: Vec<(usize, usize)> =
        (0..model.len()).flat_map(|at| model.eligible[at].iter().map(move |p| (at, *p))).collect();
    #[cfg(not(feature = "highs"))]
    if choices.len() > MOST {
        return None;
    }
    let mut forbidden: Vec<Vec<(usize, usize)>> = vec![];
    #[cfg(feature = "highs")]
    let best = &by_parts((model, prices), &choices, best.clone(), &mut forbidden);
    let mut bound = None;
    for _ in 0..ROUNDS {
        let asked = Asked { model, choices: &choices, forbidden: &forbidden, best, part: None };
        let Some((by, gap)) = asked.once(PATIENCE) else { break };
        let plan = Plan::of(model, &by);
        let bound = *bound.get_or_insert(plan.value * (1.0 + gap));
        if plan.is_feasible(model) {
            return Some(Exact { plan, bound });
        }
        if gap > 0.0 {
            // Its time was up; there is none for another.
            break;
        }
        forbidden.push(linked(model, &by));
    }
    bound.map(|bound| Exact { plan: best.clone(), bound })
}

/// Who does the linked tasks.
fn linked(model: &Model, by: &[Option<usize>]) -> Vec<(usize, usize)> {
    let linked = by.iter().enumerate().filter(|(at, _)| model.linked(*at));
    linked.filter_map(|(at, person)| Some((at, (*person)?))).collect()
}

/// Large neighbourhood search (Shaw 1998): a few people's tasks and those nobody has are given out anew by the solver, again and again,
/// while everybody else keeps theirs; before each it is tried what brings hours left over together. Those with such hours are taken
/// together more often. A part is proven within seconds where the whole would take hours.
#[cfg(feature = "highs")]
fn by_parts(
    (model, prices): (&Model, &Prices),
    choices: &[(usize, usize)],
    mut best: Plan,
    forbidden: &mut Vec<Vec<(usize, usize)>>,
) -> Plan {
    let people = model.hours.len();
    if people <= PART.end {
        return best;
    }
    let mut random = fastrand::Rng::with_seed(1);
    let mut in_vain = 0;
    for round in 0..PARTS.0 {
        let before = best.value;
        best = repack(model, prices, best, (BETWEEN, round as u64));
        let by_room = random.bool();
        let mut part: Vec<(f64, usize)> = (0..people)
            .map(|person| {
                let room = if by_room { model.hours[person] - best.load[person] } else { 1.0 };
                (room * random.f64(), person)
            })
            .collect();
        part.sort_by(|a, b| b.0.total_cmp(&a.0));
        let part: Vec<usize> = part.into_iter().take(random.usize(PART)).map(|(_, person)| person).collect();
        let asked = Asked { model, choices, forbidden, best: &best, part: Some(&part) };
        let Some((by, _)) = asked.once(PARTS.1) else { continue };
        let plan = Plan::of(model, &by);
        in_vain = if plan.value > before + 1e-9 { 0 } else { in_vain + 1 };
        if !plan.is_feasible(model) {
            forbidden.push(linked(model, &by));
        } else if plan.value >= best.value {
            best = plan;
        }
        if in_vain > PARTS.2 {
            break;
        }
    }
    best
}

/// What a solver is asked.
struct Asked<'a, 'b> {
    model: &'a Model<'b>,
    /// The pairs of task and person that may be.
    choices: &'a [(usize, usize)],
    /// Linked tasks in hands in which they cannot be put in order.
    forbidden: &'a [Vec<(usize, usize)>],
    /// The best plan so far.
    best: &'a Plan,
    /// The people whose tasks are given out anew; everybody's where none are named.
    part: Option<&'a [usize]>,
}

impl Asked<'_, '_> {
    /// One solution and how far it may be from the best, as a share; none when the solver did not come to one in so many seconds.
    fn once(&self, patience: f64) -> Option<(Vec<Option<usize>>, f64)> {
        let (model, by) = (self.model, &self.best.by);
        let mut variables = ProblemVariables::new();
        let mut binary = |free: bool, now: bool| {
            let now = f64::from(u8::from(now));
            variables.add(if free { variable().binary() } else { variable().min(now).max(now) })
        };
        let chosen: Vec<Variable> = self
            .choices
            .iter()
            .map(|(at, person)| binary(self.is_free(*at, Some(*person)), by[*at] == Some(*person)))
            .collect();
        // Whether a task is taken at all is a variable of its own: a solver that branches there settles all people at once.
        let whole: Vec<Variable> =
            by.iter().enumerate().map(|(at, now)| binary(self.is_free(at, None), now.is_some())).collect();
        let pairs = self.choices.iter().zip(&chosen);
        let value: Expression = pairs.map(|((at, person), x)| model.value(*at, *person) * *x).sum();
        let rows = rows(model, self.choices, (&chosen, &whole), self.forbidden);
        let begin = self.choices.iter().map(|(at, person)| by[*at] == Some(*person));
        let begin = begin.chain(by.iter().map(Option::is_some));
        let (taken, gap) = solved(variables.maximise(value), rows, (&chosen, begin.collect()), patience)?;
        let mut by = vec![None; model.len()];
        for ((at, person), taken) in self.choices.iter().zip(taken) {
            if taken {
                by[*at] = Some(*person);
            }
        }
        Some((by, gap))
    }

    /// Whether it may change who has a task, or whether that person has it.
    fn is_free(&self, at: usize, person: Option<usize>) -> bool {
        let within = |person: usize| self.part.is_none_or(|part| part.contains(&person));
        self.best.by[at].is_none_or(within) && person.is_none_or(within)
    }
}

/// What the built-in solver takes, when it has proved that nothing is better.
#[cfg(not(feature = "highs"))]
fn solved(
    problem: UnsolvedProblem,
    rows: Vec<Constraint>,
    (chosen, _): (&[Variable], Vec<bool>),
    patience: f64,
) -> Option<(Vec<bool>, f64)> {
    use good_lp::{Solution as _, SolverModel as _, WithTimeLimit as _, solvers::SolutionStatus};
    let problem = problem.using(good_lp::microlp).with_time_limit(patience).with_all(rows);
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
    patience: f64,
) -> Option<(Vec<bool>, f64)> {
    use good_lp::SolverModel as _;
    let mut highs = problem.using(good_lp::highs).with_all(rows).try_into_inner().ok()?;
    highs.set_option("time_limit", patience);
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
