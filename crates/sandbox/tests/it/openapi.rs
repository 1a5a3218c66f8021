//! Every operation of Asana's OpenAPI file has a route.
//!
//! The file is not part of the repository; without it the test says so and passes.

use crate::app::App;
use reqwest::Method;
use std::path::PathBuf;

/// Method and path of every operation; read by indentation, which the file keeps strictly.
fn operations(text: &str) -> Vec<(Method, String)> {
    let mut found = Vec::new();
    let mut path = None;
    for line in text.lines().skip_while(|line| *line != "paths:").skip(1) {
        if !line.starts_with(' ') && !line.is_empty() {
            break;
        }
        if let Some(name) = line.strip_prefix("  /").and_then(|line| line.strip_suffix(':')) {
            path = Some(format!("/{}", name.trim_end_matches('\'')));
        }
        let word = line.strip_prefix("    ").and_then(|line| line.strip_suffix(':'));
        if let (Some(word @ ("get" | "post" | "put" | "delete")), Some(path)) = (word, &path) {
            let method = word.to_uppercase().parse().expect("a method");
            found.push((method, path.clone()));
        }
    }
    found
}

/// A path with a number for every parameter.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "1199999999999999" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_documented_operation_is_known() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/asana/asana_oas.yaml");
    let Ok(text) = std::fs::read_to_string(file) else {
        println!("left out: every_documented_operation_is_known (no OpenAPI file beside the workspace)");
        return;
    };
    let operations = operations(&text);
    assert!(operations.len() > 200, "{} operations read", operations.len());
    let app = App::start().await;
    let mut missing = Vec::new();
    for (method, path) in operations {
        let got = app.call(method.clone(), &filled(&path), None).await;
        if got.message() == "No matching route for request" {
            missing.push(format!("{method} {path}"));
        }
    }
    assert!(missing.is_empty(), "{} without a route:\n{}", missing.len(), missing.join("\n"));
}
