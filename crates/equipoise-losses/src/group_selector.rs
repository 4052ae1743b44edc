//! Which groups a loss compares: one attribute, or several crossed.

use burn::tensor::{FloatDType, Int, Tensor};
use equipoise_core::{GroupAttribute, GroupSchema, closest};

use crate::Error;

/// Turns the group codes of a batch into one-hot membership of the groups that a loss compares.
///
/// Crossed attributes are numbered in mixed radix with the last running fastest, as in
/// [`GroupSchema`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSelector {
    attributes: Vec<SelectedAttribute>,
    columns: usize,
    /// The places of the attributes among the continuous ones; `None` where one is not continuous.
    continuous: Option<Vec<usize>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SelectedAttribute {
    position: usize,
    values: usize,
}

impl GroupSelector {
    /// Selects attributes of a schema by name; several are crossed.
    ///
    /// # Errors
    ///
    /// When no attribute is named, when one is not in the schema, or when one is named twice.
    pub fn new<'a>(
        schema: &GroupSchema,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        let mut attributes: Vec<SelectedAttribute> = Vec::new();
        for name in names {
            let known = || schema.attributes().iter().map(GroupAttribute::name);
            let (position, attribute) = schema
                .attributes()
                .iter()
                .enumerate()
                .find(|(_, attribute)| attribute.name() == name)
                .ok_or_else(|| Error::UnknownAttribute {
                    attribute: name.to_owned(),
                    known: known().map(str::to_owned).collect(),
                    closest: closest(name, known()).map(str::to_owned),
                })?;
            if attributes.iter().any(|a| a.position == position) {
                return Err(Error::DuplicateAttribute {
                    attribute: name.to_owned(),
                });
            }
            attributes.push(SelectedAttribute {
                position,
                values: attribute.values().len(),
            });
        }
        if attributes.is_empty() {
            return Err(Error::NoAttribute);
        }
        let continuous = (attributes.iter())
            .map(|attribute| schema.continuous_position(attribute.position))
            .collect();
        Ok(Self {
            attributes,
            columns: schema.attributes().len(),
            continuous,
        })
    }

    /// The numbers of the attributes, `[batch, selected]`, from those of all continuous attributes
    /// of the schema, `[batch, continuous]`; `None` where a selected attribute is not continuous.
    ///
    /// # Errors
    ///
    /// When there are fewer columns than continuous attributes.
    pub fn values(&self, values: &Tensor<2>) -> Result<Option<Tensor<2>>, Error> {
        let Some(places) = &self.continuous else {
            return Ok(None);
        };
        let [batch, columns] = values.dims();
        let needed = places.iter().max().map_or(0, |place| place + 1);
        if columns < needed {
            return Err(Error::Shape {
                what: "values of continuous attributes",
                expected: vec![batch, needed],
                found: vec![batch, columns],
            });
        }
        let selected = (places.iter())
            .map(|&place| values.clone().narrow(1, place, 1))
            .collect();
        Ok(Some(Tensor::cat(selected, 1)))
    }

    /// The number of groups, those without any row included.
    pub fn group_count(&self) -> usize {
        self.attributes.iter().map(|a| a.values).product()
    }

    /// One-hot membership, `[batch, groups]`, from group codes, `[batch, attributes]`.
    ///
    /// Codes must lie within their attribute's values, as `equipoise_core::GroupColumns`
    /// guarantees; they are not read back from the device to check it again.
    ///
    /// # Errors
    ///
    /// When `codes` does not have one column for each attribute of the schema.
    pub fn membership(&self, codes: &Tensor<2, Int>) -> Result<Tensor<2>, Error> {
        let [batch, columns] = codes.dims();
        if columns != self.columns {
            return Err(Error::Shape {
                what: "group codes",
                expected: vec![batch, self.columns],
                found: vec![batch, columns],
            });
        }
        let groups = self.group_count();
        let cells = self
            .attributes
            .iter()
            .map(|attribute| {
                let column = codes.clone().narrow(1, attribute.position, 1);
                (column, attribute.values)
            })
            .reduce(|(cells, _), (column, values)| {
                let radix = i64::try_from(values).unwrap_or(i64::MAX);
                (cells.mul_scalar(radix).add(column), values)
            })
            .map(|(cells, _)| cells)
            .ok_or(Error::NoAttribute)?;
        let numbers = Tensor::<1, Int>::arange(
            0..i64::try_from(groups).unwrap_or(i64::MAX),
            &codes.device(),
        )
        .cast(codes.dtype())
        .reshape([1, groups]);
        Ok(cells
            .expand([batch, groups])
            .equal(numbers.expand([batch, groups]))
            .cast(FloatDType::F32))
    }
}
