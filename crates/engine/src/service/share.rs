//! This process's share of Asana's budget.
//!
//! Asana counts what a user's tokens send, whoever sends it. The processes divide it through the store, and each keeps to its
//! share by itself. A process that cannot renew its share gives it up before the others may take it. Deliberately not here:
//! keeping to it (`asana`). Known limit: commands that are run beside the service are not counted.

use super::Service;
use crate::gather::actor;
use asana::Share;
use domain::Digest;
use jiff::SignedDuration;
use std::time::Duration;
use store::WHOLE;
use tokio::sync::watch;

/// How long Asana is left alone that did not say whose token it is.
const ASKED_AGAIN: Duration = Duration::from_secs(5);

/// How often a share is renewed: how long a process that joins waits for the others to make room.
const RENEWED: Duration = Duration::from_secs(3);

/// How long a process keeps its parts that is not heard of.
const DEAD: SignedDuration = SignedDuration::from_secs(30);

/// How long without a renewal before a process gives its share up by itself: well before the others may take it.
const ALONE: Duration = Duration::from_secs(20);

impl Service {
    /// What names the budget: the user whose token it is, in no readable form. None when told to stop before Asana says.
    pub(super) async fn whose_budget(&self, mut stop: watch::Receiver<bool>) -> Option<String> {
        while !*stop.borrow() {
            match actor(&self.engine).await {
                Ok(user) => {
                    // Nothing more is sent before this process has a share.
                    self.engine.asana.set_share(Share::NONE);
                    return Some(Digest::of(&("asana budget", user.gid)).to_string());
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
        let mut renewed = std::time::Instant::now();
        loop {
            let now = self.now();
            match self.engine.store.share(whose, &self.name, now, now - DEAD).await {
                Ok(parts) => {
                    let share = u32::try_from(parts).ok().zip(u32::try_from(WHOLE).ok());
                    let share = share.and_then(|(parts, whole)| Share::new(parts, whole));
                    self.engine.asana.set_share(share.unwrap_or(Share::NONE));
                    renewed = std::time::Instant::now();
                }
                Err(error) => {
                    tracing::warn!(%error, "the share of Asana's budget could not be renewed");
                    if renewed.elapsed() > ALONE {
                        self.engine.asana.set_share(Share::NONE);
                    }
                }
            }
            tokio::time::sleep(RENEWED).await;
        }
    }
}
