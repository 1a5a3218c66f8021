//! A PostgreSQL for the tests: the one named, else one that answers on this machine, else a private one, else –
//! where Debian's tools are – one installed on the spot.
//!
//! It never touches the data of a server it did not start: the tests make and drop databases of their own.

mod cluster;
mod handshake;
mod install;

pub use cluster::{Cluster, Programs};
pub use handshake::trusts;

use std::fmt;
use std::net::SocketAddr;

/// What to do about it by hand.
const REMEDY: &str = "install PostgreSQL (Debian and Ubuntu: `apt-get install postgresql`, Fedora: `dnf install \
     postgresql-server`, macOS: `brew install postgresql`) and run this again, or set \
     UPNEXT_TEST_POSTGRES=postgres://user:password@host:5432/postgres to a server whose user may create databases";

/// Which server the tests should use.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The one at this URL.
    Given(String),
    /// One that answers on 127.0.0.1:5432, else a private one.
    Any,
    /// A private one in any case.
    Private,
}

/// The server the tests use; a private one stops when this is dropped.
pub enum Server {
    /// The one at the URL given.
    Given(String),
    /// The one that answered.
    Running(SocketAddr),
    /// Ours.
    Private(Cluster),
}

impl Server {
    /// What to connect to, as a user who may create databases.
    pub fn url(&self) -> &str {
        match self {
            Self::Given(url) => url,
            Self::Running(_) => "postgres://postgres@127.0.0.1:5432/postgres",
            Self::Private(cluster) => cluster.url(),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The URL may hold a password.
            Self::Given(_) => write!(f, "the server named by UPNEXT_TEST_POSTGRES"),
            Self::Running(address) => write!(f, "the server that answers on {address} without a password"),
            Self::Private(cluster) => write!(f, "a private server for this run: {}", cluster.url()),
        }
    }
}

/// Finds, starts or installs the server that is `wanted`. Errors say what to install or set.
pub fn provide(wanted: Wanted) -> anyhow::Result<Server> {
    let usual = SocketAddr::from(([127, 0, 0, 1], 5432));
    match wanted {
        Wanted::Given(url) => return Ok(Server::Given(url)),
        Wanted::Any if trusts(usual) => return Ok(Server::Running(usual)),
        Wanted::Any | Wanted::Private => {}
    }
    let programs = match Programs::find() {
        Some(programs) => programs,
        None => install::install()?,
    };
    Ok(Server::Private(Cluster::start(programs)?))
}
