//! `upnext serve` and `upnext work`: the service, until the process is told to stop.
//!
//! Deliberately not here: what the service does (`engine::service`) and what it answers (`web`).

use super::Call;
use crate::cli::{Serve, Work};
use crate::exit::{Exit, UsageError};
use crate::{compose, config, show};
use anyhow::Context;
use engine::service::{Service, ServiceSettings};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;
use web::{Dashboard, Health, Metrics, Web};

/// All in one: receives, keeps watch and works.
pub(super) async fn serve(call: &Call<'_>, args: &Serve) -> anyhow::Result<Exit> {
    let mut settings = call.config.service.clone();
    if let Some(url) = &args.public_url {
        settings.public_url.clone_from(url);
        settings.check(&call.config.time.zone).map_err(UsageError)?;
    }
    let listen = args.listen.map_or_else(|| settings.listen.clone(), |address| address.to_string());
    open_many();
    let listener = bind(&listen).await?;
    let address = listener.local_addr()?;
    let metrics = Metrics::default();
    let mut service = service(call, settings, metrics.clone()).await?;
    service.receives = true;
    let mut web = Web::new(&service, metrics).with_manual(config::DEFAULT);
    if service.settings.asana_sign_in {
        let (app, scopes) = compose::sign_in::visitors(&call.config, call.env, &service.settings.public_url)?;
        web = web.with_asana_sign_in(app, scopes);
    }
    let token = web.dashboard().first_token().await?;
    // Whoever reads that it serves may stop it at once, and is heard.
    let (stopping, stop) = told_to_stop();
    announce(call, &service, Some(address), token.as_deref()).await?;
    let serving = tokio::spawn(web::serve(listener, web, until(stop.clone())));
    service.run(stop).await;
    drop(stopping);
    serving.await??;
    Ok(Exit::Ok)
}

/// A further worker; it answers health checks and metrics where it is told to, and nothing else.
pub(super) async fn work(call: &Call<'_>, args: &Work) -> anyhow::Result<Exit> {
    let settings = call.config.service.clone();
    let listen = args.listen.map_or_else(|| settings.work_listen.clone(), |address| address.to_string());
    let listener = if listen.is_empty() { None } else { Some(bind(&listen).await?) };
    let address = listener.as_ref().map(tokio::net::TcpListener::local_addr).transpose()?;
    let metrics = Metrics::default();
    let service = service(call, settings, metrics.clone()).await?;
    let health = Health::new(&service, metrics);
    let (stopping, stop) = told_to_stop();
    announce(call, &service, address, None).await?;
    let serving =
        listener.map(|listener| tokio::spawn(web::serve_health(listener, health, until(stop.clone()))));
    service.run(stop).await;
    drop(stopping);
    if let Some(serving) = serving {
        serving.await??;
    }
    Ok(Exit::Ok)
}

async fn service(call: &Call<'_>, settings: ServiceSettings, metrics: Metrics) -> anyhow::Result<Service> {
    let engine = compose::engine_of_service(&call.config, call.env).await?;
    let sealer = compose::sealer(&call.config, call.env)?;
    let name = compose::process_name("process")?;
    let zone = &call.config.time.zone;
    Service::new(engine, settings, (Some(sealer), Arc::new(metrics)), (&name, zone))
        .map_err(|error| UsageError(format!("time.zone: {error}")).into())
}

/// The dashboard of a store: no Asana, no jobs, no webhooks.
pub(super) async fn dashboard(call: &Call<'_>, listen: Option<SocketAddr>) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let settings = &call.config.service;
    let listen = listen.map_or_else(|| settings.listen.clone(), |address| address.to_string());
    let listener = bind(&listen).await?;
    let address = listener.local_addr()?.to_string();
    let zone = jiff::tz::TimeZone::get(&call.config.time.zone).context("time.zone")?;
    let rules = compose::rules(&call.config, store.clone())?;
    let dashboard = Dashboard::new(store.clone(), Arc::new(compose::now), &settings.public_url)
        .with_rules(rules, zone)
        .with_manual(config::DEFAULT)
        .with_api_rate(settings.api_requests_per_minute);
    let token = dashboard.first_token().await?;
    let (stopping, stop) = told_to_stop();
    if call.json {
        let object = serde_json::json!({
            "listens": address, "admin_token": token, "store": store.describe()
        });
        say!("{}", serde_json::to_string(&object)?);
    } else {
        say!("The dashboard is at http://{address}/; it only reads. Ctrl-C ends it.");
        say!("  {}", store.describe());
        tell_token(token.as_deref());
    }
    web::serve_dashboard(listener, dashboard, until(stop)).await?;
    drop(stopping);
    Ok(Exit::Ok)
}

/// `upnext admin-token`.
pub(super) async fn admin_token(call: &Call<'_>) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let token = web::new_admin_token(&store, compose::now()).await?;
    if call.json {
        show::json(&serde_json::json!({ "admin_token": token }))?;
    } else {
        say!("{token}");
    }
    Ok(Exit::Ok)
}

/// Tells the first admin token, which is told only once.
pub(super) fn tell_token(token: Option<&str>) {
    if let Some(token) = token {
        say!("  Sign in with this admin token, which is told only now (`upnext admin-token` makes another):");
        say!("  {token}");
    }
}

/// Lets the process open as many files as the system allows it: each connection is one, and those that cannot be let in cannot be told
/// to come again either.
fn open_many() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let allowed = getrlimit(Resource::Nofile).maximum;
        if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: allowed, maximum: allowed }) {
            tracing::warn!(%error, "few connections may be open at a time: raise the limit of open files (ulimit -n)");
        }
    }
}

async fn bind(listen: &str) -> anyhow::Result<tokio::net::TcpListener> {
    let choose = || format!("{listen} cannot be listened on: choose another with --listen");
    web::bind(listen).await.with_context(choose)
}

/// Says where it listens, if it does, the first admin token when it was made just now, and what it works on.
async fn announce(
    call: &Call<'_>,
    service: &Service,
    listens: Option<SocketAddr>,
    token: Option<&str>,
) -> anyhow::Result<()> {
    let store = &service.engine.store;
    let connected = store.connections().await?.len();
    if call.json {
        let mut object = serde_json::json!({
            "listens": listens.map(|address| address.to_string()), "connected": connected, "store": store.describe()
        });
        if let Some(token) = token {
            object["admin_token"] = token.into();
        }
        say!("{}", serde_json::to_string(&object)?);
        return Ok(());
    }
    say!("{}", what_runs(service, listens));
    tell_token(token);
    say!("  {}", store.describe());
    say!("  {connected} connected {}", if connected == 1 { "project" } else { "projects" });
    if connected == 0 {
        say!("  Connect one: upnext connect --project GID");
    }
    if service.settings.public_url.is_empty() && service.receives {
        say!("  service.public_url is empty: Asana's event streams are asked instead of webhooks");
    }
    Ok(())
}

/// The first line a person reads.
fn what_runs(service: &Service, listens: Option<SocketAddr>) -> String {
    let url = service.settings.public_url.trim_end_matches('/');
    match listens {
        Some(address) if service.receives && url.starts_with("https://") => {
            format!(
                "upnext serves {url}/ (the dashboard, health/ready, metrics, webhooks) at {address}; Ctrl-C ends it."
            )
        }
        Some(address) if service.receives => {
            format!(
                "upnext serves http://{address}/ (the dashboard; health/ready, metrics, webhooks); Ctrl-C ends it."
            )
        }
        Some(address) => {
            format!("upnext works on jobs; http://{address}/ has health/ready and metrics; Ctrl-C ends it.")
        }
        None => "upnext works on jobs; Ctrl-C ends it.".to_owned(),
    }
}

/// Says true once the process is told to stop. The sender keeps it alive.
fn told_to_stop() -> (tokio::task::JoinHandle<()>, watch::Receiver<bool>) {
    let (sender, receiver) = watch::channel(false);
    let told = stop();
    let task = tokio::spawn(async move {
        told.await;
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

/// Ends when the process is asked to: Ctrl-C or SIGTERM. Both are listened for from the call on, not from the first waiting.
pub(super) fn stop() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::interrupt(), SignalKind::terminate()].map(signal)
    };
    async move {
        #[cfg(unix)]
        {
            let [interrupt, terminate] = signals.map(heard);
            tokio::select! { () = interrupt => {}, () = terminate => {} }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Ends with a signal; never, where it cannot be listened for.
#[cfg(unix)]
async fn heard(signal: std::io::Result<tokio::signal::unix::Signal>) {
    match signal {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}
