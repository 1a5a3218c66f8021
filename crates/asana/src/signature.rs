//! The signature of webhook deliveries: lowercase hex HMAC-SHA256 over the raw body, in `X-Hook-Signature`.
//!
//! Only bytes are compared: a body that was parsed and written again never matches. Receiving, storing secrets and
//! the handshake are the web server's.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Header of the handshake; the answer repeats it.
pub const SECRET_HEADER: &str = "x-hook-secret";

/// Header of the signature.
pub const SIGNATURE_HEADER: &str = "x-hook-signature";

/// Whether `signature` is that of `body`, compared in constant time. A malformed one is not.
pub fn verify(secret: &SecretString, body: &[u8], signature: &str) -> bool {
    match (from_hex(signature.trim()), mac(secret, body)) {
        (Some(bytes), Some(mac)) => mac.verify_slice(&bytes).is_ok(),
        _ => false,
    }
}

/// The signature of `body`, as Asana sends it; `None` only for a secret no HMAC takes.
pub fn sign(secret: &SecretString, body: &[u8]) -> Option<String> {
    let bytes = mac(secret, body)?.finalize().into_bytes();
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn mac(secret: &SecretString, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(body);
    Some(mac)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_signature_is_verified_and_others_are_not() {
        // The well-known HMAC-SHA256 example, so that the check does not rest on our own `sign`.
        let (secret, body) = (SecretString::from("key"), b"The quick brown fox jumps over the lazy dog");
        let known = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        assert!(verify(&secret, body, known));
        assert_eq!(sign(&secret, body).as_deref(), Some(known));
        assert!(!verify(&secret, b"The quick brown fox jumps over the lazy dog ", known));
        assert!(!verify(&SecretString::from("other"), body, known));
        for malformed in ["", "f7", &known[1..], "zz", &format!("{known}00")] {
            assert!(!verify(&secret, body, malformed), "{malformed}");
        }
    }
}
