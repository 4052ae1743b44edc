//! A page shown by the program that the system has for it.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::error::CliError;

/// Opens a file with the system's opener and waits until that has handed it on.
///
/// # Errors
///
/// When there is no opener, or it fails; the error names the file.
pub(crate) fn open(path: &Path) -> Result<(), CliError> {
    let failed = |reason: String| CliError::Open {
        path: path.to_owned(),
        reason,
    };
    let mut command = opener(path);
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| failed(format!("`{name}` cannot be started: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(format!("`{name}` ends with {status}")))
    }
}

fn opener(path: &Path) -> Command {
    if cfg!(target_os = "windows") {
        let mut command = Command::new("cmd");
        // The empty text is the title of the window.
        command.args(["/C", "start", ""]).arg(path);
        command
    } else if cfg!(target_os = "macos") {
        let mut command = Command::new("open");
        command.arg(path);
        command
    } else {
        let mut command = Command::new("xdg-open");
        command.arg(path);
        command
    }
}
