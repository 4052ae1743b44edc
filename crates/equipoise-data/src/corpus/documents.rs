//! Documents from text files, from compressed ones, and from a column of tables.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use equipoise_core::ColumnValues;

use super::{CorpusConfig, DocumentUnit};
use crate::read::matching;
use crate::{ColumnType, Error, ReadOptions, catalogue::Checksum, read_table};

/// Documents, each with its group where there are groups. None is blank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Documents {
    texts: Vec<String>,
    /// One for each text, or none at all.
    groups: Vec<Option<String>>,
    /// The rows of tables that were left out because they have no text.
    blank: usize,
}

impl Documents {
    /// The texts.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The group of each text, `None` where its row has none; empty where there are no groups.
    pub fn groups(&self) -> &[Option<String>] {
        &self.groups
    }

    /// How many rows of tables have no text, and are left out.
    pub fn blank(&self) -> usize {
        self.blank
    }

    /// Reads the documents of all files that patterns stand for, and the digests of the files.
    pub(super) fn read(
        patterns: &[PathBuf],
        config: &CorpusConfig,
    ) -> Result<(Self, String), Error> {
        let mut all = Self::default();
        let mut digests = String::new();
        for pattern in patterns {
            for path in matching(pattern)? {
                let (documents, digest) = match &config.column {
                    Some(column) => of_table(&path, column, config.group.as_deref())?,
                    None => of_text_file(&path, config.documents)?,
                };
                if documents.texts.is_empty() {
                    return Err(Error::NoDocuments { path });
                }
                all.texts.extend(documents.texts);
                all.groups.extend(documents.groups);
                all.blank += documents.blank;
                digests.push_str(&digest);
            }
        }
        Ok((all, digests))
    }

    /// Some of the documents, in the given order.
    pub(super) fn take(&self, rows: &[usize]) -> Self {
        let groups = if self.groups.is_empty() { &[] } else { rows };
        Self {
            texts: rows.iter().map(|&row| self.texts[row].clone()).collect(),
            groups: groups.iter().map(|&row| self.groups[row].clone()).collect(),
            blank: self.blank,
        }
    }
}

fn of_text_file(path: &Path, unit: DocumentUnit) -> Result<(Documents, String), Error> {
    let bytes = bytes(path)?;
    if bytes.is_empty() {
        return Err(Error::EmptyFile {
            path: path.to_owned(),
        });
    }
    let digest = Checksum::of_bytes(&bytes).to_string();
    let plain = if is_compressed(path) {
        decompressed(path, &bytes)?
    } else {
        bytes
    };
    let text = std::str::from_utf8(&plain).map_err(|error| Error::NotUtf8 {
        path: path.to_owned(),
        line: plain[..error.valid_up_to()]
            .split(|&byte| byte == b'\n')
            .count(),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let documents = Documents {
        texts: split(text, unit),
        ..Documents::default()
    };
    Ok((documents, digest))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    if path.is_dir() {
        return Err(Error::Folder {
            path: path.to_owned(),
        });
    }
    fs_err::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound {
            path: path.to_owned(),
        },
        _ => Error::Io(error),
    })
}

fn is_compressed(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

fn decompressed(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .map_err(|source| Error::NotGzip {
            path: path.to_owned(),
            source,
        })?;
    Ok(plain)
}

/// The documents of a text, without the white space around them; none is blank.
fn split(text: &str, unit: DocumentUnit) -> Vec<String> {
    let mut documents = Vec::new();
    let mut push = |text: &str| {
        let text = text.trim();
        if !text.is_empty() {
            documents.push(text.to_owned());
        }
    };
    match unit {
        DocumentUnit::File => push(text),
        DocumentUnit::Line => text.lines().for_each(push),
        DocumentUnit::Paragraph => {
            let mut start = 0;
            let mut at = 0;
            for line in text.split_inclusive('\n') {
                if line.trim().is_empty() {
                    push(&text[start..at]);
                    start = at + line.len();
                }
                at += line.len();
            }
            push(&text[start..]);
        }
    }
    documents
}

fn of_table(path: &Path, column: &str, group: Option<&str>) -> Result<(Documents, String), Error> {
    let select: Vec<String> = [Some(column), group]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect();
    let texts = select
        .iter()
        .cloned()
        .map(|name| (name, ColumnType::Category));
    let options = ReadOptions {
        columns: texts.collect::<BTreeMap<_, _>>(),
        select: Some(select.clone()),
        missing_values: Vec::new(),
    };
    let table = read_table(path, &options)?;
    let texts = values(&table.column(column)?.values);
    let groups = match group {
        Some(group) => values(&table.column(group)?.values),
        None => Vec::new(),
    };
    let rows = texts.len();
    let there: Vec<usize> = (0..rows)
        .filter(|&row| texts[row].is_some_and(|text| !text.trim().is_empty()))
        .collect();
    let documents = Documents {
        texts: (there.iter())
            .filter_map(|&row| texts[row].map(|text| text.trim().to_owned()))
            .collect(),
        groups: (there.iter())
            .filter_map(|&row| groups.get(row))
            .map(|group| group.map(str::to_owned))
            .collect(),
        blank: rows - there.len(),
    };
    Ok((documents, Checksum::of_file(path)?.to_string()))
}

/// The texts of a column.
fn values(values: &ColumnValues) -> Vec<Option<&str>> {
    match values {
        ColumnValues::Text { levels, codes } => (codes.iter())
            .map(|code| code.and_then(|code| levels.get(code as usize).map(String::as_str)))
            .collect(),
        // The column was asked for as texts.
        other => vec![None; other.rows()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_what_they_are_said_to_be() {
        let text = "One\ntwo.\n \n\n  Three.  \r\n\r\nFour";
        assert_eq!(
            split(text, DocumentUnit::Paragraph),
            ["One\ntwo.", "Three.", "Four"]
        );
        assert_eq!(
            split(text, DocumentUnit::Line),
            ["One", "two.", "Three.", "Four"]
        );
        assert_eq!(split(text, DocumentUnit::File).len(), 1);
        for unit in [
            DocumentUnit::Paragraph,
            DocumentUnit::Line,
            DocumentUnit::File,
        ] {
            assert!(split(" \n\n\t\n", unit).is_empty());
        }
    }
}
