//! Finding and starting PostgreSQL.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use xtask::postgres::{Cluster, Programs, Server, Wanted, provide, trusts};
use xtask::test::server;

/// A server that answers the start-up packet with `answer`.
fn answering(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut packet = [0; 41];
        client.read_exact(&mut packet).unwrap();
        assert!(packet.starts_with(b"\0\0\0\x29\0\x03\0\0user\0postgres\0"));
        client.write_all(answer).unwrap();
    });
    address
}

#[test]
fn a_server_that_lets_postgres_in_is_told_from_one_that_asks_or_refuses() {
    assert!(trusts(answering(b"R\0\0\0\x08\0\0\0\0")));
    assert!(!trusts(answering(b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0")), "it asks for a password");
    assert!(!trusts(answering(b"E\0\0\0\x20SFATAL\0Cstarting up")), "it refuses");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(!trusts(nobody), "nobody listens");
}

#[test]
fn the_command_line_says_which_server() {
    assert_eq!(
        server(Some("postgres://ann@db/x".into()), false),
        Wanted::Given("postgres://ann@db/x".into())
    );
    assert_eq!(server(Some(" ".into()), false), Wanted::Any);
    assert_eq!(server(None, false), Wanted::Any);
    assert_eq!(server(None, true), Wanted::Private);
}

#[test]
fn a_given_server_is_used_as_it_is_and_its_password_not_shown() {
    let given = provide(Wanted::Given("postgres://ann:secret@db/x".into())).unwrap();
    assert!(matches!(given, Server::Given(_)));
    assert_eq!(given.url(), "postgres://ann:secret@db/x");
    assert!(!given.to_string().contains("secret"), "{given}");
}

#[test]
fn a_private_server_answers_until_it_is_dropped() {
    let Some(programs) = Programs::find() else {
        println!("left out: no PostgreSQL programs on this machine");
        return;
    };
    let cluster = Cluster::start(programs).unwrap();
    let address = cluster.address();
    assert_eq!(cluster.url(), format!("postgres://postgres@{address}/postgres"));
    assert!(trusts(address));
    drop(cluster);
    assert!(!trusts(address));
}
