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
        Ok(Self {
            attributes,
            columns: schema.attributes().len(),
        })
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
