//! Deliveries a second, beside a bare receiver with group commit in the same run; then the same with the service killed over and
//! over, counting what was acknowledged and is gone.

use crate::app::{Setting, TestApp};
use crate::database::Kind;
use crate::percentile;
use crate::served::Served;
use asana::signature::{SIGNATURE_HEADER, sign, verify};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use domain::{ProjectGid, WorkspaceGid};
use secrecy::SecretString;
use std::collections::HashSet;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::{Delivery, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{mpsc, oneshot};

const SECRET: &str = "a secret of a webhook that nobody else has";
const PATH: &str = "benchmark";
const PROJECT: &str = "1200";
/// Connections at once; Asana's own number is not known.
const CONNECTIONS: usize = 64;
const SUSTAINED: Duration = Duration::from_secs(60);
const KILLS: u32 = 20;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

/// The bare receiver: signature, channel, group commit, 200.
pub fn spike(url: &str) {
    runtime().block_on(async {
        let store = Store::open(url).await.unwrap();
        let (queue, mut waiting) = mpsc::channel::<(Delivery, oneshot::Sender<()>)>(4096);
        tokio::spawn(async move {
            let mut batch = vec![];
            while waiting.recv_many(&mut batch, 512).await > 0 {
                let (deliveries, answers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
                store.receive(deliveries).await.unwrap();
                for answer in answers {
                    let _ = answer.send(());
                }
            }
        });
        let app = Router::new().route("/webhooks/{path}", post(bare)).with_state(queue);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        axum::serve(listener, app).await.unwrap();
    });
}

type Queue = mpsc::Sender<(Delivery, oneshot::Sender<()>)>;

async fn bare(State(queue): State<Queue>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !verify(&SecretString::from(SECRET), &body, signature) {
        return StatusCode::UNAUTHORIZED;
    }
    let (kept, answer) = oneshot::channel();
    let delivery =
        Delivery { project: ProjectGid::new(PROJECT), received_at: crate::now(), body: body.to_vec() };
    queue.send((delivery, kept)).await.unwrap();
    answer.await.unwrap();
    StatusCode::OK
}

/// A signed delivery of one event on a task, as bytes on the wire.
fn request(address: &str, task: u64) -> Vec<u8> {
    let body = format!(
        "{{\"events\":[{{\"user\":{{\"gid\":\"77\",\"resource_type\":\"user\"}},\"created_at\":\"2026-11-26T12:00:00.000Z\",\
         \"action\":\"changed\",\"resource\":{{\"gid\":\"{task}\",\"resource_type\":\"task\",\"resource_subtype\":\"default_task\"}},\
         \"parent\":null,\"change\":{{\"field\":\"due_on\",\"action\":\"changed\"}}}}]}}"
    );
    let signature = sign(&SecretString::from(SECRET), body.as_bytes()).unwrap();
    format!(
        "POST /webhooks/{PATH} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         {SIGNATURE_HEADER}: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// What a load came to.
#[derive(Default)]
struct Load {
    acknowledged: Vec<u64>,
    refused: u64,
    milliseconds: Vec<f64>,
}

/// Sends as fast as answers come, each delivery about another task; a broken connection is made again.
async fn load(address: String, for_long: Duration) -> Load {
    let (next, until) = (Arc::new(AtomicU64::new(1)), Instant::now() + for_long);
    let all = Arc::new(Mutex::new(Load::default()));
    let mut senders = vec![];
    for _ in 0..CONNECTIONS {
        let (address, next, all) = (address.clone(), next.clone(), all.clone());
        senders.push(tokio::spawn(async move {
            let mut own = Load::default();
            while Instant::now() < until {
                let Ok(mut stream) = tokio::net::TcpStream::connect(&address).await else {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                };
                stream.set_nodelay(true).unwrap();
                while Instant::now() < until {
                    let task = next.fetch_add(1, Ordering::Relaxed);
                    let bytes = request(&address, task);
                    let begun = Instant::now();
                    let Some(status) = exchange(&mut stream, &bytes).await else { break };
                    if status == 200 {
                        own.acknowledged.push(task);
                        own.milliseconds.push(begun.elapsed().as_secs_f64() * 1000.0);
                    } else {
                        own.refused += 1;
                    }
                }
            }
            let mut all = all.lock().unwrap();
            all.acknowledged.extend(own.acknowledged);
            all.milliseconds.extend(own.milliseconds);
            all.refused += own.refused;
        }));
    }
    for sender in senders {
        sender.await.unwrap();
    }
    let mut load = std::mem::take(&mut *all.lock().unwrap());
    load.milliseconds.sort_by(f64::total_cmp);
    load
}

/// Sends a request and reads the answer's head; both receivers answer without a body, or with one in the same packet.
async fn exchange(stream: &mut tokio::net::TcpStream, bytes: &[u8]) -> Option<u16> {
    stream.write_all(bytes).await.ok()?;
    let mut answer = [0u8; 1024];
    let mut read = 0;
    loop {
        let more = stream.read(&mut answer[read..]).await.ok().filter(|n| *n > 0)?;
        read += more;
        if answer[..read].windows(4).any(|w| w == b"\r\n\r\n") {
            return std::str::from_utf8(&answer[9..12]).ok()?.parse().ok();
        }
    }
}

fn told(what: &str, load: &Load, seconds: f64) -> f64 {
    let pace = load.acknowledged.len() as f64 / seconds;
    println!(
        "{what:<24} {pace:>8.0} deliveries/s, p50 {:.1} ms, p99 {:.1} ms, {} refused",
        percentile(&load.milliseconds, 50),
        percentile(&load.milliseconds, 99),
        load.refused
    );
    pace
}

/// A world with one webhook that was made, but for Asana: what it would call is called by us.
fn world(kind: Kind) -> TestApp {
    let app = TestApp::with(Setting { database: kind, ..Setting::default() });
    let url = app.database.url();
    runtime().block_on(async {
        let store = Store::open(&url).await.unwrap();
        let now = crate::now();
        let project = ProjectGid::new(PROJECT);
        store.connect(&project, &WorkspaceGid::new("1"), "Benchmark", now).await.unwrap();
        let sealer = engine::Sealer::new(&SecretString::from("k".repeat(64))).unwrap();
        let sealed = sealer.seal(PATH, &SecretString::from(SECRET)).unwrap();
        store
            .expect_hook(PATH, &project, "https://example.com/webhooks/x", now + Duration::from_secs(60))
            .await
            .unwrap();
        assert!(store.take_secret(PATH, sealed, now).await.unwrap());
        store.hook_made(PATH, "1").await.unwrap();
        store.close().await;
    });
    app
}

fn start_spike(url: &str) -> (Child, String) {
    use std::io::BufRead as _;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["spike", url])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().to_owned())
}

/// Asana is not there: nothing but receiving and sorting is done.
fn serve(app: &TestApp, port: u16) -> Served {
    let listen = format!("127.0.0.1:{port}");
    let mut command = app.command(&["serve", "--json", "--listen", &listen]);
    command
        .env("UPNEXT_KEY", "k".repeat(64))
        .env("ASANA_BASE_URL", "http://127.0.0.1:9/api/1.0")
        .env("UPNEXT_LOG", "error");
    Served::spawn(command)
}

pub fn run(kind: Kind) {
    println!("\ningest: {CONNECTIONS} connections, {} s each", SUSTAINED.as_secs());
    let runtime = runtime();
    let app = world(kind);
    let (mut bare, address) = start_spike(&app.database.url());
    let first = runtime.block_on(load(address, SUSTAINED));
    bare.kill().unwrap();
    bare.wait().unwrap();
    let spike = told("bare receiver", &first, SUSTAINED.as_secs_f64());

    let app = world(kind);
    let port = crate::served::port();
    let served = serve(&app, port);
    let second = runtime.block_on(load(format!("127.0.0.1:{port}"), SUSTAINED));
    let ours = told("upnext serve", &second, SUSTAINED.as_secs_f64());
    served.kill();
    let (p99, bare) = (percentile(&second.milliseconds, 99), percentile(&first.milliseconds, 99));
    println!("{:.0} % of the bare receiver's pace, p99 {:.1} times its", 100.0 * ours / spike, p99 / bare);
    lost(kind, &runtime);
}

/// Kills the service over and over under load; every acknowledged task must be in the store afterwards.
fn lost(kind: Kind, runtime: &tokio::runtime::Runtime) {
    let app = world(kind);
    let port = crate::served::port();
    let mut served = serve(&app, port);
    let sending = runtime.spawn(load(format!("127.0.0.1:{port}"), SUSTAINED));
    for _ in 0..KILLS {
        std::thread::sleep(SUSTAINED / (KILLS + 2));
        served.kill();
        served = serve(&app, port);
    }
    let load = runtime.block_on(sending).unwrap();
    served.kill();
    let url = app.database.url();
    let kept: HashSet<u64> = runtime.block_on(async {
        let store = Store::open(&url).await.unwrap();
        let project = ProjectGid::new(PROJECT);
        let mut kept: HashSet<u64> =
            store.changes(&project).await.unwrap().iter().map(|c| c.task.as_str().parse().unwrap()).collect();
        for unsorted in store.unsorted(u32::MAX >> 1).await.unwrap() {
            let body: serde_json::Value = serde_json::from_slice(&unsorted.delivery.body).unwrap();
            kept.insert(body["events"][0]["resource"]["gid"].as_str().unwrap().parse().unwrap());
        }
        kept
    });
    let gone = load.acknowledged.iter().filter(|task| !kept.contains(task)).count();
    println!(
        "killed {KILLS} times in {} s: {} acknowledged, {gone} of them lost",
        SUSTAINED.as_secs(),
        load.acknowledged.len()
    );
    assert_eq!(gone, 0);
}
