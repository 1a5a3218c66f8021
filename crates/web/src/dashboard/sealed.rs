//! Sealed texts as hexadecimal digits, which cookies and forms can carry.
//!
//! Deliberately not here: sealing (`engine::Sealer`), and what is in them.

/// Bytes as hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What hexadecimal digits stand for; none of more than `longest` of them.
pub(crate) fn from_hex(text: &str, longest: usize) -> Option<Vec<u8>> {
    if text.len() > longest || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
