//! Backlogs to import: made up where a test needs a certain shape, real ones where they are at hand.

use serde_json::{Value, json};
use std::path::PathBuf;

/// A backlog of `count` tasks of all kinds: overdue and undated, with and without effort, chained and commented.
pub fn mixed(count: usize) -> String {
    let mut lines = vec![];
    for n in 0..count {
        let section = ["Inbox", "Ready", "Later"][n % 3];
        let priority = ["P0", "P1", "P2", "P3"][n % 4];
        let mut task = json!({
            "id": format!("T-{n}"),
            "title": format!("Task {n}: make it work"),
            "description": "Somebody needs this.",
            "created": "2026-05-04T09:00:00Z",
            "section": section,
            "priority": priority,
        });
        if n % 2 == 0 {
            task["story_points"] = json!([1, 2, 3, 5, 8, 13][n / 2 % 6]);
        }
        if n % 3 == 0 {
            task["due"] = json!(format!("2026-{:02}-{:02}", 6 + n % 6, 1 + n % 27));
        }
        if n % 5 == 4 {
            task["depends_on"] = json!([format!("T-{}", n - 1)]);
        }
        if n % 7 == 0 {
            task["fields"] = json!({ "Business Value": n % 10 });
        }
        if n % 11 == 3 {
            let comment = json!({ "author": "dev1", "at": "2026-05-20T10:00:00Z", "text": "Any news?" });
            task["comments"] = json!([comment]);
        }
        lines.push(task);
    }
    text(&lines)
}

/// One JSON object a line.
pub fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A real backlog that lies beside the repository; says so when it does not.
pub fn real(name: &str) -> Option<PathBuf> {
    data(&format!("backlogs/{name}"))
}

/// A file or folder of the public data beside the repository; says so when it is not there.
pub fn data(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if !found.exists() {
        println!("left out: {path}, which is not in ../shared/data");
        return None;
    }
    Some(found)
}
