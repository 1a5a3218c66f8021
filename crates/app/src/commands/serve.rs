//! `upnext serve` and `upnext work`: the service, until the process is told to stop.
//!
//! Deliberately not here: what the service does (`engine::service`) and what it answers (`web`).

use super::Call;
use crate::cli::Serve;
use crate::compose;
use crate::exit::{Exit, UsageError};
use anyhow::Context;
use engine::service::{Service, ServiceSettings};
use std::sync::Arc;
use tokio::sync::watch;
use web::{Metrics, Web};

/// All in one: receives, keeps watch and works.
pub(super) async fn serve(call: &Call<'_>, args: &Serve) -> anyhow::Result<Exit> {
    let mut settings = call.config.service.clone();
    if let Some(url) = &args.public_url {
        settings.public_url.clone_from(url);
        settings.check(&call.config.time.zone).map_err(UsageError)?;
    }
    let listen = args.listen.map_or_else(|| settings.listen.clone(), |address| address.to_string());
    let listener = tokio::net::TcpListener::bind(&listen)
        .await
        .with_context(|| format!("{listen} cannot be listened on: choose another with --listen"))?;
    let address = listener.local_addr()?;
    let metrics = Metrics::default();
    let mut service = service(call, settings, metrics.clone()).await?;
    service.receives = true;
    let web = Web::new(&service, metrics);
    announce(call, &service, Some(&address.to_string())).await?;
    let (stopping, stop) = told_to_stop();
    let serving = tokio::spawn(web::serve(listener, web, until(stop.clone())));
    service.run(stop).await;
    drop(stopping);
    serving.await??;
    Ok(Exit::Ok)
}

/// A further worker: no port.
pub(super) async fn work(call: &Call<'_>) -> anyhow::Result<Exit> {
    let service = service(call, call.config.service.clone(), Metrics::default()).await?;
    announce(call, &service, None).await?;
    let (stopping, stop) = told_to_stop();
    service.run(stop).await;
    drop(stopping);
    Ok(Exit::Ok)
}

async fn service(call: &Call<'_>, settings: ServiceSettings, metrics: Metrics) -> anyhow::Result<Service> {
    let engine = compose::engine(&call.config, call.env).await?;
    let sealer = compose::sealer(&call.config, call.env)?;
    let name = format!("process {} ({})", std::process::id(), &engine::unguessable()?[..6]);
    let zone = &call.config.time.zone;
    Service::new(engine, settings, (Some(sealer), Arc::new(metrics)), (&name, zone))
        .map_err(|error| UsageError(format!("time.zone: {error}")).into())
}

async fn announce(call: &Call<'_>, service: &Service, listens: Option<&str>) -> anyhow::Result<()> {
    let store = &service.engine.store;
    let connected = store.connections().await?.len();
    if call.json {
        let object =
            serde_json::json!({ "listens": listens, "connected": connected, "store": store.describe() });
        say!("{}", serde_json::to_string(&object)?);
        return Ok(());
    }
    match listens {
        Some(address) => {
            say!("upnext serves http://{address}/ (health/ready, metrics, webhooks); Ctrl-C ends it.")
        }
        None => say!("upnext works on jobs; Ctrl-C ends it."),
    }
    say!("  {}", store.describe());
    say!("  {connected} connected {}", if connected == 1 { "project" } else { "projects" });
    if connected == 0 {
        say!("  Connect one: upnext connect --project GID");
    }
    if service.settings.public_url.is_empty() && listens.is_some() {
        say!("  service.public_url is empty: Asana's event streams are asked instead of webhooks");
    }
    Ok(())
}

/// Says true once the process is told to stop. The sender keeps it alive.
fn told_to_stop() -> (tokio::task::JoinHandle<()>, watch::Receiver<bool>) {
    let (sender, receiver) = watch::channel(false);
    let task = tokio::spawn(async move {
        stop().await;
        sender.send_replace(true);
        // Receivers must not take the end of the sender for news.
        sender.closed().await;
    });
    (task, receiver)
}

async fn until(mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if stop.changed().await.is_err() {
            return;
        }
    }
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
