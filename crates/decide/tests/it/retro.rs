//! The retrospective: its comment and document, that texts of people stay texts, and that its plan writes what is not there yet.

use crate::backlog::{now, project};
use crate::plan::rules;
use decide::document::{html, markdown, text};
use decide::{
    Attached, Policy, Posted, ToPost, check, plan_retro, retro_comment, retro_document, retro_facts,
    retro_marker,
};
use domain::{Action, AttachmentGid, Phase, PlanKind, TaskGid, TaskRef};
use jiff::civil::date;
use judge::retro::{
    Advice, Blocked, Cause, Count, Ending, Estimates, Flow, Judged, Membership, OverruledOutcome, Quote,
    Retro, RetroTask, ScopeChange, SectionFlow, Size, Theme, Themes, Waited, Warning,
};
use std::collections::HashMap;

const HOSTILE: &str = "</script><img src=x onerror=alert(1)> [a](javascript:alert(1)) | `x` *b*";

fn gid(nth: usize) -> TaskGid {
    TaskGid::new((100 + nth).to_string())
}

fn count(tasks: &[usize], hours: f64) -> Count {
    Count { tasks: tasks.iter().copied().map(gid).collect(), hours, without_estimate: 0 }
}

fn task(nth: usize, name: &str, ending: Ending, causes: Vec<Cause>) -> RetroTask {
    RetroTask {
        task: gid(nth),
        name: name.into(),
        planned: nth < 4,
        came_in: date(2026, 6, 1),
        ending,
        hours: Some(8.0),
        hours_at_end: None,
        tracked: Some(12.0),
        blocked_days: 0.0,
        causes,
    }
}

fn a_sprint() -> Retro {
    let done = Ending::Done { on: date(2026, 6, 9) };
    let waits = Cause::BlockedBy { task: gid(9), name: "Sign the contract".into(), days: 6.375 };
    let out = Ending::MovedOut { to: "Later".into(), on: date(2026, 6, 10) };
    Retro {
        from: date(2026, 6, 1),
        to: date(2026, 6, 14),
        ended: true,
        membership: Membership::Section { section: domain::SectionGid::new("32"), name: "Sprint 12".into() },
        tasks: vec![
            task(1, "Pay by card", done.clone(), vec![]),
            task(2, HOSTILE, Ending::Open, vec![waits, Cause::OwnerOverloaded { given: 92.0, hours: 80.0 }]),
            task(
                3,
                "Search",
                out.clone(),
                vec![Cause::MovedOut { to: "Later".into(), on: date(2026, 6, 10) }],
            ),
            task(4, "Hot fix", done, vec![]),
        ],
        planned: count(&[1, 2, 3], 24.0),
        kept: count(&[1], 8.0),
        missed: count(&[2, 3], 16.0),
        added: count(&[4], 8.0),
        added_done: count(&[4], 8.0),
        removed: count(&[3], 8.0),
        scope: ScopeChange { raised: count(&[2], 4.0), lowered: Count::default(), percent: Some(83.3) },
        estimates: Estimates {
            tasks: vec![gid(1), gid(4)],
            unmeasured: vec![],
            bias: Some(4.0),
            mae: Some(4.0),
            ratio: Some(1.5),
            sizes: vec![Size {
                above: 4.0,
                up_to: Some(16.0),
                tasks: vec![gid(1), gid(4)],
                mae: 4.0,
                ratio: 1.5,
            }],
        },
        flow: Flow {
            measured: vec![gid(1), gid(4)],
            cycle_days: Some(3.5),
            cycle_days_80: Some(6.0),
            sections: vec![SectionFlow {
                name: "In Review".into(),
                tasks: vec![gid(1), gid(2), gid(4)],
                days: 19.0,
                median_days: 6.3,
            }],
            bottleneck: Some("In Review".into()),
        },
        blocked: Blocked {
            tasks: vec![Waited { task: gid(2), days: 6.375, by: vec![(gid(9), 6.375)] }],
            days: 6.375,
            unknown: vec![],
        },
        themes: Themes {
            themes: vec![Theme {
                words: vec!["staging".into(), "database".into()],
                comments: 2,
                pressing: 1,
                tasks: vec![gid(1), gid(2)],
                quotes: vec![Quote { task: gid(2), on: date(2026, 6, 3), text: HOSTILE.into() }],
            }],
            comments: 3,
            read: 3,
            alone: 1,
        },
        advice: Advice {
            open: 20,
            recommended: vec![gid(1), gid(5)],
            followed: vec![gid(1)],
            left: vec![gid(5)],
            instead: vec![gid(4)],
            planned: 3,
        },
        warnings: Warning::default(),
        overruled: vec![OverruledOutcome {
            task: gid(1),
            name: "Pay by card".into(),
            field: "Suggested Priority".into(),
            ours: "P2".into(),
            theirs: "P0".into(),
            judged: Judged::Right,
            how: "raised, and taken up by the end",
        }],
        coverage: judge::backtest::Coverage { undone: 49, untold: 1 },
    }
}

fn document(retro: &Retro) -> decide::document::Document {
    let others = HashMap::from([(gid(9), "Sign the contract".to_owned())]);
    retro_document(retro, &project(vec![]).project, &others, &["nobody's capacity is known".to_owned()])
}

#[test]
fn a_sprint_in_words() {
    let retro = a_sprint();
    let project = project(vec![]).project.gid;
    insta::assert_snapshot!("retro_comment", retro_comment(&retro, &project, None));
    insta::assert_snapshot!("retro_text", text(&document(&retro)));
    insta::assert_snapshot!("retro_markdown", markdown(&document(&retro)));
}

#[test]
fn the_page_holds_every_task_and_nothing_that_runs() {
    let page = html(&document(&a_sprint()));
    for nth in [1, 2, 3, 4, 5, 9] {
        assert!(page.contains(&format!("https://app.asana.com/0/2/{}", gid(nth))), "{nth}");
    }
    for bad in ["<script", "<img", "onerror=alert(1)>", "href=\"javascript", "<link", "src="] {
        assert!(!page.replace("&lt;img src=x", "").contains(bad), "{bad}");
    }
    assert!(page.contains("<svg") && page.contains("prefers-color-scheme:dark"));
}

#[test]
fn a_wording_stands_only_when_its_numbers_are_the_sprints() {
    let (retro, project) = (a_sprint(), project(vec![]).project.gid);
    let facts = retro_facts(&retro);
    assert!(!facts.contains("Pay by card") && !facts.contains("staging"), "{facts}");
    let good = retro_comment(&retro, &project, Some("Of 3 planned tasks 1 was done."));
    assert!(good.lines().nth(1) == Some("Of 3 planned tasks 1 was done."), "{good}");
    for bad in ["Of 7 planned tasks 1 was done.", "See https://evil.example", "Ask @ana."] {
        assert_eq!(
            retro_comment(&retro, &project, Some(bad)),
            retro_comment(&retro, &project, None),
            "{bad}"
        );
    }
}

#[test]
fn only_what_is_not_there_is_written() {
    let (snapshot, policy, retro) = (project(vec![]), Policy::default(), a_sprint());
    let wanted = ToPost { retro: &retro, comment: "the comment", page: "<html>", markdown: "# It" };
    let planned = |posted: &Posted, policy: &Policy| {
        let plan = plan_retro(&snapshot, policy, (wanted, posted), &rules(), now());
        assert_eq!(check(&plan, &snapshot, policy), []);
        plan
    };
    let first = planned(&Posted::default(), &policy);
    assert_eq!(first.kind, PlanKind::Retro { from: retro.from, to: retro.to });
    let [made, said, attached, also] = &first.actions[..] else { panic!("{first:?}") };
    assert!(matches!(&made.action, Action::EnsureTask { name, .. } if name == "Retrospective"));
    let Action::PutComment { task: TaskRef::MadeBy(by), marker, .. } = &said.action else {
        panic!("{said:?}")
    };
    assert_eq!((by, marker), (&made.id, &retro_marker(retro.from, retro.to)));
    for (attached, ending) in [(attached, ".html"), (also, ".md")] {
        let Action::AttachFile { name, replaces, .. } = &attached.action else { panic!("{attached:?}") };
        assert!(name.ends_with(ending) && replaces.is_empty(), "{name}");
    }

    let there = Posted {
        task: Some(gid(50)),
        comment: Some("the comment".into()),
        page: Attached { files: vec![AttachmentGid::new("9")], content: Some("<html>".into()) },
        markdown: Attached { files: vec![AttachmentGid::new("7")], content: Some("# It".into()) },
    };
    assert_eq!(planned(&there, &policy).actions, []);
    // One that was posted before there was Markdown gets it, and keeps its page.
    let [only] = &planned(&Posted { markdown: Attached::default(), ..there.clone() }, &policy).actions[..]
    else {
        panic!()
    };
    assert!(matches!(&only.action, Action::AttachFile { name, .. } if name.ends_with(".md")));
    let older = Attached { content: Some("<older>".into()), ..there.page.clone() };
    let other = Posted { page: older, ..there.clone() };
    let [replaced] = &planned(&other, &policy).actions[..] else { panic!() };
    let Action::AttachFile { replaces, .. } = &replaced.action else { panic!("{replaced:?}") };
    assert_eq!(replaces, &[AttachmentGid::new("9")]);
    // Two files of ours are one too many, whatever they hold.
    let both = Attached { files: ["9", "8"].map(AttachmentGid::new).to_vec(), ..there.page.clone() };
    let two = Posted { page: both, ..there };
    assert_eq!(planned(&two, &policy).actions.len(), 1);

    let shadow = Policy { phase: Phase::Shadow, ..Policy::default() };
    let kept = planned(&Posted::default(), &shadow);
    assert!(kept.actions.is_empty() && kept.notes[0].contains("shadow"));
    let nowhere = Policy { retro_task: String::new(), ..Policy::default() };
    assert!(planned(&Posted::default(), &nowhere).actions.is_empty());
}

#[test]
fn a_file_is_attached_by_nothing_but_a_retrospective() {
    let (snapshot, policy) = (project(vec![]), Policy::default());
    let retro = a_sprint();
    let wanted = ToPost { retro: &retro, comment: "the comment", page: "<html>", markdown: "# It" };
    let mut plan = plan_retro(&snapshot, &policy, (wanted, &Posted::default()), &rules(), now());
    plan.kind = PlanKind::Groom;
    assert!(check(&plan, &snapshot, &policy).iter().any(|found| found.problem.contains("attach a file")));
}
