//! The shape of a JSON Lines file: one object on each line, each key once.
//!
//! The decoder does not name the line where it fails and takes the last of two values under one
//! key, so one pass over the lines checks the shape first.

use std::fmt;
use std::io::BufRead;
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::Error;

/// Checks the shape of a whole file and returns the number of rows; empty lines are none.
pub(super) fn check(path: &Path) -> Result<usize, Error> {
    let mut file = Rows::open(path)?;
    let mut rows = 0;
    while file.next()?.is_some() {
        rows += 1;
    }
    Ok(rows)
}

/// The rows of a file: the lines that are not empty, each with one object.
pub(super) struct Rows<'a> {
    path: &'a Path,
    reader: std::io::BufReader<fs_err::File>,
    line: usize,
    bytes: Vec<u8>,
}

impl<'a> Rows<'a> {
    pub(super) fn open(path: &'a Path) -> Result<Self, Error> {
        Ok(Self {
            path,
            reader: std::io::BufReader::with_capacity(1 << 16, fs_err::File::open(path)?),
            line: 0,
            bytes: Vec::new(),
        })
    }

    /// The next row, without the end of its line.
    pub(super) fn next(&mut self) -> Result<Option<&str>, Error> {
        loop {
            self.bytes.clear();
            if self.reader.read_until(b'\n', &mut self.bytes)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            let Ok(text) = std::str::from_utf8(&self.bytes) else {
                return Err(Error::NotUtf8 {
                    path: self.path.to_owned(),
                    line: self.line,
                });
            };
            if !text.trim().is_empty() {
                self.expect_object(text)?;
                break;
            }
        }
        // Checked above; an empty text would be no row.
        Ok(std::str::from_utf8(&self.bytes).ok().map(str::trim))
    }

    fn expect_object(&self, text: &str) -> Result<(), Error> {
        if let Ok(RepeatedKey(repeated)) = serde_json::from_str(text) {
            return match repeated {
                None => Ok(()),
                Some(key) => Err(Error::RepeatedKey {
                    path: self.path.to_owned(),
                    line: self.line,
                    key,
                }),
            };
        }
        // Parsed again behind as many line ends as in the file, so that the cause names the line.
        let in_place = "\n".repeat(self.line - 1) + text.trim_end();
        match serde_json::from_str::<RepeatedKey>(&in_place) {
            Ok(_) => Ok(()),
            Err(source) => Err(Error::BadJson {
                path: self.path.to_owned(),
                line: self.line,
                source,
            }),
        }
    }
}

/// The first key that an object has twice.
struct RepeatedKey(Option<String>);

impl<'de> Deserialize<'de> for RepeatedKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = RepeatedKey;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RepeatedKey, A::Error> {
                let mut keys: Vec<String> = Vec::new();
                let mut repeated = None;
                while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    if repeated.is_none() && keys.contains(&key) {
                        repeated = Some(key);
                    } else {
                        keys.push(key);
                    }
                }
                Ok(RepeatedKey(repeated))
            }
        }

        deserializer.deserialize_map(ObjectVisitor)
    }
}
