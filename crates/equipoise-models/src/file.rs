//! Files that are either the old ones or the new ones, never half of one.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::Error;

/// Writes a file beside its place and renames it into place, so that a process which dies leaves
/// either the old file or the new one. Nothing is left beside it when writing fails.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let beside = beside(path);
    let written = fs_err::File::create(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs_err::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to report; removing what is not there may fail as well.
        let _ = fs_err::remove_file(&beside);
    }
    Ok(written?)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".part");
    path.with_file_name(name)
}
