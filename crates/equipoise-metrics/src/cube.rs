//! Counts of rows by group, label and prediction.

use equipoise_core::{GroupColumns, GroupSchema};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Confusion, Error};

/// Rows are counted in blocks that stay in the first-level cache.
const BLOCK: usize = 4096;
/// The rows that one task counts at least; for fewer, a thread costs more than it saves.
const ROWS_PER_TASK: usize = 1 << 17;
/// Up to this many counters, four copies of them are kept, so that neighbouring rows of one cell
/// need not wait for each other's addition.
const INTERLEAVED_LIMIT: usize = 4096;
const LANES: usize = 4;

/// How many rows there are of each group, label and prediction: `n[cell][label][prediction]`,
/// over the cells of the full intersection of all group attributes.
///
/// Every metric that is made of counts, of every group and every intersection, is a function of
/// this cube. One pass over the rows fills it; [`merge`](Self::merge) is addition, so that
/// batches, threads, streams and machines can each count their part; [`roll_up`](Self::roll_up)
/// gives the cube of fewer attributes.
///
/// ```
/// use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
/// use equipoise_metrics::GroupCube;
///
/// let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
/// let groups = GroupColumns::new(schema, vec![vec![0, 0, 1, 1]])?;
/// let cube = GroupCube::from_rows(&groups, &[0, 1, 0, 1], &[0, 1, 1, 1])?;
/// assert_eq!(cube.rows(), 4);
/// // Counts of (label, prediction) = (0,0), (0,1), (1,0), (1,1).
/// assert_eq!(cube.counts(0), [1, 0, 0, 1]);
/// assert_eq!(cube.counts(1), [0, 1, 0, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawCube")]
pub struct GroupCube {
    schema: GroupSchema,
    /// `[cells][label][prediction]`, flat.
    counts: Vec<u64>,
}

/// A cube as read from a file, before its length is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCube {
    schema: GroupSchema,
    counts: Vec<u64>,
}

impl TryFrom<RawCube> for GroupCube {
    type Error = Error;

    fn try_from(raw: RawCube) -> Result<Self, Error> {
        let expected = 4 * raw.schema.cell_count();
        if raw.counts.len() != expected {
            return Err(Error::Lengths {
                what: "counts of a cube",
                expected,
                found: raw.counts.len(),
            });
        }
        Ok(Self {
            schema: raw.schema,
            counts: raw.counts,
        })
    }
}

impl GroupCube {
    /// A cube that has counted nothing.
    pub fn empty(schema: GroupSchema) -> Self {
        let counts = vec![0; 4 * schema.cell_count()];
        Self { schema, counts }
    }

    /// The cube of some rows.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update).
    pub fn from_rows(
        groups: &GroupColumns,
        labels: &[u8],
        predictions: &[u8],
    ) -> Result<Self, Error> {
        let mut cube = Self::empty(groups.schema().clone());
        cube.update(groups, labels, predictions)?;
        Ok(cube)
    }

    /// The cube of counts that are known to fit the schema.
    pub(crate) fn from_counts(schema: GroupSchema, counts: Vec<u64>) -> Self {
        debug_assert_eq!(counts.len(), 4 * schema.cell_count());
        Self { schema, counts }
    }

    /// Adds rows: their groups, labels (0 or 1) and predictions (0 or 1).
    ///
    /// # Errors
    ///
    /// When the groups have another schema, when the lengths differ, or when a label or a
    /// prediction is neither 0 nor 1; the cube is then unchanged.
    pub fn update(
        &mut self,
        groups: &GroupColumns,
        labels: &[u8],
        predictions: &[u8],
    ) -> Result<(), Error> {
        if *groups.schema() != self.schema {
            return Err(schemas_differ(&self.schema, groups.schema()));
        }
        let codes: Vec<&[u32]> = (0..self.schema.attributes().len())
            .map(|position| groups.codes(position))
            .collect();
        self.update_slices(&codes, labels, predictions)
    }

    /// Adds rows whose groups are given as one slice of codes for each attribute.
    ///
    /// # Errors
    ///
    /// When the lengths differ, when a code lies beyond its attribute's values, or when a label or
    /// a prediction is neither 0 nor 1; the cube is then unchanged.
    pub fn update_slices(
        &mut self,
        codes: &[&[u32]],
        labels: &[u8],
        predictions: &[u8],
    ) -> Result<(), Error> {
        let rows = Rows {
            schema: &self.schema,
            codes,
            labels,
            predictions,
        };
        rows.check_lengths()?;
        let width = self.counts.len();
        // A task has a cube of its own: it must count many more rows than that has counters.
        let task_rows = ROWS_PER_TASK.max(8 * width);
        let counted = (0..labels.len().div_ceil(task_rows))
            .into_par_iter()
            .map(|task| {
                let start = task * task_rows;
                rows.count(start, labels.len().min(start + task_rows), width)
            })
            .try_reduce(|| vec![0; width], |left, right| Ok(added(left, &right)))
            // Which task fails first is chance; one pass in order finds the first wrong row.
            .or_else(|_| rows.count(0, labels.len(), width))?;
        add_assign(&mut self.counts, &counted);
        Ok(())
    }

    /// Adds the rows of another cube.
    ///
    /// # Errors
    ///
    /// When the two cubes have different groups; this one is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.schema != other.schema {
            return Err(schemas_differ(&self.schema, &other.schema));
        }
        add_assign(&mut self.counts, &other.counts);
        Ok(())
    }

    /// The cube of some of the attributes, by position and in the order given; no position at all
    /// gives the cube of everybody.
    ///
    /// # Errors
    ///
    /// When a position does not exist.
    pub fn roll_up(&self, positions: &[usize]) -> Result<Self, Error> {
        let attributes = self.schema.attributes().len();
        if let Some(&position) = positions.iter().find(|&&p| p >= attributes) {
            return Err(Error::Position {
                position,
                attributes,
            });
        }
        let mut rolled = Self::empty(self.schema.select(positions));
        for (cell, target) in roll_up_map(&self.schema, positions).into_iter().enumerate() {
            let from = &self.counts[4 * cell..4 * cell + 4];
            add_assign(&mut rolled.counts[4 * target..4 * target + 4], from);
        }
        Ok(rolled)
    }

    /// The groups.
    pub fn schema(&self) -> &GroupSchema {
        &self.schema
    }

    /// The number of cells, empty ones included.
    pub fn cells(&self) -> usize {
        self.counts.len() / 4
    }

    /// The counts of one cell, `[label][prediction]` in one row; zeros for a cell that does not
    /// exist.
    pub fn counts(&self, cell: usize) -> [u64; 4] {
        self.counts
            .get(4 * cell..4 * cell + 4)
            .and_then(|counts| counts.try_into().ok())
            .unwrap_or_default()
    }

    /// All counts, `[cells][label][prediction]`, flat.
    pub fn as_slice(&self) -> &[u64] {
        &self.counts
    }

    /// The number of rows of one cell.
    pub fn cell_rows(&self, cell: usize) -> u64 {
        self.counts(cell).iter().sum()
    }

    /// The number of rows.
    pub fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The four counts of one cell.
    pub fn confusion(&self, cell: usize) -> Confusion {
        Confusion::from_counts(self.counts(cell))
    }

    /// The four counts of all rows.
    pub fn overall(&self) -> Confusion {
        Confusion::from_counts(self.counts.chunks_exact(4).fold([0; 4], |mut sum, counts| {
            add_assign(&mut sum, counts);
            sum
        }))
    }
}

/// The cell of the rolled-up cube for each cell of the full one.
pub(crate) fn roll_up_map(schema: &GroupSchema, positions: &[usize]) -> Vec<usize> {
    let sizes: Vec<usize> = schema
        .attributes()
        .iter()
        .map(|attribute| attribute.values().len())
        .collect();
    // What one step of an attribute moves in the full cube.
    let mut strides = vec![1; sizes.len()];
    for position in (1..sizes.len()).rev() {
        strides[position - 1] = strides[position] * sizes[position];
    }
    (0..schema.cell_count())
        .map(|cell| {
            positions.iter().fold(0, |target, &position| {
                target * sizes[position] + cell / strides[position] % sizes[position]
            })
        })
        .collect()
}

fn add_assign(to: &mut [u64], from: &[u64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

fn added(mut left: Vec<u64>, right: &[u64]) -> Vec<u64> {
    add_assign(&mut left, right);
    left
}

fn schemas_differ(left: &GroupSchema, right: &GroupSchema) -> Error {
    let describe = |schema: &GroupSchema| {
        schema
            .attributes()
            .iter()
            .map(|attribute| format!("{}: {}", attribute.name(), attribute.values().join(" ")))
            .collect::<Vec<_>>()
            .join(", ")
    };
    Error::Schemas {
        left: describe(left),
        right: describe(right),
    }
}

/// The columns of one update.
#[derive(Clone, Copy)]
struct Rows<'a> {
    schema: &'a GroupSchema,
    codes: &'a [&'a [u32]],
    labels: &'a [u8],
    predictions: &'a [u8],
}

impl Rows<'_> {
    fn check_lengths(&self) -> Result<(), Error> {
        let attributes = self.schema.attributes().len();
        if self.codes.len() != attributes {
            return Err(Error::Lengths {
                what: "group columns",
                expected: attributes,
                found: self.codes.len(),
            });
        }
        let rows = self.labels.len();
        let columns = self.codes.iter().map(|codes| ("group codes", codes.len()));
        for (what, found) in columns.chain([("predictions", self.predictions.len())]) {
            if found != rows {
                return Err(Error::Lengths {
                    what,
                    expected: rows,
                    found,
                });
            }
        }
        Ok(())
    }

    /// Counts the rows from `start` to `end`, without a branch that depends on a row.
    fn count(&self, start: usize, end: usize, width: usize) -> Result<Vec<u64>, Error> {
        let lanes = if width <= INTERLEAVED_LIMIT { LANES } else { 1 };
        let mut counts = vec![0u64; lanes * width];
        let mut buffer = [0u32; BLOCK];
        for block in (start..end).step_by(BLOCK) {
            let rows = block..end.min(block + BLOCK);
            let index = &mut buffer[..rows.len()];
            self.combine(rows, index)?;
            if lanes == 1 {
                for &index in &*index {
                    counts[index as usize] += 1;
                }
            } else {
                for four in index.chunks(LANES) {
                    for (lane, &index) in four.iter().enumerate() {
                        counts[lane * width + index as usize] += 1;
                    }
                }
            }
        }
        let mut lanes = counts.chunks_exact(width);
        let mut sum = lanes.next().map(<[u64]>::to_vec).unwrap_or_default();
        for lane in lanes {
            add_assign(&mut sum, lane);
        }
        Ok(sum)
    }

    /// Writes the counter of each row of a block into `index`.
    fn combine(&self, rows: std::ops::Range<usize>, index: &mut [u32]) -> Result<(), Error> {
        index.fill(0);
        for (attribute, codes) in self.schema.attributes().iter().zip(self.codes) {
            let values = attribute.values().len();
            // A schema has at most 2^20 cells, so the number of values fits.
            let radix = u32::try_from(values).unwrap_or(u32::MAX);
            let codes = &codes[rows.clone()];
            let mut largest = 0;
            for (index, &code) in index.iter_mut().zip(codes) {
                largest = largest.max(code);
                *index = index.wrapping_mul(radix).wrapping_add(code);
            }
            if largest >= radix {
                return Err(wrong_code(attribute.name(), values, rows.start, codes));
            }
        }
        let labels = &self.labels[rows.clone()];
        let predictions = &self.predictions[rows.clone()];
        let mut bits = 0;
        for ((index, &label), &prediction) in index.iter_mut().zip(labels).zip(predictions) {
            bits |= label | prediction;
            *index = index
                .wrapping_mul(4)
                .wrapping_add(2 * u32::from(label) + u32::from(prediction));
        }
        if bits > 1 {
            check_binary("label", rows.start, labels)?;
            check_binary("prediction", rows.start, predictions)?;
        }
        Ok(())
    }
}

/// Checks that all values are 0 or 1; `start` is the row of the first one.
pub(crate) fn check_binary(what: &'static str, start: usize, values: &[u8]) -> Result<(), Error> {
    match values.iter().position(|&value| value > 1) {
        None => Ok(()),
        Some(offset) => Err(Error::NotBinary {
            what,
            row: start + offset,
            value: values[offset],
        }),
    }
}

fn wrong_code(attribute: &str, values: usize, start: usize, codes: &[u32]) -> Error {
    let offset = codes
        .iter()
        .position(|&code| code as usize >= values)
        .unwrap_or_default();
    Error::GroupCode {
        attribute: attribute.to_owned(),
        row: start + offset,
        code: codes.get(offset).copied().unwrap_or_default(),
        values,
    }
}
