//! Repositories of the Hugging Face hub: which files a revision has, and the files themselves.
//!
//! A repository keeps large files, such as weights, with their SHA-256, which is checked. Of small
//! ones it says the size alone, which is checked as well.

use std::fmt;
use std::path::{Path, PathBuf};

use equipoise_core::Help;
use serde::Deserialize;

use super::{DownloadError, DownloadRequest, Progress, Timeouts, download, transfer};
use crate::{atomic::write_atomically, catalogue::Checksum};

/// Where the hub is, unless someone has a mirror of it.
pub const ENDPOINT: &str = "https://huggingface.co";

/// The most bytes of an answer that lists files.
const MOST_OF_A_LIST: u64 = 16 << 20;
/// The most bytes of a file without a SHA-256: the hub has one of every file of 10 MB and more, and
/// such a file is held in memory.
const MOST_OF_A_SMALL_FILE: u64 = 64 << 20;

/// A revision of a repository on the hub.
///
/// ```
/// use equipoise_data::download::hub::{ENDPOINT, HubRevision};
///
/// let revision = HubRevision::new(ENDPOINT, "sentence-transformers/all-MiniLM-L6-v2", "main")?;
/// assert_eq!(revision.short_name(), "all-MiniLM-L6-v2");
/// assert!(HubRevision::new(ENDPOINT, "../elsewhere", "main").is_err());
/// # Ok::<(), equipoise_data::download::hub::HubError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubRevision {
    endpoint: String,
    repository: String,
    revision: String,
}

/// What a revision holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubListing {
    /// The commit that the revision stands for now, in hexadecimal digits.
    pub commit: String,
    /// Its files.
    pub files: Vec<HubFile>,
}

/// A file of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFile {
    /// Its path in the repository.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, where the hub has one: for large files.
    pub sha256: Option<Checksum>,
}

impl HubListing {
    /// A file by its name.
    pub fn find(&self, name: &str) -> Option<&HubFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Whether there is one of some files at least.
    ///
    /// # Errors
    ///
    /// When there is none; the error names them.
    pub fn expect_one_of(&self, names: &[&str]) -> Result<(), HubError> {
        if names.iter().any(|name| self.find(name).is_some()) {
            return Ok(());
        }
        Err(HubError::Missing {
            commit: self.commit.clone(),
            names: names.join("` or `"),
        })
    }
}

impl HubRevision {
    /// A revision, a branch, tag or commit, of the repository `owner/name` or `name`; `endpoint` is
    /// [`ENDPOINT`] or the address of a mirror.
    ///
    /// # Errors
    ///
    /// When the endpoint is no address, or a name has characters that those of the hub have not.
    pub fn new(endpoint: &str, repository: &str, revision: &str) -> Result<Self, HubError> {
        let endpoint = endpoint.trim_end_matches('/');
        if !(endpoint.starts_with("https://") || endpoint.starts_with("http://")) {
            return Err(HubError::Name {
                what: "endpoint",
                found: endpoint.to_owned(),
                legal: "an address that begins with https:// or http://",
            });
        }
        let parts: Vec<&str> = repository.split('/').collect();
        if parts.len() > 2 || !parts.iter().all(|part| is_name(part)) {
            return Err(HubError::Name {
                what: "repository",
                found: repository.to_owned(),
                legal: "`owner/name` or `name`, of letters, digits, `.`, `_` and `-`",
            });
        }
        if !revision.split('/').all(is_name) {
            return Err(HubError::Name {
                what: "revision",
                found: revision.to_owned(),
                legal: "the name of a branch or a tag, or a commit",
            });
        }
        Ok(Self {
            endpoint: endpoint.to_owned(),
            repository: repository.to_owned(),
            revision: revision.to_owned(),
        })
    }

    /// The repository: `owner/name` or `name`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The branch, tag or commit.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The name of the repository without its owner.
    pub fn short_name(&self) -> &str {
        self.repository
            .rsplit('/')
            .next()
            .unwrap_or(&self.repository)
    }

    /// Asks the hub for the files of the revision.
    ///
    /// # Errors
    ///
    /// When the hub cannot be reached, does not know the revision or does not give it to everyone,
    /// or answers with anything but a list of files.
    pub fn list(&self) -> Result<HubListing, HubError> {
        let address = format!(
            "{}/api/models/{}/revision/{}?blobs=true",
            self.endpoint,
            self.repository,
            self.revision.replace('/', "%2F")
        );
        let bytes = transfer::bytes(&address, Timeouts::default(), MOST_OF_A_LIST)
            .map_err(|source| self.failed(source))?;
        let answer: Answer =
            serde_json::from_slice(&bytes).map_err(|source| HubError::Listing {
                address: address.clone(),
                source,
            })?;
        if !is_commit(&answer.sha) {
            return Err(HubError::Commit {
                address,
                found: answer.sha,
            });
        }
        Ok(HubListing {
            commit: answer.sha,
            files: answer.siblings.into_iter().map(HubFile::from).collect(),
        })
    }

    /// Fetches a file of a commit into a folder, under its own name, and returns where it lies. A
    /// file that is there already is left alone where it is the same. A large file goes on where an
    /// earlier call broke off.
    ///
    /// # Errors
    ///
    /// As [`download`], when the size is another than that of the list, and when the file does not
    /// lie at the top of the repository.
    pub fn fetch(
        &self,
        commit: &str,
        file: &HubFile,
        folder: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<PathBuf, HubError> {
        if !is_commit(commit) || !is_name(&file.name) {
            return Err(HubError::Name {
                what: "file",
                found: format!("{commit}/{}", file.name),
                legal: "a commit, and a file at the top of the repository",
            });
        }
        let (endpoint, repository) = (&self.endpoint, &self.repository);
        let address = format!("{endpoint}/{repository}/resolve/{commit}/{}", file.name);
        let target = folder.join(&file.name);
        let fetched = match file.sha256 {
            Some(sha256) => {
                let request = DownloadRequest {
                    address,
                    target,
                    sha256,
                    max_bytes: file.bytes,
                    timeouts: Timeouts::default(),
                };
                download(&request, progress)
            }
            None => fetch_small(&address, file, target),
        };
        fetched.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: DownloadError) -> HubError {
        HubError::Download {
            repository: self.repository.clone(),
            revision: self.revision.clone(),
            source: Box::new(source),
        }
    }
}

/// Fetches a file of which the size alone is known.
fn fetch_small(address: &str, file: &HubFile, target: PathBuf) -> Result<PathBuf, DownloadError> {
    let most = file.bytes.min(MOST_OF_A_SMALL_FILE);
    let bytes = transfer::bytes(address, Timeouts::default(), most)?;
    if (bytes.len() as u64) < file.bytes {
        return Err(DownloadError::TooSmall {
            origin: address.to_owned(),
            found: bytes.len() as u64,
            expected: file.bytes,
        });
    }
    if target.exists() {
        let (found, expected) = (Checksum::of_file(&target)?, Checksum::of_bytes(&bytes));
        return if found == expected {
            Ok(target)
        } else {
            Err(DownloadError::Occupied {
                path: target,
                found,
                expected,
            })
        };
    }
    write_atomically(&target, &bytes)?;
    Ok(target)
}

/// Whether a text is a name of the hub, and no path that leads elsewhere.
fn is_name(text: &str) -> bool {
    let is_legal = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    !text.is_empty() && text.chars().all(is_legal) && !text.starts_with('.')
}

fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.chars().all(|digit| digit.is_ascii_hexdigit())
}

/// What the hub answers, as far as it is read.
#[derive(Debug, Deserialize)]
struct Answer {
    sha: String,
    siblings: Vec<Sibling>,
}

#[derive(Debug, Deserialize)]
struct Sibling {
    rfilename: String,
    size: u64,
    lfs: Option<LargeFile>,
}

#[derive(Debug, Deserialize)]
struct LargeFile {
    sha256: Checksum,
}

impl From<Sibling> for HubFile {
    fn from(sibling: Sibling) -> Self {
        Self {
            name: sibling.rfilename,
            bytes: sibling.size,
            sha256: sibling.lfs.map(|file| file.sha256),
        }
    }
}

/// Why nothing came from the hub.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// Something has a name that cannot be.
    #[error("`{found}` is no {what} of the hub; legal is {legal}")]
    Name {
        /// What it names.
        what: &'static str,
        /// The name.
        found: String,
        /// What is legal.
        legal: &'static str,
    },
    /// The answer is no list of files.
    #[error("`{address}` answered with something else than a list of files")]
    Listing {
        /// The address.
        address: String,
        /// What does not fit.
        source: serde_json::Error,
    },
    /// The answer names no commit.
    #[error("`{address}` answered with the commit `{found}`; legal are 40 hexadecimal digits")]
    Commit {
        /// The address.
        address: String,
        /// What stands there.
        found: String,
    },
    /// A file is not there.
    #[error("commit {commit} has no `{names}`")]
    Missing {
        /// The commit.
        commit: String,
        /// The file, or several of which one would do.
        names: String,
    },
    /// The transfer failed.
    #[error("`{repository}` at revision `{revision}` did not come from the hub")]
    Download {
        /// The repository.
        repository: String,
        /// The revision.
        revision: String,
        /// What failed.
        source: Box<DownloadError>,
    },
}

impl Help for HubError {
    fn help(&self) -> Option<String> {
        match self {
            Self::Name { .. } => None,
            Self::Missing { .. } => Some(
                "some repositories have it on another branch: see its page on the hub".to_owned(),
            ),
            Self::Listing { .. } | Self::Commit { .. } => Some(
                "a page of the network stands in the place of the hub, or a mirror speaks another \
                 language: see what the address shows in a browser"
                    .to_owned(),
            ),
            Self::Download { source, .. } => match source.as_ref() {
                DownloadError::Unreachable { .. } => Some(
                    "without a network, bring the files from another machine and name their \
                     folder; where a mirror is nearer, name it in the variable HF_ENDPOINT"
                        .to_owned(),
                ),
                DownloadError::Status {
                    status: 401 | 403 | 404,
                    ..
                } => Some(
                    "the hub has nothing of this name, or not for everyone: see the page of the \
                     repository. What needs a password is fetched with the hub's own program, \
                     whose folder can be named then"
                        .to_owned(),
                ),
                DownloadError::Status { .. } => Some("try again later".to_owned()),
                DownloadError::Checksum { .. }
                | DownloadError::TooLarge { .. }
                | DownloadError::TooSmall { .. } => Some(
                    "it is another file than the one of the list, or a page in its place; nothing \
                     was kept. Run the command again"
                        .to_owned(),
                ),
                other => other.help(),
            },
        }
    }
}

impl fmt::Display for HubRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.repository, self.revision)
    }
}
