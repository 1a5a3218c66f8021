//! Pages: limits, offsets and their expiry.

use crate::app::{App, gids};

fn fill(app: &App, tasks: usize) -> String {
    let project = app.project(&["Now"]);
    let section = app.sections(&project)[0].clone();
    for nth in 0..tasks {
        app.task(&section, &format!("task {nth}"));
    }
    project
}

#[tokio::test]
async fn pages_join_to_the_whole_list() {
    let app = App::start().await;
    let project = fill(&app, 25);
    let whole = app.get(&format!("/tasks?project={project}")).await;
    assert!(whole.body.get("next_page").is_none(), "only a limit brings next_page");
    let mut path = format!("/tasks?project={project}&limit=10&opt_fields=name");
    let mut joined = Vec::new();
    loop {
        let page = app.get(&path).await;
        joined.extend(gids(page.data()));
        let next = &page.body["next_page"];
        if next.is_null() {
            break;
        }
        path = next["path"].as_str().expect("a path").to_owned();
        assert_eq!(next["uri"], format!("{}{path}", app.running.base_url));
        assert!(path.contains("opt_fields=name"));
    }
    assert_eq!(joined, gids(whole.data()));
}

#[tokio::test]
async fn deleting_shown_rows_does_not_hide_others() {
    let app = App::start().await;
    let project = fill(&app, 6);
    let first = app.get(&format!("/tasks?project={project}&limit=3")).await;
    let shown = gids(first.data());
    app.delete(&format!("/tasks/{}", shown[0])).await.data();
    let second = app.get(first.body["next_page"]["path"].as_str().expect("a path")).await;
    assert_eq!(second.data().as_array().expect("a list").len(), 3);
}

#[tokio::test]
async fn offsets_expire_and_cannot_be_forged_or_moved() {
    let app = App::start().await;
    let project = fill(&app, 3);
    let other = fill(&app, 3);
    let page = app.get(&format!("/projects/{project}/tasks?limit=1")).await;
    let offset = page.body["next_page"]["offset"].as_str().expect("an offset").to_owned();
    let invalid = "offset: Your pagination token is invalid.";
    app.get(&format!("/projects/{other}/tasks?limit=1&offset={offset}")).await.refused(400, invalid);
    app.get(&format!("/projects/{project}/tasks?limit=1&offset=eyJ0eXAi")).await.refused(400, invalid);
    app.jump(31 * 60).await;
    app.get(&format!("/projects/{project}/tasks?limit=1&offset={offset}"))
        .await
        .refused(400, "offset: Your pagination token has expired.");
}

#[tokio::test]
async fn limits_outside_1_to_100_are_refused() {
    let app = App::start().await;
    let project = fill(&app, 1);
    for limit in ["0", "101", "-1", "many"] {
        assert_eq!(app.get(&format!("/tasks?project={project}&limit={limit}")).await.status, 400, "{limit}");
    }
}

#[tokio::test]
async fn more_than_a_thousand_rows_need_a_limit() {
    let app = App::start().await;
    let project = fill(&app, 1001);
    app.get(&format!("/tasks?project={project}")).await.refused(
        400,
        "The result is too large. You should use pagination (may require specifying a workspace)!",
    );
}
