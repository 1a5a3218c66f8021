//! The receiver of webhooks: the handshake, the signature, the acknowledgement.
//!
//! A secret is taken only for a path that a registration is waiting for, and once. Signatures are over the bytes as they came.
//! Nothing of a delivery is looked at before its signature has been, and nothing is acknowledged before it is durable.
//! Deliberately not here: registering (`engine::service`), and what deliveries mean.

use crate::Web;
use asana::signature::{SECRET_HEADER, SIGNATURE_HEADER, verify};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::ProjectGid;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use store::Delivery;

/// The largest body that is read, bytes. Asana's deliveries hold at most some hundred events of some hundred bytes each.
pub(crate) const LARGEST: usize = 4 * 1024 * 1024;

/// Longer than any path we make.
const LONGEST_PATH: usize = 128;

/// Longer than any secret Asana sends.
const LONGEST_SECRET: usize = 512;

/// A webhook as the receiver needs it.
#[derive(Clone)]
struct Known {
    path: Arc<str>,
    project: ProjectGid,
    secret: Arc<SecretString>,
}

/// Webhooks that called before, so that a delivery costs no reading. What is here was made by us: paths are not to be guessed.
#[derive(Clone, Default)]
pub(crate) struct Hooks(Arc<RwLock<HashMap<String, Known>>>);

/// A delivery or a handshake.
pub(crate) async fn receive(
    State(web): State<Arc<Web>>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if path.len() > LONGEST_PATH {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(secret) = headers.get(SECRET_HEADER) {
        return match secret.to_str() {
            Ok(text) if text.len() <= LONGEST_SECRET => shake(&web, &path, text).await,
            _ => StatusCode::BAD_REQUEST.into_response(),
        };
    }
    let known = match known(&web, &path).await {
        Ok(Some(known)) => known,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(status) => return busy(status),
    };
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !verify(&known.secret, &body, signature) {
        web.metrics.delivery("forged");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let delivery = Delivery { project: known.project, received_at: (web.clock)(), body: body.to_vec() };
    if web.ingest.keep(known.path, delivery).await {
        web.metrics.delivery("kept");
        StatusCode::OK.into_response()
    } else {
        web.metrics.delivery("shed");
        busy(StatusCode::SERVICE_UNAVAILABLE)
    }
}

/// Takes a secret that is awaited and says it back.
async fn shake(web: &Web, path: &str, secret: &str) -> Response {
    let Some(sealer) = &web.sealer else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(sealed) = sealer.seal(path, &SecretString::from(secret)) else {
        return busy(StatusCode::SERVICE_UNAVAILABLE);
    };
    match web.store.take_secret(path, sealed, (web.clock)()).await {
        Ok(true) => (StatusCode::OK, [(SECRET_HEADER, secret.to_owned())]).into_response(),
        Ok(false) => {
            tracing::warn!("a webhook secret that nobody waits for was refused");
            StatusCode::FORBIDDEN.into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "a webhook secret cannot be kept");
            busy(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

async fn known(web: &Web, path: &str) -> Result<Option<Known>, StatusCode> {
    let remembered = web.hooks.0.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
    if remembered.is_some() {
        return Ok(remembered);
    }
    let (Some(sealer), Some(hook)) = (&web.sealer, found(web, path).await?) else { return Ok(None) };
    let Some(sealed) = hook.secret else { return Ok(None) };
    let secret = sealer.open(path, &sealed).map_err(|error| {
        tracing::error!(%error, project = %hook.project, "the secret of a webhook cannot be read");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    let known = Known { path: path.into(), project: hook.project, secret: Arc::new(secret) };
    web.hooks.0.write().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), known.clone());
    Ok(Some(known))
}

async fn found(web: &Web, path: &str) -> Result<Option<store::Hook>, StatusCode> {
    web.store.hook(path).await.map_err(|error| {
        tracing::warn!(%error, "webhooks cannot be looked up");
        StatusCode::SERVICE_UNAVAILABLE
    })
}

/// Asana tries again, with growing pauses, for a day.
fn busy(status: StatusCode) -> Response {
    (status, [(header::RETRY_AFTER, "5")]).into_response()
}
