//! What has come so far of a download, with a note of where it came from.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{DownloadError, DownloadRequest, staged::Staged};
use crate::{atomic::beside, catalogue::Checksum};

/// The ending of the file that holds what has come so far.
const PART: &str = "part";
/// The ending of the note: the address in its first line, the `ETag` in its second, if any.
const NOTE: &str = "part.note";

/// The beginning of a file, as it came from one address.
#[derive(Debug)]
pub(super) struct Part {
    staged: Staged,
    note: PathBuf,
    etag: Option<String>,
}

impl Part {
    /// What an earlier call left, or nothing: bytes from another address are thrown away.
    pub(super) fn open(request: &DownloadRequest) -> Result<Self, DownloadError> {
        let mut staged = Staged::open(&request.target, PART)?;
        let note = beside(&request.target, NOTE);
        let noted = match fs_err::read_to_string(&note) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        let mut lines = noted.lines();
        let from_here = lines.next() == Some(request.address.as_str());
        let etag = lines
            .next()
            .filter(|etag| from_here && !etag.is_empty())
            .map(str::to_owned);
        if !from_here {
            staged.clear()?;
        }
        Ok(Self { staged, note, etag })
    }

    /// Remove what an earlier call left, if anything.
    pub(super) fn remove(request: &DownloadRequest) -> io::Result<()> {
        remove_if_there(&beside(&request.target, PART))?;
        remove_if_there(&beside(&request.target, NOTE))
    }

    /// The bytes that are there.
    pub(super) fn len(&self) -> u64 {
        self.staged.len()
    }

    /// Where they lie.
    pub(super) fn path(&self) -> PathBuf {
        self.staged.path().to_owned()
    }

    /// Their checksum.
    pub(super) fn checksum(&self) -> Checksum {
        self.staged.checksum()
    }

    /// The strong `ETag` that the server gave the file they are from.
    pub(super) fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Throw away what is there.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.etag = None;
        self.staged.clear()
    }

    /// Note where the bytes are from, before the first of them is written.
    pub(super) fn note(&mut self, address: &str, etag: Option<&str>) -> io::Result<()> {
        self.etag = etag.map(str::to_owned);
        let etag = etag.unwrap_or_default();
        fs_err::write(&self.note, format!("{address}\n{etag}\n"))
    }

    /// Add bytes at the end.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.staged.append(bytes)
    }

    /// Make it the target if its checksum is right, and remove it if not.
    pub(super) fn install(self, request: &DownloadRequest) -> Result<(), DownloadError> {
        let outcome = self
            .staged
            .install(&request.target, request.sha256, &request.address);
        remove_if_there(&self.note)?;
        outcome
    }

    /// Remove it.
    pub(super) fn discard(self) -> io::Result<()> {
        self.staged.discard()?;
        remove_if_there(&self.note)
    }
}

/// Remove a file that may not be there.
fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}
