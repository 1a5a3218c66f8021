//! Starting and stopping the sandbox.

use crate::delivery;
use crate::error::Error;
use crate::faults::{FaultState, Faults};
use crate::http::{PREFIX, handle};
use crate::journal::Journal;
use crate::limits::Limits;
use crate::world::{Plan, World};
use axum::Router;
use jiff::SignedDuration;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// Makes the world the sandbox started with once more.
#[derive(Clone)]
pub struct Again(Arc<dyn Fn() -> Result<World, String> + Send + Sync>);

impl Again {
    /// From what makes the world; an error says what went wrong.
    pub fn new(make: impl Fn() -> Result<World, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }
}

impl std::fmt::Debug for Again {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Again")
    }
}

/// How the sandbox runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// A further token of the bot user, beside `sandbox-token`.
    pub token: Option<String>,
    /// Whether request budgets and in-flight limits are enforced.
    pub limits: bool,
    /// Whether webhooks may have targets on this machine; Asana answers 403 to them.
    pub loopback_webhooks: bool,
    /// Whether the authorize page asks; otherwise every app is let in at once.
    pub oauth_asks: bool,
    /// Fault switches at the start.
    pub faults: Faults,
    /// How the world was made, for `reset`.
    pub again: Option<Again>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            token: None,
            limits: true,
            loopback_webhooks: true,
            oauth_asks: false,
            faults: Faults::default(),
            again: None,
        }
    }
}

/// Everything a request needs, behind one lock.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) world: World,
    pub(crate) limits: Limits,
    pub(crate) faults: FaultState,
    pub(crate) journal: Journal,
    /// Whether people are asked before an app gets a code.
    pub(crate) oauth_asks: bool,
    /// The plan the world was made with; a fault may lower it.
    bought: Plan,
    again: Option<Again>,
}

impl Server {
    /// Puts what happened into the log and the queues of webhooks, as far as the faults let it.
    pub(crate) fn publish(&mut self) {
        for event in std::mem::take(&mut self.world.outbox) {
            if self.faults.loses(&event) {
                continue;
            }
            let delay = SignedDuration::from_secs(i64::from(self.world.event_delay_seconds));
            for hook in self.world.hooked(&event) {
                for late in self.faults.deliveries_of_event() {
                    let wait = delay.saturating_add(SignedDuration::from_secs(i64::from(late)));
                    let due = event.created_at.saturating_add(wait).unwrap_or(event.created_at);
                    self.world.queue_event(&hook, due, event.clone());
                }
            }
            self.world.events.push(event);
        }
    }

    /// Puts another world in place of this one. Budgets and the request log start over, fault switches stay.
    pub(crate) fn replace(&mut self, mut world: World) {
        world.loopback_webhooks = self.world.loopback_webhooks;
        world.root.clone_from(&self.world.root);
        for (token, known) in &self.world.tokens {
            if known.user == self.world.bot && !world.tokens.contains_key(token) {
                let bot = world.bot().clone();
                world.add_token(token, &bot);
            }
        }
        self.bought = world.plan;
        self.limits.clear();
        self.journal = Journal::default();
        self.faults.counts.clear();
        self.world = world;
    }

    /// The world as it was at the start.
    pub(crate) fn first_world(&self) -> Result<World, String> {
        match &self.again {
            Some(again) => (again.0)(),
            None => {
                Err("This sandbox was started from a world in memory and cannot make it again".to_owned())
            }
        }
    }

    /// The plan in force.
    pub(crate) fn plan(&self) -> Plan {
        self.faults.plan().unwrap_or(self.bought)
    }
}

/// The server, shared by all connections.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    server: Mutex<Server>,
    client: reqwest::Client,
    /// Rung when webhooks may have become due.
    bell: Notify,
}

impl Shared {
    /// Locks for the time of one piece of work; a panic elsewhere does not end the sandbox.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Server> {
        self.0.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client webhooks are sent with.
    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.0.client
    }

    /// Lets the sender of webhooks look again.
    pub(crate) fn wake(&self) {
        self.0.bell.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.0.bell.notified().await;
    }
}

/// A sandbox that answers until it is shut down or dropped.
#[derive(Debug)]
pub struct Running {
    /// `http://127.0.0.1:PORT/api/1.0`.
    pub base_url: String,
    /// The address listened on.
    pub addr: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    shared: Shared,
}

impl Running {
    /// Stops taking requests and waits for those in work.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the sandbox did not end cleanly");
        }
    }

    /// Writes the world to a file that [`World::load`] reads.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] naming the file.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        self.shared.lock().world.save(path)
    }

    /// Changes the world directly, between requests: set up what no API call can.
    pub fn with_world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut server = self.shared.lock();
        let changed = change(&mut server.world);
        server.publish();
        drop(server);
        self.shared.wake();
        changed
    }
}

/// Serves a world on 127.0.0.1.
///
/// # Errors
///
/// [`Error::Listen`] when the port is taken, [`Error::Faults`] when a fault switch is out of range.
pub async fn serve(options: Options, mut world: World) -> Result<Running, Error> {
    if let Some(token) = &options.token {
        let bot = world.bot().clone();
        world.add_token(token, &bot);
    }
    world.loopback_webhooks = options.loopback_webhooks;
    let server = Server {
        limits: Limits::new(options.limits),
        faults: FaultState::new(options.faults, world.seed)?,
        journal: Journal::default(),
        oauth_asks: options.oauth_asks,
        bought: world.plan,
        again: options.again,
        world,
    };
    let client = delivery::client()?;
    let shared = Shared(Arc::new(Parts { server: Mutex::new(server), client, bell: Notify::new() }));
    let listen = |source| Error::Listen { port: options.port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await.map_err(listen)?;
    let addr = listener.local_addr().map_err(listen)?;
    shared.lock().world.root = Some(format!("http://{addr}"));
    let app = Router::new().fallback(handle).with_state(shared.clone());
    let (stop, mut stopped) = watch::channel(false);
    let serving = shared.clone();
    let task = tokio::spawn(async move {
        let sender = tokio::spawn(delivery::run(serving));
        let asked_to_stop = async move {
            // An error means the handle was dropped, which stops the sandbox too.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(asked_to_stop).await {
            tracing::error!(%error, "the sandbox stopped");
        }
        sender.abort();
    });
    Ok(Running { base_url: format!("http://{addr}{PREFIX}"), addr, stop, task, shared })
}
