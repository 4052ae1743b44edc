//! Fetch a data set from its original address, or take a copy that someone fetched already.
//!
//! Nothing here reaches the network unless [`download`] is called. A download grows in a file
//! named like the target with `.part` behind it, which stays when the connection breaks, so that
//! the next call goes on from there. The target itself appears in one step, complete and with the
//! right SHA-256, or not at all.
//!
//! ```
//! use equipoise_data::catalogue;
//! use equipoise_data::download::{DownloadRequest, from_file};
//!
//! # let folder = std::env::temp_dir().join(format!("equipoise-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! // Without a network: `copy` came from elsewhere, say on a memory stick.
//! let copy = folder.join("copy.csv");
//! std::fs::write(&copy, "age,sex\n39,Male\n")?;
//! let request = DownloadRequest {
//!     sha256: catalogue::Checksum::of_file(&copy)?,
//!     ..DownloadRequest::originals_of(&catalogue::find("law-school")?, &folder).remove(0)
//! };
//! let kept = from_file(&request, &copy)?;
//! assert!(kept.ends_with("law-school/law_school_clean.csv"));
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
pub mod hub;
mod part;
mod staged;
mod transfer;

pub use error::DownloadError;

use std::{
    io,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use fs_err::File;

use crate::catalogue::{Card, Checksum};
use part::Part;
use staged::{CHUNK, Staged};

/// What to download, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadRequest {
    /// The address, `https://...` or `http://...`. From an `https` address no redirect leads to
    /// plain `http`.
    pub address: String,
    /// The file to make. Its folder is made if it is not there.
    pub target: PathBuf,
    /// The SHA-256 that the file must have.
    pub sha256: Checksum,
    /// The most bytes that are accepted.
    pub max_bytes: u64,
    /// How long to wait.
    pub timeouts: Timeouts,
}

/// How long a download waits before it gives up. There is no limit to the whole of it: a slow
/// download that goes on is not cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the head of the answer.
    pub response: Duration,
    /// For the next bytes.
    pub stall: Duration,
}

impl Default for Timeouts {
    /// 30 seconds for a connection, 60 for the head of the answer, 60 for the next bytes.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            response: Duration::from_mins(1),
            stall: Duration::from_mins(1),
        }
    }
}

impl DownloadRequest {
    /// The requests for the originals of a data set, at least one, each kept as
    /// `<folder>/<name>/<file>`.
    pub fn originals_of(card: &Card, folder: &Path) -> Vec<Self> {
        let original = &card.original;
        let request = |address, file: &str, sha256, max_bytes| Self {
            address,
            target: folder.join(&card.name).join(file),
            sha256,
            max_bytes,
            timeouts: Timeouts::default(),
        };
        let first = request(
            original.address.clone(),
            &original.file,
            original.sha256,
            original.bytes,
        );
        let beside = original.beside.iter().map(|file| {
            let address = original.address_beside(file);
            request(address, &file.file, file.sha256, file.bytes)
        });
        std::iter::once(first).chain(beside).collect()
    }
}

/// How far a download is. Reported at its start and after every piece that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The bytes that are there, those of an earlier call included.
    pub received: u64,
    /// The bytes of the whole file, where the server says.
    pub total: Option<u64>,
}

/// Download a file, and return where it lies.
///
/// A file that is there already with the right SHA-256 is left alone, and nothing is sent. What
/// an earlier call left in the `.part` file is kept if the server can go on from there (`Range`,
/// with `If-Range` where it named a strong `ETag`); otherwise the download starts again.
///
/// # Errors
///
/// * [`DownloadError::Unreachable`] without a network, and when the server does not answer
/// * [`DownloadError::Status`] when it answers with anything but the file
/// * [`DownloadError::Interrupted`] when the connection breaks; the `.part` file stays
/// * [`DownloadError::TooLarge`] and [`DownloadError::Checksum`] when it is another file than the
///   one asked for; nothing is kept
/// * [`DownloadError::Occupied`] when there is another file in the place of the target
/// * [`DownloadError::Busy`] when another program downloads the same file
/// * [`DownloadError::File`] when writing fails, say because the disk is full
pub fn download(
    request: &DownloadRequest,
    progress: &mut dyn FnMut(Progress),
) -> Result<PathBuf, DownloadError> {
    if is_there(request)? {
        return Ok(request.target.clone());
    }
    let mut part = Part::open(request)?;
    if part.checksum() != request.sha256
        && let Err(error) = transfer::fetch(request, &mut part, progress)
    {
        let useless = matches!(error, DownloadError::TooLarge { .. }) || part.len() == 0;
        if useless {
            part.discard()?;
        }
        return Err(error);
    }
    part.install(request)?;
    tracing::info!(address = %request.address, target = %request.target.display(), "downloaded");
    Ok(request.target.clone())
}

/// Take a copy of a file that was fetched in another way, and return where it lies.
///
/// The file must have the SHA-256 of the request; it is copied, and what a broken download left
/// is removed. A target that is there already with the right SHA-256 is left alone.
///
/// # Errors
///
/// * [`DownloadError::TooLarge`] and [`DownloadError::Checksum`] when it is another file than the
///   one asked for; nothing is kept
/// * [`DownloadError::Occupied`] when there is another file in the place of the target
/// * [`DownloadError::File`] when reading or writing fails
pub fn from_file(request: &DownloadRequest, file: &Path) -> Result<PathBuf, DownloadError> {
    if is_there(request)? {
        return Ok(request.target.clone());
    }
    let origin = file.display().to_string();
    let mut source = File::open(file)?;
    let mut copy = Staged::open(&request.target, "copy")?;
    if let Err(error) = copy_into(&mut copy, &mut source, request, &origin) {
        copy.discard()?;
        return Err(error);
    }
    copy.install(&request.target, request.sha256, &origin)?;
    Part::remove(request)?;
    Ok(request.target.clone())
}

/// Whether the target is there with the right checksum.
fn is_there(request: &DownloadRequest) -> Result<bool, DownloadError> {
    let mut file = match File::open(&request.target) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let found = Checksum::of_reader(&mut file)?;
    if found == request.sha256 {
        Ok(true)
    } else {
        Err(DownloadError::Occupied {
            path: request.target.clone(),
            found,
            expected: request.sha256,
        })
    }
}

/// Copy everything, up to the size limit.
fn copy_into(
    copy: &mut Staged,
    source: &mut File,
    request: &DownloadRequest,
    origin: &str,
) -> Result<(), DownloadError> {
    copy.clear()?;
    let mut chunk = vec![0; CHUNK];
    loop {
        match source.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => copy.append(&chunk[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        if copy.len() > request.max_bytes {
            return Err(DownloadError::TooLarge {
                origin: origin.to_owned(),
                limit: request.max_bytes,
            });
        }
    }
}
