//! SHA-256 checksums of files.

use std::{fmt, io, io::Read, path::Path, str::FromStr};

use fs_err::File;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::CatalogueError;

/// How many bytes are read from a file at once.
const CHUNK: usize = 64 * 1024;

/// A SHA-256, written as 64 lowercase hexadecimal digits.
///
/// ```
/// use equipoise_data::catalogue::Checksum;
///
/// let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// assert_eq!(Checksum::of_bytes(b"").to_string(), empty);
/// assert_eq!(empty.parse::<Checksum>()?, Checksum::of_bytes(b""));
/// assert!("e3b0".parse::<Checksum>().is_err());
/// # Ok::<(), equipoise_data::catalogue::CatalogueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// The checksum of bytes in memory.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::finish(Sha256::new_with_prefix(bytes))
    }

    /// The checksum of a file, read piece by piece.
    ///
    /// # Errors
    ///
    /// When the file cannot be read; the error names it.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        Self::of_reader(&mut File::open(path)?)
    }

    /// The checksum of everything that is left in a reader.
    ///
    /// # Errors
    ///
    /// When reading fails.
    pub fn of_reader(reader: &mut impl Read) -> io::Result<Self> {
        let mut hasher = Sha256::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            match reader.read(&mut chunk) {
                Ok(0) => return Ok(Self::finish(hasher)),
                Ok(count) => hasher.update(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The checksum of what a hasher has seen.
    pub(crate) fn finish(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({self})")
    }
}

impl FromStr for Checksum {
    type Err = CatalogueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decode(text)
            .map(Self)
            .ok_or_else(|| CatalogueError::Checksum {
                text: text.to_owned(),
            })
    }
}

impl TryFrom<String> for Checksum {
    type Error = CatalogueError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Checksum> for String {
    fn from(checksum: Checksum) -> Self {
        checksum.to_string()
    }
}

/// The bytes of 64 hexadecimal digits, or `None` for any other text.
fn decode(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high * 16 + low).collect();
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answer() {
        assert_eq!(
            Checksum::of_bytes(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_text_that_is_no_checksum_is_refused() {
        let good = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(good.to_uppercase().parse::<Checksum>().is_ok());
        for bad in [
            "",
            "ba78",
            &good[1..],
            &format!("{good}0"),
            &good.replace('b', "g"),
        ] {
            assert!(bad.parse::<Checksum>().is_err(), "{bad}");
        }
    }
}
