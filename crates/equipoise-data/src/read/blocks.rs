//! Files of text in blocks of whole records, for files that memory cannot hold.
//!
//! Types are guessed from whole columns, which a block does not know. So every value is a text
//! here, and numbers are told from words when all blocks were seen.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::{
    Column, CsvReadOptions, DataFrame, DataType, NamedFrom, PlSmallStr, Schema, SerReader, Series,
};
use serde_json::{Map, Value};

use super::scan::{check_file, decode_error, expect_columns};
use super::{FileFormat, Frame, csv, json_lines};
use crate::Error;

/// The bytes of a block, but for the end of its last record.
const BYTES: usize = 8 << 20;

/// Some records of a file, as they are written.
pub(crate) struct Block {
    path: PathBuf,
    format: FileFormat,
    first_row: usize,
    rows: usize,
    /// All columns of a file of separated values.
    header: Arc<Schema>,
    bytes: Vec<u8>,
}

/// The blocks of a file.
pub(crate) struct Blocks<'a> {
    path: &'a Path,
    format: FileFormat,
    header: Arc<Schema>,
    records: Records<'a>,
    /// The rows of the blocks before.
    rows: usize,
    /// A block that was read ahead.
    ahead: Option<Block>,
}

enum Records<'a> {
    Separated(csv::Rows<'a>),
    Objects(json_lines::Rows<'a>),
}

impl<'a> Blocks<'a> {
    /// Opens a file and checks that it has the columns.
    ///
    /// A key of JSON Lines must occur in the first block.
    pub(super) fn open(
        path: &'a Path,
        format: FileFormat,
        select: &[String],
        asked_by: &'static str,
    ) -> Result<Self, Error> {
        check_file(path)?;
        let records = match format.separator() {
            Some(separator) => Records::Separated(csv::Rows::open(path, separator)?),
            None => Records::Objects(json_lines::Rows::open(path)?),
        };
        let names = match &records {
            Records::Separated(rows) => rows.header.clone(),
            Records::Objects(_) => Vec::new(),
        };
        let field = |name: &String| (PlSmallStr::from_str(name), DataType::String);
        let mut blocks = Self {
            path,
            format,
            header: Arc::new(names.iter().map(field).collect()),
            records,
            rows: 0,
            ahead: None,
        };
        let first = blocks.read()?.ok_or_else(|| Error::NoRows {
            path: path.to_owned(),
        })?;
        let names = match blocks.records {
            Records::Separated(_) => names,
            Records::Objects(_) => first.keys()?,
        };
        expect_columns(path, &names, select, asked_by)?;
        blocks.ahead = Some(first);
        Ok(blocks)
    }

    /// The next block; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Block>, Error> {
        match self.ahead.take() {
            Some(block) => Ok(Some(block)),
            None => self.read(),
        }
    }

    fn read(&mut self) -> Result<Option<Block>, Error> {
        let mut bytes = Vec::with_capacity(BYTES + BYTES / 8);
        let mut rows = 0;
        while bytes.len() < BYTES {
            let record = match &mut self.records {
                Records::Separated(rows) => rows.next()?,
                Records::Objects(rows) => rows.next()?.map(str::as_bytes),
            };
            let Some(record) = record else {
                break;
            };
            bytes.extend_from_slice(record);
            bytes.push(b'\n');
            rows += 1;
        }
        if rows == 0 {
            return Ok(None);
        }
        let first_row = self.rows;
        self.rows += rows;
        Ok(Some(Block {
            path: self.path.to_owned(),
            format: self.format,
            first_row,
            rows,
            header: self.header.clone(),
            bytes,
        }))
    }
}

impl Block {
    /// The columns of the block, as texts.
    pub(super) fn decode(&self, select: &[String]) -> Result<Frame, Error> {
        let data = match self.format.separator() {
            Some(separator) => self.decode_separated(select, separator)?,
            None => self.decode_objects(select)?,
        };
        if data.height() != self.rows {
            return Err(equipoise_core::Error::Lengths {
                what: "decoded rows",
                expected: self.rows,
                found: data.height(),
            }
            .into());
        }
        let (path, format) = (&self.path, self.format);
        Ok(Frame::part(path, format, self.first_row, true, data))
    }

    fn decode_separated(&self, select: &[String], separator: u8) -> Result<DataFrame, Error> {
        let columns = select.iter().map(|name| PlSmallStr::from_str(name));
        CsvReadOptions::default()
            .with_has_header(false)
            .with_schema(Some(self.header.clone()))
            .with_columns(Some(columns.collect()))
            .with_n_threads(Some(1))
            .map_parse_options(|options| options.with_separator(separator))
            .into_reader_with_file_handle(Cursor::new(&self.bytes))
            .finish()
            .map_err(|source| decode_error(&self.path, self.format, source))
    }

    fn decode_objects(&self, select: &[String]) -> Result<DataFrame, Error> {
        let mut columns: Vec<Vec<Option<String>>> = select
            .iter()
            .map(|_| Vec::with_capacity(self.rows))
            .collect();
        for object in self.objects() {
            let mut object = object?;
            for (name, column) in select.iter().zip(&mut columns) {
                column.push(self.text(name, object.remove(name))?);
            }
        }
        let columns = select
            .iter()
            .zip(columns)
            .map(|(name, values)| Column::from(Series::new(PlSmallStr::from_str(name), values)));
        DataFrame::new(self.rows, columns.collect())
            .map_err(|source| decode_error(&self.path, self.format, source))
    }

    /// A value as a file of separated values would have it; `None` where it is missing.
    fn text(&self, column: &str, value: Option<Value>) -> Result<Option<String>, Error> {
        let found = match value {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => return Ok(Some(text)),
            Some(Value::Bool(truth)) => return Ok(Some(truth.to_string())),
            Some(Value::Number(number)) => {
                let float = number.as_f64().filter(|_| number.is_f64());
                let text = float.map_or_else(|| number.to_string(), |float| float.to_string());
                return Ok(Some(text));
            }
            Some(Value::Array(_)) => "list",
            Some(Value::Object(_)) => "object",
        };
        Err(Error::UnsupportedType {
            path: self.path.clone(),
            column: column.to_owned(),
            found: found.to_owned(),
        })
    }

    fn objects(&self) -> impl Iterator<Item = Result<Map<String, Value>, Error>> {
        let lines = self.bytes.split(|&byte| byte == b'\n');
        let lines = lines.filter(|line| !line.is_empty());
        lines.enumerate().map(|(index, line)| {
            serde_json::from_slice(line).map_err(|source| Error::BadJson {
                path: self.path.clone(),
                // Checked when the block was read; empty lines are not counted here.
                line: self.first_row + index + 1,
                source,
            })
        })
    }

    /// The keys of the objects, in the order in which they first appear.
    fn keys(&self) -> Result<Vec<String>, Error> {
        let mut keys: Vec<String> = Vec::new();
        for object in self.objects() {
            for (key, _) in object? {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        Ok(keys)
    }
}
