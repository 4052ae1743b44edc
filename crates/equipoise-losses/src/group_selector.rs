//! Which groups a loss compares: one attribute, or several crossed.

use std::ops::Range;

use burn::tensor::{FloatDType, Int, Tensor};
use equipoise_core::{GroupAttribute, GroupSchema, closest};

use crate::Error;

/// Turns the group codes of a batch into membership of the groups that a loss compares: one-hot,
/// and for soft attributes the probabilities that the batch has.
///
/// Crossed attributes are numbered in mixed radix with the last running fastest, as in
/// [`GroupSchema`]. Soft attributes are crossed as if they were independent given the row.
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
    /// The places of its probabilities among those of all soft attributes; `None` where it is not
    /// soft.
    soft: Option<Range<usize>>,
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
                soft: schema.soft_places(position),
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

    /// Membership, `[batch, groups]`, from group codes, `[batch, attributes]`, and the
    /// probabilities of all soft attributes of the schema, `[batch, groups of soft attributes]`
    /// ([`Batch::memberships`](equipoise_tensor::Batch::memberships)); each row sums to 1.
    ///
    /// Codes must lie within their attribute's values, as `equipoise_core::GroupColumns`
    /// guarantees; they are not read back from the device to check it again, and neither are the
    /// probabilities.
    ///
    /// # Errors
    ///
    /// When `codes` does not have one column for each attribute of the schema, or when a selected
    /// attribute is soft and its probabilities are not there.
    pub fn membership(
        &self,
        codes: &Tensor<2, Int>,
        probabilities: Option<&Tensor<2>>,
    ) -> Result<Tensor<2>, Error> {
        let [batch, columns] = codes.dims();
        if columns != self.columns {
            return Err(Error::Shape {
                what: "group codes",
                expected: vec![batch, self.columns],
                found: vec![batch, columns],
            });
        }
        let is_hard = |attribute: &SelectedAttribute| attribute.soft.is_none();
        if self.attributes.iter().all(is_hard) {
            return one_hot(codes, &self.attributes);
        }
        let mut crossed: Option<Tensor<2>> = None;
        for attribute in &self.attributes {
            let factor = match &attribute.soft {
                Some(places) => soft(probabilities, places, batch)?,
                None => one_hot(codes, std::slice::from_ref(attribute))?,
            };
            crossed = Some(match crossed {
                Some(cells) => cross(cells, factor),
                None => factor,
            });
        }
        crossed.ok_or(Error::NoAttribute)
    }
}

/// The probabilities of one attribute.
fn soft(
    probabilities: Option<&Tensor<2>>,
    places: &Range<usize>,
    batch: usize,
) -> Result<Tensor<2>, Error> {
    let found = probabilities.map_or([batch, 0], Tensor::dims);
    match probabilities {
        Some(all) if found[0] == batch && found[1] >= places.end => {
            Ok(all.clone().narrow(1, places.start, places.len()))
        }
        _ => Err(Error::Shape {
            what: "probabilities of soft groups",
            expected: vec![batch, places.end],
            found: found.to_vec(),
        }),
    }
}

/// Membership of the intersections of two sets of groups, the second running fastest.
fn cross(cells: Tensor<2>, values: Tensor<2>) -> Tensor<2> {
    let ([batch, outer], [_, inner]) = (cells.dims(), values.dims());
    let shape = [batch, outer, inner];
    let cells = cells.reshape([batch, outer, 1]).expand(shape);
    let values = values.reshape([batch, 1, inner]).expand(shape);
    let values = values.cast(cells.dtype());
    cells.mul(values).reshape([batch, outer * inner])
}

/// One-hot membership of the intersections of some attributes, `[batch, groups]`.
fn one_hot(codes: &Tensor<2, Int>, attributes: &[SelectedAttribute]) -> Result<Tensor<2>, Error> {
    let [batch, _] = codes.dims();
    let groups: usize = attributes
        .iter()
        .map(|attribute| attribute.values)
        .product();
    let cells = attributes
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
