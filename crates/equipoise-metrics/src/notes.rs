//! The sentences that an audit says beside its numbers.

use crate::{Attributes, Convention, NotEstimable, record::group_list};

/// `1 row`, `2 rows`.
pub(crate) fn rows(count: u64) -> String {
    let noun = if count == 1 { "row" } else { "rows" };
    format!("{count} {noun}")
}

/// That a group is small.
pub(crate) fn small_group(min_count: u64) -> String {
    format!("fewer than {}", rows(min_count))
}

/// That some groups of a section are empty.
pub(crate) fn empty_groups(by: &str, empty: usize, groups: usize) -> String {
    format!(
        "{by}: {} no rows and no part in the gaps",
        groups_have(empty, groups)
    )
}

/// That some groups of a section are small, and whether they count nevertheless.
pub(crate) fn small_groups(
    by: &str,
    small: usize,
    groups: usize,
    min_count: u64,
    excluded: bool,
) -> String {
    let part = match (excluded, small) {
        (true, _) => "and no part in the gaps",
        (false, 1) => "and still takes part in the gaps",
        (false, _) => "and still take part in the gaps",
    };
    format!(
        "{by}: {} {} {part}",
        groups_have(small, groups),
        small_group(min_count)
    )
}

/// That an aggregate leaves out groups that have no value; `groups` is the number of those that
/// should be compared.
pub(crate) fn without_value(missing: usize, groups: usize, names: &str) -> String {
    format!("{} no value here: {names}", groups_have(missing, groups))
}

/// That strata of the control attributes compare nothing.
pub(crate) fn strata_without_gap(missing: usize, strata: usize, names: &[Attributes]) -> String {
    let noun = if strata == 1 { "stratum" } else { "strata" };
    format!(
        "{missing} of {strata} {noun} {} fewer than two groups with a value: {}",
        have(missing),
        group_list(names)
    )
}

/// That a stratum of the control attributes is empty.
pub(crate) fn empty_stratum(stratum: &Attributes) -> String {
    format!("no row has {stratum}, so there are no values of it")
}

/// That the groups of some rows of a section are unknown.
pub(crate) fn unknown_groups(by: &str, unknown: u64, homeless: u64) -> String {
    let note = format!(
        "{by}: the group of {} is unknown; values are of the other rows, bounds of all",
        rows(unknown)
    );
    if homeless == 0 {
        note
    } else {
        format!("{note} but {homeless}, which fit no known group")
    }
}

/// That a convention has a number where there is nothing to estimate.
pub(crate) fn made_up(reason: NotEstimable, convention: Convention) -> String {
    format!("{reason}; {convention} puts a number here")
}

/// How many replicates have no value.
pub(crate) fn replicates_without_value(missing: usize, replicates: usize) -> String {
    let noun = if replicates == 1 {
        "replicate"
    } else {
        "replicates"
    };
    format!(
        "{missing} of {replicates} bootstrap {noun} {} no value",
        have(missing)
    )
}

/// `1 of 3 groups has`, `2 of 3 groups have`.
fn groups_have(count: usize, groups: usize) -> String {
    let noun = if groups == 1 { "group" } else { "groups" };
    format!("{count} of {groups} {noun} {}", have(count))
}

fn have(count: usize) -> &'static str {
    if count == 1 { "has" } else { "have" }
}

/// Of an audit from sketched scores: how exact their metrics are.
pub(crate) fn sketched(bins: usize) -> String {
    format!(
        "metrics of scores are made from a sketch: each score counts as the middle of one of {bins} \
         bins from 0 to 1"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_and_several_have() {
        assert_eq!(
            empty_groups("sex", 1, 1),
            "sex: 1 of 1 group has no rows and no part in the gaps"
        );
        assert_eq!(
            small_groups("sex", 1, 2, 30, false),
            "sex: 1 of 2 groups has fewer than 30 rows and still takes part in the gaps"
        );
        assert_eq!(
            small_groups("sex x race", 2, 4, 30, true),
            "sex x race: 2 of 4 groups have fewer than 30 rows and no part in the gaps"
        );
        assert_eq!(
            without_value(1, 3, "C"),
            "1 of 3 groups has no value here: C"
        );
        assert_eq!(
            replicates_without_value(1, 200),
            "1 of 200 bootstrap replicates has no value"
        );
        assert_eq!(rows(1), "1 row");
    }
}
