//! A file that grows beside its target and takes its place in one step.

use std::{
    fs::TryLockError,
    io,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use fs_err::{File, OpenOptions};
use sha2::{Digest, Sha256};

use super::DownloadError;
use crate::{atomic, catalogue::Checksum};

/// How many bytes are read and written at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// A file beside a target, locked, with the running checksum of its bytes.
#[derive(Debug)]
pub(super) struct Staged {
    path: PathBuf,
    file: File,
    hasher: Sha256,
    len: u64,
}

impl Staged {
    /// Open the file, or make it, with what is in it.
    pub(super) fn open(target: &Path, ending: &str) -> Result<Self, DownloadError> {
        let path = atomic::beside(target, ending);
        atomic::make_folder_of(&path)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DownloadError::Busy { path }),
            // Some network file systems have no locks; the checksum still guards the result.
            Err(TryLockError::Error(error)) => {
                tracing::debug!(path = %path.display(), %error, "no lock");
            }
        }
        let mut hasher = Sha256::new();
        let mut len = 0;
        let mut chunk = vec![0; CHUNK];
        loop {
            match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => {
                    hasher.update(&chunk[..count]);
                    len += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self {
            path,
            file,
            hasher,
            len,
        })
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes in it.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The checksum of the bytes in it.
    pub(super) fn checksum(&self) -> Checksum {
        Checksum::finish(self.hasher.clone())
    }

    /// Throw away what is in it.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.hasher = Sha256::new();
        self.len = 0;
        Ok(())
    }

    /// Add bytes at the end.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Give the file the name of its target, once its bytes are on the disk. With another
    /// checksum than expected it is removed instead.
    pub(super) fn install(
        self,
        target: &Path,
        expected: Checksum,
        origin: &str,
    ) -> Result<(), DownloadError> {
        let found = self.checksum();
        if found != expected {
            self.discard()?;
            return Err(DownloadError::Checksum {
                origin: origin.to_owned(),
                found,
                expected,
            });
        }
        atomic::rename_into_place(&self.file, &self.path, target)?;
        Ok(atomic::sync_folder_of(target)?)
    }

    /// Remove the file.
    pub(super) fn discard(self) -> io::Result<()> {
        fs_err::remove_file(&self.path)
    }
}

impl Drop for Staged {
    /// Closing the file would do, were it not for a child process that another thread starts at
    /// this moment: it shares the file, and so the lock, until it becomes its own program.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::debug!(path = %self.path.display(), %error, "no lock to give up");
        }
    }
}
