//! Bytes that are text, in the encodings people's files have: UTF-8, UTF-16 with its mark, Windows' Latin 1.
//!
//! Deliberately not here: guessing other encodings by the frequency of letters.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// Bytes looked at to see whether a file is text.
const LOOKED_AT: usize = 8 * 1024;

/// Whether the bytes are text: no NUL outside UTF-16, and hardly a control character.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    if Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != UTF_8) {
        return true;
    }
    let beginning = &bytes[..bytes.len().min(LOOKED_AT)];
    let is_control = |b: &&u8| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    let controls = beginning.iter().filter(is_control).count();
    !beginning.contains(&0) && controls * 100 <= beginning.len()
}

/// The text. A mark at the beginning counts first, then UTF-8 if the bytes are that, then Latin 1, which all bytes are.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    decode_or(bytes, WINDOWS_1252)
}

/// The same with another encoding for bytes that are neither marked nor UTF-8.
pub(crate) fn decode_or<'b>(bytes: &'b [u8], otherwise: &'static Encoding) -> Cow<'b, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    // A cut-off last character is still UTF-8.
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(bytes),
        Err(_) => otherwise.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, is_text};

    #[test]
    fn the_three_encodings_are_told_apart() {
        let utf16 = |big: bool| -> Vec<u8> {
            let mark: &[u8] = if big { b"\xfe\xff" } else { b"\xff\xfe" };
            let units = "größer".encode_utf16();
            let bytes = units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() });
            mark.iter().copied().chain(bytes).collect()
        };
        for bytes in [utf16(true), utf16(false), "größer".as_bytes().to_vec(), b"gr\xf6\xdfer".to_vec()] {
            assert!(is_text(&bytes));
            assert_eq!(decode(&bytes), "größer");
        }
        assert_eq!(decode(b"\xef\xbb\xbfa\xe2\x82"), "a\u{fffd}");
        assert!(!is_text(b"\x00\x01ab") && !is_text(&[7; 100]) && is_text(b""));
    }
}
