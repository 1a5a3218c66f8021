//! The composition root: from configuration and environment to an engine.
//!
//! The one place that reads the clock. Deliberately not here: any command.

pub mod sign_in;

use crate::config::Config;
use crate::env::Env;
use crate::exit::UsageError;
use crate::progress;
use anyhow::Context;
use asana::{Client, Limits, Settings, Token};
use domain::Moment;
use engine::service::Beside;
use engine::{Clock, Engine, Meaning};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use judge::Rubric;
use secrecy::SecretString;
use sign_in::Way;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use store::Store;

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "the composition root hands the clock to everything else")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    TEST_CLOCK.get().map_or(now, |clock| clock.shows(now))
}

/// A clock that runs faster than the real one, so that a test may live through a day.
#[derive(Debug)]
struct TestClock {
    real: i64,
    shown: i64,
    speed: i64,
}

static TEST_CLOCK: OnceLock<TestClock> = OnceLock::new();

impl TestClock {
    fn shows(&self, now: Timestamp) -> Timestamp {
        let passed = (now.as_millisecond() - self.real).saturating_mul(self.speed);
        Timestamp::from_millisecond(self.shown.saturating_add(passed)).unwrap_or(now)
    }
}

/// Takes the clock that a test gives; a release is given none.
///
/// # Errors
/// What is no clock.
pub fn set_clock(env: &Env) -> anyhow::Result<()> {
    let Some(text) = &env.test_clock else { return Ok(()) };
    let numbers: Vec<i64> =
        text.split(',').map(str::parse).collect::<Result<_, _>>().context("UPNEXT_TEST_CLOCK")?;
    if let [real, shown, speed] = *numbers {
        TEST_CLOCK.get_or_init(|| TestClock { real, shown, speed });
    }
    Ok(())
}

/// The present moment and the day it falls on in the configured zone.
///
/// # Errors
/// An unknown time zone.
pub fn moment(config: &Config) -> anyhow::Result<Moment> {
    let zone = TimeZone::get(&config.time.zone).map_err(|_| {
        UsageError(format!(
            "time.zone: `{}` is no time zone; use an IANA name such as Europe/Berlin",
            config.time.zone
        ))
    })?;
    // Asana and the store keep milliseconds; a finer moment would not survive a round trip.
    let at = now();
    let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    Ok(Moment { at, today: at.to_zoned_datetime(zone).date() })
}

/// The configuration of this process.
///
/// # Errors
/// As [`Config::load`].
pub fn config(asked: Option<PathBuf>, env: &Env) -> anyhow::Result<Config> {
    let asked = asked.or_else(|| env.config.clone());
    let at_home = env.config_home.as_ref().map(|dir| dir.join("upnext/config.toml"));
    let fallbacks: Vec<PathBuf> = std::iter::once(PathBuf::from("upnext.toml")).chain(at_home).collect();
    let mut config = Config::load(asked.as_deref(), &fallbacks).map_err(|e| UsageError(format!("{e:#}")))?;
    if let Some(url) = &env.base_url {
        config.asana.base_url.clone_from(url);
    }
    Ok(config)
}

/// The store of this process.
///
/// # Errors
/// As [`Store::open`]; also when there is no place for the default file.
pub async fn open_store(config: &Config, env: &Env) -> anyhow::Result<Store> {
    let store = Store::open(&store_url(config, env)?).await?;
    OPEN.lock().unwrap_or_else(PoisonError::into_inner).push(store.clone());
    Ok(store)
}

/// Where the store is, as [`Store::open`] takes it.
///
/// # Errors
/// There is no place for the default file.
pub fn store_url(config: &Config, env: &Env) -> anyhow::Result<String> {
    let configured = Some(&config.store.url).filter(|url| !url.is_empty());
    if let Some(url) = env.database_url.as_ref().or(configured) {
        return Ok(url.clone());
    }
    let home = env.data_home.as_ref().context("there is no HOME to keep the store in: set DATABASE_URL")?;
    Ok(format!("sqlite:{}", home.join("upnext/upnext.db").display()))
}

/// Stores of this process. A command may end anywhere; the end of the process is the one place that sees them all.
static OPEN: Mutex<Vec<Store>> = Mutex::new(vec![]);

/// Shares of Asana's budget that commands of this process have.
static BESIDE: Mutex<Vec<Beside>> = Mutex::new(vec![]);

/// Gives shares back and closes every store, so that a SQLite file is whole by itself and can be copied.
pub async fn close_stores() {
    let shares = std::mem::take(&mut *BESIDE.lock().unwrap_or_else(PoisonError::into_inner));
    for share in shares {
        share.end().await;
    }
    let open = std::mem::take(&mut *OPEN.lock().unwrap_or_else(PoisonError::into_inner));
    for store in open {
        store.close().await;
    }
}

/// The rubric of the configuration.
///
/// # Errors
/// A file that cannot be read, or a rubric that cannot work.
pub fn rubric(config: &Config) -> anyhow::Result<Rubric> {
    let choice = &config.rubric;
    if choice.file.is_empty() {
        return Ok(judge::preset(&choice.preset).map_err(|e| UsageError(format!("rubric.preset: {e}")))?);
    }
    let text = std::fs::read_to_string(&choice.file)
        .map_err(|e| UsageError(format!("rubric.file: {} cannot be read: {e}", choice.file)))?;
    Ok(Rubric::parse(&text).map_err(|e| UsageError(format!("rubric.file: {}: {e}", choice.file)))?)
}

/// The client for Asana.
///
/// # Errors
/// No way in, or settings that cannot work.
pub async fn client(config: &Config, env: &Env, store: &Store) -> anyhow::Result<Client> {
    let token: Token = match sign_in::way(config, env, store).await? {
        Way::Variable(token) | Way::File(token) => token.into(),
        Way::SignIn(kept) => sign_in::source(config, env, store, *kept)?.into(),
    };
    let mut settings = Settings::new(token);
    settings.base_url.clone_from(&config.asana.base_url);
    settings.timeout = Duration::from_secs(config.asana.timeout_seconds);
    if config.asana.requests_per_minute > 0 {
        settings.limits = Limits::pinned(config.asana.requests_per_minute);
    }
    settings.on_wait = Some(progress::wait_observer());
    Ok(Client::new(settings)?)
}

/// The client of the configured model; none when there is none.
///
/// # Errors
/// A key file that cannot be read, or settings that cannot work.
pub fn model(config: &Config, env: &Env) -> anyhow::Result<Option<engine::Model>> {
    if !config.model.is_on() {
        return Ok(None);
    }
    let key = model_key(&config.model, env)?.map(|(key, _)| key);
    let client = llm::Client::new(&config.model, key.as_ref()).map_err(|e| UsageError(e.to_string()))?;
    Ok(Some(engine::Model { client, settings: config.model.clone() }))
}

/// The key for the configured model, and where it was found. A provider's own variable is only ever sent to that provider.
///
/// # Errors
/// A key file that cannot be read.
pub fn model_key(model: &llm::Settings, env: &Env) -> anyhow::Result<Option<(SecretString, String)>> {
    let own = match model.provider {
        llm::Provider::OpenAi => Some(("OPENAI_API_KEY", &env.openai_key)),
        llm::Provider::Anthropic => Some(("ANTHROPIC_API_KEY", &env.anthropic_key)),
        llm::Provider::Compatible | llm::Provider::None => None,
    };
    for (name, key) in std::iter::once(("UPNEXT_MODEL_KEY", &env.model_key)).chain(own) {
        if let Some(key) = key {
            return Ok(Some((key.clone(), name.to_owned())));
        }
    }
    if model.key_file.is_empty() {
        return Ok(None);
    }
    Ok(Some((secret_file("model.key_file", &model.key_file)?, model.key_file.clone())))
}

/// What seals secrets in the store. Without a key of the user's own, one is made beside the default store's place, for this user
/// alone.
///
/// # Errors
/// A key file that cannot be read or made, or a key that is too short.
pub fn sealer(config: &Config, env: &Env) -> anyhow::Result<engine::Sealer> {
    let file = &config.service.key_file;
    let key = match &env.service_key {
        Some(key) => key.clone(),
        None if !file.is_empty() => secret_file("service.key_file", file)?,
        None => own_key(env)?,
    };
    Ok(engine::Sealer::new(&key).map_err(|error| UsageError(error.to_string()))?)
}

fn own_key(env: &Env) -> anyhow::Result<SecretString> {
    use std::io::Write as _;
    let home = env.data_home.as_ref().context("there is no HOME to keep a key in: set UPNEXT_KEY")?;
    let file = home.join("upnext/service.key");
    std::fs::create_dir_all(home.join("upnext")).with_context(|| format!("making {}", file.display()))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&file) {
        Ok(mut new) => new
            .write_all(engine::unguessable()?.as_bytes())
            .and_then(|()| new.sync_all())
            .with_context(|| format!("writing {}", file.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| format!("making {}", file.display())),
    }
    secret_file("the service key", &file.display().to_string())
}

fn secret_file(setting: &str, file: &str) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| UsageError(format!("{setting}: {file} cannot be read: {e}")))?;
    Ok(SecretString::from(text.trim().to_owned()))
}

/// The sentence model in a directory.
///
/// # Errors
/// A directory that holds none that can be computed.
#[cfg(feature = "embeddings")]
pub fn meaning(dir: &Path) -> anyhow::Result<Meaning> {
    let model = embed::Embedder::open(dir)
        .map_err(|e| UsageError(format!("no sentence model in {}: {e}", dir.display())))?;
    Ok(Meaning {
        model: model.model().to_owned(),
        vector: Box::new(move |title, body| model.vector(title, body)),
    })
}

/// The sentence model in a directory, which this program was built without.
///
/// # Errors
/// Always: what to build instead.
#[cfg(not(feature = "embeddings"))]
pub fn meaning(dir: &Path) -> anyhow::Result<Meaning> {
    let message = format!(
        "this upnext was built without sentence models and cannot read {}: build it with `cargo build --release \
         --features embeddings`, or leave similar.embeddings_dir empty and --embeddings out",
        dir.display()
    );
    Err(UsageError(message).into())
}

/// The engine of a command, which keeps to its share of Asana's budget where a service works on the same store.
///
/// # Errors
/// Anything above.
pub async fn engine(config: &Config, env: &Env) -> anyhow::Result<Engine> {
    let engine = engine_of_service(config, env).await?;
    let beside = Beside::begin(&engine, &process_name("command")?).await;
    BESIDE.lock().unwrap_or_else(PoisonError::into_inner).push(beside);
    Ok(engine)
}

/// What tells this process from all others that ever use the store.
///
/// # Errors
/// The system gives no random numbers.
pub fn process_name(what: &str) -> anyhow::Result<String> {
    Ok(format!("{what} {} ({})", std::process::id(), &engine::unguessable()?[..6]))
}

/// The engine of a service, which sees to its share itself.
///
/// # Errors
/// Anything above.
pub async fn engine_of_service(config: &Config, env: &Env) -> anyhow::Result<Engine> {
    let rubric = rubric(config)?;
    let store = open_store(config, env).await?;
    let asana = client(config, env, &store).await?;
    let engine = assemble(config, rubric, asana, store)?;
    Ok(Engine { model: model(config, env)?, ..engine })
}

/// An engine that knows the rules and the store, and has no way in to Asana.
///
/// # Errors
/// A rubric that cannot be read.
pub fn rules(config: &Config, store: Store) -> anyhow::Result<Engine> {
    let nobody = asana::TokenSource::new(|_| async {
        Err(asana::oauth::Error::Source { reason: "this process was started without Asana".into() })
    });
    let mut settings = Settings::new(nobody);
    settings.base_url.clone_from(&config.asana.base_url);
    assemble(config, rubric(config)?, Client::new(settings)?, store)
}

/// Reads files in a child: this very program again.
fn reader(policy: &decide::Policy) -> extract::Reader {
    let program = std::env::current_exe().unwrap_or_else(|_| "upnext".into());
    let limits = extract::Limits { input_bytes: policy.attachments_max_bytes, ..extract::Limits::default() };
    extract::Reader::new(program, &["extract-text"], limits)
}

/// An engine from its parts.
///
/// # Errors
/// An unknown time zone.
pub fn assemble(config: &Config, rubric: Rubric, asana: Client, store: Store) -> anyhow::Result<Engine> {
    let clock: Clock = Arc::new(now);
    Ok(Engine {
        asana,
        store,
        rubric,
        policy: config.policy.clone(),
        configured: Arc::new(config.policy.clone()),
        names: config.fields.clone(),
        team: Arc::new(config.time.team().map_err(UsageError)?),
        model: None,
        reader: reader(&config.policy),
        me: Arc::default(),
        clock,
        progress: progress::observer(),
    })
}
