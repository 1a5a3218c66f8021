//! How this process is let in to Asana: a token that was given, or a person's sign-in from the store.
//!
//! Processes share one sign-in. Each renews its access token for itself and keeps it over the version it knows; where another was
//! first, theirs stays, because both work. Only when Asana says that the permission is gone is the store looked at again: somebody
//! may have signed in anew. Deliberately not here: the conversation with the person (`commands/sign_in`).
//! Known limit: a running process goes on with another sign-in of the same person only, because everything it knows is that person's.

use super::{now, sealer, secret_file};
use crate::config::Config;
use crate::env::Env;
use crate::exit::UsageError;
use asana::oauth::{App, Error, Profile, Session, Tokens};
use asana::{Need, TokenSource};
use engine::Sealer;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::Store;
use tokio::sync::RwLock;

/// The name under which the sign-in is kept.
pub const NAME: &str = "default";

/// What the tokens are sealed for.
const PURPOSE: &str = "sign-in:default";

/// How this process is let in.
pub enum Way {
    /// By `ASANA_ACCESS_TOKEN`.
    Variable(SecretString),
    /// By what `asana.token_file` holds.
    File(SecretString),
    /// By a sign-in.
    SignIn(Box<Kept>),
}

/// The first way in that there is.
///
/// # Errors
/// None at all, a file that cannot be read, or a sign-in that was sealed with another key.
pub async fn way(config: &Config, env: &Env, store: &Store) -> anyhow::Result<Way> {
    if let Some(token) = &env.token {
        return Ok(Way::Variable(token.clone()));
    }
    let file = &config.asana.token_file;
    if !file.is_empty() {
        return Ok(Way::File(secret_file("asana.token_file", file)?));
    }
    let kept = match config.asana.client_id.as_str() {
        "" => None,
        _ => Vault::open(config, env, store)?.read().await?,
    };
    let message = "there is no Asana token: set ASANA_ACCESS_TOKEN, name a file in asana.token_file, or sign in with `upnext \
                   sign-in` (it needs asana.client_id). To try Upnext without an account, run `upnext demo`";
    let kept = kept.ok_or_else(|| UsageError(message.into()))?;
    Ok(Way::SignIn(Box::new(kept)))
}

/// The app people sign in with.
///
/// # Errors
/// A setting that is missing or cannot work.
pub fn app(config: &Config, env: &Env) -> anyhow::Result<App> {
    app_at(config, env, &config.asana.redirect_uri)
}

/// The same with another redirect address.
fn app_at(config: &Config, env: &Env, redirect_uri: &str) -> anyhow::Result<App> {
    let asana = &config.asana;
    if asana.client_id.is_empty() {
        let message = "asana.client_id is empty: make an app in Asana's developer console and name it there (docs/sign-in.md)";
        return Err(UsageError(message.into()).into());
    }
    let secret = match &env.client_secret {
        Some(secret) => secret.clone(),
        None if !asana.client_secret_file.is_empty() => {
            secret_file("asana.client_secret_file", &asana.client_secret_file)?
        }
        None => {
            let message = "the app has no secret: set UPNEXT_ASANA_CLIENT_SECRET, or name a file in asana.client_secret_file";
            return Err(UsageError(message.into()).into());
        }
    };
    Ok(App::new(&asana.client_id, secret, redirect_uri, &asana.base_url)?)
}

/// The app as people sign in to the dashboard with it, and the scopes that tell who they are.
///
/// # Errors
/// As [`app`].
pub fn visitors(
    config: &Config,
    env: &Env,
    public_url: &str,
) -> anyhow::Result<(App, &'static [&'static str])> {
    let public_url = public_url.trim_end_matches('/');
    let back = format!("{public_url}{}", web::Dashboard::ASANA_BACK);
    // An app has one kind of permission or the other; of granular ones whose token it is is enough.
    let scopes: &[&str] = match Profile::from(config.asana.profile) {
        Profile::Full => &[],
        Profile::Least => &["users:read"],
    };
    Ok((app_at(config, env, &back)?, scopes))
}

/// The profile that tokens were given for.
pub fn profile(tokens: &Tokens) -> (&'static str, Profile) {
    let full = Profile::Full.scopes().iter().all(|scope| tokens.scopes.iter().any(|given| given == scope));
    if full { ("full", Profile::Full) } else { ("least", Profile::Least) }
}

/// A sign-in as the store has it, opened.
pub struct Kept {
    /// The tokens.
    pub tokens: Tokens,
    version: i64,
}

/// Where the sign-in is kept, sealed.
#[derive(Clone)]
pub struct Vault {
    store: Store,
    sealer: Sealer,
}

impl Vault {
    /// The store's, with the key of the configuration.
    ///
    /// # Errors
    /// As [`sealer`].
    pub fn open(config: &Config, env: &Env, store: &Store) -> anyhow::Result<Vault> {
        Ok(Vault { store: store.clone(), sealer: sealer(config, env)? })
    }

    /// The sign-in, if there is one.
    ///
    /// # Errors
    /// The store's; `SealError` or `oauth::Error` for one that cannot be opened with this key.
    pub async fn read(&self) -> anyhow::Result<Option<Kept>> {
        let Some(row) = self.store.sign_in(NAME).await? else { return Ok(None) };
        let tokens = Tokens::from_secret_json(&self.sealer.open(PURPOSE, &row.sealed)?)?;
        Ok(Some(Kept { tokens, version: row.version }))
    }

    /// Keeps a new sign-in in the place of whatever is there.
    ///
    /// # Errors
    /// The store's, or a system without random numbers.
    pub async fn replace(&self, tokens: &Tokens) -> anyhow::Result<()> {
        loop {
            let over = self.store.sign_in(NAME).await?.map_or(0, |row| row.version);
            if self.keep(tokens, over).await? {
                return Ok(());
            }
        }
    }

    /// Forgets the sign-in; false when there is none.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget(&self) -> anyhow::Result<bool> {
        Ok(self.store.forget_sign_in(NAME).await?)
    }

    /// Keeps tokens over a version; false when another has replaced that.
    async fn keep(&self, tokens: &Tokens, over: i64) -> anyhow::Result<bool> {
        let sealed = self.sealer.seal(PURPOSE, &tokens.to_secret_json())?;
        Ok(self.store.keep_sign_in(NAME, sealed, over, now()).await?)
    }

    /// Keeps renewed tokens and answers the version to go on from.
    async fn renewed(&self, fresh: &Tokens, over: i64) -> anyhow::Result<i64> {
        if self.keep(fresh, over).await? {
            return Ok(over + 1);
        }
        let theirs = self.read().await?.filter(|theirs| same(&theirs.tokens, fresh));
        // Of another sign-in nothing may be overwritten, now or later.
        Ok(theirs.map_or(over, |theirs| theirs.version))
    }
}

/// Whether both came of one sign-in: Asana leaves the refresh token as it is.
fn same(one: &Tokens, other: &Tokens) -> bool {
    one.refresh.expose_secret() == other.refresh.expose_secret()
}

/// A client's tokens from a sign-in, renewed before they end.
///
/// # Errors
/// As [`app`].
pub fn source(config: &Config, env: &Env, store: &Store, kept: Kept) -> anyhow::Result<TokenSource> {
    let vault = Vault::open(config, env, store)?;
    let app = app(config, env)?;
    let session = RwLock::new(session(app.clone(), &vault, kept));
    let shared = Arc::new(Shared { app, vault, session });
    Ok(TokenSource::new(move |need| {
        let shared = shared.clone();
        async move { shared.give(need).await }
    }))
}

/// What all calls of a process share.
struct Shared {
    app: App,
    vault: Vault,
    session: RwLock<Session>,
}

fn session(app: App, vault: &Vault, kept: Kept) -> Session {
    let (vault, version) = (vault.clone(), Arc::new(AtomicI64::new(kept.version)));
    Session::new(app, kept.tokens, now, move |fresh| {
        let (vault, version) = (vault.clone(), version.clone());
        async move {
            match vault.renewed(&fresh, version.load(Ordering::Relaxed)).await {
                Ok(next) => version.store(next, Ordering::Relaxed),
                Err(error) => {
                    tracing::warn!(%error, "a renewed access token was not kept: this process alone has it")
                }
            }
        }
    })
}

impl Shared {
    async fn give(&self, need: Need) -> Result<SecretString, Error> {
        let session = self.session.read().await.clone();
        match session.token(&need).await {
            Err(Error::SignInAgain { message }) => self.anew(&session.tokens(), message).await,
            given => given,
        }
    }

    /// After a permission that is gone: a token of the sign-in that is in its place, if there is one.
    async fn anew(&self, gone: &Tokens, message: String) -> Result<SecretString, Error> {
        let mut session = self.session.write().await;
        if same(&session.tokens(), gone) {
            let kept =
                self.vault.read().await.map_err(|error| Error::Source { reason: error.to_string() })?;
            match kept.filter(|kept| !same(&kept.tokens, gone)) {
                Some(kept) if kept.tokens.user.gid == gone.user.gid => {
                    *session = self::session(self.app.clone(), &self.vault, kept);
                }
                Some(_) => {
                    return Err(advised(message, "another person has signed in meanwhile: start this again"));
                }
                None => return Err(advised(message, "run `upnext sign-in`")),
            }
        }
        match session.token(&Need::Valid).await {
            Err(Error::SignInAgain { message }) => Err(advised(message, "run `upnext sign-in`")),
            given => given,
        }
    }
}

fn advised(message: String, advice: &str) -> Error {
    Error::SignInAgain { message: format!("{message}; {advice}") }
}
