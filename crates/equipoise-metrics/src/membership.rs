//! Groups that are known as probabilities only.

use equipoise_core::{GroupAttribute, GroupColumns};

use crate::{Error, outcome::check_length};

/// How far the probabilities of a row may lie from a sum of 1.
const TOLERANCE: f64 = 1e-6;

/// How likely each row belongs to each group of an attribute, in place of a code.
///
/// A row counts into each group with its probability, so that a group's rate is a weighted mean
/// over all rows. Such a rate equals the one of the true groups where, given the probabilities,
/// membership says nothing more of label and prediction (Chen, Kallus, Mao, Svacha and Udell
/// 2019); where that is in doubt, the missing-value policy `bounds` says how far off it may be.
/// Two soft attributes are crossed as if they were independent given the row.
#[derive(Debug, Clone, Copy)]
pub struct Membership<'a> {
    /// The position of the attribute; its codes are not looked at.
    pub attribute: usize,
    /// `[values][rows]`, in `[0, 1]`; the values of each row sum to 1 up to 10^-6.
    pub probabilities: &'a [&'a [f64]],
}

impl Membership<'_> {
    /// Checks lengths and values.
    fn check(&self, attribute: &GroupAttribute, rows: usize) -> Result<(), Error> {
        let columns = self.probabilities;
        let values = attribute.values();
        check_length(
            "membership columns, one for each group",
            columns.len(),
            values.len(),
        )?;
        for (value, column) in values.iter().zip(columns) {
            check_length("membership probabilities", column.len(), rows)?;
            // NaN lies in no range.
            if let Some(row) = column.iter().position(|p| !(0.0..=1.0).contains(p)) {
                return Err(Error::Membership {
                    attribute: attribute.name().to_owned(),
                    group: value.clone(),
                    row,
                    value: column[row],
                });
            }
        }
        for row in 0..rows {
            let sum: f64 = columns.iter().map(|column| column[row]).sum();
            if (sum - 1.0).abs() > TOLERANCE {
                return Err(Error::MembershipSum {
                    attribute: attribute.name().to_owned(),
                    row,
                    sum,
                });
            }
        }
        Ok(())
    }
}

/// Checks all memberships of some groups.
pub(crate) fn check_memberships(
    memberships: &[Membership<'_>],
    groups: &GroupColumns,
) -> Result<(), Error> {
    let attributes = groups.schema().attributes();
    for (index, membership) in memberships.iter().enumerate() {
        let position = membership.attribute;
        let attribute = attributes.get(position).ok_or(Error::Position {
            position,
            attributes: attributes.len(),
        })?;
        let earlier = &memberships[..index];
        if earlier.iter().any(|other| other.attribute == position) {
            return Err(Error::Name {
                what: "membership",
                name: attribute.name().to_owned(),
                problem: "is listed twice",
            });
        }
        membership.check(attribute, groups.rows())?;
    }
    Ok(())
}
