//! The world as a file: one JSON document that holds everything but the fault switches and the request log.
//!
//! Gids go on where they stopped, so a loaded world issues the ids the saved one would have issued. The clock goes on
//! from the moment of the save. A file of another version is refused, never guessed at.

use super::World;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Moves when the shape of the world changes so that old files cannot be read.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Saved<'a> {
    upnext_sandbox: u32,
    world: &'a World,
}

/// The head of a file, read before the rest is trusted.
#[derive(Deserialize)]
struct Head {
    upnext_sandbox: Option<u32>,
}

#[derive(Deserialize)]
struct Loaded {
    world: World,
}

impl World {
    /// Writes the world to `path`: into a file beside it first, so that an interrupted save loses nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] naming the file.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let failed = |source| Error::Save { path: path.to_owned(), source };
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let mut file = BufWriter::new(File::create(&beside).map_err(failed)?);
        serde_json::to_writer(&mut file, &Saved { upnext_sandbox: VERSION, world: self })
            .map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(failed)?;
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        std::fs::rename(&beside, path).map_err(failed)
    }

    /// Reads a world that [`World::save`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::Load`] naming the file: unreadable, not a saved sandbox, or of another version.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let failed = |reason: String| Error::Load { path: path.to_owned(), reason };
        let text = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
        let head: Head =
            serde_json::from_slice(&text).map_err(|error| failed(format!("not JSON: {error}")))?;
        match head.upnext_sandbox {
            Some(VERSION) => {}
            Some(other) => {
                return Err(failed(format!(
                    "it has version {other}, and this sandbox reads version {VERSION}"
                )));
            }
            None => return Err(failed("it is not a saved sandbox".to_owned())),
        }
        let loaded: Loaded = serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?;
        Ok(loaded.world)
    }
}

/// A map in the order of its keys, so that the same world makes the same file.
pub(super) fn sorted<K: Serialize + Ord, V: Serialize, S: serde::Serializer>(
    map: &std::collections::HashMap<K, V>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut entries: Vec<(&K, &V)> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    serializer.collect_map(entries)
}

/// The dice keep their state, so that gids go on as they would have.
pub(super) mod dice {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(dice: &fastrand::Rng, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(dice.get_seed())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<fastrand::Rng, D::Error> {
        u64::deserialize(deserializer).map(fastrand::Rng::with_seed)
    }
}

/// Bytes of attachments as base64.
pub(super) mod bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}
