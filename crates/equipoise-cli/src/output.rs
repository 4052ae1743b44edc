//! Results on standard output.

use std::io::{self, Write};

use crate::error::CliError;

/// Writes a result to standard output.
///
/// A reader that has gone away (`equipoise data list | head -1`) is no failure: the rest of the
/// result is not wanted.
///
/// # Errors
///
/// When writing fails for another reason.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Output(error)),
        _ => Ok(()),
    }
}
