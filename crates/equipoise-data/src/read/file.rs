//! Files to read: which they are, and whether they stay what they were.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::FileFormat;
use crate::Error;

/// A file and its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    path: PathBuf,
    format: FileFormat,
}

impl DataFile {
    /// A file whose extension tells the format.
    ///
    /// # Errors
    ///
    /// When the extension names no format.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let format = FileFormat::of_path(&path)?;
        Ok(Self { path, format })
    }

    /// A file of a format, whatever its extension.
    pub fn with_format(path: impl Into<PathBuf>, format: FileFormat) -> Self {
        Self {
            path: path.into(),
            format,
        }
    }

    /// The files that a pattern such as `preds/*.parquet` stands for, sorted.
    ///
    /// A path without `*`, `?` and `[`, and one that is there as it is written, stands for itself.
    /// `format` is that of all of them; without, each extension tells.
    ///
    /// # Errors
    ///
    /// When the pattern is not legal, when no file matches, or when an extension names no format.
    ///
    /// ```
    /// use equipoise_data::DataFile;
    ///
    /// let file = DataFile::expand("preds.csv".as_ref(), None)?;
    /// assert_eq!(file, [DataFile::new("preds.csv")?]);
    /// assert!(DataFile::expand("no-such-folder/*.csv".as_ref(), None).is_err());
    /// # Ok::<(), equipoise_data::Error>(())
    /// ```
    pub fn expand(pattern: &Path, format: Option<FileFormat>) -> Result<Vec<Self>, Error> {
        matching(pattern)?
            .into_iter()
            .map(|path| match format {
                Some(format) => Ok(Self { path, format }),
                None => Self::new(path),
            })
            .collect()
    }

    /// The names of its columns, in order.
    ///
    /// # Errors
    ///
    /// When the file is not there or not of its format.
    pub fn column_names(&self) -> Result<Vec<String>, Error> {
        super::scan::column_names(&self.path, self.format)
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its format.
    pub fn format(&self) -> FileFormat {
        self.format
    }
}

/// The files that a pattern stands for, sorted; see [`DataFile::expand`].
pub(crate) fn matching(pattern: &Path) -> Result<Vec<PathBuf>, Error> {
    let text = pattern
        .to_str()
        .filter(|text| text.contains(['*', '?', '[']));
    let Some(text) = text.filter(|_| !pattern.exists()) else {
        return Ok(vec![pattern.to_owned()]);
    };
    let matches = glob::glob(text).map_err(|source| Error::Pattern {
        pattern: text.to_owned(),
        source,
    })?;
    let mut files = Vec::new();
    for path in matches {
        let path = path.map_err(std::io::Error::from)?;
        if !path.is_dir() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Error::NoMatch {
            pattern: text.to_owned(),
        });
    }
    files.sort();
    Ok(files)
}

/// What a file was like before it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileState {
    path: PathBuf,
    stamp: Option<Stamp>,
}

/// What the operating system tells of a file. A file of the same stamp has the same content.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    /// The device and the number of the file there: another file may have taken its place.
    identity: Option<(u64, u64)>,
}

impl FileState {
    /// Looks at a file. One that is not there is for its reader to tell.
    pub(crate) fn of(file: &DataFile) -> Self {
        Self {
            path: file.path.clone(),
            stamp: Stamp::of(&file.path),
        }
    }

    /// Looks again.
    ///
    /// # Errors
    ///
    /// When the file has changed: what was read may be half of the old and half of the new one.
    pub(crate) fn expect_unchanged(&self) -> Result<(), Error> {
        if Stamp::of(&self.path) == self.stamp {
            return Ok(());
        }
        Err(Error::Changed {
            path: self.path.clone(),
        })
    }
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs_err::metadata(path).ok()?;
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            Some((metadata.dev(), metadata.ino()))
        };
        #[cfg(not(unix))]
        let identity = None;
        Some(Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            identity,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_sorted_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "c.parquet", "[x].csv"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let expand = |pattern: &str| -> Vec<String> {
            DataFile::expand(&folder.path().join(pattern), None)
                .unwrap()
                .iter()
                .filter_map(|file| Some(file.path().file_name()?.to_str()?.to_owned()))
                .collect()
        };
        assert_eq!(expand("[ab].csv"), ["a.csv", "b.csv"]);
        assert_eq!(expand("*.parquet"), ["c.parquet"]);
        assert_eq!(expand("[x].csv"), ["[x].csv"]);
        let none = DataFile::expand(&folder.path().join("*.arrow"), None);
        assert!(matches!(none, Err(Error::NoMatch { .. })));
    }

    #[test]
    fn a_file_that_grows_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "a\n1\n").unwrap();
        let before = FileState::of(&DataFile::new(&path).unwrap());
        before.expect_unchanged().unwrap();
        std::fs::write(&path, "a\n1\n2\n").unwrap();
        assert!(matches!(
            before.expect_unchanged(),
            Err(Error::Changed { .. })
        ));
    }
}
