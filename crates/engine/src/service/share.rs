//! This process's share of Asana's budget.
//!
//! Asana counts what a user's tokens send, whoever sends it. The processes divide it through the store, and each keeps to its
//! share by itself. A process that cannot renew its share gives it up before the others may take it. A command divides it too as
//! soon as it sees that somebody else does ([`Beside`]). Deliberately not here: keeping to it (`asana`). Known limits: who asks
//! whose token it is has no share yet, which is one request; a command that was there before the service sees it within a second;
//! commands alone on a store do not divide among themselves.

use super::Service;
use crate::gather::actor;
use crate::{Engine, EngineError};
use asana::Share;
use domain::Digest;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::WHOLE;
use tokio::sync::{OnceCell, watch};
use tokio::task::JoinHandle;

/// How long Asana is left alone that did not say whose token it is.
const ASKED_AGAIN: Duration = Duration::from_secs(5);

/// How often a share is renewed: how long a process that joins waits for the others to make room.
const RENEWED: Duration = Duration::from_secs(1);

/// How long a command waits at its beginning for Asana to say whose token it is; it asks on beside its work.
const JOINING: Duration = Duration::from_secs(5);

/// How long a process keeps its parts that is not heard of.
const DEAD: SignedDuration = SignedDuration::from_secs(30);

/// How long without a renewal before a process gives its share up by itself: well before the others may take it.
const ALONE: Duration = Duration::from_secs(20);

impl Service {
    /// What names the budget. None when told to stop before Asana says.
    pub(super) async fn whose_budget(&self, mut stop: watch::Receiver<bool>) -> Option<String> {
        while !*stop.borrow() {
            match whose(&self.engine).await {
                Ok(whose) => {
                    // Nothing more is sent before this process has a share.
                    self.engine.asana.set_share(Share::NONE);
                    return Some(whose);
                }
                Err(error) => {
                    tracing::error!(%error, "no jobs are taken yet: Asana does not say whose token it is")
                }
            }
            tokio::select! {
                () = tokio::time::sleep(ASKED_AGAIN) => {}
                _ = stop.changed() => {}
            }
        }
        None
    }

    /// Renews the share for ever.
    pub(super) async fn keep_share(&self, whose: &str) {
        keep(&self.engine, whose, &self.name).await;
    }
}

/// The user whose token it is, in no readable form.
async fn whose(engine: &Engine) -> Result<String, EngineError> {
    Ok(Digest::of(&("asana budget", actor(engine).await?.gid)).to_string())
}

/// Renews a process's share for ever.
async fn keep(engine: &Engine, whose: &str, name: &str) {
    let mut renewed = Instant::now();
    loop {
        let now = (engine.clock)();
        match engine.store.share(whose, name, now, now - DEAD).await {
            Ok(parts) => {
                let share = u32::try_from(parts).ok().zip(u32::try_from(WHOLE).ok());
                let share = share.and_then(|(parts, whole)| Share::new(parts, whole));
                engine.asana.set_share(share.unwrap_or(Share::NONE));
                renewed = Instant::now();
            }
            Err(error) => {
                tracing::warn!(%error, "the share of Asana's budget could not be renewed");
                if renewed.elapsed() > ALONE {
                    engine.asana.set_share(Share::NONE);
                }
            }
        }
        tokio::time::sleep(RENEWED).await;
    }
}

/// A command's part in the budget beside a service, from [`Beside::begin`] to [`Beside::end`]. A command that is killed is counted
/// out when it has not been heard of for half a minute.
#[derive(Debug)]
pub struct Beside {
    store: store::Store,
    name: Arc<str>,
    whose: Arc<OnceCell<String>>,
    keeping: JoinHandle<()>,
}

impl Beside {
    /// Joins whoever divides the budget; where nobody does, looks again and again whether somebody begins to. `name` tells this
    /// process from others.
    pub async fn begin(engine: &Engine, name: &str) -> Beside {
        let (name, whose) = (Arc::<str>::from(name), Arc::new(OnceCell::new()));
        // Before the first request, so that none of a command beside a service is sent as if it were alone. An Asana that does not
        // answer must not hold up what needs none.
        let joined = tokio::time::timeout(JOINING, join(engine, &whose)).await.unwrap_or(false);
        let keeping = tokio::spawn({
            let (engine, name, whose) = (engine.clone(), name.clone(), whose.clone());
            async move {
                let mut joined = joined;
                while !joined {
                    tokio::time::sleep(RENEWED).await;
                    joined = join(&engine, &whose).await;
                }
                if let Some(whose) = whose.get() {
                    keep(&engine, whose, &name).await;
                }
            }
        });
        Beside { store: engine.store.clone(), name, whose, keeping }
    }

    /// Gives the share back.
    pub async fn end(self) {
        self.keeping.abort();
        // A renewal under way must not come after what follows.
        drop(self.keeping.await);
        let Some(whose) = self.whose.get() else { return };
        if let Err(error) = self.store.leave_share(whose, &self.name).await {
            tracing::debug!(%error, "the share is free again when it has not been renewed for a while");
        }
    }
}

/// Whether somebody else divides the budget; if so, this process has no share until it is given one. A store or an Asana that does
/// not answer says so to whoever the command asks next.
async fn join(engine: &Engine, known: &OnceCell<String>) -> bool {
    let since = (engine.clock)() - DEAD;
    if !engine.store.is_shared(since).await.unwrap_or(false) {
        return false;
    }
    let Ok(whose) = whose(engine).await else { return false };
    engine.asana.set_share(Share::NONE);
    known.set(whose).is_ok()
}
