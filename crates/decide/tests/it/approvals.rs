//! What a plan asks of people, and what becomes of it: every question ends in one way, and nothing is asked twice.

use crate::backlog::now;
use crate::groom::three;
use crate::plan::{asking, judged, rules, writes};
use decide::{Approved, Asked, Policy, Step, asks, check, plan_approval, reconcile};
use domain::{
    Action, ActionId, Approval, ApprovalId, ApprovalState, Ask, Consent, FieldState, FieldValue, OptionGid,
    Phase, Plan, PlanKind, PlannedAction, Role, SectionGid, SectionRef, Settled, Snapshot, TaskGid, Written,
};
use jiff::ToSpan as _;
use proptest::prelude::*;

pub fn option(snapshot: &Snapshot, role: Role, name: &str) -> FieldValue {
    let field = snapshot.roles.field(role).and_then(|gid| snapshot.field(gid)).unwrap();
    FieldValue::Enum { gid: field.option_named(name).unwrap().gid.clone(), name: name.into() }
}

/// What a task holds in the role's own field of this project.
pub fn state<'s>(snapshot: &'s mut Snapshot, task: &str, role: Role) -> &'s mut FieldState {
    let field = snapshot.roles.field(role).unwrap().clone();
    let task = snapshot.tasks.iter_mut().find(|t| t.gid.as_str() == task).unwrap();
    task.fields.entry(field).or_default()
}

fn edit(snapshot: &mut Snapshot, task: &str, role: Role, value: Option<FieldValue>) {
    state(snapshot, task, role).value = value;
}

/// Three tasks whose priorities people have set to the lowest.
pub fn low() -> Snapshot {
    let mut snapshot = three();
    let p3 = option(&snapshot, Role::Priority, "P3");
    for task in ["1", "2", "3"] {
        edit(&mut snapshot, task, Role::Priority, Some(p3.clone()));
    }
    snapshot
}

pub fn questions(snapshot: &Snapshot, policy: &Policy) -> (Plan, Vec<Ask>) {
    let plan = asking(snapshot, policy);
    let asks = asks(&plan, snapshot, &judged(snapshot), policy);
    (plan, asks)
}

fn kept(ask: Ask, at: usize, state: ApprovalState) -> Approval {
    let settled = Settled { by: "somebody".into(), at: now().at, why: None, run: None };
    Approval {
        id: ApprovalId::new(format!("apr_{at}")),
        project: domain::ProjectGid::new("9"),
        ask,
        state,
        asked_at: now().at,
        expires_at: now().at + 336.hours(),
        settled: (state != ApprovalState::Pending).then_some(settled),
    }
}

fn pending(asks: Vec<Ask>) -> Vec<Approval> {
    asks.into_iter().enumerate().map(|(at, ask)| kept(ask, at, ApprovalState::Pending)).collect()
}

fn priorities(plan: &Plan) -> Vec<(&str, Consent)> {
    let of = plan.actions.iter().filter(|planned| planned.id.as_str().starts_with("act_priority"));
    of.map(|planned| (planned.action.task().unwrap().as_str(), planned.consent)).collect()
}

#[test]
fn a_persons_priority_is_asked_about_in_every_phase_and_written_in_none() {
    let snapshot = low();
    for phase in [Phase::Suggest, Phase::Conditional, Phase::Auto] {
        let plan = asking(&snapshot, &Policy { phase, ..Policy::default() });
        let found = priorities(&plan);
        assert!(
            !found.is_empty() && found.iter().all(|(_, consent)| *consent == Consent::Waiting),
            "{phase}"
        );
    }
    assert!(asking(&snapshot, &Policy { phase: Phase::Shadow, ..Policy::default() }).actions.is_empty());
}

#[test]
fn a_priority_that_replaced_ours_is_not_asked_about() {
    let mut snapshot = low();
    let task = priorities(&asking(&snapshot, &Policy::default()))[0].0.to_owned();
    let ours = option(&snapshot, Role::Priority, "P2");
    state(&mut snapshot, &task, Role::Priority).ours = Some(Written { value: Some(ours), at: now().at });
    assert!(priorities(&asking(&snapshot, &Policy::default())).iter().all(|(other, _)| *other != task));
}

#[test]
fn an_answer_in_asana_counts_when_a_person_gave_it() {
    let mut snapshot = low();
    let mut policy = Policy::default();
    policy.approvals.field = "prioritization status".into();
    let names: Vec<String> = {
        let field = snapshot.roles.field(Role::PrioritizationStatus).and_then(|g| snapshot.field(g)).unwrap();
        field.options.iter().map(|o| o.name.clone()).collect()
    };
    (policy.approvals.approve, policy.approvals.reject) = (names[0].clone(), names[1].clone());
    let asked: Vec<String> =
        priorities(&asking(&snapshot, &policy)).iter().map(|(task, _)| (*task).to_owned()).collect();
    let yes = option(&snapshot, Role::PrioritizationStatus, &names[0]);
    edit(&mut snapshot, &asked[0], Role::PrioritizationStatus, Some(yes.clone()));
    let plan = asking(&snapshot, &policy);
    assert_eq!(priorities(&plan)[0], (asked[0].as_str(), Consent::Given));
    assert!(
        check(&plan, &snapshot, &Policy::default()).iter().any(|f| f.problem.contains("belongs to a person"))
    );
    // What Upnext wrote there itself is no answer.
    state(&mut snapshot, &asked[0], Role::PrioritizationStatus).ours =
        Some(Written { value: Some(yes), at: now().at });
    assert_eq!(priorities(&asking(&snapshot, &policy))[0].1, Consent::Waiting);
    let no = option(&snapshot, Role::PrioritizationStatus, &names[1]);
    edit(&mut snapshot, &asked[0], Role::PrioritizationStatus, Some(no));
    assert!(priorities(&asking(&snapshot, &policy)).iter().all(|(task, _)| *task != asked[0]));
}

#[test]
fn a_question_says_what_would_change() {
    let snapshot = low();
    let (plan, asks) = questions(&snapshot, &Policy::default());
    let (ask, judged) = (&asks[0], judged(&snapshot));
    let judgement = judged.iter().find(|j| j.task == ask.task).unwrap();
    assert_eq!((ask.what.as_str(), ask.label.as_str()), ("priority", "Priority"));
    assert_eq!((ask.old.as_deref(), ask.new.as_str()), (Some("P3"), judgement.band.label()));
    assert_eq!(
        ask.moves,
        u8::try_from(3 - ["P0", "P1", "P2"].iter().position(|p| *p == ask.new).unwrap()).ok()
    );
    assert_eq!((ask.confidence, &ask.plan), (Some(judgement.confidence.percent), &plan.id));
}

#[test]
fn what_was_approved_is_written_as_it_was_planned() {
    let snapshot = low();
    let policy = Policy::default();
    let (plan, asks) = questions(&snapshot, &policy);
    let approved = approved((&plan, &snapshot), asks);
    let (made, void) = plan_approval(&approved, "Dana", (&snapshot, &policy), &rules(), now());
    assert_eq!((void.len(), made.actions.len()), (0, approved.len()));
    assert_eq!(check(&made, &snapshot, &policy), []);
    assert_eq!(made.kind, PlanKind::Approval { by: "Dana".into() });
    for (made, one) in made.actions.iter().zip(&approved) {
        assert_eq!((&made.action, made.consent), (&one.planned.action, Consent::Given));
        assert!(made.reason.starts_with("approved by Dana: rank "), "{}", made.reason);
    }
}

#[test]
fn a_section_is_not_made_for_a_move_that_is_refused() {
    let mut snapshot = three();
    let policy = Policy::default();
    let (plan, asks) = questions(&low(), &policy);
    let ask = |task: &str| Ask {
        task: TaskGid::new(task),
        what: "sprint".into(),
        field: None,
        old: None,
        new: "Sprint 1".into(),
        ..asks[0].clone()
    };
    let moving = |task: &str| Action::MoveToSection {
        task: TaskGid::new(task),
        name: task.into(),
        expected: snapshot.task(&TaskGid::new(task)).unwrap().section.clone(),
        to: SectionRef::MadeBy { made_by: ActionId::new("act_sprint_section") },
        to_name: "Sprint 1".into(),
        spot: None,
    };
    let of = |task: &str, at| Approved {
        approval: kept(ask(task), at, ApprovalState::Pending),
        planned: PlannedAction { action: moving(task), ..plan.actions[0].clone() },
        kind: plan.kind.clone(),
        judged: None,
        hindrance: None,
    };
    let both = [of("1", 1), of("2", 2)];
    // A person moved the first since Upnext did.
    let first = snapshot.tasks.iter_mut().find(|task| task.gid.as_str() == "1").unwrap();
    first.section_ours = Some(SectionGid::new("424242"));
    let made = |approved: &[Approved]| {
        let (made, void) = plan_approval(approved, "Dana", (&snapshot, &policy), &rules(), now());
        assert_eq!(check(&made, &snapshot, &policy), []);
        (made.actions.len(), void.len())
    };
    assert_eq!(made(&both[..1]), (0, 1));
    assert_eq!(made(&both), (2, 1));
}

pub fn approved((plan, snapshot): (&Plan, &Snapshot), asks: Vec<Ask>) -> Vec<Approved> {
    let with = |approval: Approval| {
        let planned = plan.actions.iter().find(|a| a.id == approval.ask.action).unwrap().clone();
        let judged = snapshot.task(&approval.ask.task).cloned();
        Approved { approval, planned, kind: plan.kind.clone(), judged, hindrance: None }
    };
    pending(asks).into_iter().map(with).collect()
}

proptest! {
    /// Whatever was asked, answered and changed before: one pending question a place comes out, and none that was turned down.
    #[test]
    fn every_question_ends_in_one_way(
        was in prop::collection::vec((0usize..3, 0usize..4, 0usize..6), 0..6),
        answered in prop::collection::vec((0usize..3, any::<bool>()), 0..3),
    ) {
        let (snapshot, policy) = (low(), Policy::default());
        let (plan, asks) = questions(&snapshot, &policy);
        let (mut known, mut ended) = (vec![], vec![]);
        for (at, (task, band, state)) in was.into_iter().enumerate() {
            let Some(ask) = asks.get(task) else { continue };
            let new = ["P0", "P1", "P2", "P3"][band].to_owned();
            let one = kept(Ask { new, ..ask.clone() }, at, ApprovalState::ALL[state]);
            let list = if one.state == ApprovalState::Pending { &mut known } else { &mut ended };
            if !list.iter().any(|other: &Approval| other.ask.place() == one.ask.place()) {
                list.push(one);
            }
        }
        for (task, said_no) in answered {
            let Some(ask) = asks.get(task).filter(|a| !ended.iter().any(|e| e.ask.place() == a.place())) else { continue };
            let state = if said_no { ApprovalState::Rejected } else { ApprovalState::Approved };
            ended.push(kept(ask.clone(), 90 + task, state));
        }
        let asked = Asked { pending: &known, ended: &ended };
        let steps = reconcile((&plan, &snapshot, &policy), asks.clone(), asked, |_| false);
        for ask in &asks {
            let of = |step: &&Step| matches!(step, Step::Ask(a) | Step::Renew(_, a) if a.place() == ask.place());
            let open = steps.iter().filter(of).count();
            let before = known.iter().find(|one| one.ask.place() == ask.place());
            let renewed = before.is_some_and(|one| one.ask.new == ask.new);
            let refused = !renewed && ended.iter().any(|one| {
                let no = matches!(one.state, ApprovalState::Rejected | ApprovalState::Expired);
                no && one.ask.place() == ask.place() && one.ask.new == ask.new
            });
            prop_assert_eq!(open, usize::from(!refused));
        }
        // Every question that was pending has exactly one step.
        for one in &known {
            let of = |step: &&Step| matches!(step, Step::Renew(id, _) | Step::End { id, .. } if *id == one.id);
            prop_assert_eq!(steps.iter().filter(of).count(), 1);
        }
    }

    /// Whatever people do between question and answer: only what is as it was asked is written, and the checker agrees.
    #[test]
    fn an_approval_never_overwrites(edits in prop::collection::vec((1usize..4, 0usize..4, any::<bool>()), 0..4)) {
        let (snapshot, policy) = (low(), Policy::default());
        let (plan, asks) = questions(&snapshot, &policy);
        let mut after = snapshot.clone();
        for (task, band, overrides) in edits {
            let (role, value) = if overrides {
                (Role::ManualOverride, FieldValue::Enum { gid: OptionGid::new("9"), name: "Override".into() })
            } else {
                (Role::Priority, option(&snapshot, Role::Priority, ["P0", "P1", "P2", "P3"][band]))
            };
            edit(&mut after, &task.to_string(), role, Some(value));
        }
        let (made, void) = plan_approval(&approved((&plan, &snapshot), asks.clone()), "Dana", (&after, &policy), &rules(), now());
        prop_assert_eq!(check(&made, &after, &policy), vec![]);
        prop_assert_eq!(made.actions.len() + void.len(), asks.len());
        for planned in &made.actions {
            let Action::SetFields { task, changes, .. } = &planned.action else { continue };
            let now = |s: &Snapshot| s.task(task).unwrap().fields[&changes[0].field].value.clone();
            prop_assert_eq!(now(&after), now(&snapshot));
            prop_assert!(after.roles.state(Role::ManualOverride, after.task(task).unwrap()).value.is_none());
        }
        prop_assert!(writes(plan).actions.iter().all(|p| !p.id.as_str().starts_with("act_priority")));
    }
}
