//! Where a JSON Lines file is broken.

use std::io::BufRead;
use std::path::Path;

use serde_json::{Map, Value};

use crate::Error;

/// The error of the first line that is not an object, or `None` where each line is one.
///
/// Called when the decoder has failed, since it does not name the line.
pub(super) fn first_broken_line(path: &Path) -> Result<Option<Error>, Error> {
    let mut reader = std::io::BufReader::new(fs_err::File::open(path)?);
    let mut bytes = Vec::new();
    let mut line = 0;
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        line += 1;
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Ok(Some(Error::NotUtf8 {
                path: path.to_owned(),
                line,
            }));
        };
        if text.trim().is_empty() {
            continue;
        }
        if serde_json::from_str::<Map<String, Value>>(text).is_ok() {
            continue;
        }
        // Parsed again behind as many line ends as in the file, so that the cause names the line.
        let in_place = "\n".repeat(line - 1) + text.trim_end();
        if let Err(source) = serde_json::from_str::<Map<String, Value>>(&in_place) {
            return Ok(Some(Error::BadJson {
                path: path.to_owned(),
                line,
                source,
            }));
        }
    }
}
