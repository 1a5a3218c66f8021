//! Real answers of Asana, recorded in 2026, through the client. They are not part of the project; where the
//! workspace stands alone, these tests say that they were left out.

use std::path::Path;

use asana::wire::{Attachment, Event, Project, Task, Workspace};
use asana::{Answer, Client, Error, Limits, RetryPolicy, Settings};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::server::{Server, error, reply};

fn recordings() -> Option<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/asana/real_recordings.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("left out: no recordings at {}", file.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

async fn reads<T: DeserializeOwned>(answer: &Value) -> T {
    let server = Server::playing([reply(200, answer.clone())]).await;
    let answer: Answer<T> = server.client().get("/recorded").send_full().await.unwrap();
    answer.data
}

/// Reads a recorded answer as the type its path calls for; false for paths that have none here.
async fn read_as_typed(path: &str, answer: &Value) -> bool {
    let many = answer["data"].is_array();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let gids: Vec<String> = match (parts.as_slice(), many) {
        (["tasks", ..], true) => reads::<Vec<Task>>(answer).await.into_iter().map(|t| t.gid).collect(),
        (["tasks", ..], false) => vec![reads::<Task>(answer).await.gid],
        ([.., "projects"], true) => reads::<Vec<Project>>(answer).await.into_iter().map(|p| p.gid).collect(),
        ([.., "projects"] | ["projects", ..], false) => vec![reads::<Project>(answer).await.gid],
        (["workspaces"], true) => reads::<Vec<Workspace>>(answer).await.into_iter().map(|w| w.gid).collect(),
        (["workspaces", _], false) => vec![reads::<Workspace>(answer).await.gid],
        (["attachments", ..], false) => vec![reads::<Attachment>(answer).await.gid],
        (["events"], true) => reads::<Vec<Event>>(answer).await.into_iter().map(|e| e.resource.gid).collect(),
        _ => return false,
    };
    let raw = if many { answer["data"].as_array().cloned().unwrap() } else { vec![answer["data"].clone()] };
    let expected: Vec<&str> =
        raw.iter().map(|r| r["gid"].as_str().or(r["resource"]["gid"].as_str()).unwrap()).collect();
    assert_eq!(gids, expected, "{path}");
    true
}

#[tokio::test]
async fn every_recorded_answer_decodes() {
    let Some(recordings) = recordings() else { return };
    let mut typed = 0;
    for scenario in recordings["scenarios"].as_array().unwrap() {
        for step in scenario["steps"].as_array().unwrap() {
            let path = step["path"].as_str().unwrap().split('?').next().unwrap();
            let written = step["method"] == "DELETE" || path == "/batch";
            if step["status"].as_u64().unwrap() < 300 && !written && read_as_typed(path, &step["res"]).await {
                typed += 1;
            }
        }
    }
    assert!(typed >= 40, "only {typed} answers were read");
}

#[tokio::test]
async fn every_recorded_refusal_is_a_known_error_with_asanas_words() {
    let Some(recordings) = recordings() else { return };
    let refusals: Vec<(u16, &str)> = ["errors", "noauth"]
        .iter()
        .flat_map(|key| recordings[key].as_array().unwrap())
        .filter_map(|refusal| {
            Some((refusal["status"].as_u64()?.try_into().unwrap(), refusal["message"].as_str()?))
        })
        .collect();
    assert!(refusals.len() >= 100, "only {} refusals are recorded", refusals.len());
    let server = Server::playing(refusals.iter().map(|(status, message)| error(*status, message))).await;
    let once = Settings { retry: RetryPolicy::never(), limits: Limits::pinned(60_000), ..server.settings() };
    let client = Client::new(once).unwrap();
    for (status, message) in refusals {
        let error = client.get("/recorded").run().await.unwrap_err();
        let fits = match status {
            400 => {
                matches!(error, Error::BadRequest { .. } | Error::TooLarge { .. } | Error::PageExpired { .. })
            }
            401 => matches!(error, Error::Unauthorized { .. }),
            402 => matches!(error, Error::PaymentRequired { .. }),
            403 => matches!(error, Error::Forbidden { .. } | Error::PaymentRequired { .. }),
            404 => matches!(error, Error::NotFound { .. }),
            _ => true,
        };
        assert!(fits, "{status} {message}: {error:?}");
        let start: String = message.chars().take(60).collect();
        assert!(error.to_string().contains(&start), "{error}");
    }
}
