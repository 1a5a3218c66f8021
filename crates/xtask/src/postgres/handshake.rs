//! Asks a PostgreSQL server the one question of interest here: is `postgres` let in without a password?
//!
//! The first packet of the protocol answers it; a whole client would cost more to build than the tidy checks.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Local, so a second is long.
const PATIENCE: Duration = Duration::from_secs(1);

/// Start-up packet of protocol 3.0: its length, the version, and pairs of names and values.
const START_UP: &[u8] = b"\0\0\0\x29\0\x03\0\0user\0postgres\0database\0postgres\0\0";

/// `AuthenticationOk`; any other answer asks for a password or refuses.
const WELCOME: [u8; 9] = *b"R\0\0\0\x08\0\0\0\0";

/// `Terminate`.
const GOODBYE: &[u8] = b"X\0\0\0\x04";

/// Whether a server at `address` lets the user `postgres` in without a password.
pub fn trusts(address: SocketAddr) -> bool {
    ask(address).is_ok_and(|answer| answer == WELCOME)
}

fn ask(address: SocketAddr) -> std::io::Result<[u8; 9]> {
    let mut server = TcpStream::connect_timeout(&address, PATIENCE)?;
    server.set_read_timeout(Some(PATIENCE))?;
    server.write_all(START_UP)?;
    let mut answer = [0; 9];
    server.read_exact(&mut answer)?;
    server.write_all(GOODBYE)?;
    Ok(answer)
}
