//! With a budget of 0 the plan is the one that is made without a model, byte for byte.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use asana::{Client, Limits, Settings};
use decide::{FieldNames, Policy};
use domain::{Moment, ProjectGid};
use engine::{Engine, Model, Write};
use llm::{Ceilings, Provider};
use sandbox::Options;
use std::path::Path;
use std::sync::Arc;
use store::Store;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn now() -> Moment {
    Moment { at: "2026-11-20T09:00:00Z".parse().unwrap(), today: jiff::civil::date(2026, 11, 20) }
}

/// A model that nobody could reach, were it asked.
fn model(budget: Ceilings) -> Model {
    let settings = llm::Settings {
        provider: Provider::Compatible,
        base_url: "http://127.0.0.1:9/v1".into(),
        model: "small".into(),
        retries: 0,
        budget,
        ..llm::Settings::default()
    };
    Model { client: llm::Client::new(&settings, None).unwrap(), settings }
}

async fn engine(asana: Client, folder: &Path, model: Option<Model>) -> Engine {
    Engine {
        asana,
        store: Store::open(folder.join("upnext.db").to_str().unwrap()).await.unwrap(),
        rubric: judge::preset("default").unwrap(),
        policy: Policy::default(),
        configured: Arc::default(),
        names: FieldNames::default(),
        team: Arc::new(engine::TeamTime::new("UTC", "Mon-Fri", &[]).unwrap()),
        model,
        me: std::sync::Arc::default(),
        reader: extract::Reader::new(
            std::path::PathBuf::from("no-such-program"),
            &[],
            extract::Limits::default(),
        ),
        clock: Arc::new(|| now().at),
        progress: Arc::new(|_| {}),
    }
}

/// A snapshot holds the moment by Asana's clock, which must be the same for all.
async fn stop_the_clock(base_url: &str) {
    let root = base_url.strip_suffix("/api/1.0").unwrap();
    let host = root.strip_prefix("http://").unwrap();
    let body = "{\"speed\": 0}";
    let length = body.len();
    let request = format!(
        "POST /_sandbox/clock HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    );
    let mut connection = TcpStream::connect(host).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_budget_of_nothing_gives_the_plan_without_a_model_byte_for_byte() {
    let (world, demo) = sandbox::demo_world(7, now().at).unwrap();
    let running = sandbox::serve(Options { limits: false, ..Options::default() }, world).await.unwrap();
    stop_the_clock(&running.base_url).await;
    let mut settings = Settings::new(demo.bot_token.clone());
    settings.base_url.clone_from(&running.base_url);
    settings.limits = Limits::pinned(60_000);
    let asana = Client::new(settings).unwrap();
    let project = ProjectGid::new(demo.project.clone());
    let none = Ceilings {
        run_tokens: None,
        day_tokens: None,
        month_tokens: None,
        run_dollars: None,
        day_dollars: None,
        month_dollars: None,
    };
    let ceilings = [
        Ceilings { run_tokens: Some(0), ..none },
        Ceilings { day_tokens: Some(0), ..none },
        Ceilings { month_tokens: Some(0), ..none },
        Ceilings { run_dollars: Some(0.0), ..none },
        Ceilings { day_dollars: Some(0.0), ..none },
        Ceilings { month_dollars: Some(0.0), ..none },
    ];
    let mut plans = vec![];
    for model in std::iter::once(None).chain(ceilings.into_iter().map(|budget| Some(model(budget)))) {
        let folder = tempfile::tempdir().unwrap();
        let is_on = model.is_some();
        let engine = engine(asana.clone(), folder.path(), model).await;
        let report = engine::groom(&engine, &project, now(), Write::PlanOnly).await.unwrap();
        assert_eq!(report.model.is_some(), is_on);
        if let Some(used) = &report.model {
            assert!(used.stopped.as_ref().unwrap().ends_with("is 0"), "{used:?}");
        }
        plans.push(engine.store.plan(&report.plan).await.unwrap().unwrap().bytes);
        engine.store.close().await;
    }
    assert!(plans[0].len() > 1_000, "a plan of a whole backlog");
    for plan in &plans[1..] {
        assert!(*plan == plans[0], "the plans differ");
    }
    running.shutdown().await;
}
