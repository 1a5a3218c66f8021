//! Secrets at rest: sealed with a key that is not in the database.
//!
//! ChaCha20-Poly1305 (RFC 8439) with a random nonce in front; what a secret is for is authenticated with it, so that one sealed
//! secret cannot be put in the place of another. Deliberately not here: where the key comes from. Known limit: who can read the
//! key and the database can read the secrets; there is no turning of keys yet, a new key means signing in again.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;

/// The least a key must hold, bytes: 128 bits of chance as hexadecimal digits.
pub const SHORTEST_KEY: usize = 32;

/// Why a secret could not be sealed or read back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key is too short to be one.
    #[error("the service key must have at least {SHORTEST_KEY} characters: `upnext key` prints a good one")]
    ShortKey,
    /// It was sealed with another key, for another purpose, or is damaged.
    #[error(
        "a secret in the store was sealed with another key: give every process the key it was sealed with (UPNEXT_KEY or \
         service.key_file), or connect and sign in again"
    )]
    OtherKey,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoChance,
}

/// Seals and opens secrets; clones share the key.
#[derive(Clone)]
pub struct Sealer(Arc<LessSafeKey>);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// From a key of any form, at least [`SHORTEST_KEY`] bytes of it.
    ///
    /// # Errors
    /// A shorter one.
    pub fn new(key: &SecretString) -> Result<Sealer, SealError> {
        let text = key.expose_secret().trim();
        if text.len() < SHORTEST_KEY {
            return Err(SealError::ShortKey);
        }
        // The key is random already: a digest only brings it to the length wanted.
        let digest = digest(&SHA256, text.as_bytes());
        let key = UnboundKey::new(&CHACHA20_POLY1305, digest.as_ref()).map_err(|_| SealError::ShortKey)?;
        Ok(Sealer(Arc::new(LessSafeKey::new(key))))
    }

    /// Seals a secret for a purpose.
    ///
    /// # Errors
    /// A system without random numbers.
    pub fn seal(&self, purpose: &str, secret: &SecretString) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut body = secret.expose_secret().as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut body,
            )
            .map_err(|_| SealError::NoChance)?;
        Ok([nonce.as_slice(), &body].concat())
    }

    /// Opens what was sealed for that purpose.
    ///
    /// # Errors
    /// Another key, another purpose, or damage: they cannot be told apart.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<SecretString, SealError> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError::OtherKey)?;
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let open = self.0.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body);
        let text = std::str::from_utf8(open.map_err(|_| SealError::OtherKey)?);
        text.map(SecretString::from).map_err(|_| SealError::OtherKey)
    }
}

/// A word of 256 bits that nobody can guess, as hexadecimal digits.
///
/// # Errors
/// A system without random numbers.
pub fn unguessable() -> Result<String, SealError> {
    let bytes: [u8; 32] = random()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn random<const N: usize>() -> Result<[u8; N], SealError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SealError::NoChance)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(key: &str) -> Sealer {
        Sealer::new(&SecretString::from(key)).expect("a key")
    }

    #[test]
    fn what_was_sealed_opens_only_with_its_key_and_purpose() {
        let (ours, theirs) = (sealer(&"a".repeat(32)), sealer(&"b".repeat(32)));
        let secret = SecretString::from("hook secret ✓");
        let sealed = ours.seal("webhook:1", &secret).expect("sealed");
        assert_eq!(ours.open("webhook:1", &sealed).expect("opened").expose_secret(), "hook secret ✓");
        assert_eq!(ours.open("webhook:2", &sealed).err(), Some(SealError::OtherKey));
        assert_eq!(theirs.open("webhook:1", &sealed).err(), Some(SealError::OtherKey));
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(ours.open("webhook:1", &damaged).is_err(), "byte {at}");
        }
        assert!(ours.open("webhook:1", &sealed[..5]).is_err());
        assert_ne!(sealed, ours.seal("webhook:1", &secret).expect("sealed"), "a nonce is used once");
    }

    #[test]
    fn a_short_key_is_refused() {
        assert_eq!(Sealer::new(&SecretString::from("short")).err(), Some(SealError::ShortKey));
        assert_eq!(unguessable().expect("chance").len(), 64);
    }
}
