//! Ctrl-C: a flag that long work looks at between its steps.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use crate::error::CliError;

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// How a program ends that a signal has ended: 128 and the number of SIGINT.
const ENDED_BY_SIGINT: i32 = 130;

/// From the first call on, the first Ctrl-C (or SIGTERM) sets the flag, and the second ends the
/// program: between two looks at the flag may lie a long time. A call forgets earlier signals.
///
/// # Errors
///
/// When another part of the process has taken the signals already.
pub(crate) fn catch() -> Result<Arc<AtomicBool>, CliError> {
    if let Some(flag) = INTERRUPTED.get() {
        flag.store(false, Ordering::SeqCst);
        return Ok(Arc::clone(flag));
    }
    let flag = Arc::new(AtomicBool::new(false));
    let handler_flag = Arc::clone(&flag);
    ctrlc::set_handler(move || {
        if handler_flag.swap(true, Ordering::SeqCst) {
            end();
        }
    })?;
    Ok(Arc::clone(INTERRUPTED.get_or_init(|| flag)))
}

#[expect(clippy::exit, reason = "the second Ctrl-C asks for just that")]
fn end() {
    std::process::exit(ENDED_BY_SIGINT);
}
