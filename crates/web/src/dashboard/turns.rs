//! Whose turn it is to have something found out: of every session one look at a time, of all of them a few.
//!
//! A turn is waited for before a thread is taken, and kept for as long as the work lasts, also when nobody waits for it any more: what
//! a visitor gives up on and asks for again cannot pile up. The portfolios are read for everybody: that has a place of its own and takes
//! nobody's turn. Deliberately not here: the work (`hands`), what is decided and written.

use super::Refusal;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a turn is waited for; with the time that a page waits for the work it stays below what a request may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at the store at a time: each may take a core, and rankings and writing want theirs.
const AT_ONCE: usize = 2;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// The store and the rules; of Asana at most what a portfolio holds.
    Store,
    /// Who works in a project: asks Asana about everybody, and reckons for some seconds.
    People,
    /// The portfolios: asks Asana about every project, for minutes, and is shared by all who look.
    Portfolios,
}

/// A turn; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _own: Option<OwnedSemaphorePermit>,
    _of_all: OwnedSemaphorePermit,
}

/// Who looks.
#[derive(Debug)]
pub(super) struct Turns {
    store: Arc<Semaphore>,
    people: Arc<Semaphore>,
    portfolios: Arc<Semaphore>,
    visitors: Mutex<HashMap<String, Weak<Semaphore>>>,
}

impl Default for Turns {
    fn default() -> Turns {
        let of = |places| Arc::new(Semaphore::new(places));
        Turns { store: of(AT_ONCE), people: of(1), portfolios: of(1), visitors: Mutex::default() }
    }
}

impl Turns {
    /// Waits for the turn of a visitor, who is told from others by their session.
    pub(super) async fn of(&self, who: &str, look: Look) -> Result<Turn, Refusal> {
        self.within(PATIENCE, who, look).await.ok_or(Refusal::Busy)
    }

    async fn within(&self, patience: Duration, who: &str, look: Look) -> Option<Turn> {
        let own = (look != Look::Portfolios).then(|| self.own(who));
        let of_all = match look {
            Look::Store => self.store.clone(),
            Look::People => self.people.clone(),
            Look::Portfolios => self.portfolios.clone(),
        };
        let turn = async {
            let _own = match own {
                Some(own) => Some(own.acquire_owned().await.ok()?),
                None => None,
            };
            let _of_all = of_all.acquire_owned().await.ok()?;
            Some(Turn { _own, _of_all })
        };
        tokio::time::timeout(patience, turn).await.ok().flatten()
    }

    /// The one place a visitor has, for as long as anybody holds it or waits for it.
    fn own(&self, who: &str) -> Arc<Semaphore> {
        let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        visitors.retain(|_, place| place.strong_count() > 0);
        if let Some(place) = visitors.get(who).and_then(Weak::upgrade) {
            return place;
        }
        let place = Arc::new(Semaphore::new(1));
        visitors.insert(who.to_owned(), Arc::downgrade(&place));
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn turn(turns: &Turns, who: &str, look: Look) -> Option<Turn> {
        turns.within(Duration::from_millis(5), who, look).await
    }

    #[tokio::test]
    async fn a_visitor_has_one_turn_and_all_of_them_a_few() {
        let turns = Turns::default();
        let first = turn(&turns, "Ana", Look::Store).await.expect("a turn");
        assert!(turn(&turns, "Ana", Look::Store).await.is_none(), "one of each visitor");
        assert!(turn(&turns, "Ana", Look::People).await.is_none(), "whatever it is");
        let second = turn(&turns, "Ben", Look::Store).await.expect("a turn");
        assert!(turn(&turns, "Cem", Look::Store).await.is_none(), "two at a time");
        let third = turn(&turns, "Cem", Look::People).await.expect("a turn");
        assert!(turn(&turns, "Dov", Look::People).await.is_none(), "people are read by one at a time");
        let portfolios = turn(&turns, "Ana", Look::Portfolios).await.expect("a place of its own");
        assert!(turn(&turns, "Eve", Look::Portfolios).await.is_none(), "they are read by one at a time");
        drop((first, third));
        assert!(turn(&turns, "Ana", Look::Store).await.is_some());
        assert!(turn(&turns, "Dov", Look::People).await.is_some());
        drop((second, portfolios));
        turns.own("Eve");
        assert_eq!(turns.visitors.lock().expect("no panic").len(), 1, "who has gone is forgotten");
    }
}
