//! The portfolio's plan: what it writes, what it leaves alone, and how it is taken back.

use crate::backlog::{field, now, project};
use crate::plan::{carried_out, rules};
use decide::document::{html, text};
use decide::{
    Doing, PRIORITY_FIELD, Policy, PortfolioFindings, RATIONALE_FIELD, check, plan_portfolio, plan_undo,
    portfolio_document,
};
use domain::{
    Action, FieldGid, FieldKind, FieldState, FieldValue, GoalGid, GoalStatus, HeldProject, Named, Outcome,
    Person, Phase, Points, ProjectGid, RunId, Snapshot, StatusUpdateGid, TaskGid, UserGid, Written,
};
use judge::portfolio::{
    Contribution, Criterion, DueTask, Offer, Ranked, RankedGoal, Scored, Shortage, TopTask, Without,
};
use std::collections::{BTreeMap, HashMap};

fn frame() -> Snapshot {
    let mut frame = project(vec![]);
    frame.project = Named { gid: ProjectGid::new("800"), name: "Products".into() };
    frame.fields =
        vec![field("91", PRIORITY_FIELD, FieldKind::Number), field("92", RATIONALE_FIELD, FieldKind::Text)];
    frame
}

fn ranked(gid: &str, place: usize, tenths: i32) -> Ranked {
    let part = |criterion, points: i32, because: &str| Contribution {
        criterion,
        points: Points::from_tenths(points),
        most: Points::from_tenths(500),
        because: because.into(),
        tasks: vec![TaskGid::new("1001")],
    };
    Ranked {
        project: Named { gid: ProjectGid::new(gid), name: format!("Project <{gid}>") },
        place,
        priority: Points::from_tenths(tenths),
        contributions: vec![
            part(Criterion::Worth, tenths - 100, "12 open tasks, the first at 83.1"),
            part(Criterion::Slippage, 100, "expected to end 15 days after its date, 2026-06-30"),
        ],
        unknown: vec![Criterion::Budget],
        without: vec![Without {
            criterion: Criterion::Slippage,
            priority: Points::from_tenths(tenths - 100),
            place: place + 1,
        }],
        behind: (place > 1).then(|| (ProjectGid::new("11"), Points::from_tenths(95))),
        late_days: Some(15.0),
        open: 12,
    }
}

/// A goal that stands as the first project does.
fn goal() -> RankedGoal {
    let like = ranked("11", 1, 335);
    RankedGoal {
        gid: GoalGid::new("71"),
        name: "Grow <fast>".into(),
        status: GoalStatus::Yellow,
        due_on: Some(jiff::civil::date(2026, 9, 30)),
        place: 1,
        priority: like.priority,
        contributions: like.contributions,
        unknown: vec![Criterion::Slippage],
        without: like.without,
        behind: None,
        projects: vec![like.project],
        open: 12,
        tasks: vec![pay_by_card()],
    }
}

fn pay_by_card() -> TopTask {
    let scored =
        Scored { task: TaskGid::new("1001"), name: "Pay by card".into(), score: Points::from_tenths(831) };
    TopTask { scored, project: Named { gid: ProjectGid::new("11"), name: "Project <11>".into() } }
}

fn both() -> Vec<Ranked> {
    vec![ranked("11", 1, 335), ranked("12", 2, 240)]
}

type Held = BTreeMap<ProjectGid, HeldProject>;

/// Two projects, read, with nothing in their fields.
fn empty() -> Held {
    let held =
        || HeldProject { phase: Phase::Suggest, fields: Some(BTreeMap::new()), elsewhere: BTreeMap::new() };
    ["11", "12"].map(|gid| (ProjectGid::new(gid), held())).into()
}

fn holding(held: Held) -> Snapshot {
    Snapshot { held, ..frame() }
}

fn one<'a>(held: &'a mut Held, project: &str) -> &'a mut HeldProject {
    held.get_mut(&ProjectGid::new(project)).unwrap()
}

#[test]
fn priorities_and_reasons_go_to_the_projects_and_a_status_to_the_portfolio() {
    let (frame, policy) = (holding(empty()), Policy::default());
    let plan = plan_portfolio(&frame, &policy, &both(), &rules(), now());
    assert_eq!(check(&plan, &frame, &policy), []);
    let [first, _, status] = &plan.actions[..] else { panic!("{plan:?}") };
    let Action::SetProjectFields { changes, .. } = &first.action else { panic!("{first:?}") };
    assert_eq!(changes[0].new, Some(FieldValue::Number(33.5)));
    assert!(changes[1].new.as_ref().unwrap().to_string().contains("slippage +10.0: expected to end 15 days"));
    let Action::PostStatus { status, title, .. } = &status.action else { panic!("{status:?}") };
    assert_eq!((status.as_str(), title.as_str()), ("off_track", "Upnext · status of 2026-06-15"));
    // What is there already is not written again.
    let state = |change: &domain::FieldChange| FieldState { value: change.new.clone(), ours: None };
    let mut held = empty();
    one(&mut held, "11").fields =
        Some(changes.iter().map(|change| (change.field.clone(), state(change))).collect());
    let calm = plan_portfolio(&holding(held), &policy, &both(), &rules(), now());
    assert_eq!((calm.actions.len(), calm.notes), (2, vec![]));
}

fn ours(value: f64) -> Written {
    Written { value: Some(FieldValue::Number(value)), at: now().at }
}

/// A priority on project 11.
fn standing(value: Option<f64>, ours: Option<Written>, elsewhere: bool) -> Snapshot {
    let mut held = empty();
    let project = one(&mut held, "11");
    let state = FieldState { value: value.map(FieldValue::Number), ours };
    project.fields = Some([(FieldGid::new("91"), state)].into());
    if elsewhere {
        project.elsewhere.insert(FieldGid::new("91"), ProjectGid::new("801"));
    }
    holding(held)
}

#[test]
fn only_our_own_values_and_empty_fields_are_written_over() {
    let policy = Policy::default();
    let written = |frame: &Snapshot| {
        let plan = plan_portfolio(frame, &policy, &both(), &rules(), now());
        assert_eq!(check(&plan, frame, &policy), []);
        let Action::SetProjectFields { changes, .. } = &plan.actions[0].action else { panic!("{plan:?}") };
        (changes.iter().any(|change| change.field.as_str() == "91"), plan.notes)
    };
    assert_eq!(written(&standing(Some(20.0), Some(ours(20.0)), false)), (true, vec![]));
    assert_eq!(written(&standing(None, None, false)), (true, vec![]));
    assert_eq!(written(&standing(None, Some(ours(20.0)), false)), (true, vec![]), "clearing gives it back");
    for before in [None, Some(ours(20.0))] {
        let (is_written, notes) = written(&standing(Some(99.0), before.clone(), false));
        assert!(!is_written && notes[0].contains("99") && notes[0].contains("is kept"), "{notes:?}");
        let (is_written, notes) = written(&standing(Some(99.0), before, true));
        assert!(!is_written && notes[0].contains("the portfolio 801 wrote"), "{notes:?}");
    }
}

#[test]
fn the_checker_sees_for_itself_whose_values_are_and_where_a_portfolio_may_write() {
    let policy = Policy::default();
    let frame = holding(empty());
    let plan = plan_portfolio(&frame, &policy, &both(), &rules(), now());
    let says = |frame: &Snapshot, policy: &Policy, problem: &str| {
        let found = check(&plan, frame, policy);
        assert!(found.iter().any(|f| f.problem.contains(problem)), "{problem}: {found:?}");
    };
    says(&standing(Some(99.0), None, false), &policy, "not Upnext's");
    says(&standing(Some(99.0), Some(ours(99.0)), false), &policy, "is not the one that was read");
    let mut unread = empty();
    one(&mut unread, "11").fields = None;
    says(&holding(unread), &policy, "were not read");
    let mut shadow = empty();
    one(&mut shadow, "11").phase = Phase::Shadow;
    says(&holding(shadow), &policy, "phase shadow");
    says(&holding(Held::new()), &policy, "phase is not known");
    says(&frame, &Policy { phase: Phase::Shadow, ..Policy::default() }, "the portfolio is in phase shadow");
    let mut elsewhere = holding(empty());
    elsewhere.project.gid = ProjectGid::new("801");
    says(&elsewhere, &policy, "posted elsewhere");
}

#[test]
fn phases_missing_fields_and_unread_values_cost_a_sentence() {
    let mut bare = holding(empty());
    bare.fields.clear();
    let policy = Policy::default();
    let plan = plan_portfolio(&bare, &policy, &both(), &rules(), now());
    assert_eq!((plan.actions.len(), plan.notes.len()), (1, 2), "{plan:?}");
    let mut held = empty();
    one(&mut held, "11").phase = Phase::Shadow;
    let careful = holding(held);
    let plan = plan_portfolio(&careful, &policy, &both(), &rules(), now());
    assert_eq!(check(&plan, &careful, &policy), []);
    assert!(plan.notes[0].contains("phase shadow") && plan.actions.len() == 2, "{plan:?}");
    let Action::PostStatus { text, .. } = &plan.actions[1].action else { panic!("{plan:?}") };
    assert!(text.contains("Project <12>") && !text.contains("Project <11>"), "{text}");
    let mut held = empty();
    one(&mut held, "12").fields = None;
    let plan = plan_portfolio(&holding(held), &policy, &both(), &rules(), now());
    assert!(plan.notes[0].contains("could not be read"), "{plan:?}");
    let shadow = Policy { phase: Phase::Shadow, ..Policy::default() };
    assert!(plan_portfolio(&holding(empty()), &shadow, &both(), &rules(), now()).actions.is_empty());
    // A foreign field, or a project's fields out of any other plan, are found.
    let frame = holding(empty());
    let mut wrong = plan_portfolio(&frame, &policy, &both(), &rules(), now());
    if let Action::SetProjectFields { changes, .. } = &mut wrong.actions[0].action {
        changes[0].field = FieldGid::new("404");
    }
    assert!(check(&wrong, &frame, &policy)[0].problem.contains("not on the portfolio"));
    wrong.kind = domain::PlanKind::Groom;
    assert!(check(&wrong, &frame, &policy).iter().any(|f| f.problem.contains("only a portfolio's plan")));
}

#[test]
fn an_undo_gives_back_what_was_there() {
    let (frame, policy) = (holding(empty()), Policy::default());
    let plan = plan_portfolio(&frame, &policy, &both(), &rules(), now());
    let doing = |planned: &domain::PlannedAction| Doing {
        planned: planned.clone(),
        outcome: Outcome {
            status_update: Some(StatusUpdateGid::new("5")),
            made: true,
            ..carried_out(&planned.id)
        },
    };
    let doings: Vec<Doing> = plan.actions.iter().map(doing).collect();
    let undo = plan_undo(&RunId::new("run_1"), &doings, (&frame, None), &rules(), now());
    assert_eq!(check(&undo, &frame, &policy), []);
    assert!(matches!(&undo.actions[0].action, Action::DeleteStatus { .. }));
    let Action::SetProjectFields { changes, .. } = &undo.actions[2].action else { panic!("{undo:?}") };
    assert_eq!((&changes[0].new, &changes[0].expected), (&None, &Some(FieldValue::Number(33.5))));
}

#[test]
fn a_portfolio_in_words() {
    let (ranked, first) = (both(), pay_by_card());
    let work =
        |gid: &str, hours: f64| DueTask { task: TaskGid::new(gid), name: format!("Work {gid}"), hours };
    let ana = Person { gid: UserGid::new("7"), name: "Ana".into() };
    let shortage = Shortage {
        project: first.project.clone(),
        due: 60.0,
        tasks: vec![work("1001", 45.0), work("1002", 15.0)],
        hours: 40.0,
        people: vec![Offer { person: ana, hours: 40.0 }],
        offers: vec![],
    };
    let document = portfolio_document(&PortfolioFindings {
        name: "Products",
        ranked: &ranked,
        told: &ranked,
        goals: &[goal()],
        top: &[first],
        shortages: &[shortage],
        days: 14,
        names: &HashMap::from([(TaskGid::new("1001"), "Pay by card".to_owned())]),
        notes: &["budgets are not part of this workspace's Asana plan".to_owned()],
    });
    insta::assert_snapshot!("portfolio_text", text(&document));
    let page = html(&document);
    assert!(
        page.contains("Project &lt;11&gt;") && !page.contains("Project <11>") && !page.contains("<script")
    );
    // The hours that lack are those of these tasks, each a link away.
    assert!(page.contains("https://app.asana.com/0/11/1002") && page.contains("Work 1002 (15.0 h)"));
    assert!(page.contains("Grow &lt;fast&gt;") && !page.contains("Grow <fast>"));
}
