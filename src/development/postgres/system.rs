//! The three calls to the kernel for which the standard library has no safe form.
//!
//! All unsafe code of the private cluster is here, and nothing else is.

use std::{
    io,
    os::unix::process::{CommandExt, parent_id},
    process::Command,
};

/// Effective user id of this process.
#[expect(unsafe_code, reason = "no safe form in std; geteuid has no preconditions and cannot fail")]
pub(super) fn effective_uid() -> u32 {
    // SAFETY: takes nothing, touches no memory of ours, always succeeds.
    unsafe { libc::geteuid() }
}

/// Sends `signal` to one process. A process that is gone already is no error to us.
#[expect(unsafe_code, reason = "no safe form in std; kill takes two integers")]
pub(super) fn send(pid: i32, signal: i32) {
    // 0 and negative numbers mean whole groups of processes, never meant here.
    if pid > 0 {
        // SAFETY: plain integers; failure is reported by value, which we do not need.
        unsafe { libc::kill(pid, signal) };
    }
}

/// Lets the kernel send `signal` to the command's process when the *thread* that spawned it ends.
///
/// `std` runs the hook after it has changed uid and gid, which matters: changing them clears the setting.
#[expect(unsafe_code, reason = "pre_exec and prctl have no safe form; the hook only makes system calls")]
pub(super) fn end_with_parent(command: &mut Command, signal: i32) {
    let parent = std::process::id();
    let hook = move || {
        // A signal number is small and positive, so no information is lost.
        let signal = libc::c_ulong::from(signal.unsigned_abs());
        // SAFETY: PR_SET_PDEATHSIG takes one integer and touches no memory.
        if unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) } == -1 {
            return Err(io::Error::last_os_error());
        }
        // The parent may have died between fork and prctl; then nobody would ever send the signal.
        if parent_id() != parent {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        Ok(())
    };
    // SAFETY: between fork and exec the hook only makes async-signal-safe system calls and allocates
    // nothing.
    unsafe { command.pre_exec(hook) };
}
