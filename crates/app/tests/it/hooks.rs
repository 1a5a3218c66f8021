//! The receiver of webhooks under more than it can keep, and the secret of a webhook at rest.

use crate::app::TestApp;
use crate::asana::PERSON;
use crate::database::Kind;
use crate::serve::{QUICK, connected, connection, settled, today, undated};
use crate::served::{Served, port, until};
use asana::signature::{SIGNATURE_HEADER, sign};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// More deliveries at once than may wait for a store that keeps none.
const FLOOD: usize = 1700;
/// How many may: those of one commit and those that wait for the next.
const MAY_WAIT: usize = 1536;

/// The webhook of the project: its gid, the path of its target, its secret.
struct Hook {
    gid: String,
    path: String,
    secret: String,
}

fn hook(app: &TestApp) -> Hook {
    let world = app.asana.world(app.home.path());
    let hooks: Vec<(&String, &Value)> = world["webhooks"].as_object().unwrap().iter().collect();
    let [(gid, hook)] = hooks[..] else { panic!("one webhook: {hooks:?}") };
    let target = hook["target"].as_str().unwrap();
    let path = target.splitn(4, '/').nth(3).unwrap().to_owned();
    Hook { gid: gid.clone(), path, secret: hook["secret"].as_str().unwrap().to_owned() }
}

impl Hook {
    /// A signed delivery without events, as bytes on the wire.
    fn delivery(&self, address: &str) -> Vec<u8> {
        let body = r#"{"events":[]}"#;
        let signature = sign(&SecretString::from(self.secret.as_str()), body.as_bytes()).unwrap();
        let Hook { path, .. } = self;
        format!(
            "POST /{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{SIGNATURE_HEADER}: {signature}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }

    /// What Asana was answered last, if it was refused.
    fn refusal(&self, app: &TestApp) -> Option<String> {
        let hook = app.asana.get(&format!("/webhooks/{}?opt_fields=last_failure_content", self.gid));
        hook["last_failure_content"].as_str().map(str::to_owned)
    }
}

/// What a delivery was answered, whether it was told when to come again, and after how long.
struct Answer {
    status: u16,
    says_when: bool,
    after: Duration,
}

async fn deliver(address: String, delivery: Vec<u8>) -> Answer {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&delivery).await.unwrap();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap().to_lowercase();
    Answer {
        status: answer[9..12].parse().unwrap(),
        says_when: answer.contains("\r\nretry-after: "),
        after: begun.elapsed(),
    }
}

/// Many deliveries at the same time.
fn flood(address: &str, delivery: &[u8]) -> Vec<Answer> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let one = || tokio::spawn(deliver(address.to_owned(), delivery.to_vec()));
        let sent: Vec<_> = (0..FLOOD).map(|_| one()).collect();
        let mut answers = vec![];
        for answer in sent {
            answers.push(answer.await.unwrap());
        }
        answers
    })
}

fn deliveries(served: &Served, ending: &str) -> u64 {
    let metrics = served.metrics();
    let name = format!("upnext_deliveries_total{{ending=\"{ending}\"}}");
    let line = metrics.lines().find(|line| line.starts_with(&name)).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// A service that a shell lets open as few files as many systems do, unless it asks for more.
fn frugal(app: &TestApp) -> Served {
    let port = port();
    let (listen, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
    let plain = app.command(&["serve", "--json", "--listen", &listen, "--public-url", &url]);
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -Sn 256; exec \"$0\" \"$@\""])
        .arg(plain.get_program())
        .args(plain.get_args());
    command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(app.home.path()).stdin(std::process::Stdio::null());
    Served::spawn(command)
}

fn what_is_too_much_is_refused_at_once_and_comes_again(database: Kind) {
    let app = connected(database, "");
    let served = frugal(&app);
    settled(&app, "webhook");
    let (hook, task) = (hook(&app), undated(&app));
    let address = served.url.trim_start_matches("http://").to_owned();
    let delivery = hook.delivery(&address);
    let score = || app.asana.value(&task, "AI Priority Score").as_str().map(str::to_owned);
    let before = score();
    let answers = app.database.stalled("deliveries", || {
        std::thread::scope(|scope| {
            let flood = scope.spawn(|| flood(&address, &delivery));
            until("what is too much is refused", || deliveries(&served, "shed") >= 100);
            // Meanwhile it answers everybody else, and somebody changes a task.
            let begun = Instant::now();
            for path in ["/health/live", "/health/ready"] {
                let answer = reqwest::blocking::get(format!("{}{path}", served.url)).unwrap();
                assert_eq!(answer.status(), 200, "{path}");
            }
            assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
            app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": today() }));
            until("Asana was refused", || hook.refusal(&app).is_some_and(|text| text.starts_with("503")));
            flood.join().unwrap()
        })
    });
    assert!(answers.iter().all(|answer| answer.status == 503 && answer.says_when));
    let longest = answers.iter().map(|answer| answer.after).max().unwrap();
    assert!(longest < Duration::from_secs(10), "Asana gives up after 10 s: {longest:?}");
    let at_once = answers.iter().filter(|answer| answer.after < Duration::from_secs(4)).count();
    assert!(at_once >= FLOOD - MAY_WAIT, "{at_once}");
    assert!(deliveries(&served, "shed") > FLOOD as u64);
    // Asana comes again, by its own clock.
    app.asana.jump(60);
    until("the score says so", || score() != before);
    let (code, log) = served.stop();
    assert_eq!(code, 0, "{log}");
}

#[test]
fn what_is_too_much_is_refused_at_once_and_comes_again_on_sqlite() {
    what_is_too_much_is_refused_at_once_and_comes_again(Kind::Sqlite);
}

#[test]
fn what_is_too_much_is_refused_at_once_and_comes_again_on_postgresql() {
    what_is_too_much_is_refused_at_once_and_comes_again(Kind::Postgres);
}

#[test]
fn what_was_refused_and_never_comes_again_is_found_by_the_sweep() {
    let app = connected(Kind::Postgres, "");
    app.configure(&QUICK.replace("[service]\n", "[service]\nsweep_seconds = 1\n"));
    let served = Served::start(&app);
    until("the project is judged and heard of", || {
        let now = connection(&app);
        now["channel"] == "webhook" && now["read_to"].is_string()
    });
    until("AI fields are written", || app.asana.calls("PUT /tasks/{task}") > 10);
    let (hook, task) = (hook(&app), undated(&app));
    let score = || app.asana.value(&task, "AI Priority Score").as_str().map(str::to_owned);
    let before = score();
    app.database.stalled("deliveries", || {
        app.asana.put(PERSON, &format!("/tasks/{task}"), json!({ "due_on": today() }));
        until("Asana was refused", || hook.refusal(&app).is_some_and(|text| text.starts_with("503")));
        // As after a day of refusals.
        app.asana.delete(&format!("/webhooks/{}", hook.gid));
    });
    until("the score says so", || score() != before);
    assert!(deliveries(&served, "shed") > 0);
    assert_eq!(app.asana.calls("POST /webhooks"), 1, "no other webhook told");
}

/// Whether bytes hold a text, as it is or as hexadecimal digits.
fn hold(bytes: &[u8], text: &str) -> bool {
    let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let upper = digits.to_uppercase();
    [text, &digits, &upper].iter().any(|form| bytes.windows(form.len()).any(|part| part == form.as_bytes()))
}

fn the_secret_of_a_webhook_is_sealed_at_rest(database: Kind) {
    let app = connected(database, "");
    let port = port();
    let served = Served::at(&app, port);
    settled(&app, "webhook");
    let hook = hook(&app);
    assert!(hook.secret.len() >= 16, "{}", hook.secret);
    let kept = app.database.bytes();
    // It looks where it should: the path, which is no secret from the store's owner, is there.
    let path = hook.path.rsplit('/').next().unwrap();
    assert!(hold(&kept, path) && !hold(&kept, &hook.secret), "while it runs");
    let (code, log) = served.stop();
    assert_eq!(code, 0, "{log}");
    assert!(!log.contains(&hook.secret));
    assert!(!hold(&app.database.bytes(), &hook.secret), "afterwards");
    // And yet it is known: another process takes what is signed with it, and nothing else.
    let served = Served::at(&app, port);
    let address = served.url.trim_start_matches("http://").to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let status = |delivery: Vec<u8>| runtime.block_on(deliver(address.clone(), delivery)).status;
    assert_eq!(status(hook.delivery(&address)), 200);
    let other =
        Hook { secret: "0".repeat(hook.secret.len()), gid: hook.gid.clone(), path: hook.path.clone() };
    assert_eq!(status(other.delivery(&address)), 401);
}

#[test]
fn the_secret_of_a_webhook_is_sealed_at_rest_on_sqlite() {
    the_secret_of_a_webhook_is_sealed_at_rest(Kind::Sqlite);
}

#[test]
fn the_secret_of_a_webhook_is_sealed_at_rest_on_postgresql() {
    the_secret_of_a_webhook_is_sealed_at_rest(Kind::Postgres);
}
