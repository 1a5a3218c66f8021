//! What is being worked on, sent as it changes to whoever has a page open (server-sent events).
//!
//! One look at the store a second for all who listen, and none while nobody does. A page without scripts shows the same when it is
//! loaded. Streams end when the process is told to stop, so that they keep nobody waiting. Known limit: `LISTENERS` at a time.

use super::{Dashboard, Refusal, Visitor, ended};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use domain::Access;
use engine::Clock;
use engine::views::{Views, Working};
use futures_util::stream::{self, StreamExt as _};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Streams at a time: a few pages of everybody in a team of fifty.
const LISTENERS: usize = 200;

/// How long a stream lasts: then the browser asks again, and whether it is still signed in is looked at.
const LONGEST: Duration = Duration::from_secs(300);

/// Between two looks.
const BETWEEN: Duration = Duration::from_secs(1);

/// How soon a browser that lost its stream asks again.
const AGAIN: Duration = Duration::from_secs(5);

/// Tells what is being worked on.
#[derive(Clone)]
pub(super) struct Live(Arc<Inner>);

struct Inner {
    views: Views,
    clock: Clock,
    /// None before the first look.
    now: watch::Sender<Option<Working>>,
    end: watch::Sender<bool>,
    places: Arc<Semaphore>,
    looks: AtomicBool,
}

impl Live {
    pub(super) fn new(views: Views, clock: Clock) -> Live {
        Live(Arc::new(Inner {
            views,
            clock,
            now: watch::Sender::new(None),
            end: watch::Sender::new(false),
            places: Arc::new(Semaphore::new(LISTENERS)),
            looks: AtomicBool::new(false),
        }))
    }

    /// Ends every stream, and those that begin from now on.
    pub(super) fn end(&self) {
        self.0.end.send_replace(true);
    }

    /// Sees that somebody looks while somebody listens.
    fn look(&self) {
        if self.0.looks.swap(true, Ordering::AcqRel) {
            return;
        }
        let live = self.clone();
        tokio::spawn(async move {
            let mut over = std::pin::pin!(ended(live.0.end.subscribe()));
            loop {
                match live.0.views.working((live.0.clock)()).await {
                    Ok(working) => {
                        live.0.now.send_if_modified(|known| {
                            let is_news = known.as_ref() != Some(&working);
                            *known = Some(working);
                            is_news
                        });
                    }
                    Err(error) => tracing::debug!(%error, "what is being worked on cannot be read"),
                }
                tokio::select! {
                    () = tokio::time::sleep(BETWEEN) => {}
                    () = &mut over => return,
                }
                if live.0.now.receiver_count() == 0 {
                    // Whoever comes next must not take what is old by then for news.
                    live.0.now.send_replace(None);
                    live.0.looks.store(false, Ordering::Release);
                    // Somebody may have come between the two lines above.
                    if live.0.now.receiver_count() == 0 || live.0.looks.swap(true, Ordering::AcqRel) {
                        return;
                    }
                }
            }
        });
    }
}

/// One who listens.
struct Listener {
    now: watch::Receiver<Option<Working>>,
    end: watch::Receiver<bool>,
    access: Access,
    told: Option<Working>,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    /// The next thing to tell; none at the end.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Listener)> {
        loop {
            let working = self.now.borrow_and_update().as_ref().map(|now| now.seen_by(&self.access));
            if *self.end.borrow() {
                return None;
            }
            if let Some(working) = working.filter(|working| self.told.as_ref() != Some(working)) {
                let event = Event::default().event("working").retry(AGAIN).json_data(&working);
                self.told = Some(working);
                return Some((Ok(event.unwrap_or_default()), self));
            }
            tokio::select! {
                changed = self.now.changed() => if changed.is_err() { return None },
                _ = self.end.changed() => return None,
            }
        }
    }
}

/// The stream of what is being worked on in the projects a visitor sees.
pub(crate) async fn live(State(dashboard): State<Dashboard>, visitor: Visitor) -> Result<Response, Refusal> {
    let live = &dashboard.live.0;
    let Ok(place) = live.places.clone().try_acquire_owned() else {
        return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
    };
    let listener = Listener {
        now: live.now.subscribe(),
        end: live.end.subscribe(),
        access: visitor.access,
        told: None,
        _place: place,
    };
    dashboard.live.look();
    let events = stream::unfold(listener, Listener::next).take_until(tokio::time::sleep(LONGEST)).boxed();
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response())
}
