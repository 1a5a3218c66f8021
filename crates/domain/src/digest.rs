//! Content fingerprints: SHA-256 over the JSON of a value.
//!
//! Struct fields serialise in declaration order and maps are `BTreeMap`s, so equal values give equal digests.
//! Deliberately not here: secrecy (a digest is no protection for guessable content).

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 as 64 lower-case hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of a value's JSON, written straight into the hash: a snapshot of 10,000 tasks needs no copy of
    /// itself. Upnext's own types always serialise; one that could not would digest as what came before the failure.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Digest {
        let mut hash = Hashing(Sha256::new());
        let written = serde_json::to_writer(&mut hash, value);
        debug_assert!(written.is_ok(), "a domain value always serialises");
        Digest::from_hash(&hash.0.finalize())
    }

    /// The digest of raw bytes.
    pub fn of_bytes(bytes: &[u8]) -> Digest {
        Digest::from_hash(&Sha256::digest(bytes))
    }

    fn from_hash(hash: &[u8]) -> Digest {
        Digest(hash.iter().map(|b| format!("{b:02x}")).collect())
    }

    /// Reads back a digest kept as text, unchecked.
    pub fn from_hex(hex: impl Into<String>) -> Digest {
        Digest(hex.into())
    }

    /// The 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

struct Hashing(Sha256);

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
