//! Signing in with Asana: who is on their way there, and who comes back.
//!
//! A browser that sets out gets a cookie with what it set out with (the state, PKCE's verifier, the page it wanted), sealed with the
//! service's key, good for `LONGEST` and for no other browser. Nothing is kept here, so nobody can crowd out those on their way, and
//! they may come back to any process with that key. That a way is gone once is Asana's doing, where a code is good once. Of the
//! tokens only whose they are is read: they are dropped at once and never kept. Deliberately not here: sessions (`session`), what the
//! person may do (`roles`). Known limit: the refresh token of the person whose token Upnext itself uses is dropped without being given
//! back, because that could end Upnext's own sign-in.

use super::roles::Standing;
use super::{Dashboard, Refusal, from_hex, to_hex};
use crate::limit::Limit;
use asana::oauth::{App, Pending};
use engine::{Engine, EngineError, SealError, Sealer};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// How long somebody may take in Asana.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);

/// Letters of the page somebody wanted; of a longer address the first page is gone to.
const LONGEST_NEXT: usize = 1000;

/// Letters of a sealed way, below what browsers keep of a cookie (4,096): two for each byte of the page wanted, of the two random
/// words, and of what goes around them, with room to spare.
pub(super) const LONGEST_WAY: usize = 2 * LONGEST_NEXT + 1000;

/// What a way is sealed for.
const PURPOSE: &str = "somebody on their way to sign in with Asana";

/// Times a minute that one person may come back: each time is in the audit trail, and Asana is asked about them.
const OF_ONE_PERSON: u32 = 6;

/// What somebody set out with.
#[derive(Debug)]
struct Way {
    state: String,
    verifier: SecretString,
    next: String,
}

/// The app, and what ways are sealed with.
pub(super) struct AsanaSignIn {
    app: App,
    scopes: &'static [&'static str],
    sealer: Sealer,
    /// Upnext's own gid in Asana, asked once.
    ours: OnceCell<String>,
    people: Limit,
}

/// Who came back.
pub(crate) struct CameBack {
    /// Their gid in Asana.
    pub(crate) gid: String,
    /// Their name, as Asana tells it.
    pub(crate) name: String,
    /// The page they wanted.
    pub(crate) next: String,
}

impl Way {
    /// For a cookie.
    fn sealed(&self, sealer: &Sealer, now: Timestamp) -> Result<String, SealError> {
        // The page comes last, as it alone may hold spaces.
        let text = format!(
            "{} {} {} {}",
            now.as_millisecond(),
            self.state,
            self.verifier.expose_secret(),
            self.next
        );
        Ok(to_hex(&sealer.seal(PURPOSE, &SecretString::from(text))?))
    }

    /// Out of a cookie of ours that is not too old.
    fn opened(sealed: &str, sealer: &Sealer, now: Timestamp) -> Option<Way> {
        let text = sealer.open(PURPOSE, &from_hex(sealed, LONGEST_WAY)?).ok()?;
        let mut parts = text.expose_secret().splitn(4, ' ');
        let at = Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok()?;
        let mut word = || parts.next().map(str::to_owned);
        let way = Way { state: word()?, verifier: word()?.into(), next: word()? };
        (now.duration_since(at) < LONGEST).then_some(way)
    }
}

impl AsanaSignIn {
    /// Whose token Upnext itself works with.
    async fn ours(&self, engine: &Engine) -> Result<&str, EngineError> {
        let ask = || async { engine.asana.users().me(&["gid"]).await.map(|me| me.gid) };
        Ok(self.ours.get_or_try_init(ask).await?)
    }
}

impl Dashboard {
    /// Where people come back to from Asana, below `public_url`.
    pub const ASANA_BACK: &'static str = "/sign-in/asana/back";

    /// The same, letting people in who are members of a project in Asana. The app's redirect address is
    /// `public_url` followed by [`Dashboard::ASANA_BACK`]; `sealer` has the service's key. Nobody is let in before the dashboard has
    /// hands.
    #[must_use]
    pub fn with_asana_sign_in(self, app: App, scopes: &'static [&'static str], sealer: Sealer) -> Dashboard {
        let people = Limit::new(OF_ONE_PERSON);
        let sign_in = AsanaSignIn { app, scopes, sealer, ours: OnceCell::new(), people };
        Dashboard { asana_sign_in: Some(Arc::new(sign_in)), ..self }
    }

    /// Whether people can sign in with Asana here.
    pub(crate) fn offers_asana(&self) -> bool {
        self.asana_sign_in.is_some() && self.has_hands()
    }

    /// Begins a sign-in: where to send the browser, and what its cookie holds.
    pub(crate) fn set_out(&self, next: &str) -> Result<(String, String), Refusal> {
        let sign_in = self.asana_sign_in.as_ref().filter(|_| self.has_hands()).ok_or_else(not_offered)?;
        let stopped = |error: String| Refusal::Failed(EngineError::Stopped(error));
        let pending =
            sign_in.app.authorize_url(sign_in.scopes).map_err(|error| stopped(error.to_string()))?;
        let next = if next.len() > LONGEST_NEXT { "/" } else { next };
        let way = Way { state: pending.state, verifier: pending.verifier, next: next.to_owned() };
        let sealed = way.sealed(&sign_in.sealer, self.now()).map_err(|error| stopped(error.to_string()))?;
        Ok((pending.url, sealed))
    }

    /// Whether a browser's cookie is that of somebody who set out here.
    pub(crate) fn knows_way(&self, way: &str) -> bool {
        let sign_in = self.asana_sign_in.as_ref();
        sign_in.is_some_and(|sign_in| Way::opened(way, &sign_in.sealer, self.now()).is_some())
    }

    /// What a person of Asana's is here now; not known where Asana is not asked about people.
    pub(crate) async fn standing_of(&self, person: &str) -> Result<Standing, EngineError> {
        let Some(engine) = self.asks_asana().filter(|_| self.asana_sign_in.is_some()) else {
            return Ok(Standing::Unknown);
        };
        self.roles.standing_of(engine, (person, self.now())).await
    }

    /// The same for somebody who came back just now.
    pub(crate) async fn standing_anew(&self, person: &str) -> Result<Standing, Refusal> {
        let sign_in = self.asana_sign_in.as_ref().ok_or_else(not_offered)?;
        let engine = self.asks_asana().ok_or_else(not_offered)?;
        if let Some(seconds) = sign_in.people.take(person, self.now()) {
            return Err(Refusal::TooMany(seconds));
        }
        Ok(self.roles.asked_anew(engine, (person, self.now())).await?)
    }

    /// Who comes back from Asana to the browser with that cookie.
    pub(crate) async fn come_back(
        &self,
        way: &str,
        (code, state): (&str, &str),
    ) -> Result<CameBack, Refusal> {
        let sign_in = self.asana_sign_in.clone().ok_or_else(not_offered)?;
        let engine = self.asks_asana().ok_or_else(not_offered)?;
        let way = Way::opened(way, &sign_in.sealer, self.now());
        let Way { state: known, verifier, next } = way.ok_or_else(|| Refusal::Bad(BEGIN_AGAIN.into()))?;
        let scopes = sign_in.scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let pending = Pending { url: String::new(), state: known, verifier, scopes };
        // Before there are tokens of theirs: without it nobody could say whether to give them back.
        let ours = sign_in.ours(engine).await?;
        let tokens = sign_in.app.exchange(code, &pending, state, self.now()).await;
        let tokens = tokens.map_err(|error| {
            tracing::warn!(%error, "somebody could not sign in to the dashboard with Asana");
            Refusal::Bad(BEGIN_AGAIN.into())
        })?;
        let gid = tokens.user.gid.clone();
        if gid.is_empty() {
            return Err(Refusal::Bad("Asana did not say who you are: sign in with the admin token.".into()));
        }
        if gid != ours
            && let Err(error) = sign_in.app.revoke(&tokens.refresh).await
        {
            tracing::warn!(%error, "the permission of somebody who signed in could not be given back; it is forgotten");
        }
        let name = tokens.user.name.clone().unwrap_or_else(|| "somebody".into());
        // It goes into the audit trail and onto terminals.
        let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
        Ok(CameBack { gid, name: domain::fit(name.trim(), 100), next })
    }
}

/// Said when what came back does not fit what was begun.
const BEGIN_AGAIN: &str =
    "This sign-in was begun in another browser, took too long, or was used already: begin again at /sign-in.";

fn not_offered() -> Refusal {
    Refusal::Missing("Signing in with Asana is not set up here: use the admin token.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(key: &str) -> Sealer {
        Sealer::new(&SecretString::from(key.repeat(32))).expect("a key")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a moment")
    }

    fn way(next: &str) -> Way {
        Way { state: "s".repeat(43), verifier: "v".repeat(43).into(), next: next.into() }
    }

    #[test]
    fn a_way_is_ours_for_ten_minutes() {
        let (ours, theirs) = (sealer("a"), sealer("b"));
        let sealed = way("/runs?q=a b").sealed(&ours, at(0)).expect("it is sealed");
        assert!(sealed.bytes().all(|byte| byte.is_ascii_alphanumeric()), "a cookie holds it: {sealed}");
        let opened = Way::opened(&sealed, &ours, at(599)).expect("it is ours");
        assert_eq!((opened.state, opened.next), ("s".repeat(43), "/runs?q=a b".to_owned()));
        assert_eq!(opened.verifier.expose_secret(), "v".repeat(43));
        assert!(
            Way::opened(&sealed, &ours, at(600)).is_none() && Way::opened(&sealed, &theirs, at(0)).is_none()
        );
        for wrong in ["", "0000", &sealed[2..], &format!("{sealed}00"), "zz"] {
            assert!(Way::opened(wrong, &ours, at(0)).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_longest_way_fits_into_a_cookie() {
        let sealed = way(&"/".repeat(LONGEST_NEXT)).sealed(&sealer("a"), at(0)).expect("it is sealed");
        assert!(sealed.len() <= LONGEST_WAY && LONGEST_WAY < 3900, "{}", sealed.len());
        assert!(Way::opened(&sealed, &sealer("a"), at(0)).is_some());
    }
}
