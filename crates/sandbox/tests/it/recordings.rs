//! The sandbox against recorded answers of the real API: status, key sets, values and wording.
//!
//! The recordings are not part of the repository; without them the tests say so and pass.

use crate::app::{App, Setup};
use reqwest::Method;
use sandbox::Plan;
use sandbox::world::{NewProject, NewTask};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::PathBuf;

fn recordings(test: &str) -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/asana/real_recordings.json");
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).expect("valid recordings")),
        Err(_) => {
            println!("left out: {test} (no recordings beside the workspace)");
            None
        }
    }
}

async fn app() -> App {
    App::start_with(Setup { plan: Plan::Free, ..Setup::default() }).await
}

#[tokio::test]
async fn recorded_errors_are_answered_word_for_word() {
    let Some(recordings) = recordings("recorded_errors_are_answered_word_for_word") else {
        return;
    };
    let mut app = app().await;
    let mut wrong = Vec::new();
    let cases = |name: &str| recordings[name].as_array().expect("a list").clone();
    for (case, with_token) in cases("errors")
        .into_iter()
        .map(|case| (case, true))
        .chain(cases("noauth").into_iter().map(|case| (case, false)))
    {
        app.token = if with_token {
            Some("sandbox-token".to_owned())
        } else {
            case["token"].as_str().map(str::to_owned)
        };
        let method: Method = case["method"].as_str().expect("a method").parse().expect("a method");
        let path = case["path"].as_str().expect("a path");
        let body = (method != Method::GET).then(|| serde_json::json!({"data": {}}));
        let got = app.call(method.clone(), path, body).await;
        let expected =
            (case["status"].as_u64().expect("a status"), case["message"].as_str().expect("a message"));
        if (u64::from(got.status), got.message()) != expected {
            wrong.push(format!("{method} {path}: {expected:?}, got {} {:?}", got.status, got.message()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Recorded placeholders and what they are here.
#[derive(Default)]
struct Bound(HashMap<String, String>);

impl Bound {
    /// Puts our values for placeholders; `None` when one is not known yet.
    fn fill(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let end = start + rest[start..].find('}')?;
            out.push_str(&rest[..start]);
            out.push_str(self.0.get(&rest[start..=end])?);
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        // Recorded offsets are masked but keep their identity.
        let offset =
            out.split_once("offset=").map(|(_, rest)| rest.split('&').next().unwrap_or(rest).to_owned());
        match offset {
            Some(offset) => Some(out.replace(&offset, self.0.get(&offset)?)),
            None => Some(out),
        }
    }

    /// Compares a recorded value with ours and learns placeholders; differences go to `wrong`.
    fn compare(&mut self, at: &str, recorded: &Value, ours: &Value, wrong: &mut Vec<String>) {
        match (recorded, ours) {
            (Value::Object(recorded), Value::Object(ours)) => {
                self.compare_objects(at, recorded, ours, wrong);
            }
            (Value::Array(recorded), Value::Array(ours)) => {
                if recorded.is_empty() != ours.is_empty() {
                    wrong.push(format!("{at}: recorded {} rows, ours {}", recorded.len(), ours.len()));
                }
                for (nth, (recorded, ours)) in recorded.iter().zip(ours).enumerate() {
                    self.compare(&format!("{at}[{nth}]"), recorded, ours, wrong);
                }
            }
            (Value::String(recorded), Value::String(ours)) => self.compare_texts(at, recorded, ours, wrong),
            (recorded, ours) if recorded == ours => {}
            (recorded, ours) => wrong.push(format!("{at}: recorded {recorded}, ours {ours}")),
        }
    }

    fn compare_objects(
        &mut self,
        at: &str,
        recorded: &Map<String, Value>,
        ours: &Map<String, Value>,
        wrong: &mut Vec<String>,
    ) {
        for key in recorded.keys().filter(|key| !ours.contains_key(*key)) {
            wrong.push(format!("{at}: {key} is missing"));
        }
        for key in ours.keys().filter(|key| !recorded.contains_key(*key)) {
            wrong.push(format!("{at}: {key} is not in the recording"));
        }
        for (key, recorded) in recorded {
            // The workspace of the recordings has its own name and domains.
            if let Some(ours) = ours.get(key).filter(|_| key != "email_domains") {
                self.compare(&format!("{at}.{key}"), recorded, ours, wrong);
            }
        }
    }

    fn compare_texts(&mut self, at: &str, recorded: &str, ours: &str, wrong: &mut Vec<String>) {
        let is_gid = recorded.starts_with("${GID:") && recorded.find('}') == Some(recorded.len() - 1);
        if is_gid && !self.0.contains_key(recorded) {
            self.0.insert(recorded.to_owned(), ours.to_owned());
            return;
        }
        if at.ends_with("next_page.offset") {
            self.0.insert(recorded.to_owned(), ours.to_owned());
            return;
        }
        let free = [
            "created_at",
            "modified_at",
            "completed_at",
            // Ours lead to this machine.
            "download_url",
            "view_url",
            ".sync",
            "${USER_NAME}",
            "${WORKSPACE_NAME}",
            "${TEAM_NAME}",
        ];
        let is_free =
            free.iter().any(|free| at.ends_with(free) || recorded.contains(free)) || at.contains("next_page");
        // The recorded workspace speaks Japanese.
        let is_free = is_free || recorded == "無題のセクション";
        if !is_free && self.fill(recorded).as_deref() != Some(ours) {
            wrong.push(format!("{at}: recorded {recorded:?}, ours {ours:?}"));
        }
    }
}

/// The two projects the recorded workspace had.
fn furnish(app: &App) -> Bound {
    let mut bound = Bound::default();
    app.running.with_world(|world| {
        for (name, prefix, count) in
            [("pagination-test", "ptest", 1500), ("pagination-test-small", "psmall", 50)]
        {
            let gid = world.add_project(NewProject { name: name.to_owned(), ..NewProject::default() });
            let sections = world.sections_of(&gid);
            for nth in (1..=count).rev() {
                let name = format!("{prefix}-{nth:04}");
                world.add_task(NewTask { name, sections: sections.clone(), ..NewTask::default() });
            }
        }
        bound.0.insert("${WORKSPACE_GID}".to_owned(), world.workspace().clone());
        bound.0.insert("${WORKSPACE_NAME}".to_owned(), "Sandbox".to_owned());
    });
    bound
}

#[tokio::test]
async fn recorded_scenarios_play_the_same() {
    let Some(recordings) = recordings("recorded_scenarios_play_the_same") else {
        return;
    };
    let mut wrong = Vec::new();
    for scenario in recordings["scenarios"].as_array().expect("a list") {
        let app = app().await;
        let mut bound = furnish(&app);
        for (nth, step) in scenario["steps"].as_array().expect("a list").iter().enumerate() {
            let name = format!("{}#{nth} {} {}", scenario["name"], step["method"], step["path"]);
            play(&app, &mut bound, step, &name, &mut wrong).await;
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

async fn play(app: &App, bound: &mut Bound, step: &Value, name: &str, wrong: &mut Vec<String>) {
    let path = step["path"].as_str().expect("a path");
    // A gid that no answer held before was one nobody issued.
    if path.contains("/batch") {
        bound.0.entry("${GID:3354727812411525}".to_owned()).or_insert_with(|| "3354727812411525".to_owned());
    }
    // In the recording events of before the token came late, as real ones do; ours are there at once.
    if path.starts_with("/events?sync=") {
        println!("left out: {name}");
        return;
    }
    let request = step.get("req").filter(|request| !request.is_null()).map(Value::to_string);
    let filled = (bound.fill(path), request.map(|text| bound.fill(&text)));
    let (Some(path), request) = filled else {
        println!("left out: {name} (needs the answer of a step left out)");
        return;
    };
    if request == Some(None) {
        println!("left out: {name}");
        return;
    }
    let request = request.flatten().map(|text| serde_json::from_str(&text).expect("JSON"));
    let method: Method = step["method"].as_str().expect("a method").parse().expect("a method");
    let got = match &request {
        Some(file) if step["multipart"] == true => app.upload(&path, file).await,
        _ => app.call(method, &path, request).await,
    };
    if u64::from(got.status) != step["status"].as_u64().expect("a status") {
        wrong.push(format!("{name}: status {} {}", got.status, got.body));
        return;
    }
    if let Some(count) = step["res_count"].as_u64() {
        assert_eq!(got.data().as_array().expect("a list").len() as u64, count, "{name}");
    }
    bound.compare(name, &step["res"], &got.body, wrong);
    let location = step["location"].as_str().and_then(|at| bound.fill(at));
    if got.location != location {
        wrong.push(format!("{name}: location {:?}", got.location));
    }
}
