//! The distinct values of a column of files that memory cannot hold, gathered chunk by chunk.

use std::collections::HashMap;
use std::path::Path;

use crate::Error;
use crate::annotate::ValueOrder;
use crate::error::LISTED;
use crate::read::texts::{MISSING, Texts, code_of_index};
use crate::read::values::{Decoded, KindCounts};

/// The most distinct values that a column of labels or groups may have.
const MOST_LEVELS: usize = 1 << 20;

/// A row of one of the files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The position of the file.
    pub(super) file: usize,
    /// The row in it, from 1; 0 stands before the first one.
    pub(super) row: usize,
}

/// The values of a column in one chunk.
pub(super) struct ChunkLevels {
    /// The values; those of an untyped file as they are written.
    pub(super) texts: Texts,
    /// How they are to be sorted; `None` where numbers are not yet told from words.
    pub(super) order: Option<ValueOrder>,
}

/// The distinct values of a column.
#[derive(Debug, Default)]
pub(super) struct Levels {
    /// The values, in the order in which they first appear.
    names: Vec<String>,
    codes: HashMap<String, usize>,
    /// Of each value: the rows that are kept.
    counts: Vec<usize>,
    /// Of each value: the first row.
    first: Vec<Place>,
    order: Option<ValueOrder>,
    /// Of each file without types: how many numbers and words it holds.
    kinds: Vec<KindCounts>,
    missing: Vec<Place>,
    missing_count: usize,
}

impl Levels {
    /// Adds the values of a chunk, the rows of which follow the row `before`; `keep` says which
    /// rows count, all where it is `None`.
    pub(super) fn add(
        &mut self,
        chunk: &ChunkLevels,
        keep: Option<&[bool]>,
        count_missing_of_all: bool,
        before: Place,
        column: &str,
    ) -> Result<(), Error> {
        match chunk.order {
            None => {}
            Some(_) if chunk.texts.levels.is_empty() => {}
            order if self.order.is_some() && self.order != order => {
                return Err(Error::KindsDiffer {
                    column: column.to_owned(),
                });
            }
            order => self.order = order,
        }
        let levels = &chunk.texts.levels;
        let mut counts = vec![0; levels.len()];
        let mut all = counts.clone();
        let mut first = vec![None; levels.len()];
        for (index, &code) in chunk.texts.codes.iter().enumerate() {
            let kept = keep.is_none_or(|keep| keep[index]);
            let place = || Place {
                row: before.row + index + 1,
                ..before
            };
            if code == MISSING {
                if kept || count_missing_of_all {
                    self.missing_count += 1;
                    if self.missing.len() < LISTED {
                        self.missing.push(place());
                    }
                }
                continue;
            }
            let code = code as usize;
            counts[code] += usize::from(kept);
            all[code] += 1;
            if first[code].is_none() {
                first[code] = Some(place());
            }
        }
        if chunk.order.is_none() {
            let files = self.kinds.len().max(before.file + 1);
            self.kinds.resize_with(files, KindCounts::default);
            if let Some(kinds) = self.kinds.last_mut() {
                for (name, rows) in levels.iter().zip(all) {
                    kinds.add(name.parse().ok(), rows);
                }
            }
        }
        for ((name, count), first) in levels.iter().zip(counts).zip(first) {
            let Some(first) = first else {
                // A bin without rows in this chunk.
                continue;
            };
            let code = if let Some(&code) = self.codes.get(name) {
                code
            } else {
                if self.names.len() == MOST_LEVELS {
                    return Err(Error::TooManyValues {
                        column: column.to_owned(),
                        legal: MOST_LEVELS,
                    });
                }
                self.codes.insert(name.clone(), self.names.len());
                self.names.push(name.clone());
                self.counts.push(0);
                self.first.push(first);
                self.names.len() - 1
            };
            self.counts[code] += count;
        }
        Ok(())
    }

    /// The values, one for each code of [`Self::code`].
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The rows that were kept, by code.
    pub(super) fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// The rows without a value: the first ones, and how many.
    pub(super) fn missing(&self) -> (&[Place], usize) {
        (&self.missing, self.missing_count)
    }

    /// The code of each value of a chunk; [`MISSING`] for one that was not there before.
    pub(super) fn remap(&self, levels: &[String]) -> Vec<u32> {
        let code = |level| self.codes.get(level).map(|&code| code_of_index(code));
        levels
            .iter()
            .map(|level| code(level).unwrap_or(MISSING))
            .collect()
    }

    /// How the values are to be sorted; `None` where numbers are yet to be told from words.
    pub(super) fn order(&self) -> Option<ValueOrder> {
        self.order
    }

    /// The values of [`Self::names`], those of a column of numbers in their shortest form.
    ///
    /// # Errors
    ///
    /// When some files hold numbers and others texts.
    pub(super) fn names_as_numbers(&self, column: &str) -> Result<Vec<String>, Error> {
        if !self.are_numbers(column)? {
            return Ok(self.names.clone());
        }
        let names = self.names.iter().zip(self.numbers());
        Ok(names
            .map(|(name, number)| number.map_or_else(|| name.clone(), |number| number.to_string()))
            .collect())
    }

    fn numbers(&self) -> Vec<Option<f64>> {
        self.names.iter().map(|name| name.parse().ok()).collect()
    }

    fn are_numbers(&self, column: &str) -> Result<bool, Error> {
        let untyped = self.kinds.iter().filter(|kinds| !kinds.is_empty());
        let kinds = untyped.map(|kinds| kinds.are_numbers());
        let mut kinds = kinds.chain(self.order.map(|order| order == ValueOrder::Size));
        let first = kinds.next().unwrap_or(false);
        if kinds.any(|kind| kind != first) {
            return Err(Error::KindsDiffer {
                column: column.to_owned(),
            });
        }
        Ok(first)
    }

    /// The values as a column of their own, one row each: numbers where most rows of the files
    /// hold numbers.
    ///
    /// # Errors
    ///
    /// When some files hold numbers and others texts; when a column of numbers holds a text, or a
    /// number that is not finite.
    pub(super) fn as_column(&self, paths: &[&Path], column: &str) -> Result<Decoded, Error> {
        let numbers = self.numbers();
        if !self.are_numbers(column)? {
            let codes = (0..self.names.len()).map(code_of_index).collect();
            let texts = Texts {
                levels: self.names.clone(),
                codes,
            };
            return Ok(Decoded::Texts(texts.sorted()));
        }
        let values = numbers.into_iter().zip(&self.names).zip(&self.first);
        let values = values.map(|((number, name), place)| {
            let path = paths[place.file].to_owned();
            match number {
                Some(number) if number.is_finite() => Ok(Some(number)),
                Some(_) => Err(Error::NotFinite {
                    path,
                    column: column.to_owned(),
                    row: place.row,
                    value: name.clone(),
                }),
                None => Err(Error::TextInNumbers {
                    path,
                    column: column.to_owned(),
                    row: place.row,
                    value: name.clone(),
                }),
            }
        });
        values.collect::<Result<_, Error>>().map(Decoded::Numbers)
    }
}
