//! The web page: what it shows, and whom it turns away.

use crate::app::{App, Setup};
use reqwest::{Method, Response};
use sandbox::world::{FieldType, FieldValue, NewGoal, NewTask};
use serde_json::json;

/// A page as a browser gets it.
pub struct Seen {
    pub status: u16,
    pub location: String,
    pub cookie: String,
    pub text: String,
}

impl Seen {
    #[track_caller]
    pub fn shows(&self, words: &[&str]) {
        for word in words {
            assert!(self.text.contains(word), "{} lacks {word}\n{}", self.status, self.text);
        }
    }

    #[track_caller]
    pub fn lacks(&self, words: &[&str]) {
        for word in words {
            assert!(!self.text.contains(word), "{} has {word}\n{}", self.status, self.text);
        }
    }
}

pub async fn seen(response: Response) -> Seen {
    let header = |name: &str| {
        let value = response.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    Seen {
        status: response.status().as_u16(),
        location: header("location"),
        cookie: header("set-cookie"),
        text: response.text().await.expect("text"),
    }
}

pub fn address(app: &App, path: &str) -> String {
    format!("http://{}{path}", app.running.addr)
}

pub async fn look(app: &App, path: &str) -> Seen {
    let got = app.client.get(address(app, path)).header("accept", "text/html").send().await;
    seen(got.expect("an answer")).await
}

#[tokio::test]
async fn an_empty_workspace_says_how_to_fill_it() {
    let app = App::start().await;
    let page = look(&app, "/").await;
    assert_eq!(page.status, 200);
    page.shows(&["There is no project yet.", "--import backlog.jsonl", "Nobody has called the API yet."]);
}

#[tokio::test]
async fn the_overview_shows_what_there_is() {
    let app = App::start().await;
    let project = app.project(&["Now", "Later"]);
    let sections = app.sections(&project);
    let task = app.task(&sections[0], "Write it down");
    app.task(&sections[1], "Forget it");
    app.put(&format!("/tasks/{task}"), json!({"completed": true})).await.data();
    let (goal, portfolio) = app.running.with_world(|world| {
        let bot = world.bot().clone();
        let goal =
            NewGoal { name: "Calm".to_owned(), status: Some("yellow".to_owned()), ..NewGoal::default() };
        (world.add_goal(goal), world.add_portfolio("All of it", &bot, std::slice::from_ref(&project)))
    });
    let page = look(&app, "/").await;
    page.shows(&["Backlog", "Calm", "At risk", "All of it", "bot@sandbox.example", "1 of 2", "Upnext Bot"]);
    page.shows(&[&format!("/project/{project}"), "<td class=\"num left\">2026-11-24 09:00"]);
    look(&app, &format!("/goal/{goal}")).await.shows(&["Calm", "At risk"]);
    look(&app, &format!("/portfolio/{portfolio}")).await.shows(&["All of it", "Backlog"]);
}

#[tokio::test]
async fn a_projects_page_has_its_fields_as_columns_and_can_be_sorted_and_filtered() {
    let app = App::start().await;
    let project = app.project(&["Now", "Empty"]);
    let now = app.sections(&project).remove(0);
    let field = app.field(&project, "Value", FieldType::Number, &[]);
    for (name, value) in [("Apple", 3.0), ("Berry", 12.0), ("Cherry", 1.5)] {
        let task = app.task(&now, name);
        app.running.with_world(|world| world.set_value(&task, &field, Some(FieldValue::Number(value))));
    }
    app.task(&now, "Date");
    let page = look(&app, &format!("/project/{project}")).await;
    page.shows(&["Value", "<td class=\"num\">12.0</td>", "Empty <small>0</small>", "4 tasks"]);
    let sorted = look(&app, &format!("/project/{project}?sort={field}&dir=desc")).await;
    let places: Vec<_> = ["Berry", "Apple", "Cherry", "Date"].map(|name| sorted.text.find(name)).to_vec();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?}");
    sorted.shows(&["aria-sort=\"descending\""]);
    let filtered = look(&app, &format!("/project/{project}?q=BERR")).await;
    filtered.shows(&["Berry", "1 of 4 tasks"]);
    filtered.lacks(&["Apple", "Cherry"]);
}

#[tokio::test]
async fn a_page_of_tasks_has_a_hundred_rows() {
    let app = App::start().await;
    let project = app.project(&["One", "Two"]);
    let sections = app.sections(&project);
    app.running.with_world(|world| {
        for nth in 0..230 {
            let sections = vec![sections[usize::from(nth >= 90)].clone()];
            world.add_task(NewTask { name: format!("task {nth}."), sections, ..NewTask::default() });
        }
    });
    let first = look(&app, &format!("/project/{project}")).await;
    assert_eq!(first.text.matches("href=\"/task/").count(), 100);
    first.shows(&["230 tasks, 1–100 shown", "task 0.", "task 99.", "Next 100", "?page=2"]);
    let last = look(&app, &format!("/project/{project}?page=3")).await;
    assert_eq!(last.text.matches("href=\"/task/").count(), 30);
    last.shows(&["201–230 shown", "task 229.", "Previous 100"]);
    last.lacks(&["One <small>", "Next 100"]);
    look(&app, &format!("/project/{project}?page=9999999999999")).await.shows(&["No task fits."]);
}

#[tokio::test]
async fn a_long_history_is_shown_from_its_end() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let section = app.sections(&project).remove(0);
    let task = app.task(&section, "Talked about");
    for nth in 0..130 {
        app.post(&format!("/tasks/{task}/stories"), json!({"text": format!("word {nth}.")})).await.data();
    }
    let page = look(&app, &format!("/task/{task}")).await;
    page.shows(&["word 30.", "word 129.", "Older (30)", "?newer=100#history"]);
    page.lacks(&["word 29."]);
    let older = look(&app, &format!("/task/{task}?newer=100")).await;
    older.shows(&["word 0.", "word 29.", "Back to the newest"]);
    older.lacks(&["word 30.", "Older ("]);
}

#[tokio::test]
async fn what_others_wrote_is_shown_as_they_wrote_it() {
    let app = App::start().await;
    let project = app.project(&["<b>Now</b>"]);
    let section = app.sections(&project).remove(0);
    let hostile = "<script>alert(1)</script>\"'>";
    app.field(&project, hostile, FieldType::Text, &[]);
    let task = app.task(&section, hostile);
    app.put(&format!("/tasks/{task}"), json!({"notes": "</textarea><script>x</script>"})).await.data();
    app.post(&format!("/tasks/{task}/stories"), json!({"text": "<img src=x> javascript:alert(1)"}))
        .await
        .data();
    app.get("/tasks?project=<script>alert(2)</script>").await;
    app.running.with_world(|world| world.add_link(&task, hostile, "javascript:alert(3)"));
    let project = format!("/project/{project}");
    let (task, find) = (format!("/task/{task}"), "/find?q=%3Cscript%3E".to_owned());
    for path in ["/", "/calls", &project, &task, &find] {
        let page = look(&app, path).await;
        assert_eq!(page.status, 200, "{path}");
        page.lacks(&["<script", "<img", "<b>Now", "href=\"javascript:"]);
    }
    look(&app, &task).await.shows(&["&#60;script&#62;alert(1)&#60;/script&#62;"]);
}

#[tokio::test]
async fn scripts_and_other_sites_are_kept_out_by_headers() {
    let app = App::start().await;
    let response = app.client.get(address(&app, "/")).send().await.expect("an answer");
    let policy = response.headers()["content-security-policy"].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let styles = app.client.get(address(&app, "/page.css")).send().await.expect("an answer");
    assert_eq!(styles.headers()["content-type"], "text/css; charset=utf-8");
}

#[tokio::test]
async fn the_page_answers_to_names_of_this_machine_only() {
    let app = App::start().await;
    for (host, status) in [
        ("localhost:9", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("app.asana.com", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example:80", 403),
    ] {
        let got = app.client.get(address(&app, "/")).header("host", host).send().await.expect("an answer");
        assert_eq!(got.status().as_u16(), status, "{host}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_as_a_page_and_the_api_stays_as_it_is() {
    let app = App::start().await;
    for path in ["/task/12", "/project/12", "/goal/x", "/portfolio/1", "/nothing", "/task"] {
        let page = look(&app, path).await;
        assert_eq!(page.status, 404, "{path}");
        page.shows(&["<h1>Not found</h1>"]);
    }
    // Programs get Asana's words outside the API, and inside it even browsers do.
    let got = app.client.get(address(&app, "/nothing")).send().await.expect("an answer");
    assert_eq!(got.status().as_u16(), 404);
    assert!(got.text().await.expect("text").contains("No matching route"));
    look(&app, "/api/1.0/nothing").await.shows(&["No matching route for request"]);
    assert_eq!(app.get("/users/me").await.status, 200);
}

#[tokio::test]
async fn calls_are_listed_newest_first_and_can_be_narrowed() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    app.get(&format!("/projects/{project}?opt_fields=name")).await.data();
    app.post("/tasks", json!({"name": "x", "projects": [project]})).await.data();
    app.get("/tasks/77").await;
    let all = look(&app, "/calls").await;
    all.shows(&["/tasks/77", "?opt_fields=name", "/projects/{project}", "404", "Upnext Bot", "3 in the log"]);
    assert!(all.text.find("/tasks/77") < all.text.find("?opt_fields=name"));
    let writes = look(&app, "/calls?writes=1").await;
    writes.shows(&["1 in the log", "POST"]);
    writes.lacks(&["/tasks/77"]);
    look(&app, "/calls?errors=1").await.shows(&["1 in the log", "/tasks/77"]);
    let emptied = app.client.post(address(&app, "/calls/empty")).send().await.expect("an answer");
    assert_eq!(emptied.status().as_u16(), 200);
    look(&app, "/calls").await.shows(&["No call fits.", "0 in the log"]);
}

#[tokio::test]
async fn a_gid_is_found_and_so_is_a_name() {
    let app = App::start().await;
    let project = app.project(&["Now"]);
    let section = app.sections(&project).remove(0);
    let task = app.task(&section, "Find me");
    look(&app, &format!("/find?q={task}")).await.shows(&["<h1>Find me"]);
    look(&app, &format!("/find?q={section}")).await.shows(&["<h1>Backlog"]);
    look(&app, "/find?q=find%20ME").await.shows(&[&format!("href=\"/task/{task}\"")]);
    look(&app, "/find?q=nowhere").await.shows(&["Nothing has these words"]);
}

#[tokio::test]
async fn clock_and_faults_are_set_from_the_page() {
    let app = App::start_with(Setup::default()).await;
    let send = async |path: &str, form: &[(&str, &str)]| {
        seen(app.client.post(address(&app, path)).form(form).send().await.expect("an answer")).await
    };
    send("/clock", &[("jump", "86400")]).await.shows(&["2026-11-25 09:0"]);
    send("/clock", &[("speed", "0")]).await.shows(&["stopped"]);
    let on = send("/faults", &[("switches", "[too_many_requests]\r\nrate = 1.0\r\nmax_count = 1\r\n")]).await;
    on.shows(&["max_count = 1", "Fault switches are on."]);
    assert_eq!(app.get("/users/me").await.status, 429);
    look(&app, "/faults").await.shows(&["too_many_requests", "Struck so far"]);
    let refused = send("/faults", &[("switches", "wobble = 1")]).await;
    assert_eq!(refused.status, 400);
    refused.shows(&["wobble", "Not applied."]);
    send("/faults", &[("switches", "")]).await.lacks(&["Fault switches are on."]);
    let state = app.control(Method::GET, "faults", json!({})).await;
    assert!(state.body["faults"]["too_many_requests"].is_null());
}
