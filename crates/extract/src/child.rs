//! The child: gives up its rights, reads the file from standard input, prints its text or why there is none.
//!
//! Deliberately not here: any thread, file or connection; a panic or worse is the parent's to notice.

use crate::{Limits, Problem, confine, extract, out_of_memory};
use std::io::{ErrorKind, Read as _, Write as _};

/// Does the child's whole work; the caller ends the process afterwards. One JSON object goes to standard output.
/// `name` is the file's name or its ending.
///
/// # Errors
/// Standard input or output that is closed.
pub fn serve(name: &str, limits: &Limits) -> std::io::Result<()> {
    let found = match confine::confine(limits) {
        Ok(()) => {
            let mut bytes = Vec::new();
            let room = u64::try_from(limits.input_bytes).unwrap_or(u64::MAX).saturating_add(1);
            match std::io::stdin().lock().take(room).read_to_end(&mut bytes) {
                Ok(_) => extract(&bytes, name, limits),
                Err(error) if error.kind() == ErrorKind::OutOfMemory => Err(out_of_memory(limits)),
                Err(error) => return Err(error),
            }
        }
        Err(error) => Err(Problem::NoReader(error.to_string())),
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, &found)?;
    out.flush()
}
