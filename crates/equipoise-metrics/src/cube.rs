//! Counts of rows by group, label and prediction.

use equipoise_core::{Codes, GroupColumns, GroupSchema};
use serde::{Deserialize, Serialize};

use crate::{
    Confusion, Error,
    counting::{GroupColumn, RowColumns},
};

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
        // The columns hold the cells, so the number of attributes does not matter.
        let cells = GroupColumn {
            name: "cell",
            values: self.schema.cell_count(),
            codes: groups.cell_codes(),
        };
        self.count(&[cells], labels, predictions)
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
        let codes: Vec<Codes<'_>> = codes.iter().map(|&codes| codes.into()).collect();
        self.update_codes(&codes, labels, predictions)
    }

    /// As [`update_slices`](Self::update_slices), with codes of any width.
    ///
    /// # Errors
    ///
    /// As [`update_slices`](Self::update_slices).
    ///
    /// ```
    /// use equipoise_core::{GroupAttribute, GroupSchema};
    /// use equipoise_metrics::GroupCube;
    ///
    /// let schema = GroupSchema::new(vec![
    ///     GroupAttribute::new("sex", ["Female", "Male"])?,
    ///     GroupAttribute::new("age", ["young", "old"])?,
    /// ])?;
    /// let mut cube = GroupCube::empty(schema);
    /// let (sex, age) = ([0u8, 1], [0u32, 1]);
    /// cube.update_codes(&[sex[..].into(), age[..].into()], &[0, 1], &[1, 1])?;
    /// assert_eq!(cube.counts(0), [0, 1, 0, 0]);
    /// assert_eq!(cube.counts(3), [0, 0, 0, 1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn update_codes(
        &mut self,
        codes: &[Codes<'_>],
        labels: &[u8],
        predictions: &[u8],
    ) -> Result<(), Error> {
        let schema = self.schema.clone();
        let attributes = schema.attributes();
        if codes.len() != attributes.len() {
            return Err(Error::Lengths {
                what: "group columns",
                expected: attributes.len(),
                found: codes.len(),
            });
        }
        let columns: Vec<GroupColumn<'_>> = attributes
            .iter()
            .zip(codes)
            .map(|(attribute, &codes)| GroupColumn {
                name: attribute.name(),
                values: attribute.values().len(),
                codes,
            })
            .collect();
        self.count(&columns, labels, predictions)
    }

    /// Adds rows whose cell is made of some columns.
    fn count(
        &mut self,
        groups: &[GroupColumn<'_>],
        labels: &[u8],
        predictions: &[u8],
    ) -> Result<(), Error> {
        let rows = RowColumns {
            groups,
            labels,
            predictions,
        };
        let counted = rows.count(self.counts.len())?;
        add_assign(&mut self.counts, &counted);
        Ok(())
    }

    /// Adds rows that are counted already, `[cells][label][prediction]`, one number for each of
    /// its own.
    #[cfg(feature = "burn")]
    pub(crate) fn add_counts(&mut self, counts: &[u64]) {
        add_assign(&mut self.counts, counts);
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
        let mut rolled = Self::empty(select(&self.schema, positions)?);
        for (cell, target) in roll_up_map(&self.schema, positions).into_iter().enumerate() {
            let from = &self.counts[4 * cell..4 * cell + 4];
            add_assign(&mut rolled.counts[4 * target..4 * target + 4], from);
        }
        Ok(rolled)
    }

    /// Checks that something else is of the same groups.
    pub(crate) fn expect_schema(&self, other: &GroupSchema) -> Result<(), Error> {
        if self.schema == *other {
            return Ok(());
        }
        Err(schemas_differ(&self.schema, other))
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

/// The schema of some attributes, all of which must exist.
pub(crate) fn select(schema: &GroupSchema, positions: &[usize]) -> Result<GroupSchema, Error> {
    let attributes = schema.attributes().len();
    match positions.iter().find(|&&position| position >= attributes) {
        None => Ok(schema.select(positions)),
        Some(&position) => Err(Error::Position {
            position,
            attributes,
        }),
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

pub(crate) fn add_assign(to: &mut [u64], from: &[u64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

pub(crate) fn schemas_differ(left: &GroupSchema, right: &GroupSchema) -> Error {
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
