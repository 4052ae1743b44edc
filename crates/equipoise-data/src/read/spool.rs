//! Data that come through a pipe, as a file that can be read twice.

use std::io::Read;

use tempfile::NamedTempFile;

use super::{DataFile, FileFormat};
use crate::Error;

/// A copy of a stream in the folder for temporary files; it is deleted when this value goes.
#[derive(Debug)]
pub struct Spool {
    copy: NamedTempFile,
    format: FileFormat,
}

impl Spool {
    /// Copies a stream to its end, in blocks: memory holds only one of them.
    ///
    /// # Errors
    ///
    /// When the stream cannot be read, or the copy cannot be written.
    pub fn copy(mut stream: impl Read, format: FileFormat) -> Result<Self, Error> {
        let mut copy = NamedTempFile::new()?;
        std::io::copy(&mut stream, copy.as_file_mut())?;
        Ok(Self { copy, format })
    }

    /// The copy.
    pub fn file(&self) -> DataFile {
        DataFile::with_format(self.copy.path(), self.format)
    }

    /// The same error, which speaks of the stream by a name instead of the path of the copy.
    #[must_use]
    pub fn rename(&self, error: Error, name: &str) -> Error {
        error.renamed(self.copy.path(), name.as_ref())
    }
}
