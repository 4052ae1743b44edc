//! The sums of all groups of a section, with what their uncertainty needs.

use std::{borrow::Cow, ops::Range};

use equipoise_core::GroupSchema;
use rayon::prelude::*;

use crate::{
    Error, GroupCube,
    cube::roll_up_map,
    rows::{PreparedOutcome, PreparedRows},
    units::{Unit, collapsed, rolled_up, summed},
    views::{Reading, Shape, View},
};

/// Up to this many kinds of weighted rows, each is resampled as it is.
const MAX_WEIGHTED_KINDS: usize = 1 << 14;
/// The most sums that are kept.
const MAX_SUMS: usize = 1 << 24;

/// The sums of each group: of the rows, and of each replicate of them.
#[derive(Debug)]
pub(crate) struct Tallies {
    schema: GroupSchema,
    shape: Shape,
    /// `[groups][Shape::width]`, flat.
    sums: Vec<f64>,
    /// The same of squared weights; `None` where all weights are 1, as the sums are then the same.
    squares: Option<Vec<f64>>,
    resampled: Resampled,
}

/// What the bootstrap draws from.
#[derive(Debug)]
enum Resampled {
    /// Cells of rows that are all alike: counts without the numbers of rows.
    Cells(Vec<u64>),
    /// Rows, or entities.
    Units(Vec<Unit>),
}

/// Checks that the sums of all cells fit into memory.
fn check_size(schema: &GroupSchema, shape: Shape) -> Result<(), Error> {
    let cells = schema.cell_count();
    if cells.saturating_mul(shape.width()) > MAX_SUMS {
        return Err(Error::TooManySums {
            cells,
            width: shape.width(),
            legal: MAX_SUMS,
        });
    }
    Ok(())
}

impl Tallies {
    /// The sums over the cells of the full intersection.
    pub(crate) fn new(rows: &PreparedRows<'_>) -> Result<Self, Error> {
        let (schema, shape) = (rows.schema(), rows.shape());
        check_size(schema, shape)?;
        if let PreparedOutcome::Binary {
            labels,
            predictions,
        } = &rows.outcome
            && rows.counts_alone()
        {
            return Self::of_cube(&GroupCube::from_rows(rows.groups, labels, predictions)?);
        }
        match (&rows.outcome, rows.are_independent_and_hard()) {
            (PreparedOutcome::Binary { .. } | PreparedOutcome::Classes { .. }, true) => {
                Ok(match rows.weights {
                    None => Self::of_cells(schema.clone(), shape, counted(rows)),
                    Some(weights) => Self::of_weighted_cells(rows, weights),
                })
            }
            _ => Ok(Self::of_units(rows)),
        }
    }

    /// Rows that were counted before.
    pub(crate) fn of_cube(cube: &GroupCube) -> Result<Self, Error> {
        let (schema, shape) = (cube.schema().clone(), Shape::Binary);
        check_size(&schema, shape)?;
        Ok(Self::of_cells(schema, shape, cube.as_slice().to_vec()))
    }

    /// Groups of rows that differ in nothing but their cell.
    fn of_cells(schema: GroupSchema, shape: Shape, counts: Vec<u64>) -> Self {
        Self {
            schema,
            shape,
            sums: sums_of_counts(&counts, shape),
            squares: None,
            resampled: Resampled::Cells(counts),
        }
    }

    /// Rows with weights, each in one cell.
    ///
    /// While there are few kinds of rows, the bootstrap draws each kind as it is. Otherwise the
    /// rows of a cell stand as `n` rows of the same weight, where `n` is the effective number of
    /// rows of Kish (1965) to the nearest whole: the drawn sums of a cell have the mean of those
    /// of a bootstrap of the rows, and up to that rounding their variance.
    fn of_weighted_cells(rows: &PreparedRows<'_>, weights: &[f64]) -> Self {
        let shape = rows.shape();
        let width = shape.width();
        let mut keyed: Vec<(u32, u64)> = (0..weights.len())
            .into_par_iter()
            // The bits of a positive number sort as the number does.
            .map(|row| (rows.cell_sum(row), weights[row].to_bits()))
            .collect();
        keyed.par_sort_unstable();
        let mut sums = vec![0.0; width * rows.schema().cell_count()];
        let mut squares = sums.clone();
        let mut kinds = Vec::new();
        let mut of_cells: Vec<(u32, u64)> = Vec::new();
        for kind in keyed.chunk_by(|a, b| a == b) {
            let (sum, bits) = kind[0];
            let (weight, times) = (f64::from_bits(bits), kind.len() as u64);
            let rows_sum = first_sum(sum, width);
            for (target, amount) in [(rows_sum, 1.0), (sum, weight)] {
                sums[target as usize] += times as f64 * amount;
                squares[target as usize] += times as f64 * amount * amount;
            }
            match of_cells.last_mut() {
                Some(last) if last.0 == sum => last.1 += times,
                _ => of_cells.push((sum, times)),
            }
            if kinds.len() <= MAX_WEIGHTED_KINDS {
                let parts = vec![(rows_sum, 1.0), (sum, weight)];
                kinds.push(Unit { parts, times });
            }
        }
        if kinds.len() > MAX_WEIGHTED_KINDS {
            kinds = of_cells
                .into_iter()
                .flat_map(|(sum, times)| pooled(sum, times, &sums, &squares, width))
                .collect();
        }
        Self {
            schema: rows.schema().clone(),
            shape,
            sums,
            squares: Some(squares),
            resampled: Resampled::Units(kinds),
        }
    }

    /// Rows in several cells at once, of several outputs, of numbers, or of entities.
    fn of_units(rows: &PreparedRows<'_>) -> Self {
        let shape = rows.shape();
        let total = shape.width() * rows.schema().cell_count();
        let of_rows: Vec<Unit> = (0..rows.len())
            .into_par_iter()
            .map(|row| Unit::new(rows.parts(row)))
            .collect();
        let squares = rows.weights.map(|_| {
            let squared = of_rows.iter().map(|unit| Unit {
                parts: unit.parts.iter().map(|&(sum, x)| (sum, x * x)).collect(),
                times: 1,
            });
            all_summed(&collapsed(squared.collect()), total)
        });
        let units = match rows.entities {
            None => collapsed(of_rows),
            Some(entities) => collapsed(of_entities(of_rows, entities)),
        };
        Self {
            schema: rows.schema().clone(),
            shape,
            sums: all_summed(&units, total),
            squares,
            resampled: Resampled::Units(units),
        }
    }

    /// The groups of some attributes, by position.
    pub(crate) fn roll_up(&self, positions: &[usize]) -> Self {
        let map = roll_up_map(&self.schema, positions);
        let schema = self.schema.select(positions);
        let width = self.shape.width();
        if let Resampled::Cells(counts) = &self.resampled {
            let width = width - 1;
            let mut rolled = vec![0; schema.cell_count() * width];
            for (cell, counts) in counts.chunks_exact(width).enumerate() {
                let target = &mut rolled[map[cell] * width..][..width];
                for (to, from) in target.iter_mut().zip(counts) {
                    *to += from;
                }
            }
            return Self::of_cells(schema, self.shape, rolled);
        }
        let target = |sum: u32| {
            let (cell, column) = (sum as usize / width, sum as usize % width);
            place(map[cell] * width + column)
        };
        let dense = |sums: &[f64]| {
            let mut rolled = vec![0.0; schema.cell_count() * width];
            for (sum, amount) in sums.iter().enumerate() {
                rolled[target(place(sum)) as usize] += amount;
            }
            rolled
        };
        let units = match &self.resampled {
            Resampled::Cells(_) => Vec::new(),
            Resampled::Units(units) => rolled_up(units, |sum| Some(target(sum))),
        };
        Self {
            sums: dense(&self.sums),
            squares: self.squares.as_deref().map(dense),
            resampled: Resampled::Units(units),
            shape: self.shape,
            schema,
        }
    }

    /// Some groups that lie side by side, as those of another schema.
    pub(crate) fn within(&self, groups: &Range<usize>, schema: GroupSchema) -> Self {
        let width = self.shape.width();
        let part = groups.start * width..groups.end * width;
        let target = |sum: u32| {
            let inside = part.contains(&(sum as usize));
            inside.then(|| sum - place(part.start))
        };
        let resampled = match &self.resampled {
            Resampled::Cells(counts) => {
                let cells = groups.start * (width - 1)..groups.end * (width - 1);
                Resampled::Cells(counts[cells].to_vec())
            }
            Resampled::Units(units) => Resampled::Units(rolled_up(units, target)),
        };
        Self {
            schema,
            shape: self.shape,
            sums: self.sums[part.clone()].to_vec(),
            squares: self
                .squares
                .as_ref()
                .map(|squares| squares[part.clone()].to_vec()),
            resampled,
        }
    }

    pub(crate) fn schema(&self) -> &GroupSchema {
        &self.schema
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    pub(crate) fn groups(&self) -> usize {
        self.schema.cell_count()
    }

    /// The number of rows of a group; of a soft one, the expected number to the nearest whole.
    pub(crate) fn rows(&self, group: usize) -> u64 {
        let rows = self.sums.get(group * self.shape.width());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of rows"
        )]
        rows.map_or(0, |rows| rows.round() as u64)
    }

    /// Whether a group has any part of a row.
    pub(crate) fn is_empty(&self, group: usize) -> bool {
        let rows = self.sums.get(group * self.shape.width());
        rows.is_none_or(|rows| *rows <= 0.0)
    }

    /// `[groups][Shape::width]`, flat.
    pub(crate) fn sums(&self) -> &[f64] {
        &self.sums
    }

    /// The sums of one group, taken apart.
    pub(crate) fn reading(&self, group: usize) -> Reading {
        let width = self.shape.width();
        let sums = self.sums.get(group * width..(group + 1) * width);
        Reading::new(self.shape, sums.unwrap_or_default())
    }

    /// The sums of squared weights of one group; `None` where they are the sums themselves.
    pub(crate) fn squares(&self, group: usize) -> Option<Reading> {
        let width = self.shape.width();
        let squares = self
            .squares
            .as_ref()?
            .get(group * width..(group + 1) * width)?;
        Some(Reading::new(self.shape, squares))
    }

    /// The counts of each group by label and prediction, where a view has such and rows have no
    /// weights.
    pub(crate) fn counts(&self, view: View) -> Option<Vec<[u64; 4]>> {
        let groups = self.sums.chunks_exact(self.shape.width());
        groups
            .map(|sums| {
                let reading = Reading::new(self.shape, sums);
                reading.confusion(view).map(|counts| counts.to_counts())
            })
            .collect()
    }

    /// How many of each kind of row or entity there are, which the bootstrap draws anew.
    pub(crate) fn resampled(&self) -> Cow<'_, [u64]> {
        match &self.resampled {
            Resampled::Cells(counts) => Cow::Borrowed(counts),
            Resampled::Units(units) => units.iter().map(|unit| unit.times).collect(),
        }
    }

    /// The sums of numbers that the bootstrap has drawn, `[groups][Shape::width]`, flat.
    pub(crate) fn drawn(&self, times: &[u64]) -> Vec<f64> {
        match &self.resampled {
            Resampled::Cells(_) => sums_of_counts(times, self.shape),
            Resampled::Units(units) => summed(units, times, self.sums.len()),
        }
    }
}

/// A place among the sums; [`MAX_SUMS`] of them fit.
pub(crate) fn place(sum: usize) -> u32 {
    u32::try_from(sum).unwrap_or(u32::MAX)
}

/// The place of the number of rows of the group that a sum belongs to.
fn first_sum(sum: u32, width: usize) -> u32 {
    sum - place(sum as usize % width)
}

/// Counts of rows as sums, each group's number of rows first.
pub(crate) fn sums_of_counts(counts: &[u64], shape: Shape) -> Vec<f64> {
    let width = shape.width() - 1;
    let groups = counts.chunks_exact(width);
    groups
        .flat_map(|counts| {
            let rows: u64 = counts.iter().sum();
            std::iter::once(rows as f64).chain(counts.iter().map(|&count| count as f64))
        })
        .collect()
}

/// Counts of rows without weights, each in one cell.
fn counted(rows: &PreparedRows<'_>) -> Vec<u64> {
    let width = rows.shape().width();
    let mut counts = vec![0; rows.schema().cell_count() * (width - 1)];
    for row in 0..rows.len() {
        let sum = rows.cell_sum(row) as usize;
        counts[sum / width * (width - 1) + sum % width - 1] += 1;
    }
    counts
}

/// The rows of one cell as rows of the same weight, and rows of none.
fn pooled(sum: u32, rows: u64, sums: &[f64], squares: &[f64], width: usize) -> [Unit; 2] {
    let (weight, squared) = (sums[sum as usize], squares[sum as usize]);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of rows"
    )]
    let effective = ((weight * weight / squared).round() as u64).clamp(1, rows);
    let rows_sum = first_sum(sum, width);
    let parts = vec![
        (rows_sum, rows as f64 / effective as f64),
        (sum, weight / effective as f64),
    ];
    [
        Unit {
            parts,
            times: effective,
        },
        Unit {
            parts: Vec::new(),
            times: rows - effective,
        },
    ]
}

/// Puts the rows of each entity together, in an order that does not depend on that of the rows.
fn of_entities(rows: Vec<Unit>, entities: &[u32]) -> Vec<Unit> {
    let mut rows: Vec<(u32, Unit)> = entities.iter().copied().zip(rows).collect();
    rows.par_sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.compare(&b.1)));
    rows.chunk_by(|a, b| a.0 == b.0)
        .map(|rows| {
            let parts = rows.iter().flat_map(|(_, unit)| &unit.parts).copied();
            Unit::new(parts.collect())
        })
        .collect()
}

fn all_summed(units: &[Unit], width: usize) -> Vec<f64> {
    let times: Vec<u64> = units.iter().map(|unit| unit.times).collect();
    summed(units, &times, width)
}
