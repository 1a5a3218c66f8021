//! The dashboard's memory: who is in, by which token, and the views people keep.

use crate::support::{World, stories};
use crate::things::{a_run, at};
use domain::{Access, Clearance, Digest, ProjectGid, Reach};
use std::collections::BTreeSet;
use store::{SavedView, WebSession};

stories!(
    sessions_come_back_and_old_ones_go,
    there_is_one_admin_token,
    views_are_kept_by_name_and_not_without_end,
    an_empty_store_has_nothing_to_show,
    a_portfolio_is_told_from_projects,
);

fn digest(text: &str) -> Digest {
    Digest::of_bytes(text.as_bytes())
}

fn session(who: &str, second: i64, reach: Reach) -> WebSession {
    let access = Access { clearance: Clearance::Approver, reach };
    WebSession { who: who.into(), access, person: None, made_at: at(second), seen_at: at(second) }
}

async fn sessions_come_back_and_old_ones_go(world: World) {
    let store = world.open().await;
    let some = Reach::Only(BTreeSet::from([ProjectGid::new("7"), ProjectGid::new("8")]));
    let (one, all) = (session("one", 100, some), session("all", 200, Reach::All));
    store.start_web_session(&digest("a"), &one, (at(0), at(0))).await.unwrap();
    store.start_web_session(&digest("b"), &all, (at(0), at(0))).await.unwrap();
    assert_eq!(store.web_session(&digest("a")).await.unwrap(), Some(one.clone()));
    assert_eq!(store.web_session(&digest("b")).await.unwrap(), Some(all));
    assert_eq!(store.web_session(&digest("A")).await.unwrap(), None);
    store.see_web_session(&digest("a"), at(300)).await.unwrap();
    store.see_web_session(&digest("a"), at(250)).await.unwrap();
    assert_eq!(store.web_session(&digest("a")).await.unwrap().unwrap().seen_at, at(300));
    // Unheard of since 250: `b` goes when the next one comes.
    let late = WebSession { made_at: at(400), seen_at: at(400), ..one };
    store.start_web_session(&digest("d"), &late, (at(50), at(250))).await.unwrap();
    assert_eq!(store.web_session(&digest("b")).await.unwrap(), None);
    assert!(store.web_session(&digest("a")).await.unwrap().is_some());
    assert!(store.end_web_session(&digest("a")).await.unwrap());
    assert!(!store.end_web_session(&digest("a")).await.unwrap());
}

async fn there_is_one_admin_token(world: World) {
    let store = world.open().await;
    assert!(!store.is_admin_token(&digest("one")).await.unwrap());
    assert!(store.first_admin_token(&digest("one"), at(1)).await.unwrap());
    assert!(!store.first_admin_token(&digest("two"), at(2)).await.unwrap(), "the first stays");
    assert!(store.is_admin_token(&digest("one")).await.unwrap());
    store.start_web_session(&digest("s"), &session("a", 3, Reach::All), (at(0), at(0))).await.unwrap();
    store.replace_admin_token(&digest("two"), at(4)).await.unwrap();
    assert!(!store.is_admin_token(&digest("one")).await.unwrap());
    assert!(store.is_admin_token(&digest("two")).await.unwrap());
    assert_eq!(store.web_session(&digest("s")).await.unwrap(), None, "everybody is signed out");
}

async fn views_are_kept_by_name_and_not_without_end(world: World) {
    let store = world.open().await;
    let project = ProjectGid::new("7");
    let view = |name: &str, query: &str| SavedView {
        name: name.into(),
        query: query.into(),
        made_by: "a".into(),
        made_at: at(1),
    };
    assert!(store.save_view(&project, &view("x", "band=P0"), 2).await.unwrap());
    assert!(store.save_view(&project, &view("y", ""), 2).await.unwrap());
    assert!(!store.save_view(&project, &view("z", ""), 2).await.unwrap());
    assert!(
        store.save_view(&project, &view("x", "band=P1"), 2).await.unwrap(),
        "one of that name is replaced"
    );
    let kept = store.saved_views(&project).await.unwrap();
    assert_eq!(
        kept.iter().map(|v| (v.name.as_str(), v.query.as_str())).collect::<Vec<_>>(),
        [("x", "band=P1"), ("y", "")]
    );
    assert!(store.saved_views(&ProjectGid::new("8")).await.unwrap().is_empty());
    assert!(
        store.forget_view(&project, "x").await.unwrap() && !store.forget_view(&project, "x").await.unwrap()
    );
}

async fn an_empty_store_has_nothing_to_show(world: World) {
    let store = world.open().await;
    let (project, plan) = (ProjectGid::new("7"), domain::PlanId::new("plan_1"));
    assert!(store.known_projects().await.unwrap().is_empty());
    assert_eq!(store.newest_judged(&project).await.unwrap(), None);
    assert!(store.attempted(&plan).await.unwrap().is_empty());
    assert_eq!(
        store.last_written(&domain::ProjectGid::new("1"), &domain::TaskGid::new("1")).await.unwrap(),
        None
    );
    assert!(store.overrides_since(&project, at(0), 9).await.unwrap().is_empty());
    assert!(store.days_of_runs(None, at(0)).await.unwrap().is_empty());
    assert!(store.days_of_runs(Some(&project), at(0)).await.unwrap().is_empty());
    assert!(store.unfinished_runs(9).await.unwrap().is_empty());
    assert_eq!(
        (store.ended_actions(&plan).await.unwrap(), store.planned_actions(&plan).await.unwrap()),
        (0, 0)
    );
}

async fn a_portfolio_is_told_from_projects(world: World) {
    let store = world.open().await;
    let run = |id: &str, gid: &str, kind: &str| {
        let project = domain::Named { gid: ProjectGid::new(gid), name: gid.into() };
        store::Run { kind: kind.into(), project, ..a_run(id) }
    };
    store.start_run(&run("run_1", "7", "groom")).await.unwrap();
    store.start_run(&run("run_2", "8", "portfolio")).await.unwrap();
    store.start_run(&run("run_3", "8", "undo")).await.unwrap();
    let known = store.known_projects().await.unwrap();
    let known: Vec<(&str, bool)> = known.iter().map(|one| (one.project.as_str(), one.is_portfolio)).collect();
    assert_eq!(known, [("7", false), ("8", true)]);
}
