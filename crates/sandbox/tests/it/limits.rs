//! Request budgets.

use crate::app::{App, Setup};
use futures_util::future::join_all;
use reqwest::Method;
use sandbox::{Faults, Plan};
use serde_json::json;

async fn spend(app: &App, calls: usize) -> usize {
    let mut accepted = 0;
    for _ in 0..calls {
        accepted += usize::from(app.get("/users/me?opt_fields=name").await.status == 200);
    }
    accepted
}

#[tokio::test]
async fn a_free_token_has_150_calls_a_minute() {
    let app = App::start_with(Setup { plan: Plan::Free, limits: true, ..Setup::default() }).await;
    app.control(Method::POST, "clock", json!({"speed": 0})).await;
    assert_eq!(spend(&app, 155).await, 150);
    let refused = app.get("/users/me").await;
    let wait = refused.retry_after.expect("a Retry-After");
    assert!((1..=60).contains(&wait));
    app.jump(61).await;
    assert_eq!(app.get("/users/me").await.status, 200);
}

#[tokio::test]
async fn rejected_calls_count_too() {
    let app = App::start_with(Setup { plan: Plan::Free, limits: true, ..Setup::default() }).await;
    // The clock moves by jumps only, however slow the machine is.
    app.control(Method::POST, "clock", json!({"speed": 0})).await;
    spend(&app, 150).await;
    app.jump(59).await;
    // These are refused, and fill the window that opens when the first have left it.
    assert_eq!(spend(&app, 150).await, 0);
    app.jump(2).await;
    assert_eq!(app.get("/users/me").await.status, 429);
}

#[tokio::test]
async fn tokens_have_budgets_of_their_own() {
    let mut app = App::start_with(Setup { plan: Plan::Free, limits: true, ..Setup::default() }).await;
    spend(&app, 151).await;
    app.running.with_world(|world| {
        let ana = world.add_user("Ana", "ana@sandbox.example");
        world.add_token("anas", &ana);
    });
    app.token = Some("anas".to_owned());
    assert_eq!(app.get("/users/me").await.status, 200);
}

#[tokio::test]
async fn no_more_than_50_reads_are_in_flight() {
    let faults = Faults::from_toml("latency_ms = { min = 300, max = 300 }").expect("valid");
    let app = App::start_with(Setup { limits: true, faults, ..Setup::default() }).await;
    let got = join_all((0..60).map(|_| app.get("/users/me"))).await;
    let refused = got.iter().filter(|got| got.status == 429).count();
    assert_eq!(refused, 10);
    assert_eq!(app.get("/users/me").await.status, 200, "places are given back");
}

#[tokio::test]
async fn wide_answers_are_charged_afterwards_and_refuse_the_next_call() {
    let faults = Faults::from_toml("cost_per_minute = 60").expect("valid");
    let app = App::start_with(Setup { limits: true, faults, ..Setup::default() }).await;
    let project = app.project(&["To do"]);
    let section = app.sections(&project)[0].clone();
    for nth in 0..90 {
        app.task(&section, &format!("task {nth}"));
    }
    app.control(Method::POST, "clock", json!({"speed": 0})).await;
    // 90 tasks in their envelope cost 91 of 60 units, and the answer itself is given.
    assert_eq!(app.get(&format!("/projects/{project}/tasks?limit=100")).await.status, 200);
    let wait = app.get("/users/me").await.retry_after.expect("a Retry-After");
    assert_eq!(wait, 31);
    app.jump(35).await;
    assert_eq!(app.get("/users/me?opt_fields=name").await.status, 200);
}
