//! Texts from files and bytes.

use std::{io::Read, path::Path};

use flate2::read::MultiGzDecoder;

use crate::Error;

/// The text of some bytes, without a byte order mark.
///
/// # Errors
///
/// Where the bytes are not UTF-8, with `place` and the first byte that is wrong.
///
/// ```
/// use equipoise_text::utf8;
///
/// assert_eq!(utf8("\u{feff}né".as_bytes(), "a.txt")?, "né");
/// let error = utf8(b"n\xe9", "a.txt").map_err(|error| error.to_string());
/// assert_eq!(error, Err("a.txt: byte 1 is not UTF-8".to_owned()));
/// # Ok::<(), equipoise_text::Error>(())
/// ```
pub fn utf8<'a>(bytes: &'a [u8], place: &str) -> Result<&'a str, Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => Err(Error::NotUtf8 {
            place: place.to_owned(),
            offset: error.valid_up_to(),
        }),
    }
}

/// The bytes of a file; those of a file that ends in `.gz` are unpacked.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let bytes = fs_err::read(path).map_err(failed)?;
    if path.extension().is_none_or(|extension| extension != "gz") {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    (MultiGzDecoder::new(&*bytes).read_to_end(&mut unpacked)).map_err(failed)?;
    Ok(unpacked)
}

/// How a file is called in an error.
pub(crate) fn place(path: &Path) -> String {
    format!("`{}`", path.display())
}
