//! An answer to a question about a task that is not as it was judged: what makes it void, and what does not.

use crate::approvals::{approved, low, option, questions, state};
use crate::backlog::now;
use crate::plan::rules;
use decide::{Policy, plan_approval};
use domain::{
    Comment, Dependency, Elsewhere, FieldValue, OptionGid, Person, ProjectGid, Role, SectionGid, Snapshot,
    Task, TaskGid, UserGid, Written,
};
use jiff::ToSpan as _;
use proptest::prelude::*;

/// Something that happens to a task, and the word a void question has for it; none where the judgement stands.
type Event = (&'static str, fn(&mut Snapshot, usize), Option<&'static str>);

fn task(snapshot: &mut Snapshot, at: usize) -> &mut Task {
    &mut snapshot.tasks[at]
}

fn gid(snapshot: &Snapshot, at: usize) -> String {
    snapshot.tasks[at].gid.to_string()
}

fn written(value: FieldValue) -> Written {
    Written { value: Some(value), at: now().at }
}

fn set(snapshot: &mut Snapshot, at: usize, (role, value): (Role, FieldValue)) {
    let task = gid(snapshot, at);
    state(snapshot, &task, role).value = Some(value);
}

fn first_of(snapshot: &Snapshot, role: Role) -> FieldValue {
    let field = snapshot.roles.field(role).and_then(|gid| snapshot.field(gid)).unwrap();
    option(snapshot, role, &field.options[0].name)
}

fn somebody() -> Person {
    Person { gid: UserGid::new("4711"), name: "Somebody".into() }
}

fn in_project(gid: &str) -> Elsewhere {
    Elsewhere { project: ProjectGid::new(gid), section: None }
}

const EVENTS: [Event; 26] = [
    ("renamed", |s, at| task(s, at).name.push_str(" (urgent)"), Some("name")),
    ("described", |s, at| task(s, at).notes.push_str("It breaks the build."), Some("description")),
    ("due", |s, at| task(s, at).due_on = Some(now().today.saturating_add(40.days())), Some("dates")),
    ("due at", |s, at| task(s, at).due_at = Some(now().at + 72.hours()), Some("dates")),
    ("started", |s, at| task(s, at).start_on = Some(now().today), Some("dates")),
    ("given", |s, at| task(s, at).assignee = Some(somebody()), Some("assignee")),
    ("moved", |s, at| task(s, at).section = Some(SectionGid::new("909")), Some("section")),
    ("shared", |s, at| task(s, at).elsewhere.push(in_project("808")), Some("projects")),
    (
        "made to wait",
        |s, at| {
            let gid = TaskGid::new("606");
            task(s, at).dependencies.push(Dependency { gid, completed: Some(false) });
        },
        Some("dependencies"),
    ),
    ("tagged", |s, at| task(s, at).tags.push("legal".into()), Some("tags")),
    ("valued", |s, at| set(s, at, (Role::BusinessValue, FieldValue::Number(77.0))), Some("Business Value")),
    (
        "put aside",
        |s, at| set(s, at, (Role::PrioritizationStatus, first_of(s, Role::PrioritizationStatus))),
        Some("Prioritization Status"),
    ),
    // What Upnext does itself.
    (
        "given by Upnext",
        |s, at| {
            let task = task(s, at);
            task.assignee = Some(somebody());
            task.assignee_ours = Some(written(FieldValue::People(vec![somebody().gid])));
        },
        None,
    ),
    (
        "dated by Upnext",
        |s, at| {
            let task = task(s, at);
            (task.start_on, task.due_on) = (Some(now().today), Some(now().today.saturating_add(3.days())));
            task.dates_ours = task.dates().value().map(written);
        },
        None,
    ),
    (
        "moved by Upnext",
        |s, at| {
            task(s, at).section = Some(SectionGid::new("909"));
            task(s, at).section_ours = Some(SectionGid::new("909"));
        },
        None,
    ),
    (
        "put into a sprint by Upnext",
        |s, at| {
            task(s, at).elsewhere.push(in_project("707"));
            task(s, at).put_into.push(ProjectGid::new("707"));
        },
        None,
    ),
    (
        "labelled by Upnext",
        |s, at| {
            let (gid, value) = (gid(s, at), first_of(s, Role::Category));
            let state = state(s, &gid, Role::Category);
            (state.value, state.ours) = (Some(value.clone()), Some(written(value)));
        },
        None,
    ),
    // What is Upnext's, whoever changed it.
    ("scored", |s, at| set(s, at, (Role::AiPriorityScore, FieldValue::Number(12.0))), None),
    ("reasoned", |s, at| set(s, at, (Role::AiRationale, FieldValue::Text("because".into()))), None),
    ("suggested", |s, at| set(s, at, (Role::SuggestedPriority, first_of(s, Role::SuggestedPriority))), None),
    // What is looked at apart, and what changes by itself.
    (
        "not overridden",
        |s, at| {
            let no = FieldValue::Enum { gid: OptionGid::new("8"), name: "No".into() };
            set(s, at, (Role::ManualOverride, no));
        },
        None,
    ),
    ("touched", |s, at| task(s, at).modified_at = now().at + 1.hours(), None),
    ("liked", |s, at| task(s, at).likes += 3, None),
    ("divided", |s, at| task(s, at).num_subtasks += 1, None),
    ("blocking", |s, at| task(s, at).dependents.push(TaskGid::new("606")), None),
    (
        "spoken of",
        |s, at| {
            let comment = Comment { author: Some(somebody()), at: now().at, text: "Any news?".into() };
            task(s, at).comments.push(comment);
        },
        None,
    ),
];

#[test]
fn what_a_judgement_reads_makes_an_answer_void_and_nothing_else_does() {
    let (snapshot, policy) = (low(), Policy::default());
    let (plan, asks) = questions(&snapshot, &policy);
    let asked = approved((&plan, &snapshot), asks);
    for (event, happen, word) in EVENTS {
        let mut after = snapshot.clone();
        let at = after.tasks.iter().position(|task| task.gid == asked[0].approval.ask.task).unwrap();
        happen(&mut after, at);
        let (made, void) = plan_approval(&asked, "Dana", (&after, &policy), &rules(), now());
        let told: Vec<&str> = void.iter().map(|(_, why)| why.as_str()).collect();
        let sentence = word.map(|word| {
            format!("the task changed since it was asked ({word}): it is judged anew by the next run")
        });
        assert_eq!(told, sentence.as_deref().into_iter().collect::<Vec<_>>(), "{event}");
        assert_eq!(made.actions.len() + void.len(), asked.len(), "{event}");
    }
}

#[test]
fn the_field_people_answer_in_makes_no_answer_void_and_without_a_snapshot_nothing_is_compared() {
    let (snapshot, mut policy) = (low(), Policy::default());
    let (plan, asks) = questions(&snapshot, &policy);
    let mut asked = approved((&plan, &snapshot), asks);
    let mut after = snapshot.clone();
    let at = after.tasks.iter().position(|task| task.gid == asked[0].approval.ask.task).unwrap();
    let yes = first_of(&after, Role::PrioritizationStatus);
    policy.approvals.field = "prioritization status".into();
    policy.approvals.approve = yes.to_string();
    set(&mut after, at, (Role::PrioritizationStatus, yes));
    let void = |asked: &[_], after: &Snapshot| {
        plan_approval(asked, "Dana", (after, &policy), &rules(), now()).1.len()
    };
    assert_eq!(void(&asked, &after), 0);
    after.tasks[at].name.push('!');
    assert_eq!(void(&asked, &after), 1);
    asked[0].judged = None;
    assert_eq!(void(&asked, &after), 0);
}

/// Events of which none hides another.
fn apart() -> Vec<Event> {
    let hides = ["given by Upnext", "dated by Upnext", "moved by Upnext"];
    EVENTS.into_iter().filter(|(event, ..)| !hides.contains(event)).collect()
}

proptest! {
    /// However much happens to which tasks: a question is void when anything happened that a judgement reads, and only then.
    #[test]
    fn an_answer_is_void_when_anything_was_read_otherwise(
        happened in prop::collection::vec((0..3usize, prop::sample::select(apart())), 0..6),
    ) {
        let (snapshot, policy) = (low(), Policy::default());
        let (plan, asks) = questions(&snapshot, &policy);
        let asked = approved((&plan, &snapshot), asks);
        let mut after = snapshot.clone();
        happened.iter().for_each(|(at, (_, happen, _))| happen(&mut after, *at));
        let (_, void) = plan_approval(&asked, "Dana", (&after, &policy), &rules(), now());
        for one in &asked {
            let of_task = |at: &usize| snapshot.tasks[*at].gid == one.approval.ask.task;
            let read = happened.iter().any(|(at, (_, _, word))| of_task(at) && word.is_some());
            prop_assert_eq!(void.iter().any(|(id, _)| *id == one.approval.id), read);
        }
    }
}
