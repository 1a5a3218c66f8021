//! Keeping deliveries: many in one commit, each acknowledged only once it is durable.
//!
//! What arrives while a commit is under way goes into the next one, so that the pace is not one disk flush a delivery. The queue
//! before it is short: a store that does not keep up is told to Asana at once (503; Asana tries again for a day), instead of
//! piling up what would be lost with the process. Deliberately not here: who may deliver (`hooks`).

use crate::listen::CONNECTIONS;
use engine::service::Wake;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Delivery, Store};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Deliveries that wait for a commit. At some thousands a second this is a fraction of a second.
const QUEUE: usize = 1024;

/// Deliveries of one commit: beyond some hundreds a commit's own time is no longer what counts.
const AT_ONCE: usize = 512;

// Each holds a connection. Whoever comes when all of these wait must still be let in, to be told so at once.
const _: () = assert!(QUEUE + AT_ONCE <= CONNECTIONS / 2);

/// Asana gives up after 10 s: it hears 503 well before that, also from a machine that is slow to let it in.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is noted that a webhook called; heartbeats come every 8 hours.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// Takes deliveries; clones are the same one.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    path: Arc<str>,
    delivery: Delivery,
    kept: oneshot::Sender<bool>,
}

impl Ingest {
    /// Starts the one that commits; it ends when all who deliver are gone.
    #[must_use]
    pub fn start(store: Store, wake: Arc<Wake>) -> Ingest {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(commit(store, wake, waiting));
        Ingest { queue }
    }

    /// Keeps a delivery; true once it is durable, false when that cannot be had in time.
    pub async fn keep(&self, path: Arc<str>, delivery: Delivery) -> bool {
        let (kept, answer) = oneshot::channel();
        if self.queue.try_send(Waiting { path, delivery, kept }).is_err() {
            return false;
        }
        matches!(tokio::time::timeout(PATIENCE, answer).await, Ok(Ok(true)))
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }
}

async fn commit(store: Store, wake: Arc<Wake>, mut waiting: mpsc::Receiver<Waiting>) {
    let mut noted: HashMap<Arc<str>, Instant> = HashMap::new();
    let mut batch = Vec::with_capacity(AT_ONCE);
    while waiting.recv_many(&mut batch, AT_ONCE).await > 0 {
        let (mut deliveries, mut answers) =
            (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        let mut called = HashMap::new();
        for Waiting { path, delivery, kept } in batch.drain(..) {
            called.insert(path, delivery.received_at);
            deliveries.push(delivery);
            answers.push(kept);
        }
        let kept = match store.receive(deliveries).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, deliveries = answers.len(), "deliveries cannot be kept: Asana is told to try again");
                false
            }
        };
        // One who has gone away tries again.
        for answer in answers {
            let _ = answer.send(kept);
        }
        wake.deliveries.notify_one();
        let now = Instant::now();
        for (path, at) in called {
            if noted.get(&path).is_none_or(|last| now - *last >= NOTED_EVERY) {
                if let Err(error) = store.hook_called(&path, at).await {
                    tracing::warn!(%error, "that a webhook called cannot be noted");
                }
                noted.insert(path, now);
            }
        }
    }
}
