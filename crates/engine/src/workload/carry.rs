//! From a plan about people's time to its outcomes: saved, checked, carried out when asked, as every plan; and made again for a replay.
//!
//! Deliberately not here: making the plan the first time.

use super::risk::days_from;
use crate::apply::{Applied, Tally, apply};
use crate::approvals::{Ran, ask};
use crate::context::Engine;
use crate::error::EngineError;
use crate::groom::{Write, finish_run, require_sound, start_run};
use crate::replay::saved_rules_with;
use crate::report::{Requests, SkippedTask, Trouble, trouble};
use decide::assign::{Colleague, Request, Terms, assign, plan_assign};
use decide::sprint::{Filled, Wanted, check_sprint_of, plan_filled_sprint};
use decide::{Policy, Rules, plan_risk};
use domain::{Consent, Judgement, Moment, Phase, Plan, PlanId, PlanKind, RunId, Snapshot};
use judge::Rubric;
use judge::risk::{Settings, Worker, forecast, network};
use serde::{Deserialize, Serialize};
use store::Labels;

/// What a team's days were taken for before a configuration could say.
fn eight_on_weekdays(date: jiff::civil::Date) -> f64 {
    if date.weekday().to_monday_zero_offset() < 5 { 8.0 } else { 0.0 }
}

/// What a plan about people's time rests on beside its snapshot and rules.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub(crate) enum Inputs {
    /// People's hours.
    Risk {
        /// From the day of the plan on.
        workers: Vec<Worker>,
        /// Of whoever will take a task that nobody has; none in plans that took eight hours on weekdays for granted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nobody: Option<Vec<f64>>,
    },
    /// What was asked of whom.
    Assign {
        /// The tasks, in their order.
        requests: Vec<Request>,
        /// The people.
        people: Vec<Colleague>,
    },
    /// The sprint as it was wanted, and as it was planned. A search within a time cannot be repeated, only looked at again.
    Sprint {
        /// What it was planned from.
        wanted: Box<Wanted>,
        /// What it came to.
        filled: Filled,
    },
}

impl Inputs {
    /// The plan that follows from them.
    ///
    /// # Errors
    /// A sprint that its own checker does not let pass.
    pub(crate) fn plan(
        &self,
        snapshot: &Snapshot,
        (rubric, policy): (&Rubric, &Policy),
        rules: &Rules,
        now: Moment,
    ) -> Result<Plan, EngineError> {
        Ok(match self {
            Inputs::Risk { workers, nobody } => {
                let efforts = judge::risk::efforts(snapshot, rubric, now);
                let most = workers.iter().map(|worker| worker.hours.len()).max().unwrap_or(0);
                let nobody = nobody.clone().unwrap_or_else(|| days_from(now, most, eight_on_weekdays));
                let drawn = network(snapshot, &efforts, now, workers.clone(), nobody);
                plan_risk(snapshot, &forecast(&drawn, &Settings::default()), policy, rules, now)
            }
            Inputs::Assign { requests, people } => {
                let tasks = assign(requests, people, &Terms::default());
                plan_assign(snapshot, &tasks, policy, rules, now)
            }
            Inputs::Sprint { wanted, filled } => {
                let wrong = check_sprint_of(filled, wanted);
                if !wrong.is_empty() {
                    return Err(EngineError::Unusable(wrong.join("; ")));
                }
                plan_filled_sprint(snapshot, filled, policy, rules, now)
            }
        })
    }
}

/// What came of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Carried {
    /// The run: what `undo` takes.
    pub run: RunId,
    /// The plan: what `plan show` takes.
    pub plan: PlanId,
    /// The phase.
    pub phase: Phase,
    /// What it does, one line an action.
    pub actions: Vec<String>,
    /// What it asks people about, one line an action.
    pub asks: Vec<String>,
    /// Tasks left alone, each with its reason.
    pub skipped: Vec<SkippedTask>,
    /// Single values left to people.
    pub kept: Vec<SkippedTask>,
    /// How the writes came out.
    pub outcome: Tally,
    /// Writes that did not come out as planned.
    pub trouble: Vec<Trouble>,
    /// Why the rest was not tried, if it was not.
    pub stopped: Option<String>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

/// What was read and judged for a plan.
pub(super) struct Ground<'a> {
    pub snapshot: &'a Snapshot,
    pub labels: &'a Labels,
    pub judgements: &'a [Judgement],
    pub inputs: Inputs,
}

/// Makes the plan, saves it, and carries it out when asked. The project's lock is held.
pub(super) async fn carry(
    engine: &Engine,
    ground: Ground<'_>,
    (now, write): (Moment, Write),
    start: asana::Counters,
) -> Result<Carried, EngineError> {
    let Ground { snapshot, labels, judgements, inputs } = ground;
    let plan = inputs.plan(snapshot, (&engine.rubric, &engine.policy), &engine.rules(), now)?;
    let rules = saved_rules_with(engine, &inputs);
    keep(engine, (&plan, &rules), (snapshot, labels, judgements), (now, write), start).await
}

/// Saves a plan that was made of no more than its snapshot, and carries it out when asked. The lock of what it is about is held.
pub(crate) async fn carry_plan(
    engine: &Engine,
    (snapshot, plan): (&Snapshot, &Plan),
    (now, write): (Moment, Write),
    start: asana::Counters,
) -> Result<Carried, EngineError> {
    keep(engine, (plan, &engine.rules_text()), (snapshot, &Labels::default(), &[]), (now, write), start).await
}

async fn keep(
    engine: &Engine,
    (plan, rules): (&Plan, &str),
    (snapshot, labels, judgements): (&Snapshot, &Labels, &[Judgement]),
    (now, write): (Moment, Write),
    start: asana::Counters,
) -> Result<Carried, EngineError> {
    let run = engine.run_id(&snapshot.project.gid, now);
    start_run(engine, &run, plan.kind.word(), snapshot, now).await?;
    require_sound(plan, snapshot, engine)?;
    engine.store.save_snapshot(snapshot).await?;
    engine.store.save_plan(&run, plan, rules).await?;
    engine.store.record_labels(&run, now.at, &snapshot.project.gid, labels).await?;
    let applied = match write {
        Write::PlanOnly => Applied { outcomes: vec![], stopped: None },
        Write::Apply => apply(engine, &run, plan, snapshot).await?,
    };
    if write == Write::Apply {
        ask_of(engine, (&run, plan), (snapshot, judgements), &applied, now).await?;
    }
    finish_run(engine, &run, plan, &applied, (write, Requests::since(engine, start))).await?;
    let lines = |consent: Consent| {
        let of = plan.actions.iter().filter(|planned| planned.consent == consent);
        of.map(|planned| planned.action.summary()).collect()
    };
    let notes = plan.notes.iter().filter(|note| !snapshot.notes.contains(note)).cloned();
    Ok(Carried {
        plan: plan.id.clone(),
        phase: plan.phase,
        actions: lines(Consent::Given),
        asks: lines(Consent::Waiting),
        skipped: plan.skipped.iter().map(SkippedTask::from).collect(),
        kept: plan.kept.iter().map(SkippedTask::from).collect(),
        outcome: Tally::of(plan, &applied.outcomes),
        trouble: trouble(plan, &applied.outcomes),
        notes: notes.collect(),
        stopped: applied.stopped,
        run,
    })
}

/// Asks people about what waits for them, once the plan is carried out: a preview asks nothing.
pub(crate) async fn ask_of(
    engine: &Engine,
    (run, plan): (&RunId, &Plan),
    (snapshot, judgements): (&Snapshot, &[Judgement]),
    applied: &Applied,
    now: Moment,
) -> Result<(), EngineError> {
    // An assignment that only suggests says nothing of what a sprint asked.
    let gives_out = plan.kind == PlanKind::Assign && engine.policy.assign.set;
    if gives_out || matches!(plan.kind, PlanKind::Sprint { .. }) {
        let ran = Ran { run, plan, snapshot, judgements, outcomes: &applied.outcomes };
        ask(engine, ran, now).await?;
    }
    Ok(())
}
