//! Time periods: what there is, how one looks, and goals that are set for one.

use crate::app::{App, gids, keys};
use serde_json::json;

fn workspace(app: &App) -> String {
    app.running.with_world(|world| world.workspace().clone())
}

#[tokio::test]
async fn years_halves_and_quarters_are_there_and_know_their_parents() {
    let app = App::start().await;
    app.get("/time_periods").await.refused(400, "You should specify one of workspace");
    let home = workspace(&app);
    let all = app.get(&format!("/time_periods?workspace={home}&limit=100")).await;
    assert_eq!(all.data().as_array().unwrap().len(), 5 * 7);
    let year = app.running.with_world(|world| world.now().strftime("%Y").to_string());
    let path = format!("/time_periods?workspace={home}&start_on={year}-04-01&end_on={year}-06-30");
    let found = app.get(&path).await;
    assert_eq!(gids(found.data()).len(), 1);
    let quarter = &found.data()[0];
    assert_eq!(keys(quarter), ["display_name", "end_on", "gid", "period", "resource_type", "start_on"]);
    assert_eq!((&quarter["period"], &quarter["end_on"]), (&json!("Q2"), &json!(format!("{year}-06-30"))));
    assert_eq!(quarter["display_name"], format!("Q2 FY{}", &year[2..]));
    let one = app.get(&format!("/time_periods/{}", gids(found.data())[0])).await;
    let half = app.get(&format!("/time_periods/{}", one.data()["parent"]["gid"].as_str().unwrap())).await;
    assert_eq!(half.data()["period"], "H1");
    assert_eq!(half.data()["parent"]["period"], "FY");
    app.get(&format!("/time_periods?workspace={home}&start_on=soon"))
        .await
        .refused(400, "start_on: Date must be in ISO-8601 (yyyy-mm-dd) format, not: soon");
    assert_eq!(app.get("/time_periods/1").await.status, 404);
}

#[tokio::test]
async fn goals_are_set_for_a_period_and_found_by_it() {
    let app = App::start().await;
    let home = workspace(&app);
    let periods = gids(app.get(&format!("/time_periods?workspace={home}&limit=2")).await.data());
    let goal = |period: &str| {
        let data = json!({"workspace": home, "name": "g", "is_workspace_level": true, "time_period": period});
        app.post("/goals", data)
    };
    let first = goal(&periods[0]).await;
    assert_eq!(first.data()["time_period"]["gid"], json!(periods[0]));
    let second = goal(&periods[1]).await;
    assert_eq!(goal("1").await.status, 404);
    let found = async |periods: &str| {
        gids(app.get(&format!("/goals?workspace={home}&time_periods={periods}")).await.data())
    };
    assert_eq!(found(&periods[0]).await, [first.gid()]);
    assert_eq!(found(&periods.join(",")).await, [first.gid(), second.gid()]);
    let moved = app.put(&format!("/goals/{}", first.gid()), json!({"time_period": null})).await;
    assert_eq!(moved.data()["time_period"], json!(null));
    assert!(found(&periods[0]).await.is_empty());
}
