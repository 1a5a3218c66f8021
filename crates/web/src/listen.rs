//! Listening: connections are taken, given little time to say what they want, and ended in order.
//!
//! A client that sends its request's head slowly is hung up on; one that sends its body slowly, or asks for what takes too long, is
//! answered 408 or 503 (`dashboard::guard`). Deliberately not here: TLS, which is a proxy's. Known limit: a client that reads its
//! answer slowly holds a connection for as long as it likes; there are `CONNECTIONS` of them.

use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;

/// How long a request's head may take. Asana's and a browser's come in one packet.
const HEAD: Duration = Duration::from_secs(10);

/// Connections at a time: more than the webhooks of a large workspace and all its people have open at once.
pub(crate) const CONNECTIONS: usize = 4096;

/// How long open connections are waited for at the end.
const GRACE: Duration = Duration::from_secs(20);

/// How long is waited after the system would not give a connection, so that a full table of files is not asked in a loop.
const BREATH: Duration = Duration::from_millis(100);

/// Listens at an address, such as `127.0.0.1:8080`, with as many connections waiting to be taken as may be open. What comes beyond that
/// is not refused by the system but left waiting, for up to a minute, and Asana gives up after ten seconds; with the usual 1,024 a
/// flood on a busy machine was.
///
/// # Errors
/// An unknown name, or an address that is taken or not this machine's.
pub async fn bind(listen: &str) -> std::io::Result<TcpListener> {
    let mut last = std::io::Error::new(std::io::ErrorKind::InvalidInput, "no address is called that");
    for address in tokio::net::lookup_host(listen).await? {
        match at(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn at(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // So that a service that was just ended can begin again; elsewhere it would let two listen at once.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(CONNECTIONS as u32)
}

/// Serves until `stop` ends and what is under way has been answered.
///
/// # Errors
/// None: what fails is one connection.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let taken = tokio::select! {
            () = &mut stop => break,
            taken = take(&listener, &room) => taken,
        };
        let Some((stream, peer, place)) = taken else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let service = Answers { router: router.clone(), peer };
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let watched = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections were still open at the end");
    }
    Ok(())
}

/// The next connection, once there is room for it; none when the system would not give one.
async fn take(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = room.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // A page's last packet should not wait for an acknowledgement.
            drop(stream.set_nodelay(true));
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::warn!(%error, "no connection can be taken just now");
            None
        }
    }
}

/// One connection's requests, with the address they come from.
struct Answers {
    router: Router,
    peer: SocketAddr,
}

impl hyper::service::Service<hyper::Request<hyper::body::Incoming>> for Answers {
    type Response = axum::response::Response;
    type Error = std::convert::Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn call(&self, request: hyper::Request<hyper::body::Incoming>) -> Self::Future {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        // A router is always ready.
        let mut router = self.router.clone();
        Box::pin(async move { tower_service::Service::call(&mut router, request).await })
    }
}
