//! Signing in, refreshing and revoking against the sandbox's OAuth, and clients that live on what comes of it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use asana::oauth::{App, Error, Pending, Profile, Session, Tokens};
use asana::{Client, Need, RetryPolicy, Settings, TokenSource};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use sandbox::world::{APP_SECRET, FULL_APP, GRANULAR_APP, Plan};
use sandbox::{Options, Running, World};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

const BACK: &str = "https://upnext.example/oauth/callback?from=asana";

/// A sandbox, a browser, and the clock everybody goes by.
pub struct Site {
    pub running: Running,
    browser: reqwest::Client,
    now: Arc<Mutex<Timestamp>>,
}

impl Site {
    pub async fn start(plan: Plan) -> Self {
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let world = World::new(7, plan, now);
        let options = Options { limits: false, ..Options::default() };
        let running = sandbox::serve(options, world).await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "a browser: redirects must be seen, not followed")]
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let site = Self { running, browser, now: Arc::new(Mutex::new(now)) };
        site.control("clock", json!({ "speed": 0 })).await;
        site
    }

    pub async fn control(&self, verb: &str, body: Value) {
        let url = format!("http://{}/_sandbox/{verb}", self.running.addr);
        let answer = self.browser.post(url).body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }

    async fn jump(&self, seconds: u32) {
        self.control("clock", json!({ "jump_seconds": seconds })).await;
        *self.now.lock().unwrap() += SignedDuration::from_secs(i64::from(seconds));
    }

    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn app(&self, client_id: &str) -> App {
        App::new(client_id, APP_SECRET, BACK, &self.running.base_url).unwrap()
    }

    /// What the browser brings back to the app: the callback's query.
    async fn visit(&self, pending: &Pending) -> HashMap<String, String> {
        let answer = self.browser.get(&pending.url).send().await.unwrap();
        let location = answer.headers().get("location").expect("a redirect").to_str().unwrap();
        assert!(location.starts_with(BACK), "{location}");
        Url::parse(location).unwrap().query_pairs().into_owned().collect()
    }

    pub async fn sign_in(&self, client_id: &str, scopes: &[&str]) -> Tokens {
        let app = self.app(client_id);
        let pending = app.authorize_url(scopes).unwrap();
        let back = self.visit(&pending).await;
        app.exchange(&back["code"], &pending, &back["state"], self.now()).await.unwrap()
    }

    /// A session on this site's clock, and what it kept.
    fn session(&self, app: App, tokens: Tokens) -> (Session, Arc<Mutex<Vec<Tokens>>>) {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let (now, sink) = (self.now.clone(), kept.clone());
        let keep = move |tokens| {
            sink.lock().unwrap().push(tokens);
            std::future::ready(())
        };
        (Session::new(app, tokens, move || *now.lock().unwrap(), keep), kept)
    }

    pub fn client(&self, token: impl Into<asana::Token>) -> Client {
        let retry = RetryPolicy {
            max_attempts: 3,
            base_delay: Duration::from_millis(1),
            max_delay: Duration::from_millis(4),
            ..RetryPolicy::default()
        };
        let base_url = self.running.base_url.clone();
        Client::new(Settings { base_url, retry, ..Settings::new(token) }).unwrap()
    }

    /// Access tokens apps were ever given and that were not taken back.
    fn issued(&self) -> usize {
        let tokens =
            self.running.with_world(|world| serde_json::to_value(&*world).unwrap()["tokens"].clone());
        tokens.as_object().unwrap().values().filter(|token| token["principal"] == "oauth").count()
    }

    pub fn workspace(&self) -> String {
        self.running.with_world(|world| world.workspace().clone())
    }
}

fn shown(tokens: &Tokens) -> [String; 2] {
    [&tokens.access, &tokens.refresh].map(|secret| secret.expose_secret().to_owned())
}

#[tokio::test]
async fn a_person_signs_in_the_token_is_refreshed_and_given_back() {
    let site = Site::start(Plan::Paid).await;
    let app = site.app(FULL_APP);
    let pending = app.authorize_url(Profile::Full.scopes()).unwrap();
    assert_eq!(pending.state.len(), 43);
    assert!(!pending.url.contains(pending.verifier.expose_secret()), "only its digest is told");
    let other = app.authorize_url(Profile::Full.scopes()).unwrap();
    assert!(other.state != pending.state && other.url != pending.url);
    let back = site.visit(&pending).await;
    assert_eq!(back["from"], "asana", "the redirect address may have a query");
    let tokens = app.exchange(&back["code"], &pending, &back["state"], site.now()).await.unwrap();
    assert_eq!(tokens.expires_at - site.now(), SignedDuration::from_secs(3_600));
    assert_eq!(tokens.scopes, ["default"]);
    assert_eq!(tokens.user.email.as_deref(), Some("bot@sandbox.example"));
    let me = site.client(tokens.access.clone()).users().me(&["name"]).await.unwrap();
    assert_eq!(me.gid, tokens.user.gid);

    site.jump(3_601).await;
    let late = site.client(tokens.access.clone()).users().me(&[]).await.unwrap_err();
    assert!(matches!(late, asana::Error::Unauthorized { .. }) && late.needs_sign_in(), "{late}");
    let fresh = app.refresh(&tokens, site.now()).await.unwrap();
    assert_ne!(shown(&fresh)[0], shown(&tokens)[0]);
    assert_eq!(shown(&fresh)[1], shown(&tokens)[1], "Asana leaves the refresh token out: it stays");
    assert_eq!((&fresh.user, &fresh.scopes), (&tokens.user, &tokens.scopes));
    site.client(fresh.access.clone()).users().me(&[]).await.unwrap();

    let odd = app.revoke(&fresh.access).await.unwrap_err();
    assert!(matches!(odd, Error::Unexpected { status: 400, .. }), "an access token is not revoked: {odd}");
    app.revoke(&fresh.refresh).await.unwrap();
    app.revoke(&fresh.refresh).await.expect("what is unknown by now is given back, too");
    let gone = app.refresh(&fresh, site.now()).await.unwrap_err();
    assert!(matches!(gone, Error::SignInAgain { .. }) && !gone.is_retryable_later(), "{gone}");
    site.client(fresh.access).users().me(&[]).await.unwrap_err();
}

#[tokio::test]
async fn what_does_not_fit_is_refused_by_name() {
    let site = Site::start(Plan::Paid).await;
    let app = site.app(FULL_APP);
    let begin = async || {
        let pending = app.authorize_url(&["default"]).unwrap();
        let back = site.visit(&pending).await;
        (pending, back["code"].clone())
    };

    let (pending, code) = begin().await;
    let wrong = app.exchange(&code, &pending, "another state", site.now()).await.unwrap_err();
    assert_eq!(wrong, Error::WrongState);
    app.exchange(&code, &pending, &pending.state, site.now()).await.expect("the code was not spent on it");
    let used = app.exchange(&code, &pending, &pending.state, site.now()).await.unwrap_err();
    assert!(matches!(used, Error::CodeRefused { .. }), "{used}");

    let (mut pending, code) = begin().await;
    pending.verifier = app.authorize_url(&["default"]).unwrap().verifier;
    let stolen = app.exchange(&code, &pending, &pending.state, site.now()).await.unwrap_err();
    assert!(matches!(&stolen, Error::CodeRefused { message } if message.contains("verifier")), "{stolen}");

    let (pending, code) = begin().await;
    site.jump(601).await;
    let late = app.exchange(&code, &pending, &pending.state, site.now()).await.unwrap_err();
    assert!(matches!(late, Error::CodeRefused { .. }), "{late}");

    let (pending, code) = begin().await;
    let impostor = App::new(FULL_APP, "not the secret", BACK, &site.running.base_url).unwrap();
    let refused = impostor.exchange(&code, &pending, &pending.state, site.now()).await.unwrap_err();
    assert!(matches!(refused, Error::AppRefused { .. }), "{refused}");
    for text in [format!("{wrong} {used} {stolen} {late} {refused}"), format!("{impostor:?} {pending:?}")] {
        for secret in [APP_SECRET, "not the secret", code.as_str(), pending.verifier.expose_secret()] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn what_the_authorize_page_refuses_comes_back_as_an_error() {
    let site = Site::start(Plan::Paid).await;
    let back = site.visit(&site.app(FULL_APP).authorize_url(&["tasks:read"]).unwrap()).await;
    let error = Error::from_callback(&back["error"], back.get("error_description").map(String::as_str));
    assert!(matches!(error, Error::ScopesRefused { .. }), "{error}");
    let back = site.visit(&site.app(GRANULAR_APP).authorize_url(Profile::Full.scopes()).unwrap()).await;
    let error = Error::from_callback(&back["error"], None);
    assert!(matches!(error, Error::ScopesRefused { .. }), "{error}");
    assert_eq!(Error::from_callback("access_denied", Some("The user denied the request")), Error::Denied);
}

#[test]
fn wrong_settings_of_an_app_are_named() {
    let name = |id: &str, back: &str, base: &str| match App::new(id, "secret", back, base) {
        Err(asana::Error::Settings { name, .. }) => name,
        other => panic!("{other:?}"),
    };
    let base = asana::DEFAULT_BASE_URL;
    assert_eq!(name(" ", BACK, base), "oauth.client_id");
    assert_eq!(name("1", BACK, "http://asana.internal"), "oauth.base");
    assert_eq!(name("1", "http://upnext.example/back", base), "oauth.redirect_uri");
    App::new("1", "secret", "http://127.0.0.1:8080/back?x=1", base).unwrap();
    let shown = App::new("1", "secret", "urn:ietf:wg:oauth:2.0:oob", base).unwrap();
    let url = shown.authorize_url::<&str>(&[]).unwrap().url;
    assert!(url.starts_with("https://app.asana.com/-/oauth_authorize?client_id=1&"), "{url}");
}

#[tokio::test]
async fn tokens_are_kept_on_purpose_only() {
    let site = Site::start(Plan::Paid).await;
    let tokens = site.sign_in(FULL_APP, Profile::Full.scopes()).await;
    let json = tokens.to_secret_json();
    for shown_text in [format!("{tokens:?}"), format!("{json:?}")] {
        assert!(shown(&tokens).iter().all(|secret| !shown_text.contains(secret)), "{shown_text}");
    }
    let again = Tokens::from_secret_json(&json).unwrap();
    assert_eq!(shown(&again), shown(&tokens));
    assert_eq!((again.expires_at, again.scopes, again.user), (tokens.expires_at, tokens.scopes, tokens.user));
    assert_eq!(Tokens::from_secret_json(&"{\"access\":\"x\"}".into()).unwrap_err(), Error::Unreadable);
}

#[tokio::test]
async fn twenty_calls_at_expiry_make_one_refresh() {
    let site = Site::start(Plan::Paid).await;
    let tokens = site.sign_in(FULL_APP, Profile::Full.scopes()).await;
    let (session, kept) = site.session(site.app(FULL_APP), tokens);
    let client = site.client(session.source());
    client.users().me(&[]).await.unwrap();
    assert_eq!(kept.lock().unwrap().len(), 0, "a token that lasts is left alone");
    for (seconds, refreshes) in [(3_599 - 300, 0), (1, 1), (3_600, 2), (86_400, 3)] {
        site.jump(seconds).await;
        let calls = (0..20).map(|_| client.users().me(&[]));
        assert!(join_all(calls).await.iter().all(Result::is_ok));
        assert_eq!(kept.lock().unwrap().len(), refreshes);
        assert_eq!(site.issued(), 1 + refreshes);
    }
    assert_eq!(client.counters().retries, 0, "no call was refused for its token");
    let last = kept.lock().unwrap().last().map(shown);
    assert_eq!(last, Some(shown(&session.tokens())));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_in_the_middle_of_work() {
    let site = Site::start(Plan::Paid).await;
    let tokens = site.sign_in(FULL_APP, Profile::Full.scopes()).await;
    let first = shown(&tokens)[0].clone();
    let (session, kept) = site.session(site.app(FULL_APP), tokens);
    let client = site.client(session.source());
    let task = asana::TaskWrite::new().name("before").workspace(&site.workspace());
    let task = client.tasks().create(task, &[]).await.unwrap().gid;

    site.control("faults", json!({ "revoked_tokens": [first] })).await;
    let comments = (0..8).map(|_| client.stories().create_comment(&task, "said once"));
    assert!(join_all(comments).await.iter().all(Result::is_ok), "a POST with a refused token is sent again");
    let comments = client.stories().of_task(&task).collect_all().await.unwrap();
    assert_eq!(comments.iter().filter(|story| story.text.as_deref() == Some("said once")).count(), 8);
    assert_eq!(kept.lock().unwrap().len(), 1, "eight refusals, one refresh");

    let second = shown(&session.tokens())[0].clone();
    site.control("faults", json!({ "revoked_tokens": [first, second] })).await;
    client.users().me(&[]).await.expect("a later refusal is another matter");
    assert_eq!(kept.lock().unwrap().len(), 2);

    // Refused whatever the token: once more, then the refusal stands.
    let rejecting = TokenSource::new(|need| async move {
        Ok(SecretString::from(match need {
            Need::Valid => "nobody's".to_owned(),
            Need::InsteadOf(refused) => format!("not {}", refused.expose_secret()),
        }))
    });
    let lost = site.client(rejecting);
    let refused = lost.users().me(&[]).await.unwrap_err();
    assert!(matches!(refused, asana::Error::Unauthorized { .. }) && refused.needs_sign_in(), "{refused}");
    assert_eq!((lost.counters().reads, lost.counters().retries), (2, 1));
    assert!(lost.replace_token(&"another".into()).is_err(), "its source gives the next one");
}

#[tokio::test]
async fn a_permission_taken_back_ends_the_work_and_asks_no_more() {
    let site = Site::start(Plan::Paid).await;
    let app = site.app(FULL_APP);
    let tokens = site.sign_in(FULL_APP, Profile::Full.scopes()).await;
    let (session, kept) = site.session(app.clone(), tokens.clone());
    let client = site.client(session.source());
    client.users().me(&[]).await.unwrap();
    app.revoke(&tokens.refresh).await.unwrap();
    let ended = join_all((0..5).map(|_| client.users().me(&[]))).await;
    for error in ended.into_iter().map(Result::unwrap_err) {
        let asana::Error::Token { reason: Error::SignInAgain { .. }, .. } = &error else { panic!("{error}") };
        assert!(error.needs_sign_in() && error.to_string().contains("sign in again"), "{error}");
    }
    site.jump(86_400).await;
    let sent = client.counters();
    client.users().me(&[]).await.unwrap_err();
    assert_eq!(client.counters(), sent, "not even the call is sent");
    assert!(kept.lock().unwrap().is_empty());
}

/// Takes connections and hangs up, and counts them.
async fn dead_end() -> (String, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let seen = count.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            seen.fetch_add(1, Ordering::SeqCst);
            drop(socket);
        }
    });
    (base, count)
}

#[tokio::test]
async fn without_a_network_the_old_token_serves_until_it_ends() {
    let site = Site::start(Plan::Paid).await;
    let tokens = site.sign_in(FULL_APP, Profile::Full.scopes()).await;
    let (base, tries) = dead_end().await;
    let cut_off = App::new(FULL_APP, APP_SECRET, BACK, &base).unwrap();
    let (session, _) = site.session(cut_off, tokens);
    let client = site.client(session.source());
    site.jump(3_400).await;
    assert!(join_all((0..20).map(|_| client.users().me(&[]))).await.iter().all(Result::is_ok));
    assert_eq!(tries.load(Ordering::SeqCst), 1, "one try for all of them");
    site.jump(201).await;
    let ended = join_all((0..20).map(|_| client.users().me(&[]))).await;
    for error in ended.into_iter().map(Result::unwrap_err) {
        assert!(matches!(error, asana::Error::Token { reason: Error::Network { .. }, .. }), "{error}");
        assert!(error.is_retryable_later() && !error.needs_sign_in());
    }
    assert_eq!(tries.load(Ordering::SeqCst), 2, "and one after a pause");
}

#[tokio::test]
async fn a_source_that_recovers_is_asked_again() {
    let site = Site::start(Plan::Paid).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let source = TokenSource::new(move |_| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        let token: SecretString = sandbox::DEFAULT_TOKEN.into();
        async move {
            if first { Err(Error::Source { reason: "the database is away".to_owned() }) } else { Ok(token) }
        }
    });
    site.client(source).users().me(&[]).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let broken = TokenSource::new(|_| async { Ok(SecretString::from("line\nbreak")) });
    let error = site.client(broken).users().me(&[]).await.unwrap_err();
    assert!(error.to_string().contains("holds characters no token has"), "{error}");
}
