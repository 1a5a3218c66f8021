//! A small project to judge, built task by task: noon on 15 June 2026, a Monday.

use domain::{
    Anchors, Comment, Dependency, FieldDef, FieldGid, FieldKind, FieldMap, FieldState, FieldValue, Goal,
    GoalGid, GoalStatus, Moment, Named, NumberFormat, OptionDef, OptionGid, Person, ProjectGid, Role,
    Section, SectionGid, Snapshot, Support, Task, TaskGid, UserGid, WorkspaceGid,
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use std::collections::BTreeMap;

pub const VALUE: &str = "501";
pub const EFFORT: &str = "502";
pub const PRIORITY: &str = "503";
/// Number fields without a role, by name: what formulas read.
pub const PLAIN: [(&str, &str); 7] = [
    ("511", "Time Criticality"),
    ("512", "Risk Reduction"),
    ("513", "Reach"),
    ("514", "Impact"),
    ("515", "Confidence"),
    ("516", "Ease"),
    ("517", "Severity"),
];
const PRIORITIES: [&str; 4] = ["P0", "P1", "P2", "P3"];

pub fn now() -> Moment {
    let at: Timestamp = "2026-06-15T12:00:00Z".parse().unwrap();
    Moment { at, today: jiff::civil::date(2026, 6, 15) }
}

/// `days` after today; before it when negative.
pub fn day(days: i64) -> Date {
    now().today + days.days()
}

fn ago(days: i64) -> Timestamp {
    now().at - (24 * days).hours()
}

pub fn field(gid: &str, name: &str, kind: FieldKind) -> FieldDef {
    FieldDef {
        gid: FieldGid::new(gid),
        name: name.into(),
        kind,
        precision: 1,
        format: NumberFormat::Plain,
        options: vec![],
        read_only: false,
    }
}

/// The options get the gids `<field>0`, `<field>1`, ….
pub fn list(gid: &str, name: &str, options: &[&str]) -> FieldDef {
    let option = |(at, name): (usize, &&str)| OptionDef {
        gid: OptionGid::new(format!("{gid}{at}")),
        name: (*name).into(),
        enabled: true,
    };
    let options = options.iter().enumerate().map(option).collect();
    FieldDef { options, ..field(gid, name, FieldKind::Enum) }
}

/// A project with these tasks, the fields above and no goals.
pub fn project(tasks: Vec<Task>) -> Snapshot {
    let mut fields = vec![
        field(VALUE, "Business Value", FieldKind::Number),
        field(EFFORT, "Effort Estimate", FieldKind::Number),
        list(PRIORITY, "Priority", &PRIORITIES),
    ];
    fields.extend(PLAIN.map(|(gid, name)| field(gid, name, FieldKind::Number)));
    let role = |role, gid| (role, vec![FieldGid::new(gid)]);
    Snapshot {
        workspace: Named { gid: WorkspaceGid::new("1"), name: "Workspace".into() },
        project: Named { gid: ProjectGid::new("2"), name: "Project".into() },
        taken_at: now().at,
        actor: person("900"),
        sections: vec![section("31", "Inbox"), section("32", "Ready"), section("33", "Later")],
        fields,
        roles: FieldMap(BTreeMap::from([
            role(Role::BusinessValue, VALUE),
            role(Role::EffortEstimate, EFFORT),
            role(Role::Priority, PRIORITY),
        ])),
        tasks,
        goals: vec![],
        goals_read: true,
        fields_available: true,
        anchors: Anchors::default(),
        notes: vec![],
        evidence: domain::Evidence::default(),
        refused: vec![],
        writers: vec![],
        held: BTreeMap::new(),
        sprints: None,
    }
}

fn section(gid: &str, name: &str) -> Section {
    Named { gid: SectionGid::new(gid), name: name.into() }
}

fn person(gid: &str) -> Person {
    Person { gid: UserGid::new(gid), name: format!("Person {gid}") }
}

/// A goal supported by single tasks.
pub fn goal(gid: &str, status: GoalStatus, tasks: &[&str]) -> Goal {
    let support = |gid: &&str| Support::Task { gid: TaskGid::new(*gid), weight: 1.0 };
    Goal {
        gid: GoalGid::new(gid),
        name: format!("Goal {gid}"),
        status,
        notes: String::new(),
        start_on: None,
        due_on: None,
        supports: tasks.iter().map(support).collect(),
    }
}

/// A task created today that has a name and a description, and nothing else.
pub fn task(gid: &str) -> Task {
    let bare = Task::bare(TaskGid::new(gid), &format!("Task {gid}"), "What it is about.", now().at);
    Task { section: Some(SectionGid::new("31")), ..bare }
}

/// What can be said of a task, in the words of the tests.
pub trait With: Sized {
    fn created(self, days_ago: i64) -> Self;
    fn due(self, days: i64) -> Self;
    fn starts(self, days: i64) -> Self;
    fn number(self, field: &str, value: f64) -> Self;
    fn value(self, value: f64) -> Self {
        self.number(VALUE, value)
    }
    fn effort(self, value: f64) -> Self {
        self.number(EFFORT, value)
    }
    fn priority(self, label: &str) -> Self;
    fn option(self, field: &str, option: &str, name: &str) -> Self;
    fn waits_for(self, tasks: &[&str]) -> Self;
    fn comment(self, author: &str, days_ago: i64) -> Self;
}

impl With for Task {
    fn created(self, days_ago: i64) -> Self {
        Task { created_at: ago(days_ago), ..self }
    }

    fn due(self, days: i64) -> Self {
        Task { due_on: Some(day(days)), ..self }
    }

    fn starts(self, days: i64) -> Self {
        Task { start_on: Some(day(days)), ..self }
    }

    fn number(mut self, field: &str, value: f64) -> Self {
        let state = FieldState { value: Some(FieldValue::Number(value)), ours: None };
        self.fields.insert(FieldGid::new(field), state);
        self
    }

    fn priority(self, label: &str) -> Self {
        let at = PRIORITIES.iter().position(|p| *p == label).unwrap();
        self.option(PRIORITY, &format!("{PRIORITY}{at}"), label)
    }

    fn option(mut self, field: &str, option: &str, name: &str) -> Self {
        let value = FieldValue::Enum { gid: OptionGid::new(option), name: name.into() };
        self.fields.insert(FieldGid::new(field), FieldState { value: Some(value), ours: None });
        self
    }

    fn waits_for(mut self, tasks: &[&str]) -> Self {
        let dependency = |gid: &&str| Dependency { gid: TaskGid::new(*gid), completed: Some(false) };
        self.dependencies.extend(tasks.iter().map(dependency));
        self
    }

    fn comment(mut self, author: &str, days_ago: i64) -> Self {
        let author = Some(person(author));
        self.comments.push(Comment { author, at: ago(days_ago), text: "Any news?".into() });
        self
    }
}
