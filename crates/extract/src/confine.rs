//! The rights a process gives up before it reads a stranger's file.
//!
//! Limits of the operating system hold whatever the parser does: no more memory, no more processor time, no file or socket
//! opened, none written, no process started, no core dump. They are never lifted again. Deliberately not here: the time on
//! the wall (the parent's). Known limit: a process of the root user may still start others, and on macOS the memory is not
//! bounded by the system.

use crate::Limits;

/// Stack of the main thread, bytes; the usual size, fixed here because some systems set none.
#[cfg(unix)]
const STACK_BYTES: u64 = 8 * 1024 * 1024;

/// Gives the rights up.
///
/// # Errors
/// A limit that the system does not take.
#[cfg(unix)]
pub(crate) fn confine(limits: &Limits) -> std::io::Result<()> {
    use rustix::process::Resource;
    // Between the two limits of processor time the system says why it kills.
    lower(Resource::Cpu, limits.cpu_seconds, limits.cpu_seconds + 1)?;
    let wanted = [
        (Resource::As, limits.memory_bytes),
        (Resource::Stack, STACK_BYTES),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nproc, 0),
        (Resource::Nofile, 0),
    ];
    wanted.into_iter().try_for_each(|(resource, most)| lower(resource, most, most))
}

/// Sets what counts and what it may never be raised above; never asks for more than is allowed already.
#[cfg(unix)]
fn lower(resource: rustix::process::Resource, current: u64, maximum: u64) -> std::io::Result<()> {
    use rustix::process::{Rlimit, getrlimit, setrlimit};
    let allowed = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let new = Rlimit { current: Some(current.min(allowed)), maximum: Some(maximum.min(allowed)) };
    Ok(setrlimit(resource, new)?)
}

/// Other systems have no such limits, and without them no stranger's file is read.
#[cfg(not(unix))]
pub(crate) fn confine(_limits: &Limits) -> std::io::Result<()> {
    Err(std::io::Error::other("attachments are read on Linux and other Unix systems only"))
}
