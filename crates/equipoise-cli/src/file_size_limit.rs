//! The limit on the size of a file (`ulimit -f`): a write beyond it is an error like that of a full
//! disk.

use crate::error::CliError;

/// From now on, a write beyond the limit fails, instead of ending the program without a word.
///
/// # Errors
///
/// When the signal cannot be caught.
#[cfg(unix)]
pub(crate) fn report() -> Result<(), CliError> {
    use signal_hook::{consts::SIGXFSZ, flag};

    // Nobody looks at the flag: that the signal is caught is what makes the write return.
    flag::register(SIGXFSZ, std::sync::Arc::default())
        .map(|_| ())
        .map_err(CliError::file("catch the signal of the file size limit"))
}

/// There is no such limit on this system.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub(crate) fn report() -> Result<(), CliError> {
    Ok(())
}
