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
    /// The digest of a value's JSON. Upnext's own types always serialise; a value that cannot digests as empty.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Digest {
        Digest::of_bytes(&serde_json::to_vec(value).unwrap_or_default())
    }

    /// The digest of raw bytes.
    pub fn of_bytes(bytes: &[u8]) -> Digest {
        let hash = Sha256::digest(bytes);
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

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
