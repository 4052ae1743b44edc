//! Files that are there whole or not at all.
//!
//! Each is made beside its place, brought to the disk, and renamed into its place.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use fs_err::File;

/// Writes a file beside its place, as `<path>.part`, and renames it into its place.
///
/// The folder is made where it is not there. The bytes and the new name are on the disk when this
/// returns, as far as the file system can tell. Two writers of one path must not run at once.
///
/// # Errors
///
/// When the file cannot be written; the error names it. Then nothing is left behind, and a file
/// that was there before is untouched. Where only the folder cannot be brought to the disk, the
/// new file is in its place, but may not outlast a loss of power.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("results/audit.json");
/// equipoise_data::write_atomically(&path, b"{}")?;
/// assert_eq!(std::fs::read(&path)?, b"{}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    make_folder_of(path)?;
    let part = beside(path, "part");
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        rename_into_place(&file, &part, path)
    });
    if written.is_err() {
        // The first failure is the one to tell; that of the clean-up says less.
        if let Err(error) = fs_err::remove_file(&part) {
            tracing::debug!(%error, "a partial file could not be removed");
        }
        return written;
    }
    sync_folder_of(path)
}

/// Where a file that becomes `target` lies until then: `<target>.<ending>`.
pub(crate) fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut path = OsString::from(target);
    path.push(".");
    path.push(ending);
    path.into()
}

/// Makes the folder that a file is to lie in.
pub(crate) fn make_folder_of(path: &Path) -> io::Result<()> {
    fs_err::create_dir_all(folder_of(path))
}

/// Gives a file the name of its target once its bytes are on the disk.
pub(crate) fn rename_into_place(file: &File, from: &Path, target: &Path) -> io::Result<()> {
    file.sync_all()?;
    fs_err::rename(from, target)
}

/// Brings the names in the folder of a file to the disk.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    match File::open(folder_of(path)).and_then(|folder| folder.sync_all()) {
        // Not every system opens or syncs folders, and one may be written to but not read.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied
            ) =>
        {
            tracing::debug!(%error, "a folder could not be brought to the disk");
            Ok(())
        }
        result => result,
    }
}

/// The folder that a file lies in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_made_and_an_old_file_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/file.txt");
        write_atomically(&path, b"old").unwrap();
        write_atomically(&path, b"new").unwrap();
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "new");
        let entries = fs_err::read_dir(folder.path().join("deep")).unwrap();
        assert_eq!(entries.count(), 1);
    }

    #[test]
    fn a_failure_leaves_the_old_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        // A folder with something in it cannot be replaced by a file.
        let occupied = folder.path().join("results");
        write_atomically(&occupied.join("old.txt"), b"old").unwrap();
        assert!(write_atomically(&occupied, b"new").is_err());
        assert_eq!(
            fs_err::read_to_string(occupied.join("old.txt")).unwrap(),
            "old"
        );
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_path_without_a_folder_lies_in_the_current_one() {
        assert_eq!(folder_of(Path::new("audit.json")), Path::new("."));
        assert_eq!(folder_of(Path::new("runs/audit.json")), Path::new("runs"));
        sync_folder_of(Path::new("audit.json")).unwrap();
    }
}
