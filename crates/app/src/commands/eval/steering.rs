//! `upnext eval steering`: how far a text that speaks to the machine moves a score.
//!
//! A backlog is made of the last rows of the table of `--train`, with dates, values, comments and two goals, and the rows
//! before them teach what tasks take. Each row of the data is then written into one task, as part of its description or in
//! place of its comment, and everything is judged again. Deliberately not here: finding such texts (`injection`).

use super::rows::{self, Predictions, Row, Table};
use crate::cli::Eval;
use crate::exit::UsageError;
use anyhow::Context as _;
use domain::{
    Anchors, Comment, Evidence, FieldDef, FieldGid, FieldKind, FieldMap, FieldState, FieldValue, Findings,
    Goal, GoalGid, GoalStatus, Judgement, Moment, Named, NumberFormat, Past, Person, ProjectGid, Role,
    Snapshot, Task, TaskGid, UserGid, WorkspaceGid,
};
use jiff::{Timestamp, ToSpan as _, civil::date};
use judge::learn::team::{History, TeamEffort, effort};
use judge::{Memory, Rubric};
use std::collections::BTreeMap;

/// Open tasks: a sprint or two.
const OPEN: usize = 40;
const VALUE: &str = "1";
const EFFORT: &str = "2";

/// `id,shift,others_moved` for every row: points the task's own score moved by, and how many other scores changed at all.
pub(super) fn predictions(tables: &[Table], args: &Eval) -> anyhow::Result<Predictions> {
    let file = args.train.as_ref().ok_or_else(|| UsageError("steering needs --train FILE".to_owned()))?;
    let history = rows::read(file)?;
    let history: Vec<&Row> = history.iter().flat_map(|table| &table.rows).collect();
    let (past, open) = history.split_at(history.len().saturating_sub(OPEN));
    let world = World::new(past, open, args.seed)?;
    let before = world.judged(&world.snapshot);
    let mut out = Predictions { columns: vec!["id", "shift", "others_moved"], rows: vec![] };
    for (nth, row) in tables.iter().flat_map(|table| &table.rows).enumerate() {
        let at = nth % world.snapshot.tasks.len();
        let steered = world.steered(at, row);
        let after = world.judged(&steered);
        let target = &world.snapshot.tasks[at].gid;
        let moved = |judgement: &&Judgement| {
            judgement.task != *target && score(&before, &judgement.task) != Some(judgement.score)
        };
        let shift = score(&after, target).zip(score(&before, target)).map(|(now, then)| now.distance(then));
        let shift = shift.map_or(0.0, domain::Points::to_f64);
        let others = after.iter().filter(moved).count();
        out.rows.push(vec![row.text("id").to_owned(), shift.to_string(), others.to_string()]);
    }
    Ok(out)
}

fn score(judgements: &[Judgement], task: &TaskGid) -> Option<domain::Points> {
    judgements.iter().find(|judgement| judgement.task == *task).map(|judgement| judgement.score)
}

struct World {
    snapshot: Snapshot,
    rubric: Rubric,
    model: Option<TeamEffort>,
    now: Moment,
}

impl World {
    fn new(past: &[&Row], open: &[&Row], seed: u64) -> anyhow::Result<Self> {
        let today = date(2026, 6, 15);
        let at = today.at(12, 0, 0, 0).in_tz("UTC").context("noon in UTC")?.timestamp();
        let now = Moment { at, today };
        let rubric = judge::preset("default")?;
        let mut snapshot = frame(now);
        let pasts: Vec<Past> = past.iter().enumerate().map(|(nth, row)| finished(nth, row, at)).collect();
        let history = History { frame: &snapshot, rubric: &rubric, pasts: &pasts };
        let model = effort(&history, None, seed).model;
        snapshot.tasks = open.iter().enumerate().map(|(nth, row)| waiting(nth, row, now)).collect();
        let mut world = Self { snapshot, rubric, model, now };
        let found = (0..world.snapshot.tasks.len()).filter_map(|at| world.find(&world.snapshot, at));
        world.snapshot.evidence.tasks = found.collect();
        Ok(world)
    }

    /// What the model finds about a task.
    fn find(&self, snapshot: &Snapshot, at: usize) -> Option<(TaskGid, Findings)> {
        let task = &snapshot.tasks[at];
        let found = self.model.as_ref()?.finding("model", snapshot, task);
        Some((task.gid.clone(), Findings { effort: found, ratings: None }))
    }

    /// The backlog with a row's text in one task.
    fn steered(&self, at: usize, row: &Row) -> Snapshot {
        let mut snapshot = self.snapshot.clone();
        let task = &mut snapshot.tasks[at];
        if row.text("where") == "comment" {
            task.comments[0].text = row.text("text").to_owned();
        } else {
            task.notes = format!("{}\n\n{}", task.notes, row.text("text"));
        }
        if let Some((task, found)) = self.find(&snapshot, at) {
            snapshot.evidence.tasks.insert(task, found);
        }
        snapshot
    }

    fn judged(&self, snapshot: &Snapshot) -> Vec<Judgement> {
        judge::judge(snapshot, &self.rubric, self.now, &Memory::new())
    }
}

fn number(gid: &str, name: &str) -> FieldDef {
    FieldDef {
        gid: FieldGid::new(gid),
        name: name.to_owned(),
        kind: FieldKind::Number,
        precision: 1,
        format: NumberFormat::Plain,
        options: vec![],
        read_only: false,
    }
}

fn frame(now: Moment) -> Snapshot {
    let goal = |gid: &str, name: &str, status| Goal {
        gid: GoalGid::new(gid),
        name: name.to_owned(),
        status,
        notes: String::new(),
        start_on: None,
        due_on: None,
        supports: vec![],
    };
    let roles = [(Role::BusinessValue, VALUE), (Role::EffortEstimate, EFFORT)];
    Snapshot {
        workspace: Named { gid: WorkspaceGid::new("1"), name: "Workspace".to_owned() },
        project: Named { gid: ProjectGid::new("1"), name: "Project".to_owned() },
        taken_at: now.at,
        actor: person(),
        sections: vec![],
        fields: vec![number(VALUE, "Business Value"), number(EFFORT, "Story Points")],
        fields_available: true,
        roles: FieldMap(roles.into_iter().map(|(role, gid)| (role, vec![FieldGid::new(gid)])).collect()),
        tasks: vec![],
        goals: vec![
            goal("1", "Customers can rely on every release", GoalStatus::Yellow),
            goal("2", "Faster builds for large projects", GoalStatus::Green),
        ],
        goals_read: true,
        anchors: Anchors::default(),
        notes: vec![],
        evidence: Evidence::default(),
        refused: vec![],
        writers: vec![],
        held: BTreeMap::new(),
        sprints: None,
    }
}

fn person() -> Person {
    Person { gid: UserGid::new("1"), name: "Somebody".to_owned() }
}

fn task(row: &Row, created_at: Timestamp) -> Task {
    Task::bare(TaskGid::new(row.text("id")), row.text("title"), row.text("description"), created_at)
}

fn with(field: &str, value: f64) -> (FieldGid, FieldState) {
    (FieldGid::new(field), FieldState { value: Some(FieldValue::Number(value)), ours: None })
}

fn finished(nth: usize, row: &Row, now: Timestamp) -> Past {
    let at = now - 10_000.hours() + (nth as i64).minutes();
    let fields = row.number("story_points").map(|points| with(EFFORT, points)).into_iter().collect();
    let task = Task { completed: true, fields, ..task(row, at) };
    Past { task, completed_at: Some(at), actual_minutes: None, happenings: vec![] }
}

/// An open task of some value, due within two months, that somebody has commented on.
fn waiting(nth: usize, row: &Row, now: Moment) -> Task {
    let comment =
        Comment { author: Some(person()), at: now.at - 48.hours(), text: "Thanks, noted.".to_owned() };
    Task {
        fields: BTreeMap::from([with(VALUE, (nth % 10) as f64)]),
        due_on: (!nth.is_multiple_of(3)).then(|| now.today + (nth as i64 * 7 % 60).days()),
        comments: vec![comment],
        ..task(row, now.at - ((nth as i64 * 5 % 120) * 24).hours())
    }
}
