//! The columns of an audit of files that memory cannot hold, chunk by chunk.
//!
//! The files are read twice. The first pass finds the values of groups, labels and decisions, for
//! a value may appear in the last row for the first time; the second one hands the rows over.

use std::collections::BTreeSet;
use std::path::Path;

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema, MissingPolicy};
use rayon::prelude::*;

use super::binary::{distinct, ones};
use super::levels::{ChunkLevels, Levels, Place};
use super::part::{Part, Values};
use super::piece::{ASKED_BY, options};
use super::{
    AuditColumns, BinaryColumns, Kept, OutcomeColumns, in_all_files, score_range, weight_range,
};
use crate::annotate::{ValueOrder, group_values, mapped_values, present_levels};
use crate::read::texts::{MISSING, Texts, code_of_index, recode};
use crate::read::values::{Decoded, decode};
use crate::read::{Chunk, Chunks, DataFile, FileState, Frame};
use crate::{ColumnType, DroppedRows, Error, GroupConfig};

/// Some of the rows of an audit; all vectors have one entry for each row that was kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AuditChunk {
    /// The groups; all chunks have the same schema.
    pub groups: GroupColumns,
    /// The labels, 0 or 1.
    pub labels: Vec<u8>,
    /// The decisions, 0 or 1.
    pub predictions: Option<Vec<u8>>,
    /// The scores, in `[0, 1]`.
    pub scores: Option<Vec<f64>>,
    /// The weights, above 0.
    pub weights: Option<Vec<f64>>,
}

/// The columns of an audit, of which memory holds a few chunks at a time.
///
/// The outcome is binary, of rows that are independent of each other and whose groups are known.
///
/// A chunk has at most 2^18 rows of a Parquet or Arrow IPC file, or 8 MiB of a file of text, and
/// there is one for each thread. So memory grows with the number of threads and of distinct
/// groups, and not with that of the rows.
#[derive(Debug)]
pub struct AuditStream<'a> {
    files: &'a [DataFile],
    columns: &'a AuditColumns,
    binary: &'a BinaryColumns,
    select: Vec<String>,
    before: Vec<FileState>,
    rows: usize,
    schema: GroupSchema,
    dropped: Vec<DroppedRows>,
    groups: Vec<Coded>,
    labels: Coded,
    predictions: Option<Coded>,
}

/// How the values of a column become codes.
#[derive(Debug)]
struct Coded {
    levels: Levels,
    /// The code of each of the levels.
    codes: Vec<u32>,
    /// The code of a missing value; [`MISSING`] where such rows are left out.
    missing: u32,
}

impl Coded {
    /// The code of each row of a chunk.
    fn code(&self, chunk: ChunkLevels) -> Vec<u32> {
        let mut remap = self.levels.remap(&chunk.texts.levels);
        recode(&mut remap, &self.codes);
        let mut codes = chunk.texts.codes;
        for code in &mut codes {
            *code = remap.get(*code as usize).copied().unwrap_or(self.missing);
        }
        codes
    }

    /// The same as 0 and 1, or `None` where a value is missing.
    fn bits(&self, chunk: ChunkLevels) -> Values<u8> {
        let codes = self.code(chunk).into_iter();
        Values::Some(codes.map(|code| u8::try_from(code).ok()).collect())
    }
}

impl<'a> AuditStream<'a> {
    /// Reads the columns of labels, decisions and groups once.
    ///
    /// # Errors
    ///
    /// As [`read_audit_columns`](super::read_audit_columns), when the outcome is not binary, when
    /// there are entities or memberships, and when a column of labels or groups
    /// has more than 2^20 distinct values. What is wrong with scores and weights is told by
    /// [`for_each`](Self::for_each).
    pub fn open(files: &'a [DataFile], columns: &'a AuditColumns) -> Result<Self, Error> {
        let binary = binary(columns)?;
        if files.is_empty() {
            return Err(Error::NoFiles);
        }
        let before: Vec<FileState> = files.iter().map(FileState::of).collect();
        let first = FirstPass::over(files, columns, binary);
        before.iter().try_for_each(FileState::expect_unchanged)?;
        let first = first?;
        let paths: Vec<&Path> = files.iter().map(DataFile::path).collect();
        first
            .finish(&paths)
            .map(|found| Self {
                files,
                columns,
                binary,
                select: columns.select(),
                before,
                rows: found.rows,
                schema: found.schema,
                dropped: found.dropped,
                groups: found.groups,
                labels: found.labels,
                predictions: found.predictions,
            })
            .map_err(|error| in_all_files(error, files))
    }

    /// The groups of all rows that are kept; sorted as
    /// [`Annotation::groups`](crate::Annotation::groups) says.
    pub fn schema(&self) -> &GroupSchema {
        &self.schema
    }

    /// The number of rows in the files.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows that are left out.
    pub fn dropped(&self) -> &[DroppedRows] {
        &self.dropped
    }

    /// Decodes all chunks on all threads, and hands over what `map` made of each in the order of
    /// the rows.
    ///
    /// # Errors
    ///
    /// When a score or a weight is missing or out of its range, when a file has changed since it
    /// was opened, or when `map` or `reduce` fails.
    pub fn for_each<T, E>(
        &self,
        map: impl Fn(AuditChunk) -> Result<T, E> + Sync,
        mut reduce: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E>
    where
        T: Send,
        E: From<Error> + Send,
    {
        let result = for_each_chunk(
            self.files,
            &self.select,
            |_, frame| {
                map(self
                    .chunk(frame)
                    .map_err(|error| self.in_file(error, frame))?)
            },
            |mapped, _| reduce(mapped),
        );
        self.before
            .iter()
            .try_for_each(FileState::expect_unchanged)?;
        result
    }

    /// An error about rows, with the file where there are several.
    fn in_file(&self, error: Error, frame: &Frame) -> Error {
        match error {
            Error::MissingValues { .. } | Error::ScoreRange { .. } | Error::Weight { .. }
                if self.files.len() > 1 =>
            {
                Error::InFile {
                    path: frame.path().to_owned(),
                    source: Box::new(error),
                }
            }
            error => error,
        }
    }

    fn chunk(&self, frame: &Frame) -> Result<AuditChunk, Error> {
        let (columns, binary) = (self.columns, self.binary);
        let mut codes = Vec::with_capacity(self.groups.len());
        for (config, coded) in columns.groups.iter().zip(&self.groups) {
            codes.push(coded.code(levels_of_group(frame, config, columns)?));
        }
        let dropped = |row: usize| codes.iter().any(|codes| codes[row] == MISSING);
        let kept: Option<Vec<usize>> = (0..frame.rows())
            .any(dropped)
            .then(|| (0..frame.rows()).filter(|&row| !dropped(row)).collect());
        if let Some(kept) = &kept {
            for codes in &mut codes {
                *codes = kept.iter().map(|&row| codes[row]).collect();
            }
        }
        let kept = Kept::of_frame(kept.as_deref(), frame);
        let labels = self
            .labels
            .bits(levels_of_labels(frame, &binary.label, columns)?);
        let predictions = match (&self.predictions, &binary.prediction) {
            (Some(coded), Some(column)) => {
                let values = coded.bits(levels_of_labels(frame, column, columns)?);
                Some(kept.of(values, "prediction", column)?)
            }
            _ => None,
        };
        let numbers = |what: &'static str, column: &String| {
            let part = Part::of_numbers(frame, column, &columns.missing_values)?;
            kept.of(part.into_numbers(what, column)?, what, column)
        };
        let scores = binary.score.as_ref().map(|column| {
            let scores = numbers("score", column)?;
            score_range(kept, &scores, column)?;
            Ok::<_, Error>(scores)
        });
        let weights = columns.weight.as_ref().map(|column| {
            let weights = numbers("weight", column)?;
            weight_range(kept, &weights, column)?;
            Ok::<_, Error>(weights)
        });
        Ok(AuditChunk {
            groups: GroupColumns::new(self.schema.clone(), codes)?,
            labels: kept.of(labels, "label", &binary.label)?,
            predictions,
            scores: scores.transpose()?,
            weights: weights.transpose()?,
        })
    }
}

/// The binary outcome of columns of which nothing else needs all rows at once.
fn binary(columns: &AuditColumns) -> Result<&BinaryColumns, Error> {
    let what = match &columns.outcome {
        OutcomeColumns::Multiclass { .. } => "an outcome of several classes",
        OutcomeColumns::Multilabel(_) => "an outcome of several outputs",
        OutcomeColumns::Regression { .. } => "a regression outcome",
        OutcomeColumns::Binary(_) if columns.entity.is_some() => "entities of several rows",
        OutcomeColumns::Binary(_) if !columns.memberships.is_empty() => {
            "groups known as probabilities"
        }
        OutcomeColumns::Binary(binary) => {
            binary.check()?;
            return Ok(binary);
        }
    };
    Err(Error::NotStreamed { what })
}

/// Decodes all chunks of all files: as many at a time as there are threads.
fn for_each_chunk<T: Send, E: From<Error> + Send>(
    files: &[DataFile],
    select: &[String],
    map: impl Fn(usize, &Frame) -> Result<T, E> + Sync,
    mut reduce: impl FnMut(T, usize) -> Result<(), E>,
) -> Result<(), E> {
    for (position, file) in files.iter().enumerate() {
        let mut chunks = Chunks::open(file, select, ASKED_BY)?;
        loop {
            let mut several: Vec<Chunk> = Vec::with_capacity(rayon::current_num_threads());
            while several.len() < several.capacity()
                && let Some(chunk) = chunks.next()?
            {
                several.push(chunk);
            }
            if several.is_empty() {
                break;
            }
            let mapped: Vec<Result<T, E>> = several
                .into_par_iter()
                .map(|chunk| map(position, &chunk.decode(select)?))
                .collect();
            for mapped in mapped {
                reduce(mapped?, position)?;
            }
        }
    }
    Ok(())
}

/// The values of a group attribute in a chunk.
fn levels_of_group(
    frame: &Frame,
    group: &GroupConfig,
    columns: &AuditColumns,
) -> Result<ChunkLevels, Error> {
    let series = frame.column(&group.column)?;
    let missing = &columns.missing_values;
    if group.bins.is_none() && frame.untyped() {
        return as_written(frame, &group.column, columns);
    }
    // Words among numbers that are to be cut are an error with a row.
    let kind = frame.untyped().then_some(ColumnType::Number);
    let decoded = decode(series, frame, &options(&group.column, missing, kind))?;
    let values = group_values(group, decoded)?;
    Ok(ChunkLevels {
        texts: values.texts,
        order: Some(values.order),
    })
}

/// The values of a column of labels or decisions in a chunk.
fn levels_of_labels(
    frame: &Frame,
    column: &str,
    columns: &AuditColumns,
) -> Result<ChunkLevels, Error> {
    if frame.untyped() {
        return as_written(frame, column, columns);
    }
    let part = Part::of_labels(frame, column, &columns.missing_values)?;
    Ok(match part {
        Part::Bits { bits, boolean } => ChunkLevels {
            texts: Texts {
                levels: if boolean {
                    ["false", "true"]
                } else {
                    ["0", "1"]
                }
                .map(str::to_owned)
                .to_vec(),
                codes: bits.into_iter().map(u32::from).collect(),
            },
            order: Some(if boolean {
                ValueOrder::Letters
            } else {
                ValueOrder::Size
            }),
        },
        part => {
            let decoded = part.into_decoded();
            let order = match decoded {
                Decoded::Numbers(_) => ValueOrder::Size,
                Decoded::Texts(_) => ValueOrder::Letters,
            };
            let (levels, codes) = distinct(decoded);
            let codes = codes.into_iter().map(|code| code.unwrap_or(MISSING));
            ChunkLevels {
                texts: Texts {
                    levels,
                    codes: codes.collect(),
                },
                order: Some(order),
            }
        }
    })
}

/// The values of a column of a file without types.
fn as_written(frame: &Frame, column: &str, columns: &AuditColumns) -> Result<ChunkLevels, Error> {
    let options = options(column, &columns.missing_values, Some(ColumnType::Category));
    match decode(frame.column(column)?, frame, &options)? {
        Decoded::Texts(texts) => Ok(ChunkLevels { texts, order: None }),
        // No column of texts that is declared as such is decoded as numbers.
        numbers @ Decoded::Numbers(_) => {
            let (levels, codes) = distinct(numbers);
            let codes = codes.into_iter().map(|code| code.unwrap_or(MISSING));
            Ok(ChunkLevels {
                texts: Texts {
                    levels,
                    codes: codes.collect(),
                },
                order: None,
            })
        }
    }
}

/// What the first pass finds.
struct FirstPass<'a> {
    columns: &'a AuditColumns,
    binary: &'a BinaryColumns,
    rows: usize,
    kept: usize,
    /// The rows before each file.
    starts: Vec<usize>,
    groups: Vec<Levels>,
    /// Of each attribute: the rows that are left out because it is the first that is missing.
    dropped: Vec<usize>,
    labels: Levels,
    predictions: Option<Levels>,
}

/// What the second pass needs.
struct Found {
    rows: usize,
    schema: GroupSchema,
    dropped: Vec<DroppedRows>,
    groups: Vec<Coded>,
    labels: Coded,
    predictions: Option<Coded>,
}

/// The values of one chunk in the first pass.
struct ChunkValues {
    /// The rows of the file before these.
    before: usize,
    rows: usize,
    groups: Vec<ChunkLevels>,
    labels: ChunkLevels,
    predictions: Option<ChunkLevels>,
}

impl ChunkValues {
    fn of(frame: &Frame, columns: &AuditColumns, binary: &BinaryColumns) -> Result<Self, Error> {
        let groups = columns.groups.iter();
        let predictions = binary.prediction.as_ref();
        Ok(Self {
            before: frame.rows_before(),
            rows: frame.rows(),
            groups: groups
                .map(|group| levels_of_group(frame, group, columns))
                .collect::<Result<_, Error>>()?,
            labels: levels_of_labels(frame, &binary.label, columns)?,
            predictions: predictions
                .map(|column| levels_of_labels(frame, column, columns))
                .transpose()?,
        })
    }
}

impl<'a> FirstPass<'a> {
    fn over(
        files: &[DataFile],
        columns: &'a AuditColumns,
        binary: &'a BinaryColumns,
    ) -> Result<Self, Error> {
        let mut pass = Self {
            columns,
            binary,
            rows: 0,
            kept: 0,
            starts: Vec::with_capacity(files.len()),
            groups: columns.groups.iter().map(|_| Levels::default()).collect(),
            dropped: vec![0; columns.groups.len()],
            labels: Levels::default(),
            predictions: binary.prediction.as_ref().map(|_| Levels::default()),
        };
        // All columns are asked for, so that one that is not there is told now.
        for file in files {
            Chunks::open(file, &columns.select(), ASKED_BY)?;
        }
        let named = [Some(&binary.label), binary.prediction.as_ref()];
        let named = named.into_iter().flatten();
        let named: BTreeSet<&String> = named
            .chain(columns.groups.iter().map(|group| &group.column))
            .collect();
        let select: Vec<String> = named.into_iter().cloned().collect();
        for_each_chunk(
            files,
            &select,
            |_, frame| ChunkValues::of(frame, columns, binary),
            |chunk, file| pass.add(&chunk, file),
        )?;
        Ok(pass)
    }

    fn add(&mut self, chunk: &ChunkValues, file: usize) -> Result<(), Error> {
        while self.starts.len() <= file {
            self.starts.push(self.rows);
        }
        let (columns, binary) = (self.columns, self.binary);
        let rows = chunk.rows;
        let mut keep: Option<Vec<bool>> = None;
        for ((config, levels), dropped) in
            (columns.groups.iter().zip(&chunk.groups)).zip(&mut self.dropped)
        {
            let codes = &levels.texts.codes;
            if config.missing != MissingPolicy::Drop || !codes.contains(&MISSING) {
                continue;
            }
            let keep = keep.get_or_insert_with(|| vec![true; rows]);
            for (keep, &code) in keep.iter_mut().zip(codes) {
                if *keep && code == MISSING {
                    *keep = false;
                    *dropped += 1;
                }
            }
        }
        let keep = keep.as_deref();
        let place = Place {
            file,
            row: chunk.before,
        };
        for ((levels, chunk), config) in
            (self.groups.iter_mut().zip(&chunk.groups)).zip(&columns.groups)
        {
            levels.add(chunk, keep, true, place, &config.column)?;
        }
        self.labels
            .add(&chunk.labels, keep, false, place, &binary.label)?;
        if let (Some(levels), Some(chunk), Some(column)) = (
            &mut self.predictions,
            &chunk.predictions,
            &binary.prediction,
        ) {
            levels.add(chunk, keep, false, place, column)?;
        }
        self.rows += rows;
        self.kept += keep.map_or(rows, |keep| keep.iter().filter(|keep| **keep).count());
        Ok(())
    }

    fn finish(self, paths: &[&Path]) -> Result<Found, Error> {
        let (columns, binary) = (self.columns, self.binary);
        let mut schema = Vec::with_capacity(self.groups.len());
        let mut groups = Vec::with_capacity(self.groups.len());
        for (config, levels) in columns.groups.iter().zip(self.groups) {
            let (names, coded) = code_group(config, levels, paths, &self.starts)?;
            schema.push((config.name.clone(), names));
            groups.push(coded);
        }
        if self.kept == 0 {
            return Err(Error::AllDropped { rows: self.rows });
        }
        let schema = schema
            .into_iter()
            .map(|(name, values)| GroupAttribute::new(name, values))
            .collect::<Result<Vec<_>, _>>()?;
        let positive = binary.positive.as_deref();
        let starts = &self.starts;
        let (labels, names) =
            code_binary("label", &binary.label, self.labels, positive, None, starts)?;
        let predictions = match (self.predictions, &binary.prediction) {
            (Some(levels), Some(column)) => {
                let names = Some(names.as_slice());
                Some(code_binary("prediction", column, levels, positive, names, starts)?.0)
            }
            _ => None,
        };
        let dropped = self.dropped.into_iter().zip(&columns.groups);
        Ok(Found {
            rows: self.rows,
            schema: GroupSchema::new(schema)?,
            dropped: dropped
                .filter(|(count, _)| *count > 0)
                .map(|(count, group)| DroppedRows::of_group(&group.name, count))
                .collect(),
            groups,
            labels,
            predictions,
        })
    }
}

/// The values of an attribute, and how they are coded.
fn code_group(
    config: &GroupConfig,
    levels: Levels,
    paths: &[&Path],
    starts: &[usize],
) -> Result<(Vec<String>, Coded), Error> {
    let texts = if levels.order() == Some(ValueOrder::Bins) {
        in_order_of_bins(config, &levels)
    } else {
        group_values(config, levels.as_column(paths, &config.column)?)?.texts
    };
    let texts = mapped_values(config, texts)?;
    let (rows, count) = levels.missing();
    match config.missing {
        MissingPolicy::OwnGroup | MissingPolicy::Drop => {}
        // `Error`, and every policy that this crate does not know how to follow.
        _ if count > 0 => {
            return Err(Error::MissingGroup {
                attribute: config.name.clone(),
                column: config.column.clone(),
                rows: in_all_rows(rows, starts),
                count,
            });
        }
        _ => {}
    }
    // A value that no kept row has is no group.
    let counts = levels.counts();
    let kept = |code: u32, count: usize| if count > 0 { code } else { MISSING };
    let present = Texts {
        levels: texts.levels.clone(),
        codes: (texts.codes.iter().zip(counts))
            .map(|(&code, &count)| kept(code, count))
            .collect(),
    };
    let present = present_levels(present);
    let mut names = present.levels;
    let missing = if config.missing == MissingPolicy::OwnGroup && count > 0 {
        names.push(MissingPolicy::OWN_GROUP.to_owned());
        code_of_index(names.len() - 1)
    } else {
        MISSING
    };
    let coded = Coded {
        levels,
        codes: present.codes,
        missing,
    };
    Ok((names, coded))
}

/// The bins that have rows, in the order of their edges.
fn in_order_of_bins(config: &GroupConfig, levels: &Levels) -> Texts {
    let edges = config.bins.as_deref().unwrap_or_default();
    let names = crate::annotate::bin_names(edges);
    let position = |name: &String| names.iter().position(|known| known == name);
    let codes = levels
        .names()
        .iter()
        .map(|name| position(name).map_or(MISSING, code_of_index));
    Texts {
        codes: codes.collect(),
        levels: names,
    }
}

/// How the values of a column of labels or decisions are coded, and those values.
fn code_binary(
    what: &'static str,
    column: &str,
    levels: Levels,
    positive: Option<&str>,
    labels: Option<&[String]>,
    starts: &[usize],
) -> Result<(Coded, Vec<String>), Error> {
    let (rows, count) = levels.missing();
    if count > 0 {
        return Err(Error::MissingValues {
            what,
            column: column.to_owned(),
            rows: in_all_rows(rows, starts),
            count,
        });
    }
    let names = levels.names_as_numbers(column)?;
    let Some(ones) = ones(&names, positive, labels) else {
        let mut found = names;
        found.sort_unstable();
        found.dedup();
        return Err(match positive {
            Some(positive) if labels.is_none() => Error::UnknownPositive {
                column: column.to_owned(),
                positive: positive.to_owned(),
                found,
            },
            _ => Error::NotZeroOne {
                what,
                column: column.to_owned(),
                found,
            },
        });
    };
    let coded = Coded {
        levels,
        codes: ones.into_iter().map(u32::from).collect(),
        missing: MISSING,
    };
    Ok((coded, names))
}

/// Rows of several files, counted through all of them.
fn in_all_rows(rows: &[Place], starts: &[usize]) -> Vec<usize> {
    rows.iter()
        .map(|place| starts[place.file] + place.row)
        .collect()
}
