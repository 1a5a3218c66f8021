//! The plan of a request: one task whatever is written into it, and checked as such.

use crate::backlog::now;
use crate::groom::three;
use crate::plan::rules;
use decide::{Policy, Request, check, intake_plan_id, is_marked, plan_intake, request_notes};
use domain::{Action, Phase, PlanKind, RequestId};
use proptest::prelude::*;

fn request(answers: &[(&str, &str)]) -> Request {
    let id = RequestId::new("req_0123456789abcdef0123");
    let notes = request_notes(answers, "Ask the team", &id);
    Request { id, name: "Dark\u{7} \n mode".into(), notes }
}

#[test]
fn a_request_is_one_task_also_in_the_shadow() {
    let snapshot = three();
    for phase in [Phase::Shadow, Phase::Suggest, Phase::Auto] {
        let policy = Policy { phase, ..Policy::default() };
        let request =
            request(&[("Description", "Please\r\nsoon"), ("Version", " "), ("Asked by", "Somebody")]);
        let plan = plan_intake(&snapshot, &request, &policy, &rules(), now());
        assert_eq!(check(&plan, &snapshot, &policy), []);
        assert_eq!(plan.id, intake_plan_id(&snapshot.project.gid, &request.id));
        let [planned] = plan.actions.as_slice() else { panic!("{:?}", plan.actions) };
        let Action::FileRequest { name, notes, .. } = &planned.action else { panic!("{planned:?}") };
        assert_eq!(name, "Dark mode");
        assert_eq!(
            notes,
            "Description:\nPlease\nsoon\n\nAsked by:\nSomebody\n\n———————————————\nThis task was submitted through Ask \
             the team (req_0123456789abcdef0123)"
        );
        let read = judge::learn::form::read(notes);
        assert_eq!(read.answer(&["asked by"]), Some("Somebody"));
    }
}

#[test]
fn what_is_no_request_is_found() {
    let (snapshot, policy) = (three(), Policy::default());
    let sound = plan_intake(&snapshot, &request(&[("Description", "x")]), &policy, &rules(), now());
    let problems = |change: &dyn Fn(&mut domain::Plan)| {
        let mut plan = sound.clone();
        change(&mut plan);
        check(&plan, &snapshot, &policy).len()
    };
    assert_eq!(problems(&|_| ()), 0);
    assert!(problems(&|plan| plan.kind = PlanKind::Groom) > 0);
    assert!(problems(&|plan| plan.kind = PlanKind::Intake { request: RequestId::new("req_other") }) > 0);
    assert!(problems(&|plan| plan.actions.clear()) > 0);
    assert!(problems(&|plan| plan.actions.push(plan.actions[0].clone())) > 0);
    let with = |name: &str, notes: &str| {
        let (name, notes) = (name.to_owned(), notes.to_owned());
        move |plan: &mut domain::Plan| {
            let request = RequestId::new("req_0123456789abcdef0123");
            plan.actions[0].action =
                Action::FileRequest { request, name: name.clone(), notes: notes.clone() };
        }
    };
    assert!(problems(&with(" ", "req_0123456789abcdef0123")) > 0);
    assert!(problems(&with("a", "nothing")) > 0);
    let delete = |plan: &mut domain::Plan| {
        let task = snapshot.tasks[0].gid.clone();
        plan.actions[0].action = Action::DeleteTask { task, name: "x".into() };
    };
    assert!(problems(&delete) > 0);
}

proptest! {
    #[test]
    fn a_request_is_found_again_and_no_other(text in "(?s).{0,200}", other in "(?s).{0,80}") {
        let ours = request(&[("Description", &text), (&other, &text)]);
        prop_assert!(is_marked(&ours.notes, &ours.id));
        prop_assert!(!is_marked(&ours.notes, &RequestId::new("req_9999999999")));
        let keyed = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\t');
        prop_assert!(ours.notes.chars().all(keyed));
    }
}
