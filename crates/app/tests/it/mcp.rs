//! What an assistant sees: the protocol's lines, spoken by hand.

use crate::app::TestApp;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// A conversation with `upnext mcp`.
struct Assistant {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    asked: u64,
}

impl Assistant {
    fn begin(app: &TestApp, args: &[&str]) -> Assistant {
        let args: Vec<&str> = ["mcp"].iter().chain(args).copied().collect();
        let mut command = app.command(&args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut assistant = Assistant { child, to, from, asked: 0 };
        let hello = assistant.ask(
            "initialize",
            json!({ "protocolVersion": "2025-06-18", "capabilities": {},
                "clientInfo": { "name": "test", "version": "1" } }),
        );
        assert_eq!(hello["result"]["serverInfo"]["name"], "upnext", "{hello}");
        assert!(hello["result"]["capabilities"]["tools"].is_object());
        assistant.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        assistant
    }

    fn say(&mut self, message: &Value) {
        writeln!(self.to, "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        self.say(&json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params }));
        loop {
            let mut line = String::new();
            assert_ne!(self.from.read_line(&mut line).unwrap(), 0, "it went away over {method}");
            let answer: Value = serde_json::from_str(&line).unwrap();
            if answer["id"] == self.asked {
                return answer;
            }
        }
    }

    /// A tool's answer, and whether it is a refusal.
    fn call(&mut self, tool: &str, arguments: Value) -> (Value, bool) {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = &answer["result"];
        let refused = result["isError"] == true;
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}"));
        let value = if refused { json!(text) } else { result["structuredContent"].clone() };
        (value, refused)
    }

    fn told(&mut self, tool: &str, arguments: Value) -> Value {
        let (value, refused) = self.call(tool, arguments);
        assert!(!refused, "{tool}: {value}");
        value
    }

    fn refused(&mut self, tool: &str, arguments: Value) -> String {
        let (value, refused) = self.call(tool, arguments);
        assert!(refused, "{tool}: {value}");
        value.as_str().unwrap().to_owned()
    }
}

impl Drop for Assistant {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn an_assistant_reads_the_ranking_the_reasons_and_what_other_weights_would_do() {
    let app = TestApp::new();
    app.configure("[policy.approvals]\nsilence_days = 3");
    app.setup();
    app.groom_and_apply();
    let writes = app.asana.writes();
    let mut assistant = Assistant::begin(&app, &[]);

    let tools = assistant.ask("tools/list", json!({}));
    let tools = tools["result"]["tools"].as_array().unwrap();
    let mut names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["approvals", "plans", "projects", "ranking", "what_if", "why"]);
    assert!(tools.iter().all(|tool| tool["annotations"]["readOnlyHint"] == true), "{tools:?}");

    let projects = assistant.told("projects", json!({}));
    assert_eq!(projects["projects"][0]["gid"], app.project.as_str());

    let ranking = assistant.told("ranking", json!({ "project": app.project, "limit": 5 }));
    let rows = ranking["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    let first = rows[0]["gid"].as_str().unwrap();
    let score = app.asana.value(first, "AI Priority Score");
    assert_eq!(rows[0]["score"].as_f64().unwrap(), score.as_str().unwrap().parse::<f64>().unwrap());

    let why = assistant.told("why", json!({ "project": app.project, "task": first }));
    let points: f64 =
        why["contributions"].as_array().unwrap().iter().map(|c| c["points"].as_f64().unwrap()).sum();
    assert!((points - why["score"].as_f64().unwrap()).abs() < 1e-6, "{why}");

    let criterion = why["contributions"][0]["criterion"].as_str().unwrap();
    let other = assistant.told("what_if", json!({ "project": app.project, "weights": { criterion: 95.0 } }));
    assert_eq!(other["differs"], true);

    let plans = assistant.told("plans", json!({ "project": app.project }));
    assert_eq!(plans["plans"][0]["kind"], "groom", "{plans}");

    let waiting = assistant.told("approvals", json!({ "project": app.project, "limit": 2 }));
    let listed = app.upnext(&["approvals", "list", "--json"]).ok().json();
    let listed = listed.as_array().unwrap();
    assert_eq!(waiting["waiting"], listed.len());
    assert_eq!(waiting["approvals"], json!(listed[..2]));
    assert!(waiting["approvals"][0]["silent_yes_at"].is_string(), "{waiting}");
    // Narrowed by how far a priority would move, as the command narrows it.
    for least in ["1", "2", "3"] {
        let far = assistant.told("approvals", json!({ "min_change": least.parse::<u8>().unwrap() }));
        let listed = app.upnext(&["approvals", "list", "--json", "--min-change", least]).ok().json();
        assert_eq!(far["waiting"], listed.as_array().unwrap().len(), "{least}");
    }
    assert_eq!(app.asana.writes(), writes, "an assistant wrote");
}

#[test]
fn what_cannot_be_answered_is_said_so_that_it_can_be_mended() {
    let app = TestApp::new();
    app.setup();
    let mut assistant = Assistant::begin(&app, &[]);
    let never = assistant.refused("ranking", json!({ "project": app.project }));
    assert!(never.contains("upnext groom"), "{never}");
    app.groom();
    let task = app.asana.tasks(&app.project)[0]["gid"].clone();
    let wrong = [
        ("ranking", json!({ "project": app.project, "bands": ["P9"] }), "P0, P1, P2, P3"),
        ("approvals", json!({ "bands": ["P9"] }), "P0, P1, P2, P3"),
        ("approvals", json!({ "min_change": 4 }), "1, 2 or 3"),
        ("ranking", json!({ "project": app.project, "sort": "mood" }), "rank, name"),
        ("why", json!({ "project": app.project, "task": "1" }), "`ranking`"),
        ("what_if", json!({ "project": app.project, "weights": { "urgency": -1 } }), "weights"),
        ("what_if", json!({ "project": app.project, "weights": { "speed": 1 } }), "urgency"),
    ];
    for (tool, arguments, says) in wrong {
        let why = assistant.refused(tool, arguments);
        assert!(why.contains(says), "{tool}: {why}");
    }
    let unknown = assistant.ask("tools/call", json!({ "name": "ranking", "arguments": { "projekt": "1" } }));
    assert!(unknown["error"].is_object() || unknown["result"]["isError"] == true, "{unknown}");
    assistant.told("why", json!({ "project": app.project, "task": task }));

    // Started for another project it sees nothing of this one.
    let mut other = Assistant::begin(&app, &["--project", "120000"]);
    let unseen = other.refused("why", json!({ "project": app.project, "task": task }));
    assert!(unseen.contains("no project"), "{unseen}");
    other.refused("approvals", json!({ "project": app.project }));
    assert_eq!(other.told("approvals", json!({}))["waiting"], 0);
    let seen = other.told("projects", json!({}));
    assert_eq!(seen["projects"], json!([]));
}
