//! What a dashboard that may write works with: beside a service it has an engine, alone it only reads.
//!
//! Work that was begun goes on when the browser does not wait for it; a page is told what it came to if that is soon enough.
//! Deliberately not here: who may have what done (the page asks its visitor).

use super::{Dashboard, Refusal};
use domain::Moment;
use engine::{Engine, EngineError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::time::Duration;

/// As long as a page waits; shorter than a request may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An engine, and the zone its days are reckoned in.
#[derive(Clone)]
pub(super) struct Hands {
    engine: Engine,
    zone: TimeZone,
}

impl Dashboard {
    /// The same, able to carry out what people say.
    #[must_use]
    pub fn with_hands(self, engine: Engine, zone: TimeZone) -> Dashboard {
        Dashboard { hands: Some(Hands { engine, zone }), ..self }
    }

    /// Whether it can carry out what people say.
    pub(crate) fn has_hands(&self) -> bool {
        self.hands.is_some()
    }

    /// How sure a label must be to be given by itself, 0–1; only what is certain where nothing is ever written.
    pub(crate) fn precision(&self) -> f64 {
        self.hands.as_ref().map_or(1.0, |hands| hands.engine.policy.triage.precision)
    }

    /// Has something done and waits for it; none when it takes longer, in which case it goes on.
    pub(crate) async fn do_it<T, F>(
        &self,
        work: impl FnOnce(Engine, Moment) -> F + Send + 'static,
    ) -> Result<Option<T>, Refusal>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, EngineError>>,
    {
        let hands = self.hands.clone().ok_or_else(|| {
            Refusal::Bad("This dashboard only reads: it was started without Asana. Use the one of `upnext serve`, or the commands.".into())
        })?;
        // Asana and the store keep milliseconds; a finer moment would not survive a round trip.
        let now = self.now();
        let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let moment = Moment { at, today: hands.zone.to_datetime(at).date() };
        let runtime = tokio::runtime::Handle::current();
        // A thread of its own, as jobs have: thousands of tasks must not hold up other pages.
        let doing = tokio::task::spawn_blocking(move || {
            let done = runtime.block_on(work(hands.engine, moment));
            if let Err(error) = &done {
                // Nobody may be waiting for it any more.
                tracing::warn!(%error, "what somebody asked for on the dashboard was not done");
            }
            done
        });
        match tokio::time::timeout(PATIENCE, doing).await {
            Ok(Ok(done)) => Ok(Some(done?)),
            Ok(Err(error)) => Err(EngineError::Stopped(error.to_string()).into()),
            Err(_) => Ok(None),
        }
    }
}
