//! Groups that are known as probabilities only.

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};

use super::Kept;
use super::piece::{Asked, Kind, Parts};
use crate::Error;
use crate::group_probabilities::TOLERANCE;

/// An attribute of which each row has a probability for every group, in place of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipColumns {
    /// The attribute.
    pub name: String,
    /// Its groups, in the order in which they are shown.
    pub groups: Vec<MembershipColumn>,
}

/// The column of the probability of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipColumn {
    /// The group.
    pub group: String,
    /// The column: numbers from 0 to 1, which sum to 1 over the groups up to 10^-6.
    pub column: String,
}

impl MembershipColumns {
    pub(super) fn asked(&self) -> impl Iterator<Item = Asked<'_>> {
        let columns = self.groups.iter();
        columns.map(|group| Asked::new(&group.column, Kind::Numbers))
    }

    fn read(&self, parts: &mut Parts<'_>, kept: Kept<'_>) -> Result<Vec<Vec<f64>>, Error> {
        let columns = self.groups.iter().map(|group| {
            let column = &group.column;
            let probabilities = parts.numbers(kept, "membership", column)?;
            let is_legal = |probability| (0.0..=1.0).contains(&probability);
            kept.expect_each(&probabilities, is_legal, |row, value| {
                Error::MembershipRange {
                    column: column.clone(),
                    row,
                    value,
                }
            })?;
            Ok(probabilities)
        });
        let columns = columns.collect::<Result<Vec<_>, Error>>()?;
        let rows = columns.first().map_or(0, Vec::len);
        let sums: Vec<f64> = (0..rows)
            .map(|row| columns.iter().map(|column| column[row]).sum())
            .collect();
        let is_legal = |sum: f64| (sum - 1.0).abs() <= TOLERANCE;
        kept.expect_each(&sums, is_legal, |row, sum| Error::MembershipSum {
            attribute: self.name.clone(),
            columns: self.groups.iter().map(|g| g.column.clone()).collect(),
            row,
            sum,
        })?;
        Ok(columns)
    }
}

/// The probabilities of the groups of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct MembershipValues {
    /// The position of the attribute among those of the groups; its codes there mean nothing.
    pub attribute: usize,
    /// `[groups][rows]`, in `[0, 1]`; those of a row sum to 1.
    pub probabilities: Vec<Vec<f64>>,
}

/// The probabilities of some attributes, and the groups with these attributes behind them.
pub(super) fn read(
    parts: &mut Parts<'_>,
    kept: Kept<'_>,
    memberships: &[MembershipColumns],
    groups: GroupColumns,
) -> Result<(Vec<MembershipValues>, GroupColumns), Error> {
    if memberships.is_empty() {
        return Ok((Vec::new(), groups));
    }
    let known = groups.schema().attributes();
    let mut values = Vec::with_capacity(memberships.len());
    for (index, membership) in memberships.iter().enumerate() {
        values.push(MembershipValues {
            attribute: known.len() + index,
            probabilities: membership.read(parts, kept)?,
        });
    }
    let rows = values
        .first()
        .and_then(|values| values.probabilities.first())
        .map_or(groups.rows(), Vec::len);
    let mut attributes = known.to_vec();
    let mut codes: Vec<Vec<u32>> = (0..known.len())
        .map(|at| groups.codes(at).to_vec())
        .collect();
    for membership in memberships {
        let names = membership.groups.iter().map(|group| group.group.clone());
        attributes.push(GroupAttribute::new(&membership.name, names)?);
        codes.push(vec![0; rows]);
    }
    let groups = GroupColumns::new(GroupSchema::new(attributes)?, codes)?;
    Ok((values, groups))
}
