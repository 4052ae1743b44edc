//! The errors of a download.

use std::{error::Error, io, path::PathBuf};

use equipoise_core::Help;

use crate::catalogue::Checksum;

/// Why a file did not arrive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// No answer came.
    #[error("cannot reach `{address}`")]
    Unreachable {
        /// The address.
        address: String,
        /// What failed.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The answer was not the file.
    #[error("`{address}` answered with status {status}, expected the file (200 or 206)")]
    Status {
        /// The address.
        address: String,
        /// The HTTP status code.
        status: u16,
    },
    /// The connection broke.
    #[error("the connection to `{address}` broke off after {}", of_total(*received, *total))]
    Interrupted {
        /// The address.
        address: String,
        /// The bytes that are there.
        received: u64,
        /// The bytes of the whole file, where the server said.
        total: Option<u64>,
        /// Where what came so far lies.
        part: PathBuf,
        /// What failed.
        source: io::Error,
    },
    /// The file is larger than expected.
    #[error("`{origin}` is larger than the {limit} bytes expected")]
    TooLarge {
        /// The address or the file.
        origin: String,
        /// The most bytes that are accepted.
        limit: u64,
    },
    /// The file is smaller than expected.
    #[error("`{origin}` has {found} bytes, expected {expected}")]
    TooSmall {
        /// The address.
        origin: String,
        /// Its size.
        found: u64,
        /// The size that it should have.
        expected: u64,
    },
    /// The file is not the one expected.
    #[error("`{origin}` has SHA-256 {found}, expected {expected}")]
    Checksum {
        /// The address or the file.
        origin: String,
        /// What it has.
        found: Checksum,
        /// What it should have.
        expected: Checksum,
    },
    /// Another file is in the place of the target.
    #[error("`{}` is there already with SHA-256 {found}, expected {expected}", path.display())]
    Occupied {
        /// The file.
        path: PathBuf,
        /// What it has.
        found: Checksum,
        /// What it should have.
        expected: Checksum,
    },
    /// Another program writes the same file.
    #[error("`{}` is being written by another program", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read or written; the source names it.
    #[error(transparent)]
    File(#[from] io::Error),
}

impl Help for DownloadError {
    fn help(&self) -> Option<String> {
        match self {
            Self::Unreachable { address, .. } => Some(format!(
                "without a network, open {address} in a browser on another machine and run the \
                 command again with `--from FILE`"
            )),
            Self::Status { address, .. } => Some(format!(
                "try again later; if the file has moved, open {address} in a browser to see where \
                 to, and run the command again with `--from FILE`"
            )),
            Self::Interrupted { part, .. } => Some(format!(
                "run the command again: it goes on with what is in `{}`",
                part.display()
            )),
            Self::TooLarge { .. } | Self::TooSmall { .. } | Self::Checksum { .. } => Some(
                "it is another version of the file, or a page that stands in its place; nothing \
                 was kept. With the right file at hand, run the command again with `--from FILE`"
                    .to_owned(),
            ),
            Self::Occupied { .. } => {
                Some("move it away or delete it, then run the command again".to_owned())
            }
            Self::Busy { .. } => {
                Some("wait until the other program is done, then run the command again".to_owned())
            }
            Self::File(_) => None,
        }
    }
}

/// `5 of 10 bytes`, or `5 bytes`.
fn of_total(received: u64, total: Option<u64>) -> String {
    match total {
        Some(total) => format!("{received} of {total} bytes"),
        None => format!("{received} bytes"),
    }
}
