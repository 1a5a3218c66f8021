//! The arguments of the service's commands.
//!
//! Deliberately not here: what they do.

use clap::{Args, Subcommand, ValueEnum};

/// `upnext serve`.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where to listen, over service.listen; port 0 lets the system choose.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<std::net::SocketAddr>,
    /// The https address under which Asana reaches this service, over service.public_url.
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
}

/// `upnext work`.
#[derive(Debug, Args)]
pub struct Work {
    /// Where to answer /health/live, /health/ready and /metrics, over service.work_listen; port 0 lets the system choose.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<std::net::SocketAddr>,
}

/// `upnext jobs …`.
#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// Jobs that wait, run or were given up, the most urgent first, with the attempts at those that failed.
    List {
        /// Only those that stand so.
        #[arg(long, value_enum)]
        state: Option<Standing>,
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Give a job that was given up another chance.
    Retry {
        /// The job's number.
        job: i64,
        /// Who does it, for the audit trail; “command line” when nobody is named.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Forget a job that nobody is working on.
    Drop {
        /// The job's number.
        job: i64,
        /// Who does it, for the audit trail; “command line” when nobody is named.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Standing {
    /// Waiting for its time or for a worker.
    Ready,
    /// Being worked on.
    Leased,
    /// Given up.
    Dead,
}
