//! Event files that TensorBoard reads: just enough of the format for scalars.
//!
//! A file is a sequence of records: length, masked CRC-32C of the length, data, masked CRC-32C of
//! the data. The data are `tensorflow.Event` messages in Protocol Buffers' wire format.

use std::{
    io::Write,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use equipoise_core::EpochRecord;
use fs_err as fs;

use crate::Error;

/// Writes scalars to an event file of its own.
#[derive(Debug)]
pub struct EventWriter {
    path: PathBuf,
    file: fs::File,
}

impl EventWriter {
    /// Starts a new event file in a folder, which is made where it is not there. Files that other
    /// writers left there are kept: TensorBoard reads them all.
    ///
    /// # Errors
    ///
    /// When the folder or the file cannot be written.
    pub fn create(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(|source| failed("create", folder, source))?;
        let started = now();
        let mut number = 0;
        let (path, file) = loop {
            // TensorBoard takes every file with `tfevents` in its name, in the order of names.
            let path = folder.join(format!(
                "events.out.tfevents.{:010}.{number}",
                started.floor()
            ));
            match fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&path)
            {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                Err(source) => return Err(failed("create", &path, source)),
            }
        };
        let mut writer = Self { path, file };
        let mut event = Message::default();
        event.double(1, started);
        event.bytes(3, b"brain.Event:2");
        writer.append(&event.0)?;
        Ok(writer)
    }

    /// Writes all values of an epoch, tagged `train/<name>` and `valid/<name>`.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn epoch(&mut self, record: &EpochRecord) -> Result<(), Error> {
        let mut summary = Message::default();
        let mut scalar = |tag: &str, value: f64| {
            let mut entry = Message::default();
            entry.bytes(1, tag.as_bytes());
            entry.float(2, value);
            summary.bytes(1, &entry.0);
        };
        for (part, values) in [("train", &record.train), ("valid", &record.valid)] {
            for (name, value) in values {
                scalar(&format!("{part}/{name}"), *value);
            }
        }
        scalar("learning_rate", record.learning_rate);
        if let Some(lambda) = record.lambda {
            scalar("lambda", lambda);
        }
        let mut event = Message::default();
        event.double(1, now());
        event.varint(2, record.epoch as u64);
        event.bytes(5, &summary.0);
        self.append(&event.0)
    }

    fn append(&mut self, data: &[u8]) -> Result<(), Error> {
        let length = (data.len() as u64).to_le_bytes();
        let mut record = Vec::with_capacity(data.len() + 16);
        record.extend(length);
        record.extend(masked_crc(&length).to_le_bytes());
        record.extend(data);
        record.extend(masked_crc(data).to_le_bytes());
        self.file
            .write_all(&record)
            .map_err(|source| failed("write", &self.path, source))
    }
}

fn failed(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::File {
        action,
        path: path.to_owned(),
        source,
    }
}

/// Seconds since 1970; 0 on a machine whose clock stands before that.
fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |elapsed| elapsed.as_secs_f64())
}

/// A message in Protocol Buffers' wire format.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn raw_varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.0.push(value.to_le_bytes()[0]);
    }

    fn varint(&mut self, field: u64, value: u64) {
        self.raw_varint(field << 3);
        self.raw_varint(value);
    }

    fn double(&mut self, field: u64, value: f64) {
        self.raw_varint(field << 3 | 1);
        self.0.extend(value.to_le_bytes());
    }

    #[expect(clippy::cast_possible_truncation, reason = "the format has f32")]
    fn float(&mut self, field: u64, value: f64) {
        self.raw_varint(field << 3 | 5);
        self.0.extend((value as f32).to_le_bytes());
    }

    fn bytes(&mut self, field: u64, value: &[u8]) {
        self.raw_varint(field << 3 | 2);
        self.raw_varint(value.len() as u64);
        self.0.extend(value);
    }
}

/// CRC-32C (Castagnoli) of some bytes, rotated and offset as the format wants it.
fn masked_crc(bytes: &[u8]) -> u32 {
    crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            // The reflected polynomial, where the bit that falls out is set.
            (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_checksum_has_the_value_of_the_standard() {
        // RFC 3720, appendix B.4: 32 bytes of zeros, and of ones.
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
    }

    #[test]
    fn records_can_be_walked_and_their_checksums_hold() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = EventWriter::create(folder.path()).unwrap();
        writer
            .epoch(&EpochRecord {
                epoch: 300,
                learning_rate: 0.5,
                lambda: Some(1.0),
                train: BTreeMap::from([("loss".to_owned(), 0.25)]),
                valid: BTreeMap::new(),
            })
            .unwrap();
        let bytes = std::fs::read(&writer.path).unwrap();
        let mut rest = bytes.as_slice();
        let mut records = Vec::new();
        while !rest.is_empty() {
            let length = u64::from_le_bytes(rest[..8].try_into().unwrap());
            let length = usize::try_from(length).unwrap();
            let crc = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().unwrap());
            assert_eq!(crc(8), masked_crc(&rest[..8]));
            assert_eq!(crc(12 + length), masked_crc(&rest[12..12 + length]));
            records.push(&rest[12..12 + length]);
            rest = &rest[16 + length..];
        }
        assert_eq!(records.len(), 2);
        assert!(records[0].ends_with(b"brain.Event:2"));
        // Field 2, the step: 300 as a varint.
        assert_eq!(records[1][9..12], [0x10, 0xac, 0x02]);
        let tag = b"train/loss";
        assert!(records[1].windows(tag.len()).any(|window| window == tag));
    }

    #[test]
    fn two_writers_do_not_share_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let first = EventWriter::create(folder.path()).unwrap();
        let second = EventWriter::create(folder.path()).unwrap();
        assert_ne!(first.path, second.path);
    }
}
