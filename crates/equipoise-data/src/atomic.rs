//! Files that are there whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::Error;

/// Writes a file beside its place and renames it into place once it is complete.
///
/// The folder is made where it is not there. Where writing fails, nothing is left behind and a
/// file that was there before is untouched.
pub(crate) fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut fs_err::File) -> Result<(), Error>,
) -> Result<(), Error> {
    if let Some(folder) = path.parent()
        && !folder.as_os_str().is_empty()
    {
        fs_err::create_dir_all(folder)?;
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(".part");
    let partial = Path::new(&partial);
    let result = fs_err::File::create(partial)
        .map_err(Error::from)
        .and_then(|mut file| {
            write(&mut file)?;
            file.flush()?;
            file.sync_all()?;
            Ok(())
        })
        .and_then(|()| Ok(fs_err::rename(partial, path)?));
    if result.is_err() {
        // The first failure is the one to tell; that of the clean-up says less.
        if let Err(error) = fs_err::remove_file(partial) {
            tracing::debug!(%error, "a partial file could not be removed");
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/file.txt");
        write_atomically(&path, |file| Ok(file.write_all(b"old")?)).unwrap();
        let failure = write_atomically(&path, |file| {
            file.write_all(b"half")?;
            Err(std::io::Error::other("full").into())
        });
        assert!(failure.is_err());
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "old");
        let entries = fs_err::read_dir(folder.path().join("deep")).unwrap();
        assert_eq!(entries.count(), 1);
    }
}
