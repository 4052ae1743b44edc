//! The shape of a file of separated values: its header, and the same number of fields in each row.
//!
//! The table itself is decoded elsewhere, by a reader that fills short rows with nulls and renames
//! columns that share a name. Neither must happen in silence, so one pass over the bytes checks
//! the shape first.

use std::io::BufRead;
use std::path::Path;

use crate::Error;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The shape of a file.
#[derive(Debug)]
pub(super) struct Shape {
    /// The column names.
    pub(super) header: Vec<String>,
    /// The number of rows below the header.
    pub(super) rows: usize,
    /// Whether empty lines follow the last row.
    pub(super) empty_lines: bool,
}

/// The column names of a file.
pub(super) fn header(path: &Path, separator: u8) -> Result<Vec<String>, Error> {
    let mut records = Records::open(path, separator)?;
    records.next()?.ok_or_else(|| Error::EmptyFile {
        path: path.to_owned(),
    })?;
    names(path, &records.record, separator)
}

/// Checks the shape of a whole file.
pub(super) fn check(path: &Path, separator: u8) -> Result<Shape, Error> {
    let mut file = Rows::open(path, separator)?;
    let mut rows = 0;
    while file.next()?.is_some() {
        rows += 1;
    }
    Ok(Shape {
        empty_lines: file.empty.is_some(),
        header: file.header,
        rows,
    })
}

/// The rows of a file below its header, each with as many fields as that.
pub(super) struct Rows<'a> {
    records: Records<'a>,
    pub(super) header: Vec<String>,
    /// The first empty line; such are legal at the end of the file only.
    empty: Option<usize>,
}

impl<'a> Rows<'a> {
    pub(super) fn open(path: &'a Path, separator: u8) -> Result<Self, Error> {
        let mut records = Records::open(path, separator)?;
        records.next()?.ok_or_else(|| Error::EmptyFile {
            path: path.to_owned(),
        })?;
        let header = names(path, &records.record, separator)?;
        Ok(Self {
            records,
            header,
            empty: None,
        })
    }

    /// The bytes of the next row, without the end of its line.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, Error> {
        let fields = self.header.len();
        while let Some(record) = self.records.next()? {
            if record.blank && fields > 1 {
                self.empty = self.empty.or(Some(record.line));
                continue;
            }
            let ragged = match self.empty {
                Some(line) => Some((line, 1)),
                None if record.fields != fields => Some((record.line, record.fields)),
                None => None,
            };
            if let Some((line, found)) = ragged {
                return Err(Error::RaggedRow {
                    path: self.records.path.to_owned(),
                    line,
                    found,
                    expected: fields,
                });
            }
            return Ok(Some(&self.records.record));
        }
        Ok(None)
    }
}

/// One record, as far as its shape goes.
struct Record {
    line: usize,
    fields: usize,
    blank: bool,
}

/// The records of a file; a record is a line, or several where a quoted field holds line ends.
struct Records<'a> {
    path: &'a Path,
    separator: u8,
    reader: std::io::BufReader<fs_err::File>,
    line: usize,
    record: Vec<u8>,
}

impl<'a> Records<'a> {
    fn open(path: &'a Path, separator: u8) -> Result<Self, Error> {
        Ok(Self {
            path,
            separator,
            reader: std::io::BufReader::with_capacity(1 << 16, fs_err::File::open(path)?),
            line: 0,
            record: Vec::new(),
        })
    }

    fn next(&mut self) -> Result<Option<Record>, Error> {
        self.record.clear();
        let first_line = self.line + 1;
        let mut scan = FieldScan::new(self.separator);
        loop {
            let start = self.record.len();
            let read = self.reader.read_until(b'\n', &mut self.record)?;
            if read == 0 {
                if start == 0 {
                    return Ok(None);
                }
                return Err(Error::OpenQuote {
                    path: self.path.to_owned(),
                    line: first_line,
                });
            }
            self.line += 1;
            if std::str::from_utf8(&self.record[start..]).is_err() {
                return Err(Error::NotUtf8 {
                    path: self.path.to_owned(),
                    line: self.line,
                });
            }
            scan.feed(&self.record[start..]);
            if !scan.quoted {
                break;
            }
        }
        while matches!(self.record.last(), Some(b'\n' | b'\r')) {
            self.record.pop();
        }
        if first_line == 1 && self.record.starts_with(BYTE_ORDER_MARK) {
            self.record.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(Some(Record {
            line: first_line,
            fields: scan.fields,
            blank: self.record.is_empty(),
        }))
    }
}

/// Counts fields; a quote opens a quoted field only where the field starts.
struct FieldScan {
    separator: u8,
    fields: usize,
    quoted: bool,
    at_start: bool,
}

impl FieldScan {
    fn new(separator: u8) -> Self {
        Self {
            separator,
            fields: 1,
            quoted: false,
            at_start: true,
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.quoted {
                // A doubled quote closes the field and opens it again: the count is the same.
                self.quoted = byte != b'"';
                self.at_start = byte == b'"';
            } else if byte == self.separator {
                self.fields += 1;
                self.at_start = true;
            } else {
                self.quoted = byte == b'"' && self.at_start;
                self.at_start = false;
            }
        }
    }
}

/// The trimmed names of a header, all given and all different.
fn names(path: &Path, record: &[u8], separator: u8) -> Result<Vec<String>, Error> {
    let mut names: Vec<String> = Vec::new();
    for (index, field) in fields(&String::from_utf8_lossy(record), char::from(separator))
        .into_iter()
        .enumerate()
    {
        let name = field.trim().to_owned();
        if name.is_empty() {
            return Err(Error::UnnamedColumn {
                path: path.to_owned(),
                position: index + 1,
            });
        }
        if names.contains(&name) {
            return Err(Error::DuplicateColumn {
                path: path.to_owned(),
                column: name,
            });
        }
        names.push(name);
    }
    if names.len() == 1
        && let Some(found) = other_separator(record, separator)
    {
        return Err(Error::OtherSeparator {
            path: path.to_owned(),
            found: char::from(found),
            expected: char::from(separator),
        });
    }
    Ok(names)
}

/// What a header of one field would be cut by, had its file another separator.
fn other_separator(record: &[u8], separator: u8) -> Option<u8> {
    [b';', b'\t', b',', b'|'].into_iter().find(|&other| {
        let mut scan = FieldScan::new(other);
        scan.feed(record);
        other != separator && scan.fields > 1
    })
}

/// The fields of one record, without their quotes.
fn fields(record: &str, separator: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let (mut quoted, mut at_start) = (false, true);
    for letter in record.chars() {
        if let Some(field) = fields.last_mut() {
            if quoted {
                quoted = letter != '"';
                at_start = !quoted;
                if quoted {
                    field.push(letter);
                }
            } else if letter == separator {
                fields.push(String::new());
                at_start = true;
            } else if letter == '"' && at_start {
                // A quote right behind a closing one is a quote of the text.
                if !field.is_empty() {
                    field.push('"');
                }
                quoted = true;
            } else {
                field.push(letter);
                at_start = false;
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn check_text(text: &str) -> Result<Shape, Error> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        check(file.path(), b',')
    }

    #[test]
    fn rows_are_counted_and_names_trimmed() {
        let shape = check_text("\u{feff}a , b\r\n1,2\r\n3,4\r\n\r\n\r\n").unwrap();
        assert_eq!(shape.header, ["a", "b"]);
        assert_eq!(shape.rows, 2);
        assert!(shape.empty_lines);
    }

    #[test]
    fn quotes_hide_separators_and_line_ends() {
        let shape = check_text("\"a,\"\"x\"\"\",b\n\"1,\n2\",3\n4\"5,6\n").unwrap();
        assert_eq!(shape.header, ["a,\"x\"", "b"]);
        assert_eq!(shape.rows, 2);
    }

    #[test]
    fn a_line_behind_a_field_of_several_lines_has_its_own_number() {
        let error = check_text("a,b\n\"1\n1\n1\",2\n3\n").unwrap_err();
        assert!(matches!(
            error,
            Error::RaggedRow {
                line: 5,
                found: 1,
                expected: 2,
                ..
            }
        ));
    }

    #[test]
    fn an_empty_line_between_rows_is_a_short_row() {
        let error = check_text("a,b\n1,2\n\n3,4\n").unwrap_err();
        assert!(matches!(error, Error::RaggedRow { line: 3, .. }));
    }

    #[test]
    fn an_empty_line_is_a_missing_value_where_there_is_one_column() {
        assert_eq!(check_text("a\n1\n\n3\n").unwrap().rows, 3);
    }

    #[test]
    fn another_separator_is_guessed_from_a_header_of_one_field() {
        for (text, guess) in [("a;b\n1,5;2\n", ';'), ("a\tb\n", '\t'), ("a|b|c\n", '|')] {
            let error = check_text(text).unwrap_err();
            assert!(matches!(error, Error::OtherSeparator { found, .. } if found == guess));
        }
        assert_eq!(check_text("\"a;b\"\n1\n").unwrap().header, ["a;b"]);
        assert_eq!(check_text("a;b,c\n1,2\n").unwrap().header, ["a;b", "c"]);
    }

    #[test]
    fn an_open_quote_names_the_line_where_the_row_starts() {
        let error = check_text("a,b\n1,2\n\"3,4\n5,6\n").unwrap_err();
        assert!(matches!(error, Error::OpenQuote { line: 3, .. }));
    }
}
