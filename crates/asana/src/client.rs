//! The client: a cheap handle on one token's connection, limits and counters.
//!
//! Clones share everything but the lane. A second token wants a second client, because limits are per token.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use crate::lane::{Lane, Share};
use crate::request::Method;
use crate::transport::Transport;
use crate::{Activity, Counters, Error, Request, Settings};

/// Speaks to Asana for one token.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
    lane: Lane,
}

impl Client {
    /// Checks the settings and prepares the connection pool. Sends nothing.
    ///
    /// # Errors
    /// `Settings`, naming the one that is wrong.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let transport = Arc::new(Transport::new(settings)?);
        Ok(Self { transport, lane: Lane::default() })
    }

    /// The same client for calls of another lane: same connection, limits, token and counters. A new client is
    /// interactive.
    pub fn lane(&self, lane: Lane) -> Self {
        Self { transport: self.transport.clone(), lane }
    }

    /// From now on this process uses at most this part of the token's limits: requests and searches a minute, reads and
    /// writes in flight. For all clones. Calls in flight end by themselves; what waits goes on at the new pace at once.
    ///
    /// A new client has everything, with a fresh burst. A process that joins others begins with [`Share::NONE`] and takes
    /// its share then: that way it brings no burst of its own.
    pub fn set_share(&self, share: Share) {
        self.transport.set_share(share);
    }

    /// A read of any path under the base URL, such as `/tasks/1201`; the query goes into [`Request::query`].
    pub fn get(&self, path: &str) -> Request {
        self.raw(Method::Get, path)
    }

    /// A POST to any path. It is repeated only when it surely was not carried out, see [`Request::repeatable`].
    pub fn post(&self, path: &str) -> Request {
        self.raw(Method::Post, path)
    }

    /// A PUT to any path.
    pub fn put(&self, path: &str) -> Request {
        self.raw(Method::Put, path)
    }

    /// A DELETE of any path. A 404 after an attempt with unknown outcome counts as done.
    pub fn delete(&self, path: &str) -> Request {
        self.raw(Method::Delete, path)
    }

    /// What this client and its clones did so far.
    pub fn counters(&self) -> Counters {
        self.transport.counters()
    }

    /// What this client and its clones did so far, by endpoint and status, and what calls waited for.
    pub fn activity(&self) -> Activity {
        self.transport.activity()
    }

    /// When the latest answer was sent by Asana's own clock, to the second; `None` before the first answer.
    /// What `modified_since` should be compared with: a wrong clock on our side does no harm.
    pub fn server_time(&self) -> Option<jiff::Timestamp> {
        self.transport.server_time()
    }

    /// The requests per minute it holds itself to at present: this process's share of the token's rate, which is lower
    /// than set after 429 answers showed the need.
    pub fn requests_per_minute(&self) -> u32 {
        self.transport.requests_per_minute()
    }

    /// Goes on with another token of the same user.
    ///
    /// # Errors
    /// `Settings` when the token cannot be one, or when the client has a [`TokenSource`](crate::TokenSource), which gives
    /// the next one itself; the old one then stays.
    pub fn replace_token(&self, token: &SecretString) -> Result<(), Error> {
        self.transport.replace_token(token)
    }

    pub(crate) fn call(&self, method: Method, segments: &[&str]) -> Request {
        Request::new(self, method, segments)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn its_lane(&self) -> Lane {
        self.lane
    }

    fn raw(&self, method: Method, path: &str) -> Request {
        let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        self.call(method, &segments)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.transport.base_url().as_str())
            .finish_non_exhaustive()
    }
}
