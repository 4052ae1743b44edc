//! Attributes of people, their values, and the cells of all intersections.

use serde::{Deserialize, Serialize};

use crate::{CodeColumn, Codes, Error};

/// Columns are combined in blocks that stay in the first-level cache.
const BLOCK: usize = 4096;

/// One attribute by which people are told apart, such as `sex`, with all its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawAttribute")]
pub struct GroupAttribute {
    name: String,
    values: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    continuous: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    soft: bool,
}

/// An attribute as a file has it, not checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAttribute {
    name: String,
    values: Vec<String>,
    #[serde(default)]
    continuous: bool,
    #[serde(default)]
    soft: bool,
}

impl TryFrom<RawAttribute> for GroupAttribute {
    type Error = Error;

    fn try_from(raw: RawAttribute) -> Result<Self, Error> {
        let attribute = Self::new(raw.name, raw.values)?;
        Ok(Self {
            continuous: raw.continuous,
            soft: raw.soft,
            ..attribute
        })
    }
}

impl GroupAttribute {
    /// An attribute with its values, in the order in which they are shown.
    ///
    /// # Errors
    ///
    /// When there is no value, or when one is listed twice.
    pub fn new<V: Into<String>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, Error> {
        let name = name.into();
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        if values.is_empty() {
            return Err(Error::NoGroups { attribute: name });
        }
        for (index, value) in values.iter().enumerate() {
            if values[..index].contains(value) {
                return Err(Error::DuplicateGroup {
                    attribute: name,
                    value: value.clone(),
                });
            }
        }
        Ok(Self {
            name,
            values,
            continuous: false,
            soft: false,
        })
    }

    /// The same attribute as bins of a number, which each row has beside its code: see
    /// [`crate::Example::group_values`].
    #[must_use]
    pub fn of_numbers(self) -> Self {
        Self {
            continuous: true,
            ..self
        }
    }

    /// Whether its values are bins of a number that each row has beside its code.
    pub fn is_continuous(&self) -> bool {
        self.continuous
    }

    /// The same attribute with groups that are known as probabilities, which each row has beside
    /// its code, the most probable group: see [`crate::Example::memberships`].
    #[must_use]
    pub fn of_probabilities(self) -> Self {
        Self { soft: true, ..self }
    }

    /// Whether each row has a probability for each value beside its code.
    pub fn is_soft(&self) -> bool {
        self.soft
    }

    /// The attribute's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its values; a group code is an index into them.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// The code of a value, or `None` where the attribute does not have it.
    pub fn code_of(&self, value: &str) -> Option<u32> {
        self.values
            .iter()
            .position(|known| known == value)
            .and_then(|index| u32::try_from(index).ok())
    }
}

/// Several attributes, and the cells of their full intersection.
///
/// Cells are numbered in mixed radix with the last attribute running fastest. A schema without
/// attributes has one cell: everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(try_from = "RawSchema")]
pub struct GroupSchema {
    attributes: Vec<GroupAttribute>,
}

/// A schema as a file has it, not checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSchema {
    attributes: Vec<GroupAttribute>,
}

impl TryFrom<RawSchema> for GroupSchema {
    type Error = Error;

    fn try_from(raw: RawSchema) -> Result<Self, Error> {
        Self::new(raw.attributes)
    }
}

impl GroupSchema {
    /// The most cells that a schema may have: 2^20.
    pub const MAX_CELLS: usize = 1 << 20;

    /// A schema of the given attributes.
    ///
    /// # Errors
    ///
    /// When two attributes share a name, or when there are more than [`Self::MAX_CELLS`] cells.
    pub fn new(attributes: Vec<GroupAttribute>) -> Result<Self, Error> {
        let mut cells = 1usize;
        for (index, attribute) in attributes.iter().enumerate() {
            if attributes[..index].iter().any(|a| a.name == attribute.name) {
                return Err(Error::DuplicateAttribute {
                    attribute: attribute.name.clone(),
                });
            }
            cells = cells.saturating_mul(attribute.values.len());
        }
        if cells > Self::MAX_CELLS {
            return Err(Error::TooManyCells {
                attributes: attributes.into_iter().map(|a| a.name).collect(),
                cells,
            });
        }
        Ok(Self { attributes })
    }

    /// The attributes, in order.
    pub fn attributes(&self) -> &[GroupAttribute] {
        &self.attributes
    }

    /// The position of an attribute, or `None`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.attributes.iter().position(|a| a.name == name)
    }

    /// The place of an attribute among those that are continuous, or `None` where it is not.
    pub fn continuous_position(&self, position: usize) -> Option<usize> {
        let is_continuous = |attribute: &&GroupAttribute| attribute.is_continuous();
        self.attributes.get(position).filter(is_continuous)?;
        let before = self.attributes.iter().take(position);
        Some(before.filter(is_continuous).count())
    }

    /// The places of the probabilities of an attribute among those of all soft attributes, or
    /// `None` where it is not soft.
    pub fn soft_places(&self, position: usize) -> Option<std::ops::Range<usize>> {
        let is_soft = |attribute: &&GroupAttribute| attribute.is_soft();
        let attribute = self.attributes.get(position).filter(is_soft)?;
        let before = self.attributes.iter().take(position).filter(is_soft);
        let start: usize = before.map(|attribute| attribute.values.len()).sum();
        Some(start..start + attribute.values.len())
    }

    /// The number of probabilities that each row has: one for each value of each soft attribute.
    pub fn soft_width(&self) -> usize {
        let soft = self.attributes.iter().filter(|attribute| attribute.soft);
        soft.map(|attribute| attribute.values.len()).sum()
    }

    /// The number of cells of the full intersection, empty ones included.
    pub fn cell_count(&self) -> usize {
        self.attributes.iter().map(|a| a.values.len()).product()
    }

    /// The cell of one code for each attribute.
    ///
    /// # Panics
    ///
    /// Never: a code beyond the attribute's values gives a cell that does not exist, which
    /// [`GroupColumns::new`] excludes.
    pub fn cell_of(&self, codes: &[u32]) -> usize {
        self.attributes
            .iter()
            .zip(codes)
            .fold(0, |cell, (attribute, code)| {
                cell * attribute.values.len() + *code as usize
            })
    }

    /// The codes of a cell, one for each attribute.
    pub fn codes_of(&self, cell: usize) -> Vec<u32> {
        let mut rest = cell;
        let mut codes = vec![0; self.attributes.len()];
        for (code, attribute) in codes.iter_mut().zip(&self.attributes).rev() {
            *code = u32::try_from(rest % attribute.values.len()).unwrap_or(u32::MAX);
            rest /= attribute.values.len();
        }
        codes
    }

    /// The attribute names and values of a cell, in order.
    pub fn describe(&self, cell: usize) -> Vec<(&str, &str)> {
        self.attributes
            .iter()
            .zip(self.codes_of(cell))
            .map(|(attribute, code)| {
                (
                    attribute.name.as_str(),
                    attribute.values[code as usize].as_str(),
                )
            })
            .collect()
    }

    /// The schema of some attributes, by position, in the order given.
    ///
    /// Positions that do not exist are left out.
    #[must_use]
    pub fn select(&self, positions: &[usize]) -> Self {
        Self {
            attributes: positions
                .iter()
                .filter_map(|&position| self.attributes.get(position).cloned())
                .collect(),
        }
    }
}

/// The group of every row: one column of codes for each attribute of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupColumns {
    schema: GroupSchema,
    rows: usize,
    codes: Vec<Vec<u32>>,
    /// The cell of every row in the full intersection.
    cells: CodeColumn,
}

impl GroupColumns {
    /// Columns of codes, `[attributes][rows]`.
    ///
    /// # Errors
    ///
    /// When the number of columns is not that of the attributes, when their lengths differ, or
    /// when a code lies beyond its attribute's values.
    pub fn new(schema: GroupSchema, codes: Vec<Vec<u32>>) -> Result<Self, Error> {
        if codes.len() != schema.attributes.len() {
            return Err(Error::Lengths {
                what: "group columns",
                expected: schema.attributes.len(),
                found: codes.len(),
            });
        }
        let rows = codes.first().map_or(0, Vec::len);
        if let Some(column) = codes.iter().find(|column| column.len() != rows) {
            return Err(Error::Lengths {
                what: "rows of a group column",
                expected: rows,
                found: column.len(),
            });
        }
        let (cells, are_legal) = cells_of(&schema, &codes, rows);
        if !are_legal {
            check_codes(&schema, &codes)?;
        }
        Ok(Self {
            schema,
            rows,
            codes,
            cells,
        })
    }

    /// The schema that the codes belong to.
    pub fn schema(&self) -> &GroupSchema {
        &self.schema
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The codes of one attribute, by position; empty where the position does not exist.
    pub fn codes(&self, position: usize) -> &[u32] {
        self.codes.get(position).map_or(&[], Vec::as_slice)
    }

    /// The codes of one row, one for each attribute.
    pub fn row(&self, row: usize) -> Vec<u32> {
        self.codes.iter().map(|column| column[row]).collect()
    }

    /// The cell of every row in the full intersection.
    pub fn cells(&self) -> Vec<u32> {
        self.cells.as_codes().to_vec()
    }

    /// The cell of every row in the full intersection, as narrow as it is stored: one byte a row
    /// for up to 256 cells.
    pub fn cell_codes(&self) -> Codes<'_> {
        self.cells.as_codes()
    }

    /// The rows with the given numbers, in that order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        Self {
            schema: self.schema.clone(),
            rows: rows.len(),
            codes: self
                .codes
                .iter()
                .map(|column| rows.iter().map(|&row| column[row]).collect())
                .collect(),
            cells: self.cells.take(rows),
        }
    }

    /// Some attributes, by position, in the order given.
    #[must_use]
    pub fn select(&self, positions: &[usize]) -> Self {
        let schema = self.schema.select(positions);
        let codes: Vec<Vec<u32>> = positions
            .iter()
            .filter_map(|&position| self.codes.get(position).cloned())
            .collect();
        let (cells, _) = cells_of(&schema, &codes, self.rows);
        Self {
            schema,
            rows: self.rows,
            codes,
            cells,
        }
    }
}

/// Checks that each code is one of its attribute's values.
fn check_codes(schema: &GroupSchema, codes: &[Vec<u32>]) -> Result<(), Error> {
    for (attribute, column) in schema.attributes.iter().zip(codes) {
        let values = attribute.values.len();
        let is_legal = |code: u32| (code as usize) < values;
        if let Some(row) = column.iter().position(|&code| !is_legal(code)) {
            return Err(Error::GroupCode {
                attribute: attribute.name.clone(),
                row,
                code: column[row],
                values,
            });
        }
    }
    Ok(())
}

/// The cell of every row, and whether each code is one of its attribute's values: without that,
/// the cells mean nothing.
fn cells_of(schema: &GroupSchema, codes: &[Vec<u32>], rows: usize) -> (CodeColumn, bool) {
    let mut are_legal = true;
    let mut cells = CodeColumn::with_capacity(schema.cell_count(), rows);
    let mut buffer = [0u32; BLOCK];
    for start in (0..rows).step_by(BLOCK) {
        let end = rows.min(start + BLOCK);
        let block = &mut buffer[..end - start];
        block.fill(0);
        for (attribute, column) in schema.attributes.iter().zip(codes) {
            // At most MAX_CELLS values, so the radix fits.
            let radix = u32::try_from(attribute.values.len()).unwrap_or(u32::MAX);
            let mut largest = 0;
            for (cell, code) in block.iter_mut().zip(&column[start..end]) {
                largest = largest.max(*code);
                // Fits, except where an attribute was selected several times over.
                *cell = cell.wrapping_mul(radix).wrapping_add(*code);
            }
            are_legal &= largest < radix;
        }
        cells.extend(block);
    }
    (cells, are_legal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schema(sizes: &[usize]) -> GroupSchema {
        GroupSchema::new(
            sizes
                .iter()
                .enumerate()
                .map(|(index, &size)| {
                    GroupAttribute::new(format!("a{index}"), (0..size).map(|v| v.to_string()))
                        .unwrap()
                })
                .collect(),
        )
        .unwrap()
    }

    proptest! {
        #[test]
        fn cells_and_codes_are_inverse(sizes in prop::collection::vec(1usize..5, 0..5)) {
            let schema = schema(&sizes);
            for cell in 0..schema.cell_count() {
                prop_assert_eq!(schema.cell_of(&schema.codes_of(cell)), cell);
            }
        }

        #[test]
        fn cells_of_columns_agree_with_cell_of(rows in prop::collection::vec((0u32..3, 0u32..4), 0..50)) {
            let (first, second) = rows.iter().copied().unzip();
            let columns = GroupColumns::new(schema(&[3, 4]), vec![first, second]).unwrap();
            for (row, cell) in columns.cells().into_iter().enumerate() {
                prop_assert_eq!(cell as usize, columns.schema().cell_of(&columns.row(row)));
            }
        }

        #[test]
        fn cells_follow_the_rows_and_attributes_that_are_taken(
            rows in prop::collection::vec((0u32..40, 0u32..7, 0u32..300), 1..50),
            take in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let first = rows.iter().map(|row| row.0).collect();
            let second = rows.iter().map(|row| row.1).collect();
            let third = rows.iter().map(|row| row.2).collect();
            let columns = GroupColumns::new(schema(&[40, 7, 300]), vec![first, second, third]).unwrap();
            let take: Vec<usize> = take.iter().map(|index| index.index(rows.len())).collect();
            // One, two and four bytes a cell.
            for positions in [&[1][..], &[0, 1], &[2, 0, 1]] {
                let taken = columns.take(&take).select(positions);
                prop_assert_eq!(&taken, &columns.select(positions).take(&take));
                for (row, cell) in taken.cells().into_iter().enumerate() {
                    prop_assert_eq!(taken.cell_codes().get(row), Some(cell));
                    prop_assert_eq!(cell as usize, taken.schema().cell_of(&taken.row(row)));
                }
            }
        }
    }

    #[test]
    fn a_code_beyond_the_values_is_an_error() {
        let error = GroupColumns::new(schema(&[2]), vec![vec![0, 1, 2]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "row 2 has group code 2 for `a0`, which has 2 values"
        );
    }

    #[test]
    fn what_is_read_is_checked() {
        let schema = schema(&[2, 3]);
        let text = serde_json::to_string(&schema).unwrap();
        assert_eq!(serde_json::from_str::<GroupSchema>(&text).unwrap(), schema);
        let twice = r#"{"attributes":[{"name":"sex","values":["a","a"]}]}"#;
        let error = serde_json::from_str::<GroupSchema>(twice).unwrap_err();
        assert!(error.to_string().contains("lists the value `a` twice"));
    }

    #[test]
    fn continuous_attributes_have_places_of_their_own_and_read_back() {
        let attribute = |name: &str| GroupAttribute::new(name, ["low", "high"]).unwrap();
        let schema = GroupSchema::new(vec![
            attribute("age").of_numbers(),
            attribute("sex"),
            attribute("income").of_numbers(),
        ])
        .unwrap();
        let places: Vec<Option<usize>> = (0..4)
            .map(|position| schema.continuous_position(position))
            .collect();
        assert_eq!(places, [Some(0), None, Some(1), None]);
        let text = serde_json::to_string(&schema).unwrap();
        assert_eq!(text.matches("continuous").count(), 2, "{text}");
        assert_eq!(serde_json::from_str::<GroupSchema>(&text).unwrap(), schema);
    }

    #[test]
    fn too_many_cells_is_an_error() {
        let attributes = (0..5)
            .map(|i| GroupAttribute::new(format!("a{i}"), (0..100).map(|v| v.to_string())).unwrap())
            .collect();
        assert!(matches!(
            GroupSchema::new(attributes),
            Err(Error::TooManyCells { .. })
        ));
    }
}
