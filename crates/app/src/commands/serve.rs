//! `upnext serve`: health checks, until the process is told to stop.
//!
//! Deliberately not here: anything else a service will do.

use super::Call;
use crate::compose;
use crate::exit::Exit;
use anyhow::Context;
use std::net::Ipv4Addr;

pub(super) async fn run(call: &Call<'_>, port: u16) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("port {port} cannot be listened on: choose another with --port"))?;
    say!("upnext serves health checks on http://{}/health/ready", listener.local_addr()?);
    web::serve(listener, store, stop()).await?;
    Ok(Exit::Ok)
}

/// Ends when the process is asked to: Ctrl-C or SIGTERM.
pub(super) async fn stop() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            return ctrl_c.await;
        };
        tokio::select! { () = ctrl_c => {}, _ = term.recv() => {} }
    }
    #[cfg(not(unix))]
    ctrl_c.await;
}
