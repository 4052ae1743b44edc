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
    let mut reader = std::io::BufReader::with_capacity(1 << 16, fs_err::File::open(path)?);
    let mut bytes = Vec::new();
    let (mut line, mut rows) = (0, 0);
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(rows);
        }
        line += 1;
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Err(Error::NotUtf8 {
                path: path.to_owned(),
                line,
            });
        };
        if text.trim().is_empty() {
            continue;
        }
        rows += 1;
        if let Ok(RepeatedKey(repeated)) = serde_json::from_str(text) {
            if let Some(key) = repeated {
                return Err(Error::RepeatedKey {
                    path: path.to_owned(),
                    line,
                    key,
                });
            }
            continue;
        }
        // Parsed again behind as many line ends as in the file, so that the cause names the line.
        let in_place = "\n".repeat(line - 1) + text.trim_end();
        if let Err(source) = serde_json::from_str::<RepeatedKey>(&in_place) {
            return Err(Error::BadJson {
                path: path.to_owned(),
                line,
                source,
            });
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
