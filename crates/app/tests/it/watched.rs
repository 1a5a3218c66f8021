//! What an operator sees of a running service: metrics that every monitoring system can read, and a log that tells no secret.

use crate::app::TestApp;
use crate::database::Kind;
use crate::serve::{QUICK, connected, settled, undated, urgent};
use crate::served::{Served, until};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The manual's table.
const MANUAL: &str = include_str!("../../../../docs/operations.md");

/// One sample: its name, its labels and its value.
#[derive(Debug)]
struct Sample {
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
}

fn is_name(text: &str) -> bool {
    let first = |b: u8| b.is_ascii_alphabetic() || b == b'_';
    text.bytes().next().is_some_and(first) && text.bytes().all(|b| first(b) || b.is_ascii_digit())
}

/// The labels between braces; escapes are told apart from ends.
fn labels(mut text: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    while !text.is_empty() {
        let (name, rest) = text.split_once("=\"").unwrap_or_else(|| panic!("no label: {text}"));
        assert!(is_name(name), "{name}");
        let mut value = String::new();
        let mut chars = rest.char_indices();
        let end = loop {
            match chars.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(match chars.next().unwrap().1 {
                    'n' => '\n',
                    other @ ('"' | '\\') => other,
                    other => panic!("no escape: {other}"),
                }),
                (_, other) => value.push(other),
            }
        };
        found.push((name.to_owned(), value));
        text = rest[end + 1..].strip_prefix(',').unwrap_or(&rest[end + 1..]);
    }
    found
}

fn sample(line: &str) -> Sample {
    let (head, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no value: {line}"));
    let (name, inner) = match head.split_once('{') {
        Some((name, rest)) => (name, rest.strip_suffix('}').unwrap_or_else(|| panic!("no end: {line}"))),
        None => (head, ""),
    };
    assert!(is_name(name), "{line}");
    let value =
        if value == "+Inf" { f64::INFINITY } else { value.parse().unwrap_or_else(|_| panic!("{line}")) };
    Sample { name: name.to_owned(), labels: labels(inner), value }
}

/// Families by name, each with its type and samples; every line is looked at as the standard of OpenMetrics wants it.
fn families(text: &str) -> BTreeMap<String, (String, Vec<Sample>)> {
    let body = text.strip_suffix("# EOF\n").expect("it ends with # EOF");
    let mut families: BTreeMap<String, (String, Vec<Sample>)> = BTreeMap::new();
    let mut current = String::new();
    for line in body.lines() {
        if let Some(note) = line.strip_prefix("# ") {
            let mut words = note.splitn(3, ' ');
            let (what, name, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            assert!(is_name(name), "{line}");
            if name != current {
                assert!(!families.contains_key(name), "{name} is told in two places");
                families.insert(name.to_owned(), (String::new(), vec![]));
                current = name.to_owned();
            }
            match what {
                "TYPE" => families.get_mut(name).unwrap().0 = rest.to_owned(),
                "UNIT" => assert!(name.ends_with(&format!("_{rest}")), "{line}"),
                "HELP" => assert!(!rest.is_empty()),
                _ => panic!("{line}"),
            }
            continue;
        }
        let sample = sample(line);
        let (kind, samples) = families.get_mut(&current).unwrap();
        let endings: &[&str] = match kind.as_str() {
            "counter" => &["_total"],
            "gauge" => &[""],
            "histogram" => &["_bucket", "_sum", "_count"],
            other => panic!("{current}: {other}"),
        };
        let fits = endings.iter().any(|ending| sample.name == format!("{current}{ending}"));
        assert!(fits, "{line} is no sample of the {kind} {current}");
        assert!(sample.value >= 0.0, "{line}");
        samples.push(sample);
    }
    families
}

/// No number long enough to be a gid, no name of anything in Asana.
fn tells_nobody(app: &TestApp, families: &BTreeMap<String, (String, Vec<Sample>)>) {
    let names: Vec<Value> =
        app.asana.tasks(&app.project).into_iter().map(|task| task["name"].clone()).collect();
    for (name, value) in families.values().flat_map(|(_, samples)| samples).flat_map(|sample| &sample.labels)
    {
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        assert!(digits < 5 || name == "le", "{name}={value}");
        assert!(!names.iter().any(|task| task == value.as_str()), "{name}={value}");
    }
}

#[test]
fn every_line_of_the_metrics_is_read_and_tells_nobody() {
    let app = connected(Kind::Sqlite, "");
    let served = Served::start(&app);
    settled(&app, "webhook");
    let found = families(&served.metrics());
    tells_nobody(&app, &found);
    let sum = |family: &str, label: (&str, &str)| -> f64 {
        let has = |sample: &&Sample| sample.labels.iter().any(|(n, v)| (n.as_str(), v.as_str()) == label);
        found[family].1.iter().filter(has).map(|sample| sample.value).sum()
    };
    let value = |family: &str| found[family].1[0].value;
    assert!(sum("upnext_actions", ("ending", "done")) >= 30.0);
    assert!(sum("upnext_asana_requests", ("route", "/tasks/{gid}")) >= 30.0);
    assert!(sum("upnext_asana_requests", ("method", "PUT")) >= 30.0);
    assert!(sum("upnext_asana_requests", ("status", "200")) >= 30.0);
    assert_eq!((value("upnext_connections"), value("upnext_model_cost_dollars_today")), (1.0, 0.0));
    are_the_manuals(&found);
}

/// The manual's table is what there is, no more and no less, with the right types.
fn are_the_manuals(found: &BTreeMap<String, (String, Vec<Sample>)>) {
    let rows = MANUAL.lines().filter_map(|line| line.strip_prefix("| `upnext_"));
    let rows = rows.map(|row| row.split_once("` | ").unwrap());
    let told: BTreeSet<(String, &str)> =
        rows.map(|(name, rest)| (format!("upnext_{name}"), rest.split_once(' ').unwrap().0)).collect();
    let shown = found.iter().map(|(name, (kind, _))| (name.clone(), kind.as_str())).collect();
    assert_eq!(told, shown);
}

/// The status and text of an answer of a service or worker.
fn asked(served: &Served, path: &str) -> (u16, String) {
    let answer = reqwest::blocking::get(format!("{}{path}", served.url)).unwrap();
    (answer.status().as_u16(), answer.text().unwrap())
}

fn ready(served: &Served) -> u16 {
    asked(served, "/health/ready").0
}

#[test]
fn a_worker_tells_its_health_and_numbers_where_it_is_told_to_and_nothing_else() {
    let app = connected(Kind::Postgres, "");
    let served = Served::deaf(&app);
    settled(&app, "events");
    let silent = Served::worker(&app);
    assert!(silent.told["listens"].is_null(), "{}", silent.told);
    assert_eq!(silent.stop().0, 0);
    let worker = Served::run(&app, &["work", "--json", "--listen", "127.0.0.1:0"]);
    assert_eq!(asked(&worker, "/health/live"), (200, r#"{"status":"live"}"#.to_owned()));
    let (status, text) = asked(&worker, "/health/ready");
    assert!(status == 200 && text.contains("PostgreSQL"), "{status} {text}");
    for path in ["/", "/sign-in", "/monitoring", "/api/v1/projects", "/webhooks/x"] {
        assert_eq!(asked(&worker, path).0, 404, "{path}");
    }
    served.kill();
    // What it does now is in its own numbers.
    urgent(&app, &undated(&app));
    let worked = |found: &BTreeMap<String, (String, Vec<Sample>)>| {
        found["upnext_jobs_ended"].1.iter().map(|sample| sample.value).sum::<f64>() > 0.0
            && found["upnext_event_to_write_seconds"].1.iter().any(|sample| sample.value > 0.0)
    };
    until("its numbers tell of it", || worked(&families(&worker.metrics())));
    let found = families(&worker.metrics());
    tells_nobody(&app, &found);
    are_the_manuals(&found);
    let (code, log) = worker.stop();
    assert_eq!(code, 0, "{log}");
}

#[test]
fn who_is_not_ready_while_the_store_is_away_still_lives() {
    let app = connected(Kind::Postgres, "");
    app.configure(&QUICK.replace("[service]\n", "[service]\nwork_listen = '127.0.0.1:0'\n"));
    let both = [Served::deaf(&app), Served::worker(&app)];
    settled(&app, "events");
    assert!(both.iter().all(|served| ready(served) == 200));
    std::thread::scope(|scope| {
        let outage = scope.spawn(|| app.database.outage(Duration::from_secs(4)));
        until("neither is ready", || both.iter().all(|served| ready(served) == 503) || outage.is_finished());
        assert!(!outage.is_finished(), "they were ready without a store");
        assert!(both.iter().all(|served| asked(served, "/health/live").0 == 200));
    });
    until("both are ready again", || both.iter().all(|served| ready(served) == 200));
    app.configure("[service]\nwork_listen = '8081'\n");
    app.upnext(&["work"]).exits(2).says(&["service.work_listen", "127.0.0.1:8081"]);
}

#[test]
fn what_models_cost_today_is_told() {
    let app = connected(Kind::Sqlite, "");
    let day = "strftime('%Y-%m-%d', 'now')";
    app.database.sql(&format!(
        "INSERT INTO model_usage (at, day, run, project, task, purpose, model, requests, input, cached_input, output, \
         held, cost, held_cost, has_cost) VALUES (1, {day}, 'r', 'p', 't', 'rate', 'm', 1, 1, 0, 1, 0, 1250000000000, \
         250000000000, 1)"
    ));
    let served = Served::start(&app);
    let found = families(&served.metrics());
    assert_eq!(found["upnext_model_cost_dollars_today"].1[0].value, 1.5);
}

#[test]
fn the_log_of_a_service_is_one_object_a_line_and_tells_no_secret() {
    let app = connected(Kind::Sqlite, "");
    let served = Served::logging(&app, "debug");
    settled(&app, "webhook");
    let hooks = app.asana.list(&format!("/webhooks?workspace={}&opt_fields=target", app.asana.workspace));
    let path = hooks[0]["target"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let (code, log) = served.stop();
    assert_eq!(code, 0);
    let key = std::fs::read_to_string(app.home.path().join("data/upnext/service.key")).unwrap();
    for secret in [crate::asana::TOKEN, key.trim(), &path] {
        assert!(
            !log.contains(secret),
            "a secret is told: {}",
            log.lines().find(|l| l.contains(secret)).unwrap()
        );
    }
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["level"].is_string() && line["target"].is_string()));
    let looked = lines.iter().find(|line| line["message"] == "looked at what changed").unwrap();
    assert_eq!(looked["project"], app.project.as_str());
    assert!(looked["run"].as_str().unwrap().starts_with("run_"));
    let span = &looked["spans"][0];
    assert_eq!((span["name"].as_str(), span["id"].is_u64() || span["id"].is_i64()), (Some("job"), true));
    assert!(span["key"].as_str().unwrap().contains(&app.project));
}

#[test]
fn a_format_or_filter_that_is_none_is_refused() {
    let app = TestApp::new();
    let with = |name: &str, value: &str| {
        let mut command = app.command(&["jobs", "list"]);
        command.env(name, value);
        crate::app::ran(command)
    };
    with("UPNEXT_LOG_FORMAT", "xml").exits(2).says(&["UPNEXT_LOG_FORMAT", "text or json"]);
    with("UPNEXT_LOG", "engine=loud").exits(2).says(&["UPNEXT_LOG", "engine=loud"]);
    with("UPNEXT_LOG_FORMAT", "json").ok();
}
