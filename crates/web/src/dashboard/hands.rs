//! What a dashboard works with: beside a service an engine that may write, alone one that knows the rules and reaches nobody.
//!
//! Work that was begun goes on when the browser does not wait for it; a page is told what it came to if that is soon enough.
//! Deliberately not here: who may have what done (the page asks its visitor).

use super::turns::{Look, Turn};
use super::{Dashboard, Refusal, Visitor};
use domain::{Approval, Moment};
use engine::{ApprovalView, Engine, EngineError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::Duration;

/// As long as a page waits; shorter than a request may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An engine, and the zone its days are reckoned in.
pub(super) struct Hands {
    engine: Engine,
    zone: TimeZone,
    may_write: bool,
}

impl Hands {
    /// Asana and the store keep milliseconds; a finer moment would not survive a round trip.
    fn moment(&self, now: Timestamp) -> Moment {
        let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Moment { at, today: self.zone.to_datetime(at).date() }
    }
}

impl Dashboard {
    /// The same, able to carry out what people say.
    #[must_use]
    pub fn with_hands(self, engine: Engine, zone: TimeZone) -> Dashboard {
        Dashboard { hands: Some(Arc::new(Hands { engine, zone, may_write: true })), ..self }
    }

    /// The same, able to tell what follows from the rules and the store, and nothing more: the engine's Asana is never asked.
    #[must_use]
    pub fn with_rules(self, engine: Engine, zone: TimeZone) -> Dashboard {
        Dashboard { hands: Some(Arc::new(Hands { engine, zone, may_write: false })), ..self }
    }

    /// The zone that days are reckoned in.
    pub(crate) fn zone(&self) -> TimeZone {
        self.hands.as_ref().map_or(TimeZone::UTC, |hands| hands.zone.clone())
    }

    /// The engine that may ask Asana, if there is one.
    pub(crate) fn asks_asana(&self) -> Option<&Engine> {
        self.hands.as_ref().filter(|hands| hands.may_write).map(|hands| &hands.engine)
    }

    /// Requests a minute that Asana is asked at most; none where it is not asked from here, or without a limit.
    pub(crate) fn requests_per_minute(&self) -> Option<u32> {
        self.asks_asana().map(|engine| engine.asana.requests_per_minute()).filter(|limit| *limit > 0)
    }

    /// Whether it can carry out what people say.
    pub(crate) fn has_hands(&self) -> bool {
        self.asks_asana().is_some()
    }

    /// Finds something out from the store and the rules for a visitor, when it is their turn.
    pub(crate) async fn find<T, F>(
        &self,
        visitor: &Visitor,
        look: impl FnOnce(Engine, Moment) -> F + Send + 'static,
    ) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, EngineError>>,
    {
        let hands = self.hands.clone().ok_or_else(only_reads)?;
        let turn = self.turns.of(&visitor.place(), Look::Store).await?;
        let found = self.apart(hands, Some(turn), look).await?;
        found
            .ok_or_else(|| Refusal::Bad("This takes longer than a page waits: try again in a minute.".into()))
    }

    /// Has something read and reckoned for a visitor, when it is their turn; none when it takes longer, in which case it goes on. What
    /// is kept already is looked for before: a turn is for what it takes Asana or a core to find out.
    pub(crate) async fn reckon<T, F>(
        &self,
        (visitor, look): (&Visitor, Look),
        work: impl FnOnce(Engine, Moment) -> F + Send + 'static,
    ) -> Result<Option<T>, Refusal>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, EngineError>>,
    {
        self.reckon_for((&visitor.place(), look), work).await
    }

    /// The same for whoever holds a place of that name: a session, or an API key.
    pub(crate) async fn reckon_for<T, F>(
        &self,
        (who, look): (&str, Look),
        work: impl FnOnce(Engine, Moment) -> F + Send + 'static,
    ) -> Result<Option<T>, Refusal>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, EngineError>>,
    {
        let hands = self.hands.clone().filter(|hands| hands.may_write).ok_or_else(only_reads)?;
        let turn = self.turns.of(who, look).await?;
        self.apart(hands, Some(turn), work).await
    }

    /// An approval as it is told, as far as the rules are known here.
    pub(crate) fn told(&self, approval: Approval) -> ApprovalView {
        match &self.hands {
            Some(hands) => hands.engine.told(approval),
            None => ApprovalView { approval, silent_yes_at: None },
        }
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
        let hands = self.hands.clone().filter(|hands| hands.may_write).ok_or_else(only_reads)?;
        self.apart(hands, None, work).await
    }

    /// On a thread of its own, as jobs have: thousands of tasks must not hold up other pages.
    async fn apart<T, F>(
        &self,
        hands: Arc<Hands>,
        turn: Option<Turn>,
        work: impl FnOnce(Engine, Moment) -> F + Send + 'static,
    ) -> Result<Option<T>, Refusal>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, EngineError>>,
    {
        let moment = hands.moment(self.now());
        let runtime = tokio::runtime::Handle::current();
        let doing = tokio::task::spawn_blocking(move || {
            let done = runtime.block_on(work(hands.engine.clone(), moment));
            drop(turn);
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

fn only_reads() -> Refusal {
    let text = "This dashboard only reads: it was started without Asana. Use the one of `upnext serve`, or the commands.";
    Refusal::Bad(text.into())
}
