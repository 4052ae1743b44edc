//! Ctrl-C: a flag that long work looks at between its steps.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use crate::error::CliError;

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From the first call on, Ctrl-C (and SIGTERM) sets the flag instead of ending the program.
///
/// # Errors
///
/// When another part of the process has taken the signals already.
pub(crate) fn catch() -> Result<Arc<AtomicBool>, CliError> {
    if let Some(flag) = INTERRUPTED.get() {
        return Ok(Arc::clone(flag));
    }
    let flag = Arc::new(AtomicBool::new(false));
    let handler_flag = Arc::clone(&flag);
    ctrlc::set_handler(move || handler_flag.store(true, Ordering::SeqCst))?;
    Ok(Arc::clone(INTERRUPTED.get_or_init(|| flag)))
}
