//! Signing in with Asana: OAuth 2.0's authorization-code grant with PKCE (S256), refreshing and revoking.
//!
//! [`App`] makes the address a person is sent to and turns what comes back into [`Tokens`]; [`Session`] keeps an access
//! token valid and is what a client takes as its [`TokenSource`](crate::TokenSource); [`Profile`] says which scopes to ask
//! for and what cannot be done with them.
//!
//! Not here: the page the person comes back to, and where tokens are kept. The time is always an argument or a closure.
//! Known limits: no id tokens, because the token's answer says who the person is; only confidential apps, with a secret.
//!
//! ```no_run
//! # use asana::oauth::{App, Profile, Session};
//! # async fn show(now: fn() -> jiff::Timestamp) -> Result<(), Box<dyn std::error::Error>> {
//! let app = App::new("1201", "the secret", "https://upnext.example/oauth/callback", asana::DEFAULT_BASE_URL)?;
//! let pending = app.authorize_url(Profile::Full.scopes())?; // keep it, and send the person to pending.url
//! let (code, state) = ("from the callback's query", "from the callback's query");
//! let tokens = app.exchange(code, &pending, state, now()).await?;
//! let session = Session::new(app, tokens, now, |fresh| async move { drop(fresh.to_secret_json()) });
//! let client = asana::Client::new(asana::Settings::new(session.source()))?;
//! # Ok(())
//! # }
//! ```

mod app;
mod error;
mod profile;
mod session;
mod tokens;

pub use app::{App, Pending};
pub use error::Error;
pub use profile::{Lack, Profile};
pub use session::Session;
pub use tokens::Tokens;
