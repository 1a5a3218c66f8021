//! The portfolio's plan: what it writes, what it leaves alone, and how it is taken back.

use crate::backlog::{field, now, project};
use crate::plan::rules;
use decide::document::{html, text};
use decide::{
    Doing, PRIORITY_FIELD, Policy, PortfolioFindings, ProjectValues, RATIONALE_FIELD, check, plan_portfolio,
    plan_undo, portfolio_document,
};
use domain::{
    Action, FieldGid, FieldKind, FieldValue, Named, Outcome, OutcomeKind, Phase, PhaseRule, Points,
    ProjectGid, RunId, Snapshot, StatusUpdateGid, TaskGid,
};
use judge::portfolio::{Contribution, Criterion, Ranked, Scored, Shortage, TopTask, Without};
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

fn both() -> Vec<Ranked> {
    vec![ranked("11", 1, 335), ranked("12", 2, 240)]
}

fn empty() -> ProjectValues {
    ["11", "12"].map(|gid| (ProjectGid::new(gid), BTreeMap::new())).into()
}

#[test]
fn priorities_and_reasons_go_to_the_projects_and_a_status_to_the_portfolio() {
    let (frame, policy) = (frame(), Policy::default());
    let plan = plan_portfolio(&frame, &policy, (&both(), &empty()), &rules(), now());
    assert_eq!(check(&plan, &frame, &policy), []);
    let [first, _, status] = &plan.actions[..] else { panic!("{plan:?}") };
    let Action::SetProjectFields { changes, .. } = &first.action else { panic!("{first:?}") };
    assert_eq!(changes[0].new, Some(FieldValue::Number(33.5)));
    assert!(changes[1].new.as_ref().unwrap().to_string().contains("slippage +10.0: expected to end 15 days"));
    let Action::PostStatus { status, title, .. } = &status.action else { panic!("{status:?}") };
    assert_eq!((status.as_str(), title.as_str()), ("off_track", "Upnext · status of 2026-06-15"));
    // What is there already is not written again.
    let held = changes.iter().map(|change| (change.field.clone(), change.new.clone())).collect();
    let mut values = empty();
    values.insert(ProjectGid::new("11"), held);
    assert_eq!(plan_portfolio(&frame, &policy, (&both(), &values), &rules(), now()).actions.len(), 2);
}

#[test]
fn phases_missing_fields_and_unread_values_cost_a_sentence() {
    let mut bare = frame();
    bare.fields.clear();
    let policy = Policy::default();
    let plan = plan_portfolio(&bare, &policy, (&both(), &empty()), &rules(), now());
    assert_eq!((plan.actions.len(), plan.notes.len()), (1, 2), "{plan:?}");
    let rule = PhaseRule {
        project: Some(ProjectGid::new("11")),
        field: None,
        value: None,
        section: None,
        phase: Phase::Shadow,
    };
    let careful = Policy { phase_for: vec![rule], ..Policy::default() };
    let plan = plan_portfolio(&frame(), &careful, (&both(), &empty()), &rules(), now());
    assert_eq!(check(&plan, &frame(), &careful), []);
    assert!(plan.notes[0].contains("phase shadow") && plan.actions.len() == 2, "{plan:?}");
    let mut unread = empty();
    unread.remove(&ProjectGid::new("12"));
    let plan = plan_portfolio(&frame(), &policy, (&both(), &unread), &rules(), now());
    assert!(plan.notes[0].contains("could not be read"), "{plan:?}");
    let shadow = Policy { phase: Phase::Shadow, ..Policy::default() };
    assert!(plan_portfolio(&frame(), &shadow, (&both(), &empty()), &rules(), now()).actions.is_empty());
    // A foreign field, or a project's fields out of any other plan, are found.
    let mut wrong = plan_portfolio(&frame(), &policy, (&both(), &empty()), &rules(), now());
    if let Action::SetProjectFields { changes, .. } = &mut wrong.actions[0].action {
        changes[0].field = FieldGid::new("404");
    }
    assert!(check(&wrong, &frame(), &policy)[0].problem.contains("not on the portfolio"));
    wrong.kind = domain::PlanKind::Groom;
    assert!(check(&wrong, &frame(), &policy).iter().any(|f| f.problem.contains("only a portfolio's plan")));
}

#[test]
fn an_undo_gives_back_what_was_there() {
    let (frame, policy) = (frame(), Policy::default());
    let plan = plan_portfolio(&frame, &policy, (&both(), &empty()), &rules(), now());
    let doing = |planned: &domain::PlannedAction| Doing {
        planned: planned.clone(),
        outcome: Outcome {
            action: planned.id.clone(),
            kind: OutcomeKind::Done,
            at: now().at,
            task: None,
            story: None,
            field: None,
            section: None,
            attachment: None,
            status_update: Some(StatusUpdateGid::new("5")),
            made: true,
            replaced: None,
            modified_at: None,
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
    let (ranked, project) = (both(), Named { gid: ProjectGid::new("11"), name: "Project <11>".into() });
    let scored =
        Scored { task: TaskGid::new("1001"), name: "Pay by card".into(), score: Points::from_tenths(831) };
    let shortage = Shortage { project: project.clone(), due: 60.0, hours: 40.0, offers: vec![] };
    let document = portfolio_document(&PortfolioFindings {
        name: "Products",
        ranked: &ranked,
        top: &[TopTask { scored, project }],
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
}
