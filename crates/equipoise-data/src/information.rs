//! How much one column says of another.

/// The number of bins that numbers are put into.
pub(crate) const BINS: usize = 20;

/// The fewest rows that a level needs to be counted on its own.
pub(crate) const LEVEL_ROWS: usize = 20;

/// Edges that cut the numbers that are there into `bins` parts of about equal count; ascending,
/// with repeats where many numbers are the same.
pub(crate) fn equal_count_edges(values: &[Option<f64>], bins: usize) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().flatten().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    (1..bins)
        .filter_map(|bin| sorted.get(bin * sorted.len() / bins).copied())
        .collect()
}

/// Numbers as levels: their equal-count bin, and one level more for the missing ones.
pub(crate) fn equal_count_levels(values: &[Option<f64>], bins: usize) -> Vec<usize> {
    let mut edges = equal_count_edges(values, bins);
    edges.dedup();
    values
        .iter()
        .map(|value| match value {
            Some(value) => edges.partition_point(|edge| edge <= value),
            None => edges.len() + 1,
        })
        .collect()
}

/// `I(level; group) / H(group)` in `[0, 1]`, corrected for chance.
///
/// The plain estimate is above 0 even where level and group have nothing to do with each other,
/// and 1 for a column that is different in every row. Two steps against that:
///
/// 1. Levels that fewer than [`LEVEL_ROWS`] rows have are counted as one.
/// 2. With `r` levels and `k` groups left, `b = (r - 1)(k - 1) / 2N`, the first-order bias under
///    independence (Miller 1955), is subtracted: `(I - b) / (H - b)`, cut off at 0. A column that
///    determines the group still gives 1.
///
/// 0 where there is one group only, or where the rows are too few for their number of levels.
pub(crate) fn normalised_mutual_information(levels: &[usize], groups: &[u32]) -> f64 {
    let rows = levels.len().min(groups.len());
    let levels = pool_rare(levels);
    let level_count = levels.iter().max().map_or(0, |&level| level + 1);
    let group_count = groups.iter().max().map_or(0, |&group| group as usize + 1);
    let mut joint = vec![0usize; level_count * group_count];
    for (&level, &group) in levels.iter().zip(groups) {
        joint[level * group_count + group as usize] += 1;
    }
    let mut by_level = vec![0usize; level_count];
    let mut by_group = vec![0usize; group_count];
    for (index, &count) in joint.iter().enumerate() {
        by_level[index / group_count] += count;
        by_group[index % group_count] += count;
    }
    let entropy = entropy(&by_group, rows);
    // I(level; group) = H(level) + H(group) - H(level, group), all in nats.
    let information = self::entropy(&by_level, rows) + entropy - self::entropy(&joint, rows);
    let occupied = |counts: &[usize]| counts.iter().filter(|&&count| count > 0).count() as f64;
    let bias = (occupied(&by_level) - 1.0) * (occupied(&by_group) - 1.0) / (2.0 * rows as f64);
    if entropy - bias > 0.0 {
        ((information - bias) / (entropy - bias)).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// Renumbers levels so that the rare ones share level 0.
fn pool_rare(levels: &[usize]) -> Vec<usize> {
    let mut counts = vec![0usize; levels.iter().max().map_or(0, |&level| level + 1)];
    for &level in levels {
        counts[level] += 1;
    }
    let mut next = 0;
    let remap: Vec<usize> = counts
        .iter()
        .map(|&count| {
            if count < LEVEL_ROWS {
                0
            } else {
                next += 1;
                next
            }
        })
        .collect();
    levels.iter().map(|&level| remap[level]).collect()
}

/// The entropy of counts, in nats.
fn entropy(counts: &[usize], rows: usize) -> f64 {
    let sum: f64 = counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = count as f64 / rows as f64;
            share * share.ln()
        })
        .sum();
    -sum
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn a_copy_of_the_group_says_all_and_a_constant_nothing() {
        let groups: Vec<u32> = (0..300).map(|row| row % 3).collect();
        let copy: Vec<usize> = groups.iter().map(|&group| group as usize).collect();
        assert_relative_eq!(normalised_mutual_information(&copy, &groups), 1.0);
        assert_relative_eq!(normalised_mutual_information(&[0; 300], &groups), 0.0);
    }

    #[test]
    fn an_identifier_says_nothing() {
        let groups: Vec<u32> = (0..300).map(|row| row % 2).collect();
        let identifier: Vec<usize> = (0..300).collect();
        assert_relative_eq!(normalised_mutual_information(&identifier, &groups), 0.0);
    }

    #[test]
    fn the_estimate_is_that_of_the_formula() {
        // 40 rows of each group; the level agrees with the group in three of four rows.
        let groups: Vec<u32> = (0..80).map(|row| row / 40).collect();
        let levels: Vec<usize> = (0..80usize)
            .map(|row| (row / 40 + usize::from(row % 4 == 0)) % 2)
            .collect();
        let information = 2f64.ln() + 0.75 * 0.75f64.ln() + 0.25 * 0.25f64.ln();
        let bias = 1.0 / 160.0;
        assert_relative_eq!(
            normalised_mutual_information(&levels, &groups),
            (information - bias) / (2f64.ln() - bias),
            epsilon = 1e-12
        );
    }

    #[test]
    fn equal_numbers_share_a_bin() {
        let values: Vec<Option<f64>> = [0.0, 0.0, 0.0, 0.0, 1.0, 2.0].map(Some).to_vec();
        assert_eq!(equal_count_levels(&values, 3), [1, 1, 1, 1, 2, 2]);
    }
}
