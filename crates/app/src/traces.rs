//! OpenTelemetry traces: what a command or a job spent its time on, sent to a collector as OTLP over HTTP.
//!
//! Spans are those of `tracing`: a job, the stages of a run, each request to Asana. Only built with the feature `traces`, only sent
//! where `OTEL_EXPORTER_OTLP_ENDPOINT` says; a collector that does not answer costs what it was to be told and nothing else.
//! Deliberately not here: metrics and logs, which have their own ways out. Known limits: JSON encoding alone; a trace begins with
//! the process's own work, what Asana sends carries none.

use crate::exit::UsageError;
use anyhow::Context as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use std::time::Duration;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::filter::{Filtered, Targets};
use tracing_subscriber::layer::Layer as _;
use tracing_subscriber::registry::LookupSpan;

/// As long as a collector is waited for: it must not hold up the end of a command.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is told of traces, and the means to send what is still to be sent.
pub type TraceLayer<S> = Filtered<OpenTelemetryLayer<S, Tracer>, Targets, S>;

/// Sends spans to the collector at `endpoint`, which is its base address: `/v1/traces` is added.
///
/// # Errors
/// An address that is none.
pub fn layer<S>(endpoint: &str, service: &str) -> anyhow::Result<(TraceLayer<S>, SdkTracerProvider)>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    reqwest::Url::parse(&address).map_err(|error| {
        UsageError(format!("OTEL_EXPORTER_OTLP_ENDPOINT: `{endpoint}` is no address: {error}"))
    })?;
    // The same cryptography as everything else of the process; whoever comes first installs it.
    drop(rustls::crypto::ring::default_provider().install_default());
    #[expect(clippy::disallowed_methods, reason = "a collector is not Asana")]
    let http = reqwest::Client::builder().timeout(PATIENCE).build().context("a client for traces")?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Sender { http, runtime: Handle::current() })
        .with_endpoint(address)
        .with_protocol(Protocol::HttpJson)
        .build()
        .context("traces cannot be sent")?;
    let resource = Resource::builder_empty().with_service_name(service.to_owned()).build();
    let provider = SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build();
    let spans = Targets::new()
        .with_target("engine", tracing::Level::INFO)
        .with_target("asana", tracing::Level::DEBUG)
        .with_target("llm", tracing::Level::DEBUG);
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("upnext")).with_filter(spans);
    Ok((layer, provider))
}

/// The exporter's thread knows no runtime: requests are sent on ours.
#[derive(Debug)]
struct Sender {
    http: reqwest::Client,
    runtime: Handle,
}

#[async_trait::async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let http = self.http.clone();
        let answer = self.runtime.spawn(async move {
            let answer = http.execute(request).await?;
            let status = answer.status();
            Ok::<_, reqwest::Error>((status, answer.bytes().await?))
        });
        let (status, body) = answer.await??;
        Ok(Response::builder().status(status).body(body)?)
    }
}
