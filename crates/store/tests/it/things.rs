//! Small domain values for the stories.

use domain::*;
use jiff::Timestamp;
use jiff::civil::date;
use store::{Run, Store};

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub fn project() -> ProjectGid {
    ProjectGid::new("1200")
}

pub fn named() -> Project {
    Named { gid: project(), name: "Backlog 🚀".into() }
}

pub fn task(n: u32) -> TaskGid {
    TaskGid::new(format!("77{n:06}"))
}

pub fn field() -> FieldGid {
    FieldGid::new("4400")
}

pub fn number(n: f64) -> Option<FieldValue> {
    Some(FieldValue::Number(n))
}

pub fn a_run(id: &str) -> Run {
    Run {
        id: RunId::new(id),
        kind: "groom".into(),
        project: named(),
        started_at: at(0),
        finished_at: None,
        ending: None,
        plan: None,
        reads: 0,
        writes: 0,
        applied: false,
    }
}

/// A run that has been started.
pub async fn started(store: &Store, id: &str) -> RunId {
    let run = a_run(id);
    store.start_run(&run).await.unwrap();
    run.id
}

pub fn a_task(n: u32) -> Task {
    Task {
        gid: task(n),
        name: format!("Task {n} – naïve “quotes” 日本語 \u{0}"),
        notes: "Some notes that a person wrote about the work to do. ".repeat(10),
        subtype: "default_task".into(),
        created_at: at(0),
        modified_at: at(i64::from(n)),
        completed: false,
        due_on: Some(date(2026, 12, 24)),
        due_at: None,
        start_on: None,
        assignee: None,
        section: Some(SectionGid::new("31")),
        section_ours: None,
        elsewhere: vec![],
        put_into: vec![],
        assignee_ours: None,
        dates_ours: None,
        parent: None,
        dependencies: vec![],
        dependents: vec![],
        fields: [(field(), FieldState { value: number(0.1 + 0.2), ours: None })].into(),
        likes: 3,
        tags: vec!["customer".into()],
        num_subtasks: 0,
        comments: vec![],
    }
}

pub fn a_snapshot(tasks: u32, second: i64) -> Snapshot {
    Snapshot {
        workspace: Named { gid: WorkspaceGid::new("1"), name: "Acme".into() },
        project: named(),
        taken_at: at(second),
        actor: Person { gid: UserGid::new("9"), name: "Ada Lovelace".into() },
        sections: vec![],
        fields: vec![],
        roles: FieldMap::default(),
        tasks: (0..tasks).map(a_task).collect(),
        goals: vec![],
        goals_read: true,
        fields_available: true,
        anchors: Anchors::default(),
        notes: vec![],
        evidence: domain::Evidence::default(),
        refused: vec![],
        writers: vec![],
        held: std::collections::BTreeMap::new(),
        sprints: None,
    }
}

/// Sets the field of a task from empty to `new`.
pub fn sets(id: &str, on: u32, new: Option<FieldValue>) -> PlannedAction {
    let change = FieldChange { field: field(), name: "Score".into(), expected: None, new };
    act(id, Action::SetFields { task: task(on), name: "T".into(), changes: vec![change] })
}

/// Moves a task to section 32.
pub fn moves(id: &str, on: u32) -> PlannedAction {
    let (to, to_name) = (SectionRef::Existing(SectionGid::new("32")), "Next".into());
    let name = "T".into();
    act(id, Action::MoveToSection { task: task(on), name, expected: None, to, to_name, spot: None })
}

/// Makes a project.
pub fn makes(id: &str) -> PlannedAction {
    let project =
        NewProject { name: "Sprint 1".into(), notes: "ours".into(), team: None, privacy: Privacy::Private };
    act(id, Action::EnsureProject { project })
}

/// Puts a task into the project that `act_made` makes, or takes it out of one.
pub fn puts(id: &str, on: u32, out_of: Option<&ProjectGid>) -> PlannedAction {
    let (task, name, called) = (task(on), "T".to_owned(), "Sprint 1".to_owned());
    let to = ProjectRef::MadeBy { made_by: ActionId::new("act_made") };
    let action = match out_of {
        None => Action::AddToProject { task, name, to, to_name: called },
        Some(from) => Action::RemoveFromProject { task, name, from: from.clone(), from_name: called },
    };
    act(id, action)
}

fn act(id: &str, action: Action) -> PlannedAction {
    PlannedAction { id: ActionId::new(id), action, reason: "because".into(), consent: Consent::Given }
}

pub fn a_plan(id: &str, actions: Vec<PlannedAction>) -> Plan {
    Plan {
        id: PlanId::new(id),
        kind: PlanKind::Groom,
        project: named(),
        now: Moment { at: at(1), today: date(2026, 11, 24) },
        phase: Phase::Suggest,
        rubric: "v1".into(),
        snapshot: a_snapshot(1, 0).digest(),
        actions,
        skipped: vec![],
        kept: vec![],
        notes: vec!["a note with ÿ and 0.30000000000000004".into()],
    }
}

pub fn outcome(id: &str, kind: OutcomeKind, second: i64) -> Outcome {
    Outcome {
        action: ActionId::new(id),
        kind,
        at: at(second),
        task: None,
        story: None,
        field: None,
        made: false,
        section: None,
        replaced: None,
        attachment: None,
        status_update: None,
        project: None,
        modified_at: None,
    }
}

pub fn conflict() -> OutcomeKind {
    OutcomeKind::Conflict { what: "Score".into(), found: "9".into() }
}

pub fn unreachable() -> OutcomeKind {
    OutcomeKind::Unreachable { message: "timed out".into() }
}

pub fn a_judgement(on: u32, score: f64, band: Band) -> Judgement {
    Judgement {
        task: task(on),
        name: format!("Task {on}"),
        rank: on as usize,
        score: Points::from_f64(score),
        band,
        confidence: Confidence { percent: 60, calibrated: false, stated: 60, decisions: 0 },
        sprint: Sprint::Next,
        action: RecommendedAction::Schedule,
        contributions: vec![],
        missing: vec![],
        waits_for: vec![],
        cycle: vec![],
        counterfactuals: vec![],
        findings: domain::Findings::default(),
    }
}
