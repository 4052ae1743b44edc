//! File formats, told by the extension.

use std::fmt;
use std::path::Path;

use crate::Error;

/// A file format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileFormat {
    /// Values separated by commas, with a header: `.csv`.
    Csv,
    /// Values separated by tabulators, with a header: `.tsv`.
    Tsv,
    /// Apache Parquet: `.parquet`.
    Parquet,
    /// One JSON object a line: `.jsonl`, `.ndjson`.
    JsonLines,
    /// The Arrow IPC file format: `.arrow`, `.feather`, `.ipc`.
    ArrowIpc,
}

/// The extensions, each with its format.
const EXTENSIONS: [(&str, FileFormat); 8] = [
    ("csv", FileFormat::Csv),
    ("tsv", FileFormat::Tsv),
    ("parquet", FileFormat::Parquet),
    ("jsonl", FileFormat::JsonLines),
    ("ndjson", FileFormat::JsonLines),
    ("arrow", FileFormat::ArrowIpc),
    ("feather", FileFormat::ArrowIpc),
    ("ipc", FileFormat::ArrowIpc),
];

impl FileFormat {
    /// The format of a file, by its extension, without regard to case.
    ///
    /// # Errors
    ///
    /// When there is no extension or an unknown one; the error lists the legal ones.
    ///
    /// ```
    /// use equipoise_data::FileFormat;
    ///
    /// assert_eq!(FileFormat::of_path("people.CSV".as_ref())?, FileFormat::Csv);
    /// assert!(FileFormat::of_path("people.xlsx".as_ref()).is_err());
    /// # Ok::<(), equipoise_data::Error>(())
    /// ```
    pub fn of_path(path: &Path) -> Result<Self, Error> {
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_lowercase());
        EXTENSIONS
            .iter()
            .find(|(known, _)| extension.as_deref() == Some(known))
            .map(|(_, format)| *format)
            .ok_or_else(|| Error::UnknownExtension {
                path: path.to_owned(),
                extension,
            })
    }

    /// All extensions, as an error lists them.
    pub(crate) fn legal_extensions() -> String {
        EXTENSIONS
            .iter()
            .map(|(extension, _)| format!(".{extension}"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The separator of a format of separated values.
    pub(crate) fn separator(self) -> Option<u8> {
        match self {
            Self::Csv => Some(b','),
            Self::Tsv => Some(b'\t'),
            Self::Parquet | Self::JsonLines | Self::ArrowIpc => None,
        }
    }
}

impl fmt::Display for FileFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
            Self::JsonLines => "JSON Lines",
            Self::ArrowIpc => "Arrow IPC",
        })
    }
}
