//! Starting and stopping the sandbox.

use crate::error::Error;
use crate::faults::{FaultState, Faults};
use crate::http::{PREFIX, handle};
use crate::journal::Journal;
use crate::limits::Limits;
use crate::world::{Plan, World};
use axum::Router;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the sandbox runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// A further token of the bot user, beside `sandbox-token`.
    pub token: Option<String>,
    /// Whether request budgets and in-flight limits are enforced.
    pub limits: bool,
    /// Fault switches at the start.
    pub faults: Faults,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 0, token: None, limits: true, faults: Faults::default() }
    }
}

/// Everything a request needs, behind one lock.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) world: World,
    pub(crate) limits: Limits,
    pub(crate) faults: FaultState,
    pub(crate) journal: Journal,
    /// The plan the world was made with; a fault may lower it.
    bought: Plan,
}

impl Server {
    /// The plan in force.
    pub(crate) fn plan(&self) -> Plan {
        self.faults.plan().unwrap_or(self.bought)
    }
}

/// The server, shared by all connections.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<Mutex<Server>>);

impl Shared {
    /// Locks for the time of one piece of work; a panic elsewhere does not end the sandbox.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Server> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Changes the world directly, between requests: set up what no API call can.
    pub fn with_world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.shared.lock().world)
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
    let server = Server {
        limits: Limits::new(options.limits),
        faults: FaultState::new(options.faults, world.seed)?,
        journal: Journal::default(),
        bought: world.plan,
        world,
    };
    let shared = Shared(Arc::new(Mutex::new(server)));
    let listen = |source| Error::Listen { port: options.port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await.map_err(listen)?;
    let addr = listener.local_addr().map_err(listen)?;
    let app = Router::new().fallback(handle).with_state(shared.clone());
    let (stop, mut stopped) = watch::channel(false);
    let task = tokio::spawn(async move {
        let asked_to_stop = async move {
            // An error means the handle was dropped, which stops the sandbox too.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(asked_to_stop).await {
            tracing::error!(%error, "the sandbox stopped");
        }
    });
    Ok(Running { base_url: format!("http://{addr}{PREFIX}"), addr, stop, task, shared })
}
