//! The key under which an answer may be kept: equal keys, same question.
//!
//! SHA-256. Each part is written with its length, so that no two different sets of parts run together.

use sha2::{Digest as _, Sha256};

/// What an answer rests on.
#[derive(Clone, Copy, Debug)]
pub struct CacheKey<'a> {
    /// What was read, such as the digest of the task's cleaned texts.
    pub content: &'a str,
    /// The rubric's version.
    pub rubric: &'a str,
    /// The prompt's, from [`crate::Prompt::version`].
    pub prompt: &'a str,
    /// The model, as configured.
    pub model: &'a str,
}

/// The key: 64 hex digits.
pub fn cache_key(key: &CacheKey<'_>) -> String {
    hex_of(&[key.content, key.rubric, key.prompt, key.model])
}

/// The digest of several texts, in order.
pub(crate) fn hex_of(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together_and_each_counts() {
        let key = CacheKey { content: "ab", rubric: "c", prompt: "p", model: "m" };
        let keys = [
            cache_key(&key),
            cache_key(&CacheKey { content: "a", rubric: "bc", ..key }),
            cache_key(&CacheKey { prompt: "q", ..key }),
            cache_key(&CacheKey { model: "n", ..key }),
        ];
        for (at, one) in keys.iter().enumerate() {
            assert_eq!(one.len(), 64);
            assert!(!keys[..at].contains(one));
        }
        assert_eq!(cache_key(&key), keys[0]);
    }
}
