//! The journal: every attempt to change Asana, noted before and after.
//!
//! `begin` is durable before the first request leaves, `end` after the last answer has come: whatever a crash leaves
//! between the two is found by `open_attempts`. Values begun are pending in the ledger; an outcome settles them:
//!
//! | outcome | the pending value |
//! |---|---|
//! | done | is written by us |
//! | already so | is ours if we had written it or an earlier attempt may have; else a person's equal value stays theirs |
//! | unreachable | stays pending: the request may have arrived |
//! | anything else | is dropped: nothing was written |
//!
//! An "earlier attempt" is one begun before this one, by another run than the one that reports the end, or by a process
//! that is no more: recovery after a crash may report "already so" and the value is known to be ours.
//! Known limit: callers hold the project's lock; two runs journalling one plan at once would take the same number.

use crate::audit::{AuditEntry, append, told};
use crate::conn::{Arg, Tx, args, json};
use crate::ledger::{Known, Pending, Settled, note_written, slots};
use crate::runs::known_run;
use crate::{Store, StoreError, snapshots};
use domain::{Judgement, Outcome, OutcomeKind, Plan, PlanId, PlannedAction, ProjectGid, RunId};
use jiff::Timestamp;
use serde_json::json as object;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Begun, not ended.
const BEGUN: i64 = 0;
/// The world is as the action wants it.
pub(crate) const WELL: i64 = 1;
/// Ended, but trying again could help.
pub(crate) const WAITING: i64 = 2;
/// Ended for good, otherwise than planned.
pub(crate) const CLOSED: i64 = 3;

/// An attempt that was begun and never ended.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenAttempt {
    /// The run that began it.
    pub run: RunId,
    /// The plan it is of.
    pub plan: PlanId,
    /// The action.
    pub action: PlannedAction,
    /// When it began.
    pub started_at: Timestamp,
}

impl Store {
    /// Notes, durably and all or none, that these actions of the plan are about to be tried. One that is named twice
    /// counts once.
    pub async fn begin(
        &self,
        run: &RunId,
        plan: &Plan,
        actions: &[&PlannedAction],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut named = BTreeSet::new();
        let actions: Vec<&PlannedAction> =
            actions.iter().copied().filter(|a| named.insert(a.id.as_str())).collect();
        let mut tx = self.write().await?;
        known_run(&mut tx, run).await?;
        let last = last_numbers(&mut tx, plan).await?;
        let new = actions.iter().map(|action| Attempt {
            run: run.to_string(),
            number: last.get(action.id.as_str()).map_or(1, |n| n + 1),
            started_at: at,
            action,
            outcome: None,
        });
        save_attempts(&mut tx, plan, new.collect()).await?;
        let slots = pending_rows(&mut tx, plan, &actions).await?;
        let begun = args![run.as_str(), &*self.process, at];
        save_pending(&mut tx, slots, &begun).await?;
        tx.exec("UPDATE runs SET applied = 1 WHERE id = $1", args![run.as_str()]).await?;
        tx.commit().await
    }

    /// Notes, durably and all or none, how actions ended: closes their open attempts, settles the ledger, audits each.
    ///
    /// An outcome of an action that was never begun (skipped, waiting for approval) is noted as an attempt as well.
    /// Outcomes that name no action of the plan are left out.
    pub async fn end(&self, run: &RunId, plan: &Plan, outcomes: &[Outcome]) -> Result<(), StoreError> {
        let actions: HashMap<&str, &PlannedAction> =
            plan.actions.iter().map(|a| (a.id.as_str(), a)).collect();
        let ended: BTreeMap<&str, Ended> = outcomes
            .iter()
            .filter_map(|o| actions.get(o.action.as_str()).map(|a| (o.action.as_str(), (*a, o))))
            .collect();
        let ended: Vec<Ended> = ended.into_values().collect();
        let mut tx = self.write().await?;
        known_run(&mut tx, run).await?;
        close_attempts(&mut tx, run, plan, &ended).await?;
        settle(&mut tx, &Reporter { run, plan, process: &self.process }, &ended).await?;
        let actor = snapshots::actor(&mut tx, &plan.snapshot).await?;
        let actor = actor.map_or_else(|| "Upnext".into(), |p| format!("Upnext as {} ({})", p.name, p.gid));
        let judged = judged(&mut tx, run, &ended).await?;
        let entry = |ended: &Ended<'_>| {
            let judgement = ended.0.action.task().and_then(|task| judged.get(task.as_str()));
            audit_entry((run, plan), &actor, ended, judgement)
        };
        let entries: Vec<AuditEntry> = ended.iter().map(entry).collect();
        append(&mut tx, &entries).await?;
        tx.commit().await
    }

    /// How often each action of a project came out well since a moment, by action.
    pub async fn writes_since(
        &self,
        project: &ProjectGid,
        since: Timestamp,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let sql = "SELECT action, COUNT(*) FROM attempts WHERE project = $1 AND started_at >= $2 AND state = $3 GROUP BY action";
        let rows = self.rows(sql, args![project.as_str(), since, WELL]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
    }

    /// How often each action of a project came out well in a time, its end not included, by action.
    pub async fn writes_between(
        &self,
        project: &ProjectGid,
        begin: Timestamp,
        end: Timestamp,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let sql = "SELECT action, COUNT(*) FROM attempts WHERE project = $1 AND started_at >= $2 AND started_at < $3 \
                   AND state = $4 GROUP BY action";
        let rows = self.rows(sql, args![project.as_str(), begin, end, WELL]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
    }

    /// Actions of a project with such an id, in which `%` stands for anything, that came out well at any time.
    pub async fn done_like(&self, project: &ProjectGid, like: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT action FROM attempts WHERE project = $1 AND action LIKE $2 AND state = $3";
        let rows = self.rows(sql, args![project.as_str(), like, WELL]).await?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Attempts begun and never ended, oldest first: what a crash has left. Empty while nothing went wrong and no run
    /// is at work.
    pub async fn open_attempts(&self, project: &ProjectGid) -> Result<Vec<OpenAttempt>, StoreError> {
        let sql = "SELECT run, plan, body, started_at FROM attempts WHERE project = $1 AND ended_at IS NULL \
                   ORDER BY seq";
        let rows = self.rows(sql, args![project.as_str()]).await?;
        rows.iter()
            .map(|row| {
                Ok(OpenAttempt {
                    run: RunId::new(row.text(0)?),
                    plan: PlanId::new(row.text(1)?),
                    action: row.json(2)?,
                    started_at: row.time(3)?,
                })
            })
            .collect()
    }

    /// How each action of a run ended, the last attempt counting, in the order they were first tried.
    pub async fn outcomes(&self, run: &RunId) -> Result<Vec<Outcome>, StoreError> {
        let sql = "SELECT ending FROM attempts WHERE run = $1 AND ending IS NOT NULL ORDER BY seq";
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in self.rows(sql, args![run.as_str()]).await? {
            let outcome: Outcome = row.json(0)?;
            match places.get(outcome.action.as_str()) {
                Some(place) => outcomes[*place] = outcome,
                None => {
                    places.insert(outcome.action.to_string(), outcomes.len());
                    outcomes.push(outcome);
                }
            }
        }
        Ok(outcomes)
    }
}

/// An action with its outcome.
type Ended<'a> = (&'a PlannedAction, &'a Outcome);

struct Attempt<'a> {
    run: String,
    number: i64,
    started_at: Timestamp,
    action: &'a PlannedAction,
    outcome: Option<&'a Outcome>,
}

async fn last_numbers(tx: &mut Tx, plan: &Plan) -> Result<HashMap<String, i64>, StoreError> {
    let sql = "SELECT action, MAX(number) FROM attempts WHERE plan = $1 GROUP BY action";
    let rows = tx.rows(sql, args![plan.id.as_str()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}

/// Inserts attempts, or notes the ending of those that are there.
async fn save_attempts(tx: &mut Tx, plan: &Plan, attempts: Vec<Attempt<'_>>) -> Result<(), StoreError> {
    let row = |a: &Attempt| {
        args![
            a.run.as_str(),
            plan.id.as_str(),
            plan.project.gid.as_str(),
            a.action.id.as_str(),
            a.number,
            json(a.action),
            a.started_at,
            a.outcome.map(|o| o.at),
            a.outcome.map(json).as_deref(),
            a.outcome.map_or(BEGUN, |o| state(&o.kind))
        ]
    };
    tx.insert_rows(
        "INSERT INTO attempts (run, plan, project, action, number, body, started_at, ended_at, ending, state)",
        attempts.iter().map(row).collect(),
        "ON CONFLICT (plan, action, number) DO UPDATE SET ended_at = excluded.ended_at, \
         ending = excluded.ending, state = excluded.state",
    )
    .await?;
    Ok(())
}

fn state(kind: &OutcomeKind) -> i64 {
    match kind {
        kind if kind.is_settled_well() => WELL,
        kind if kind.is_open() => WAITING,
        _ => CLOSED,
    }
}

/// The slots these actions write, one row each, with whether the value was ours already.
async fn pending_rows(
    tx: &mut Tx,
    plan: &Plan,
    actions: &[&PlannedAction],
) -> Result<Vec<Vec<Arg>>, StoreError> {
    let project = plan.project.gid.as_str();
    let places = places(actions.iter().copied());
    let known = Known::read(tx, project, places.iter().map(String::as_str).collect()).await?;
    let mut rows = BTreeMap::new();
    for action in actions {
        for (task, slot, value) in slots(&action.action) {
            let had = known.has(task.as_str(), &slot, &value);
            let (plan, id) = (plan.id.as_str(), action.id.as_str());
            let row = args![project, task.as_str(), slot.as_str(), plan, id, json(&value), had];
            // Of two values for one slot Asana keeps the last.
            rows.insert((id, slot), row);
        }
    }
    Ok(rows.into_values().collect())
}

/// `begun` is the run, the process and the moment, the same for every slot.
async fn save_pending(tx: &mut Tx, slots: Vec<Vec<Arg>>, begun: &[Arg]) -> Result<(), StoreError> {
    tx.insert_rows(
        "INSERT INTO pending (project, task, slot, plan, action, value, known, run, process, at)",
        slots.into_iter().map(|row| [row.as_slice(), begun].concat()).collect(),
        "ON CONFLICT (plan, action, task, slot) DO UPDATE SET run = excluded.run, \
         process = excluded.process, known = 1",
    )
    .await?;
    Ok(())
}

/// The tasks, or projects, whose slots these actions write.
fn places<'a>(actions: impl Iterator<Item = &'a PlannedAction>) -> BTreeSet<String> {
    actions.flat_map(|a| slots(&a.action)).map(|(place, ..)| place.to_string()).collect()
}

fn tasks<'a>(actions: impl Iterator<Item = &'a PlannedAction>) -> BTreeSet<&'a str> {
    actions.filter_map(|a| a.action.task()).map(|task| task.as_str()).collect()
}

/// Ends the open attempts of these actions, whoever began them; the run that reports always has one of its own.
async fn close_attempts(
    tx: &mut Tx,
    run: &RunId,
    plan: &Plan,
    ended: &[Ended<'_>],
) -> Result<(), StoreError> {
    let last = last_numbers(tx, plan).await?;
    let sql = "SELECT action, number, run, started_at FROM attempts WHERE plan = $1 AND ended_at IS NULL";
    let mut open: HashMap<String, Vec<(i64, String, Timestamp)>> = HashMap::new();
    for row in tx.rows(sql, args![plan.id.as_str()]).await? {
        open.entry(row.text(0)?).or_default().push((row.int(1)?, row.text(2)?, row.time(3)?));
    }
    let mut attempts = Vec::new();
    for (action, outcome) in ended {
        let id = action.id.as_str();
        let open = open.remove(id).unwrap_or_default();
        if !open.iter().any(|(_, owner, _)| owner == run.as_str()) {
            let number = last.get(id).map_or(1, |n| n + 1);
            let (run, started_at) = (run.to_string(), outcome.at);
            attempts.push(Attempt { run, number, started_at, action, outcome: Some(outcome) });
        }
        for (number, run, started_at) in open {
            attempts.push(Attempt { run, number, started_at, action, outcome: Some(outcome) });
        }
    }
    save_attempts(tx, plan, attempts).await
}

/// Turns pending values into written ones or drops them, by the table at the head of this file.
async fn settle(tx: &mut Tx, reporter: &Reporter<'_>, ended: &[Ended<'_>]) -> Result<(), StoreError> {
    let project = reporter.plan.project.gid.as_str();
    let places = places(ended.iter().map(|(action, _)| *action));
    let known = Known::read(tx, project, places.iter().map(String::as_str).collect()).await?;
    let mut settled = Settled::new();
    let mut dropped: BTreeSet<i64> = BTreeSet::new();
    for (action, outcome) in ended {
        for (task, slot, value) in slots(&action.action) {
            let task = task.as_str();
            let here = || known.pending.iter().filter(|p| p.task == task && p.slot == slot);
            let ours = match &outcome.kind {
                OutcomeKind::Done => true,
                OutcomeKind::AlreadySo => {
                    known.wrote(task, &slot, &value)
                        || here().any(|p| p.value == value && reporter.earlier(action, p))
                }
                OutcomeKind::Unreachable { .. } => continue,
                _ => false,
            };
            if ours {
                dropped.extend(here().map(|p| p.seq));
                settled.insert((task.to_owned(), slot.clone()), (value, outcome.at));
            } else {
                dropped.extend(here().filter(|p| reporter.own(action, p)).map(|p| p.seq));
            }
        }
    }
    let dropped = dropped.into_iter().map(Arg::from).collect();
    tx.rows_in("DELETE FROM pending WHERE seq IN", vec![], dropped).await?;
    note_written(tx, project, settled).await
}

/// Who reports how attempts ended.
struct Reporter<'a> {
    run: &'a RunId,
    plan: &'a Plan,
    process: &'a str,
}

impl Reporter<'_> {
    /// Whether a pending value belongs to this action.
    fn own(&self, action: &PlannedAction, p: &Pending) -> bool {
        p.plan == self.plan.id.as_str() && p.action == action.id.as_str()
    }

    /// Whether a pending value is from an earlier attempt than the one that is reported.
    fn earlier(&self, action: &PlannedAction, p: &Pending) -> bool {
        !self.own(action, p) || p.known || p.run != self.run.as_str() || p.process != self.process
    }
}

/// What the run judged of the tasks it wrote, as far as it is still the latest.
async fn judged(
    tx: &mut Tx,
    run: &RunId,
    ended: &[Ended<'_>],
) -> Result<HashMap<String, Judgement>, StoreError> {
    let tasks = tasks(ended.iter().map(|(action, _)| *action)).into_iter().map(Arg::from).collect();
    let sql = "SELECT task, body FROM judgements WHERE run = $1 AND task IN";
    let rows = tx.rows_in(sql, args![run.as_str()], tasks).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.json(1)?))).collect()
}

/// What an entry tells of a judgement: enough to see what the score was made of; reasons and texts stay out.
fn made_of(judgement: &Judgement) -> serde_json::Value {
    let points: BTreeMap<&str, f64> =
        judgement.contributions.iter().map(|c| (c.criterion.as_str(), c.points.to_f64())).collect();
    let by_model: BTreeMap<&str, f64> = judgement
        .contributions
        .iter()
        .filter_map(|c| Some((c.criterion.as_str(), c.ai.as_ref()?.points.to_f64())))
        .collect();
    let (effort, ratings) = (&judgement.findings.effort, &judgement.findings.ratings);
    object!({
        "rank": judgement.rank, "score": judgement.score.to_f64(), "band": judgement.band,
        "confidence": judgement.confidence, "contributions": points, "by_language_model": by_model,
        "effort_model": effort.as_ref().map(|found| &found.model),
        "language_models": ratings.as_ref().map(|found| &found.models),
        "prompt": ratings.as_ref().map(|found| &found.prompt),
    })
}

fn audit_entry(
    (run, plan): (&RunId, &Plan),
    actor: &str,
    (action, outcome): &Ended<'_>,
    judgement: Option<&Judgement>,
) -> AuditEntry {
    let subject = match action.action.task() {
        Some(task) => format!("task {task}"),
        None => format!("project {}", plan.project.gid),
    };
    // The action holds the expected and the new value of everything it touches; the snapshot's digest stands for all that was read.
    let body = object!({
        "run": run, "plan": plan.id, "kind": plan.kind.word(), "phase": plan.phase, "rubric": plan.rubric,
        "snapshot": plan.snapshot, "judgement": judgement.map(made_of), "action": told(action), "outcome": outcome,
    });
    AuditEntry { at: outcome.at, actor: actor.to_owned(), kind: "outcome".into(), subject, body }
}
