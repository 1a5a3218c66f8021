//! Signing in with Asana: who is on their way there, and who comes back.
//!
//! A browser that sets out gets a cookie with a random number; what it set out with (the state and PKCE's verifier) stays here under
//! the number's digest, is good once and for `LONGEST`, and for no other browser. Of the tokens only whose they are is read: they are
//! dropped at once and never kept. Deliberately not here: sessions (`session`), what the person may do (`roles`). Known limits: who
//! sets out must come back to the same process; the refresh token of the person whose token Upnext itself uses is dropped without
//! being given back, because that could end Upnext's own sign-in.

use super::{Dashboard, Refusal};
use asana::oauth::{App, Pending};
use domain::{Access, Digest};
use engine::{EngineError, unguessable};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long somebody may take in Asana.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);

/// On their way at a time; of more the one who set out first is forgotten.
const MOST: usize = 1000;

/// Somebody who set out.
struct OnTheWay {
    pending: Pending,
    next: String,
    at: Timestamp,
}

/// The app, and those on their way.
pub(super) struct AsanaSignIn {
    app: App,
    scopes: &'static [&'static str],
    on_the_way: Mutex<HashMap<Digest, OnTheWay>>,
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

impl AsanaSignIn {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, OnTheWay>> {
        self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, secret: &str, on_the_way: OnTheWay) {
        let mut all = self.lock();
        let now = on_the_way.at;
        all.retain(|_, known| now.duration_since(known.at) < LONGEST);
        if all.len() >= MOST {
            let first = all.iter().min_by_key(|(_, known)| known.at).map(|(digest, _)| digest.clone());
            first.map(|digest| all.remove(&digest));
        }
        all.insert(super::session::digest(secret), on_the_way);
    }

    /// Takes what a browser set out with; it is good once.
    fn take(&self, secret: &str, now: Timestamp) -> Option<OnTheWay> {
        let known = self.lock().remove(&super::session::digest(secret))?;
        (now.duration_since(known.at) < LONGEST).then_some(known)
    }
}

impl Dashboard {
    /// Where people come back to from Asana, below `public_url`.
    pub const ASANA_BACK: &'static str = "/sign-in/asana/back";

    /// The same, letting people in who are members of a project in Asana. The app's redirect address is
    /// `public_url` followed by [`Dashboard::ASANA_BACK`]. Nobody is let in before the dashboard has hands.
    #[must_use]
    pub fn with_asana_sign_in(self, app: App, scopes: &'static [&'static str]) -> Dashboard {
        let sign_in = AsanaSignIn { app, scopes, on_the_way: Mutex::default() };
        Dashboard { asana_sign_in: Some(Arc::new(sign_in)), ..self }
    }

    /// Whether people can sign in with Asana here.
    pub(crate) fn offers_asana(&self) -> bool {
        self.asana_sign_in.is_some() && self.has_hands()
    }

    /// Begins a sign-in: where to send the browser, and the secret for its cookie.
    pub(crate) fn set_out(&self, next: &str) -> Result<(String, String), Refusal> {
        let sign_in = self.asana_sign_in.as_ref().filter(|_| self.has_hands()).ok_or_else(not_offered)?;
        let stopped = |error: String| Refusal::Failed(EngineError::Stopped(error));
        let pending =
            sign_in.app.authorize_url(sign_in.scopes).map_err(|error| stopped(error.to_string()))?;
        let secret = unguessable().map_err(|error| stopped(error.to_string()))?;
        let url = pending.url.clone();
        sign_in.note(&secret, OnTheWay { pending, next: next.to_owned(), at: self.now() });
        Ok((url, secret))
    }

    /// Forgets what a browser set out with.
    pub(crate) fn forget_way(&self, secret: &str) {
        if let Some(sign_in) = &self.asana_sign_in {
            sign_in.take(secret, self.now());
        }
    }

    /// What a person of Asana's may do here now; none where Asana cannot be asked.
    pub(crate) async fn access_of(&self, person: &str) -> Result<Option<Access>, EngineError> {
        let Some(engine) = self.asks_asana().filter(|_| self.asana_sign_in.is_some()) else {
            return Ok(None);
        };
        self.roles.access_of(engine, (person, self.now())).await.map(Some)
    }

    /// Who comes back from Asana to the browser with that secret.
    pub(crate) async fn come_back(
        &self,
        secret: &str,
        (code, state): (&str, &str),
    ) -> Result<CameBack, Refusal> {
        let sign_in = self.asana_sign_in.clone().ok_or_else(not_offered)?;
        let engine = self.asks_asana().ok_or_else(not_offered)?;
        let known = sign_in.take(secret, self.now());
        let known = known.ok_or_else(|| Refusal::Bad(BEGIN_AGAIN.into()))?;
        let tokens = sign_in.app.exchange(code, &known.pending, state, self.now()).await;
        let tokens = tokens.map_err(|error| {
            tracing::warn!(%error, "somebody could not sign in to the dashboard with Asana");
            Refusal::Bad(BEGIN_AGAIN.into())
        })?;
        let gid = tokens.user.gid.clone();
        if gid.is_empty() {
            return Err(Refusal::Bad("Asana did not say who you are: sign in with the admin token.".into()));
        }
        let is_ours = engine.asana.users().me(&["gid"]).await.map_or(true, |me| me.gid == gid);
        if !is_ours && let Err(error) = sign_in.app.revoke(&tokens.refresh).await {
            tracing::warn!(%error, "the permission of somebody who signed in could not be given back; it is forgotten");
        }
        self.roles.ask_again(self.now());
        let name = tokens.user.name.clone().unwrap_or_else(|| "somebody".into());
        // It goes into the audit trail and onto terminals.
        let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
        Ok(CameBack { gid, name: domain::fit(name.trim(), 100), next: known.next })
    }
}

/// Said when what came back does not fit what was begun.
const BEGIN_AGAIN: &str =
    "This sign-in was begun in another browser, took too long, or was used already: begin again at /sign-in.";

fn not_offered() -> Refusal {
    Refusal::Missing("Signing in with Asana is not set up here: use the admin token.")
}
